"""Checks of the Return sheet: who, what, when, which version, signed by whom.

Here belong D03, D48 to D50, D52, D67, D69 and D78. Not here: the control totals (``checks_totals``) and
the folder a file lies in (``checks``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from sources.findings.fault import Fault
from sources.findings.findings import CERTIFIED
from sources.findings.place import Place
from sources.findings.shown import escaped
from sources.findings.words import form
from sources.grammar.values import normalise_name
from sources.judging.case import NIL, Case
from sources.judging.history import RESTATEMENT, fitting_type
from sources.template.declaration import SHORTEST_RESTATEMENT_REASON, TEMPLATE_NAME

# Sent for a period that has hardly begun to end is sent for another one (D69).
_MOST_DAYS_AHEAD = 7
_FILE_NAME = re.compile(
    rf"{TEMPLATE_NAME}_(?P<directorate>[A-Z]+)_(?P<year>\d{{4}}-\d{{2}})_(?P<period>P\d{{2}})(?:_v\d+)?\.xlsx",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def _period_is_collected(case: Case) -> Iterator[Fault]:
    """D03: the calendar has the period."""
    if case.form.has("reporting_year", "reporting_period") and case.calendar is None:
        year, period = case.period
        is_known = any(row["financial_year"] == year for row in case.reference.tables["reporting_calendar"])
        where = "reporting_period" if is_known else "reporting_year"
        yield form.PeriodNotCollected(case.form.place(where), period, year)


def _directorate_is_in_force(case: Case) -> Iterator[Fault]:
    """D03: the directorate exists at the end of the period."""
    if case.calendar and case.directorate not in case.reference.directorates_on(case.as_at):
        yield form.DirectorateNotInForce(case.form.place("directorate_code"), case.period[1], case.year)


def _email_is_the_councils(case: Case) -> Iterator[Fault]:
    """D03: questions go to an address of the council."""
    domain = case.reference.setting("email_domain")
    if case.form.has("prepared_by_email"):
        name, _, found = case.form["prepared_by_email"].rpartition("@")
        if not name or found.casefold() != domain.casefold():
            # Its end alone is shown back: who it is of is personal data (F-F08), and is not what is wrong.
            ending = escaped(found) if _DOMAIN.fullmatch(found) else None
            yield form.NotACouncilAddress(case.form.place("prepared_by_email"), domain, ending)


def _restatement_has_a_reason(case: Case) -> Iterator[Fault]:
    """D03: a restatement says why an earlier figure changes."""
    if case.form["return_type"] != RESTATEMENT or not case.form.is_sound("restatement_reason"):
        return
    if case.calendar and fitting_type(case.history, case.directorate, case.period) != RESTATEMENT:
        return  # D67 says so, and then no reason is asked for
    if len(case.form["restatement_reason"] or "") < SHORTEST_RESTATEMENT_REASON:
        yield form.RestatementWithoutReason(case.form.place("restatement_reason"), SHORTEST_RESTATEMENT_REASON)


def _file_name_agrees(case: Case) -> Iterator[Fault]:
    """D03: the file's name is a hint, worth a warning where it disagrees with the sheet."""
    match = _FILE_NAME.fullmatch(case.file_name)
    if match is None or case.calendar is None:
        return
    named = (match["directorate"].upper(), match["year"].replace("-", "/"), match["period"].upper())
    if named != (case.directorate, *case.period):
        yield form.FileNameDiffers(Place(), " ".join(named), " ".join((case.directorate, *case.period)))


def _prepared_before_receipt(case: Case) -> Iterator[Fault]:
    """D48: nothing is prepared after it was received."""
    if case.form.has("prepared_date") and case.form["prepared_date"] > case.received_on:
        yield form.PreparedAfterReceipt(case.form.place("prepared_date"), case.received_on)


def _as_at_the_end_of_the_period(case: Case) -> Iterator[Fault]:
    """D49."""
    if case.calendar and case.form.has("as_at_date") and case.form["as_at_date"] != case.as_at:
        yield form.AsAtDiffers(case.form.place("as_at_date"), case.period[1], case.as_at)


def _received_in_time(case: Case) -> Iterator[Fault]:
    """D50: by the end of the due day in London (R55)."""
    if case.calendar and case.received_on > case.calendar["return_due_date"]:
        place = Place(case.form.place("reporting_period").sheet)
        yield form.ReceivedLate(place, case.received_on, case.calendar["return_due_date"])


def _not_for_a_period_to_come(case: Case) -> Iterator[Fault]:
    """D69."""
    if case.calendar and case.as_at > case.received_on + timedelta(days=_MOST_DAYS_AHEAD):
        place = case.form.place("reporting_period")
        yield form.PeriodToCome(place, case.period[1], case.as_at, _MOST_DAYS_AHEAD)


def _signed_off(case: Case) -> Iterator[Fault]:
    """D52: director and finance business partner, each on or after the day of preparation."""
    for post, name, day in (
        ("The director", "director_name", "director_signoff_date"),
        ("The finance business partner", "finance_bp_name", "finance_bp_signoff_date"),
    ):
        if case.form.is_sound(name) and case.form[name] is None:
            yield form.NotSigned(case.form.place(name), post)
        elif case.form.is_sound(day) and case.form[day] is None:
            yield form.SignedWithoutDate(case.form.place(day), post)
        elif case.form.has(day, "prepared_date") and case.form[day] < case.form["prepared_date"]:
            yield form.SignedTooEarly(case.form.place(day), post)
    yield from _partner_is_listed(case)


def _partner_is_listed(case: Case) -> Iterator[Fault]:
    if not case.form.has("finance_bp_name"):
        return
    day = case.form["finance_bp_signoff_date"] or case.received_on
    listed = {normalise_name(name) for name in case.reference.finance_bps(case.directorate, day)}
    if normalise_name(case.form["finance_bp_name"]) not in listed:
        yield form.PartnerNotListed(case.form.place("finance_bp_name"), case.directorate)


def _type_fits(case: Case) -> Iterator[Fault]:
    """D67, type: the first that fits (R42); Nil stands for any."""
    said = case.form["return_type"]
    if case.calendar is None or not case.form.has("return_type") or said == NIL:
        return
    fitting = fitting_type(case.history, case.directorate, case.period)
    if said != fitting:
        replaced = case.replaced.version_no if case.replaced else None
        settled = replaced if fitting == RESTATEMENT else None
        place, (year, period) = case.form.place("return_type"), case.period
        yield form.OtherTypeFits(place, period, year, settled, replaced, fitting)


def _supersedes_what_is_in_force(case: Case) -> Iterator[Fault]:
    """D67, version: the one in force, none where nothing is."""
    if case.calendar is None or not case.form.is_sound("supersedes_version"):
        return
    named = case.form["supersedes_version"]
    actual = case.replaced.version_no if case.replaced else None
    if named == actual:
        return
    place = case.form.place("supersedes_version")
    if actual is None:
        yield form.NothingToReplace(place, case.period[1], case.year)
    elif named is None:
        yield form.ReplacedVersionMissing(place, actual)
    else:
        fitting = fitting_type(case.history, case.directorate, case.period)
        yield form.OtherVersionInForce(place, named, actual, fitting)


def _certified_is_replaced_by_decision(case: Case) -> Iterator[Fault]:
    """D78: figures that were signed off change only once a named post has seen what changes."""
    if case.calendar and case.replaced and case.replaced.certification == CERTIFIED:
        place, (year, period) = case.form.place("return_type"), case.period
        yield form.ReplacesCertified(place, period, year, case.replaced.version_no)


CHECKS = (
    _period_is_collected,
    _directorate_is_in_force,
    _email_is_the_councils,
    _restatement_has_a_reason,
    _file_name_agrees,
    _prepared_before_receipt,
    _as_at_the_end_of_the_period,
    _received_in_time,
    _not_for_a_period_to_come,
    _signed_off,
    _type_fits,
    _supersedes_what_is_in_force,
    _certified_is_replaced_by_decision,
)
