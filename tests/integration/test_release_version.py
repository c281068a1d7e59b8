"""The version of a release, and what it changes against the one before: numbers that only grow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from publishing import version
from publishing.pointer import current
from publishing.release import Release
from publishing.rollback import roll_back
from publishing.version import parts_sha256
from sources.custody.ledger import Ledger
from tests.small_warehouse import SmallWarehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> SmallWarehouse:
    return SmallWarehouse.at(tmp_path)


def changes(release: Release) -> dict:
    return json.loads((release.folder / "changes.json").read_bytes())


def same_again(warehouse: SmallWarehouse, parts_sha256: str) -> Release:
    warehouse.build("10.00")
    warehouse.check()
    return warehouse.publish(parts_sha256=parts_sha256)


def test_other_content_is_a_new_version_of_the_same_contract(warehouse: SmallWarehouse) -> None:
    versions = [warehouse.night(pounds).manifest.version for pounds in ("10.00", "20.00", "30.00")]
    assert versions == ["2.0.0", "2.1.0", "2.2.0"]


def test_the_same_content_from_the_same_code_is_the_same_release(warehouse: SmallWarehouse) -> None:
    first = warehouse.night("10.00")
    again = warehouse.night("10.00")
    assert (again.is_new, again.manifest.version) == (False, first.manifest.version)


def test_the_same_content_with_other_pages_is_a_release_of_its_own(warehouse: SmallWarehouse) -> None:
    first = warehouse.night("10.00")
    again = same_again(warehouse, "other pages")
    assert again.is_new
    assert again.manifest.content_sha256 == first.manifest.content_sha256
    assert (first.manifest.version, again.manifest.version) == ("2.0.0", "2.0.1")
    assert current(warehouse.home) == again.folder
    assert not same_again(warehouse, "other pages").is_new


def test_after_a_rollback_no_version_comes_twice(warehouse: SmallWarehouse) -> None:
    first, second = warehouse.night("10.00"), warehouse.night("20.00")
    with Ledger.open(warehouse.home) as ledger:
        signed = {"post": "Chief accountant", "os_account": "chief", "reason": "The figures were wrong."}
        roll_back(warehouse.home, ledger, warehouse.clock, first.release_id, signed)
    third = warehouse.night("30.00")
    assert [each.manifest.version for each in (first, second, third)] == ["2.0.0", "2.1.0", "2.2.0"]


def test_another_contract_begins_its_own_count(warehouse: SmallWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse.night("10.00")
    monkeypatch.setattr(version, "_MAJOR", "3")
    assert [warehouse.night(pounds).manifest.version for pounds in ("20.00", "30.00")] == ["3.0.0", "3.1.0"]


def test_the_first_release_is_compared_with_none(warehouse: SmallWarehouse) -> None:
    found = changes(warehouse.night("10.00"))
    assert (found["version"], found["compared_with"]) == ("2.0.0", None)
    assert (found["tables_added"], found["tables_removed"], found["movements"]) == ([], [], [])


def test_a_release_says_what_changed_since_the_one_that_readers_had(warehouse: SmallWarehouse) -> None:
    first = warehouse.night("10.00")
    found = changes(warehouse.night("20.00"))
    assert found["compared_with"] == first.release_id
    assert found["columns_added"] == found["columns_removed"] == found["types_changed"] == []
    assert "fct_pound" not in found["rows"]
    # The small tables have no savings: that the two could not be compared by pounds is said.
    (movement,) = found["movements"]
    assert movement["cause"] == "not comparable"


def test_tables_columns_types_and_rows_that_differ_are_named(warehouse: SmallWarehouse) -> None:
    import duckdb

    first = warehouse.night("10.00")
    (first.folder / "savings.duckdb").chmod(0o640)
    with duckdb.connect(first.folder / "savings.duckdb") as connection:
        connection.execute("create table marts.gone as select 1 as one")
        connection.execute("alter table marts.fct_pound rename column amount_gbp to pounds")
        connection.execute("alter table marts.dim_submission alter file_sha256 type blob using encode(file_sha256)")
        connection.execute("delete from marts.fct_pound")
    found = changes(warehouse.night("20.00"))
    assert found["tables_removed"] == ["gone"]
    assert found["columns_added"] == ["fct_pound.amount_gbp"]
    assert found["columns_removed"] == ["fct_pound.pounds"]
    assert found["types_changed"] == [{"column": "dim_submission.file_sha256", "before": "BLOB", "after": "VARCHAR"}]
    assert found["rows"]["fct_pound"] == {"before": 0, "after": 1}


def test_what_makes_the_pages_has_a_hash_that_follows_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hashed() -> str:
        parts_sha256.cache_clear()
        return parts_sha256()

    monkeypatch.setattr(version, "_HERE", tmp_path)
    seen = [hashed()]
    for name in ("site.py", "page.html", "site.css"):
        (tmp_path / name).write_text("one")
        seen.append(hashed())
    (tmp_path / "page.html").write_text("two")
    seen.append(hashed())
    assert len(set(seen)) == 5
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "site.pyc").write_text("one")
    assert hashed() == seen[-1]
    parts_sha256.cache_clear()
