"""The commands about returns: what an officer asks before sending one, and who has returned what.

Here belongs what a person types and what is told. Not here: the work (``sources.intake``,
``orchestration.printouts.status``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from orchestration.commands.common import AsJson, reference_in_force, settings_of_a_warehouse, stopped, told
from orchestration.exit_codes import Exit
from orchestration.printouts.said import say
from orchestration.settings import load_settings
from sources.clock import system_clock

if TYPE_CHECKING:
    from sources.intake.preview import Preview
    from sources.receipts.facts import Facts

_File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The workbook.")]


app = typer.Typer()


@app.command()
def check(
    file: _File,
    directorate: Annotated[
        str | None, typer.Option("--directorate", help="Who sends it; else as its Return sheet says.")
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the receipt page in your browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what the receipt of a file would say; nothing is sent or loaded."""
    from orchestration.printouts.receipt_text import sections
    from orchestration.printouts.sections import print_sections
    from sources.custody.ledger import LedgerView
    from sources.custody.submission import State
    from sources.intake.adoption import waiting_reference
    from sources.intake.preview import SenderUnknownError, preview
    from sources.reader.workbook import ReadingStoppedError
    from sources.receipts.facts import facts_of_check

    settings = load_settings()
    with told(), LedgerView.of(settings.home) as ledger:
        reference = reference_in_force(settings, ledger)
        choices = [row["directorate_code"] for row in reference.tables["directorate"]]
        if directorate not in (None, *choices):
            unknown = f"There is no directorate '{directorate}'. Choose from {', '.join(choices)}."
            raise stopped(ValueError(unknown), Exit.WRONG_USE)
        newer = waiting_reference(settings.reference, ledger)
        try:
            found = preview(file, directorate, settings.home, ledger, reference, system_clock, newer)
        except (SenderUnknownError, OSError) as problem:
            raise stopped(problem, Exit.WRONG_USE) from problem
        except ReadingStoppedError as problem:
            raise stopped(ValueError(f"{file.name}: {problem}. Try again."), Exit.NOT_PUBLISHED) from problem
        facts = facts_of_check(settings.home, ledger, found.submission, found.original, found.lines)
    if as_json:
        typer.echo(json.dumps(_preview_as_json(found), indent=2, ensure_ascii=False))
    else:
        print_sections(sections(facts), Console())
    if open_page:
        _open(facts, found)
    raise typer.Exit(Exit.DONE if found.told.state is State.ACCEPTED else Exit.REFUSED)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show who has returned what, what is overdue now, and what waits; at once, also during a load."""
    from orchestration.printouts.sections import print_sections
    from orchestration.printouts.status import status_of
    from orchestration.printouts.status_text import sections
    from sources.custody.ledger import LedgerView

    with told():
        settings = settings_of_a_warehouse()
        with LedgerView.of(settings.home) as ledger:
            found = status_of(settings.home, ledger, reference_in_force(settings, ledger), system_clock())
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        print_sections(sections(found), Console())


def _preview_as_json(found: Preview) -> dict[str, object]:
    told_of = found.told
    return {
        "file": told_of.file_name,
        "directorate_code": told_of.directorate_code,
        "reports_for": told_of.reports_for,
        "financial_year": told_of.financial_year,
        "reporting_period": told_of.reporting_period,
        "state": found.submission.state,
        "duplicate_of": found.submission.duplicate_of,
        "refusal_code": told_of.refusal_code,
        "version_no": told_of.version_no,
        "certification": told_of.certification,
        "rows_read": told_of.rows_read,
        "rows_quarantined": told_of.rows_quarantined,
        "findings": [finding.as_json() for finding in told_of.findings],
    }


def _open(facts: Facts, found: Preview) -> None:
    """Write the receipt's page and workbook into a folder of their own, and show the page."""
    import tempfile
    import webbrowser

    from sources.receipts.receipt import write_check

    page = write_check(Path(tempfile.mkdtemp(prefix="savings-check-")), facts, found.book)
    said = "Opened" if webbrowser.open(page.as_uri()) else "There is no browser here. Open this file yourself"
    say(f"{said}: {page}", err=True)
