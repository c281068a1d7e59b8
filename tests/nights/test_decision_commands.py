"""The commands of named posts, as they are typed: real returns, the real reader, the real command line."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from dbt_project import candidate
from dbt_project.inputs import inputs_of
from dbt_project.load_raw import load_raw
from orchestration.account import os_account
from orchestration.cli import app
from orchestration.code_version import code_sha256
from orchestration.exit_codes import Exit
from orchestration.intake_assets import intake_assets
from orchestration.nothing_new import Look, look, survey_of
from orchestration.partitions import GRID
from orchestration.resources import warehouse_of
from orchestration.settings import PROJECT, Settings, load_settings
from publishing.verification import verify
from sources.clock import system_clock
from sources.custody.ledger import Ledger
from sources.custody.marker import establish
from sources.custody.payloads import Judged, ReferenceAdopted
from sources.custody.submission import State
from sources.intake import intake
from sources.intake.adoption import judging_reference
from sources.intake.rebuild import rebuild
from sources.receipts.receipt import receipt_path, write_missing_receipts
from sources.reference.folder_hash import reference_sha256
from sources.reference.reference import read_reference
from tests.edited_returns import at, edited, sample_path
from tests.homes import drop, tagged
from tests.invariants import assert_nothing_lost
from tests.reference_folder import add_rows, copy_of_bundled, expecting_only, with_higher_plan, with_posts

OFFICER = ("--post", "Section 151 officer", "--reason", "Confirmed with the service by telephone.")
PARTNER = ("--post", "Place finance partner", "--reason", "Confirmed with the service by telephone.")
RETURN = sample_path("PL").read_bytes()
SECOND = edited("PL", {"Return!return_type": "Resubmission", "Return!supersedes_version": 1})
# A thousandth of the baseline on every line that projects anything (D12).
THOUSANDS = edited(
    "PL",
    {at("Savings", "projected_gbp", row): amount for row, amount in ((2, 780), (3, 365), (4, 489))}
    | {at("Savings", "achieved_to_date_gbp", row): 0 for row in (2, 3, 4)}
    | {"Return!control_projected": 1634, "Return!control_achieved": 0},
)


@dataclass
class Office:
    """A warehouse, a council's reference folder that lets this account decide, and the command line."""

    settings: Settings

    def night(self, *dropped: bytes) -> list[State]:
        """Let returns of Place land, take them in and judge them; return their states."""
        home, reference = self.settings.home, read_reference(self.settings.reference)
        for number, data in enumerate(dropped):
            drop(home, "PL", f"file{number}.xlsx", data)
        with Ledger.open(home) as ledger:
            intake.adopt_reference(reference, ledger, system_clock)
            intake.receive(home, ledger, system_clock)
            outcomes = intake.judge_waiting(home, ledger, reference, system_clock)
        assert_nothing_lost(home, [("PL", data) for data in dropped])
        return [outcome.submission.state for outcome in outcomes]

    def look(self, ledger: Ledger) -> Look:
        """Look whether anything is new, as a load does."""
        return look(self.settings, ledger, survey_of(self.settings, ledger, system_clock))

    def savings(self, *arguments: str) -> Result:
        """Run a command in this process."""
        return CliRunner().invoke(app, arguments)

    def ids(self) -> list[str]:
        """Return every submission's id, in order of receipt."""
        with Ledger.open(self.settings.home) as ledger:
            return [each.submission_id for each in ledger.submissions()]

    def states(self) -> list[State]:
        """Return every submission's state, in order of receipt."""
        with Ledger.open(self.settings.home) as ledger:
            return [each.state for each in ledger.submissions()]

    def built(self) -> list[tuple[str, int, bool, bool]]:
        """Return of each row of a built ``raw.submission``: state, version, is withdrawn, has lines."""
        home = self.settings.home
        with Ledger.open(home) as ledger:
            load_raw(home.candidate, home, ledger, ledger.vault, "c")
        with candidate.read(home.candidate) as connection:
            return connection.sql(
                "select state, version_no, withdrawn_at is not null, submission_id in "
                "(select submission_id from raw.savings_line) from raw.submission order by receipt_seq"
            ).fetchall()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    posts = (
        f"Section 151 officer,,hold;withdraw;adopt,{os_account()}",
        f"Place finance partner,PL,hold;withdraw,{os_account()}",
        "Chief accountant,,hold;adopt,no such account",
    )
    reference = with_posts(expecting_only(copy_of_bundled(tmp_path), "2021/22"), *posts)
    environment = {"SAVINGS_HOME": str(tmp_path / "var"), "SAVINGS_REFERENCE_DIR": str(reference)}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(environment)
    settings.home.create()
    establish(settings.home)
    return Office(settings)


def test_a_held_return_is_listed_released_and_loaded(office: Office) -> None:
    assert office.night(THOUSANDS) == [State.HELD]
    (submission_id,) = office.ids()
    assert office.built() == [("held", 1, False, False)]

    listed = office.savings("hold", "list")
    assert listed.exit_code == Exit.DONE
    for part in (
        submission_id,
        "PL 2021/22 P06",
        f"D12 {at('Savings', 'projected_gbp')}",
        "released or rejected",
        at("Savings", "projected_gbp"),
        "You entered '780'",
    ):
        assert part in listed.stdout
    (row,) = json.loads(office.savings("hold", "list", "--json").stdout)
    assert (row["submission_id"], row["directorate_code"], row["version_no"]) == (submission_id, "PL", 1)
    assert [(finding["rule"], finding["cell"]) for finding in row["held_by"]] == [
        ("D12", at("Savings", "projected_gbp").partition("!")[2])
    ]
    assert row["overtaken_by"] is None

    released = office.savings("hold", "release", submission_id[:6], *OFFICER, "--json")
    assert released.exit_code == Exit.DONE, released.stderr
    told = json.loads(released.stdout)
    assert (told["decision"], told["state"], told["in_force"]) == ("released", "waiting", None)
    assert "Released by Section 151 officer" in Path(told["receipt"]).read_text(encoding="utf-8")
    with Ledger.open(office.settings.home) as ledger:
        assert "1 file(s) to be judged" in office.look(ledger).reasons

    assert office.night() == [State.ACCEPTED]
    with Ledger.open(office.settings.home) as ledger:
        accepted = ledger.submission(submission_id)
        verdict = ledger.last_event(Judged)
    assert (accepted.version_no, accepted.judged_seq, accepted.certification) == (1, verdict.seq, "Provisional")
    assert accepted.accepted_at == verdict.at > accepted.received_at
    assert office.built() == [("accepted", 1, False, True)]
    assert office.savings("hold", "list").stdout.strip() == "Nothing is held"


def test_once_a_newer_return_is_accepted_a_held_one_can_only_be_rejected(office: Office) -> None:
    # R42.
    assert office.night(THOUSANDS) == [State.HELD]
    assert office.night(RETURN) == [State.ACCEPTED]
    held, newer = office.ids()
    assert "rejected: version 2 is in force" in office.savings("hold", "list").stdout
    refused = office.savings("hold", "release", held, *OFFICER)
    assert refused.exit_code == Exit.WRONG_USE
    assert f"{newer}, received later, is in force for 2021/22 P06. It can only be rejected." in refused.stderr
    rejected = office.savings("hold", "reject", held, *OFFICER)
    assert rejected.exit_code == Exit.DONE, rejected.stderr
    assert f"In force for that period: version 2 ({newer})." in rejected.stdout
    assert office.states() == [State.REJECTED, State.ACCEPTED]
    assert office.built() == [("rejected", 1, False, False), ("accepted", 2, False, True)]


def test_a_rejected_return_is_judged_as_new_when_the_same_bytes_come_again(office: Office) -> None:
    # R12.
    office.night(THOUSANDS)
    (held,) = office.ids()
    office.savings("hold", "reject", held, *OFFICER)
    assert office.night(THOUSANDS) == [State.HELD]
    assert office.ids() == [held, f"{held}-2"]


def test_a_withdrawn_version_leaves_the_one_before_in_force_and_comes_back_as_new(office: Office) -> None:
    # R54, R12.
    assert office.night(RETURN, SECOND) == [State.ACCEPTED, State.ACCEPTED]
    first, second = office.ids()
    with Ledger.open(office.settings.home) as ledger:
        before = inputs_of(ledger, "", code_sha256(PROJECT))
    withdrawn = office.savings("withdraw", second, *OFFICER)
    assert withdrawn.exit_code == Exit.DONE, withdrawn.stderr
    assert f"In force for that period: version 1 ({first})." in withdrawn.stdout
    with Ledger.open(office.settings.home) as ledger:
        assert ledger.in_force("PL", "2021/22", "P06").submission_id == first
        assert inputs_of(ledger, "", code_sha256(PROJECT)) != before
    assert office.built() == [("accepted", 1, False, True), ("withdrawn", 2, True, True)]
    assert office.night(SECOND) == [State.ACCEPTED]
    assert office.ids() == [first, second, f"{second}-2"]
    assert office.built()[-1] == ("accepted", 3, False, True)


def test_what_posts_decided_is_replayed_and_stays_verified(office: Office) -> None:
    # K12.
    office.night(RETURN, SECOND)
    first, second = office.ids()
    office.savings("withdraw", second, *OFFICER)
    office.savings("withdraw", first, *OFFICER)
    office.night(THOUSANDS)
    *_, held = office.ids()
    office.savings("hold", "release", held, *OFFICER)
    office.night()
    home = office.settings.home
    receipts = {path: path.read_bytes() for path in home.desk.rglob("receipts/*.html")}
    assert len(receipts) == 7
    with Ledger.open(home) as ledger:
        before = ledger.submissions()
    rebuild(home)
    with Ledger.open(home) as ledger:
        assert ledger.submissions() == before
    assert [each.state for each in before] == [State.WITHDRAWN, State.WITHDRAWN, State.ACCEPTED]
    assert {path: path.read_bytes() for path in home.desk.rglob("receipts/*.html")} == receipts
    assert verify(home).problems == ()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (PARTNER, "'Place finance partner', being a post of PL, may not release or reject"),
        (("--post", "Chief accountant", *OFFICER[2:]), "Section 151 officer (account"),
        (("--post", OFFICER[1], "--reason", "ok"), "A reason has at least 20 characters"),
        (OFFICER[:2], "Missing option '--reason'"),
    ],
    ids=["own directorate", "another account", "no reason to speak of", "no reason"],
)
def test_who_may_not_release_changes_nothing(office: Office, arguments: tuple[str, ...], said: str) -> None:
    office.night(THOUSANDS)
    (held,) = office.ids()
    result = office.savings("hold", "release", held, *arguments)
    assert (result.exit_code, result.stdout) == (Exit.WRONG_USE, "")
    assert said in " ".join(result.stderr.split())
    assert office.states() == [State.HELD]


@pytest.mark.parametrize("command", [("hold", "release"), ("hold", "reject"), ("withdraw",)])
def test_an_unknown_submission_and_a_wrong_state_are_wrong_use(office: Office, command: tuple[str, ...]) -> None:
    office.night(b"no workbook")
    (refused,) = office.ids()
    for start, said in (("AH-0", "There is no submission 'AH-0'"), (refused, "is refused; only what is")):
        result = office.savings(*command, start, *OFFICER)
        assert (result.exit_code, result.stdout) == (Exit.WRONG_USE, "")
        assert said in result.stderr


def test_while_a_load_is_at_work_nothing_is_decided_but_what_is_held_is_shown(office: Office) -> None:
    office.night(THOUSANDS)
    (held,) = office.ids()
    with office.settings.home.lock.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        for command in (("hold", "release", held), ("withdraw", held), ("reference", "adopt")):
            assert office.savings(*command, *OFFICER).exit_code == Exit.BUSY
        assert held in office.savings("hold", "list").stdout
    assert office.states() == [State.HELD]


@pytest.mark.parametrize("command", [("hold", "list"), ("withdraw", "AH", *OFFICER), ("reference", "adopt", *OFFICER)])
def test_a_home_without_a_warehouse_is_wrong_use(office: Office, command: tuple[str, ...]) -> None:
    result = office.savings(*command)
    assert result.exit_code == Exit.WRONG_USE
    assert "There is no warehouse at" in result.stderr


def reference_sha256_in_force(office: Office) -> str:
    with Ledger.open(office.settings.home) as ledger:
        return judging_reference(ledger).sha256


def _materialize_intake(settings: Settings, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    night = [asset for asset in intake_assets(settings.reference) if asset.key != GRID]
    resources = {"warehouse": warehouse_of(settings)}
    return dg.materialize(night, instance=instance, resources=resources, raise_on_error=False)


def test_a_plan_that_only_a_post_may_adopt_waits_while_returns_are_judged_by_the_one_in_force(office: Office) -> None:
    # Ruling D-1.
    office.night(RETURN)
    with Ledger.open(office.settings.home) as ledger:
        ledger.record(system_clock, tagged("R1"))
    with_higher_plan(office.settings.reference)
    shown = " ".join(office.savings("reference", "show").stdout.split())
    for part in ("A post has to adopt it: they change printed_plan_total.csv", "from £2,393,000 to £2,403,000"):
        assert part in shown
    before = reference_sha256_in_force(office)

    drop(office.settings.home, "PL", "second.xlsx", SECOND)
    with dg.DagsterInstance.ephemeral() as instance:
        night = _materialize_intake(office.settings, instance)
        assert night.success
        assert office.states() == [State.ACCEPTED, State.ACCEPTED]
        assert reference_sha256_in_force(office) == before
        with Ledger.open(office.settings.home) as ledger:
            (named,) = office.look(ledger).attention
            first, second = (receipt_path(office.settings.home, each) for each in ledger.judged())
        assert "The new reference data are not in force" in named
        waits = "There was a newer plan, which finance had not put in force yet."
        assert waits in second.read_text()
        assert waits not in first.read_text()
        assert waits in " ".join(office.savings("check", str(sample_path("AH"))).stdout.split())

        adopted = office.savings("reference", "adopt", *OFFICER)
        assert adopted.exit_code == Exit.DONE, adopted.stderr
        assert [line.split() for line in adopted.stdout.splitlines() if line.startswith("  PL ")] == [
            ["PL", "2021/22", "£2,393,000", "£2,403,000", "£10,000"]
        ]
        assert _materialize_intake(office.settings, instance).success
    with Ledger.open(office.settings.home) as ledger:
        event = ledger.last_event(ReferenceAdopted)
    assert event.payload.post == "Section 151 officer"
    assert event.payload.os_account == os_account()
    assert event.payload.reference_sha256 == reference_sha256(office.settings.reference)
    assert office.states()[0] is State.ACCEPTED
    told = second.read_text()
    second.unlink()
    with Ledger.open(office.settings.home) as ledger:
        write_missing_receipts(office.settings.home, ledger)
    assert second.read_text() == told, "it says by which plan it was judged, whichever is in force since"

    again = office.savings("reference", "adopt", *OFFICER)
    assert again.exit_code == Exit.WRONG_USE
    assert "is the folder in force. Nothing was done." in again.stderr


def test_a_reference_folder_is_shown_before_it_is_adopted(office: Office) -> None:
    office.night()
    assert "It is the folder in force." in office.savings("reference", "show").stdout
    add_rows(office.settings.reference, "approved_plan", ["PL-22-001,2022/23,PL,true,1000,a test"])
    shown = json.loads(office.savings("reference", "show", "--json").stdout)
    assert shown["changes"] == [
        {"directorate_code": "PL", "plan_year": "2022/23", "before_gbp": None, "after_gbp": "1000.00"}
    ]
    assert shown["note"] == "The next load adopts it by itself."
    with Ledger.open(office.settings.home) as ledger:
        assert len(ledger.adoptions()) == 1


def test_a_folder_that_is_wrong_is_neither_shown_nor_adopted(office: Office) -> None:
    office.night()
    (office.settings.reference / "theme.csv").unlink()
    for command in (("show",), ("adopt", *OFFICER)):
        result = office.savings("reference", *command)
        assert result.exit_code == Exit.NOT_PUBLISHED
        assert "theme.csv: the file is missing" in result.stderr


def test_a_folder_that_cannot_be_read_leaves_status_and_check_by_the_one_in_force(office: Office) -> None:
    # Ruling D-1.
    office.night()
    before = office.savings("status").stdout
    (office.settings.reference / "theme.csv").unlink()
    assert office.savings("status").stdout == before
    assert office.savings("check", str(sample_path("PL"))).exit_code == Exit.DONE


def test_the_commands_load_nothing_heavy_and_run_as_a_user_runs_them(office: Office) -> None:
    office.night(THOUSANDS)
    (held,) = office.ids()
    script = (
        "import sys\n"
        "from orchestration.cli import app\n"
        "for command in (['hold', 'list'], ['hold', 'reject', *sys.argv[1:]], ['reference', 'show']):\n"
        "    app(command, standalone_mode=False)\n"
        "print('heavy:', sorted({'dagster', 'dbt', 'great_expectations'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, held, *OFFICER],
        cwd=PROJECT,
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"{held} is rejected: PL 2021/22 P06, version 1." in done.stdout
    assert "heavy: []" in done.stdout
