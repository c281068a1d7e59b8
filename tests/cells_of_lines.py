"""Each line of a release against the cells of the files in the vault that its row names.

Here belongs reading those cells with other eyes (openpyxl) and the arithmetic of a row. Not here: which home.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import openpyxl

from publishing import reader
from sources.home import Home
from sources.template.declaration import SAVINGS

ENTERED = ("baseline_gbp", "projected_gbp", "achieved_to_date_gbp", "deferred_gbp", "undeliverable_gbp")
_Cell = Callable[[str], Decimal]


def amounts_that_are_their_cells(home: Home) -> int:
    """Return how many amounts of the release are what their cell holds; all have to be."""
    checked = 0
    for row, cell in _lines(home):
        for measure in ENTERED:
            assert row[measure] == cell(measure), (row["saving_ref"], measure)
            checked += 1
    return checked


def lines_recomputed_from_their_cells(home: Home) -> int:
    """Return of how many lines the derived amounts follow from their cells; those of all have to."""
    checked = 0
    for row, cell in _lines(home):
        baseline, projected = cell("baseline_gbp"), cell("projected_gbp")
        counted = min(projected, baseline)
        assert row["counted_projected_gbp"] == counted
        assert row["over_achieved_gbp"] == projected - counted
        assert row["unexplained_gbp"] == baseline - counted - cell("deferred_gbp") - cell("undeliverable_gbp")
        checked += 1
    return checked


def _lines(home: Home) -> Iterator[tuple[dict[str, Any], _Cell]]:
    with reader.connect(home.current) as connection:
        rows = connection.execute("select * from marts.rpt_line_detail").to_arrow_table().to_pylist()
    sheets = {sha256: _sheet(home, sha256) for sha256 in {str(row["file_sha256"]) for row in rows}}
    for row in rows:
        yield row, partial(_amount, sheets[str(row["file_sha256"])], row)


def _amount(sheet: Any, row: dict[str, Any], measure: str) -> Decimal:
    entered = sheet[str(row[f"{measure}_cell"])].value
    return Decimal(0 if entered == "N/A" else str(entered))


def _sheet(home: Home, sha256: str) -> Any:
    with (home.vault / sha256[:2] / sha256).open("rb") as file:
        return openpyxl.load_workbook(file, data_only=True)[SAVINGS.name]
