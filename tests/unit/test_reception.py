"""Reception: bytes, event, set aside, whatever lands and however often."""

from __future__ import annotations

import errno
import os
import shutil
from datetime import timedelta

import pytest

from sources.clock import fixed_clock
from sources.custody import landed_file, landing, reception, survey
from sources.custody.aside import aside_name
from sources.custody.landed_file import as_text
from sources.custody.ledger import Ledger
from sources.custody.problems import CustodyProblem
from sources.custody.reception import receive
from sources.custody.submission import State
from sources.custody.unmoved import Unmoved
from tests.failing_files import FailingFile, is_a, opened_failing, place_of
from tests.homes import NOON, decide, drop, fresh_home, withdraw


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def received_files(home, folder="AH"):
    return sorted(path.name for path in (home.landing / folder / "received").iterdir())


def test_what_lands_is_in_the_vault_has_an_event_and_is_set_aside(home, ledger):
    drop(home, "AH", "a.xlsx", b"the figures")
    ids = receive(home, ledger, NOON)
    submission = ledger.submission(ids[0])
    assert ledger.vault.path_of(submission.file_sha256).read_bytes() == b"the figures"
    assert (submission.directorate_code, submission.file_name, submission.size) == ("AH", "a.xlsx", 11)
    assert (submission.state, submission.received_at, submission.is_receipt_declared) == (State.WAITING, NOON(), False)
    assert received_files(home) == ["000001_a.xlsx"]
    assert receive(home, ledger, NOON) == []


def test_files_are_received_in_natural_order_of_their_names(home, ledger):
    for name in ("v10.xlsx", "v2.xlsx", "v1.xlsx"):
        drop(home, "AH", name, name.encode())
    receive(home, ledger, NOON)
    assert [each.file_name for each in ledger.submissions()] == ["v1.xlsx", "v2.xlsx", "v10.xlsx"]


def test_a_clock_that_goes_back_keeps_the_order_of_receipt(home, ledger):
    # F-D24.
    drop(home, "AH", "v1.xlsx", b"v1")
    receive(home, ledger, NOON)
    drop(home, "AH", "v2.xlsx", b"v2")
    receive(home, ledger, fixed_clock(NOON() - timedelta(days=1)))
    first, second = ledger.submissions()
    assert first.received_at < second.received_at
    assert (first.file_name, second.file_name) == ("v1.xlsx", "v2.xlsx")


def test_a_file_in_no_folder_and_one_in_an_unknown_folder_are_taken_into_custody(home, ledger):
    drop(home, "", "stray.xlsx")
    drop(home, "Nobody", "a.xlsx", b"other")
    receive(home, ledger, NOON)
    assert [each.directorate_code for each in ledger.submissions()] == ["", "Nobody"]
    assert (home.landing / "received" / "000001_stray.xlsx").exists()


def test_a_link_is_recorded_without_bytes_and_set_aside_itself(home, ledger, tmp_path):
    # F-C20: the target's content gets nowhere.
    secret = tmp_path / "secret"
    secret.write_bytes(b"another council's return")
    (home.landing / "AH").mkdir()
    (home.landing / "AH" / "x.xlsx").symlink_to(secret)
    (submission_id,) = receive(home, ledger, NOON)
    submission = ledger.submission(submission_id)
    assert (submission.not_taken, submission.file_sha256, submission.size) == ("symbolic link", "", 0)
    assert (home.landing / "AH" / "received" / "000001_x.xlsx").is_symlink()
    assert secret.read_bytes() == b"another council's return"
    assert [path for path in home.vault.rglob("*") if path.is_file() and b"another council" in path.read_bytes()] == []


def test_pipes_folders_and_hard_links_are_each_recorded_once(home, ledger, tmp_path):
    # F-C21.
    folder = home.landing / "AH"
    (folder / "folder.xlsx").mkdir(parents=True)
    os.mkfifo(folder / "pipe.xlsx")
    (tmp_path / "elsewhere").write_bytes(b"bytes of somebody else")
    os.link(tmp_path / "elsewhere", folder / "hard.xlsx")
    receive(home, ledger, NOON)
    assert receive(home, ledger, NOON) == []
    assert {each.file_name: each.not_taken for each in ledger.submissions()} == {
        "folder.xlsx": "folder",
        "hard.xlsx": "hard link",
        "pipe.xlsx": "named pipe",
    }


HOSTILE_NAMES = [
    b"-rf",
    b";rm -rf ~;.xlsx",
    b"a\nINFO all is well.xlsx",
    b"x.xlsx ",
    b"CON.xlsx",
    b"trailing.",
    b"\xff\xfe.xlsx",
    "\u202exslx.name".encode(),
    b"..xlsx..",
    b"..\\..\\x.xlsx",
    b"'); drop table submission; --",
    b"n" * 255,
]


@pytest.mark.parametrize("raw", HOSTILE_NAMES)
def test_a_files_name_is_data_only(home, ledger, raw):
    # F-C19, F-C25, F-C28. A name that starts with a full stop is nobody's return.
    name = os.fsdecode(raw).lstrip(".")
    outside = sorted(path for path in home.root.rglob("*") if "landing" not in path.parts and "vault" not in path.parts)
    drop(home, "AH", name, b"some bytes")
    (submission_id,) = receive(home, ledger, NOON)
    submission = ledger.submission(submission_id)
    assert submission.file_name == as_text(name)
    assert ledger.vault.path_of(submission.file_sha256).is_file()
    assert received_files(home) == [aside_name(1, name)]
    after = sorted(path for path in home.root.rglob("*") if "landing" not in path.parts and "vault" not in path.parts)
    assert after == outside


def test_a_left_file_is_one_line_in_the_log_whatever_its_name(home, ledger, caplog, monkeypatch):
    # F-C28.
    path = drop(home, "AH", "a\nERROR all is lost\x1b[31m.xlsx")
    seen = survey.survey(home, None, NOON)
    monkeypatch.setattr(reception, "survey", lambda *_: seen)
    with path.open("ab"):
        receive(home, ledger, NOON)
    (record,) = caplog.records
    assert "still being written" in record.getMessage()
    assert not set("\n\x1b") & set(record.getMessage())


def test_a_file_still_being_written_is_taken_once_it_is_whole(home, ledger):
    # F-D26, F-D27.
    path = drop(home, "AH", "a.xlsx", b"first half, ")
    with path.open("ab") as stream:
        assert receive(home, ledger, NOON) == []
        assert receive(home, ledger, NOON) == []
        stream.write(b"second half")
    (submission_id,) = receive(home, ledger, NOON)
    submission = ledger.submission(submission_id)
    assert ledger.vault.path_of(submission.file_sha256).read_bytes() == b"first half, second half"


def test_the_same_bytes_twice_are_one_object_and_two_receipts(home, ledger):
    # F-D28.
    drop(home, "AH", "a.xlsx", b"same")
    drop(home, "AH", "b.xlsx", b"same")
    first, second = receive(home, ledger, NOON)
    assert second == f"{first}-2"
    assert ledger.original_of(ledger.submission(second)).submission_id == first


def test_a_file_overwritten_after_it_was_taken_is_another_submission(home, ledger):
    # F-D29.
    drop(home, "AH", "a.xlsx", b"first")
    receive(home, ledger, NOON)
    drop(home, "AH", "a.xlsx", b"second")
    receive(home, ledger, NOON)
    assert [ledger.vault.path_of(each.file_sha256).read_bytes() for each in ledger.submissions()] == [
        b"first",
        b"second",
    ]
    assert received_files(home) == ["000001_a.xlsx", "000002_a.xlsx"]


def test_a_file_that_vanishes_meanwhile_stops_nothing(home, ledger, monkeypatch):
    # F-D30.
    drop(home, "AH", "a.xlsx", b"gone")
    drop(home, "AH", "b.xlsx", b"there")
    seen = survey.survey(home, None, NOON)
    (home.landing / "AH" / "a.xlsx").unlink()
    monkeypatch.setattr(reception, "survey", lambda *_: seen)
    receive(home, ledger, NOON)
    assert [each.file_name for each in ledger.submissions()] == ["b.xlsx"]


def test_a_run_killed_before_the_file_was_set_aside_is_taken_up_again(home, ledger, monkeypatch):
    # F-D02; new files that sort before it make no difference.
    path = drop(home, "AH", "m.xlsx", b"the figures")

    def is_killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(reception, "set_aside", is_killed)
        with pytest.raises(KeyboardInterrupt):
            receive(home, ledger, NOON)
    assert path.exists()
    drop(home, "AH", "a.xlsx", b"new")
    receive(home, ledger, NOON)
    assert [each.file_name for each in ledger.submissions()] == ["m.xlsx", "a.xlsx"]
    assert received_files(home) == ["000001_m.xlsx", "000002_a.xlsx"]


def test_a_file_sent_again_after_its_verdict_is_new_whatever_became_of_received(home, ledger):
    # Ruling C5, R12: somebody has tidied received/, and the sender sends again what was withdrawn.
    drop(home, "AH", "a.xlsx", b"same")
    (first,) = receive(home, ledger, NOON)
    withdraw(ledger, decide(ledger, ledger.submission(first), "accepted"))
    (home.landing / "AH" / "received" / "000001_a.xlsx").unlink()
    drop(home, "AH", "a.xlsx", b"same")
    assert receive(home, ledger, NOON) == [f"{first}-2"]


def test_a_file_sent_again_by_the_same_name_is_received_again(home, ledger):
    for _ in range(3):
        drop(home, "AH", "a.xlsx", b"same")
        (submission_id,) = receive(home, ledger, NOON)
        decide(ledger, ledger.submission(submission_id), "blocked")
    assert [each.receipt_no for each in ledger.submissions()] == [1, 2, 3]


def test_a_flood_in_one_folder_does_not_keep_the_others_waiting(home, ledger):
    # F-C30, with smaller numbers: bounded, in order, none starved.
    for number in range(12):
        drop(home, "AH", f"f{number}.xlsx", str(number).encode())
    drop(home, "PL", "return.xlsx", b"one")
    receive(home, ledger, NOON, most_from_a_folder=5)
    assert [each.file_name for each in ledger.submissions()] == [*(f"f{n}.xlsx" for n in range(5)), "return.xlsx"]
    receive(home, ledger, NOON, most_from_a_folder=5)
    receive(home, ledger, NOON, most_from_a_folder=5)
    assert sorted(each.file_name for each in ledger.submissions()) == sorted(
        [*(f"f{n}.xlsx" for n in range(12)), "return.xlsx"]
    )
    assert landing.waiting(home.landing) == []


def failing(do, error, is_concerned):
    """Return a function of the system that fails for what is concerned, as a share or a disk in trouble does."""

    def fails(*given, **more):
        if is_concerned(*given):
            raise OSError(error, os.strerror(error))
        return do(*given, **more)

    return fails


@pytest.mark.parametrize("error", [errno.EIO, errno.EACCES])
@pytest.mark.parametrize("operation", ["stat", "open", "fstat", "read"])
def test_a_file_that_cannot_be_had_waits_is_named_and_keeps_no_other_out(home, ledger, monkeypatch, operation, error):
    """Ruling C2, F-D26: a lock of another program, or a share in trouble; the vault has nothing to do with it."""
    for folder, name in (("AH", "a.xlsx"), ("AH", "b.xlsx"), ("PL", "c.xlsx")):
        drop(home, folder, name, name.encode())
    with monkeypatch.context() as trouble:
        if operation == "read":
            trouble.setattr(FailingFile, "error", error)
            trouble.setattr(landed_file, "open", opened_failing, raising=False)
        else:
            trouble.setattr(os, operation, failing(getattr(os, operation), error, is_a))
        receive(home, ledger, NOON)
        assert [each.file_name for each in ledger.submissions()] == ["b.xlsx", "c.xlsx"]
        later = fixed_clock(NOON() + timedelta(hours=1))
        (problem,) = survey.survey(home, None, later).problems
        assert "'a.xlsx' of 'AH'" in problem
        assert f"cannot read it ({os.strerror(error)})" in problem
    assert not list(home.vault.glob(".*"))
    receive(home, ledger, later)
    assert [each.file_name for each in ledger.submissions()] == ["b.xlsx", "c.xlsx", "a.xlsx"]
    assert survey.survey(home, None, later).problems == []


def test_a_file_that_could_not_be_read_and_then_not_be_opened_is_named_once(home, ledger, monkeypatch):
    """Ruling C2."""
    drop(home, "AH", "a.xlsx")
    monkeypatch.setattr(landed_file, "open", opened_failing, raising=False)
    receive(home, ledger, NOON)
    monkeypatch.setattr(os, "open", failing(os.open, errno.EACCES, is_a))
    for hours in (0, 1, 2):
        (problem,) = survey.survey(home, None, fixed_clock(NOON() + timedelta(hours=hours))).problems
        assert "'a.xlsx' of 'AH' was not taken" in problem


def test_of_many_files_that_cannot_be_read_the_first_are_named_and_the_others_counted(home, ledger, monkeypatch):
    """F-C30: a disk in trouble."""
    for number in range(7):
        drop(home, "AH", f"{number}a.xlsx")
    monkeypatch.setattr(landed_file, "open", opened_failing, raising=False)
    receive(home, ledger, NOON)
    problems = survey.survey(home, None, NOON).problems
    assert len(problems) == 6
    assert problems[-1] == "2 more files cannot be read in landing."


def test_a_file_that_could_not_be_read_is_forgotten_once_its_sender_removes_it(home, ledger, monkeypatch):
    """Ruling C2: but not while its share is away; that a file was taken has to be known when it is back."""
    path = drop(home, "AH", "a.xlsx")
    monkeypatch.setattr(landed_file, "open", opened_failing, raising=False)
    receive(home, ledger, NOON)
    with monkeypatch.context() as trouble:
        trouble.setattr(os, "listdir", failing(os.listdir, errno.ESTALE, lambda of: place_of(of).endswith("/AH")))
        path.rename(home.root / "elsewhere")
        receive(home, ledger, NOON)
    assert [landed.name for landed in Unmoved(home.unmoved).unread()] == ["a.xlsx"]
    receive(home, ledger, NOON)
    assert Unmoved(home.unmoved).unread() == []


@pytest.mark.parametrize("operation", ["open", "listdir", "access"])
def test_a_folder_that_cannot_be_read_is_named_and_keeps_no_other_out(home, ledger, monkeypatch, operation):
    """Ruling C2: whichever question its share does not answer."""
    error = errno.ESTALE
    drop(home, "AH", "a.xlsx")
    drop(home, "PL", "c.xlsx")

    def is_ah(of, *_, **__):
        return of == "AH" or (isinstance(of, int) and place_of(of).endswith("/AH"))

    with monkeypatch.context() as trouble:
        if operation == "access":
            trouble.setattr(landing, "_why_nothing_can_be_moved", failing(lambda _: "", error, is_ah))
        else:
            trouble.setattr(os, operation, failing(getattr(os, operation), error, is_ah))
        receive(home, ledger, NOON)
        (problem,) = survey.survey(home, None, NOON).problems
    assert [each.file_name for each in ledger.submissions()] == ["c.xlsx"]
    assert "Nothing is taken from landing/AH: it cannot be read by uid" in problem
    assert os.strerror(error) in problem


def test_a_folder_that_is_lost_while_its_files_are_taken_keeps_no_other_out(home, ledger, monkeypatch):
    """Ruling C2: the share goes between the look and the load."""
    drop(home, "AH", "a.xlsx")
    drop(home, "PL", "c.xlsx")
    seen = survey.survey(home, None, NOON)
    monkeypatch.setattr(reception, "survey", lambda *_: seen)
    monkeypatch.setattr(os, "open", failing(os.open, errno.ESTALE, lambda of, *_: of == "AH"))
    receive(home, ledger, NOON)
    assert [each.file_name for each in ledger.submissions()] == ["c.xlsx"]


def test_a_vault_without_room_is_named_and_not_the_file(home, ledger, monkeypatch):
    """F-D12: it is nobody's file that is in trouble."""
    drop(home, "AH", "a.xlsx")
    monkeypatch.setattr(os, "fsync", failing(os.fsync, errno.ENOSPC, lambda _: True))
    with pytest.raises(CustodyProblem, match="Taking a file into the vault stopped: No space left on device"):
        receive(home, ledger, NOON)
    assert (home.landing / "AH" / "a.xlsx").exists()


def test_a_landing_folder_that_is_not_there_is_named(home, ledger):
    shutil.rmtree(home.landing)
    with pytest.raises(CustodyProblem, match="Looking into landing stopped"):
        receive(home, ledger, NOON)


def test_a_file_that_cannot_be_moved_is_taken_once_and_named_until_it_can(tmp_path, monkeypatch):
    """Ruling C2: the folder looks writable, and yet nothing can be moved out of it."""
    home = fresh_home(tmp_path)
    drop(home, "AH", "a.xlsx")

    def refuses(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    with Ledger.open(home) as ledger:
        with monkeypatch.context() as immutable:
            immutable.setattr(reception, "set_aside", refuses)
            (first,) = receive(home, ledger, NOON)
            decide(ledger, ledger.submission(first), "accepted")
            assert receive(home, ledger, NOON) == []
        landing = survey.survey(home, None, NOON)
        assert landing.ready == []
        assert "'a.xlsx' of 'AH' was received, but" in landing.problems[0]
        assert receive(home, ledger, NOON) == []
        assert survey.survey(home, None, NOON).problems == []
        assert [path.name for path in (home.landing / "AH" / "received").iterdir()] == ["000001_a.xlsx"]
        assert len(ledger.submissions()) == 1
