"""Lists of a reference folder written as CSV files, under the contract.

Here belongs the way to the file alone. Not here: what is in a list.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sources.reference.folder_contract import reference_file


def write_list(
    folder: Path, name: str, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None
) -> None:
    """Write a list of the folder; without rows it is its header alone.

    Args:
        folder: Where.
        name: Which list.
        rows: By column; what a row does not have is an empty cell.
        columns: Which columns; those of the contract if None.
    """
    columns = columns or [field.name for field in reference_file(name).fields]
    with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_list(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return a list's rows as they are written."""
    with open(folder / f"{name}.csv", encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
