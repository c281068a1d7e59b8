"""The tables of figures on a receipt, for the page and the workbook alike.

Here belongs which columns and rows each has. Not here: the comparison of two returns (``changes``), the
sentences around them (``receipt_words``), and how they look (``page_templates``, ``receipt_workbook``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sources.custody.submission import JudgedSubmission
from sources.parsing.rows import ZERO
from sources.receipts import receipt_words as words
from sources.receipts.changes import COMPARED, Changes, LineMoved
from sources.template.declaration import CONTROL_TOTALS, ROW_COUNT

Row = Mapping[str, Any]
Value = Decimal | int | str | None

_DIFFERENCE = ("Before", "Now", "Difference")
_LEFT_OUT = ("baseline_gbp", "projected_gbp", "deferred_gbp", "undeliverable_gbp")


@dataclass(frozen=True)
class Table:
    """Figures in rows.

    Attributes:
        caption: What they are.
        columns: The heading of each column; the first names the row.
        amounts: Which columns hold amounts, counted from 0.
        rows: Pounds, counts and words, one for each column.
    """

    caption: str
    columns: tuple[str, ...]
    amounts: range
    rows: tuple[tuple[Value, ...], ...]


def totals(submission: JudgedSubmission, lines: Sequence[Row]) -> Table:
    """Return the control totals of a return next to what was read."""
    return Table(
        "Your control totals, and the rows of the Savings sheet as we read them",
        ("Total", "Your control total", "As read", "Difference"),
        range(1, 4),
        tuple((*each, _difference(*each[1:])) for each in _totals(submission, lines)),
    )


def tables_of(changes: Changes) -> tuple[Table, ...]:
    """Return what a return changes: the totals, then the lines that moved, were added or have gone."""
    moved = [
        (line.saving_ref, line.plan_year, words.column_name(each.column), each.before, each.after, each.difference)
        for line in changes.moved
        for each in line.movements
    ]
    each_line = ("Reference", "Plan year")
    tables = (
        total_changes(changes),
        Table("Lines that moved", (*each_line, "What moved", *_DIFFERENCE), range(3, 6), tuple(moved)),
        _lines("Lines added", changes.added, "after"),
        _lines("Lines gone", changes.gone, "before"),
    )
    return tuple(table for table in tables if table.rows)


def total_changes(changes: Changes) -> Table:
    """Return each amount over all lines, before and now."""
    rows = ((words.column_name(each.column), each.before, each.after, each.difference) for each in changes.totals)
    return Table("Totals of all lines", ("Amount", *_DIFFERENCE), range(1, 4), tuple(rows))


def left_out(lines: Iterable[Row]) -> Table | None:
    """Return the lines that the plan does not list; None without any (R33)."""
    columns = ("Reference", "Row", "Plan year", *map(words.column_name, _LEFT_OUT))
    rows = tuple(
        (line["saving_ref"], line["source_row"], line["plan_year"], *(line[name] for name in _LEFT_OUT))
        for line in lines
    )
    return Table("Lines that are not registered", columns, range(3, 7), rows) if rows else None


def _totals(
    submission: JudgedSubmission, lines: Sequence[Row]
) -> Iterator[tuple[str, Decimal | int | None, Decimal | int]]:
    count = submission.fields.get(ROW_COUNT)
    yield "Rows", None if count is None else int(count), len(lines)
    for label, column in CONTROL_TOTALS.items():
        said = submission.fields.get(label)
        read = sum((line[column] or ZERO for line in lines), ZERO)
        yield words.column_name(column), None if said is None else Decimal(said), read


def _difference(control: Decimal | int | None, read: Decimal | int) -> Decimal | int | None:
    return None if control is None else read - control


def _lines(caption: str, lines: Iterable[LineMoved], side: Literal["before", "after"]) -> Table:
    columns = ("Reference", "Plan year", *map(words.column_name, COMPARED))
    rows = ((line.saving_ref, line.plan_year, *(line.value(name, side) for name in COMPARED)) for line in lines)
    return Table(caption, columns, range(2, len(columns) - 2), tuple(rows))
