"""What is seen while the night works: one line that says what it is doing, on a terminal alone.

Here belongs the progress display. Not here: what is printed at the end (``orchestration.printouts.summary``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:  # the look at a quiet night imports this module, and must not import Dagster
    from dagster import DagsterEvent

_DOING = {
    "reference_data": "Checking the reference data",
    "received_files": "Taking files into custody",
    "judged_returns": "Reading and judging returns",
    "desks": "Writing the directorates' desks",
    "candidate_sources": "Loading lines into a new candidate",
    "warehouse_tables": "Building and testing the tables",
    "published_tables_are_what_readers_rely_on": "Checking what readers rely on",
    "release": "Publishing",
}


@contextlib.contextmanager
def progress() -> Iterator[Callable[[DagsterEvent], None]]:
    """Show what step is at work until the block ends; say nothing where nobody looks."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda event: None
        return
    with console.status("Starting …") as status:

        def show(event: DagsterEvent) -> None:
            if event.event_type_value == "STEP_START" and event.step_key in _DOING:
                status.update(f"{_DOING[event.step_key]} …")

        yield show
