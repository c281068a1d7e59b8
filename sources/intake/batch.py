"""A batch: the files that one load takes in, of which each directorate, period and type has one judged.

Here belongs which of several that is: the one written last. The others are overtaken, whatever the
verdict on it: a sender who puts a corrected file beside an earlier one means the later one. A file in
a folder that may not send it is nobody's later one. Not here: the verdicts (``intake.verdict``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sources.clock import LONDON
from sources.custody.landing import natural_order
from sources.custody.submission import Submission
from sources.grammar.choices import Choices
from sources.intake.judged import Book
from sources.parsing.readings import read_form
from sources.parsing.return_form import RawForm, find_form
from sources.reader.cells import Workbook
from sources.reference.reference import Reference

_log = logging.getLogger(__name__)

# Directorate, reporting year, reporting period, type of return.
_Key = tuple[str, str, str, str]
_PARTS = ("reporting_year", "reporting_period", "return_type")


@dataclass(frozen=True)
class Member:
    """A file of a batch.

    Attributes:
        submission: As it was received.
        book: Its cells; None if it was not read.
        fields: The Return sheet's typed values by label, as far as they could be read.
        reference: The folder in force, which says who may send for whom.
    """

    submission: Submission
    book: Book | None
    fields: dict[str, Any]
    reference: Reference

    @property
    def key(self) -> _Key | None:
        """Whose return of which type for when it is; None if it does not say, or lies where that may not be sent."""
        folder = self.submission.directorate_code
        directorate = self.fields.get("directorate_code") or folder
        day = self.submission.received_at.astimezone(LONDON).date()
        if not all(self.fields.get(part) for part in _PARTS) or not self.reference.may_send(folder, directorate, day):
            return None
        return (directorate, *(self.fields[part] for part in _PARTS))

    @property
    def written(self) -> tuple[object, ...]:
        """A sort key by which the file written last is the last."""
        name = self.submission.file_name
        return self.submission.written_ns or 0, natural_order(name), self.submission.receipt_seq


def members_of(fresh: Sequence[Submission], books: Sequence[Book | None], reference: Reference) -> list[Member]:
    """Return the files of a batch, in order of receipt, with what their Return sheets say."""
    choices = Choices(reference)
    return [
        Member(each, book, _said_by(each, book, choices), reference) for each, book in zip(fresh, books, strict=True)
    ]


def overtaken_in(members: Sequence[Member]) -> dict[str, Submission]:
    """Return, by the id of each overtaken submission, the one that is judged in its place.

    The same bytes twice are one file, which was written when its later copy was.
    """
    groups: dict[_Key, list[Member]] = {}
    for member in members:
        if member.key is not None:
            groups.setdefault(member.key, []).append(member)
    overtaken = {}
    for group in groups.values():
        last = max(group, key=lambda member: member.written).submission
        first = next(each.submission for each in group if each.submission.file_sha256 == last.file_sha256)
        for member in group:
            if member.submission.file_sha256 != last.file_sha256:
                overtaken[member.submission.submission_id] = first
    return overtaken


def _said_by(submission: Submission, book: Book | None, choices: Choices) -> dict[str, Any]:
    """Return what a Return sheet says; nothing where our own code trips over it, so that it is judged alone."""
    try:
        return _fields(book, choices)
    except Exception:
        # It must not keep the other files out; judging, which is held likewise, refuses it.
        _log.exception("reading the Return sheet of %r of %r failed", submission.file_name, submission.directorate_code)
        return {}


def _fields(book: Book | None, choices: Choices) -> dict[str, Any]:
    form = find_form(book) if isinstance(book, Workbook) else None
    if not isinstance(form, RawForm):
        return {}
    row, _ = read_form(form, choices)
    return {name: entry.value for name, entry in row.entries.items() if entry.value is not None}
