"""Checks of the Return sheet: who, what, when, which version, signed by whom.

Here belong D03, D48 to D50, D52, D67 and D69. Not here: the control totals (``checks_totals``) and
the folder a file lies in (``checks``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from sources.findings.findings import Finding
from sources.findings.wording import Place, block, certify, warn
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


def _period_is_collected(case: Case) -> Iterator[Finding]:
    """D03: the calendar has the period."""
    if case.form.has("reporting_year", "reporting_period") and case.calendar is None:
        year, period = case.period
        wrong = f"no return is collected for {period} of {year}"
        is_known = any(row["financial_year"] == year for row in case.reference.tables["reporting_calendar"])
        where = "reporting_period" if is_known else "reporting_year"
        yield block("D03", case.form.place(where), wrong, "Choose a period of the reporting calendar.")


def _directorate_is_in_force(case: Case) -> Iterator[Finding]:
    """D03: the directorate exists at the end of the period."""
    if case.calendar and case.directorate not in case.reference.directorates_on(case.as_at):
        wrong = f"this is not a directorate for {case.period[1]} of {case.year}"
        yield block("D03", case.form.place("directorate_code"), wrong, "Choose from the list.")


def _email_is_the_councils(case: Case) -> Iterator[Finding]:
    """D03: questions go to an address of the council."""
    domain = case.reference.setting("email_domain")
    if case.form.has("prepared_by_email"):
        name, _, found = case.form["prepared_by_email"].rpartition("@")
        if not name or found.casefold() != domain.casefold():
            wrong = "this is no e-mail address of the council"
            yield block("D03", case.form.place("prepared_by_email"), wrong, f"Enter one that ends in @{domain}.")


def _restatement_has_a_reason(case: Case) -> Iterator[Finding]:
    """D03: a restatement says why an earlier figure changes."""
    if case.form["return_type"] != RESTATEMENT or not case.form.is_sound("restatement_reason"):
        return
    if case.calendar and fitting_type(case.history, case.directorate, case.period) != RESTATEMENT:
        return  # D67 says so, and then no reason is asked for
    if len(case.form["restatement_reason"] or "") < SHORTEST_RESTATEMENT_REASON:
        wrong = f"a Restatement needs a reason of at least {SHORTEST_RESTATEMENT_REASON} characters"
        remedy = "Explain why an earlier period is changing."
        yield block("D03", case.form.place("restatement_reason"), wrong, remedy)


def _file_name_agrees(case: Case) -> Iterator[Finding]:
    """D03: the file's name is a hint, worth a warning where it disagrees with the sheet."""
    match = _FILE_NAME.fullmatch(case.file_name)
    if match is None or case.calendar is None:
        return
    named = (match["directorate"].upper(), match["year"].replace("-", "/"), match["period"].upper())
    if named != (case.directorate, *case.period):
        wrong = f"the file's name says {' '.join(named)}, the sheet says {' '.join((case.directorate, *case.period))}"
        yield warn("D03", Place(), wrong, "The sheet was believed; check that this is the right file.")


def _prepared_before_receipt(case: Case) -> Iterator[Finding]:
    """D48: nothing is prepared after it was received."""
    if case.form.has("prepared_date") and case.form["prepared_date"] > case.received_on:
        wrong = f"this is after the day of receipt ({case.received_on:%d/%m/%Y})"
        yield block("D48", case.form.place("prepared_date"), wrong, "Enter the day on which it was prepared.")


def _as_at_the_end_of_the_period(case: Case) -> Iterator[Finding]:
    """D49."""
    if case.calendar and case.form.has("as_at_date") and case.form["as_at_date"] != case.as_at:
        wrong = f"the as-at date should be {case.as_at:%d/%m/%Y} for {case.period[1]}"
        yield warn("D49", case.form.place("as_at_date"), wrong, "Correct it.")


def _received_in_time(case: Case) -> Iterator[Finding]:
    """D50: by the end of the due day in London (R55)."""
    if case.calendar and case.received_on > case.calendar["return_due_date"]:
        due = case.calendar["return_due_date"]
        wrong = f"this was received on {case.received_on:%d/%m/%Y}, and was due on {due:%d/%m/%Y}"
        yield warn("D50", Place(case.form.place("reporting_period").sheet), wrong)


def _not_for_a_period_to_come(case: Case) -> Iterator[Finding]:
    """D69."""
    if case.calendar and case.as_at > case.received_on + timedelta(days=_MOST_DAYS_AHEAD):
        wrong = f"{case.period[1]} ends on {case.as_at:%d/%m/%Y}, more than {_MOST_DAYS_AHEAD} days after receipt"
        yield block("D69", case.form.place("reporting_period"), wrong, "Choose the period that you report.")


def _signed_off(case: Case) -> Iterator[Finding]:
    """D52: director and finance business partner, each on or after the day of preparation."""
    for who, name, day in (
        ("the director", "director_name", "director_signoff_date"),
        ("the finance business partner", "finance_bp_name", "finance_bp_signoff_date"),
    ):
        if case.form.is_sound(name) and case.form[name] is None:
            wrong = f"{who} has not signed off"
            yield certify("D52", case.form.place(name), wrong, "A certified return needs both sign-offs.")
        elif case.form.is_sound(day) and case.form[day] is None:
            yield certify("D52", case.form.place(day), f"{who} signed without a date", "Enter the day of sign-off.")
        elif case.form.has(day, "prepared_date") and case.form[day] < case.form["prepared_date"]:
            yield certify("D52", case.form.place(day), f"{who} signed before the return was prepared", "Sign it again.")
    yield from _partner_is_listed(case)


def _partner_is_listed(case: Case) -> Iterator[Finding]:
    if not case.form.has("finance_bp_name"):
        return
    day = case.form["finance_bp_signoff_date"] or case.received_on
    listed = {normalise_name(name) for name in case.reference.finance_bps(case.directorate, day)}
    if normalise_name(case.form["finance_bp_name"]) not in listed:
        wrong = f"this is no finance business partner authorised for {case.directorate}"
        yield certify("D52", case.form.place("finance_bp_name"), wrong, "Ask finance to list them, or to sign.")


def _type_fits(case: Case) -> Iterator[Finding]:
    """D67, type: the first that fits (R42); Nil stands for any."""
    said = case.form["return_type"]
    if case.calendar is None or not case.form.has("return_type") or said == NIL:
        return
    fitting = fitting_type(case.history, case.directorate, case.period)
    if said != fitting:
        wrong = f"{_why(case, fitting)}, so this is no {said}"
        yield block("D67", case.form.place("return_type"), wrong, f"Send it as {fitting}.", "version-conflict")


def _why(case: Case, fitting: str) -> str:
    if case.in_force is None:
        return f"no return for {case.period[1]} of {case.year} is in force"
    version = f"version {case.in_force.version_no} is in force"
    return f"{version} and certified or followed by a later period" if fitting == RESTATEMENT else version


def _supersedes_what_is_in_force(case: Case) -> Iterator[Finding]:
    """D67, version: the one in force, none where nothing is."""
    if case.calendar is None or not case.form.is_sound("supersedes_version"):
        return
    named = case.form["supersedes_version"]
    actual = case.in_force.version_no if case.in_force else None
    if named == actual:
        return
    place = case.form.place("supersedes_version")
    if actual is None:
        wrong, remedy = f"no version is in force for {case.period[1]} of {case.year}", "Leave this blank."
    elif named is None:
        wrong = f"version {actual} is in force, and this return does not say that it replaces it"
        remedy = f"Enter {actual}."
    else:
        wrong = f"version {named} is not the one in force ({actual} is)"
        fitting = fitting_type(case.history, case.directorate, case.period)
        remedy = f"Look at version {actual} first; if yours replaces it, send it as {fitting} of {actual}."
    yield block("D67", place, wrong, remedy, "version-conflict")


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
)
