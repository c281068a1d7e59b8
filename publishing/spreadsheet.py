"""The figures of the latest period as a spreadsheet that everybody can read: cover, contents, notes, one table a sheet.

Here belongs which tables there are and what their columns are called; gptables lays them out as the Analysis Function
asks of official statistics. Not here: every period and every line, which are in ``csv/`` (``files``). Numbers are
numbers, what is not known is marked, and no text is taken for a formula or a link.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import Any

import gptables
import pandas as pd

from publishing import reader
from publishing.powerbi.names import column_name
from publishing.site.figures import Facts, Period, Record
from publishing.site.shown import day, shown
from sources.receipts.receipt_words import printable

WORKBOOK = "savings.xlsx"
# Each with its title, in the order of the sheets.
_TABLES = {
    "rpt_cabinet_table_1": "Table 1: savings planned, and what became of them",
    "rpt_savings_bridge": "From the plan to where each pound of it went",
    "rpt_deferral_matrix": "Savings that will come later than planned",
    "rpt_non_cashable": "Savings that take no money out of a budget",
    "rpt_theme_savings": "Savings by theme",
    "rpt_workstream_savings": "Savings by workstream",
    "rpt_rag_summary": "Savings by rating",
    "rpt_roadmap": "Projects by phase",
    "rpt_fund_return": "Transformation fund",
    "rpt_budget_gap_bridge": "Budget gap",
    "rpt_realism_projection": "What forecasts like these have come to",
    "rpt_top_risk": "Risks to savings",
    "rpt_claim_check": "Figures that reports print",
    "rpt_submission_status": "Returns of the period",
    "rpt_timeliness": "Returns sent in time, and right the first time",
}
# Says of every row the same, or is a query.
_LEFT_OUT = frozenset({"period_key", "is_latest_period", "is_latest_complete_period", "warehouse_query"})
# Rows of which it is so come last.
_TOTALS = ("is_total", "is_unidentified")
_NOT_KNOWN = "[x]"
_FORMATS = {"pounds": "#,##0.00", "ratio": "0.0%"}
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_SOURCE = "source"
_A4 = 9


def write_spreadsheet(release: Path) -> None:
    """Write the workbook into a release's folder, from its database; none where there are no figures."""
    with reader.connect(release) as connection:
        facts = Facts(connection)
        if facts.period is None:
            return
        found = {mart: _records(facts, mart, facts.period) for mart in _TABLES}
        sheets = {_label(mart): _sheet(mart, rows, facts.period) for mart, rows in found.items() if rows}
        about = facts.release
        with warnings.catch_warnings():
            # gptables asks for a note in every table.
            warnings.simplefilter("ignore", UserWarning)
            workbook = gptables.produce_workbook(
                str(release / WORKBOOK),
                sheets,
                cover=_cover(facts, facts.period),
                notes_table=_notes(),
                workbook_options=_OPTIONS,
            )
        made_at = about["refreshed_at"].replace(tzinfo=UTC)
        workbook.set_properties({"title": f"Savings, {facts.period}", "author": facts.council, "created": made_at})
        for sheet in workbook.worksheets():
            sheet.set_landscape()
            sheet.set_paper(_A4)
            sheet.fit_to_pages(1, 0)
        workbook.close()


def _records(facts: Facts, mart: str, period: Period) -> list[Record]:
    order = ", ".join(sorted(_columns(facts.units_of(mart)), key=lambda name: name not in _TOTALS))
    if "period_key" not in facts.units_of(mart) or mart == "rpt_claim_check":
        return facts.records(mart, order=order)
    return facts.records(mart, "period_key = ?", period.key, order=order)


def _columns(units: Mapping[str, str]) -> list[str]:
    return [name for name in units if not name.endswith("_key") and name not in _LEFT_OUT]


def _label(mart: str) -> str:
    return column_name(mart.removeprefix("rpt_"))


def _sheet(mart: str, rows: Sequence[Record], period: Period) -> gptables.GPTable:
    columns = _columns(rows[0].units)
    units = [rows[0].units[name] for name in columns]
    table = pd.DataFrame([[_cell(row, name) for name in columns] for row in rows], dtype=object)
    table.columns = pd.Index([_heading(name, unit) for name, unit in zip(columns, units, strict=True)])
    return gptables.GPTable(
        table=table,
        table_name=mart,
        title=f"{_TABLES[mart]} $${_SOURCE}$$",
        subtitles=[f"{period}" if any(name == "reporting_period" for name in columns) else "All that are known"],
        instructions="This worksheet contains one table. Notes are on the notes worksheet.",
        legend=[f"{_NOT_KNOWN}: not known, not yet reported, or does not apply"],
        index_columns={},
        additional_formatting=[
            {"column": {"columns": [number], "format": {"num_format": _FORMATS[unit]}}}
            for number, unit in enumerate(units)
            if unit in _FORMATS
        ],
    )


def _heading(column: str, unit: str) -> str:
    name = column_name(column)
    return f"{name.removesuffix(' amount')} (£)" if unit == "pounds" else name


def _cell(row: Record, column: str) -> Any:  # noqa: ANN401 - a cell is of any type
    value = row[column]
    if value is None:
        return _NOT_KNOWN
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # Two brackets on end are a link to gptables.
    return str(printable(shown(value))).replace("](", "] (")


def _cover(facts: Facts, period: Period) -> gptables.Cover:
    about = facts.release
    return gptables.Cover(
        title=f"{facts.council}: savings planned and what will come of them, {period}",
        intro=[
            f"Data as at {day(about['data_as_at'])}.",
            f"Release {about['release_id']}.",
            "Each worksheet has one table of the latest period.",
            "All periods and every line are in the CSV and Parquet files of the release.",
        ],
        about=[
            "Amounts are pounds, to the penny.",
            "Do not add amounts of several periods: each holds the plan again.",
            f"The tables belong to the contract {about['contract']}.",
            "The data dictionary of the release says of every column what it means.",
        ],
    )


def _notes() -> pd.DataFrame:
    text = (
        "From the returns of the council's directorates and its approved plan. Every amount leads back to one cell of "
        "one file: see the page of its line."
    )
    return pd.DataFrame({"Note reference": [_SOURCE], "Note text": [text]})
