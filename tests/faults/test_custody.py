"""Whatever stops a night between landing and verdict, nothing is lost, and the next one completes it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from publishing.verification import verify
from sources.custody.ledger import Ledger
from sources.custody.payloads import NightChecked
from sources.custody.problems import VaultDamaged
from sources.home import Home
from sources.intake.rebuild import RebuildIncomplete, rebuild
from sources.intake.restoring import restore
from sources.lines.line_digest import lines_sha256
from sources.lines.line_files import folder_of
from sources.reader.cells import Refusal, Workbook
from sources.reader.workbook import Reader, ReadingStoppedError
from sources.samples.published import SAMPLES
from tests.edited_returns import at, edited, sample_path
from tests.homes import drop, fresh_home, tree_of
from tests.invariants import assert_nothing_lost

PROJECT = Path(__file__).resolve().parents[2]
OCTOBER = "2021-10-12T09:00:00+00:00"
KILLED = -signal.SIGKILL
RETURN = sample_path("PL").read_bytes()
DROPPED = [("PL", RETURN)]

Do = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def do() -> Iterator[Do]:
    """Do something to a home in a process of its own; returns its exit code and what it complained of."""
    command = [sys.executable, "-m", "tests.faults.custody_nights"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:

        def ask(home: Home, what: str = "night", at: str = OCTOBER, **fault: Any) -> dict[str, Any]:
            order = {"root": str(home.root), "do": what, "at": at, **fault}
            server.stdin.write(json.dumps(order) + "\n")
            server.stdin.flush()
            return json.loads(server.stdout.readline())

        yield ask
        server.stdin.close()


@pytest.fixture(scope="module")
def before(do: Do, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which reference data are in force, and a return and a link have landed."""
    home = fresh_home(tmp_path_factory.mktemp("before"))
    assert do(home)["code"] == 0
    drop(home, "PL", "return.xlsx", RETURN)
    (home.landing / "PL" / "link.xlsx").symlink_to("nowhere")
    return home


@pytest.fixture(scope="module")
def twin(do: Do, before: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same home after a night that nothing happened to."""
    home = copy_of(before, tmp_path_factory.mktemp("twin") / "home")
    assert do(home) == {"code": 0, "text": ""}
    assert_nothing_lost(home, DROPPED)
    return home


def copy_of(home: Home, root: Path) -> Home:
    return Home.at(Path(shutil.copytree(home.root, root, symlinks=True)))


def told(home: Home) -> dict[str, Any]:
    """Return what a home knows, clocks and the numbers of events aside."""
    with Ledger.open(home) as ledger:
        submissions = ledger.submissions()
    return {
        "submissions": [(each.submission_id, each.state, each.version_no, each.findings) for each in submissions],
        "lines": {each.lines: lines_sha256(folder_of(home, each.lines)) for each in submissions if each.lines},
        "landed": sorted(path.name.split("_", 1)[-1] for path in home.landing.rglob("*.xlsx")),
        "receipts": sorted(path.name.split("_", 1)[-1] for path in home.desk.rglob("receipts/*.*")),
    }


def test_the_twin_has_one_return_accepted_and_the_link_refused(twin: Home):
    assert sorted(state for _, state, *_ in told(twin)["submissions"]) == ["accepted", "refused"]


def test_a_night_killed_anywhere_is_completed_by_the_next(do: Do, before: Home, twin: Home, tmp_path: Path):
    """F-D01 to F-D03: before every rename, link, removal and opening for writing."""
    expected = told(twin)
    for number in count(1):
        home = copy_of(before, tmp_path / "home")
        if do(home, kill_at=number)["code"] != KILLED:
            break
        assert_nothing_lost(home, DROPPED, is_settled=False)
        assert do(home) == {"code": 0, "text": ""}, f"after a kill at {number}"
        assert_nothing_lost(home, DROPPED)
        assert told(home) == expected, f"after a kill at {number}"
        shutil.rmtree(home.root)
    assert number > 30, "the night did not go through all of its steps"


def test_a_batch_killed_anywhere_has_the_same_one_overtaken(do: Do, tmp_path: Path):
    """Ruling C6, F-D01 to F-D03: of two files of one period the one written last is judged; at every ninth step."""
    landed = fresh_home(tmp_path / "before")
    assert do(landed)["code"] == 0
    older = drop(landed, "PL", "older.xlsx", RETURN)
    os.utime(older, ns=(0, older.stat().st_mtime_ns - 10**10))
    drop(landed, "PL", "newer.xlsx", edited("PL", {at("Savings", "saving_title"): "A title of its own"}))
    whole = copy_of(landed, tmp_path / "whole")
    assert do(whole) == {"code": 0, "text": ""}
    expected = told(whole)
    assert sorted(state for _, state, *_ in expected["submissions"]) == ["accepted", "overtaken"]
    for number in count(1, 9):
        home = copy_of(landed, tmp_path / "home")
        if do(home, kill_at=number)["code"] != KILLED:
            break
        assert do(home) == {"code": 0, "text": ""}, f"after a kill at {number}"
        assert_nothing_lost(home)
        assert told(home) == expected, f"after a kill at {number}"
        shutil.rmtree(home.root)
    assert number > 30, "the night did not go through all of its steps"


def test_a_history_list_killed_anywhere_is_completed_by_the_next_load(do: Do, tmp_path: Path):
    """F-D01 with declared times (R55): the adoption and each entry, at every eleventh step."""
    (tmp_path / "PL").mkdir()
    (tmp_path / "PL" / "return.xlsx").write_bytes(RETURN)
    (tmp_path / "PL" / "again.xlsx").write_bytes(RETURN)
    history = tmp_path / "history.csv"
    history.write_text(
        "file,received_at\nPL/return.xlsx,2021-10-11T09:00:00Z\nPL/again.xlsx,2021-10-12T09:00:00Z\n", encoding="utf-8"
    )
    stories = set()
    for number in count(1, 11):
        home = fresh_home(tmp_path / f"home{number}")
        was_killed = do(home, history=str(history), kill_at=number)["code"] == KILLED
        assert do(home, history=str(history), at="2026-01-05T03:30:00+00:00") == {"code": 0, "text": ""}
        assert_nothing_lost(home)
        with Ledger.open(home) as ledger:
            events = [(event.kind, event.at.date().isoformat()) for event in ledger.vault.events()]
        stories.add(tuple(events))
        if not was_killed:
            break
    assert number > 50, "the adoption of a folder alone takes more steps"
    assert stories == {
        (
            ("reference_adopted", "2021-10-11"),
            ("received", "2021-10-11"),
            ("judged", "2021-10-11"),
            ("received", "2021-10-12"),
            ("judged", "2021-10-12"),
        )
    }


@pytest.mark.parametrize("limit", [0, 200, 4_096, 30_000, 60_000, 100_000])
def test_a_disk_that_is_full_is_told_and_the_next_night_completes(
    do: Do, before: Home, twin: Home, tmp_path: Path, limit: int
):
    """F-D12, F-D14, F-D15: no file may grow beyond the limit, so copy, event, index or lines fail."""
    home = copy_of(before, tmp_path / "home")
    answer = do(home, limits={"RLIMIT_FSIZE": limit})
    assert answer["code"] == 1
    assert "as uid" in answer["text"]
    assert "Nothing that landed is lost" in answer["text"]
    assert_nothing_lost(home, DROPPED, is_settled=False)
    assert do(home) == {"code": 0, "text": ""}
    assert_nothing_lost(home, DROPPED)
    assert told(home) == told(twin)


def test_a_night_without_file_descriptors_fails_clean(do: Do, before: Home, twin: Home, tmp_path: Path):
    """F-D17."""
    home = copy_of(before, tmp_path / "home")
    assert do(home, limits={"RLIMIT_NOFILE": 12})["code"] == 1
    assert_nothing_lost(home, DROPPED, is_settled=False)
    assert do(home) == {"code": 0, "text": ""}
    assert_nothing_lost(home, DROPPED)
    assert told(home) == told(twin)


@pytest.mark.parametrize("folder", ["vault", "vault/events", "lines", "desk"])
def test_a_folder_that_may_not_be_written_is_named_with_the_uid(
    do: Do, before: Home, twin: Home, tmp_path: Path, folder: str
):
    """F-D16."""
    home = copy_of(before, tmp_path / "home")
    (home.root / folder).chmod(0o555)
    answer = do(home, obeys_modes=True)
    assert answer["code"] == 1
    assert "Permission denied" in answer["text"]
    assert str(home.root / folder) in answer["text"]
    assert f"as uid {os.geteuid()}" in answer["text"]
    assert_nothing_lost(home, DROPPED, is_settled=False)
    (home.root / folder).chmod(0o755)
    assert do(home) == {"code": 0, "text": ""}
    assert_nothing_lost(home, DROPPED)
    assert told(home) == told(twin)


def test_a_file_being_copied_into_landing_is_taken_once_and_whole(do: Do, before: Home, tmp_path: Path):
    """F-D26, F-D27: the sender is another process, and pauses in the middle."""
    home = copy_of(before, tmp_path / "home")
    shutil.rmtree(home.landing / "PL")
    target = home.landing / "PL" / "slow.xlsx"
    target.parent.mkdir()
    sender = (
        "import sys; data = open(sys.argv[1], 'rb').read(); out = open(sys.argv[2], 'wb', 0)\n"
        "out.write(data[:9000]); print('half', flush=True); sys.stdin.readline(); out.write(data[9000:])"
    )
    command = [sys.executable, "-c", sender, str(sample_path("PL")), str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "half\n"
        for _ in range(2):
            assert do(home)["code"] == 0
            assert [path.name for path in target.parent.iterdir()] == ["slow.xlsx"]
        process.communicate("\n")
    assert do(home)["code"] == 0
    assert_nothing_lost(home, [("PL", RETURN)])
    assert [state for _, state, *_ in told(home)["submissions"]] == ["accepted"]


def test_a_link_swapped_in_again_and_again_is_never_followed(do: Do, tmp_path: Path):
    """F-C22: a file and a link to somebody else's take turns under one name, while it is taken in."""
    home = fresh_home(tmp_path / "home")
    (home.landing / "AH").mkdir()
    (tmp_path / "secret").write_bytes(b"another council's return")
    swapper = (
        "import os, sys, itertools\n"
        "os.chdir(sys.argv[1]); print('ready', flush=True)\n"
        "for n in itertools.count():\n"
        "    open('.good', 'w').write(f'mine {n}'); os.replace('.good', 'x.xlsx')\n"
        "    os.symlink('../../../secret', '.link'); os.replace('.link', 'x.xlsx')\n"
    )
    command = [sys.executable, "-c", swapper, str(home.landing / "AH")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        for _ in range(10):
            assert do(home)["code"] == 0
        process.kill()
    assert do(home)["code"] == 0
    assert_nothing_lost(home)
    stored = [path for path in home.vault.rglob("*") if path.is_file()]
    assert [path for path in stored if b"another council" in path.read_bytes()] == []
    with Ledger.open(home) as ledger:
        assert len(ledger.submissions()) > 0


def test_a_lock_whose_holder_was_killed_is_free(tmp_path: Path):
    """F-D20: the kernel frees it; there is no stale lock to clean."""
    from orchestration.lock import LockBusyError, hold

    lock = tmp_path / "lock"
    holder = (
        "import sys; from pathlib import Path; from orchestration.lock import hold\n"
        "with hold(Path(sys.argv[1])): print('held', flush=True); sys.stdin.readline()"
    )
    command = [sys.executable, "-c", holder, str(lock)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(LockBusyError), hold(lock):
            pytest.fail("the lock was given twice")
        process.kill()
        process.wait()
        with hold(lock):
            assert lock.exists()


def settled_home(do: Do, root: Path) -> Home:
    """Return a home in which all three samples were accepted."""
    home = fresh_home(root)
    assert do(home, history=str(SAMPLES / "history.csv"), at="2026-01-05T03:30:00+00:00") == {"code": 0, "text": ""}
    return home


@pytest.fixture(scope="module")
def settled(do: Do, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return settled_home(do, tmp_path_factory.mktemp("settled") / "home")


def test_the_vault_alone_is_enough_for_all_the_rest(settled: Home, tmp_path: Path):
    """F-D32: ledger, lines and receipts lost at once."""
    home = copy_of(settled, tmp_path / "home")
    home.ledger.unlink()
    shutil.rmtree(home.lines)
    shutil.rmtree(home.desk)
    home.create()
    assert rebuild(home).lines == 3
    assert_nothing_lost(home)
    assert told(home) == told(settled)
    receipts = [{path.name: path.read_bytes() for path in each.desk.rglob("receipts/*.*")} for each in (home, settled)]
    assert receipts[0] == receipts[1]


def _spoil(path: Path) -> None:
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def test_rebuilding_reads_no_workbook(settled: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Ruling E2, F-D31: the lines are copied from the vault, whatever has become of the file since."""
    home = copy_of(settled, tmp_path / "home")
    with Ledger.open(home) as ledger:
        for each in ledger.submissions():
            _spoil(ledger.vault.path_of(each.file_sha256))
    shutil.rmtree(home.lines)
    home.lines.mkdir()
    assert rebuild(home).lines == 3
    assert told(home) == told(settled)
    assert verify(home).problems


def test_rebuilding_refuses_altered_lines_of_the_vault_and_rebuilds_the_others(settled: Home, tmp_path: Path):
    """Ruling E2."""
    home = copy_of(settled, tmp_path / "home")
    with Ledger.open(home) as ledger:
        spoilt, *others = ledger.submissions()
        _spoil(ledger.vault.lines_folder(spoilt.lines_sha256) / "savings_line.parquet")
    shutil.rmtree(home.lines)
    home.lines.mkdir()
    with pytest.raises(RebuildIncomplete, match=f"{spoilt.submission_id}.*altered") as problem:
        rebuild(home)
    assert len(problem.value.problems) == 1
    assert sorted(path.name for path in home.lines.iterdir()) == sorted(each.lines for each in others)
    assert any(spoilt.lines_sha256 in problem for problem in verify(home).problems)


def test_a_deep_look_reads_every_workbook_again_and_finds_each_as_it_was_judged(settled: Home):
    """Ruling E2."""
    assert verify(settled, is_deep=True).problems == ()


def test_a_deep_look_names_files_that_read_to_other_lines(
    settled: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Ruling E2, R53: a changed reading is told, and nothing is changed."""

    monkeypatch.setattr("sources.judging.checks.ReturnRead.lines", {})
    problems = verify(settled, is_deep=True).problems
    assert len(problems) == 3
    assert all("has the reading changed" in problem for problem in problems)


def test_a_deep_look_names_a_file_whose_reading_this_machine_stopped_and_goes_on(
    settled: Home, monkeypatch: pytest.MonkeyPatch
):
    """Ruling C10: that says nothing of the file; and what was not compared is not said to be what it was."""
    read, stop_next = Reader.read, iter([True])

    def stopped_once(self: Reader, *asked: Any, **options: Any) -> Workbook | Refusal:
        if next(stop_next, False):
            raise ReadingStoppedError("killed")
        return read(self, *asked, **options)

    monkeypatch.setattr(Reader, "read", stopped_once)
    (problem,) = verify(settled, is_deep=True).problems
    assert "this machine stopped its reading, so it was not compared (killed)" in problem


def test_looking_changes_nothing(settled: Home, tmp_path: Path):
    """Ruling E4: not even a file of the ledger's own."""
    home = copy_of(settled, tmp_path / "home")
    before = tree_of(home.root)
    verify(home, is_deep=True)
    assert tree_of(home.root) == before


def test_nothing_is_changed_by_rebuilding_from_a_broken_chain(settled: Home, tmp_path: Path):
    home = copy_of(settled, tmp_path / "home")
    event = home.events / "000000000003.json"
    event.write_bytes(event.read_bytes().replace(b"Provisional", b"Certified"))
    ledger = home.ledger.read_bytes()
    with pytest.raises(VaultDamaged, match="Event 3 was altered"):
        rebuild(home)
    assert home.ledger.read_bytes() == ledger


def test_a_sound_home_verifies(settled: Home):
    report = verify(settled)
    assert (report.events, report.objects, report.problems) == (7, 3, ())


def _alter(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def _alter_an_event(home: Home) -> str:
    _alter(home.events / "000000000003.json", b"Provisional", b"Certified")
    return "Event 3 was altered"


def _alter_the_last_event(home: Home) -> str:
    _alter(home.events / "000000000007.json", b"Provisional", b"Certified")
    return "Event 7 was altered"


def _alter_a_page(home: Home) -> str:
    receipt = next(home.desk.rglob("receipts/*.html"))
    with Ledger.open(home) as ledger:
        sha256 = ledger.vault.event_sha256(int(receipt.name.split("_")[0]))
    _alter(receipt, sha256.encode(), b"0" * 64)
    return f"Receipt {receipt} is not the one"


def _put_another_workbook_in_its_place(home: Home) -> str:
    receipt, other, *_ = sorted(home.desk.rglob("receipts/*.xlsx"))
    shutil.copyfile(other, receipt)
    return f"Receipt {receipt} is not the one"


def _spoil_a_workbook(home: Home) -> str:
    receipt = next(home.desk.rglob("receipts/*.xlsx"))
    receipt.write_bytes(b"no workbook")
    return f"Receipt {receipt} is not the one"


def _forge_a_receipt(home: Home) -> str:
    forged = next(home.desk.rglob("receipts/*.html")).with_name("000002_2021-22_P06_v1.html")
    forged.write_text("<h1>Accepted</h1>")
    return f"Receipt {forged} is not the one"


def _alter_lines(home: Home) -> str:
    first, second, *_ = sorted(home.lines.iterdir())
    shutil.copyfile(second / "savings_line.parquet", first / "savings_line.parquet")
    return f"The typed lines of {first.name} are missing or were altered"


def _lose_lines(home: Home) -> str:
    lost = next(home.lines.iterdir())
    shutil.rmtree(lost)
    return f"The typed lines of {lost.name} are missing or were altered"


def _alter_the_ledger(home: Home) -> str:
    with sqlite3.connect(home.ledger) as index:
        index.execute("update submission set document = replace(document, 'Provisional', 'Certified')")
    index.close()
    return "What the ledger holds of submission"


def _alter_kept_lines(home: Home) -> str:
    first, *_ = sorted(home.line_store.iterdir())
    _spoil(first / "savings_line.parquet")
    return f"Typed lines {first.name} were altered"


def _lose_events(home: Home) -> str:
    (home.events / "000000000007.json").unlink()
    return "The vault has lost events: it ends with event 6, but the ledger knows 7"


def _lead_nowhere(home: Home) -> str:
    home.current.symlink_to("releases/R000009")
    return "leads to no release"


def _lead_elsewhere(home: Home) -> str:
    home.current.symlink_to("vault")
    return "leads to vault, which is not what was published last"


@pytest.mark.parametrize(
    "alter",
    [
        _alter_an_event,
        _alter_the_last_event,
        _alter_a_page,
        _put_another_workbook_in_its_place,
        _spoil_a_workbook,
        _forge_a_receipt,
        _alter_lines,
        _lose_lines,
        _alter_the_ledger,
        _alter_kept_lines,
        _lose_events,
        _lead_nowhere,
        _lead_elsewhere,
    ],
)
def test_whatever_was_altered_is_named(settled: Home, tmp_path: Path, alter: Callable[[Home], str]):
    """Ruling E4, F-F14 and the rest of what ``savings verify`` looks at."""
    home = copy_of(settled, tmp_path / "home")
    expected = alter(home)
    problems = verify(home).problems
    assert any(expected in problem for problem in problems), problems


def _stop_before_indexing(home: Home) -> str:
    with Ledger.open(home) as ledger:
        looked = NightChecked(release_id=None, vault_objects=3, rehashed=0)
        ledger.vault.append(ledger.vault.last().at, looked)
    return "The ledger has not indexed the last 1 events"


def _stop_before_a_receipt(home: Home) -> str:
    receipt = next(home.desk.rglob("receipts/*.html"))
    receipt.unlink()
    return f"Receipt {receipt} is not there"


def _stop_while_storing(home: Home) -> str:
    (home.vault / ".incoming.1.tmp").write_bytes(b"half")
    return "was left half-written"


@pytest.mark.parametrize("stop", [_stop_before_indexing, _stop_before_a_receipt, _stop_while_storing])
def test_what_a_killed_run_left_is_unfinished_and_not_altered(
    settled: Home, tmp_path: Path, stop: Callable[[Home], str]
):
    """Ruling E4."""
    home = copy_of(settled, tmp_path / "home")
    expected = stop(home)
    found = verify(home)
    assert found.problems == ()
    assert any(expected in sentence for sentence in found.unfinished), found.unfinished


def test_altered_lines_and_rows_are_made_again_before_anything_is_read(settled: Home, tmp_path: Path):
    """Ruling E2."""
    home = copy_of(settled, tmp_path / "home")
    _alter_the_ledger(home)
    _alter_lines(home)
    with Ledger.open(home) as ledger:
        said = restore(home, ledger)
        assert len(said) == 4
        assert restore(home, ledger) == []
    assert told(home) == told(settled)
    assert verify(home).problems == ()
