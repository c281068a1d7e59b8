"""The commands about reference data: what a folder changes in pounds, a post that adopts it, its workbook.

Here belongs what a person types and what is told. Not here: the work (``sources.intake.adoption``,
``sources.intake.folder_import``); where no post is needed a load adopts a folder by itself.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from orchestration.commands.common import (
    AsJson,
    Post,
    Reason,
    at_work,
    left,
    settings_of_a_warehouse,
    signature,
    stopped,
    told,
)
from orchestration.exit_codes import Exit
from orchestration.printouts.said import say
from orchestration.settings import load_settings
from sources.clock import LONDON
from sources.reference.folder_hash import reference_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestration.settings import Settings
    from sources.intake.adoption import PlanChange
    from sources.reference.reference import Reference

app = typer.Typer()
_Folder = Annotated[
    Path | None, typer.Argument(help="The folder of CSV files; that of the settings where none is named.")
]
_reference = typer.Typer(no_args_is_help=True, help="The reference data: checking, editing and adopting them.")
app.add_typer(_reference, name="reference")


@_reference.command()
def show(as_json: AsJson = False) -> None:
    """Show what the folder changes in pounds against the one in force, and whether that takes a post."""
    from sources.custody.ledger import LedgerView
    from sources.intake.adoption import changes_in_pounds, needs_a_post, reference_in_force

    with told():
        settings = settings_of_a_warehouse()
        reference = _read(settings)
        with LedgerView.of(settings.home) as ledger:
            in_force = reference_in_force(ledger)
            changes = changes_in_pounds(reference, ledger)
            reasons = needs_a_post(reference, ledger)
    if in_force and in_force.sha256 == reference.sha256:
        note = "It is the folder in force."
    elif reasons:
        note = f"A post has to adopt it: {' and '.join(reasons)}."
    else:
        note = "The next load adopts it by itself."
    _tell(reference, changes, note, as_json)


@_reference.command()
def adopt(post: Post, reason: Reason, as_json: AsJson = False) -> None:
    """Put the folder in force by a named post, and show what it changes in pounds."""
    from orchestration import actions

    folder_sha256 = reference_sha256(load_settings().reference)
    if left("reference adopt", {"reference_sha256": folder_sha256}, post, reason, as_json):
        return
    with _problems_told(), at_work() as desk:
        try:
            reference, event = actions.adopt(desk, signature(post, reason), reference_sha256=folder_sha256)
        except actions.NothingDoneError as problem:
            raise stopped(problem, Exit.WRONG_USE) from problem
    _tell(reference, event.payload.changes, f"In force from now on, adopted by {post}; load to build by it.", as_json)


@_reference.command()
def check(
    folder: _Folder = None,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a folder, one line per cause, or what it makes possible; needs no home.

    Of the folder of the settings it also says what returns use and the folder leaves out.
    """
    from sources.reference.folder_problems import causes
    from sources.reference.folder_remarks import remarks_on
    from sources.reference.reference import ReferenceProblem, read_reference

    settings = load_settings()
    try:
        reference = read_reference(folder or settings.reference)
    except ReferenceProblem as problem:
        wrong, off = causes(problem.problems), []
    else:
        is_ours = reference.folder.resolve() == settings.reference.resolve()
        wrong, off = _left_out(reference, settings) if is_ours else [], remarks_on(reference)
    code = Exit.WRONG_USE if wrong else Exit.DONE
    if as_json:
        typer.echo(json.dumps({"wrong": wrong, "off": off, "exit_code": int(code)}, indent=2, ensure_ascii=False))
    else:
        say("\n".join(wrong or ["This folder can be used.", *off]))
    raise typer.Exit(code)


def _left_out(reference: Reference, settings: Settings) -> list[str]:
    """Return, in a line each, what returns of the home use and the folder leaves out; nothing without a home."""
    from sources.custody.ledger import LedgerView
    from sources.intake.adoption import still_used

    if not settings.home.events.is_dir():
        return []
    with told(), LedgerView.of(settings.home) as ledger:
        return [f"{what}." for what in still_used(reference, ledger)]


@_reference.command()
def workbook(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The workbook to write.", dir_okay=False)],
    folder: _Folder = None,
    in_force: Annotated[
        bool, typer.Option("--in-force", help="The folder that a load last put in force, as the vault keeps it.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a folder as one workbook: a sheet per list, with drop-downs, notes and live checks; needs no home."""
    from sources.contract.folder_workbook import write_folder_workbook
    from sources.reference.reference import ReferenceProblem, read_reference

    settings = load_settings()
    try:
        if folder and in_force:
            raise ValueError("Name a folder or add --in-force, not both.")
        if file.exists() and not force:
            raise FileExistsError(f"{file} is already there. Choose another name, or add --force to write over it.")
        reference = _kept_in_force(settings) if in_force else read_reference(folder or settings.reference)
        write_folder_workbook(file, reference)
    except (ReferenceProblem, OSError, ValueError, LookupError) as problem:
        raise stopped(problem, Exit.WRONG_USE) from problem
    said = "The folder in force" if in_force else str(reference.folder)
    import_into = f"savings reference import {file}{f' {folder}' if folder else ''}"
    which = [] if folder or in_force else _whether_in_force(settings)
    say("\n".join([f"{said} is written to {file}.", *which, f"Change it, then: {import_into}"]))


def _kept_in_force(settings: Settings) -> Reference:
    """Return the folder in force as the vault keeps it.

    Raises:
        LookupError: If the home has none.
    """
    from sources.custody.ledger import LedgerView
    from sources.intake.adoption import judging_reference

    if not settings.home.events.is_dir():
        raise LookupError(f"No reference folder is in force yet: nothing was loaded into {settings.home.root}.")
    with LedgerView.of(settings.home) as ledger:
        return judging_reference(ledger)


def _whether_in_force(settings: Settings) -> list[str]:
    """Return, in a sentence, whether the folder of the settings is the one in force; none before the first load."""
    from sources.custody.ledger import LedgerView
    from sources.custody.payloads import ReferenceAdopted

    if not settings.home.events.is_dir():
        return []
    with LedgerView.of(settings.home) as ledger:
        adoption = ledger.last_event(ReferenceAdopted)
    if adoption is None:
        return []
    if adoption.payload.reference_sha256 == reference_sha256(settings.reference):
        return ["It is the folder in force."]
    day = adoption.at.astimezone(LONDON)
    in_force = f"the folder adopted on {day.day} {day:%B %Y} is"
    return [f"It is not in force: {in_force}. Add --in-force for a workbook of that one."]


@_reference.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The workbook.", exists=True, dir_okay=False)],
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="The folder of CSV files, made if it is not there; that of the settings where none is named."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a workbook's lists as the CSV files of a folder, or say what is wrong, cell by cell; needs no home."""
    from sources.intake.folder_import import NotAWorkbookError, import_workbook
    from sources.reference.reference import ReferenceProblem

    folder = folder or load_settings().reference
    try:
        done = import_workbook(file, folder.absolute())
    except (NotAWorkbookError, ReferenceProblem) as problem:
        nothing = ValueError(f"{problem}\nNothing was written.")
        raise stopped(nothing, Exit.WRONG_USE) from problem
    except OSError as problem:
        raise _import_again(problem) from problem
    if as_json:
        document = {"written": done.written, "left_out": done.left_out}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    lists = ", ".join(f"{name}.csv" for name in done.written)
    say(f"Written to {folder}: {lists}." if lists else f"{folder} says the same already.")
    if done.left_out:
        say(f"Left out, because they are not lists of a reference folder: {', '.join(done.left_out)}.")


@_reference.command()
def plan(
    file: Annotated[
        Path, typer.Argument(metavar="BUDGET.xlsx", help="Your budget's workbook.", exists=True, dir_okay=False)
    ],
    year: Annotated[str, typer.Option("--year", help="The plan's financial year, such as 2026/27.")],
    folder: _Folder = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Its sheet; once, with the columns.")] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="PART=HEADING", help="The heading of a column, such as saving_ref=Ref."),
    ] = None,
    always: Annotated[
        list[str] | None,
        typer.Option("--always", metavar="PART=VALUE", help="What the sheet has no column for: is_cashable=true."),
    ] = None,
    in_thousands: Annotated[bool, typer.Option("--in-thousands", help="Its amounts are in £000.")] = False,
    savings_are_negative: Annotated[
        bool, typer.Option("--savings-are-negative", help="It writes a saving with a minus.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a year's plan from your own budget sheet, and list what is left out and why; its columns are named once."""
    from orchestration.printouts.budget_plan import as_document, sections_of
    from orchestration.printouts.sections import print_sections
    from sources.intake.folder_import import NotAWorkbookError
    from sources.intake.plan_import import import_plan
    from sources.reference.answers import AnswersProblem, pairs
    from sources.reference.budget_sheet import BudgetSheetProblem, kept_in, said_of
    from sources.reference.reference import ReferenceProblem

    folder = (folder or load_settings().reference).absolute()
    try:
        given = {"sheet": sheet, "columns": pairs(columns or ()), "always": pairs(always or ())}
        flags = {"in_thousands": in_thousands, "savings_are_negative": savings_are_negative}
        if any(flags.values()) and not any(given.values()):
            raise BudgetSheetProblem("What the amounts are is kept with the columns: name --sheet and --column again.")
        said = said_of(given | flags) if any(given.values()) else kept_in(folder)
        done = import_plan(file, folder, year, said)
    except (AnswersProblem, BudgetSheetProblem, NotAWorkbookError, ReferenceProblem) as problem:
        nothing = ValueError(f"{problem}\nNothing was written.")
        raise stopped(nothing, Exit.WRONG_USE) from problem
    except OSError as problem:
        raise _import_again(problem) from problem
    if as_json:
        typer.echo(json.dumps(as_document(done), indent=2, ensure_ascii=False))
    else:
        print_sections(sections_of(done, year, folder), Console())


def _import_again(problem: OSError) -> typer.Exit:
    """Return what ends an import that could not write, perhaps between two files."""
    return stopped(ValueError(f"{problem}\nCorrect that, then import the workbook again."), Exit.WRONG_USE)


def _read(settings: Settings) -> Reference:
    from sources.reference.reference import read_reference

    with _problems_told():
        return read_reference(settings.reference)


@contextlib.contextmanager
def _problems_told() -> Iterator[None]:
    from sources.reference.reference import ReferenceProblem

    try:
        yield
    except ReferenceProblem as problem:
        raise stopped(problem, Exit.NOT_PUBLISHED) from problem


def _tell(reference: Reference, changes: Sequence[PlanChange], note: str, as_json: bool) -> None:
    from orchestration.printouts.plan_changes import section_of
    from orchestration.printouts.sections import print_sections

    if as_json:
        told_to_machine: dict[str, Any] = {
            "folder": str(reference.folder),
            "reference_sha256": reference.sha256,
            "changes": list(changes),
            "note": note,
        }
        typer.echo(json.dumps(told_to_machine, indent=2, ensure_ascii=False))
    else:
        print_sections([section_of(changes, (f"Folder: {reference.folder}", note))], Console())
