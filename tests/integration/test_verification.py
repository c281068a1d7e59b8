"""What ``savings verify`` says of releases and the pointer, and what a quiet night sees of them (ruling E4)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from publishing import pointer
from publishing.in_force import recorded_manifest, seen_to_be_broken
from publishing.verification import Verification, verify
from sources.custody.ledger import Ledger, LedgerView
from tests.homes import decide, send, tree_of
from tests.small_warehouse import SmallWarehouse, forge_a_figure


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("two_nights")
    warehouse = SmallWarehouse.at(root)
    warehouse.night("10.00")
    warehouse.night("20.00")
    return root


@pytest.fixture
def warehouse(two_nights: Path, tmp_path: Path) -> SmallWarehouse:
    return SmallWarehouse.of(Path(shutil.copytree(two_nights, tmp_path / "copy", symlinks=True)))


def _found(warehouse: SmallWarehouse) -> Verification:
    return verify(warehouse.home)


def _glance(warehouse: SmallWarehouse) -> str:
    release = warehouse.home.current.resolve()
    with LedgerView.of(warehouse.home) as ledger:
        return seen_to_be_broken(release, recorded_manifest(ledger, release.name))


def test_releases_that_were_published_verify_and_nothing_is_changed_by_looking(warehouse: SmallWarehouse):
    before = tree_of(warehouse.home.root)
    found = _found(warehouse)
    assert (found.releases, found.problems, found.unfinished) == (2, (), ())
    assert _glance(warehouse) == ""
    assert tree_of(warehouse.home.root) == before


def _forge(release: Path) -> str:
    forge_a_figure(release)
    return "manifest.json of R000002"


def _alter_a_file(release: Path) -> str:
    path = release / "parquet" / "fct_pound.parquet"
    path.chmod(0o640)
    path.write_bytes(path.read_bytes() + b"?")
    return "parquet/fct_pound.parquet"


def _lose_a_file(release: Path) -> str:
    (release / "evidence.json").unlink()
    return "evidence.json"


def _lose_the_manifest(release: Path) -> str:
    (release / "manifest.json").unlink()
    return "no readable manifest.json"


@pytest.mark.parametrize("alter", [_forge, _alter_a_file, _lose_a_file, _lose_the_manifest])
def test_an_altered_release_is_named_by_verify_and_seen_by_a_quiet_night(
    warehouse: SmallWarehouse, alter: Callable[[Path], str]
):
    """Ruling E4."""
    expected = alter(warehouse.home.current.resolve())
    (problem,) = _found(warehouse).problems
    assert expected in problem
    assert expected in _glance(warehouse)


def test_a_file_put_into_a_release_is_named(warehouse: SmallWarehouse):
    (warehouse.home.current.resolve() / "savings.duckdb.wal").write_bytes(b"")
    (problem,) = _found(warehouse).problems
    assert "savings.duckdb.wal is not of this release" in problem


def test_a_release_that_no_event_tells_of_is_named(warehouse: SmallWarehouse):
    shutil.copytree(warehouse.home.current.resolve(), warehouse.home.releases / "R000001-20200101T000000Z-00000000")
    (problem,) = _found(warehouse).problems
    assert "was never published" in problem


def test_a_release_that_was_written_before_a_kill_is_unfinished(warehouse: SmallWarehouse):
    root = warehouse.home.root
    events = sorted((root / "vault" / "events").glob("*.json"))
    events[-1].unlink()
    (root / "ledger.sqlite").unlink()
    warehouse.home.current.unlink()
    found = _found(warehouse)
    assert found.problems == ()
    assert any("was written but not published" in sentence for sentence in found.unfinished)


def test_a_pointer_that_was_not_moved_before_a_kill_is_unfinished(warehouse: SmallWarehouse):
    first = sorted(warehouse.home.releases.iterdir())[0]
    warehouse.home.current.unlink()
    warehouse.home.current.symlink_to(Path("releases") / first.name)
    found = _found(warehouse)
    assert found.problems == ()
    (sentence,) = found.unfinished
    assert "was not moved on to R000002" in sentence


def test_a_pointer_that_was_led_astray_is_altered(warehouse: SmallWarehouse):
    warehouse.home.current.unlink()
    warehouse.home.current.symlink_to("build")
    (problem,) = _found(warehouse).problems
    assert "leads to build, which is not what was published last" in problem


@pytest.mark.parametrize("leads_to", ["build", "releases/R000009", "/nowhere"])
def test_a_load_says_how_the_pointer_was_led_astray_and_moves_it_back(warehouse: SmallWarehouse, leads_to: str):
    """Ruling E4."""
    _, second = sorted(warehouse.home.releases.iterdir())
    warehouse.home.current.unlink()
    warehouse.home.current.symlink_to(leads_to)
    with Ledger.open(warehouse.home) as ledger:
        (said,) = pointer.led_astray(warehouse.home, ledger)
        assert str(warehouse.home.current) in said
        assert pointer.settle(warehouse.home, ledger) == second
        assert pointer.led_astray(warehouse.home, ledger) == []


def test_a_pointer_that_a_crash_left_behind_is_not_astray(warehouse: SmallWarehouse):
    first, _ = sorted(warehouse.home.releases.iterdir())
    warehouse.home.current.unlink()
    warehouse.home.current.symlink_to(Path("releases") / first.name)
    with Ledger.open(warehouse.home) as ledger:
        assert pointer.led_astray(warehouse.home, ledger) == []


def test_a_folder_in_place_of_the_pointer_is_altered(warehouse: SmallWarehouse):
    warehouse.home.current.unlink()
    warehouse.home.current.mkdir()
    (problem,) = _found(warehouse).problems
    assert "is not the link to the release in force: move it elsewhere" in problem
    with pytest.raises(pointer.NoPointerError, match="move it elsewhere"):
        pointer.current(warehouse.home)


def test_what_waits_for_a_verdict_is_unfinished(warehouse: SmallWarehouse):
    with Ledger.open(warehouse.home) as ledger:
        send(ledger)
        assert _found(warehouse).unfinished == ("1 received files wait for a verdict; the next load gives it.",)
        decide(ledger, ledger.unjudged()[0], "refused")
    assert all("is not there; the next load writes it" in sentence for sentence in _found(warehouse).unfinished)


def test_half_a_release_is_unfinished(warehouse: SmallWarehouse):
    (warehouse.home.releases / ".R000003-20261126T033000Z-00000000.partial").mkdir()
    found = _found(warehouse)
    assert found.problems == ()
    assert "half-written" in found.unfinished[0]
