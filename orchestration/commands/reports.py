"""The command for the committee clerk: the annual report's tables as a Word document and as a PDF.

Here belongs what a person types and what is shown. Not here: the documents (``publishing.report``). A draft needs no
more than to read releases; the report itself is recorded, so the service's account writes it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.common import AsJson, settings_of_a_warehouse, stopped, told
from orchestration.exit_codes import Exit
from orchestration.lock import hold
from orchestration.printouts.said import say
from orchestration.settings import load_settings
from sources.clock import system_clock

if TYPE_CHECKING:
    from publishing.report.writing import Written

app = typer.Typer()


@app.command()
def report(
    report_code: Annotated[str, typer.Argument(metavar="REPORT", help="Its code, as report.csv has it.")],
    release: Annotated[
        str | None, typer.Option("--release", help="Its id; else the one frozen for the report, or the one in force.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", exists=True, dir_okay=False, help="A Word template of your own.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", file_okay=False, help="Write a draft into this folder; nothing is recorded.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a report's tables, pictures and figures as a Word document and as a PDF."""
    from publishing.report.word import TEMPLATE

    with told(), _refusals_told():
        if to is not None:
            release_id, written = _draft(report_code, release, template or TEMPLATE, to)
        else:
            release_id, written = _recorded(report_code, release, template or TEMPLATE)
    if as_json:
        files = [str(path) for path in written.files]
        typer.echo(json.dumps({"release_id": release_id, "files": files, "is_new": written.is_new}, indent=2))
        return
    say(f"Written from {release_id}:" if written.is_new else f"Nothing to do. Already written from {release_id}:")
    for path in written.files:
        say(str(path))


def _draft(report_code: str, release: str | None, template: Path, folder: Path) -> tuple[str, Written]:
    from publishing.pointer import NoSuchReleaseError, current
    from publishing.report.writing import draft
    from publishing.retention import find_release

    home = load_settings().home
    found = find_release(home, release) if release else current(home)
    if found is None:
        raise NoSuchReleaseError(f"There is no release at {home.root} yet. Run `savings load`, or check SAVINGS_HOME.")
    return found.name, draft(found, report_code, folder.absolute(), template)


def _recorded(report_code: str, release: str | None, template: Path) -> tuple[str, Written]:
    from publishing.pointer import NoSuchReleaseError, current
    from publishing.report.writing import release_of, write_report
    from publishing.retention import find_release
    from sources.custody.ledger import Ledger

    home = settings_of_a_warehouse().home
    with hold(home.lock), Ledger.open(home) as ledger:
        start = release or release_of(ledger, report_code)
        found = find_release(home, start) if start else current(home)
        if found is None:
            raise NoSuchReleaseError("There is no release yet. Run `savings load`.")
        return found.name, write_report(home, ledger, system_clock, found.name, report_code, template)


@contextlib.contextmanager
def _refusals_told() -> Iterator[None]:
    from publishing.pointer import NoSuchReleaseError
    from publishing.report.content import NothingToReportError
    from publishing.report.word import TemplateProblemError
    from publishing.report.writing import OtherReportError
    from publishing.rollback import DamagedReleaseError

    try:
        yield
    except (NoSuchReleaseError, NothingToReportError, TemplateProblemError) as problem:
        raise stopped(problem, Exit.WRONG_USE) from problem
    except (DamagedReleaseError, OtherReportError) as problem:
        raise stopped(problem, Exit.NOT_PUBLISHED) from problem
