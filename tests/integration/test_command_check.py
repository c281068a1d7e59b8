"""`savings check`: what a load would say of a file, said without one."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.settings import PROJECT
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.submission import JudgedSubmission, State, Submission
from sources.home import Home
from sources.intake import intake
from sources.intake.preview import SenderUnknownError, preview
from sources.reference.reference import Reference, bundled_reference, read_reference
from tests.edited_returns import at, edited, sample_path
from tests.homes import drop, fresh_home, tree_of, withdraw
from tests.html_structure import text_of
from tests.reference_folder import copy_of_bundled, replace_text

NOW = fixed_clock(datetime(2021, 11, 10, 17, tzinfo=UTC))
SAMPLE = {code: sample_path(code).read_bytes() for code in ("AH", "CH", "PL")}
SECOND = {"Return!return_type": "Resubmission", "Return!supersedes_version": 1}
P07 = {"Return!reporting_period": "P07", "Return!as_at_date": "2021-10-31"}
TBC = edited("PL", {at("Savings", "projected_gbp"): "TBC"})
# Each planted in a return that comes after Place's sample is in force.
PLANTED = {
    "the same bytes again": SAMPLE["PL"],
    "a second version": edited("PL", SECOND),
    "a version that does not say which it replaces": edited("PL", {"Return!return_type": "Resubmission"}),
    "TBC for an amount": TBC,
    "a line of another directorate": edited("PL", SECOND | {at("Savings", "saving_ref"): "AH-21-001"}),
    "a line that is not registered": edited("PL", SECOND | {at("Savings", "saving_ref", 5): "PL-21-099"}),
    "an amount in thousands": edited("PL", SECOND | {at("Savings", "baseline_gbp"): 780}),
    "a later period that nothing changed in": edited("PL", P07),
    "a later period with a digit lost": edited(
        "PL", P07 | {at("Savings", "projected_gbp"): 12_050, "Return!control_projected": 402_050}
    ),
    "a year that is not collected": edited("PL", {"Return!reporting_year": "2019/20"}),
    "a directorate that there is not": edited("PL", {"Return!directorate_code": "Plaice"}),
    "no workbook": b"dear data team, please find attached",
    "a workbook cut short": SAMPLE["PL"][:9_000],
    "nothing": b"",
}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(bundled_reference())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Home:
    """A home in which Place's sample is in force; only looked at."""
    home = fresh_home(tmp_path_factory.mktemp("in force") / "home")
    load(home, reference, "PL", "first.xlsx", SAMPLE["PL"])
    return home


def load(home: Home, reference: Reference, folder: str, name: str, data: bytes) -> Submission:
    """Put a file into a folder and take it in; return what became of it."""
    drop(home, folder, name, data)
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference, ledger, NOW)
        (submission_id,) = intake.receive(home, ledger, NOW)
        intake.judge_waiting(home, ledger, reference, NOW)
        return ledger.submission(submission_id)


def look(home: Home, reference: Reference, file: Path, directorate: str | None = None) -> Submission:
    with LedgerView.of(home) as ledger:
        return preview(file, directorate, home, ledger, reference, NOW).submission


def as_told(submission: JudgedSubmission) -> JudgedSubmission:
    """Return a submission without what only a load gives: lines, the order of events, their times."""
    kept = {"lines": None, "lines_sha256": None, "receipt_seq": 0, "judged_seq": 0, "written_ns": None, "sums": {}}
    return replace(submission, **kept, received_at=NOW(), judged_at=NOW())


def written(folder: Path, name: str, data: bytes) -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("code", [*SAMPLE])
def test_a_sample_is_told_what_its_load_tells_it(tmp_path: Path, reference: Reference, code: str):
    home = fresh_home(tmp_path / "home")
    file = written(tmp_path, f"{code}.xlsx", SAMPLE[code])
    before = look(home, reference, file)
    assert (before.state, before.directorate_code) == (State.ACCEPTED, code)
    assert as_told(before) == as_told(load(home, reference, code, file.name, SAMPLE[code]))


@pytest.mark.parametrize("what", [*PLANTED])
def test_a_planted_defect_is_told_what_its_load_tells_it(
    home: Home, tmp_path: Path, reference: Reference, copy_of_the_home: Home, what: str
):
    file = written(tmp_path, "second.xlsx", PLANTED[what])
    before = look(home, reference, file, "PL")
    assert as_told(before) == as_told(load(copy_of_the_home, reference, "PL", file.name, PLANTED[what]))


@pytest.fixture
def copy_of_the_home(home: Home, tmp_path: Path) -> Home:
    return Home.at(Path(shutil.copytree(home.root, tmp_path / "copy", symlinks=True)))


def test_the_planted_defects_come_to_every_verdict(home: Home, tmp_path: Path, reference: Reference):
    files = [written(tmp_path, f"{number}.xlsx", data) for number, data in enumerate(PLANTED.values())]
    states = {look(home, reference, file, "PL").state for file in files}
    assert states == {State.ACCEPTED, State.HELD, State.BLOCKED, State.REFUSED, State.DUPLICATE}


def test_a_wrong_folder_is_refused_as_its_load_refuses_it(home: Home, tmp_path: Path, reference: Reference):
    file = written(tmp_path, "AH.xlsx", SAMPLE["AH"])
    assert look(home, reference, file, "PL").refusal_code == "not-authorised-for"
    assert look(home, reference, file).state is State.ACCEPTED


def test_blocked_bytes_are_judged_again_once_the_plan_is_mended(
    copy_of_the_home: Home, tmp_path: Path, reference: Reference
):
    # R53: what the folder would say of bytes that it blocked before.
    wrong = copy_of_bundled(tmp_path)
    replace_text(wrong, "approved_plan", "CH-21-001,2021/22,CH,true,612400", "CH-21-001,2021/22,CH,true,600000")
    replace_text(wrong, "approved_plan", "CH-21-002,2021/22,CH,true,845300", "CH-21-002,2021/22,CH,true,857700")
    wrong_reference = read_reference(wrong)
    blocked = load(copy_of_the_home, wrong_reference, "CH", "CH.xlsx", SAMPLE["CH"])
    file = written(tmp_path, "again.xlsx", SAMPLE["CH"])
    assert blocked.state is State.BLOCKED
    assert look(copy_of_the_home, wrong_reference, file).state is State.DUPLICATE
    assert look(copy_of_the_home, reference, file).state is State.ACCEPTED


def test_what_was_withdrawn_may_be_sent_again(copy_of_the_home: Home, tmp_path: Path, reference: Reference):
    # R12.
    file = written(tmp_path, "again.xlsx", SAMPLE["PL"])
    assert look(copy_of_the_home, reference, file).state is State.DUPLICATE
    with Ledger.open(copy_of_the_home) as ledger:
        withdraw(ledger, ledger.submissions()[0])
    again = look(copy_of_the_home, reference, file)
    assert (again.state, again.version_no) == (State.ACCEPTED, 2)


def test_a_return_that_names_nobody_needs_to_be_told_who_sends_it(home: Home, tmp_path: Path, reference: Reference):
    file = written(tmp_path, "nobody.xlsx", edited("PL", {"Return!directorate_code": ""}))
    with pytest.raises(SenderUnknownError):
        look(home, reference, file)
    assert look(home, reference, file, "PL").state is State.BLOCKED


def check(home: Path, *arguments: str):
    return CliRunner().invoke(app, ["check", *arguments], env={"SAVINGS_HOME": str(home)})


@pytest.mark.parametrize(
    ("data", "code", "heading", "afterwards"),
    [
        (SAMPLE["AH"], Exit.DONE, "Accepted", ["What happens next", "Before you certify", "What we read"]),
        (TBC, Exit.REFUSED, "Not accepted", ["Then send it again", "Check these too", "Before you certify"]),
        (SAMPLE["PL"], Exit.DONE, "Already received", ["What happens next", "Check these too", "Before you certify"]),
        (b"", Exit.REFUSED, "Not read", ["Then send it again"]),
    ],
    ids=["accepted", "blocked", "duplicate", "refused"],
)
def test_it_prints_the_verdict_and_then_the_findings_by_what_they_do(
    home: Home, tmp_path: Path, data, code, heading, afterwards
):
    before, file = tree_of(home.root), written(tmp_path, "return.xlsx", data)
    done = check(home.root, str(file))
    assert done.exit_code == code
    headings = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    assert headings[0].startswith(heading)
    assert headings[1] == "What you need to do"
    assert headings[2:] == afterwards
    assert tree_of(home.root) == before


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A browser that only notes what it is asked to open."""
    noted, command = tmp_path / "opened.txt", tmp_path / "browser"
    command.write_text(f'#!/bin/sh\nprintf %s "$1" > {noted}\n', encoding="utf-8")
    command.chmod(0o755)
    return command


@pytest.mark.parametrize("data", [SAMPLE["AH"], TBC, b""], ids=["accepted", "blocked", "refused"])
def test_it_opens_the_receipt_page_which_says_what_was_printed(home: Home, tmp_path: Path, browser: Path, data: bytes):
    before = tree_of(home.root)
    command = "from orchestration.cli import main; main()"
    environment = {"SAVINGS_HOME": str(home.root), "BROWSER": f"{browser} %s", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", command, "check", "--open", str(written(tmp_path, "return.xlsx", data))],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    page = Path(unquote((tmp_path / "opened.txt").read_text("utf-8").removeprefix("file://")))
    assert f"Opened: {page}" in done.stderr
    shown = text_of(page.read_text("utf-8"))
    printed = [line.strip() for line in done.stdout.split("What we read")[0].splitlines() if line.strip()]
    # The page has the place and what was entered next to each point.
    said = [re.sub(r" You entered '.*?'\.", "", line) for line in printed]
    missing = [line for line in said if line.partition(": ")[2] not in shown and line not in shown]
    assert (missing, len(printed) > 3) == ([], True)
    assert page.with_suffix(".xlsx").is_file()
    assert tree_of(home.root) == before


def test_it_prints_the_same_findings_for_a_machine(home: Home, tmp_path: Path):
    done = check(home.root, "--json", str(written(tmp_path, "return.xlsx", TBC)))
    told = json.loads(done.stdout)
    assert (told["state"], told["directorate_code"], told["reporting_period"]) == ("blocked", "PL", "P06")
    blocks = [finding for finding in told["findings"] if finding["severity"] == "B"]
    assert [(finding["rule"], finding["column"], finding["cell"]) for finding in blocks] == [
        ("D67", "return_type", "B10"),
        ("D67", "supersedes_version", "B11"),
        ("D09", "projected_gbp", at("Savings", "projected_gbp").partition("!")[2]),
    ]
    assert "You entered 'TBC'" in blocks[-1]["message"]


def test_without_a_warehouse_it_judges_all_the_same_and_makes_none(tmp_path: Path):
    file = written(tmp_path, "return.xlsx", SAMPLE["AH"])
    assert check(tmp_path / "none", str(file)).exit_code == Exit.DONE
    assert [path.name for path in tmp_path.iterdir()] == ["return.xlsx"]


def test_it_imports_no_library_that_only_a_build_needs(home: Home, tmp_path: Path):
    # Each takes longer to import than the whole check; pyarrow would import pandas if it were let.
    look = (
        "import sys\n"
        "from orchestration.cli import app\n"
        "app(['check', sys.argv[1]], standalone_mode=False)\n"
        "heavy = {'dagster', 'dbt', 'great_expectations', 'duckdb', 'pandas', 'jinja2', 'xlsxwriter'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))\n"
    )
    file = written(tmp_path, "return.xlsx", PLANTED["a second version"])
    done = subprocess.run(
        [sys.executable, "-c", look, str(file)],
        cwd=PROJECT,
        env={**os.environ, "SAVINGS_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("Accepted"), done.stdout + done.stderr
    assert "heavy: []" in done.stdout


def test_it_answers_while_a_load_holds_the_lock_and_writes(copy_of_the_home: Home, tmp_path: Path):
    file = written(tmp_path, "return.xlsx", SAMPLE["AH"])
    writer = sqlite3.connect(copy_of_the_home.ledger, isolation_level=None)
    writer.execute("begin immediate")
    with copy_of_the_home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = tree_of(copy_of_the_home.root)
        assert check(copy_of_the_home.root, str(file)).exit_code == Exit.DONE
        assert tree_of(copy_of_the_home.root) == before
    writer.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["nowhere.xlsx"], "does not exist"), (["--directorate", "XX", "{file}"], "Choose from AH, CH, PL, CO")],
)
def test_wrong_use_is_said_to_be_so(home: Home, tmp_path: Path, arguments: list[str], says: str):
    file = written(tmp_path, "return.xlsx", SAMPLE["AH"])
    done = check(home.root, *(argument.format(file=file) for argument in arguments))
    assert done.exit_code == Exit.WRONG_USE
    assert says in done.stderr
