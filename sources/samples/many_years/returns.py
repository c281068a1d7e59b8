"""The returns of the three years, in the order in which they are received.

Here belong which lines a return has, what kind of return it is, and what has to become of it. Not
here: when files come (``timetable``), amounts (``figures``), workbooks and folders (``writing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from sources.reference.reference import Reference
from sources.samples.many_years import council
from sources.samples.many_years.figures import Moment, Row, counted, saving_row
from sources.samples.many_years.other_sheets import other_tables
from sources.samples.many_years.story import Line, lines
from sources.samples.many_years.timetable import A_DAY, Slot, slots
from sources.template.declaration import DEFERRALS, SAVINGS, Sheet

CERTIFIED, PROVISIONAL = "Certified", "Provisional"
_ZERO = Decimal(0)
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
        settled_at: When a named post releases it (``untouched``, or what
            replaces a certified one) or withdraws it (``by mistake``).
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
    for slot in sorted(slots(), key=lambda slot: (slot.received_at, slot.directorate)):
        sent.append(_again(sent, slot) if slot.event == "sent twice" else _send(sender, slot))
    return sent


def _again(sent: list[Sent], slot: Slot) -> Sent:
    """Return a file that was sent before, once more."""
    first = next(
        each
        for each in sent
        if (each.directorate, each.moment) == (slot.directorate, Moment(slot.year, slot.period, slot.version))
    )
    return replace(first, received_at=slot.received_at, event=slot.event, verdict="duplicate", settled_at=None)


def _send(sender: _Sender, slot: Slot) -> Sent:
    moment = Moment(slot.year, slot.period, slot.version)
    savings, deferrals = _savings(sender, slot, moment)
    replaced = sender.in_force.get((slot.directorate, slot.year, slot.period))
    replaces_certified = slot.event == "restated" and replaced is not None and replaced[1] == CERTIFIED
    verdict = "held" if replaces_certified else _VERDICTS.get(slot.event, "accepted")
    days = int(slot.value) if slot.value else 1 if replaces_certified else None
    settled_at = slot.received_at + timedelta(days=days) if days is not None else None
    sent = Sent(
        folder=_folder(slot),
        directorate=slot.directorate,
        moment=moment,
        received_at=slot.received_at,
        event=slot.event,
        fields=_fields(sender, slot),
        tables={SAVINGS: savings, DEFERRALS: deferrals, **other_tables(slot, savings)},
        verdict=verdict,
        certification=CERTIFIED if slot.is_certified else PROVISIONAL,
        settled_at=settled_at,
    )
    _remember(sender, slot, sent)
    return sent


def _folder(slot: Slot) -> str:
    """Return who sends it: after the reorganisation the successor, also for a period before (R23)."""
    is_after = slot.received_at.date() >= council.REORGANISED_ON
    return council.NEW if is_after and slot.directorate == council.OLD else slot.directorate


def _savings(sender: _Sender, slot: Slot, moment: Moment) -> tuple[list[Row], list[Row]]:
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


def _baseline(reference: Reference, line: Line, slot: Slot) -> Decimal | None:
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


def _service(reference: Reference, line: Line, slot: Slot) -> str:
    as_at, _ = council.due_dates()[slot.year, slot.period]
    services = reference.services_of(slot.directorate, as_at)
    return line.service if line.service in services else next(iter(services))


def _remember(sender: _Sender, slot: Slot, sent: Sent) -> None:
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


def _fields(sender: _Sender, slot: Slot) -> Row:
    prepared = slot.received_at.date() - A_DAY
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


def _type(sender: _Sender, slot: Slot) -> str:
    """Return the type of return that fits (R42)."""
    in_force = sender.in_force.get((slot.directorate, slot.year, slot.period))
    if in_force is None:
        return "Initial"
    is_followed = any(
        (directorate, year) == (slot.directorate, slot.year) and period > slot.period
        for directorate, year, period in sender.in_force
    )
    return "Restatement" if in_force[1] == CERTIFIED or is_followed else "Resubmission"
