"""Custody under an account that does not own the files, on a disk of its own and on a network share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from publishing.manifest import DATABASE, damage
from sources.clock import fixed_clock
from sources.custody.landing import make_folders
from sources.custody.ledger import Ledger
from sources.custody.marker import NotOurLandingError, enter, establish
from sources.custody.problems import VaultDamaged
from sources.custody.reception import receive
from sources.custody.survey import survey
from sources.custody.vault import Vault
from sources.home import Home
from sources.intake.adoption import adopt_folder
from sources.lines.line_digest import line_files
from sources.reference.reference import bundled_reference
from tests import homes
from tests.file_systems import SENDER, SERVICE, as_account, ext4, lose, needs_fuse, share, without_its_bytes
from tests.homes import NOON, drop, fresh_home
from tests.machines import folder_for_all, needs_root
from tests.programs import EXT4, SSHFS
from tests.small_warehouse import SmallWarehouse

pytestmark = needs_root
FOLDERS = frozenset({"AH", "CH", "PL"})


@pytest.fixture
def root() -> Iterator[Path]:
    with folder_for_all() as folder:
        yield folder


@pytest.fixture
def home(root: Path) -> Home:
    """Return a home of the service, whose landing lies elsewhere with a folder that all may write for each sender."""
    made = Home.at(root / "home", root / "landing")
    (root / "home").mkdir()
    os.chown(root / "home", SERVICE, SERVICE)
    make_landing(root / "landing")
    as_account(SERVICE, made.create)
    return made


def make_landing(landing: Path) -> None:
    landing.mkdir(exist_ok=True)
    landing.chmod(0o755)
    for code in FOLDERS:
        (landing / code).mkdir()
        os.chown(landing / code, SERVICE, SERVICE)
        (landing / code).chmod(0o777)


def send(home: Home, folder: str, name: str, data: bytes) -> Path:
    """Write a file as a sender does: its own, readable by all."""
    path = home.landing / folder / name
    path.write_bytes(data)
    if (path.stat().st_uid, SENDER) == (0, SENDER):
        os.chown(path, SENDER, SENDER)
    path.chmod(0o644)
    return path


def load(home: Home, minutes: float) -> tuple[dict[str, bytes], list[str]]:
    """Receive as the service; return the bytes of what it has by name, and what somebody has to see to."""
    clock = fixed_clock(NOON() + timedelta(minutes=minutes))

    def do() -> tuple[dict[str, bytes], list[str]]:
        with Ledger.open(home) as ledger:
            receive(home, ledger, clock, FOLDERS)
            had = {each.file_name: ledger.vault.path_of(each.file_sha256).read_bytes() for each in ledger.submissions()}
        return had, survey(home, FOLDERS, clock).problems

    return as_account(SERVICE, do)


def test_a_file_of_another_account_is_taken_once_and_whole(home: Home) -> None:
    # Ruling C1, F-D26: a lease on another owner's file is refused with EACCES, whoever writes.
    path = send(home, "AH", "a.xlsx", b"first half, ")
    with path.open("ab", buffering=0) as copying:
        assert load(home, 0) == ({}, [])
        copying.write(b"second half")
        assert load(home, 1) == ({}, [])
    assert load(home, 2) == ({"a.xlsx": b"first half, second half"}, [])
    assert not path.exists()
    assert load(home, 3) == ({"a.xlsx": b"first half, second half"}, [])


def spoil_unreadable(folder: Path) -> None:
    os.chown(folder, SENDER, SENDER)
    folder.chmod(0o700)


def spoil_read_only(folder: Path) -> None:
    os.chown(folder, SENDER, SENDER)
    folder.chmod(0o755)


def spoil_sticky(folder: Path) -> None:
    os.chown(folder, 0, 0)
    folder.chmod(0o1777)


def spoil_received(folder: Path) -> None:
    (folder / "received").mkdir()
    (folder / "received").chmod(0o755)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_unreadable, "cannot be read by uid"),
        (spoil_read_only, "may not move files in it"),
        (spoil_sticky, "has the sticky bit"),
        (spoil_received, "may not write into 'received' in it"),
    ],
)
def test_a_folder_that_is_wrong_is_named_and_keeps_no_other_out(home: Home, spoil, said: str) -> None:  # type: ignore[no-untyped-def]
    # Ruling C2: each folder is an island; nothing of it is received again and again.
    send(home, "AH", "a.xlsx", b"of AH")
    send(home, "PL", "b.xlsx", b"of PL")
    spoil(home.landing / "AH")
    load(home, 0)
    for minutes in (1, 2):
        had, problems = load(home, minutes)
        assert had == {"b.xlsx": b"of PL"}
        (problem,) = problems
        assert "landing/AH" in problem
        assert said in problem


def test_a_file_that_we_may_not_read_is_named_after_an_hour_and_keeps_no_other_out(home: Home) -> None:
    # Ruling C1, C2.
    send(home, "AH", "a.xlsx", b"of AH").chmod(0o600)
    send(home, "AH", "b.xlsx", b"of AH too")
    load(home, 0)
    assert load(home, 1) == ({"b.xlsx": b"of AH too"}, [])
    had, (problem,) = load(home, 61)
    assert had == {"b.xlsx": b"of AH too"}
    assert "'a.xlsx' of 'AH' has been waiting" in problem


@pytest.mark.needs(EXT4)
def test_a_disk_of_its_own_has_a_lost_and_found_that_is_no_matter(root: Path) -> None:
    # Ruling C3, on a real ext4.
    with ext4(root / "landing") as landing:
        assert (landing / "lost+found").is_dir()
        (root / "home").mkdir()
        os.chown(root / "home", SERVICE, SERVICE)
        make_landing(landing)
        home = Home.at(root / "home", landing)
        as_account(SERVICE, home.create)
        send(home, "AH", "a.xlsx", b"of AH")
        assert load(home, 0) == ({}, [])
        assert load(home, 1) == ({"a.xlsx": b"of AH"}, [])
        assert (landing / "lost+found").is_dir()


@pytest.mark.needs(SSHFS)
@needs_fuse
def test_on_a_network_share_a_return_is_taken_once_it_is_whole(root: Path) -> None:
    # Ruling C1: another machine writes to the folder; no lease here says so.
    make_landing(root / "theirs")
    with share(root / "theirs", root / "landing") as landing:
        (root / "home").mkdir()
        os.chown(root / "home", SERVICE, SERVICE)
        home, there = Home.at(root / "home", landing), Home.at(root / "home", root / "theirs")
        as_account(SERVICE, home.create)

        def look(minutes: float) -> tuple[list[str], list[str]]:
            found = as_account(SERVICE, lambda: survey(home, FOLDERS, fixed_clock(NOON() + timedelta(minutes=minutes))))
            return [each.name for each in found.ready], found.problems

        path = send(there, "AH", "a.xlsx", b"first half, ")
        with path.open("ab", buffering=0) as copying:
            assert look(0) == ([], [])
            copying.write(b"second half")
            assert look(1) == ([], [])
        assert look(2) == (["a.xlsx"], [])
        assert load(home, 2) == ({"a.xlsx": b"first half, second half"}, [])
        assert not path.exists()
        assert [each.name for each in (root / "theirs" / "AH" / "received").iterdir()] == ["000001_a.xlsx"]


def receive_twice(home: Home) -> tuple[list[str], list[str]]:
    """Receive, and again once all is settled; return what was received, and what somebody has to see to."""
    with Ledger.open(home) as ledger:
        for minutes in (0, 1):
            clock = fixed_clock(NOON() + timedelta(minutes=minutes))
            receive(home, ledger, clock, FOLDERS)
        return [each.file_name for each in ledger.submissions()], survey(home, FOLDERS, clock).problems


def test_a_file_whose_bytes_cannot_be_read_waits_is_named_and_keeps_no_other_out(root: Path) -> None:
    """Ruling C2: the vault has nothing to do with it, and nothing of the file stays there."""
    home = fresh_home(root / "home")
    bad = drop(home, "AH", "a.xlsx")
    drop(home, "AH", "b.xlsx")
    drop(home, "PL", "c.xlsx")
    with without_its_bytes(bad):
        received, (problem,) = receive_twice(home)
    assert received == ["b.xlsx", "c.xlsx"]
    assert "'a.xlsx' of 'AH' was not taken: uid 0 cannot read it (Input/output error)" in problem
    assert not list(home.vault.glob(".*"))
    assert receive_twice(home) == (["b.xlsx", "c.xlsx", "a.xlsx"], [])


@pytest.mark.parametrize("bad", ["Object", "Reference folder", "Typed lines", "Event 3"])
def test_a_bad_spot_of_the_disk_under_the_vault_is_named_and_hides_no_other_damage(root: Path, bad: str) -> None:
    """Ruling E4."""
    home = fresh_home(root / "home")
    with Ledger.open(home) as ledger:
        altered, empty = (homes.send(ledger, data=data) for data in (b"a return", b""))
        lines = ledger.vault.keep_lines(some_lines(root / "lines"))
        homes.decide(ledger, empty, "accepted", lines_sha256=lines)
        adopted = adopt_folder(bundled_reference(), ledger, NOON)
    vault = Vault(home)
    vault.path_of(altered.file_sha256).write_bytes(b"returned")
    places = {
        "Object": vault.path_of(empty.file_sha256),
        "Reference folder": vault.reference_folder(adopted.payload.reference_sha256) / "setting.csv",
        "Typed lines": line_files(vault.lines_folder(lines))[0],
        "Event 3": home.events / f"{3:012d}.json",
    }
    with without_its_bytes(places[bad]), pytest.raises(VaultDamaged) as damaged:
        vault.verify()
    named = "\n".join(damaged.value.problems)
    assert f"{bad} " in named
    assert "cannot be read: Input/output error" in named
    assert f"Object {altered.file_sha256} was altered" in named


def test_a_bad_spot_of_the_disk_under_a_release_is_named(root: Path) -> None:
    """Ruling E4."""
    release = SmallWarehouse.at(root / "home").night("10.00").folder
    with without_its_bytes(release / DATABASE):
        assert damage(release) == [f"{release / DATABASE} cannot be read: Input/output error"]
    assert damage(release) == []


def some_lines(folder: Path) -> Path:
    """Make a folder that has a file of each sheet."""
    folder.mkdir()
    for path in line_files(folder):
        path.write_bytes(b"lines")
    return folder


@pytest.mark.needs(SSHFS)
@needs_fuse
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("AH", "landing/AH: the marker .savings-home cannot be read"),
        ("AH/more", "'more' of 'AH' has been waiting"),
    ],
)
def test_a_network_share_that_is_gone_is_named_and_keeps_no_other_out(root: Path, place: str, said: str) -> None:
    """Ruling C2: mounted as a directorate's folder, or in one."""
    home = fresh_home(root / "home")
    (root / "theirs").mkdir()
    drop(home, "PL", "c.xlsx")
    (home.landing / place).parent.mkdir(exist_ok=True)
    with share(root / "theirs", home.landing / place) as mounted:
        lose(mounted)
        make_folders(home.landing, dict.fromkeys(FOLDERS))
        received, _ = receive_twice(home)
        (problem,) = survey(home, FOLDERS, fixed_clock(NOON() + timedelta(hours=1))).problems
    assert received == ["c.xlsx"]
    assert said in problem


@pytest.mark.needs(SSHFS)
@needs_fuse
def test_landing_on_a_network_share_that_is_gone_stops_the_load(root: Path) -> None:
    """Ruling C4."""
    home = Home.at(root / "home", root / "landing")
    (root / "theirs").mkdir()
    with share(root / "theirs", home.landing) as mounted:
        home.create()
        establish(home)
        drop(home, "PL", "c.xlsx")
        assert receive_twice(home) == (["c.xlsx"], [])
        lose(mounted)
        home.create()
        with pytest.raises(NotOurLandingError, match="Is it mounted"):
            enter(home)
