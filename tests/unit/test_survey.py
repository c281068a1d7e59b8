"""The survey of landing: what is settled, what waits, and what is wrong with one folder and no other."""

from __future__ import annotations

import errno
import os
from datetime import timedelta

import pytest

from sources.clock import fixed_clock
from sources.custody import landing, marker, settling
from sources.custody.ledger import Ledger
from sources.custody.marker import establish
from sources.custody.reception import receive
from sources.custody.survey import survey
from tests.homes import NOON, drop, fresh_home

AH_AND_PL = frozenset({"AH", "PL"})


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


def at(minutes):
    return fixed_clock(NOON() + timedelta(minutes=minutes))


def seen(home, minutes=0.0, directorates=AH_AND_PL):
    found = survey(home, directorates, at(minutes))
    return [each.name for each in found.ready], [each.name for each in found.unsettled], found.problems


def leases_end_with(monkeypatch, error):
    """Let a lease be refused with an error, as another owner's file and a network share do."""

    def refuse(*_):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(settling.fcntl, "fcntl", refuse)


# --- settled (ruling C1) ---


def test_a_file_of_ours_on_a_local_disk_is_ready_at_once(home):
    # Ruling C1.
    drop(home, "AH", "a.xlsx")
    assert seen(home) == (["a.xlsx"], [], [])
    assert not home.sightings.exists()


@pytest.mark.parametrize("error", [errno.EACCES, errno.EINVAL])
def test_where_leases_say_nothing_a_file_is_ready_once_it_looked_the_same_for_a_minute(home, monkeypatch, error):
    # Ruling C1, F-D26.
    leases_end_with(monkeypatch, error)
    drop(home, "AH", "a.xlsx")
    assert seen(home, 0) == ([], ["a.xlsx"], [])
    assert seen(home, 0.9) == ([], ["a.xlsx"], [])
    assert seen(home, 1) == (["a.xlsx"], [], [])


def test_a_network_share_is_not_believed_whatever_its_leases_say(home, monkeypatch):
    # Ruling C1: another machine may be writing; a share that refuses each lease must not keep a return for ever.
    monkeypatch.setattr(settling, "file_system_of", lambda descriptor: "fuse.sshfs")
    drop(home, "AH", "a.xlsx")
    assert seen(home, 0) == ([], ["a.xlsx"], [])
    leases_end_with(monkeypatch, errno.EAGAIN)
    assert seen(home, 1) == (["a.xlsx"], [], [])


def test_a_lease_that_is_refused_on_a_local_disk_lets_it_wait_however_long(home, monkeypatch):
    # Ruling C1.
    leases_end_with(monkeypatch, errno.EAGAIN)
    drop(home, "AH", "a.xlsx")
    for minutes in (0, 1, 59):
        assert seen(home, minutes) == ([], ["a.xlsx"], [])


@pytest.mark.parametrize("change", ["grow", "touch", "mode"])
def test_whatever_changes_of_a_file_begins_the_minute_again(home, monkeypatch, change):
    # Ruling C1: size, write time and change time.
    leases_end_with(monkeypatch, errno.EACCES)
    path = drop(home, "AH", "a.xlsx")
    seen(home, 0)
    if change == "grow":
        before = path.stat()
        path.write_bytes(b"twice as long")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "touch":
        os.utime(path, (1, 1))
    else:
        path.chmod(0o600)
    assert seen(home, 1) == ([], ["a.xlsx"], [])
    assert seen(home, 2) == (["a.xlsx"], [], [])


def test_times_of_the_share_and_of_this_machine_are_never_compared(home, monkeypatch):
    # Ruling C1: a share whose clock is ten years ahead.
    leases_end_with(monkeypatch, errno.EACCES)
    path = drop(home, "AH", "a.xlsx")
    ahead = (NOON() + timedelta(days=3650)).timestamp()
    os.utime(path, (ahead, ahead))
    seen(home, 0)
    assert seen(home, 1) == (["a.xlsx"], [], [])


def test_a_clock_of_ours_that_went_back_lets_it_wait_one_minute_more_at_most(home, monkeypatch):
    leases_end_with(monkeypatch, errno.EACCES)
    drop(home, "AH", "a.xlsx")
    seen(home, 600)
    assert seen(home, 0) == ([], ["a.xlsx"], [])
    assert seen(home, 1) == (["a.xlsx"], [], [])


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[[1]]", b"[null]", b'[["AH", "a.xlsx", 1, 2, 3, "then", "now"]]'])
def test_sightings_that_are_lost_cost_a_minute(home, monkeypatch, spoilt):
    leases_end_with(monkeypatch, errno.EACCES)
    drop(home, "AH", "a.xlsx")
    seen(home, 0)
    home.sightings.write_bytes(spoilt)
    assert seen(home, 1) == ([], ["a.xlsx"], [])
    assert seen(home, 2) == (["a.xlsx"], [], [])


def test_what_waits_for_an_hour_is_named_with_its_folder(home, monkeypatch):
    # Ruling C1, F-D27; a file's own times are its sender's to set.
    leases_end_with(monkeypatch, errno.EAGAIN)
    for number in range(7):
        drop(home, "AH", f"paused\x1b{number}.xlsx")
    seen(home, 0)
    assert seen(home, 59)[2] == []
    problems = seen(home, 60)[2]
    assert len(problems) == 6
    assert "'paused\\x1b0.xlsx' of 'AH' has been waiting since 12/10/2021 13:00" in problems[0]
    assert problems[-1] == "2 more files wait in landing."


def test_only_what_may_settle_is_worth_waiting_for(home, monkeypatch):
    # Ruling C1: a load that finds only unsettled files waits once; one that is stuck keeps nobody.
    assert not survey(home, AH_AND_PL, at(0)).is_worth_waiting
    leases_end_with(monkeypatch, errno.EACCES)
    drop(home, "AH", "a.xlsx")
    assert survey(home, AH_AND_PL, at(0)).is_worth_waiting
    (home.landing / "AH" / "a link").symlink_to("a.xlsx")
    assert not survey(home, AH_AND_PL, at(0)).is_worth_waiting


# --- each folder is an island (ruling C2), strays (ruling C3) ---


def test_a_file_named_received_is_a_problem_of_its_folder_and_of_no_other(home):
    # Ruling C2.
    drop(home, "AH", "a.xlsx")
    drop(home, "AH", "received", b"see my mail")
    drop(home, "PL", "b.xlsx")
    ready, unsettled, problems = seen(home)
    assert (ready, unsettled) == (["b.xlsx"], [])
    (problem,) = problems
    assert "Nothing is taken from landing/AH: 'received' in it is no folder" in problem
    with Ledger.open(home) as ledger:
        assert len(receive(home, ledger, NOON, AH_AND_PL)) == 1
    assert (home.landing / "AH" / "a.xlsx").exists()


def test_a_link_of_the_operator_is_followed_and_leads_to_a_share_or_is_a_problem(home, tmp_path):
    # Ruling C4.
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "a.xlsx").write_bytes(b"a return")
    (home.landing / "AH").symlink_to(tmp_path / "share")
    establish(home)
    assert seen(home) == (["a.xlsx"], [], [])
    (tmp_path / "share").rename(tmp_path / "unmounted")
    (problem,) = seen(home)[2]
    assert "Is it mounted?" in problem


def test_a_link_in_the_place_of_a_folder_is_taken_as_a_link_that_lies_in_no_folder(home, tmp_path, monkeypatch):
    # F-C20: a sender made it.
    monkeypatch.setattr(landing, "is_trusted_link", lambda found: False)
    monkeypatch.setattr(marker, "is_trusted_link", lambda found: False)
    drop(home, "PL", "b.xlsx")
    (home.landing / "AH").symlink_to(tmp_path)
    assert seen(home) == (["AH", "b.xlsx"], [], [])


def test_a_stray_folder_is_named_until_it_is_gone_and_nothing_in_it_is_moved(home):
    # Ruling C3.
    path = drop(home, "pl", "return.xlsx")
    drop(home, "PL", "b.xlsx")
    with Ledger.open(home) as ledger:
        assert len(receive(home, ledger, NOON, AH_AND_PL)) == 1
    for _ in range(2):
        ready, _, problems = seen(home)
        assert ready == []
        (problem,) = problems
        assert "'pl' in landing is the folder of no directorate" in problem
        assert "AH, PL" in problem
    assert path.exists()
    path.unlink()
    path.parent.rmdir()
    assert seen(home)[2] == []


def test_a_stray_folder_with_nothing_but_litter_is_no_matter(home):
    # Ruling C3.
    drop(home, "pl", "Thumbs.db")
    (home.landing / "empty").mkdir()
    assert seen(home) == ([], [], [])


def test_where_nobody_knows_any_directorate_every_folder_is_looked_into(home):
    drop(home, "pl", "return.xlsx")
    assert seen(home, directorates=None) == (["return.xlsx"], [], [])
