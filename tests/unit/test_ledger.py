"""The ledger: what events add up to, which return is in force, and that the index can be lost."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.custody import index_check
from sources.custody import submission as fold
from sources.custody import submission as stages
from sources.custody.event_chain import EventChain
from sources.custody.events import EventKind
from sources.custody.index_check import differences, keep_folded, restore_index
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Published, SameContent, Withdrawn
from sources.custody.problems import CustodyProblem, LedgerAhead, VaultDamaged
from sources.custody.submission import State, as_json, from_json
from sources.findings.findings import Finding, Severity
from sources.judging.history import HistoryBefore, LedgerHistory
from tests.homes import NOON, REFERENCE, SIGNED, checked, decide, fresh_home, published, send, withdraw


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def in_force(ledger):
    found = ledger.in_force("AH", "2021/22", "P06")
    return found.submission_id if found else None


def test_a_received_file_waits_for_a_verdict(ledger):
    submission = send(ledger)
    assert submission.state is State.WAITING
    assert submission.submission_id == f"AH-{submission.file_sha256[:16]}"
    assert ledger.unjudged() == [submission]


def test_the_same_bytes_from_the_same_folder_get_a_number_of_their_own(ledger):
    ids = [send(ledger, data=b"same").submission_id for _ in range(3)]
    assert ids == [ids[0], f"{ids[0]}-2", f"{ids[0]}-3"]
    assert [each.receipt_no for each in ledger.submissions()] == [1, 2, 3]


def test_the_same_bytes_from_another_folder_are_another_submission(ledger):
    assert send(ledger, "AH").submission_id != send(ledger, "CH").submission_id
    assert ledger.original_of(ledger.submissions()[1]) is None


def test_the_latest_received_among_the_accepted_is_in_force(ledger):
    first, second, third = (send(ledger, data=data) for data in (b"v1", b"v2", b"v3"))
    decide(ledger, first, "accepted")
    decide(ledger, second, "blocked")
    assert in_force(ledger) == first.submission_id
    decide(ledger, third, "accepted")
    assert in_force(ledger) == third.submission_id


def test_a_verdict_given_late_does_not_overtake_a_file_received_later(ledger):
    early, late = send(ledger, data=b"v1"), send(ledger, data=b"v2")
    decide(ledger, late, "accepted")
    decide(ledger, early, "accepted")
    assert in_force(ledger) == late.submission_id


def test_a_withdrawn_return_lets_the_one_before_stand_again(ledger):
    first, second = send(ledger, data=b"v1"), send(ledger, data=b"v2")
    decide(ledger, first, "accepted")
    decide(ledger, second, "accepted")
    gone = withdraw(ledger, second)
    assert gone.state is State.WITHDRAWN
    assert gone.withdrawn_at > gone.accepted_at
    assert in_force(ledger) == first.submission_id


def test_versions_count_what_could_be_read_for_its_directorate_and_period(ledger):
    assert decide(ledger, send(ledger, data=b"v1"), "blocked").version_no == 1
    assert decide(ledger, send(ledger, data=b"broken"), "refused", None, None).version_no is None
    assert decide(ledger, send(ledger, data=b"v2"), "accepted").version_no == 2
    assert decide(ledger, send(ledger, data=b"P07"), "accepted", period="P07").version_no == 1
    assert decide(ledger, send(ledger, "CH"), "accepted").version_no == 1
    assert ledger.next_version("AH", "2021/22", "P06") == 3


def test_a_held_return_is_released_to_be_judged_again(ledger):
    held = decide(ledger, send(ledger), "held")
    assert held.state is State.HELD
    assert ledger.to_judge(REFERENCE) == []
    released = withdraw(ledger, held, EventKind.RELEASED)
    assert (released.state, released.is_released) == (State.WAITING, True)
    assert ledger.to_judge(REFERENCE) == [released]


def test_identical_bytes_repeat_what_is_still_there(ledger):
    original = decide(ledger, send(ledger), "accepted")
    again = send(ledger)
    assert ledger.original_of(again) == original
    decide(ledger, again, "duplicate", None, None, duplicate_of=original.submission_id)
    assert ledger.original_of(send(ledger)) == original


@pytest.mark.parametrize(("verdict", "kind"), [("accepted", EventKind.WITHDRAWN), ("held", EventKind.REJECTED)])
def test_identical_bytes_are_judged_as_new_once_the_earlier_ones_were_let_go(ledger, verdict, kind):
    withdraw(ledger, decide(ledger, send(ledger), verdict), kind)
    assert ledger.original_of(send(ledger)) is None


@pytest.mark.parametrize("verdict", ["blocked", "refused"])
def test_what_was_turned_away_is_judged_again_when_the_reference_changes(ledger, verdict):
    code = "unknown-directorate" if verdict == "refused" else ""
    submission = decide(ledger, send(ledger), verdict, refusal_code=code)
    assert ledger.to_judge(REFERENCE) == []
    assert ledger.to_judge("b" * 64) == [submission]


def test_what_could_not_be_opened_is_judged_again_only_when_the_contract_changes(ledger):
    """Ruling A10: other reference data cannot open it."""
    decide(ledger, send(ledger), "refused", refusal_code="zip-corrupt")
    assert ledger.to_judge("b" * 64) == []
    earlier = decide(ledger, send(ledger, "CH"), "refused", refusal_code="zip-corrupt", contract_version="0")
    assert ledger.to_judge(REFERENCE) == [earlier]


@pytest.mark.parametrize("code", ["too-slow", "parser-failed", "check-failed"])
def test_what_may_have_been_the_machines_doing_is_tried_once_more(ledger, code):
    # F-D11.
    submission = decide(ledger, send(ledger), "refused", refusal_code=code)
    assert ledger.to_judge(REFERENCE) == [submission]
    submission = decide(ledger, submission, "refused", refusal_code=code)
    assert ledger.to_judge(REFERENCE) == []
    assert ledger.to_judge("b" * 64) == [submission]


def test_what_was_turned_away_is_judged_again_when_the_contract_changes(ledger):
    submission = decide(ledger, send(ledger), "blocked", contract_version="0")
    assert ledger.to_judge(REFERENCE) == [submission]


def test_what_was_blocked_is_judged_again_when_another_version_comes_into_force(ledger):
    held, blocked = send(ledger, data=b"v1"), send(ledger, data=b"v2")
    held = decide(ledger, held, "held")
    blocked = decide(ledger, blocked, "blocked")
    assert ledger.to_judge(REFERENCE) == []
    accepted = decide(ledger, withdraw(ledger, held, EventKind.RELEASED), "accepted")
    assert ledger.to_judge(REFERENCE) == [blocked]
    blocked = decide(ledger, blocked, "blocked")
    assert ledger.to_judge(REFERENCE) == []
    withdraw(ledger, accepted)
    assert ledger.to_judge(REFERENCE) == [blocked]


def test_what_was_blocked_and_overtaken_is_left_until_nothing_later_stands(ledger):
    blocked = decide(ledger, send(ledger, data=b"v1"), "blocked")
    overtakes = decide(ledger, send(ledger, data=b"v2"), "accepted")
    assert ledger.to_judge(REFERENCE) == []
    assert ledger.to_judge("b" * 64) == []
    withdraw(ledger, overtakes)
    assert ledger.to_judge("b" * 64) == [blocked]


def test_an_acceptance_is_never_judged_again(ledger):
    decide(ledger, send(ledger), "accepted", contract_version="0")
    assert ledger.to_judge("b" * 64) == []


def test_a_submission_is_kept_whole(ledger, home):
    finding = Finding(
        "D09", Severity.BLOCK, "Savings!K14: TBC is not a number.", "Savings", "K14", "projected_gbp", "TBC"
    )
    submission = decide(
        ledger, send(ledger), "blocked", findings=(finding,), fields={"control_baseline": "6582000.00"}, rows_read=5
    )
    assert submission.findings == (finding,)
    assert submission.count(Severity.BLOCK) == 1
    assert submission.fields["control_baseline"] == "6582000.00"
    with Ledger.open(home) as other:
        assert other.submission(submission.submission_id) == submission
    assert from_json(as_json(submission)) == submission


@pytest.mark.parametrize("kind", [EventKind.RELEASED, EventKind.REJECTED, EventKind.WITHDRAWN])
def test_what_has_no_verdict_cannot_be_decided_by_a_post(ledger, kind):
    submission = send(ledger)
    with pytest.raises(ValueError, match=f"is waiting: it cannot be {kind.value}"):
        withdraw(ledger, submission, kind)


def test_what_was_not_accepted_cannot_be_withdrawn(ledger):
    held = decide(ledger, send(ledger), "held")
    with pytest.raises(ValueError, match="is held: it cannot be withdrawn"):
        withdraw(ledger, held)
    with pytest.raises(KeyError, match="is held, and no AcceptedSubmission"):
        ledger.accepted_submission(held.submission_id)


def test_an_unknown_submission_is_a_key_error(ledger):
    with pytest.raises(KeyError, match="no submission AH-0"):
        ledger.submission("AH-0")


def test_the_last_event_of_some_kinds_is_found(ledger):
    assert ledger.last_event(Published) is None
    ledger.record(NOON, published("one"))
    ledger.record(NOON, published("two", SameContent))
    ledger.record(NOON, checked())
    assert ledger.last_event(Published, SameContent).payload.release_id == "two"
    assert ledger.last_event(Published).payload.release_id == "one"
    assert ledger.last_seq() == 3


def test_hostile_names_are_data(ledger):
    # Includes F-C25: names are bound, never part of a statement.
    names = ["x'); drop table submission; --", "{{ 7*7 }}", "a\nb", "../../x.xlsx", "\u202ename"]
    for name in names:
        send(ledger, folder=name, name=name, data=name.encode())
    assert [each.file_name for each in ledger.submissions()] == names
    assert [ledger.by_bytes(name, each.file_sha256)[0] for name, each in zip(names, ledger.submissions(), strict=True)]


def history(ledger):
    """Let some of everything happen."""
    first = decide(ledger, send(ledger, data=b"v1"), "accepted")
    decide(ledger, send(ledger, data=b"v2"), "blocked")
    decide(ledger, send(ledger, "CH"), "refused", None, None)
    withdraw(ledger, first)
    ledger.record(NOON, checked())
    send(ledger, "PL")


def lose(path):
    path.unlink()


def truncate(path):
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size // 2)


def scribble(path):
    data = bytearray(path.read_bytes())
    data[100:4000] = b"\xff" * 3900
    path.write_bytes(data)


def write_text(path):
    path.write_text("this is no database at all, whatever its name says" * 100)


@pytest.mark.parametrize("damage", [lose, truncate, scribble, write_text])
def test_a_lost_or_damaged_ledger_is_made_anew_from_the_vault(home, damage):
    # F-D32.
    with Ledger.open(home) as ledger:
        history(ledger)
        before = ledger.submissions()
    damage(home.ledger)
    with Ledger.open(home) as ledger:
        assert ledger.submissions() == before
        assert ledger.last_seq() == ledger.vault.last().seq


def test_a_ledger_of_another_format_is_made_anew(home):
    with Ledger.open(home) as ledger:
        history(ledger)
        before = ledger.submissions()
    with sqlite3.connect(home.ledger) as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    with Ledger.open(home) as ledger:
        assert ledger.submissions() == before


def test_a_ledger_ahead_of_its_vault_is_kept_since_it_knows_what_was_lost(home):
    """Ruling E2, F-F: an older copy of the vault was restored."""
    with Ledger.open(home) as ledger:
        send(ledger, data=b"v1")
        send(ledger, data=b"v2")
    (home.events / "000000000002.json").unlink()
    before = home.ledger.read_bytes()
    for opened in (Ledger.open, LedgerView.of):
        with pytest.raises(LedgerAhead, match="it ends with event 1, but the ledger knows 2") as ahead:
            opened(home)
        assert str(home.ledger) in str(ahead.value)
    assert home.ledger.read_bytes() == before


def test_what_moves_the_ledger_away_can_go_on_from_the_older_vault(home):
    """Ruling E2: the remedy that the message names."""
    with Ledger.open(home) as ledger:
        send(ledger, data=b"v1")
        send(ledger, data=b"v2")
    (home.events / "000000000002.json").unlink()
    home.ledger.rename(home.root / "ledger.kept")
    with Ledger.open(home) as ledger:
        assert (len(ledger.submissions()), ledger.last_seq()) == (1, 1)


ALTER = {
    "a document": "update submission set document = replace(document, 'Provisional', 'Certified')",
    "a column alone": "update submission set state = 'withdrawn'",
    "a row lost": "delete from submission",
    "an event's hash": "update event set sha256 = '0' where seq = 1",
}


@pytest.mark.parametrize("statement", ALTER.values(), ids=ALTER)
def test_a_row_of_the_index_that_is_not_what_the_events_say_is_named_and_made_again(home, statement):
    """Ruling E2."""
    with Ledger.open(home) as ledger:
        decide(ledger, send(ledger), "accepted")
        before = ledger.tables()
        ledger._connection.execute(statement)
        with LedgerView.stored(home) as stored:
            (sentence,) = differences(home, stored)
        assert restore_index(home, ledger) == [f"{sentence} It was made again from the events."]
        assert ledger.tables() == before
        assert restore_index(home, ledger) == []


def test_events_that_have_the_bytes_that_they_had_are_folded_once(home, monkeypatch):
    """Ruling E2: each look holds every event to its hash; what it says is read when it is new."""
    with Ledger.open(home) as ledger:
        decide(ledger, send(ledger), "accepted")
        restore_index(home, ledger)
        send(ledger, data=b"v2")
        read = []
        event = EventChain.event
        monkeypatch.setattr(EventChain, "event", lambda chain, seq: read.append(seq) or event(chain, seq))
        assert restore_index(home, ledger) == []
    assert set(read) == {3}


def _published_with_what_was_folded(home, ledger):
    """Let a return be accepted and a release be published; what the events came to is kept, for another process."""
    decide(ledger, send(ledger), "accepted")
    restore_index(home, ledger)
    kept = {"inputs": {"code_sha256": "code"}, "folded_sha256": keep_folded(home)}
    ledger.record(NOON, replace(published("R1"), **kept))
    index_check._LAST.clear()


def _read_by(monkeypatch, restoring):
    """Return the numbers of the events that are read, and what is restored."""
    read = set()
    event = EventChain.event
    monkeypatch.setattr(EventChain, "event", lambda chain, seq: read.add(seq) or event(chain, seq))
    return restoring(), read


def test_what_the_events_came_to_at_the_last_publishing_is_not_worked_out_again(home, monkeypatch):
    """Ruling E2: each event is held to its hash, and what came since is read."""
    with Ledger.open(home) as ledger:
        _published_with_what_was_folded(home, ledger)
        assert _read_by(monkeypatch, lambda: restore_index(home, ledger, "code")) == ([], {3})


@pytest.mark.parametrize("but", ["altered", "other code", "not there"])
def test_nothing_is_taken_of_what_was_folded_but_by_this_code_as_it_was_kept(home, monkeypatch, but):
    with Ledger.open(home) as ledger:
        _published_with_what_was_folded(home, ledger)
        if but == "altered":
            home.folded.write_bytes(home.folded.read_bytes().replace(b"return.xlsx", b"forged.xlsx"))
        elif but == "not there":
            home.folded.unlink()
        code = "other" if but == "other code" else "code"
        assert _read_by(monkeypatch, lambda: restore_index(home, ledger, code)) == ([], {1, 2, 3})


@pytest.mark.parametrize("statement", ALTER.values(), ids=ALTER)
def test_a_row_that_is_not_what_was_folded_before_is_made_again(home, statement):
    """Ruling E2."""
    with Ledger.open(home) as ledger:
        _published_with_what_was_folded(home, ledger)
        before = ledger.tables()
        ledger._connection.execute(statement)
        assert len(restore_index(home, ledger, "code")) == 1
        assert ledger.tables() == before


@pytest.mark.parametrize("harm", ["altered", "removed"])
def test_an_event_that_is_harmed_between_two_looks_is_found_by_the_second(home, harm):
    """Ruling E2."""
    path = home.events / "000000000001.json"
    with Ledger.open(home) as ledger:
        decide(ledger, send(ledger), "accepted")
        restore_index(home, ledger)
        harmed = path.read_bytes().replace(b"return.xlsx", b"forged.xlsx")
        path.unlink()
        if harm == "altered":
            path.write_bytes(harmed)
        with pytest.raises(VaultDamaged, match="Event 1"):
            restore_index(home, ledger)


def test_what_is_not_indexed_yet_is_no_difference(home):
    with Ledger.open(home) as ledger:
        submission = decide(ledger, send(ledger), "accepted")
        ledger.vault.append(NOON(), Withdrawn(submission_id=submission.submission_id, **SIGNED))
        with LedgerView.stored(home) as stored:
            assert differences(home, stored) == []


def test_an_event_that_a_killed_run_did_not_index_is_caught_up(home):
    with Ledger.open(home) as ledger:
        submission = decide(ledger, send(ledger), "accepted")
        ledger.vault.append(NOON(), Withdrawn(submission_id=submission.submission_id, **SIGNED))
        assert ledger.submission(submission.submission_id).state is State.ACCEPTED
    with Ledger.open(home) as ledger:
        assert ledger.submission(submission.submission_id).state is State.WITHDRAWN


def test_an_event_that_an_earlier_version_wrote_is_not_taken_for_an_altered_one(home):
    """Ruling E2: the ledger holds the hash of the file, not of what this version would write."""
    with Ledger.open(home) as opened:
        send(opened)
    (path,) = home.events.glob("*.json")
    document = json.loads(path.read_bytes())
    del document["payload"]["written_ns"]  # a version that did not look
    path.write_text(json.dumps(document, sort_keys=True), encoding="utf-8")
    home.ledger.unlink()
    for _ in range(2):
        with Ledger.open(home) as opened:
            assert opened.submissions()[0].file_name == "return.xlsx"
            assert restore_index(home, opened) == []


def test_an_altered_last_event_is_found_out_by_the_ledger(home):
    with Ledger.open(home) as ledger:
        send(ledger)
    path = home.events / "000000000001.json"
    path.write_bytes(path.read_bytes().replace(b"return.xlsx", b"forged.xlsx"))
    with pytest.raises(VaultDamaged, match="Event 1 was altered"):
        Ledger.open(home)


def test_an_event_that_cannot_be_indexed_is_indexed_later(home, ledger):
    submission = decide(ledger, send(ledger), "accepted")
    ledger._connection.execute("pragma query_only = on")
    with pytest.raises(CustodyProblem, match="Indexing events stopped"):
        withdraw(ledger, submission)
    with Ledger.open(home) as other:
        assert other.submission(submission.submission_id).state is State.WITHDRAWN


def test_readers_work_while_a_load_writes(home, ledger):
    submission = send(ledger)
    ledger._connection.execute("begin immediate")
    with Ledger.open(home) as reader:
        assert reader.unjudged() == [submission]
    ledger._connection.rollback()


VERDICTS = st.sampled_from(["accepted", "blocked", "held", "refused", "waiting"])


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["AH", "CH"]), VERDICTS, st.booleans()), max_size=8))
def test_what_is_in_force_is_the_last_accepted_that_was_not_withdrawn(tmp_path_factory, story):
    with Ledger.open(fresh_home(tmp_path_factory.mktemp("home"))) as ledger:
        expected = {"AH": None, "CH": None}
        for number, (folder, verdict, is_withdrawn) in enumerate(story):
            submission = send(ledger, folder, str(number).encode())
            if verdict != "waiting":
                submission = decide(ledger, submission, verdict)
            if verdict == "accepted" and is_withdrawn:
                withdraw(ledger, submission)
            elif verdict == "accepted":
                expected[folder] = submission.submission_id
        for folder, submission_id in expected.items():
            found = ledger.in_force(folder, "2021/22", "P06")
            assert (found.submission_id if found else None) == submission_id


# --- what a verdict costs (ruling C8) ---


def rows_met(ledger, monkeypatch, do):
    """Return how many submissions are read from the index while something is done."""
    met = []
    with monkeypatch.context() as counted:
        counted.setattr(fold, "from_json", lambda text: met.append(text) or from_json(text))
        do()
    return len(met)


def test_a_verdict_reads_as_many_rows_after_many_returns_as_after_few(home, ledger, monkeypatch):
    # Ruling C8: the ledger answers "in force" by an index; nothing that a verdict asks grows with history.
    history = LedgerHistory(home, ledger)

    def verdict(number):
        submission = send(ledger, data=f"{number}".encode())
        judged = decide(ledger, submission, "accepted", period=f"P{number % 3:02d}")
        ledger.original_of(judged)
        ledger.overtaken_by(judged)
        history.returns()
        HistoryBefore(home, ledger.siblings_of(judged), judged)

    read = [rows_met(ledger, monkeypatch, partial(verdict, number)) for number in range(60)]
    assert read[-1] <= max(read[3:9])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["P06", "P09"]), st.sampled_from(["accepted", "blocked", "withdrawn"]))))
def test_what_is_in_force_is_what_the_submissions_say(tmp_path_factory, course):
    # Ruling C8, R42: the index holds what a look at every submission would find.
    home = fresh_home(tmp_path_factory.mktemp("home"))
    with Ledger.open(home) as ledger:
        for number, (period, fate) in enumerate(course):
            submission = send(ledger, data=f"{number}".encode())
            decide(ledger, submission, "blocked" if fate == "blocked" else "accepted", period=period)
            if fate == "withdrawn":
                withdraw(ledger, ledger.judged_submission(submission.submission_id))
        standing = {place[1:]: each.submission_id for place, each in stages.in_force(ledger.judged()).items()}
        assert ledger.ids_in_force() == [standing[period] for period in sorted(standing)]
        for year, period in standing:
            assert ledger.in_force("AH", year, period).submission_id == standing[year, period]
        for judged in ledger.judged():
            before = HistoryBefore(home, ledger.siblings_of(judged), judged).returns()
            looked_up = HistoryBefore(home, ledger.judged(), judged).returns()
            assert [each.submission_id for each in before] == [each.submission_id for each in looked_up]
