"""What a post may do with a submission in which state, and that its sender is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sources.custody.events import EventKind
from sources.custody.ledger import Ledger
from sources.custody.payloads import Released
from sources.custody.submission import State
from sources.findings.findings import Finding, Judgement, Severity, Verdict
from sources.home import Home
from sources.intake.adoption import adopt_reference
from sources.intake.decisions import Decided, DecisionRefusedError, decide, find, held
from sources.intake.judged import after_release
from sources.judging.settle import verdict_on
from sources.receipts.receipt import receipt_path, write_receipt
from sources.reference.authority import AuthorityError, Signature
from sources.reference.reference import Reference, read_reference
from tests.homes import NOON, REFERENCE, SIGNED, fresh_home, send
from tests.homes import decide as judge
from tests.invariants import assert_nothing_lost
from tests.reference_folder import copy_of_bundled, with_posts

RELEASED, REJECTED, WITHDRAWN = EventKind.RELEASED, EventKind.REJECTED, EventKind.WITHDRAWN
REASON = "Confirmed with the service by telephone."
OFFICER = Signature("Section 151 officer", "s151", REASON)
PARTNER = Signature("Adults finance partner", "ah", REASON)
THOUSANDS = Finding("D12", Severity.HOLD, "Savings!M2: in thousands?", "Savings", "M2", "projected_gbp", "121")


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    rows = ("Section 151 officer,,hold;withdraw,s151", "Adults finance partner,AH,hold;withdraw,ah")
    return read_reference(with_posts(copy_of_bundled(tmp_path_factory.mktemp("posts")), *rows))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home: Home, reference: Reference) -> Iterator[Ledger]:
    with Ledger.open(home) as opened:
        adopt_reference(reference, opened, NOON)
        yield opened


def decided(home: Home, ledger: Ledger, kind: EventKind, submission_id: str, asked: Signature = OFFICER) -> Decided:
    return decide(home, ledger, NOON, kind, ledger.submission(submission_id), asked)


def a_held_one(ledger: Ledger, data: bytes = b"v1", folder: str = "AH") -> str:
    return judge(ledger, send(ledger, folder, data), "held", findings=(THOUSANDS,)).submission_id


def an_accepted_one(ledger: Ledger, data: bytes = b"v2") -> str:
    return judge(ledger, send(ledger, data=data), "accepted").submission_id


def test_a_released_one_waits_to_be_judged_again_and_its_sender_is_told(home: Home, ledger: Ledger) -> None:
    submission_id = a_held_one(ledger)
    came = decided(home, ledger, RELEASED, submission_id)
    assert (came.submission.state, came.submission.is_released, came.in_force) == (State.WAITING, True, None)
    assert ledger.to_judge(REFERENCE) == [came.submission]
    event = ledger.last_event(Released)
    assert event.payload == Released(
        submission_id=submission_id,
        post="Section 151 officer",
        os_account="s151",
        reason=REASON,
        held_by=("D12 Savings M2 121",),
    )
    page = came.receipt.read_text(encoding="utf-8")
    assert came.receipt.name == f"{event.seq:06d}_2021-22_P06_v1.html"
    for part in ("Released: to be judged again", f"Released by Section 151 officer, 12 October 2021, 13:00: {REASON}"):
        assert part in page
    assert ledger.vault.event_sha256(event.seq) in page
    assert "s151" not in page
    assert_nothing_lost(home, is_settled=False)


def test_once_judged_again_the_receipt_still_says_who_released_it(home: Home, ledger: Ledger) -> None:
    submission_id = a_held_one(ledger)
    released = decided(home, ledger, RELEASED, submission_id)
    accepted = judge(ledger, released.submission, "accepted", version_no=1)
    receipt = write_receipt(home, ledger, accepted)
    assert receipt.name == f"{accepted.judged_seq:06d}_2021-22_P06_v1.html"
    assert released.receipt.exists()
    assert f"Released by Section 151 officer, 12 October 2021, 13:00: {REASON}" in receipt.read_text(encoding="utf-8")


def test_a_finding_that_was_not_shown_holds_a_released_return_again(home: Home, ledger: Ledger) -> None:
    """Ruling D-2."""
    submission_id = a_held_one(ledger)
    released = decided(home, ledger, RELEASED, submission_id).submission
    assert ledger.last_event(Released).payload.held_by == ("D12 Savings M2 121",)
    warned = replace(THOUSANDS, severity=Severity.WARN, cell="M3")
    for found, verdict in (
        ([THOUSANDS], Verdict.ACCEPTED),
        ([THOUSANDS, warned], Verdict.ACCEPTED),
        ([THOUSANDS, replace(THOUSANDS, cell="M3")], Verdict.HELD),
        ([replace(THOUSANDS, value_shown="122")], Verdict.HELD),
        ([replace(THOUSANDS, rule="D13")], Verdict.HELD),
    ):
        judgement = Judgement(verdict_on(found), tuple(found))
        assert after_release(released, judgement).verdict is verdict


def test_a_rejected_one_is_settled(home: Home, ledger: Ledger) -> None:
    came = decided(home, ledger, REJECTED, a_held_one(ledger))
    assert came.submission.state is State.REJECTED
    assert ledger.to_judge(REFERENCE) == []
    page = came.receipt.read_text(encoding="utf-8")
    assert "<h1>Rejected</h1>" in page
    assert f"Rejected by Section 151 officer, 12 October 2021, 13:00: {REASON}" in page


def test_a_withdrawn_one_leaves_the_one_before_in_force(home: Home, ledger: Ledger) -> None:
    # R54.
    first, second = an_accepted_one(ledger, b"v1"), an_accepted_one(ledger, b"v2")
    came = decided(home, ledger, WITHDRAWN, second)
    assert came.submission.state is State.WITHDRAWN
    assert came.in_force.submission_id == first
    assert "<h1>Withdrawn</h1>" in came.receipt.read_text(encoding="utf-8")
    assert decided(home, ledger, WITHDRAWN, first).in_force is None


def test_a_superseded_one_may_be_withdrawn_too(home: Home, ledger: Ledger) -> None:
    first, second = an_accepted_one(ledger, b"v1"), an_accepted_one(ledger, b"v2")
    assert decided(home, ledger, WITHDRAWN, first).in_force.submission_id == second


@pytest.mark.parametrize(
    ("verdict", "kind", "said"),
    [
        ("accepted", RELEASED, "is accepted; only what is held can be released"),
        ("accepted", REJECTED, "is accepted; only what is held can be rejected"),
        ("blocked", REJECTED, "is blocked; only what is held can be rejected"),
        ("held", WITHDRAWN, "is held; only what is accepted can be withdrawn"),
        ("refused", WITHDRAWN, "is refused; only what is accepted can be withdrawn"),
    ],
)
def test_what_is_in_another_state_is_refused_and_nothing_happens(
    home: Home, ledger: Ledger, verdict: str, kind: EventKind, said: str
) -> None:
    submission = judge(ledger, send(ledger), verdict)
    before = ledger.last_seq()
    with pytest.raises(DecisionRefusedError, match=said):
        decided(home, ledger, kind, submission.submission_id)
    assert ledger.last_seq() == before


@pytest.mark.parametrize("kind", [RELEASED, REJECTED, WITHDRAWN])
def test_nothing_is_decided_twice(home: Home, ledger: Ledger, kind: EventKind) -> None:
    submission_id = an_accepted_one(ledger) if kind is WITHDRAWN else a_held_one(ledger)
    decided(home, ledger, kind, submission_id)
    with pytest.raises(DecisionRefusedError, match="only what is"):
        decided(home, ledger, kind, submission_id)


def test_once_a_newer_one_is_accepted_a_held_one_can_only_be_rejected(home: Home, ledger: Ledger) -> None:
    # R42.
    old = a_held_one(ledger)
    newer = an_accepted_one(ledger)
    assert [each.overtaken_by.submission_id for each in held(ledger)] == [newer]
    with pytest.raises(DecisionRefusedError, match=f"{newer}, received later, is in force for 2021/22 P06"):
        decided(home, ledger, RELEASED, old)
    assert decided(home, ledger, REJECTED, old).submission.state is State.REJECTED


def test_what_is_in_force_already_or_for_another_period_overtakes_nothing(home: Home, ledger: Ledger) -> None:
    an_accepted_one(ledger, b"v1")
    submission_id = a_held_one(ledger, b"v2")
    judge(ledger, send(ledger, data=b"P07"), "accepted", period="P07")
    judge(ledger, send(ledger, "CH", b"another's"), "accepted")
    assert [each.overtaken_by for each in held(ledger)] == [None]
    assert decided(home, ledger, RELEASED, submission_id).submission.is_released


def test_once_the_newer_one_is_withdrawn_the_held_one_may_be_released_again(home: Home, ledger: Ledger) -> None:
    old, newer = a_held_one(ledger), an_accepted_one(ledger)
    decided(home, ledger, WITHDRAWN, newer)
    assert decided(home, ledger, RELEASED, old).submission.is_released


@pytest.mark.parametrize("folder", ["AH", "CH"])
def test_nobody_releases_what_their_own_directorate_sent_or_reports(home: Home, ledger: Ledger, folder: str) -> None:
    submission = judge(ledger, send(ledger, folder), "held", fields={"directorate_code": "AH"})
    before = ledger.last_seq()
    with pytest.raises(AuthorityError, match="being a post of AH"):
        decided(home, ledger, RELEASED, submission.submission_id, PARTNER)
    assert ledger.last_seq() == before
    assert decided(home, ledger, REJECTED, submission.submission_id, PARTNER).submission.state is State.REJECTED


def test_nobody_withdraws_what_their_own_directorate_sent(home: Home, ledger: Ledger) -> None:
    submission_id = an_accepted_one(ledger)
    with pytest.raises(AuthorityError, match="being a post of AH, may not withdraw a return"):
        decided(home, ledger, WITHDRAWN, submission_id, PARTNER)


def test_a_new_folder_empowers_nobody_until_it_is_in_force(
    home: Home, ledger: Ledger, reference: Reference, tmp_path: Path
) -> None:
    submission_id = a_held_one(ledger)
    usurper = Signature("Self-made post", "me", REASON)
    folder = with_posts(copy_of_bundled(tmp_path / "new"), "Self-made post,,hold,me")
    with pytest.raises(AuthorityError, match="Self-made post"):
        decided(home, ledger, RELEASED, submission_id, usurper)
    adopt_reference(read_reference(folder), ledger, NOON, signed=SIGNED)
    assert decided(home, ledger, RELEASED, submission_id, usurper).submission.is_released


def test_the_receipt_of_a_decision_that_was_not_told_is_written_by_the_next(home: Home, ledger: Ledger) -> None:
    first, second = a_held_one(ledger), a_held_one(ledger, b"v2", "CH")
    decided(home, ledger, REJECTED, first)
    untold = receipt_path(home, ledger.submission(first))
    untold.unlink()
    decided(home, ledger, REJECTED, second)
    assert untold.exists()
    assert_nothing_lost(home, is_settled=False)


def test_a_submission_is_named_by_its_id_or_a_start_that_it_alone_has(ledger: Ledger) -> None:
    first, again = send(ledger), send(ledger)
    other = send(ledger, "CH", b"x")
    assert again.submission_id == f"{first.submission_id}-2"
    assert find(ledger, first.submission_id) == first
    assert find(ledger, again.submission_id) == again
    assert find(ledger, "CH") == other
    with pytest.raises(DecisionRefusedError, match="The ids of 2 submissions start with 'AH-'"):
        find(ledger, "AH-")
    for nothing in ("PL", ""):
        with pytest.raises(DecisionRefusedError, match=f"There is no submission '{nothing}'"):
            find(ledger, nothing)
