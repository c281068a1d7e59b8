"""Live checks of a cell beside others: of its row, of its column, of another sheet, of the plan.

Here belong the conditional ones of D10, and D15, D16, D18, D19, D20, D22, D26, D37, D40 and D59. Not
here: a cell by itself (``live_cell_checks``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sources.contract.lists import PLAN_BASELINE, PLAN_CASHABLE, PLAN_REF, PLAN_YEAR
from sources.contract.live_cell_checks import EMPTY
from sources.contract.live_checks import LiveCheck, trimmed
from sources.contract.places import column_range, field_cell
from sources.template.declaration import (
    DEFERRALS,
    INVESTMENT,
    MULTIPLE_YEARS,
    NOT_YET_QUANTIFIED,
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
    yield from _year_and_amount()
    yield from _deferrals_add_up()
    yield from _rules_of_a_line()
    yield from _as_the_plan_has_it(ranges)
    yield from (
        _not_above(*pair) for pair in (("drawn_to_date_gbp", "committed_gbp"), ("committed_gbp", "approved_gbp"))
    )


def _conditional_cells() -> Iterator[LiveCheck]:
    is_open = f'({trimmed("status")}<>"{NOT_YET_QUANTIFIED}")'
    yield LiveCheck("D10", SAVINGS, "projected_gbp", EMPTY, f'({trimmed("projected_gbp")}="")*{is_open}')
    is_recurrent = f'({trimmed("recurrence")}="Recurrent")'
    empty = f'({trimmed("full_year_effect_gbp")}="")'
    yield LiveCheck("D10", SAVINGS, "full_year_effect_gbp", EMPTY, f"{empty}*{is_recurrent}")
    for column in ("deferred_gbp", "undeliverable_gbp"):
        yield _blank_that_is_not_zero(column)
    is_transfer = f'({trimmed("type")}="Transfer")'
    yield LiveCheck("D10", PLAN_CHANGES, "to_directorate", EMPTY, f'({trimmed("to_directorate")}="")*{is_transfer}')


def _blank_that_is_not_zero(column: str) -> LiveCheck:
    """A blank beside a projection of the whole baseline is read as 0; any other has to be filled in."""
    has_both = "ISNUMBER({projected_gbp})*ISNUMBER({baseline_gbp})"
    is_short = f"{has_both}*({{projected_gbp}}<{{baseline_gbp}})"
    return LiveCheck("D10", SAVINGS, column, EMPTY, f'({trimmed(column)}="")*({is_short})')


def _key_once(sheet: Sheet) -> LiveCheck:
    filled = "*".join(f'({{{name}}}<>"")' for name in sheet.key)
    pairs = ",".join(f"{column_range(sheet, name)},{{{name}}}" for name in sheet.key)
    named = " and ".join(heading(sheet.name, name) for name in sheet.key)
    words = f"another row has the same {named}. Keep one of them."
    return LiveCheck("D15", sheet, sheet.key[0], words, f"{filled}*(COUNTIFS({pairs})>1)")


def _refers_to(sheet: Sheet, column: str, target: Sheet) -> LiveCheck:
    is_missing = f"(COUNTIF({column_range(target, column)},{{{column}}})=0)"
    words = f"this is not on the {target.name} sheet. Correct it, or add it there."
    return LiveCheck("D16", sheet, column, words, f'({trimmed(column)}<>"")*{is_missing}')


def _to_a_later_year(sheet: Sheet) -> LiveCheck:
    reporting_year = field_cell("reporting_year")
    not_later = "({deferred_to_year}<={plan_year})+({deferred_to_year}<=" + reporting_year + ")>0"
    both_years = f"(LEN({{deferred_to_year}})={_YEAR_LENGTH})*(LEN({{plan_year}})={_YEAR_LENGTH})"
    words = "choose a year after the plan year and after the reporting year."
    return LiveCheck("D18", sheet, "deferred_to_year", words, f"{both_years}*({not_later})")


def _year_and_amount() -> Iterator[LiveCheck]:
    year = trimmed("deferred_to_year")
    yield LiveCheck(
        "D19",
        SAVINGS,
        "deferred_to_year",
        "choose the year that the amount is deferred to.",
        f'ISNUMBER({{deferred_gbp}})*({{deferred_gbp}}>0)*({year}="")',
    )
    yield LiveCheck(
        "D19",
        SAVINGS,
        "deferred_gbp",
        "enter what is deferred, or clear the year that it is deferred to.",
        f'({year}<>"")*(ISNUMBER({{deferred_gbp}})*({{deferred_gbp}}=0)+({{deferred_gbp}}="N/A")>0)',
    )


def _deferrals_add_up() -> Iterator[LiveCheck]:
    parts = _same_line("COUNTIFS", DEFERRALS)
    deferred = _same_line("SUMIFS", DEFERRALS, "deferred_gbp")
    said = _same_line("SUMIFS", SAVINGS, "deferred_gbp")
    # SUMIFS leaves amounts out that are text, which are read all the same.
    texts = f'{_same_line("COUNTIFS", DEFERRALS)[:-1]},{column_range(DEFERRALS, "deferred_gbp")},"*")'
    yield LiveCheck(
        "D20",
        SAVINGS,
        "deferred_to_year",
        f"{MULTIPLE_YEARS} needs rows for this line on the {DEFERRALS.name} sheet.",
        f'({{deferred_to_year}}="{MULTIPLE_YEARS}")*ISNUMBER({{deferred_gbp}})*({{deferred_gbp}}>0)*({parts}=0)',
    )
    yield LiveCheck(
        "D20",
        SAVINGS,
        "deferred_gbp",
        f"make this the sum of the line's rows on the {DEFERRALS.name} sheet.",
        f"ISNUMBER({{deferred_gbp}})*({parts}>0)*({texts}=0)*(ROUND({deferred}-{said},2)<>0)",
    )
    yield LiveCheck(
        "D20",
        DEFERRALS,
        "saving_ref",
        f"the {SAVINGS.name} sheet has no line with this reference and plan year.",
        f'({{saving_ref}}<>"")*({{plan_year}}<>"")*({_same_line("COUNTIFS", SAVINGS)}=0)',
    )


def _same_line(function: str, sheet: Sheet, summed: str = "") -> str:
    """Return a count or sum over a sheet's rows for this row's line."""
    pairs = ",".join(f"{column_range(sheet, name)},{{{name}}}" for name in _LINE)
    return f"{function}({column_range(sheet, summed)},{pairs})" if summed else f"{function}({pairs})"


def _rules_of_a_line() -> Iterator[LiveCheck]:
    yield LiveCheck(
        "D22",
        SAVINGS,
        "deferred_gbp",
        "projected, deferred and undeliverable add up to more than the baseline.",
        # Half a penny, for Excel's sums are binary.
        "ISNUMBER({baseline_gbp})*ISNUMBER({unexplained})*({unexplained}<-0.005)",
    )
    yield LiveCheck(
        "D37",
        SAVINGS,
        "cashable",
        "choose Non-cashable, because cost avoidance cannot be cashable.",
        f'({trimmed("benefit_type")}="Cost avoidance")*({trimmed("cashable")}="Cashable")',
    )
    yield LiveCheck(
        "D40",
        SAVINGS,
        "baseline_gbp",
        "enter 0, because a line that replaces another brings no baseline.",
        f'({trimmed("replaces_ref")}<>"")*ISNUMBER({{baseline_gbp}})*({{baseline_gbp}}<>0)',
    )


def _as_the_plan_has_it(ranges: Mapping[str, str]) -> Iterator[LiveCheck]:
    """D26: what the plan decides of a line that it lists."""
    refs, years, baselines, cashable = (
        ranges[name].removeprefix("=") for name in (PLAN_REF, PLAN_YEAR, PLAN_BASELINE, PLAN_CASHABLE)
    )
    line = f"{refs},{{saving_ref}},{years},{{plan_year}}"
    differs = f"(ROUND({{baseline_gbp}}-SUMIFS({baselines},{line}),2)<>0)"
    yield LiveCheck(
        "D26",
        SAVINGS,
        "baseline_gbp",
        f"the plan has another amount. Enter that, and propose the change on the {PLAN_CHANGES.name} sheet.",
        f"(COUNTIFS({line})>0)*ISNUMBER({{baseline_gbp}})*{differs}",
    )
    other = {"Cashable": "Non-cashable", "Non-cashable": "Cashable"}
    is_other = "+".join(
        f'({trimmed("cashable")}="{said}")*(COUNTIFS({line},{cashable},"{planned}")>0)'
        for said, planned in other.items()
    )
    yield LiveCheck(
        "D26", SAVINGS, "cashable", "the plan says otherwise. Choose what the plan has.", f"(({is_other})>0)"
    )


def _not_above(smaller: str, larger: str) -> LiveCheck:
    words = f"this is more than {heading(INVESTMENT.name, larger)}."
    formula = f"ISNUMBER({{{smaller}}})*ISNUMBER({{{larger}}})*({{{smaller}}}>{{{larger}}})"
    return LiveCheck("D59", INVESTMENT, smaller, words, formula)
