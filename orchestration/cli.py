"""The ``savings`` command line: what a person or a scheduler calls.

Here belongs reading arguments, printing, and exit codes. Not here: the work. A command imports
what it uses, inside itself: a night with nothing new must not pay for Dagster, dbt or Great
Expectations.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from orchestration.exit_codes import Exit
from orchestration.lock import LockBusyError
from orchestration.settings import Settings, load_settings
from sources.clock import system_clock

if TYPE_CHECKING:
    from orchestration.load import FullNight, QuietNight

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Takes a council's savings returns in, builds the warehouse, checks it, publishes it.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine instead of tables.")]


def main() -> None:
    """Run the command line."""
    app()


@app.command()
def load(
    force: Annotated[bool, typer.Option("--force", help="Build although nothing is new.")] = False,
    history: Annotated[
        Path | None,
        typer.Option(
            "--history",
            exists=True,
            dir_okay=False,
            help="Take in files with declared receipt times first (CSV: file, received_at).",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the night's job once: take in, judge, build, check, publish."""
    from orchestration.load import load as run_load

    settings = load_settings()
    console = Console(stderr=True)
    with _told(console):
        outcome = run_load(settings, history=history, is_forced=force, clock=system_clock, console=console)
    _show(outcome, as_json)
    raise typer.Exit(outcome.exit_code)


@app.command()
def rebuild(as_json: AsJson = False) -> None:
    """Make ledger, typed lines and release anew from the vault alone; no verdict is given again."""
    from orchestration.load import rebuild as run_rebuild
    from sources.intake.rebuild import RebuildIncomplete

    console = Console(stderr=True)
    with _told(console):
        try:
            outcome = run_rebuild(_settings_of_a_warehouse(console), clock=system_clock, console=console)
        except RebuildIncomplete as problem:
            raise _stopped(console, problem, Exit.NOT_PUBLISHED) from problem
    _show(outcome, as_json)
    raise typer.Exit(outcome.exit_code)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Re-hash the vault, the chain of events, lines, receipts and releases; change nothing."""
    from sources.intake.verification import verify as run_verify

    console = Console(stderr=True)
    with _told(console):
        found = run_verify(_settings_of_a_warehouse(console).home)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
    else:
        typer.echo(f"{found.events} events, {found.objects} received files, {found.releases} releases looked at.")
        typer.echo("\n".join(found.problems) or "All are what they were.")
    raise typer.Exit(Exit.NOT_PUBLISHED if found.problems else Exit.DONE)


def _settings_of_a_warehouse(console: Console) -> Settings:
    """Return the settings, if there is a vault where they point: a mistyped home must not look like an empty one."""
    settings = load_settings()
    if settings.home.events.is_dir() and any(settings.home.events.iterdir()):
        return settings
    missing = f"There is no warehouse at {settings.home.root}: its vault holds no event. Check SAVINGS_HOME."
    raise _stopped(console, ValueError(missing), Exit.WRONG_USE)


@contextlib.contextmanager
def _told(console: Console) -> Iterator[None]:
    """Turn what a command cannot go on from into a sentence and an exit code."""
    from sources.custody.history_list import HistoryProblem
    from sources.custody.problems import CustodyProblem, VaultDamaged

    try:
        yield
    except LockBusyError as busy:
        raise _stopped(console, busy, Exit.BUSY) from busy
    except HistoryProblem as problem:
        raise _stopped(console, problem, Exit.WRONG_USE) from problem
    except (CustodyProblem, VaultDamaged) as problem:
        raise _stopped(console, problem, Exit.NOT_PUBLISHED) from problem


def _stopped(console: Console, problem: Exception, code: Exit) -> typer.Exit:
    console.print(str(problem), style="red", highlight=False, markup=False, soft_wrap=True)
    return typer.Exit(code)


def _show(outcome: QuietNight | FullNight, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(outcome.as_json(), indent=2, ensure_ascii=False))
    else:
        outcome.print(Console())
