"""Every saving: a list that can be searched, and a page each that leads from each pound to its cell.

Here belongs the way from an amount to sheet, cell and file. Not here: sums (``overview``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from publishing.plain_text import as_csv
from publishing.site.blocks import Block, Cell, Heading, Link, Page, Paragraph, Search, Summary, Table, table_of
from publishing.site.figures import Facts, Period, Record, Sentence
from publishing.site.shown import heading

MART = "rpt_line_detail"
_LIST = (
    "saving_ref",
    "saving_title",
    "directorate_name",
    "plan_year",
    "status",
    "baseline_gbp",
    "counted_projected_gbp",
    "unexplained_gbp",
)
_ABOUT = (
    "plan_year",
    "service_name",
    "project_ref",
    "project_name",
    "benefit_type",
    "is_cashable",
    "recurrence",
    "maturity",
    "status",
    "rag_submitted",
    "rag_derived",
    "times_deferred",
    "replaces_ref",
    "decision_ref",
    "budget_code",
    "variance_explanation",
)
_CARRIED = "is_carried_forward"
_FILE = ("file_name", "source_sheet", "source_row", "certification", "submission_id", "file_sha256")


def records(facts: Facts, where: str = "true", *parameters: object) -> list[Record]:
    """Return lines of the latest period."""
    return facts.records(MART, where, *parameters, order="directorate_name, saving_ref, plan_year")


def pages(facts: Facts) -> Iterator[Page]:
    """Yield the list, and a page for each line."""
    found = records(facts)
    lead = "Every saving as it stands in the latest period. Each leads to the cells that it comes from."
    if not found:
        yield Page("lines", "Lines", "No line has been reported yet.", [])
        return
    blocks: list[Block] = [
        Search("Search by reference, title, directorate, project or file"),
        table(facts, found, f"Lines as they stand at {facts.period_of(found[0]['period_key'])}", "lines"),
    ]
    yield Page("lines", "Lines", lead, blocks)
    yield from (_page(record, _reported_for(facts, record)) for record in found)


def table(facts: Facts, found: Sequence[Record], caption: str, name: str, *, without: str = "") -> Table:
    """Return lines as a table whose references lead to their pages; where some are carried, with whose figures."""
    carried = [_CARRIED] if any(line[_CARRIED] for line in found) else []
    return table_of(
        found,
        [column for column in (*_LIST, *carried) if column != without],
        caption,
        name,
        headings={_CARRIED: "As reported for"},
        cells={
            "saving_ref": lambda line: Link(href(line), line["saving_ref"]),
            _CARRIED: lambda line: str(_reported_for(facts, line)),
        },
    )


def _reported_for(facts: Facts, line: Record) -> Period:
    """Return the period that a line's figures were reported for."""
    return facts.period_of(line["carried_from_period_key"] if line[_CARRIED] else line["period_key"])


def href(line: Record) -> str:
    """Return where a line's page is."""
    return f"{_name(line)}.html"


def _name(line: Record) -> str:
    """Return the name of a line's page: another one for each reference, for S-1 and S/1 are two lines."""
    ref = re.sub("[^a-z0-9-]", lambda found: f"_{ord(found[0]):x}", line["saving_ref"].lower())
    return f"line-{ref}-{line['plan_year'].replace('/', '-')}"


def _page(line: Record, reported_for: Period) -> Page:
    lead = Sentence(
        "{who}. Planned {plan}, projected {projected}.",
        who=line["directorate_name"],
        plan=line.figure("baseline_gbp"),
        projected=line.figure("projected_gbp"),
    )
    blocks: list[Block] = [
        *([Paragraph(_carried_into(line, reported_for), is_inset=True)] if line[_CARRIED] else []),
        _amounts(line, reported_for),
        Heading("Where these figures come from", "file"),
        Paragraph(
            "Each amount above names its cell in this sheet of this file. The file is kept, unchanged, under its "
            "SHA-256."
        ),
        Summary([(heading(column), line.figure(column)) for column in _FILE]),
        Heading("What the line is", "about"),
        Summary([(heading(column), line.figure(column)) for column in _ABOUT if line[column] is not None]),
    ]
    title = f"{line['saving_ref']} {line['saving_title']}"
    return Page(_name(line), title, lead, blocks, parent=Link("lines.html", "Lines"))


def _carried_into(line: Record, reported_for: Period) -> Sentence:
    said = "Carried into {period}: the figures are those that were reported for {reported_for}."
    return Sentence(said, period=line["reporting_period"], reported_for=reported_for.named_in(line["reporting_year"]))


def _amounts(line: Record, reported_for: Period) -> Table:
    columns = [column for column, unit in line.units.items() if unit == "pounds"]
    rows: list[list[Cell]] = [
        [heading(column), line.figure(column), _place(line, f"{column}_cell")] for column in columns
    ]
    return Table(
        caption=f"Amounts as reported for {reported_for}",
        headings=["Amount", "Pounds", "Sheet and cell"],
        numeric=frozenset({1}),
        rows=rows,
        csv=as_csv(
            ["amount", "pounds", "cell", "sheet", "row", "file_name", "file_sha256"],
            [[column, line[column], line.values.get(f"{column}_cell"), *_file(line)] for column in columns],
        ),
        name=_name(line),
    )


def _place(line: Record, cell: str) -> Cell:
    if cell not in line.units:
        return "Worked out from the others"
    if line[cell] is None:
        return "Not in the return"
    return Sentence("{sheet}!{cell}", sheet=line.figure("source_sheet"), cell=line.figure(cell))


def _file(line: Record) -> list[object]:
    return [line[column] for column in ("source_sheet", "source_row", "file_name", "file_sha256")]
