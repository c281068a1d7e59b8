"""A release's manifest says all that is in it, exactly, and whatever is not so is named."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from dbt_project.content import TableFingerprint
from dbt_project.inputs import Inputs
from publishing.manifest import (
    MANIFEST,
    Manifest,
    ManifestUnreadableError,
    PublishedCheck,
    PublishedSubmission,
    damage,
    hash_files,
    read_manifest,
)

RELEASE = "R000001-20261124T033000Z-aaaaaaaa"


def _manifest(files: dict[str, str], data_as_at: date | None = date(2021, 9, 30)) -> Manifest:
    return Manifest(
        release_id=RELEASE,
        content_sha256="aaaaaaaa",
        exact_sha256="bbbbbbbb",
        created_at=datetime(2026, 11, 24, 3, 30, tzinfo=UTC),
        data_as_at=data_as_at,
        inputs=Inputs("s", "l", "r", "c"),
        tables={"fct_pound": TableFingerprint(12, {"amount_gbp": Decimal("10845000.00")}, "dd", "cc")},
        checks=(PublishedCheck("fct_pound__adds_up", "error", "pass", "0 failing rows"),),
        submissions=(PublishedSubmission("AH-1", "ff", "accepted"),),
        files=files,
        sizes=dict.fromkeys(files, 1),
    )


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = tmp_path / RELEASE
    (folder / "parquet").mkdir(parents=True)
    (folder / "savings.duckdb").write_bytes(b"tables")
    (folder / "parquet" / "fct_pound.parquet").write_bytes(b"rows")
    (folder / MANIFEST).write_bytes(_manifest(hash_files(folder)).as_bytes())
    return folder


@pytest.mark.parametrize("data_as_at", [date(2021, 9, 30), None])
def test_a_manifest_reads_back_as_it_was_written(data_as_at: date | None):
    manifest = _manifest({"savings.duckdb": "ee"}, data_as_at)
    assert Manifest.from_bytes(manifest.as_bytes()) == manifest


def test_pounds_are_texts_to_the_penny():
    document = json.loads(_manifest({}).as_bytes())
    assert document["tables"]["fct_pound"]["pounds"] == {"amount_gbp": "10845000.00"}


def test_the_manifest_has_the_fields_of_its_contract():
    document = json.loads(_manifest({}).as_bytes())
    assert document.keys() == {
        "release_id",
        "version",
        "parts_sha256",
        "council",
        "content_sha256",
        "exact_sha256",
        "created_at",
        "data_as_at",
        "reference_sha256",
        "code_version",
        "inputs",
        "tables",
        "checks",
        "submissions",
        "files",
        "sizes",
    }
    assert (document["reference_sha256"], document["code_version"]) == ("r", "c")
    assert document["created_at"] == "2026-11-24T03:30:00+00:00"


def test_a_release_as_it_was_published_has_no_damage(release: Path):
    assert damage(release) == []


def test_every_file_but_the_manifest_is_hashed(release: Path):
    assert list(read_manifest(release).files) == ["parquet/fct_pound.parquet", "savings.duckdb"]


@pytest.mark.parametrize("change", [b"tablet", b"", b"tables\0"])
def test_a_changed_file_is_named(release: Path, change: bytes):
    (release / "savings.duckdb").write_bytes(change)
    assert damage(release) == ["savings.duckdb has been changed since it was published"]


def test_a_missing_file_is_named(release: Path):
    (release / "parquet" / "fct_pound.parquet").unlink()
    assert damage(release) == ["parquet/fct_pound.parquet is missing"]


def test_a_log_beside_a_published_file_is_named(release: Path):
    """F-E03."""
    (release / "savings.duckdb.wal").write_bytes(b"")
    assert damage(release) == ["savings.duckdb.wal is not of this release"]


def test_a_release_under_another_name_is_named(release: Path):
    moved = release.rename(release.with_name("R000002-20261124T033000Z-aaaaaaaa"))
    assert damage(moved) == [f"R000002-20261124T033000Z-aaaaaaaa calls itself {RELEASE}"]


def test_a_missing_manifest_is_damage(release: Path):
    (release / MANIFEST).unlink()
    assert damage(release) == [f"{RELEASE} has no manifest.json"]


@pytest.mark.parametrize("bytes_", [b"", b"{}", b"[]", b"\xff", b'{"tables": 1}'])
def test_a_damaged_manifest_is_unreadable(release: Path, bytes_: bytes):
    (release / MANIFEST).write_bytes(bytes_)
    with pytest.raises(ManifestUnreadableError, match="cannot be read"):
        read_manifest(release)
