"""History lists: old returns with declared receipt times, and what of them is still to be taken in."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from sources.clock import fixed_clock
from sources.custody.history_list import HistoryProblem, pending, read_history
from sources.custody.ledger import Ledger
from sources.custody.reception import receipt_payload
from tests.homes import fresh_home, send


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(fresh_home(tmp_path / "home")) as opened:
        yield opened


def write_list(tmp_path, text, files=("AH/v1.xlsx", "AH/v2.xlsx", "PL/v1.xlsx")):
    for name in files:
        path = tmp_path / "returns" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    history = tmp_path / "history.csv"
    history.write_text("file,received_at\n" + text)
    return history


def take_in(ledger, entry):
    with entry.path.open("rb") as stream:
        stored = ledger.vault.store(io.BytesIO(stream.read()))
    said = receipt_payload(ledger, entry.directorate_code, entry.name, stored, is_declared=True)
    ledger.record(fixed_clock(entry.received_at), said)


def test_entries_come_in_order_of_receipt_with_the_folder_as_sender(tmp_path):
    history = write_list(
        tmp_path,
        "returns/PL/v1.xlsx,2021-10-12T10:00:00+01:00\nreturns/AH/v2.xlsx,2021-10-11T09:00:00Z\n"
        "returns/AH/v1.xlsx,2021-10-11T09:00:00Z\n",
    )
    assert [(each.directorate_code, each.name, each.received_at) for each in read_history(history)] == [
        ("AH", "v1.xlsx", datetime(2021, 10, 11, 9, tzinfo=UTC)),
        ("AH", "v2.xlsx", datetime(2021, 10, 11, 9, tzinfo=UTC)),
        ("PL", "v1.xlsx", datetime(2021, 10, 12, 9, tzinfo=UTC)),
    ]


def test_all_that_is_wrong_with_a_list_is_said_at_once(tmp_path):
    history = write_list(
        tmp_path,
        "returns/AH/nosuch.xlsx,2021-10-11T09:00:00Z\nreturns/AH/v1.xlsx,2021-10-11 09:00\nreturns/AH/v2.xlsx,soon\n",
    )
    with pytest.raises(HistoryProblem) as problem:
        read_history(history)
    assert [text.split(":")[0] for text in problem.value.problems] == ["Line 2", "Line 3", "Line 4"]
    for part in ("nosuch.xlsx", "'2021-10-11 09:00' has no zone", "'soon' is no time", "2021-10-12T09:00:00Z"):
        assert part in str(problem.value)


def test_a_list_without_its_columns_is_refused(tmp_path):
    history = tmp_path / "history.csv"
    history.write_text("path,when\n")
    with pytest.raises(HistoryProblem, match="file and received_at; file is missing"):
        read_history(history)


def test_a_list_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(HistoryProblem, match="cannot be read"):
        read_history(tmp_path / "nosuch.csv")


def test_entries_taken_in_before_are_passed_over(tmp_path, ledger):
    history = write_list(tmp_path, "returns/AH/v1.xlsx,2021-10-11T09:00:00Z\nreturns/AH/v2.xlsx,2021-10-12T09:00:00Z\n")
    first, second = pending(history, ledger)
    take_in(ledger, first)
    assert pending(history, ledger) == [second]
    take_in(ledger, second)
    assert pending(history, ledger) == []


def test_the_same_file_declared_twice_is_two_entries(tmp_path, ledger):
    history = write_list(tmp_path, "returns/AH/v1.xlsx,2021-10-11T09:00:00Z\nreturns/AH/v1.xlsx,2021-10-13T09:00:00Z\n")
    first, second = pending(history, ledger)
    take_in(ledger, first)
    assert pending(history, ledger) == [second]


def test_a_home_with_later_events_refuses_the_list(tmp_path, ledger):
    # R55.
    history = write_list(tmp_path, "returns/AH/v1.xlsx,2021-10-11T09:00:00Z\n")
    send(ledger, clock=fixed_clock(datetime(2021, 10, 11, 9, tzinfo=UTC)))
    with pytest.raises(HistoryProblem, match=r"v1\.xlsx was received on 2021-10-11.*Take history into a fresh home"):
        pending(history, ledger)


def test_a_list_already_taken_in_is_no_problem_however_much_happened_since(tmp_path, ledger):
    history = write_list(tmp_path, "returns/AH/v1.xlsx,2021-10-11T09:00:00Z\n")
    take_in(ledger, pending(history, ledger)[0])
    send(ledger, clock=fixed_clock(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1)))
    assert pending(history, ledger) == []
