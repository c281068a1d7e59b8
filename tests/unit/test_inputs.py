"""What a build reads has one hash a kind, which changes with each of its inputs and with nothing else (ruling E1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dbt_project.inputs import Inputs, inputs_in_force, inputs_of
from sources.custody.ledger import Ledger
from sources.custody.payloads import ReferenceAdopted
from tests.homes import NOON, decide, fresh_home, send, withdraw

SOME = Inputs("s", "l", "r", "c")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(fresh_home(tmp_path)) as ledger:
        yield ledger


def now(ledger: Ledger) -> Inputs:
    return inputs_in_force(ledger, "c")


def test_inputs_read_back_as_they_were_written():
    assert Inputs.from_json(SOME.as_json()) == SOME


@pytest.mark.parametrize("data", [{}, {"submissions_sha256": "s"}, {**SOME.as_json(), "more": "x"}])
def test_inputs_that_are_not_whole_are_refused(data: dict[str, str]):
    with pytest.raises(TypeError):
        Inputs.from_json(data)


@pytest.mark.parametrize("name", SOME.as_json())
def test_each_input_that_differs_is_named(name: str):
    (said,) = replace(SOME, **{name: "other"}).changed_since(SOME)
    assert said
    assert SOME.changed_since(SOME) == []


def test_the_same_ledger_gives_the_same_inputs_and_the_two_hashes_count(ledger: Ledger):
    assert inputs_of(ledger, "r", "c") == inputs_of(ledger, "r", "c")
    assert inputs_of(ledger, "r2", "c") != inputs_of(ledger, "r", "c")
    assert inputs_of(ledger, "r", "c2") != inputs_of(ledger, "r", "c")


def test_what_waits_for_a_verdict_is_no_input_until_it_has_one(ledger: Ledger):
    before = now(ledger)
    submission = send(ledger)
    assert now(ledger) == before
    decide(ledger, submission, "refused")
    assert now(ledger).changed_since(before) == ["the submissions or their states"]


def test_a_verdict_that_is_given_again_with_other_findings_counts(ledger: Ledger):
    submission = send(ledger)
    decide(ledger, submission, "blocked")
    before = now(ledger)
    decide(ledger, submission, "blocked", rows_read=7)
    assert now(ledger) != before


def test_a_withdrawal_counts(ledger: Ledger):
    accepted = decide(ledger, send(ledger), "accepted")
    before = now(ledger)
    withdraw(ledger, accepted)
    assert now(ledger) != before


def test_the_digest_of_accepted_lines_counts(ledger: Ledger):
    decide(ledger, send(ledger), "accepted", lines="AH-1", lines_sha256="1" * 64)
    one = now(ledger).lines_sha256
    decide(ledger, send(ledger, data=b"another"), "accepted", lines="AH-2", lines_sha256="2" * 64)
    assert now(ledger).lines_sha256 != one


def test_a_folder_that_was_adopted_again_counts_since_its_rows_were_known_at_other_times(ledger: Ledger):
    adopted = ReferenceAdopted(reference_sha256="r", changes=[])
    ledger.record(NOON, adopted)
    before = now(ledger)
    ledger.record(NOON, adopted)
    assert now(ledger).reference_sha256 == before.reference_sha256
    assert now(ledger) != before


def test_a_row_of_the_index_that_was_altered_counts(ledger: Ledger):
    decide(ledger, send(ledger), "accepted")
    before = now(ledger)
    ledger._connection.execute("update submission set document = replace(document, 'Provisional', 'Certified')")
    assert now(ledger) != before
