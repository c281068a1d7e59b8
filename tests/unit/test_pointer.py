"""The pointer that readers follow is moved by one rename, and mended after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publishing import pointer
from publishing.pointer import NoSuchReleaseError
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.home import Home
from tests.homes import published

CLOCK = fixed_clock(datetime(2026, 11, 24, 3, 30, tzinfo=UTC))
ONE, TWO = "R000001-20261124T033000Z-aaaaaaaa", "R000002-20261125T033000Z-bbbbbbbb"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home.at(tmp_path)
    home.create()
    for release_id in (ONE, TWO):
        (home.releases / release_id).mkdir()
    return home


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home) as opened:
        yield opened


def _published(ledger: Ledger, release_id: str) -> None:
    ledger.record(CLOCK, published(release_id))


def test_nothing_is_current_before_the_first_release(home: Home):
    assert pointer.current(home) is None


def test_readers_get_the_release_that_is_pointed_at(home: Home):
    pointer.swap(home, ONE)
    assert pointer.current(home) == home.releases / ONE
    pointer.swap(home, TWO)
    assert home.current.resolve() == home.releases / TWO


def test_the_pointer_holds_when_the_home_is_moved(home: Home, tmp_path: Path):
    pointer.swap(home, ONE)
    assert home.current.readlink() == Path("releases") / ONE


def test_a_release_that_is_not_there_is_not_pointed_at(home: Home):
    pointer.swap(home, ONE)
    with pytest.raises(NoSuchReleaseError, match="There is no release R9"):
        pointer.swap(home, "R9")
    assert pointer.current(home) == home.releases / ONE


def test_a_pointer_whose_release_is_gone_is_none(home: Home):
    pointer.swap(home, ONE)
    (home.releases / ONE).rmdir()
    assert pointer.current(home) is None


def test_what_a_killed_swap_left_is_written_over(home: Home):
    (home.root / ".current.tmp").symlink_to("nowhere")
    pointer.swap(home, ONE)
    assert pointer.current(home) == home.releases / ONE
    assert not (home.root / ".current.tmp").is_symlink()


def test_a_crash_between_event_and_pointer_is_mended(home: Home, ledger: Ledger):
    pointer.swap(home, ONE)
    _published(ledger, TWO)
    assert pointer.settle(home, ledger) == home.releases / TWO
    assert pointer.current(home) == home.releases / TWO


def test_settling_a_settled_home_changes_nothing(home: Home, ledger: Ledger):
    _published(ledger, ONE)
    pointer.swap(home, ONE)
    before = home.current.lstat().st_ino
    assert pointer.settle(home, ledger) == home.releases / ONE
    assert home.current.lstat().st_ino == before


def test_settling_a_home_without_events_changes_nothing(home: Home, ledger: Ledger):
    assert pointer.settle(home, ledger) is None


def test_a_home_rebuilt_from_its_vault_points_at_nothing(home: Home, ledger: Ledger):
    _published(ledger, "R000003-20261126T033000Z-cccccccc")
    assert pointer.settle(home, ledger) is None
