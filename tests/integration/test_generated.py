"""What is made from the project and committed with it is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generated import GENERATED, REMEDY, Generated

EACH = pytest.mark.parametrize("each", GENERATED, ids=lambda each: each.name)


@EACH
def test_what_is_generated_follows_from_the_project(each: Generated) -> None:
    stale = each.stale()
    assert not stale, f"{', '.join(stale)} no longer follow from the project: {REMEDY}"


def test_a_file_that_differs_or_is_missing_is_stale_until_it_is_written(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tests.generated.PROJECT", tmp_path)
    wanted = {tmp_path / name: b"as it has to be" for name in ("same", "other", "missing")}
    (tmp_path / "same").write_bytes(b"as it has to be")
    (tmp_path / "other").write_bytes(b"as it was")
    some = Generated.of_files("some files", lambda: wanted)
    assert some.stale() == ["other", "missing"]
    some.write()
    assert some.stale() == []
