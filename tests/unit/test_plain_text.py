"""A CSV file has the same bytes whether its rows are written as text here or by the engine."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from publishing.files import write_csv
from publishing.plain_text import as_csv

TYPES = {
    "said": "varchar",
    "is_so": "boolean",
    "many": "integer",
    "key": "bigint",
    "amount_gbp": "decimal(14,2)",
    "share": "decimal(9,7)",
    "due_on": "date",
    "seen_at": "timestamp",
}
A_MOMENT = datetime(2021, 10, 8, 9)  # noqa: DTZ001 - as a release has it
PLAIN = ("Beds", True, 1, 10**14, Decimal("-0.10"), Decimal("0.0000001"), date(2021, 9, 30), A_MOMENT)
TEXTS = (
    *("", " ", "'", "~", "a, b", 'a "b"', '"', "two\nlines", "two\r\nlines", "trailing ", " leading", "é €", "\\"),
    *("=1+1", "+44", "-5", "@cmd", "\tx", "\rx", "\nx", "=a,b", '="a"', "-\n", "NULL", "{0}"),
    *("\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"),
)


@pytest.mark.parametrize("text", TEXTS)
def test_what_a_spreadsheet_would_calculate_or_divide_is_written_alike(tmp_path: Path, text: str):
    """F-C17, F-C18."""
    rows = [(text, *PLAIN[1:])]

    assert _written(tmp_path, rows) == as_csv([*TYPES], rows).encode()


def test_every_type_and_nothing_at_all_are_written_alike(tmp_path: Path):
    of_a_moment = [A_MOMENT.replace(microsecond=part) for part in (1, 500_000, 999_999)]
    rows = [PLAIN, (None,) * len(TYPES), *((*PLAIN[:-1], moment) for moment in of_a_moment)]
    rows += [("b", False, -1, -1, Decimal("123456789012.30"), Decimal("0.0000000"), date(2000, 1, 1), A_MOMENT)]

    assert _written(tmp_path, rows) == as_csv([*TYPES], rows).encode()


def _written(folder: Path, rows: list[tuple[object, ...]]) -> bytes:
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} {data_type}" for name, data_type in TYPES.items())
        connection.execute(f"create table told (place integer, {columns})")
        places = ", ".join("?" * (len(TYPES) + 1))
        connection.executemany(f"insert into told values ({places})", [[n, *row] for n, row in enumerate(rows)])  # noqa: S608 - placeholders
        write_csv(connection, "told", [*TYPES], "place", folder)
    return (folder / "told.csv").read_bytes()
