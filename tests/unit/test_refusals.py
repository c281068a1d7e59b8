"""The catalogue of refusals speaks to an officer: what it is, how to mend it, and nothing raw from the file."""

from __future__ import annotations

import pytest

from sources.reader.refusals import CODES, MAX_DETAIL, MESSAGES, refusal

REMEDIES = ("send", "Shorten", "Delete")


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_message_names_its_detail_and_ends_with_what_to_do(code: str) -> None:
    message = refusal(code, "the detail").message
    assert ("the detail" in message) == ("{what}" in MESSAGES[code])
    assert "{" not in message
    assert message.endswith(".")
    assert any(word in message for word in REMEDIES)


def test_a_detail_from_the_file_is_cut_short_and_printable() -> None:
    message = refusal("zip-duplicate-part", "\x1b[31m\u202e{what}\n" + "x" * 10_000).message
    assert message.isprintable()
    assert len(message) < MAX_DETAIL + 200


def test_a_code_that_is_not_in_the_catalogue_is_an_error() -> None:
    with pytest.raises(KeyError):
        refusal("made-up")
