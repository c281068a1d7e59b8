"""`savings template`: one workbook that a person asks for, or all that a directorate is due.

Here belongs what a person types and reads. Not here: which are due (``intake.due_templates``) and
what they are filled with (``intake.prefill``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from orchestration.commands.common import AsJson, reference_in_force, stopped, told
from orchestration.exit_codes import Exit
from orchestration.printouts.said import say
from orchestration.settings import load_settings
from sources.clock import system_clock

if TYPE_CHECKING:
    from orchestration.printouts.sections import Section
    from sources.custody.ledger import LedgerView
    from sources.intake.due_templates import DueTemplate
    from sources.intake.prefill import Prefill
    from sources.reference.reference import Reference

    PrefillOf = Callable[[str, tuple[str, str]], Prefill]

app = typer.Typer()


@dataclass(frozen=True)
class _Asked:
    """A template to be written, and why: empty where a person asked for it."""

    prefill: Prefill
    file: Path
    due: DueTemplate | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what was written, for a machine."""
        why = {"why": self.due.why.value, "due_date": self.due.cell.due_date.isoformat()} if self.due else {}
        return {"file": str(self.file), "lines": len(self.prefill.filled), **self.prefill.return_fields, **why}


@app.command()
def template(
    output: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write; with --all, the folder.")],
    directorate: Annotated[
        str | None, typer.Option("--directorate", help="Whose return, as AH; with --all, of this one alone.")
    ] = None,
    year: Annotated[str | None, typer.Option("--year", help="The reporting year, as 2026/27.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="The reporting period, as P06.")] = None,
    all_due: Annotated[
        bool, typer.Option("--all", help="All that is overdue, due next, or to be corrected, a folder per directorate.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the workbook of a return, pre-filled from what was sent before and the approved plan."""
    from sources.custody.ledger import LedgerView
    from sources.intake.prefill import NotCollectedError, Prefill
    from sources.judging.history import LedgerHistory

    settings = load_settings()
    with told(), LedgerView.of(settings.home) as ledger:
        reference, history = reference_in_force(settings, ledger), LedgerHistory(settings.home, ledger)

        def prefill_of(code: str, of: tuple[str, str]) -> Prefill:
            return Prefill(code, of, reference, settings.home, history)

        try:
            if all_due:
                asked = list(_all_due(output, directorate, ledger, reference, prefill_of))
            else:
                asked = [_one(output, directorate, year, period, prefill_of)]
            _write(asked, force)
        except (NotCollectedError, OSError, ValueError) as problem:
            raise stopped(problem, Exit.WRONG_USE) from problem
        _say(asked, all_due, as_json)


def _one(file: Path, directorate: str | None, year: str | None, period: str | None, prefill_of: PrefillOf) -> _Asked:
    if not (directorate and year and period):
        raise ValueError("Say which return: --directorate, --year and --period. Or add --all for all that is due.")
    if file.is_dir():
        raise IsADirectoryError(f"{file} is a folder. Name the workbook to write, as {file / directorate}.xlsx.")
    return _Asked(prefill_of(directorate, (year, period)), file)


def _all_due(
    folder: Path, directorate: str | None, ledger: LedgerView, reference: Reference, prefill_of: PrefillOf
) -> Iterator[_Asked]:
    from sources.custody.true_times import judged_at_true_times
    from sources.intake.due_templates import due_templates
    from sources.intake.standing import standing

    cells = standing(judged_at_true_times(ledger), reference, system_clock())
    codes = sorted({cell.directorate_code for cell in cells})
    if directorate not in (None, *codes):
        raise ValueError(f"Nothing is due from '{directorate}'. Choose from {', '.join(codes)}.")
    for code in [directorate] if directorate else codes:
        for due in due_templates(code, cells):
            yield _Asked(prefill_of(code, due.period), folder / code / due.file_name, due)


def _write(asked: Sequence[_Asked], force: bool) -> None:
    """Write them all, or none where one would be written over."""
    there = [str(each.file) for each in asked if each.file.exists()]
    if there and not force:
        remedy = "Choose another place with -o, or add --force to write over it."
        raise FileExistsError(f"{', '.join(there)}: already there. {remedy}")
    for each in asked:
        if each.due:
            each.file.parent.mkdir(parents=True, exist_ok=True)
        each.prefill.write(each.file)


def _say(asked: Sequence[_Asked], all_due: bool, as_json: bool) -> None:
    from orchestration.printouts.sections import print_sections

    if as_json:
        said = [each.as_json() for each in asked]
        typer.echo(json.dumps(said if all_due else said[0], indent=2))
    elif all_due:
        print_sections([_section(asked)], Console())
    else:
        (one,) = asked
        say(f"{' '.join(one.prefill.notes)}\n{len(one.prefill.filled)} lines written: {one.file}")


def _section(asked: Sequence[_Asked]) -> Section:
    from orchestration.printouts.sections import Section

    columns = ("From", "Period", "Why", "Due on", "File")
    rows = [_row(each.due, each.file) for each in asked if each.due]
    return Section("Templates written", columns, rows) if rows else Section("Nothing is due.")


def _row(due: DueTemplate, file: Path) -> tuple[str, ...]:
    return due.cell.directorate_code, " ".join(due.period), due.why.value, f"{due.cell.due_date:%d/%m/%Y}", str(file)
