"""What somebody puts into our own folders stops nothing, and ``verify`` names it (ruling C3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from publishing.retention import all_releases, prune, sweep
from publishing.verification import Verification, verify
from sources.clock import fixed_clock
from sources.custody.index_check import keep_folded
from sources.custody.ledger import Ledger
from sources.desk.desk import open_desks, write_desks
from sources.home import Home
from sources.intake import intake
from sources.intake.prefill import Prefill
from sources.intake.rebuild import rebuild
from sources.intake.restoring import restore
from sources.intake.verdict import Bench
from tests.homes import NOON, checked, fresh_home, send
from tests.returns import good_return, reference

LATER = fixed_clock(NOON() + timedelta(days=1))
# In each of our folders: a file, a folder, and a name nearly ours.
STRAYS = (
    "notes.txt",
    "old home/",
    "releases/R1",
    "releases/notes.txt",
    "reports/CAB-1999/",
    "reports/notes.txt",
    "vault/ABC/",
    "vault/notes.txt",
    "vault/events/000000000007.json.bak",
    "vault/events/old/",
    "vault/reference/2021/",
    "vault/lines/notes.txt",
    "vault/{object}/notes.txt",
    "lines/PL-0000000000000000/",
    "lines/notes.txt",
    "lines/{submission}/notes.txt",
    "build/notes.txt",
    "decisions/notes.txt",
    "begun/notes.txt",
    "desk/XX/",
    "desk/notes.txt",
    "desk/PL/my notes.xlsx",
    "desk/PL/old/",
    "desk/PL/receipts/000001_copy.html/",
    "desk/PL/receipts/notes.txt",
)
LITTER = ("Thumbs.db", "vault/.kept", "releases/.kept", "lines/desktop.ini", "desk/PL/~$notes.xlsx", "lost+found/")


@pytest.fixture(autouse=True)
def _workbooks_that_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a workbook is filled with has tests of its own."""
    monkeypatch.setattr(Prefill, "write", lambda self, file: file.write_text(self.directorate_code))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one accepted return, and everything that follows from it but a release."""
    home = fresh_home(tmp_path / "home")
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference(), ledger, NOON)
        _night(home, ledger)
    return home


def _night(home: Home, ledger: Ledger) -> None:
    """Do all that a load does with our folders, but for building and publishing."""
    restore(home, ledger)
    keep_folded(home)
    open_desks(home, reference().desk_groups())
    submission = send(ledger, "PL", f"{ledger.last_seq()}".encode())
    Bench(home, ledger, reference()).decide(submission, good_return(), NOON)
    intake.judge_waiting(home, ledger, reference(), NOON)
    write_desks(home, ledger, reference(), "code", LATER)
    ledger.vault.verify()
    sweep(home, ledger)
    assert prune(home, keep=1) == []
    assert all_releases(home) == []


def _put(home: Home, names: tuple[str, ...]) -> list[Path]:
    with Ledger.open(home) as ledger:
        (first, *_) = ledger.submissions()
    made = []
    for name in names:
        path = home.root / name.format(object=first.file_sha256[:2], submission=first.submission_id)
        path.mkdir(parents=True) if name.endswith("/") else path.write_text("a stray")
        made.append(path)
    return made


def _named(found: Verification) -> Iterator[Path]:
    return (Path(line.split(" is not ours")[0]) for line in found.unfinished if "is not ours" in line)


def test_the_name_of_a_stray_cannot_steer_the_terminal_or_forge_a_line(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-C28: any account may leave a file among the decisions."""
    home.decisions.joinpath("a\x1b[2J\nAll are what they were.").touch()
    monkeypatch.setenv("SAVINGS_HOME", str(home.root))
    printed = CliRunner().invoke(app, ["verify"]).stdout
    assert "a\\x1b[2J\\nAll are what they were. is not ours" in printed
    assert printed.splitlines().count("All are what they were.") <= 1
    assert "\x1b" not in printed


def test_all_that_a_load_leaves_in_a_home_is_ours(home: Home) -> None:
    found = verify(home)
    assert (found.problems, found.unfinished) == ((), ())


def test_a_stray_in_any_of_our_folders_is_named_and_is_no_damage(home: Home) -> None:
    put = _put(home, STRAYS)
    found = verify(home)
    assert found.problems == ()
    assert sorted(_named(found)) == sorted(put)


def test_strays_stop_no_load_and_no_rebuild_and_stay_where_they_are(home: Home) -> None:
    put = _put(home, STRAYS)
    with Ledger.open(home) as ledger:
        submission = ledger.submissions()[0].submission_id
        _night(home, ledger)
        assert ledger.record(NOON, checked()).seq == ledger.last_seq()
    assert [path for path in put if not path.exists()] == []
    rebuild(home)
    made_again = home.lines / submission
    assert [path for path in put if not path.exists()] == [made_again / "notes.txt"]
    assert verify(home).problems == ()


def test_litter_is_left_alone_without_a_word(home: Home) -> None:
    put = _put(home, LITTER)
    assert verify(home).unfinished == ()
    assert all(path.exists() for path in put)
