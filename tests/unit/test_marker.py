"""Landing is believed only where it carries the home's marker (ruling C4)."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from sources.custody.landing import waiting
from sources.custody.ledger import Ledger
from sources.custody.marker import (
    MARKER,
    NotOurLandingError,
    enter,
    establish,
    folder_problems,
    identity_of,
    landing_problem,
    own_folders,
    type_of_file_system,
)
from sources.custody.problems import CustodyProblem
from sources.custody.settling import file_system_of
from sources.home import Home
from tests.homes import drop, fresh_home, send
from tests.machines import mounted, needs_root


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home in which something has happened."""
    home = fresh_home(tmp_path / "home")
    with Ledger.open(home) as ledger:
        send(ledger)
    return home


def test_a_home_gets_one_id_for_good_and_landing_carries_it(home: Home) -> None:
    """Ruling C4."""
    first = establish(home)
    assert establish(home) == first == identity_of(home)
    assert (home.landing / MARKER).read_text() == f"{first.home_id}\n"
    assert landing_problem(home) == ""


def test_a_home_without_events_is_established_by_its_first_load(tmp_path: Path) -> None:
    """Ruling C4."""
    home = Home.at(tmp_path / "home")
    home.create()
    enter(home)
    assert landing_problem(home) == ""


@pytest.mark.parametrize("stops_at", ["write_durably", "sync_file"])
def test_a_disk_that_is_full_or_a_kill_while_landing_is_marked_does_not_lock_a_home_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops_at: str
) -> None:
    """Ruling C4: whoever makes room and loads again, as the sentence says, has the same landing."""
    home = Home.at(tmp_path / "home")
    home.create()

    def full(path: Path, *_: bytes) -> None:
        if path.name == MARKER:
            path.write_text("")  # what such a disk leaves of it
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    with monkeypatch.context() as patched:
        patched.setattr(f"sources.custody.marker.{stops_at}", full)
        with pytest.raises(CustodyProblem, match="Make room"):
            enter(home)
    if identity_of(home):
        assert "Is it mounted? Nothing was done. If it is new, run `savings init`" in landing_problem(home)
    enter(home)
    assert landing_problem(home) == ""


def test_the_marker_is_no_file_that_landed(home: Home) -> None:
    """Ruling C4."""
    drop(home, "AH", "return.xlsx")
    assert [landed.name for landed in waiting(home.landing)] == ["return.xlsx"]


@pytest.mark.parametrize("lost", ["the folder", "the marker", "what it links to", "what a folder above it links to"])
def test_a_landing_that_is_not_mounted_stops_the_load(home: Home, lost: str) -> None:
    """Ruling C4."""
    shutil.rmtree(home.landing)
    if lost == "the marker":
        home.landing.mkdir()
    elif lost != "the folder":
        home.landing.symlink_to("share")
    if lost == "what a folder above it links to":
        home = Home.at(home.root, home.landing / "savings")
    home.create()
    with pytest.raises(NotOurLandingError, match="Is it mounted"):
        enter(home)


def test_another_homes_landing_stops_the_load_and_is_not_taken_over(home: Home, tmp_path: Path) -> None:
    """Ruling C4."""
    other = Home.at(tmp_path / "other", home.landing)
    other.create()
    with pytest.raises(NotOurLandingError, match="belongs to another home"):
        enter(other)
    with Ledger.open(other) as ledger:
        send(ledger)
    with pytest.raises(NotOurLandingError, match="not marked yet"):
        enter(other)
    assert landing_problem(home) == ""


def test_a_link_of_the_services_is_a_share_of_its_own_and_is_marked(home: Home, tmp_path: Path) -> None:
    """Ruling C4."""
    share = tmp_path / "share of CH"
    share.mkdir()
    (home.landing / "CH").symlink_to(share)
    assert list(own_folders(home.landing)) == ["CH"]
    assert "Is it mounted" in folder_problems(home)["CH"]
    establish(home)
    assert (share / MARKER).is_file()
    assert folder_problems(home) == {}
    share.rename(tmp_path / "gone")
    assert list(folder_problems(home)) == ["CH"]


@needs_root
def test_a_link_that_somebody_else_made_is_no_share(home: Home, tmp_path: Path) -> None:
    """Ruling C4."""
    (home.landing / "CH").symlink_to(tmp_path)
    os.chown(home.landing / "CH", 65534, 65534, follow_symlinks=False)
    assert list(own_folders(home.landing)) == []


@needs_root
@pytest.mark.parametrize("name", [b"AH \xc2\xa0 1", b"caf\xe9", b"a\x0b\r\xe2\x80\xa8b"])
def test_a_share_may_be_mounted_under_any_name(home: Home, name: bytes) -> None:
    """Ruling C1, C4: the kernel's list of mounts has each as it is, not as text."""
    folder = home.landing / os.fsdecode(name)
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "none"):
        assert list(own_folders(home.landing)) == [folder.name]
        assert type_of_file_system(folder) == "tmpfs"
        descriptor = os.open(folder, os.O_RDONLY)
        assert file_system_of(descriptor) == "tmpfs"
        os.close(descriptor)


@needs_root
@pytest.mark.parametrize("kind", ["a file system", "a folder mounted in two places"])
def test_a_mount_that_is_not_there_is_the_problem_of_its_folder_alone(home: Home, tmp_path: Path, kind: str) -> None:
    """Ruling C4."""
    folder = home.landing / "PL of the west"
    folder.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    options = ("-t", "tmpfs", "none") if kind == "a file system" else ("--bind", str(elsewhere))
    with mounted(folder, *options):
        establish(home)
        assert identity_of(home).marked == (folder.name,)
        assert folder_problems(home) == {}
    assert list(folder_problems(home)) == [folder.name]
    assert landing_problem(home) == ""
