"""The commands of whoever runs the machine: what a home needs, and whether its nights come.

Here belongs what an operator types and what is said. Not here: the looking (``orchestration.doctor``), and making a
home (``commands.first_day``).
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from orchestration.commands.common import AsJson, settings_of_a_warehouse, stopped, told
from orchestration.exit_codes import Exit
from orchestration.printouts.said import say
from orchestration.settings import load_settings
from sources.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.doctor import Diagnosis
    from orchestration.printouts.sections import Section

app = typer.Typer()


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check accounts, modes, mounts, space, clock and store sizes; say how to correct each, and which settings hold."""
    from orchestration.doctor import diagnose
    from orchestration.printouts.sections import print_sections

    settings = load_settings()
    if not settings.home.root.is_dir():
        missing = (
            f"There is no home at {settings.home.root}. Check {settings.home_is_said}, or make one: `savings init`."
        )
        raise stopped(ValueError(missing), Exit.WRONG_USE)
    with told():
        found = diagnose(settings, system_clock)
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        print_sections(_sections(found), Console())
    raise typer.Exit(found.exit_code)


@app.command()
def watchdog(as_json: AsJson = False) -> None:
    """Say whether a load came to a good end within the last day, and send the alerts that wait; a timer calls it."""
    from orchestration.alerts.occasions import night_missed, said_of_good_end
    from orchestration.alerts.of_a_load import tell_of
    from orchestration.ends_of_loads import last_good_end
    from sources.custody.ledger import LedgerView

    settings = settings_of_a_warehouse()
    with told():
        untold = tell_of(settings, system_clock)
        with contextlib.closing(LedgerView.of(settings.home)) as ledger:
            good_end = said_of_good_end(last_good_end(ledger))
            missed = [sentence for alert in night_missed(ledger, system_clock()) for sentence in alert.what]
    code = Exit.NOT_PUBLISHED if missed else Exit.REFUSED if untold else Exit.DONE
    if as_json:
        typer.echo(json.dumps({"missed": missed, "untold": untold, "exit_code": int(code)}, indent=2))
    else:
        say("\n".join([*missed, *untold]) or f"{good_end} Nothing waits to be sent.")
    raise typer.Exit(code)


def _sections(found: Diagnosis) -> Iterator[Section]:
    from orchestration.doctor import Weight
    from orchestration.printouts.sections import Section

    titles = {
        Weight.STOPS: "This stops a load: correct it first",
        Weight.WRONG: "This is wrong",
        Weight.NOTE: "This you should know",
    }
    for weight, title in titles.items():
        alike = [each for each in found.found if each.weight is weight]
        if alike:
            yield Section(title, notes=[f"{each.part}: {each.what} {each.remedy}".rstrip() for each in alike])
    if not found.found:
        yield Section("Nothing is wrong")
    yield Section("Settings in force", ("Setting", "Is", "From"), found.settings)
    sizes = {**found.stores, "free on the disk": found.free}
    rows = [(name, f"{size / (1 << 20):,.1f}") for name, size in sizes.items()]
    yield Section(
        "Size of each store",
        ("Store", "MiB"),
        rows,
        numbers=1,
    )
