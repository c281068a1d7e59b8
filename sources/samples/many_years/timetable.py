"""When files come: the usual course of three years, and what ``events.csv`` changes of it.

Here belong days and hours. Not here: what is in a file (``returns``).

What goes as usual: each directorate sends each period, two to four days before it is due. What a
word of ``events.csv`` does:

=============== ====================================================================================
missing         nothing is sent
late            sent so many days after it was due
resubmitted     sent again the day after, with other amounts
restated        sent again on that date, with other amounts; of a certified one held, and released the day after
sent twice      the same bytes come again the day after
refused         the day before comes a text file named like a workbook
blocked         the day before comes one with TBC for an amount
in thousands    the day before comes one in thousands: held, and overtaken by the right one
untouched       the amounts of the period before: held at closedown, released so many days after
by mistake      sent again with the period before's amounts; withdrawn so many days after
certified       signed, and accepted as certified
not certified   signed, but something speaks against it (R02)
=============== ====================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sources.samples.many_years import council
from sources.samples.many_years.story import Happening, happenings

A_DAY = timedelta(days=1)
# What comes the day before the usual return.
_BEFORE = ("refused", "blocked", "in thousands")
_WORDS = {
    *_BEFORE,
    *("missing", "late", "resubmitted", "restated", "sent twice", "untouched", "by mistake"),
    *("certified", "not certified"),
}


@dataclass(frozen=True)
class Slot:
    """A file that is going to be sent.

    Attributes:
        directorate: Whose figures it has.
        year: Reporting year.
        period: Reporting period.
        received_at: UTC.
        event: ``usual``, or the word of the scenario.
        version: The sender's number for that period.
        value: Days, as the event needs them.
        says_certified: Whether it is signed.
        is_certified: Whether it has to be accepted as certified.
    """

    directorate: str
    year: str
    period: str
    received_at: datetime
    event: str = "usual"
    version: int = 1
    value: str = ""
    says_certified: bool = False
    is_certified: bool = False


def slots() -> Iterator[Slot]:
    """Yield every file of the three years, in no order.

    Raises:
        ValueError: If the scenario names a return that there is not, or has a word that means nothing.
    """
    by_return: dict[tuple[str, str, str], list[Happening]] = {}
    for happening in happenings():
        key = (happening.directorate_code, happening.year, happening.period)
        by_return.setdefault(key, []).append(happening)
    for (year, period), (_, due) in council.due_dates().items():
        for number, directorate in enumerate(council.directorates_in(year)):
            yield from _slots_of(directorate, year, period, due, number, by_return.pop((directorate, year, period), []))
    if by_return:
        raise ValueError(f"events.csv names returns that there are not: {sorted(by_return)}")


def _slots_of(
    directorate: str, year: str, period: str, due: date, number: int, unusual: list[Happening]
) -> Iterator[Slot]:
    words = {happening.event: happening.value for happening in unusual}
    if unknown := words.keys() - _WORDS:
        raise ValueError(f"events.csv has words that mean nothing: {sorted(unknown)}")
    if "missing" in words:
        return
    usual = _at(due - timedelta(days=2 + number % 3), number)
    if "late" in words:
        usual = _at(due + timedelta(days=int(words["late"])), number)
    slot = Slot(
        directorate,
        year,
        period,
        usual,
        says_certified=bool(words.keys() & {"certified", "not certified"}),
        is_certified="certified" in words,
        version=1 + len(words.keys() & set(_BEFORE)),
    )
    for version, word in enumerate((word for word in _BEFORE if word in words), start=1):
        yield Slot(directorate, year, period, usual - A_DAY, word, version)
    yield replace(slot, event="untouched", value=words["untouched"]) if "untouched" in words else slot
    yield from _slots_after(slot, words, number)


def _slots_after(slot: Slot, words: Mapping[str, str], number: int) -> Iterator[Slot]:
    """Yield what comes after the usual return of a period."""
    again = Slot(slot.directorate, slot.year, slot.period, slot.received_at + A_DAY, version=slot.version + 1)
    if "sent twice" in words:
        yield replace(again, event="sent twice", version=slot.version)
    if "by mistake" in words:
        yield replace(again, event="by mistake", value=words["by mistake"])
    if "resubmitted" in words:
        yield replace(again, event="resubmitted")
    if "restated" in words:
        at = _at(date.fromisoformat(words["restated"]), number)
        yield replace(slot, event="restated", received_at=at, version=slot.version + 1)


def _at(day: date, number: int) -> datetime:
    return datetime.combine(day, time(9, 10 * number), UTC)
