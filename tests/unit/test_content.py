"""Fingerprints of candidates: the same rows give the same hash, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dbt_project.content import Fingerprint, differing, fingerprint
from dbt_project.published import Follows, PublishedColumn, PublishedTable

COLUMNS = ("line_key", "title", "amount_gbp", "is_current", "as_at_date", "valid_from_at")
ROWS = """
    (1, 'Beds',  100.00, true,  date '2021-09-30', timestamp '2021-10-08 09:00:00'),
    (2, null,    -0.01,  false, date '2021-09-30', timestamp '2021-10-08 09:00:00.000001'),
    (3, 'Depot', null,   null,  null,              null)
"""
TYPES = (
    "line_key bigint, title varchar, amount_gbp decimal(14,2), is_current boolean, as_at_date date, "
    "valid_from_at timestamp"
)


def column(name: str) -> PublishedColumn:
    follows = Follows.CLOCK if name.endswith("_at") else None
    return PublishedColumn(name, data_type="", follows=follows, description="", unit="none")


POSITION = PublishedTable("fct_position", "marts", tuple(map(column, COLUMNS)), follows=None, description="")
REFRESHED = PublishedTable("meta_refreshed", "marts", (column("run"),), follows=Follows.RELEASE, description="")
JUDGED = PublishedTable("fct_judged", "marts", (column("run"),), follows=Follows.CLOCK, description="")


def candidate(folder: Path, rows: str = ROWS, types: str = TYPES, **settings: object) -> Path:
    """Return a candidate whose only table holds these rows."""
    path = folder / "candidate.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(path, config=settings) as connection:
        connection.execute(f"create schema marts; create table marts.fct_position ({types})")
        if rows:
            connection.sql(f"values {rows}").insert_into("marts.fct_position")
        connection.execute("create table marts.meta_refreshed as select 'run 1' as run")
        connection.execute("create table marts.fct_judged as select 'run 1' as run")
    return path


def position_of(folder: Path, rows: str = ROWS, types: str = TYPES) -> Fingerprint:
    return fingerprint(candidate(folder, rows, types), [POSITION])


def test_rows_and_pounds_are_counted_to_the_penny(tmp_path: Path):
    found = position_of(tmp_path).tables["fct_position"]

    assert found.rows == 3
    assert found.pounds == {"amount_gbp": Decimal("99.99")}


def test_an_empty_table_has_no_rows_and_no_pounds(tmp_path: Path):
    found = position_of(tmp_path, rows="").tables["fct_position"]

    assert (found.rows, found.pounds) == (0, {"amount_gbp": Decimal("0.00")})


def test_the_order_of_rows_does_not_matter(tmp_path: Path):
    lines = [line.strip().rstrip(",") for line in ROWS.strip().splitlines()]

    assert position_of(tmp_path, ", ".join(reversed(lines))) == position_of(tmp_path)


def test_the_order_of_columns_in_the_file_does_not_matter(tmp_path: Path):
    straight = position_of(tmp_path)
    path = tmp_path / "candidate.duckdb"
    with duckdb.connect(path) as connection:
        backwards = connection.table("marts.fct_position").project(", ".join(reversed(COLUMNS))).to_arrow_table()
        connection.execute("drop table marts.fct_position")
        connection.from_arrow(backwards).create("marts.fct_position")

    assert fingerprint(path, [POSITION]) == straight


def test_the_threads_that_wrote_the_rows_do_not_matter(tmp_path: Path):
    """F-D34."""
    many = "select i, 'line ' || i, i * 1.25, i % 2 = 0, date '2021-04-01' + i::int % 365, null from range(50000) r(i)"
    found = []
    for threads in (1, 4):
        path = candidate(tmp_path, rows="", threads=threads)
        with duckdb.connect(path, config={"threads": threads}) as connection:
            connection.execute(f"insert into marts.fct_position {many}")
        found.append(fingerprint(path, [POSITION]))

    assert found[0] == found[1]
    assert found[0].tables["fct_position"].rows == 50_000


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("100.00", "100.01"),
        ("100.00", "null"),
        ("'Beds'", "'beds'"),
        ("'Beds'", "''"),
        ("'Beds'", "'~'"),
        ("2, null", "2, ''"),
        ("2, null", "2, '~'"),
        ("true", "false"),
        ("date '2021-09-30', timestamp '2021-10-08 09:00:00'", "date '2021-10-01', timestamp '2021-10-08 09:00:00'"),
    ],
)
def test_any_other_value_changes_both_hashes(tmp_path: Path, was: str, becomes: str):
    before, after = position_of(tmp_path), position_of(tmp_path, ROWS.replace(was, becomes, 1))

    assert before.content_sha256 != after.content_sha256
    assert before.exact_sha256 != after.exact_sha256


def test_what_the_clock_gives_that_moves_from_one_row_to_the_next_changes_the_hash(tmp_path: Path):
    """Of equal rows otherwise: a number has no length before it."""
    counted = replace(POSITION, columns=(column("run"), column("days_at")))
    found = set()
    for days in ((1, 23), (12, 3)):
        rows = ", ".join(f"('same', {each})" for each in days)
        found.add(fingerprint(candidate(tmp_path, rows, "run varchar, days_at integer"), [counted]).exact_sha256)
    assert len(found) == 2


def test_text_that_moves_from_one_column_to_the_next_changes_the_hash(tmp_path: Path):
    two = replace(POSITION, columns=(column("a"), column("b")))
    found = {
        fingerprint(candidate(tmp_path, values, "a varchar, b varchar"), [two]).content_sha256
        for values in (
            *("('ab', 'c')", "('a', 'bc')", "('1:a', null)", "(null, '1:a')", "('a~', '')", "('a', '~')"),
            *("('a|1:c', null)", "('a', 'c')", "('a|', 'c')"),
        )
    }

    assert len(found) == 9


def test_a_row_more_or_twice_changes_the_hash(tmp_path: Path):
    found = {position_of(tmp_path, rows).content_sha256 for rows in ("", ROWS, f"{ROWS}, {ROWS}")}

    assert len(found) == 3


def test_a_moment_changes_the_exact_hash_alone(tmp_path: Path):
    before, after = position_of(tmp_path), position_of(tmp_path, ROWS.replace("09:00:00.000001", "09:00:00.000002"))

    assert before.content_sha256 == after.content_sha256
    assert before.exact_sha256 != after.exact_sha256


def test_moments_that_two_rows_exchange_change_the_exact_hash_alone(tmp_path: Path):
    before, after = "09:00:00'),", "09:00:00.000001'),"
    exchanged = ROWS.replace(before, "!").replace(after, before).replace("!", after)
    straight, other = position_of(tmp_path), position_of(tmp_path, exchanged)

    assert straight.content_sha256 == other.content_sha256
    assert straight.exact_sha256 != other.exact_sha256


def test_a_table_that_follows_the_clock_is_in_the_exact_hash_alone(tmp_path: Path):
    path = candidate(tmp_path)
    without, with_it = fingerprint(path, [POSITION]), fingerprint(path, [POSITION, JUDGED])

    assert without.content_sha256 == with_it.content_sha256
    assert without.exact_sha256 != with_it.exact_sha256


def test_a_release_table_is_in_no_hash(tmp_path: Path):
    path = candidate(tmp_path)

    assert fingerprint(path, [REFRESHED, POSITION]) == fingerprint(path, [POSITION])


def test_a_renamed_column_changes_the_hash(tmp_path: Path):
    renamed = replace(POSITION, columns=(column("line_id"), *POSITION.columns[1:]))
    after = fingerprint(candidate(tmp_path, types=TYPES.replace("line_key", "line_id")), [renamed])

    assert after.content_sha256 != position_of(tmp_path).content_sha256


@pytest.mark.parametrize("data_type", ["double", "float", "timestamptz", "time", "varchar[]"])
def test_a_type_without_a_canonical_text_is_refused_by_name(tmp_path: Path, data_type: str):
    path = candidate(tmp_path, rows="", types=TYPES.replace("decimal(14,2)", data_type))

    with pytest.raises(ValueError, match=r"fct_position\.amount_gbp is .*cast it in its model"):
        fingerprint(path, [POSITION])


def test_a_table_without_its_declared_columns_is_refused(tmp_path: Path):
    path = candidate(tmp_path, types=TYPES.replace("title", "name"))

    with pytest.raises(
        ValueError, match=r"fct_position does not have its declared columns; differing: \['name', 'title'\]"
    ):
        fingerprint(path, [POSITION])


def test_a_missing_table_is_an_error(tmp_path: Path):
    with pytest.raises(duckdb.CatalogException, match="fct_nothing"):
        fingerprint(candidate(tmp_path), [replace(POSITION, name="fct_nothing")])


def test_a_candidate_is_looked_into_again_where_a_byte_of_it_changed_alone(tmp_path: Path):
    path = candidate(tmp_path)
    first = fingerprint(path, [POSITION])
    once_more = fingerprint(path, [replace(POSITION)])
    with duckdb.connect(path) as connection:
        connection.execute("update marts.fct_position set amount_gbp = 100.01 where line_key = 1")

    assert once_more is first
    assert fingerprint(path, [POSITION]).exact_sha256 != first.exact_sha256


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("100.00", "100.01"), ("null", "''"), ("09:00:00.000001", "09:00:00"), (ROWS, f"{ROWS}, {ROWS}")],
)
def test_two_databases_differ_in_the_table_of_which_one_value_or_row_does(tmp_path: Path, was: str, becomes: str):
    for folder in ("one", "same", "other"):
        (tmp_path / folder).mkdir()
    tables = [POSITION, JUDGED, REFRESHED]
    one, same = candidate(tmp_path / "one"), candidate(tmp_path / "same")
    other = candidate(tmp_path / "other", ROWS.replace(was, becomes, 1))

    assert differing(one, same, tables) == []
    assert differing(one, other, tables) == ["fct_position"]
