"""The sample returns, written from what is declared of them (`make generated`).

Here belongs the step from ``samples/*.csv``, which a person can read, to workbooks as directorates
would send them. Not here: how a workbook looks (``contract.writer``).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sources.contract.writer import write_template
from sources.reference.reference import Reference, bundled_reference, read_reference
from sources.template.declaration import INVESTMENT, PROJECTS, RETURN_FIELDS, SAVINGS, Column, Kind, workbook_name

YEAR, PERIOD = "2021/22", "P06"
SAMPLES = Path(__file__).parent

# What every sample line has in common; the rest of a line is in lines.csv.
_EVERY_LINE = {
    "plan_year": YEAR,
    "cashable": "Cashable",
    "undeliverable_gbp": Decimal(0),
    "maturity": "Delivering",
}

NOTE = (
    "SAMPLE. Published: each directorate's totals of baseline, projected and deferred savings, and the projects' names "
    "(Cabinet report of 8 November 2021, Table 1 and sections 10.5 and 11.2).",
    "Illustrative: the lines and how the totals are split over them, what is achieved, the dates, the wording, the "
    "references, the fund's split, and the period: the report prints no as-at date.",
)
ADULTS_NOTE = (
    "The report lists no project of Adults & Housing in 10.5 or 10.6. Its projects here are named from the uses of the "
    "transformation fund in 11.2.",
)

_TYPES: dict[Kind, Callable[[str], object]] = {
    Kind.MONEY: Decimal,
    Kind.MONEY_OR_NA: lambda text: text if text == "N/A" else Decimal(text),
    Kind.DATE: date.fromisoformat,
    Kind.INTEGER: int,
}


def write_samples(target: Path) -> list[Path]:
    """Write each directorate's workbook under ``returns/`` and the list of their receipt times.

    Args:
        target: Folder to write into.

    Returns:
        The workbooks, in the order of their declared receipt.
    """
    reference = read_reference(bundled_reference())
    workbooks, receipts = [], []
    for sample in sorted(_read("returns.csv"), key=lambda sample: sample["received_at"]):
        code = sample["directorate_code"]
        workbook = target / "returns" / code / workbook_name(code, YEAR, PERIOD, version_no=1)
        workbook.parent.mkdir(parents=True, exist_ok=True)
        write_sample(workbook, sample, reference)
        workbooks.append(workbook)
        receipts.append((workbook.relative_to(target).as_posix(), sample["received_at"]))
    with open(target / "history.csv", "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([("file", "received_at"), *receipts])
    return workbooks


def write_sample(workbook: Path, sample: Mapping[str, str], reference: Reference) -> None:
    """Write one directorate's sample return."""
    code = sample["directorate_code"]
    rows = [
        _EVERY_LINE | row for row in _rows("lines.csv", SAVINGS.columns) if row["saving_ref"].startswith(f"{code}-")
    ]
    projects = [row for row in _rows("projects.csv", PROJECTS.columns) if row["directorate_code"] == code]
    refs = {row["project_ref"] for row in projects}
    write_template(
        workbook,
        code,
        YEAR,
        PERIOD,
        reference,
        rows=rows,
        projects=projects,
        investment=[row for row in _rows("investment.csv", INVESTMENT.columns) if row["project_ref"] in refs],
        return_fields=_typed({**sample, "return_type": "Initial"}, RETURN_FIELDS),
        note=(*NOTE, *(ADULTS_NOTE if code == "AH" else ())),
    )


def _read(name: str) -> list[dict[str, str]]:
    with open(SAMPLES / name, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _rows(name: str, columns: tuple[Column, ...]) -> Iterator[dict[str, Any]]:
    return (_typed(texts, columns) for texts in _read(name))


def _typed(texts: Mapping[str, str], columns: tuple[Column, ...]) -> dict[str, Any]:
    """Return the filled cells of a row as the types that the workbook has them in."""
    return {
        column.name: _TYPES.get(column.kind, str)(texts[column.name]) for column in columns if texts.get(column.name)
    }
