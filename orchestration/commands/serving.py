"""The commands for who reads the figures: a question in SQL, and the site.

Here belongs what a person types and what is shown. Not here: the connection (``publishing.reader``), and
what the site says (``publishing.site``). Any account that may read releases may run them: neither opens
vault or ledger.
"""

from __future__ import annotations

import json
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from orchestration.commands.common import AsJson, stopped, told
from orchestration.exit_codes import Exit
from orchestration.printouts.said import say
from orchestration.settings import load_settings

if TYPE_CHECKING:
    from publishing.reader import Answer

app = typer.Typer()


class Format(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@app.command()
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="A question, 'select * from rpt_cabinet_table_1'.")],
    form: Annotated[Format, typer.Option("--format", help="How to print the answer.")] = Format.TABLE,
    as_json: AsJson = False,
) -> None:
    """Ask the release in force a question in SQL; nothing can be changed."""
    import duckdb

    from publishing import reader

    with told():
        release = _in_force()
        try:
            answer = reader.ask(release, sql)
        except duckdb.Error as problem:
            raise stopped(ValueError(f"DuckDB could not answer: {problem}"), Exit.WRONG_USE) from problem
    _print(answer, Format.JSON if as_json else form)


@app.command(name="open")
def open_site(
    shows: Annotated[bool, typer.Option("--show/--no-show", help="Open a browser, or only print the address.")] = True,
    as_json: AsJson = False,
) -> None:
    """Open the pages of the release in force in your browser."""
    import webbrowser

    from publishing.in_force import SITE

    with told():
        release = _in_force()
    page = release / SITE / "index.html"
    if not page.is_file():
        missing = f"Release {release.name} was made without pages. The next release will have them."
        raise stopped(ValueError(missing), Exit.NOT_PUBLISHED)
    address = page.resolve().as_uri()
    if as_json:
        typer.echo(json.dumps({"release_id": release.name, "address": address}, indent=2))
    else:
        say(address)
    if shows and not webbrowser.open(address):
        say("No browser could be opened here. Open the address above in one.", err=True)


def _in_force() -> Path:
    """Return the folder of the release in force; the pointer is followed once, so that all comes from one release."""
    from publishing import pointer

    settings = load_settings()
    release = pointer.current(settings.home)
    if release is None:
        missing = (
            f"There is no release at {settings.home.root} yet. Run `savings load`, or check {settings.home_is_said}."
        )
        raise stopped(ValueError(missing), Exit.WRONG_USE)
    return release


def _print(answer: Answer, form: Format) -> None:
    from orchestration.printouts.sections import Section, print_sections
    from publishing.plain_text import as_csv, as_text

    if form is Format.CSV:
        typer.echo(as_csv(answer.columns, answer.rows), nl=False)
    elif form is Format.JSON:
        typer.echo(json.dumps(answer.as_json(), indent=2, ensure_ascii=False))
    else:
        rows = [
            tuple(f"{value:,}" if isinstance(value, Decimal) else as_text(value) for value in row)
            for row in answer.rows
        ]
        title = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'} of {answer.release_id}"
        print_sections([Section(title, answer.columns, rows, numbers=answer.numbers_at_the_end)], Console())
