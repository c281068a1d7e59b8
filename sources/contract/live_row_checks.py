"""Live checks of a cell beside others: of its row, of its column, of another sheet, of the plan.

Here belong the conditional ones of D10, and D15, D16, D18, D19, D20, D22, D26, D37, D40, D59, D76, D77 and D80.
Not here: a cell by itself (``live_cell_checks``).

What the judgement reads as the same may be written in several ways: a year as 2021/22 or 2021-22, a reference
with a space at its end. A check that compares cells says nothing where one is not written in the usual way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sources.contract.lists import PLAN_BASELINE, PLAN_CASHABLE, PLAN_REF, PLAN_YEAR, YEARS_OR_MULTIPLE
from sources.contract.live_checks import LiveCheck, is_blank, trimmed
from sources.contract.places import column_range, field_cell
from sources.findings.fault import Fault
from sources.findings.words import amounts, cells, history, lines, plan, projects, sheets
from sources.template.declaration import (
    DEFERRALS,
    INVESTMENT,
    MULTIPLE_YEARS,
    NOT_YET_QUANTIFIED,
    PIPELINE,
    PLAN_CHANGES,
    REFERS_TO,
    SAVINGS,
    SHEETS,
    Sheet,
    heading,
    sheet_named,
)

_LINE = ("saving_ref", "plan_year")
_YEAR_LENGTH = len("2021/22")
_ANY_YEAR = '"20??/??"'


def row_checks(ranges: Mapping[str, str]) -> Iterator[LiveCheck]:
    """Yield the live checks of rows, sheet by sheet.

    Args:
        ranges: By its name where each list lies.
    """
    yield from _conditional_cells()
    for sheet in SHEETS:
        yield _key_once(sheet)
    # What names a line is judged with its plan year (D20).
    for (name, column), target in REFERS_TO.items():
        if target is not SAVINGS:
            yield _refers_to(sheet_named(name), column, target)
    yield from (_to_a_later_year(sheet) for sheet in (SAVINGS, DEFERRALS))
    yield from _year_and_amount(ranges[YEARS_OR_MULTIPLE].removeprefix("="))
    yield from _deferrals_add_up()
    yield from _rules_of_a_line()
    yield from _over_the_years()
    yield from _as_the_plan_has_it(ranges)
    yield _not_above(INVESTMENT, "drawn_to_date_gbp", "committed_gbp", projects.FundAmountTooLarge)
    yield _not_above(INVESTMENT, "committed_gbp", "approved_gbp", projects.FundAmountTooLarge)
    yield _not_above(PIPELINE, "low_gbp", "likely_gbp", projects.EstimateTooLarge)
    yield _not_above(PIPELINE, "likely_gbp", "high_gbp", projects.EstimateTooLarge)
    # A likely estimate that is there is compared with both.
    yield _not_above(PIPELINE, "low_gbp", "high_gbp", projects.EstimateTooLarge, where="(ISNUMBER({likely_gbp})=FALSE)")


def _conditional_cells() -> Iterator[LiveCheck]:
    is_open = f'({trimmed("status")}<>"{NOT_YET_QUANTIFIED}")'
    yield LiveCheck(
        SAVINGS,
        "projected_gbp",
        amounts.BlankProjected,
        f"{is_blank('projected_gbp')}*{is_open}",
        known={"status_cell": f"'{heading(SAVINGS.name, 'status')}'"},
    )
    is_recurrent = f'({trimmed("recurrence")}="Recurrent")'
    empty = is_blank("full_year_effect_gbp")
    yield LiveCheck(SAVINGS, "full_year_effect_gbp", lines.NoFullYearEffect, f"{empty}*{is_recurrent}")
    for column in ("deferred_gbp", "undeliverable_gbp"):
        yield _blank_that_is_not_zero(column)
    is_transfer = f'({trimmed("type")}="Transfer")'
    no_receiver = f"{is_blank('to_directorate')}*{is_transfer}"
    yield LiveCheck(PLAN_CHANGES, "to_directorate", projects.TransferWithoutReceiver, no_receiver)


def _blank_that_is_not_zero(column: str) -> LiveCheck:
    """A blank beside a projection of the whole baseline is read as 0; any other has to be filled in."""
    is_short = f"{_both('projected_gbp', 'baseline_gbp')}*({{projected_gbp}}<{{baseline_gbp}})"
    return LiveCheck(SAVINGS, column, cells.Blank, f"{is_blank(column)}*({is_short})", "D10")


def _both(*columns: str) -> str:
    """Return the formula of whether all of these cells hold numbers."""
    return "*".join(f"ISNUMBER({{{column}}})" for column in columns)


def _key_once(sheet: Sheet) -> LiveCheck:
    """Text with a sign that Excel takes for any other is left out."""
    plain = "*".join(f'ISERROR(FIND("{sign}",{{{sheet.key[0]}}}))' for sign in "?*")
    filled = "*".join([plain, *(f'({{{name}}}<>"")' for name in sheet.key)])
    pairs = ",".join(f"{column_range(sheet, name)},{{{name}}}" for name in sheet.key)
    cells_above = column_range(sheet, sheet.key[0])
    # Text that looks like a number is counted as one: 1 and 01 are two references.
    is_there_before = (
        f"(MATCH({{{sheet.key[0]}}},{cells_above},0)<>ROW({{{sheet.key[0]}}})-1)"
        if len(sheet.key) == 1
        else f"(COUNTIFS({pairs})>1)"
    )
    return LiveCheck(sheet, sheet.key[0], sheets.RowTwice, f"IF({filled},{is_there_before},FALSE)")


def _refers_to(sheet: Sheet, column: str, target: Sheet) -> LiveCheck:
    is_missing = f"(COUNTIF({column_range(target, column)},{_nearly(column)})=0)"
    known = {"target": target.name}
    return LiveCheck(sheet, column, projects.NotOnItsSheet, f"NOT({is_blank(column)})*{is_missing}", known=known)


def _nearly(column: str) -> str:
    """Return what a reference is looked up by: spaces at its ends and the kind of its dashes make no difference."""
    return f'"*"&SUBSTITUTE({trimmed(column)},"-","?")&"*"'


def _is_usual(year: str) -> str:
    """Return the formula of whether a year is written as 2021/22."""
    return f"ISNUMBER(SEARCH({_ANY_YEAR},{year}))*(LEN({year})={_YEAR_LENGTH})"


def _to_a_later_year(sheet: Sheet) -> LiveCheck:
    reporting_year = field_cell("reporting_year")
    not_later = f"({{deferred_to_year}}<={{plan_year}})+({{deferred_to_year}}<={reporting_year})>0"
    usual = "*".join(map(_is_usual, ("{deferred_to_year}", "{plan_year}", reporting_year)))
    # A year without an amount is a matter of D19 alone.
    has_amount = "*ISNUMBER({deferred_gbp})*({deferred_gbp}>=0.005)" if sheet is SAVINGS else ""
    return LiveCheck(sheet, "deferred_to_year", lines.NotALaterYear, f"{usual}*({not_later}){has_amount}")


def _year_and_amount(years: str) -> Iterator[LiveCheck]:
    yield LiveCheck(
        SAVINGS,
        "deferred_to_year",
        lines.AmountWithoutYear,
        f"ISNUMBER({{deferred_gbp}})*({{deferred_gbp}}>=0.005)*{is_blank('deferred_to_year')}",
    )
    is_a_year = f"ISNUMBER(MATCH({trimmed('deferred_to_year')},{years},0))"
    is_none = f'ISNUMBER({{deferred_gbp}})*({{deferred_gbp}}=0)+({trimmed("deferred_gbp")}="N/A")'
    yield LiveCheck(SAVINGS, "deferred_gbp", lines.YearWithoutAmount, f"{is_a_year}*({is_none}>0)")


def _deferrals_add_up() -> Iterator[LiveCheck]:
    own = f"NOT({is_blank('saving_ref')})*{_is_usual('{plan_year}')}"
    usual = f"{own}*{_have_usual_years(DEFERRALS)}"
    amount = "ISNUMBER({deferred_gbp})*({deferred_gbp}>=0.005)"
    parts, of_line = _same_line("COUNTIFS", DEFERRALS), _same_line("COUNTIFS", SAVINGS)
    yield LiveCheck(
        SAVINGS,
        "deferred_to_year",
        sheets.NoSplit,
        f'{usual}*({trimmed("deferred_to_year")}="{MULTIPLE_YEARS}")*{amount}*({parts}=0)',
    )
    # Sums leave amounts out that are text, which are read all the same.
    are_numbers = f"({_with_numbers(parts, DEFERRALS)}={parts})*({_with_numbers(of_line, SAVINGS)}=1)*({of_line}=1)"
    sums = (_same_line("SUMIFS", sheet, "deferred_gbp") for sheet in (DEFERRALS, SAVINGS))
    # Said once a line, of its first part.
    is_first = f"(MATCH({_nearly('saving_ref')},{column_range(DEFERRALS, 'saving_ref')},0)=ROW({{saving_ref}})-1)"
    yield LiveCheck(
        DEFERRALS,
        "deferred_gbp",
        sheets.SplitDiffers,
        f"{usual}*{_have_usual_years(SAVINGS)}*{are_numbers}*{is_first}*(ABS({'-'.join(sums)})>=0.005)",
    )
    yield LiveCheck(DEFERRALS, "saving_ref", sheets.SplitOfNoLine, f"{own}*{_have_usual_years(SAVINGS)}*({of_line}=0)")


def _with_numbers(count: str, sheet: Sheet) -> str:
    """Return a count of the same rows as far as their deferred amount is a number."""
    return f'{count[:-1]},{column_range(sheet, "deferred_gbp")},">=0")'


def _same_line(function: str, sheet: Sheet, summed: str = "") -> str:
    """Return a count or sum over a sheet's rows for this row's line."""
    pairs = (
        f"{column_range(sheet, 'saving_ref')},{_nearly('saving_ref')},{column_range(sheet, 'plan_year')},{{plan_year}}"
    )
    return f"{function}({column_range(sheet, summed)},{pairs})" if summed else f"{function}({pairs})"


def _have_usual_years(sheet: Sheet) -> str:
    """Return the formula of whether all of a sheet's rows for this row's reference have usual plan years."""
    of_reference = f"{column_range(sheet, 'saving_ref')},{_nearly('saving_ref')}"
    return f"(COUNTIFS({of_reference})=COUNTIFS({of_reference},{column_range(sheet, 'plan_year')},{_ANY_YEAR}))"


def _rules_of_a_line() -> Iterator[LiveCheck]:
    # Half a penny, for Excel's sums are binary.
    is_too_much = "ISNUMBER({baseline_gbp})*ISNUMBER({unexplained})*({unexplained}<-0.005)"
    is_deferred = "(ISNUMBER({deferred_gbp})*({deferred_gbp}>=0.005)>0)"
    yield LiveCheck(SAVINGS, "deferred_gbp", lines.PlacedTwice, f"{is_too_much}*{is_deferred}")
    yield LiveCheck(SAVINGS, "undeliverable_gbp", lines.PlacedTwice, f"{is_too_much}*({is_deferred}=FALSE)")
    yield LiveCheck(
        SAVINGS,
        "cashable",
        lines.CashableCostAvoidance,
        f'({trimmed("benefit_type")}="Cost avoidance")*({trimmed("cashable")}="Cashable")',
    )
    yield LiveCheck(
        SAVINGS,
        "replaces_ref",
        sheets.ReplacementWithBaseline,
        f"NOT({is_blank('replaces_ref')})*ISNUMBER({{baseline_gbp}})*({{baseline_gbp}}>=0.005)",
    )


def _over_the_years() -> Iterator[LiveCheck]:
    """D76 and D77, which the judgement warns of."""
    year = field_cell("reporting_year")
    usual = f"{_is_usual('{plan_year}')}*{_is_usual(year)}"
    is_closedown = f'(TRIM({field_cell("reporting_period")})="P13")*({{plan_year}}<={year})'
    amounts_there = _both("baseline_gbp", "achieved_to_date_gbp", "projected_gbp")
    # The smaller of two, for MIN would take the smallest of a column.
    achieved, counted = (
        f"IF({{{name}}}<{{baseline_gbp}},{{{name}}},{{baseline_gbp}})"
        for name in ("achieved_to_date_gbp", "projected_gbp")
    )
    yield LiveCheck(
        SAVINGS,
        "achieved_to_date_gbp",
        history.SavedIsNotWhatCounts,
        f"IF({amounts_there},{usual}*{is_closedown}*(ABS({achieved}-{counted})>0.005),FALSE)",
    )
    has_achieved = "ISNUMBER({achieved_to_date_gbp})*({achieved_to_date_gbp}>=0.005)"
    yield LiveCheck(
        SAVINGS,
        "achieved_to_date_gbp",
        history.SavedBeforePlanYear,
        f"{usual}*({{plan_year}}>{year})*{has_achieved}",
    )


def _as_the_plan_has_it(ranges: Mapping[str, str]) -> Iterator[LiveCheck]:
    """D26: what the plan decides of a line that it lists."""
    refs, years, baselines, cashable = (
        ranges[name].removeprefix("=") for name in (PLAN_REF, PLAN_YEAR, PLAN_BASELINE, PLAN_CASHABLE)
    )
    line = f"{refs},{{saving_ref}},{years},{{plan_year}}"
    differs = f"(ABS({{baseline_gbp}}-SUMIFS({baselines},{line}))>=0.005)"
    yield LiveCheck(
        SAVINGS,
        "baseline_gbp",
        plan.BaselineDiffers,
        f"IF(ISNUMBER({{baseline_gbp}}),(COUNTIFS({line})>0)*{differs},FALSE)",
    )
    other = {"Cashable": "Non-cashable", "Non-cashable": "Cashable"}
    is_other = "+".join(
        f'({trimmed("cashable")}="{said}")*(COUNTIFS({line},{cashable},"{planned}")>0)'
        for said, planned in other.items()
    )
    yield LiveCheck(SAVINGS, "cashable", plan.CashableDiffers, f"(({is_other})>0)")


def _not_above(sheet: Sheet, smaller: str, larger: str, fault: type[Fault], where: str = "1") -> LiveCheck:
    formula = f"IF({where}*{_both(smaller, larger)},{{{smaller}}}-{{{larger}}}>0.005,FALSE)"
    return LiveCheck(sheet, smaller, fault, formula, known={"larger": larger})
