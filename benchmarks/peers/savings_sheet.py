"""The lines of one return as the peers read them: the sheet Savings, by its headings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl

AMOUNTS = {
    "baseline_gbp": "Baseline (£)",
    "projected_gbp": "Projected saving (£)",
    "deferred_gbp": "Deferred (£)",
    "undeliverable_gbp": "Undeliverable (£)",
}


def lines_of(path: Path) -> Iterator[dict[str, object]]:
    """Yield each line's reference, directorate and amounts; what is no number counts as nothing."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = book["Savings"].iter_rows(values_only=True)
    headings = list(next(rows))
    places = {name: headings.index(heading) for name, heading in AMOUNTS.items()}
    for row in rows:
        if row[0]:
            amounts = {name: _number(row[place]) for name, place in places.items()}
            yield {"saving_ref": str(row[0]), "directorate_code": path.parent.name, **amounts}
    book.close()


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
