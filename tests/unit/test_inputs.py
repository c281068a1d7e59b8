"""What a release is made from changes with each of its inputs, and with nothing else."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from publishing.inputs import Inputs, inputs_of, submissions_sha256
from sources.clock import fixed_clock
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger
from sources.custody.vault import Vault
from sources.home import Home

CLOCK = fixed_clock(datetime(2021, 10, 8, 9, tzinfo=UTC))


def test_the_order_of_submissions_counts():
    one, two = ("AH-1", "accepted"), ("PL-1", "blocked")
    assert submissions_sha256([one, two]) != submissions_sha256([two, one])


def test_a_changed_state_counts():
    assert submissions_sha256([("AH-1", "accepted")]) != submissions_sha256([("AH-1", "withdrawn")])


def test_a_submission_that_is_no_return_counts():
    assert submissions_sha256([("AH-1", "refused")]) != submissions_sha256([])


def test_the_same_states_give_the_same_hash():
    states = [("AH-1", "accepted"), ("PL-1", "blocked")]
    assert submissions_sha256(states) == submissions_sha256(iter(states))


def test_inputs_read_back_as_they_were_written():
    inputs = Inputs("s", "r", "c")
    assert Inputs.from_json(inputs.as_json()) == inputs


@pytest.mark.parametrize("data", [{}, {"submissions_sha256": "s"}, {**Inputs("s", "r", "c").as_json(), "more": "x"}])
def test_inputs_that_are_not_whole_are_refused(data: dict[str, str]):
    with pytest.raises(TypeError):
        Inputs.from_json(data)


def _receive(ledger: Ledger, home: Home, name: str) -> None:
    stored = Vault(home).store(io.BytesIO(name.encode()))
    payload: dict[str, Any] = {
        "submission_id": f"AH-{stored.sha256[:16]}",
        "directorate_code": "AH",
        "file_name": name,
        "file_sha256": stored.sha256,
        "size": stored.size,
        "receipt_no": 1,
        "is_receipt_declared": False,
        "not_taken": None,
    }
    ledger.record(EventKind.RECEIVED, CLOCK, payload)


def test_inputs_follow_the_ledger_and_the_two_hashes(tmp_path: Path):
    home = Home.at(tmp_path)
    home.create()
    with Ledger.open(home) as ledger:
        before = inputs_of(ledger, "r", "c")
        assert before == inputs_of(ledger, "r", "c")
        assert inputs_of(ledger, "r2", "c") != before
        assert inputs_of(ledger, "r", "c2") != before
        _receive(ledger, home, "v1.xlsx")
        assert inputs_of(ledger, "r", "c") != before
