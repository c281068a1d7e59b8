"""What a page shows of the warehouse: single figures, records of a mart, and sentences that hold figures.

Here belongs that each figure on a page names the mart, the row and the column that it is read from. Not here:
the layout of tables and pages (``blocks``), and which figures a page has (``pages``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import duckdb
from markupsafe import Markup, escape

from publishing.database import SCHEMA
from publishing.plain_text import as_text
from publishing.questions.example import Example, example_of
from publishing.site.shown import NOT_KNOWN, shown
from sources.receipts.receipt_words import printable

# Where each row of a mart says its own unit.
OF_THE_ROW = "as the column unit says"
_UNITS_OF_ROWS = {"GBP": "pounds"}


@dataclass(frozen=True)
class Figure:
    """One value with the cell of the warehouse that holds it.

    Attributes:
        mart: The table.
        key: The row's key in it.
        column: The column.
        value: What the cell holds.
        unit: As the data dictionary names it.
        absent: What it is where the mart has no value.
    """

    mart: str
    key: str
    column: str
    value: Any
    unit: str
    absent: str

    def __str__(self) -> str:
        return shown(self.value, self.unit, self.absent)

    def __html__(self) -> str:
        origin = f"{self.mart}/{self.key}/{self.column}"
        # Not by Markup.format, which takes three times as long: a page may have ten thousand figures.
        value, of, text = escape(as_text(self.value)), escape(origin), escape(printable(str(self)))
        return Markup(f'<data value="{value}" data-from="{of}">{text}</data>')  # noqa: S704 - each part is escaped


@dataclass(frozen=True)
class Record:
    """One row of a mart.

    Attributes:
        mart: The table.
        key: Its key.
        values: Its values by column.
        units: The unit of each column.
        absent: What an amount is that it does not have.
        read_from: The column of the mart that holds a value, where it has another name there.
    """

    mart: str
    key: str
    values: Mapping[str, Any]
    units: Mapping[str, str]
    absent: str = NOT_KNOWN
    read_from: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401 - a cell is of any type
        return self.values[column]

    def figure(self, column: str) -> Figure:
        """Return one value with its origin."""
        origin = self.read_from.get(column, column)
        return Figure(self.mart, self.key, origin, self.values[column], self._unit_of(column), self.absent)

    def _unit_of(self, column: str) -> str:
        unit = self.units[column]
        return _UNITS_OF_ROWS.get(self.values["unit"], "none") if unit == OF_THE_ROW else unit

    def pounds(self, column: str) -> Decimal:
        """Return an amount to draw or to compare; what is not known counts nothing."""
        return Decimal(self.values[column] or 0)


class Sentence:
    """A sentence with figures in it: ``Sentence("{it} is on track.", it=figure)``."""

    def __init__(self, text: str, **figures: object) -> None:
        self._text, self._figures = text, figures

    def __str__(self) -> str:
        return self._text.format(**self._figures)

    def __html__(self) -> str:
        return escape(self._text).format(**self._figures)


@dataclass(frozen=True)
class Period:
    """A reporting period: the one that the pages are about."""

    key: int
    financial_year: str
    name: str

    def __str__(self) -> str:
        return f"{self.financial_year} {self.name}"

    def named_in(self, financial_year: str) -> str:
        """Return its name, with its year where that is another."""
        return self.name if self.financial_year == financial_year else str(self)


class Facts:
    """A release as pages read it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read from an open release."""
        self._connection = connection

    def ask(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Return rows by column name."""
        asked = self._connection.execute(sql, parameters)
        names = [column[0] for column in asked.description or ()]
        return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]

    def records(
        self, mart: str, where: str = "true", *parameters: object, order: str = "", absent: str = NOT_KNOWN
    ) -> list[Record]:
        """Return rows of a mart, in a lasting order; its first column is its key."""
        units = self.units_of(mart)
        key = next(iter(units))
        ordered = ", ".join(filter(None, (order, key)))
        sql = f"select * from {SCHEMA}.{mart} where {where} order by {ordered}"  # noqa: S608 - text of this package
        return [Record(mart, str(row[key]), row, units, absent) for row in self.ask(sql, *parameters)]

    def units_of(self, mart: str) -> dict[str, str]:
        """Return the unit of each column of a mart, in the order of its columns."""
        return {row["column_name"]: row["unit"] for row in self._dictionary if row["table_name"] == mart}

    @property
    def dictionary(self) -> Sequence[Mapping[str, Any]]:
        """Return the data dictionary, by table and column."""
        return self._dictionary

    @cached_property
    def _dictionary(self) -> list[dict[str, Any]]:
        return self.ask("select * from marts.meta_data_dictionary")

    @cached_property
    def release(self) -> Mapping[str, Any]:
        """Return what the release says of itself."""
        return self.ask("select * from marts.meta_last_refreshed")[0]

    @property
    def council(self) -> str:
        """Return the council's name; what the warehouse is called where its reference data do not say."""
        return self.release["council_name"] or "Savings warehouse"

    @cached_property
    def period(self) -> Period | None:
        """Return the latest open period; None while no return is accepted."""
        latest = self.ask(
            "select distinct period.period_key, period.reporting_year, period.reporting_period "
            "from marts.fct_savings_position as position "
            "inner join marts.dim_reporting_period as period on position.period_key = period.period_key "
            "where position.is_latest_period and position.is_current order by period.period_key desc"
        )
        return Period(*latest[0].values()) if latest else None

    def period_of(self, key: int) -> Period:
        """Return a reporting period by its key."""
        return self._periods[key]

    @cached_property
    def _periods(self) -> dict[int, Period]:
        rows = self.ask("select period_key, reporting_year, reporting_period from marts.dim_reporting_period")
        return {row["period_key"]: Period(*row.values()) for row in rows}

    @cached_property
    def example(self) -> Example:
        """Return what the documented questions are about."""
        return example_of(self._connection)

    def tables(self) -> Iterator[tuple[str, str]]:
        """Yield each table with its description."""
        for row in self.ask("select table_name, comment from duckdb_tables() order by table_name"):
            yield row["table_name"], " ".join((row["comment"] or "").split())
