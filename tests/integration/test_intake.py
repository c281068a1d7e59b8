"""Intake with real workbooks and the real reader: verdicts, versions, and when they are reached anew."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from sources.clock import fixed_clock
from sources.contract.places import FIRST_ROW
from sources.custody.events import EventKind
from sources.custody.history_list import HistoryProblem
from sources.custody.ledger import Ledger
from sources.custody.submission import State
from sources.findings.findings import Severity, Verdict
from sources.home import Home
from sources.intake import batch, intake, judged, verdict
from sources.intake.rebuild import rebuild
from sources.reader.refusals import refusal
from sources.reader.workbook import ReadingStoppedError
from sources.receipts import receipt
from sources.reference.reference import Reference, bundled_reference, read_reference
from sources.samples.published import SAMPLES
from tests.edited_returns import at, edited, sample_path
from tests.homes import SIGNED, drop, fresh_home, withdraw
from tests.invariants import assert_nothing_lost
from tests.reference_folder import copy_of_bundled, with_higher_plan

LATER = fixed_clock(datetime(2021, 10, 12, 17, tzinfo=UTC))
RETURN = sample_path("PL").read_bytes()
TBC_AT = at("Savings", "projected_gbp")
TBC_CELL = TBC_AT.partition("!")[2]
TBC = edited("PL", {TBC_AT: "TBC"})
SECOND = edited("PL", {"Return!return_type": "Resubmission", "Return!supersedes_version": 1})


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(bundled_reference())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fresh_home(tmp_path / "home")


@pytest.fixture
def ledger(home: Home, reference: Reference) -> Iterator[Ledger]:
    with Ledger.open(home) as opened:
        intake.adopt_reference(reference, opened, LATER)
        yield opened


def night(home: Home, ledger: Ledger, reference: Reference, *dropped: tuple[str, bytes]) -> list[intake.Outcome]:
    """Let files land, take them in and judge them."""
    for number, (folder, data) in enumerate(dropped):
        drop(home, folder, f"file{number}.xlsx", data)
    intake.receive(home, ledger, LATER)
    outcomes = intake.judge_waiting(home, ledger, reference, LATER)
    assert_nothing_lost(home, dropped)
    return outcomes


def verdicts(outcomes: list[intake.Outcome]) -> list[str]:
    return [outcome.verdict.value for outcome in outcomes]


def test_the_samples_are_taken_in_at_their_declared_times(home: Home, reference: Reference):
    # R55.
    history = SAMPLES / "history.csv"
    seen = []
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference, ledger, LATER, history)
        outcomes = intake.take_in_history(history, home, ledger, reference, seen.append)
        assert verdicts(outcomes) == ["accepted"] * 3
        assert seen == outcomes
        moments = [event.at for event in ledger.vault.events()]
        assert {moment.year for moment in moments} == {2021}
        for outcome in outcomes:
            assert outcome.submission.is_receipt_declared
            assert outcome.submission.accepted_at.date() == outcome.submission.received_at.date()
        assert intake.take_in_history(history, home, ledger, reference) == []
        assert intake.judge_waiting(home, ledger, reference, LATER) == []
    assert_nothing_lost(home)


def test_two_homes_that_take_in_the_samples_have_the_same_events(home: Home, reference: Reference, tmp_path: Path):
    homes = [home, fresh_home(tmp_path / "twin")]
    for each in homes:
        with Ledger.open(each) as ledger:
            intake.adopt_reference(reference, ledger, LATER, SAMPLES / "history.csv")
            intake.take_in_history(SAMPLES / "history.csv", each, ledger, reference)
    events = [[path.read_bytes() for path in sorted(each.events.glob("*.json"))] for each in homes]
    assert events[0] == events[1]


def test_a_history_list_is_refused_by_a_home_with_later_events(home: Home, ledger: Ledger, reference: Reference):
    # R55.
    drop(home, "AH", "something.xlsx")
    intake.receive(home, ledger, LATER)
    with pytest.raises(HistoryProblem, match="Take history into a fresh home"):
        intake.take_in_history(SAMPLES / "history.csv", home, ledger, reference)
    assert len(ledger.submissions()) == 1


def test_a_tbc_amount_blocks_its_file_and_no_other(home: Home, ledger: Ledger, reference: Reference):
    outcomes = night(home, ledger, reference, ("CH", sample_path("CH").read_bytes()), ("PL", TBC))
    assert verdicts(outcomes) == ["accepted", "blocked"]
    blocked = outcomes[1]
    assert TBC_CELL in {finding.cell for finding in blocked.submission.findings}
    page = blocked.receipt.read_text(encoding="utf-8")
    assert TBC_CELL in page
    assert "TBC" in page
    assert blocked.submission.lines is None
    assert not (home.lines / blocked.submission_id).exists()


def test_versions_are_counted_whether_blocked_or_accepted(home: Home, ledger: Ledger, reference: Reference):
    # R10, R42.
    assert verdicts(night(home, ledger, reference, ("PL", TBC))) == ["blocked"]
    (accepted,) = night(home, ledger, reference, ("PL", RETURN))
    assert (accepted.verdict, accepted.submission.version_no) == (Verdict.ACCEPTED, 2)
    assert ledger.in_force("PL", "2021/22", "P06").submission_id == accepted.submission_id


def test_identical_bytes_are_a_no_op_that_says_so_and_are_not_read(
    home: Home, ledger: Ledger, reference: Reference, monkeypatch: pytest.MonkeyPatch
):
    # R12, F-B21, F-D28.
    (first,) = night(home, ledger, reference, ("PL", RETURN))
    read = []

    def reads_nothing(files, **_):
        read.extend(files)
        return iter(())

    monkeypatch.setattr(verdict, "read_many", reads_nothing)
    outcomes = night(home, ledger, reference, ("PL", RETURN), ("PL", RETURN))
    assert verdicts(outcomes) == ["duplicate", "duplicate"]
    assert {each.submission.duplicate_of for each in outcomes} == {first.submission_id}
    assert "Already received" in outcomes[0].receipt.read_text(encoding="utf-8")
    assert read == []


def test_of_two_files_for_one_period_the_one_written_last_is_judged_and_both_receipts_say_so(
    home: Home, ledger: Ledger, reference: Reference
):
    # Ruling C6, R42: an older copy sorts behind the newer file, and is never in force.
    newer = drop(home, "PL", "PL.xlsx", edited("PL", {"Return!prepared_by": "Somebody else"}))
    older = drop(home, "PL", "PL - Copy.xlsx", RETURN)
    os.utime(newer, (2_000, 2_000))
    os.utime(older, (1_000, 1_000))
    intake.receive(home, ledger, LATER)
    lost, judged = intake.judge_waiting(home, ledger, reference, LATER)
    assert [(each.file_name, each.submission.state) for each in (lost, judged)] == [
        ("PL - Copy.xlsx", State.OVERTAKEN),
        ("PL.xlsx", State.ACCEPTED),
    ]
    assert (lost.submission.version_no, judged.submission.version_no) == (1, 2)
    assert ledger.in_force("PL", "2021/22", "P06") == judged.submission
    assert "PL.xlsx was written last, so only that was judged." in lost.receipt.read_text(encoding="utf-8")
    assert "Not judged: PL - Copy.xlsx." in judged.receipt.read_text(encoding="utf-8")
    assert_nothing_lost(home)

    (again,) = night(home, ledger, reference, ("PL", RETURN))
    assert again.verdict.value != "duplicate"


def test_a_batch_that_was_killed_before_its_last_verdict_still_says_which_files_were_not_judged(
    home: Home, ledger: Ledger, reference: Reference, monkeypatch: pytest.MonkeyPatch
):
    """Ruling C6: the overtaken ones have their verdicts, and are no part of the batch that the next load judges."""
    for number, name in enumerate(("first.xlsx", "second.xlsx", "third.xlsx"), start=1):
        path = drop(home, "PL", name, edited("PL", {"Return!prepared_by": f"Officer {number}"}))
        os.utime(path, (number, number))
    intake.receive(home, ledger, LATER)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as kill:
        kill.setattr(verdict, "judgement_on", killed)
        with pytest.raises(KeyboardInterrupt):
            intake.judge_waiting(home, ledger, reference, LATER)
    assert [each.file_name for each in ledger.unjudged()] == ["third.xlsx"]
    (judged,) = intake.judge_waiting(home, ledger, reference, LATER)
    assert judged.submission.overtook == ("first.xlsx", "second.xlsx")
    assert "Not judged: first.xlsx, second.xlsx." in judged.receipt.read_text(encoding="utf-8")


def test_a_verdict_that_is_given_once_more_still_says_which_files_were_not_judged(
    home: Home, ledger: Ledger, reference: Reference, monkeypatch: pytest.MonkeyPatch
):
    """Ruling C6, F-D11."""
    os.utime(drop(home, "PL", "earlier.xlsx", edited("PL", {"Return!prepared_by": "Somebody else"})), (1, 1))

    def trips(*_):
        raise ZeroDivisionError("a defect of ours")

    with monkeypatch.context() as tripping:
        tripping.setattr(judged, "judge", trips)
        assert verdicts(night(home, ledger, reference, ("PL", RETURN))) == ["overtaken", "refused"]
    (accepted,) = night(home, ledger, reference)
    assert (accepted.verdict, accepted.submission.overtook) == (Verdict.ACCEPTED, ("earlier.xlsx",))


def test_a_batch_has_one_judged_whatever_the_verdict_on_it(home: Home, ledger: Ledger, reference: Reference):
    # Ruling C6.
    blocked = drop(home, "PL", "later.xlsx", edited("PL", {"Return!as_at_date": "no date"}))
    drop(home, "PL", "earlier.xlsx", RETURN)
    os.utime(blocked, (2**32, 2**32))
    intake.receive(home, ledger, LATER)
    assert verdicts(intake.judge_waiting(home, ledger, reference, LATER)) == ["overtaken", "blocked"]
    assert ledger.in_force("PL", "2021/22", "P06") is None
    assert_nothing_lost(home)


@pytest.mark.parametrize("own_is_newer", [True, False])
@pytest.mark.parametrize("elsewhere", ["CH", "", "Nobody"])
def test_a_changed_copy_in_a_folder_that_may_not_send_it_overtakes_nothing_and_is_not_overtaken(
    home: Home, ledger: Ledger, reference: Reference, elsewhere: str, own_is_newer: bool
):
    # F-B06, ruling C6: another directorate's mistake must not keep a good return out.
    own = drop(home, "PL", "PL.xlsx", RETURN)
    copy = drop(home, elsewhere, "ours.xlsx", edited("PL", {"Return!prepared_by": "Somebody else"}))
    os.utime(own, (1_000, 2_000 if own_is_newer else 1_000))
    os.utime(copy, (1_500, 1_500))
    intake.receive(home, ledger, LATER)
    outcomes = {each.file_name: each for each in intake.judge_waiting(home, ledger, reference, LATER)}
    accepted, refused = outcomes["PL.xlsx"], outcomes["ours.xlsx"]
    assert (accepted.verdict, accepted.submission.version_no) == (Verdict.ACCEPTED, 1)
    assert ledger.in_force("PL", "2021/22", "P06") == accepted.submission
    assert "ours.xlsx" not in accepted.receipt.read_text(encoding="utf-8")
    code = "not-authorised-for" if elsewhere == "CH" else "unknown-directorate"
    assert (refused.verdict, refused.submission.refusal_code) == (Verdict.REFUSED, code)
    assert_nothing_lost(home)


def test_identical_bytes_of_a_withdrawn_return_are_judged_as_new(home: Home, ledger: Ledger, reference: Reference):
    # R12, R54.
    (first,) = night(home, ledger, reference, ("PL", RETURN))
    withdraw(ledger, first.submission)
    assert ledger.in_force("PL", "2021/22", "P06") is None
    (again,) = night(home, ledger, reference, ("PL", RETURN))
    assert (again.verdict, again.submission.version_no) == (Verdict.ACCEPTED, 2)
    assert again.submission_id == f"{first.submission_id}-2"


def test_the_same_bytes_in_another_directorates_folder_are_judged_and_refused(
    home: Home, ledger: Ledger, reference: Reference
):
    # F-B06, F-F10: who sends is the folder, never the content.
    outcomes = night(home, ledger, reference, ("AH", RETURN), ("PL", RETURN))
    assert [(each.directorate_code, each.submission.refusal_code) for each in outcomes] == [
        ("AH", "not-authorised-for"),
        ("PL", ""),
    ]
    assert ledger.in_force("AH", "2021/22", "P06") is None


def test_a_return_in_no_directorates_folder_is_refused(home: Home, ledger: Ledger, reference: Reference):
    # F-B07.
    outcomes = night(home, ledger, reference, ("", RETURN), ("Nobody", RETURN))
    assert [each.submission.refusal_code for each in outcomes] == ["unknown-directorate", "unknown-directorate"]


def test_what_is_no_file_is_refused_without_being_read(home: Home, ledger: Ledger, reference: Reference):
    # F-C20, F-C21.
    (home.landing / "PL" / "folder.xlsx").mkdir(parents=True)
    (home.landing / "PL" / "link.xlsx").symlink_to("/etc/passwd")
    outcomes = night(home, ledger, reference)
    assert [each.submission.refusal_code for each in outcomes] == ["not-regular-file", "not-regular-file"]
    assert "This is a symbolic link" in outcomes[1].receipt.read_text(encoding="utf-8")
    assert night(home, ledger, reference) == []


def test_a_file_that_cannot_be_read_is_refused_once_and_left_at_that(home: Home, ledger: Ledger, reference: Reference):
    # F-D11.
    assert verdicts(night(home, ledger, reference, ("PL", b"no workbook"), ("PL", b""))) == ["refused", "refused"]
    assert night(home, ledger, reference) == []


def with_amounts_shown_as(number_format: str, data: bytes) -> bytes:
    """Return a workbook of the template with another number format for its amounts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, source.read(name).replace(b'"#,##0"', f'"{escape(number_format)}"'.encode()))
    return target.getvalue()


ODD_CELLS_OF_THE_RETURN_SHEET = {
    "the last evening there is, as text": edited("CH", {"Return!prepared_date": "9999-12-31 23:00"}),
    "the last evening there is, as a date": edited("CH", {"Return!prepared_date": Decimal("2958465.96")}),
    "an amount's format with a number too large": with_amounts_shown_as(
        "[>1e9999999999999999999]0;0", sample_path("CH").read_bytes()
    ),
}


@pytest.mark.parametrize("odd", ODD_CELLS_OF_THE_RETURN_SHEET)
def test_an_odd_cell_of_the_return_sheet_is_judged_and_keeps_nobody_elses_return_out(
    home: Home, ledger: Ledger, reference: Reference, odd: str
):
    """Ruling C6: the Return sheet of every file of a batch is read before one is judged."""
    childrens, places = night(home, ledger, reference, ("CH", ODD_CELLS_OF_THE_RETURN_SHEET[odd]), ("PL", RETURN))
    assert (childrens.submission.refusal_code, places.verdict) == ("", Verdict.ACCEPTED)
    if "evening" in odd:
        where = at("Return", "prepared_date").partition("!")[2]
        assert where in {finding.cell for finding in childrens.submission.findings if finding.rule == "D48"}


def test_a_return_sheet_that_our_own_code_trips_over_keeps_nobody_elses_return_out(
    home: Home, ledger: Ledger, reference: Reference, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """Its file is judged alone, as one that does not say for when it is."""
    read_form = batch.read_form

    def trips_over_childrens(raw, choices):
        row, said = read_form(raw, choices)
        if row["directorate_code"] == "CH":
            raise ZeroDivisionError("a defect of ours")
        return row, said

    monkeypatch.setattr(batch, "read_form", trips_over_childrens)
    outcomes = night(home, ledger, reference, ("CH", sample_path("CH").read_bytes()), ("PL", RETURN))
    assert verdicts(outcomes) == ["accepted", "accepted"]
    assert "reading the Return sheet of 'file0.xlsx' of 'CH' failed" in caplog.text


def test_a_file_that_our_own_checks_trip_over_keeps_nobody_elses_out(
    home: Home, ledger: Ledger, reference: Reference, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    judge = judged.judge

    def trips_over_place(book, folder, *more):
        if folder == "PL":
            raise ZeroDivisionError("a defect of ours")
        return judge(book, folder, *more)

    monkeypatch.setattr(judged, "judge", trips_over_place)
    outcomes = night(home, ledger, reference, ("CH", sample_path("CH").read_bytes()), ("PL", RETURN))
    assert [(each.verdict.value, each.submission.refusal_code) for each in outcomes] == [
        ("accepted", ""),
        ("refused", "check-failed"),
    ]
    assert "a defect of ours" in caplog.text
    # F-D11: once more on the next load, by which the defect or the busy machine may be mended, and no more.
    assert [each.submission.refusal_code for each in night(home, ledger, reference)] == ["check-failed"]
    assert night(home, ledger, reference) == []


def test_a_file_that_a_busy_machine_could_not_read_is_accepted_by_the_next_load(
    home: Home, ledger: Ledger, reference: Reference, monkeypatch: pytest.MonkeyPatch
):
    # F-D11.
    with monkeypatch.context() as busy:
        busy.setattr(verdict, "read_many", lambda files, **_: (refusal("too-slow") for _ in files))
        (refused,) = night(home, ledger, reference, ("PL", RETURN))
    assert refused.submission.refusal_code == "too-slow"
    (accepted,) = night(home, ledger, reference)
    assert (accepted.submission_id, accepted.verdict) == (refused.submission_id, Verdict.ACCEPTED)
    assert accepted.receipt != refused.receipt


def test_a_file_that_the_plan_blocked_is_accepted_once_the_plan_is_mended(
    home: Home, ledger: Ledger, reference: Reference, tmp_path: Path
):
    # R53: without being sent again, and under the version that it had.
    wrong = read_reference(with_higher_plan(copy_of_bundled(tmp_path / "wrong plan")))
    intake.adopt_reference(wrong, ledger, LATER, signed=SIGNED)
    (blocked,) = night(home, ledger, wrong, ("PL", RETURN))
    assert blocked.verdict is Verdict.BLOCKED
    assert "D26" in {finding.rule for finding in blocked.submission.findings}
    assert night(home, ledger, wrong) == []
    intake.adopt_reference(reference, ledger, LATER, signed=SIGNED)
    (accepted,) = night(home, ledger, reference)
    assert accepted.submission_id == blocked.submission_id
    assert (accepted.verdict, accepted.submission.version_no) == (Verdict.ACCEPTED, 1)
    assert accepted.receipt != blocked.receipt


def test_an_acceptance_stands_whatever_the_plan_becomes(
    home: Home, ledger: Ledger, reference: Reference, tmp_path: Path
):
    # R53; rebuilding replays it by the folder that it was judged with.
    (accepted,) = night(home, ledger, reference, ("PL", RETURN))
    changed = read_reference(with_higher_plan(copy_of_bundled(tmp_path / "new plan")))
    intake.adopt_reference(changed, ledger, LATER, signed=SIGNED)
    assert night(home, ledger, changed) == []
    assert rebuild(home).lines == 1
    assert ledger.submission(accepted.submission_id).state is State.ACCEPTED


def test_the_headers_that_a_return_was_read_by_are_kept_and_rebuilt(home: Home, ledger: Ledger, reference: Reference):
    (accepted,) = night(
        home, ledger, reference, ("PL", edited("PL", {at("Savings", "baseline_gbp", 1): "Baseline total"}))
    )
    parquet = home.lines / accepted.submission_id / "savings_line.parquet"
    for _ in range(2):
        assert pq.read_schema(parquet).metadata[b"header.baseline_gbp"] == b"Baseline total"
        parquet.unlink()
        rebuild(home)


def test_a_blocked_version_is_judged_again_when_what_is_in_force_is_withdrawn(
    home: Home, ledger: Ledger, reference: Reference
):
    # R53, R54: it says Initial, which it could not be while another version stood (D67).
    (first,) = night(home, ledger, reference, ("PL", RETURN))
    (blocked,) = night(
        home, ledger, reference, ("PL", edited("PL", {at("Savings", "saving_title"): "Planning, put otherwise"}))
    )
    assert {finding.rule for finding in blocked.submission.findings if finding.severity is Severity.BLOCK} == {"D67"}
    assert night(home, ledger, reference) == []
    withdraw(ledger, first.submission)
    (accepted,) = night(home, ledger, reference)
    assert accepted.submission_id == blocked.submission_id
    assert (accepted.verdict, accepted.submission.version_no) == (Verdict.ACCEPTED, 2)
    assert night(home, ledger, reference) == []


def test_a_resubmission_supersedes_and_both_stay(home: Home, ledger: Ledger, reference: Reference):
    # F-B12.
    first, second = night(home, ledger, reference, ("PL", RETURN), ("PL", SECOND))
    assert (second.verdict, second.submission.version_no) == (Verdict.ACCEPTED, 2)
    assert ledger.in_force("PL", "2021/22", "P06").submission_id == second.submission_id
    assert sorted(path.name for path in home.lines.iterdir()) == sorted([first.submission_id, second.submission_id])


def test_of_two_returns_that_replace_one_version_the_second_is_blocked(
    home: Home, ledger: Ledger, reference: Reference
):
    """F-B11, F-B13: whoever sent it did not know of the other."""
    _, second = night(home, ledger, reference, ("PL", RETURN)) + night(home, ledger, reference, ("PL", SECOND))
    replaces_the_first = {"Return!return_type": "Resubmission", "Return!supersedes_version": 1}
    other = edited("PL", replaces_the_first | {at("Savings", "saving_title"): "Planning, put otherwise"})
    (third,) = night(home, ledger, reference, ("PL", other))
    blocks = [finding for finding in third.submission.findings if finding.severity is Severity.BLOCK]
    assert [(finding.rule, finding.code) for finding in blocks] == [("D67", "version-conflict")]
    assert ledger.in_force("PL", "2021/22", "P06").submission_id == second.submission_id


def test_a_released_return_is_judged_again_and_let_through(
    home: Home, ledger: Ledger, reference: Reference, monkeypatch: pytest.MonkeyPatch
):
    # R42.
    judge = judged.judge

    def always_holds(*arguments):
        judgement = judge(*arguments)
        return judged.replace(judgement, verdict=Verdict.HELD)

    monkeypatch.setattr(judged, "judge", always_holds)
    (held,) = night(home, ledger, reference, ("PL", RETURN))
    assert held.verdict is Verdict.HELD
    assert ledger.in_force("PL", "2021/22", "P06") is None
    assert night(home, ledger, reference) == []
    withdraw(ledger, held.submission, EventKind.RELEASED)
    (released,) = night(home, ledger, reference)
    assert (released.submission_id, released.verdict) == (held.submission_id, Verdict.ACCEPTED)
    assert released.submission.version_no == 1


def test_files_are_judged_in_natural_order_of_their_names(home: Home, ledger: Ledger, reference: Reference):
    drop(home, "PL", "TRR_v10.xlsx", SECOND)
    drop(home, "PL", "TRR_v2.xlsx", RETURN)
    outcomes = night(home, ledger, reference)
    assert [(each.file_name, each.verdict.value) for each in outcomes] == [
        ("TRR_v2.xlsx", "accepted"),
        ("TRR_v10.xlsx", "accepted"),
    ]


def test_the_names_of_people_stay_in_the_ledger(home: Home, ledger: Ledger, reference: Reference):
    """F-F08."""
    canary = "Zebedee Quillfeather"
    (outcome,) = night(home, ledger, reference, ("PL", edited("PL", {"Return!prepared_by": canary})))
    assert outcome.submission.fields["prepared_by"] == canary
    assert canary not in outcome.receipt.read_text(encoding="utf-8")
    assert [path for path in home.lines.rglob("*.parquet") if canary.encode() in path.read_bytes()] == []


def test_an_edited_sample_is_a_workbook_with_that_cell_changed():
    book = openpyxl.load_workbook(io.BytesIO(TBC), data_only=True)
    original = openpyxl.load_workbook(io.BytesIO(RETURN), data_only=True)
    below = at("Savings", "projected_gbp", FIRST_ROW + 1).partition("!")[2]
    assert book["Savings"][TBC_CELL].value == "TBC"
    assert book["Savings"][below].value == original["Savings"][below].value


def test_a_copy_of_the_vault_alone_becomes_the_same_home(
    home: Home, ledger: Ledger, reference: Reference, tmp_path: Path
):
    night(home, ledger, reference, ("PL", RETURN), ("CH", TBC), ("AH", sample_path("AH").read_bytes()))
    other = fresh_home(tmp_path / "other")
    shutil.rmtree(other.vault)
    shutil.copytree(home.vault, other.vault)
    rebuild(other)
    with Ledger.open(other) as copy:
        assert copy.submissions() == ledger.submissions()
    assert_nothing_lost(other)


def test_a_reading_that_this_machine_stopped_blames_nobody_and_holds_its_own_folder_alone(
    home: Home, ledger: Ledger, reference: Reference, monkeypatch: pytest.MonkeyPatch
):
    """Ruling C10: no receipt, no verdict, and the next load goes on from there."""
    read_many = verdict.read_many
    stop_next = iter([True])

    def stopped_once(files, **options):
        for book in read_many(files, **options):
            yield ReadingStoppedError("killed") if next(stop_next, False) else book

    with monkeypatch.context() as short_of_memory:
        short_of_memory.setattr(verdict, "read_many", stopped_once)
        outcomes = night(home, ledger, reference, ("CH", TBC), ("CH", sample_path("CH").read_bytes()), ("PL", RETURN))
    assert [each.directorate_code for each in outcomes] == ["PL"]
    assert [each.state for each in ledger.unjudged()] == [State.WAITING] * 2
    assert list(home.desk.rglob("CH/receipts/*.html")) == []
    assert_nothing_lost(home, is_settled=False)
    assert len(night(home, ledger, reference)) == 2
    assert ledger.unjudged() == []
    assert_nothing_lost(home)


def test_a_reading_that_is_stopped_for_a_lost_receipt_keeps_nobody_elses_return_out(
    home: Home, ledger: Ledger, reference: Reference, monkeypatch: pytest.MonkeyPatch
):
    """Ruling C10: its workbook, which shows the sender's cells, is written by a later load."""
    (old,) = night(home, ledger, reference, ("PL", RETURN))
    workbook = old.receipt.with_suffix(".xlsx")
    as_it_was = openpyxl.load_workbook(workbook).sheetnames
    workbook.unlink()

    def stopped(*_, **__):
        raise ReadingStoppedError("killed")

    with monkeypatch.context() as short_of_memory:
        short_of_memory.setattr(receipt, "read_cells", stopped)
        drop(home, "CH", "file.xlsx", sample_path("CH").read_bytes())
        intake.receive(home, ledger, LATER)
        assert verdicts(intake.judge_waiting(home, ledger, reference, LATER)) == ["accepted"]
    assert not workbook.exists()
    assert night(home, ledger, reference) == []
    assert openpyxl.load_workbook(workbook).sheetnames == as_it_was
