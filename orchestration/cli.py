"""The ``savings`` command line: what a person or a scheduler calls.

Here belong the commands about the whole warehouse; those about returns, decisions and releases
are in ``orchestration.commands``. Not here: the work. A command imports what it uses, inside
itself: a night with nothing new must not pay for Dagster, dbt or Great Expectations, nor for other commands.
"""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from orchestration.commands.common import AsJson, settings_of_a_warehouse, stopped, told
from orchestration.exit_codes import Exit
from orchestration.printouts.said import say, visible
from orchestration.settings import load_settings
from orchestration.unforeseen import run
from sources.clock import system_clock

if TYPE_CHECKING:
    from typer._click.core import Command, Context

    from orchestration.load import FullNight, QuietNight
    from publishing.verification import Verification


# How many objects are made between two searches for circles among them, of which a night leaves few: at Python's
# own 700 the searches take a tenth of it. A night of a few returns makes fewer than this and searches not once: one
# search takes up to half a second; without it the night needs 190 MB more of memory than with Python's own.
_OBJECTS_BETWEEN_SEARCHES = 2_000_000


class _Commands(TyperGroup):
    """The commands of this module, and those of ``orchestration.commands`` once another one, or a list, is wanted."""

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        if cmd_name not in self.commands:
            self._gather()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Context) -> list[str]:
        self._gather()
        return super().list_commands(ctx)

    def _gather(self) -> None:
        from orchestration.commands import (
            councils,
            decisions,
            first_day,
            machine,
            reference,
            releases,
            reports,
            returns,
            serving,
            templates,
        )

        others = typer.Typer()
        for each in (templates, first_day, machine, returns, decisions):
            others.add_typer(each.app)
        for each in (reference, releases, serving, reports, councils):
            others.add_typer(each.app)
        self.commands.update(typer.main.get_group(others).commands)


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Takes a council's savings returns in, builds the warehouse, checks it, publishes it.",
)


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)
    code = run(app)
    # The process ends: Python would first search all that a night leaves for circles, for a twelfth of its time.
    gc.freeze()
    sys.exit(code)


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
    accept_clock: Annotated[
        bool, typer.Option("--accept-clock", help="Say that this machine's clock is right, however far it has moved.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run the night's job once: take in, judge, build, check, publish."""
    from orchestration.load import load as run_load

    settings = load_settings()
    with told():
        outcome = run_load(
            settings,
            history=history,
            is_forced=force,
            clock=system_clock,
            accepts_clock=accept_clock,
        )
    _show(outcome, as_json)
    raise typer.Exit(outcome.exit_code)


@app.command()
def rebuild(as_json: AsJson = False) -> None:
    """Make ledger, typed lines and release anew from the vault alone; no verdict is given again."""
    from orchestration.load import rebuild as run_rebuild
    from sources.intake.rebuild import RebuildIncomplete

    with told():
        try:
            outcome = run_rebuild(settings_of_a_warehouse(), clock=system_clock)
        except RebuildIncomplete as problem:
            raise stopped(problem, Exit.NOT_PUBLISHED) from problem
    _show(outcome, as_json)
    raise typer.Exit(outcome.exit_code)


@app.command()
def verify(
    deep: Annotated[bool, typer.Option("--deep", help="Read every accepted workbook once more, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hash vault, events, ledger, lines, receipts and releases again; change nothing."""
    from publishing.verification import verify as run_verify

    with told():
        found = run_verify(settings_of_a_warehouse().home, is_deep=deep)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
    else:
        say(_looked_at(found))
        for sentence in found.problems or ("All are what they were.",):
            say(visible(sentence))
        for sentence in found.unfinished:
            say(visible(f"Unfinished: {sentence}"))
    raise typer.Exit(Exit.NOT_PUBLISHED if found.problems else Exit.DONE)


def _looked_at(found: Verification) -> str:
    if found.events is None:
        return f"The vault is damaged. {found.releases} releases looked at."
    return f"{found.events} events, {found.objects} received files, {found.releases} releases looked at."


def _show(outcome: QuietNight | FullNight, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(outcome.as_json(), indent=2, ensure_ascii=False))
    else:
        outcome.print()
