"""The types that the template is declared in: kinds of cell, columns, sheets.

Here belongs what a declaration can say. Not here: what is declared (``template`` gathers it).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What a cell of a column may hold; each kind has one grammar in ``values``."""

    TEXT = "text"
    NARRATIVE = "narrative"
    REF = "ref"
    REF_LIST = "ref list"
    LIST = "list"
    YEAR = "financial year"
    YEAR_OR_MULTIPLE = "financial year or Multiple"
    PERIOD = "reporting period"
    DATE = "date"
    MONEY = "money"
    MONEY_OR_NA = "money or N/A"
    INTEGER = "whole number"
    BOOLEAN = "yes or no"


MONEY_KINDS = frozenset({Kind.MONEY, Kind.MONEY_OR_NA})


class Need(StrEnum):
    """When a column has to be filled. ``CONDITIONAL`` columns are judged by a check of their own."""

    ALWAYS = "always"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Column:
    """One column of a sheet, or one label of the Return sheet.

    Attributes:
        name: Its name in every table made from it, never shown to who fills a return in.
        heading: What a person calls it, with its unit: the words of workbook, messages and receipts.
        kind: Which grammar its cells follow.
        need: Whether it has to be filled.
        guidance: One sentence for the officer who fills it in.
        vocabulary: For ``LIST``: a vocabulary of ``vocabulary.csv``, or ``directorate``,
            ``service`` or ``theme``-like reference tables.
        pattern: For ``REF``: the name of the setting that holds the pattern.
        max_length: Longest text accepted.
        aliases: Other headers that are recognised, with a warning.
        is_private: True for what never leaves the ledger (names of people).
    """

    name: str
    heading: str
    kind: Kind
    need: Need
    guidance: str
    vocabulary: str | None = None
    pattern: str | None = None
    max_length: int = 200
    aliases: tuple[str, ...] = ()
    is_private: bool = False

    @property
    def is_money(self) -> bool:
        """Whether the column holds pounds."""
        return self.kind in MONEY_KINDS


@dataclass(frozen=True)
class OwnColumn:
    """A column that the template fills in itself: written, protected, never read.

    Attributes:
        name: By which the code knows it.
        heading: What a person calls it.
        after: The column that it follows in the workbook.
        formerly: Other headings under which it is recognised, to be left unread.
    """

    name: str
    heading: str
    after: str
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One table sheet: a header row and one row per item.

    Attributes:
        name: Tab name in the workbook.
        table: Name of the typed lines' table made from it (``raw.<table>``).
        key: Columns that identify a row within a file.
        columns: In template order.
        is_required: Whether a return that is not Nil must have it.
        own_columns: The template's own columns.
    """

    name: str
    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_required: bool = False
    own_columns: tuple[OwnColumn, ...] = ()

    @cached_property
    def layout(self) -> tuple[Column | OwnColumn, ...]:
        """All columns in the order of the workbook: the template's own ones follow what they belong to."""
        order: list[Column | OwnColumn] = []
        for column in self.columns:
            order += [column, *(own for own in self.own_columns if own.after == column.name)]
        return tuple(order)

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises:
            KeyError: If the sheet has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"sheet {self.name} has no column {name}")


def column(name: str, heading: str, kind: Kind, need: Need, guidance: str, **more: object) -> Column:
    """Return a column; what every declaration says comes by place, the rest by name."""
    return Column(name=name, heading=heading, kind=kind, need=need, guidance=guidance, **more)  # type: ignore[arg-type]  # attributes of Column, by name
