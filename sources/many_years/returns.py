"""The returns of the three years, in the order in which they are received.

Here belongs who sends what when, and what has to become of it. Not here: the amounts (``figures``),
workbooks and folders (``writing``).

What goes as usual: each directorate sends each period, two to four days before it is due. What a
word of ``events.csv`` does:

=============== ====================================================================================
missing         nothing is sent
late            sent so many days after it was due
resubmitted     sent again the day after, with other amounts
restated        sent again on that date, with other amounts
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
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sources.contract.template import DEFERRALS, INVESTMENT, PIPELINE, PLAN_CHANGES, PROJECTS, RISKS, SAVINGS, Sheet
from sources.council.reference import Reference
from sources.many_years import council
from sources.many_years.figures import Moment, Row, counted, saving_row
from sources.many_years.story import Happening, Line, happenings, lines, texts

CERTIFIED, PROVISIONAL = "Certified", "Provisional"
_ZERO = Decimal(0)
_PROPOSED_IN = "P06"
_A_DAY = timedelta(days=1)
_VERDICTS = {"refused": "refused", "blocked": "blocked", "in thousands": "held", "untouched": "held"}
_WITH_VERSION = frozenset({"accepted", "held", "blocked"})


@dataclass(frozen=True)
class Sent:
    """One file, and what has to become of it.

    Attributes:
        folder: Who sends it.
        directorate: Whose figures it has: another only after a reorganisation (R23).
        moment: The period that it reports.
        received_at: UTC.
        event: ``usual``, or the word of the scenario.
        fields: Values of the Return sheet.
        tables: Rows by sheet.
        verdict: The verdict that it must get.
        certification: How it must be accepted.
        settled_at: When a named post releases it (``untouched``) or withdraws it (``by mistake``).
    """

    folder: str
    directorate: str
    moment: Moment
    received_at: datetime
    event: str
    fields: Row
    tables: Mapping[Sheet, list[Row]]
    verdict: str
    certification: str
    settled_at: datetime | None

    @property
    def file_name(self) -> str:
        """The file's name; its version is a label of the sender's."""
        year = self.moment.year.replace("/", "-")
        return f"TRR_{self.directorate}_{year}_{self.moment.period}_v{self.moment.version}.xlsx"


@dataclass(frozen=True)
class _Slot:
    """A file that is going to be sent."""

    directorate: str
    year: str
    period: str
    received_at: datetime
    event: str
    version: int
    value: str = ""
    says_certified: bool = False
    is_certified: bool = False


@dataclass
class _Sender:
    """Makes returns one after the other, and remembers what was accepted."""

    reference: Reference
    seed: int
    rows: dict[tuple[str, str], dict[tuple[str, str], Row]] = field(default_factory=dict)
    told: dict[str, dict[tuple[str, str], tuple[list[Row], list[Row]]]] = field(default_factory=dict)
    versions: dict[tuple[str, str, str], int] = field(default_factory=dict)
    in_force: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)


def returns(reference: Reference, seed: int) -> list[Sent]:
    """Return every file of the three years in order of receipt.

    Args:
        reference: The scenario's reference folder, the later one.
        seed: Decides the amounts on the way; the same seed gives the same files.
    """
    sender = _Sender(reference, seed)
    sent: list[Sent] = []
    for slot in sorted(_slots(), key=lambda slot: (slot.received_at, slot.directorate)):
        sent.append(_again(sent, slot) if slot.event == "sent twice" else _send(sender, slot))
    return sent


def _again(sent: list[Sent], slot: _Slot) -> Sent:
    """Return a file that was sent before, once more."""
    first = next(
        each
        for each in sent
        if (each.directorate, each.moment) == (slot.directorate, Moment(slot.year, slot.period, slot.version))
    )
    return replace(first, received_at=slot.received_at, event=slot.event, verdict="duplicate", settled_at=None)


# When files come.


def _slots() -> Iterator[_Slot]:
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
) -> Iterator[_Slot]:
    words = {happening.event: happening.value for happening in unusual}
    if "missing" in words:
        return
    usual = _at(due - timedelta(days=2 + number % 3), number)
    if "late" in words:
        usual = _at(due + timedelta(days=int(words["late"])), number)
    signed = {"says_certified": bool(words.keys() & {"certified", "not certified"}), "is_certified": "certified" in words}
    version = 1
    for word in ("refused", "blocked", "in thousands"):
        if word in words:
            yield _Slot(directorate, year, period, usual - _A_DAY, word, version)
            version += 1
    event = "untouched" if "untouched" in words else "usual"
    yield _Slot(directorate, year, period, usual, event, version, words.get("untouched", ""), **signed)
    if "sent twice" in words:
        yield _Slot(directorate, year, period, usual + _A_DAY, "sent twice", version)
    if "by mistake" in words:
        yield _Slot(directorate, year, period, usual + _A_DAY, "by mistake", version + 1, words["by mistake"])
    if "resubmitted" in words:
        yield _Slot(directorate, year, period, usual + _A_DAY, "resubmitted", version + 1)
    if "restated" in words:
        day = date.fromisoformat(words["restated"])
        yield _Slot(directorate, year, period, _at(day, number), "restated", version + 1, **signed)


def _at(day: date, number: int) -> datetime:
    return datetime.combine(day, time(9, 10 * number), UTC)


# What is in them.


def _send(sender: _Sender, slot: _Slot) -> Sent:
    moment = Moment(slot.year, slot.period, slot.version)
    savings, deferrals = _savings(sender, slot, moment)
    verdict = _VERDICTS.get(slot.event, "accepted")
    settled_at = slot.received_at + timedelta(days=int(slot.value)) if slot.value else None
    sent = Sent(
        folder=_folder(slot),
        directorate=slot.directorate,
        moment=moment,
        received_at=slot.received_at,
        event=slot.event,
        fields=_fields(sender, slot),
        tables={SAVINGS: savings, DEFERRALS: deferrals, **_other_tables(sender.reference, slot, savings)},
        verdict=verdict,
        certification=CERTIFIED if slot.is_certified else PROVISIONAL,
        settled_at=settled_at,
    )
    _remember(sender, slot, sent)
    return sent


def _folder(slot: _Slot) -> str:
    """Return who sends it: after the reorganisation the successor, also for a period before (R23)."""
    is_after = slot.received_at.date() >= council.REORGANISED_ON
    return council.NEW if is_after and slot.directorate == council.OLD else slot.directorate


def _savings(sender: _Sender, slot: _Slot, moment: Moment) -> tuple[list[Row], list[Row]]:
    if slot.event in ("untouched", "by mistake"):
        told = sender.told[slot.directorate]
        return told[max(period for period in told if period < (slot.year, slot.period))]
    rows, parts = [], []
    for line in lines():
        baseline = _baseline(sender.reference, line, slot)
        before = _close_before(sender, line, slot.year)
        if baseline is not None and not _is_closed(before):
            row, split = saving_row(line, baseline, moment, counted(before) if before else _ZERO, sender.seed)
            rows.append(row | {"service": _service(sender.reference, line, slot)})
            parts += split
    if slot.event == "in thousands":
        rows = [row | {name: row[name] / 1000 for name in ("projected_gbp", "achieved_to_date_gbp")} for row in rows]
    if slot.event == "blocked":
        rows[0] = rows[0] | {"projected_gbp": "TBC"}
    return rows, parts


def _baseline(reference: Reference, line: Line, slot: _Slot) -> Decimal | None:
    """Return the baseline of a line that the directorate reports; None if it does not."""
    if line.replaces_ref:
        is_its_own = (line.directorate_code, line.plan_year) == (slot.directorate, slot.year)
        return _ZERO if is_its_own else None
    planned = reference.plan_in_force(*line.key, slot.year, slot.period)
    if planned is None or planned.directorate_code != slot.directorate or line.plan_year > slot.year:
        return None
    return planned.baseline_gbp


def _close_before(sender: _Sender, line: Line, year: str) -> Row | None:
    """Return a line's row at the last close before a year (R37)."""
    earlier = [period for period in sender.rows.get(line.key, {}) if period < (year, "")]
    return sender.rows[line.key][max(earlier)] if earlier else None


def _is_closed(row: Row | None) -> bool:
    """Return whether nothing was left at the close (R51); a decision that is recorded later keeps a line open."""
    return row is not None and counted(row) == row["baseline_gbp"]


def _service(reference: Reference, line: Line, slot: _Slot) -> str:
    as_at, _ = council.due_dates()[slot.year, slot.period]
    services = reference.services_of(slot.directorate, as_at)
    return line.service if line.service in services else next(iter(services))


def _remember(sender: _Sender, slot: _Slot, sent: Sent) -> None:
    key = (slot.directorate, slot.year, slot.period)
    if sent.verdict in _WITH_VERSION:
        sender.versions[key] = sender.versions.get(key, 0) + 1
    if slot.event in ("refused", "blocked", "in thousands", "by mistake"):
        return
    sender.in_force[key] = (sender.versions[key], sent.certification)
    for row in sent.tables[SAVINGS]:
        by_period = sender.rows.setdefault((row["saving_ref"], row["plan_year"]), {})
        by_period[slot.year, slot.period] = row
    told = sender.told.setdefault(slot.directorate, {})
    told[slot.year, slot.period] = (sent.tables[SAVINGS], sent.tables[DEFERRALS])


def _fields(sender: _Sender, slot: _Slot) -> Row:
    prepared = slot.received_at.date() - _A_DAY
    domain = sender.reference.setting("email_domain")
    in_force = sender.in_force.get((slot.directorate, slot.year, slot.period))
    fields: Row = {
        "return_type": _type(sender, slot),
        "supersedes_version": in_force[0] if in_force else None,
        "restatement_reason": "The ledger was corrected after the period had been reported.",
        "prepared_by": "Business support officer",
        "prepared_by_email": f"returns.{slot.directorate.lower()}@{domain}",
        "prepared_date": prepared,
    }
    if slot.says_certified:
        fields |= {
            "status": CERTIFIED,
            "director_name": "Executive director",
            "director_signoff_date": prepared,
            "finance_bp_name": council.partner_of(slot.directorate),
            "finance_bp_signoff_date": prepared,
        }
    return fields


def _type(sender: _Sender, slot: _Slot) -> str:
    """Return the type of return that fits (R42)."""
    in_force = sender.in_force.get((slot.directorate, slot.year, slot.period))
    if in_force is None:
        return "Initial"
    is_followed = any(
        (directorate, year) == (slot.directorate, slot.year) and period > slot.period
        for directorate, year, period in sender.in_force
    )
    return "Restatement" if in_force[1] == CERTIFIED or is_followed else "Resubmission"


def _other_tables(reference: Reference, slot: _Slot, savings: list[Row]) -> dict[Sheet, list[Row]]:
    funds = [_fund(row, slot) for row in texts("funds") if _now(row["directorate_code"], slot) == slot.directorate]
    wanted = {row["project_ref"] for row in (*savings, *funds)}
    open_lines = [row for row in savings if row["deferred_gbp"] or row["undeliverable_gbp"]]
    return {
        PROJECTS: [_project(row, slot) for row in texts("projects") if row["project_ref"] in wanted],
        INVESTMENT: funds,
        RISKS: [_risk(row) for row in open_lines[:2]],
        PLAN_CHANGES: [_proposal(row) for row in open_lines[:1]] if slot.period == _PROPOSED_IN else [],
        PIPELINE: [_idea(slot)],
    }


def _now(directorate: str, slot: _Slot) -> str:
    return council.NEW if directorate == council.OLD and slot.directorate == council.NEW else directorate


def _project(texts_: Mapping[str, str], slot: _Slot) -> Row:
    row: Row = {name: text for name, text in texts_.items() if text}
    dates = {name: date.fromisoformat(row[name]) for name in ("start_date", "planned_end", "next_milestone_date")}
    return row | dates | {"phase_no": int(row["phase_no"]), "directorate_code": _now(row["directorate_code"], slot)}


def _fund(texts_: Mapping[str, str], slot: _Slot) -> Row:
    """Return a fund line: committed within the first year, drawn evenly over the three."""
    moment = Moment(slot.year, slot.period)
    years = int(slot.year[:4]) - 2021 + moment.passed
    committed = Decimal(texts_["committed_gbp"])
    committed_by_now = (committed * min(1, years)).quantize(Decimal(1))
    return {
        "fund_ref": texts_["fund_ref"],
        "project_ref": texts_["project_ref"],
        "funding_source": "Transformation fund",
        "approved_gbp": Decimal(texts_["approved_gbp"]),
        "committed_gbp": committed_by_now,
        "drawn_to_date_gbp": (committed_by_now * years / 3).quantize(Decimal(1)),
        "forecast_gbp": committed,
        "annual_ongoing_cost_gbp": Decimal(texts_["annual_ongoing_cost_gbp"]),
        "year": slot.year,
        "is_enabling": texts_["is_enabling"],
        "approval_body": "Cabinet",
    }


def _risk(row: Row) -> Row:
    return {
        "risk_ref": f"R-{row['saving_ref']}",
        "saving_ref": row["saving_ref"],
        "description": "The rest of the saving may come later still.",
        "likelihood": 3,
        "impact_gbp": row["deferred_gbp"] + row["undeliverable_gbp"],
        "current_rating": "High",
        "residual_rating": "Medium",
        "owner_post": "Head of service",
        "due_date": date(2022, 12, 31),
    }


def _proposal(row: Row) -> Row:
    return {
        "change_ref": f"P-{row['saving_ref']}",
        "saving_ref": row["saving_ref"],
        "plan_year": row["plan_year"],
        "type": "Reduce",
        "amount_gbp": row["deferred_gbp"] + row["undeliverable_gbp"],
        "reason": "It will not come in its year.",
    }


def _idea(slot: _Slot) -> Row:
    start = int(slot.year[:4]) + 1
    return {
        "idea_ref": f"I-{slot.directorate}-{start}",
        "title": "Automation of routine work",
        "year": f"{start}/{(start + 1) % 100:02d}",
        "low_gbp": Decimal(100_000),
        "likely_gbp": Decimal(180_000),
        "high_gbp": Decimal(300_000),
        "maturity": "Idea",
    }
