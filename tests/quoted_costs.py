"""What a night costs, as the documentation quotes it from ``benchmarks/night.json``.

Here belongs the wording of the quotation. Not here: measuring (``benchmarks/bench_night.py``).
"""

from __future__ import annotations

import json
from typing import Any

from orchestration.settings import PROJECT

_MEASURED = PROJECT / "benchmarks" / "night.json"
_BARE = "the same SQL bare in DuckDB, and importing the libraries"
_LOOK = "a pandas script that hashes the landed files and looks each up"
_ROWS = (
    ("the first one, three returns", "first night, times its floor", _BARE),
    ("with one new return", "one new return, times its floor", _BARE),
    ("with nothing new", "nothing new, times the pandas script", _LOOK),
    (
        "the release's files and pages alone",
        "serving, times bare copies",
        "DuckDB's own copy of each table to CSV and Parquet",
    ),
)


def ratios() -> str:
    """Return a table of each kind of night with its ratio."""
    found = _measured()["ratios"]
    rows = [f"| {night} | {found[name]:.1f} | {floor} |" for night, name, floor in _ROWS]
    return "\n".join(["| A night | Processor time, times its floor | Floor |", "|---|---:|---|", *rows, ""])


def counts() -> str:
    """Return a table of what a first night does, in numbers."""
    found = _measured()["counts of a first night"]
    rows = [f"| {name} | {number:,} |" for name, number in found.items()]
    return "\n".join(["| In a first night | Number |", "|---|---:|", *rows, ""])


def _measured() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_MEASURED.read_bytes())
    return found
