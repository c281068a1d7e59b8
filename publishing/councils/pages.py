"""The pages of a joined release: which councils it has, and Table 1 of each.

Here belongs what they say. Not here: how a page is laid out and written (``site``), and how Table 1 is shown, which is
as on the first page of the council's own site. Table 1 is read from the council's own release, of which the joined
tables are a copy. No page adds councils up: their latest periods may differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from publishing import reader
from publishing.councils.standing import Brought, Standing, State
from publishing.manifest import Manifest
from publishing.plain_text import as_csv
from publishing.site.blocks import Cell, Link, Page, Paragraph, Summary, Table
from publishing.site.figures import Facts, Figure, Period, Record, Sentence
from publishing.site.pages.notes import is_all_reported, noted, notes
from publishing.site.pages.overview import TABLE_1, in_short, table_1, table_of_directorates
from publishing.site.shown import NOT_KNOWN, NOTHING, day, moment
from publishing.site.site import write_pages

_HOME = Link("index.html", "Councils")
_MEASURES = ("baseline_gbp", "projected_gbp", "unexplained_gbp")
_HEADINGS = ("Council", "Code", "State", "Period", "Plan", "Projected", "Not explained", "Rows", "Release")
_NUMERIC = frozenset({4, 5, 6, 7})


@dataclass(frozen=True)
class _Figures:
    """Table 1 of a council's latest period; the total is its last row."""

    period: Period
    rows: Sequence[Record]
    notes: Sequence[Sentence]


def write_council_pages(folder: Path, release_id: str, standings: Sequence[Standing], newest: Brought) -> None:
    """Write ``site/`` into the folder of a joined release; nothing where councils publish no Table 1.

    Args:
        folder: The folder.
        release_id: What the joined release will be called.
        standings: Every council.
        newest: The release whose tables all have.
    """
    if TABLE_1 not in newest.columns:
        return
    found = [(each, _figures(each.brought)) for each in standings]
    pages = [_index(found), *(_page(each.brought, figures) for each, figures in found if each.brought)]
    write_pages(folder, pages, release_id, "each council's own day", "Savings of several councils")


def _figures(brought: Brought | None) -> _Figures | None:
    if brought is None:
        return None
    with reader.connect(brought.release) as connection:
        facts = Facts(connection)
        rows = table_1(facts, facts.period) if facts.period else []
        return _Figures(facts.period, rows, notes(facts, rows, facts.period)) if facts.period and rows else None


def _index(found: Sequence[tuple[Standing, _Figures | None]]) -> Page:
    joined = sum(each.state is State.JOINED for each, _ in found)
    rows = [list(_row(*each)) for each in found]
    values = [[_value(cell) for cell in row] for row in rows]
    return Page(
        "index",
        "Savings of several councils",
        f"{joined} of {len(found)} councils are in this release. "
        "Each is shown at its own latest period, with what was planned for that year.",
        [
            Table("Councils", _HEADINGS, _NUMERIC, rows, csv=as_csv(_HEADINGS, values), name="councils"),
            *(Paragraph(f"{each.council.folder} is left out. {each.reason}") for each, _ in found if each.reason),
            Paragraph(
                "Councils are not added up here, because their latest periods may differ. To add them up, name a period"
                " and ask the tables, which are beside these pages as CSV, as Parquet and in savings.duckdb."
            ),
        ],
    )


def _row(each: Standing, figures: _Figures | None) -> Iterator[Cell]:
    brought = each.brought
    named = str(each.row["council_name"] or each.council.folder)
    yield Link(_href(brought), named) if brought else named
    yield each.council.code or NOT_KNOWN
    yield each.state.value
    yield _said_of(figures) if figures else NOTHING
    for measure in _MEASURES:
        yield figures.rows[-1].figure(measure) if figures else NOTHING
    yield f"{sum(table.rows for table in brought.manifest.tables.values()):,}" if brought else NOTHING
    yield _in_words(brought.manifest) if brought else NOTHING


def _said_of(figures: _Figures) -> str:
    return f"{figures.period}{'' if is_all_reported(figures.rows) else ', not all reported'}"


def _in_words(manifest: Manifest) -> str:
    """Return a release's number and day: its whole name, which is on the council's page, is broken on a phone."""
    return f"{manifest.release_id.partition('-')[0]}, {moment(manifest.created_at.astimezone(UTC))}"


def _value(cell: Cell) -> object:
    if isinstance(cell, Link):
        return str(cell.text)
    return cell.value if isinstance(cell, Figure) else str(cell)


def _page(brought: Brought, figures: _Figures | None) -> Page:
    manifest, file = brought.manifest, file_of(brought.code)
    about = Summary(
        [
            ("Code", brought.code),
            ("Release", f"{manifest.release_id}, version {manifest.version}"),
            ("Published", moment(manifest.created_at.astimezone(UTC))),
            ("Data as at", day(manifest.data_as_at) if manifest.data_as_at else "no return is accepted yet"),
        ]
    )
    title = manifest.council or brought.code
    if figures is None:
        return Page(file, title, "No return has been accepted yet, so there are no figures.", [about], _HOME)
    table = table_of_directorates(figures.rows, figures.period, file=f"table-1-{file}")
    return Page(file, title, in_short(figures.rows[-1], figures.period), [*noted(figures.notes), table, about], _HOME)


def _href(brought: Brought) -> str:
    return f"{file_of(brought.code)}.html"


def file_of(code: str) -> str:
    """Return the name of a council's page without its ending; a code that is no name of a file is not in it."""
    code = code.lower()
    is_a_name = code.isascii() and code.isalnum()
    return f"council-{code if is_a_name else hashlib.sha256(code.encode()).hexdigest()[:16]}"
