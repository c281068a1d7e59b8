"""What a reader needs to know of the figures themselves: the data dictionary, and this release.

Here belongs what each table and column means. Not here: the figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from publishing.plain_text import as_csv
from publishing.site.blocks import Block, Cell, Heading, Link, Links, Page, Paragraph, Summary, Table
from publishing.site.figures import Facts
from publishing.site.shown import moment, shown


def dictionary(facts: Facts) -> Iterator[Page]:
    """Yield the list of tables, and a page for each with its columns."""
    described = dict(facts.tables())
    listed = [(Link(f"table-{name}.html", name), text) for name, text in described.items()]
    lead = "Every table of the release, and what each of its columns means."
    yield Page("dictionary", "Data dictionary", lead, [Links(listed)])
    ordered = sorted(facts.dictionary, key=lambda row: str(row["table_name"]))
    for name, columns in groupby(ordered, key=lambda row: str(row["table_name"])):
        yield _table_page(name, described[name], [dict(each) for each in columns])


def _table_page(name: str, description: str, columns: list[dict[str, object]]) -> Page:
    rows: list[list[Cell]] = [
        [
            str(each["column_name"]),
            str(each["data_type"]),
            str(each["unit"]),
            " ".join(str(each["description"]).split()),
            _by_table(str(each["comes_from"] or "")),
        ]
        for each in columns
    ]
    table = Table(
        caption=f"Columns of {name}",
        headings=["Column", "Type", "Unit", "What it means", "Comes from"],
        numeric=frozenset(),
        rows=rows,
        csv=as_csv(list(columns[0]), [list(each.values()) for each in columns]),
        name=f"columns-{name}",
    )
    return Page(f"table-{name}", name, description, [table], parent=Link("dictionary.html", "Data dictionary"))


def _by_table(comes_from: str) -> str:
    """Return columns of returns and of reference data with each table named once."""
    columns = [column.removeprefix("raw.").rpartition(".")[::2] for column in comes_from.split(", ") if column]
    return "; ".join(
        f"{table}: {', '.join(name for _, name in of_table)}"
        for table, of_table in groupby(columns, key=lambda column: column[0])
    )


def about(facts: Facts) -> Page:
    """Return what this release is, and how to get at its figures."""
    release = facts.release
    blocks: list[Block] = [
        Summary(
            [
                ("Release", str(release["release_id"])),
                ("Version", str(release["version"])),
                ("Made", moment(release["refreshed_at"])),
                ("Data as at", shown(release["data_as_at"])),
                ("Names and types of tables", str(release["contract"])),
            ]
        ),
        Heading("Where the figures come from", "from"),
        Paragraph(
            "Directorates send a spreadsheet return for each period. Each accepted return is read cell by cell, "
            "checked, and built into tables. Every amount leads back to one cell of one file: open a line to see it."
        ),
        Heading("How to read them", "read"),
        Paragraph(
            "A figure that is not reported yet is said to be so, and drawn as an empty outline. It is never counted "
            "as zero. Amounts are shown to the pound; the files behind each table have the pence."
        ),
        Paragraph(
            "Under each table is a link to its rows as a CSV file. The whole release is in savings.duckdb and in "
            "parquet/, in the folder above these pages."
        ),
        Heading("Accessibility", "accessibility"),
        Paragraph(
            "These pages are made to meet the Web Content Accessibility Guidelines 2.2, level AA. They work without "
            "scripts but for the search among lines, and ask for nothing from any other place. Each chart has its "
            "figures in the table after it."
        ),
    ]
    return Page("about", "About these figures", "What this release is, and how to use it.", blocks)
