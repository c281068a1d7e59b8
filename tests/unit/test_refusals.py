"""The reader's reasons: each has a finding in words, with its detail, and nothing raw from the file."""

from __future__ import annotations

import pytest

from sources.findings.unread_files import NOT_READ, NOTED
from sources.reader import refusals
from sources.reader.refusals import CODES, MAX_DETAIL, REASONS, refusal
from tests.words import message


def test_every_reason_and_note_has_words_of_its_own() -> None:
    assert set(NOT_READ) == REASONS
    assert set(NOTED) == refusals.NOTED
    assert len({*NOT_READ.values(), *NOTED.values()}) == len(NOT_READ) + len(NOTED)


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_refusal_keeps_its_code_names_its_detail_and_says_what_to_do(reason: str) -> None:
    refused = refusal(reason, "the detail")
    finding = NOT_READ[reason]
    assert refused.code == finding.code
    assert ("the detail" in message(refused)) == ("{what}" in str(finding.wrong))
    assert finding.remedy


def test_codes_are_what_reasons_begin_with() -> None:
    assert {refusal(reason).code for reason in REASONS} == CODES


def test_a_detail_from_the_file_is_cut_short_and_printable() -> None:
    said = message(refusal("zip-duplicate-part", "\x1b[31m\u202e{what}\n" + "x" * 10_000))
    assert said.isprintable()
    assert len(said) < MAX_DETAIL + 250


def test_a_reason_that_is_not_in_the_catalogue_is_an_error() -> None:
    with pytest.raises(KeyError):
        refusal("made-up")
