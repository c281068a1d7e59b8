"""The files of a release: Parquet and CSV hold what the database holds, and their descriptions fit them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import pytest

from dbt_project.published import PublishedColumn, PublishedTable
from publishing import reader
from publishing.database import write_tables
from publishing.files import write_files
from publishing.release import Release
from publishing.release_tables import Council, release_rows
from sources.clock import fixed_clock
from tests.small_warehouse import DATA_AS_AT, NIGHT, TABLES, SmallWarehouse

# What a sender may type into a cell, and what a spreadsheet would make of it.
TYPED = ("=1+1", "@SUM(A1)", "+44 1305", "-5", "\t=1", 'a "b", c', "two\nlines", "£ and é", " ", "'quoted", None)

MOMENT = datetime(2021, 10, 8, 9, 0, 0, 78, tzinfo=UTC).replace(tzinfo=None)


def _column(name: str, data_type: str, **more: object) -> PublishedColumn:
    return PublishedColumn(name, data_type, None, f"What {name} means.", "none", **more)  # type: ignore[arg-type]


_DIM = PublishedTable(
    "dim_thing", "marts", (_column("thing_key", "bigint", is_required=True),), None, "A thing.", ("thing_key",)
)
_FACT = PublishedTable(
    "fct_thing",
    "marts",
    (
        _column("fact_key", "bigint", is_required=True),
        _column("thing_key", "bigint", leads_to=("dim_thing", "thing_key")),
        _column("typed", "varchar"),
        _column("amount_gbp", "decimal(14,2)"),
        _column("is_so", "boolean"),
        _column("on_day", "date"),
        _column("at_moment", "timestamp"),
    ),
    None,
    "A fact.",
    ("fact_key",),
)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    with duckdb.connect(folder / "candidate.duckdb") as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_thing as select cast(unnest([2, 1]) as bigint) as thing_key")
        connection.execute(
            "create table marts.fct_thing (fact_key bigint, thing_key bigint, typed varchar, amount_gbp decimal(14,2), "
            "is_so boolean, on_day date, at_moment timestamp)"
        )
        for number, text in enumerate(TYPED):
            row = [
                99 - number,
                1,
                text,
                Decimal("-0.10"),
                number % 2 == 0,
                DATA_AS_AT,
                MOMENT,
            ]
            connection.execute("insert into marts.fct_thing values (?, ?, ?, ?, ?, ?, ?)", row)
        connection.execute("insert into marts.fct_thing (fact_key) values (0)")
    council = Council("E1", "A council")
    rows = release_rows("R000001", "2.0.0", council, fixed_clock(NIGHT)(), DATA_AS_AT, "run-1", [], [], [_DIM, _FACT])
    write_tables(folder, folder / "candidate.duckdb", [_DIM, _FACT], rows)
    write_files(folder, [_DIM, _FACT])
    return folder


def _read(release: Path, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((release / "csv" / f"{table}.csv").read_bytes().decode(), newline="")))


def test_csv_has_every_row_in_the_order_of_its_key_and_every_value_exactly(release: Path) -> None:
    with reader.connect(release) as connection:
        kept = connection.execute("select * from marts.fct_thing order by fact_key").fetchall()
    written = _read(release, "fct_thing")
    assert [row["fact_key"] for row in written] == [str(row[0]) for row in kept]
    assert [row["amount_gbp"] for row in written] == ["" if row[3] is None else f"{row[3]:.2f}" for row in kept]
    assert written[-1]["at_moment"] == "2021-10-08T09:00:00.000078Z"
    assert written[0] == {"fact_key": "0"} | dict.fromkeys(list(written[0])[1:], "")


def test_what_a_spreadsheet_would_calculate_is_text_and_all_else_as_it_was_typed(release: Path) -> None:
    written = {row["typed"] for row in _read(release, "fct_thing")}
    assert written == {
        "'=1+1",
        "'@SUM(A1)",
        "'+44 1305",
        "'-5",
        "'\t=1",
        'a "b", c',
        "two\nlines",
        "£ and é",
        " ",
        "'quoted",
        "",
    }


def test_csv_ends_each_record_as_rfc_4180_says(release: Path) -> None:
    data = (release / "csv" / "dim_thing.csv").read_bytes()
    assert data == b"thing_key\r\n1\r\n2\r\n"


def test_parquet_is_in_the_order_of_its_key(release: Path) -> None:
    found = duckdb.read_parquet(str(release / "parquet" / "fct_thing.parquet")).project("fact_key").fetchall()
    assert found == sorted(found)
    assert len(found) == len(TYPED) + 1


def test_the_descriptions_name_every_file_with_its_types_keys_and_references(release: Path) -> None:
    package = json.loads((release / "datapackage.json").read_bytes())
    assert {each["path"] for each in package["resources"]} == {
        f"csv/{path.name}" for path in (release / "csv").iterdir()
    }
    (fact,) = [each for each in package["resources"] if each["name"] == "fct_thing"]
    assert fact["bytes"] == (release / fact["path"]).stat().st_size
    schema = fact["schema"]
    types = ["integer", "integer", "string", "number", "boolean", "date", "datetime"]
    assert [each["type"] for each in schema["fields"]] == types
    assert schema["fields"][0]["constraints"] == {"required": True}
    assert schema["primaryKey"] == ["fact_key"]
    assert schema["foreignKeys"] == [
        {"fields": ["thing_key"], "reference": {"resource": "dim_thing", "fields": ["thing_key"]}}
    ]
    tables = json.loads((release / "csv-metadata.json").read_bytes())["tables"]
    assert [each["url"] for each in tables] == [each["path"] for each in package["resources"]]
    (fact,) = [each for each in tables if each["url"] == "csv/fct_thing.csv"]
    assert fact["tableSchema"]["primaryKey"] == ["fact_key"]
    assert "foreignKeys" not in fact["tableSchema"], "CSVW's own tool refuses a reference that may be empty"


def test_the_files_are_a_part_of_the_release(tmp_path: Path) -> None:
    warehouse = SmallWarehouse.at(tmp_path)
    release = _published_with_files(warehouse)
    assert {"csv/fct_pound.csv", "datapackage.json", "csv-metadata.json"} <= release.manifest.files.keys()
    assert _read(release.folder, "fct_pound") == [{"pound_key": "1", "amount_gbp": "10.00"}]


def _published_with_files(warehouse: SmallWarehouse) -> Release:
    return warehouse.night("10.00", parts=(partial(write_files, tables=TABLES),))
