"""Live checks of a cell beside others: of its row, of its column, of another sheet.

Here belong the conditional ones of D10, and D15, D16, D18, D19, D20, D22, D37, D40 and D59. Not
here: a cell by itself (``live_cell_checks``).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sources.contract.formulas import amount, unexplained
from sources.contract.live_cell_checks import EMPTY
from sources.contract.live_checks import Filled, LiveCheck, Row, is_empty, is_number, is_text
from sources.contract.places import column_range
from sources.template.declaration import (
    DEFERRALS,
    INVESTMENT,
    MULTIPLE_YEARS,
    NOT_YET_QUANTIFIED,
    PLAN_CHANGES,
    REFERS_TO,
    RETURN_SHEET,
    SAVINGS,
    SHEETS,
    Sheet,
    sheet_named,
)

_LINE = ("saving_ref", "plan_year")
_REPORTING_YEAR = f'VLOOKUP("reporting_year",{RETURN_SHEET}!$A$1:$B$100,2,FALSE)'
_YEAR_LENGTH = len("2021/22")


def row_checks() -> Iterator[LiveCheck]:
    """Yield the live checks of rows, sheet by sheet."""
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
    yield from (
        _not_above(*pair) for pair in (("drawn_to_date_gbp", "committed_gbp"), ("committed_gbp", "approved_gbp"))
    )


def _conditional_cells() -> Iterator[LiveCheck]:
    yield LiveCheck(
        "D10",
        SAVINGS,
        "projected_gbp",
        EMPTY,
        f'({{projected_gbp}}="")*({{status}}<>"{NOT_YET_QUANTIFIED}")',
        lambda row, _: is_empty(row, "projected_gbp") and not is_text(row, "status", NOT_YET_QUANTIFIED),
    )
    yield LiveCheck(
        "D10",
        SAVINGS,
        "full_year_effect_gbp",
        EMPTY,
        '({full_year_effect_gbp}="")*({recurrence}="Recurrent")',
        lambda row, _: is_empty(row, "full_year_effect_gbp") and is_text(row, "recurrence", "Recurrent"),
    )
    for column in ("deferred_gbp", "undeliverable_gbp"):
        yield _blank_that_is_not_zero(column)
    yield LiveCheck(
        "D10",
        PLAN_CHANGES,
        "to_directorate",
        EMPTY,
        '({to_directorate}="")*({type}="Transfer")',
        lambda row, _: is_empty(row, "to_directorate") and is_text(row, "type", "Transfer"),
    )


def _blank_that_is_not_zero(column: str) -> LiveCheck:
    """A blank beside a projection of the whole baseline is read as 0; any other has to be filled in."""
    is_whole = "ISNUMBER({projected_gbp})*ISNUMBER({baseline_gbp})*({projected_gbp}>={baseline_gbp})"
    return LiveCheck(
        "D10",
        SAVINGS,
        column,
        EMPTY,
        f'({{{column}}}="")*({is_whole}=0)',
        lambda row, _: is_empty(row, column) and not _is_wholly_projected(row),
    )


def _is_wholly_projected(row: Row) -> bool:
    has_both = is_number(row, "projected_gbp") and is_number(row, "baseline_gbp")
    return has_both and bool(row["projected_gbp"] >= row["baseline_gbp"])


def _key_once(sheet: Sheet) -> LiveCheck:
    filled = "*".join(f'({{{name}}}<>"")' for name in sheet.key)
    pairs = ",".join(f"{column_range(sheet, name)},{{{name}}}" for name in sheet.key)
    with_more = f" with the same {' and '.join(sheet.key[1:])}" if sheet.key[1:] else ""
    return LiveCheck(
        "D15",
        sheet,
        sheet.key[0],
        f"stands twice{with_more}",
        f"{filled}*(COUNTIFS({pairs})>1)",
        lambda row, filled: (
            not any(is_empty(row, name) for name in sheet.key) and filled.times(sheet, sheet.key, row) > 1
        ),
    )


def _refers_to(sheet: Sheet, column: str, target: Sheet) -> LiveCheck:
    return LiveCheck(
        "D16",
        sheet,
        column,
        f"is not on the sheet {target.name}",
        f'({{{column}}}<>"")*(COUNTIF({column_range(target, column)},{{{column}}})=0)',
        lambda row, filled: not is_empty(row, column) and filled.times(target, (column,), row) == 0,
    )


def _to_a_later_year(sheet: Sheet) -> LiveCheck:
    not_later = "({deferred_to_year}<={plan_year})+({deferred_to_year}<=" + _REPORTING_YEAR + ")>0"
    both_years = f"(LEN({{deferred_to_year}})={_YEAR_LENGTH})*(LEN({{plan_year}})={_YEAR_LENGTH})"
    return LiveCheck(
        "D18",
        sheet,
        "deferred_to_year",
        "is not after the plan year and the reporting year",
        f"{both_years}*({not_later})",
        _is_not_to_a_later_year,
    )


def _is_not_to_a_later_year(row: Row, filled: Filled) -> bool:
    to, plan_year = str(row.get("deferred_to_year") or ""), str(row.get("plan_year") or "")
    if len(to) != _YEAR_LENGTH or len(plan_year) != _YEAR_LENGTH:
        return False
    return to <= max(plan_year, str(filled.fields.get("reporting_year") or ""))


def _year_and_amount() -> Iterator[LiveCheck]:
    yield LiveCheck(
        "D19",
        SAVINGS,
        "deferred_to_year",
        "is empty, and an amount is deferred",
        'ISNUMBER({deferred_gbp})*({deferred_gbp}>0)*({deferred_to_year}="")',
        lambda row, _: amount(row, "deferred_gbp") > 0 and is_empty(row, "deferred_to_year"),
    )
    yield LiveCheck(
        "D19",
        SAVINGS,
        "deferred_gbp",
        "is 0, and a year to defer to is given",
        '({deferred_to_year}<>"")*(ISNUMBER({deferred_gbp})*({deferred_gbp}=0)+({deferred_gbp}="N/A")>0)',
        lambda row, _: (
            not is_empty(row, "deferred_to_year")
            and (is_text(row, "deferred_gbp", "N/A") or (is_number(row, "deferred_gbp") and row["deferred_gbp"] == 0))
        ),
    )


def _deferrals_add_up() -> Iterator[LiveCheck]:
    parts = _same_line("COUNTIFS", DEFERRALS)
    deferred = _same_line("SUMIFS", DEFERRALS, "deferred_gbp")
    said = _same_line("SUMIFS", SAVINGS, "deferred_gbp")
    yield LiveCheck(
        "D20",
        SAVINGS,
        "deferred_to_year",
        f"is {MULTIPLE_YEARS}, and the sheet {DEFERRALS.name} has no row for the line",
        f'({{deferred_to_year}}="{MULTIPLE_YEARS}")*({parts}=0)',
        lambda row, filled: (
            is_text(row, "deferred_to_year", MULTIPLE_YEARS) and filled.times(DEFERRALS, _LINE, row) == 0
        ),
    )
    yield LiveCheck(
        "D20",
        SAVINGS,
        "deferred_gbp",
        f"is not the sum of the line's rows on the sheet {DEFERRALS.name}",
        f"({parts}>0)*(ROUND({deferred}-{said},2)<>0)",
        _is_not_the_sum,
    )
    yield LiveCheck(
        "D20",
        DEFERRALS,
        "saving_ref",
        f"is with its plan year no line of the sheet {SAVINGS.name}",
        f'({{saving_ref}}<>"")*({{plan_year}}<>"")*({_same_line("COUNTIFS", SAVINGS)}=0)',
        lambda row, filled: not any(is_empty(row, name) for name in _LINE) and filled.times(SAVINGS, _LINE, row) == 0,
    )


def _same_line(function: str, sheet: Sheet, summed: str = "") -> str:
    """Return a count or sum over a sheet's rows for this row's line."""
    pairs = ",".join(f"{column_range(sheet, name)},{{{name}}}" for name in _LINE)
    return f"{function}({column_range(sheet, summed)},{pairs})" if summed else f"{function}({pairs})"


def _is_not_the_sum(row: Row, filled: Filled) -> bool:
    if filled.times(DEFERRALS, _LINE, row) == 0:
        return False
    return _sum_of_line(row, filled, DEFERRALS) != _sum_of_line(row, filled, SAVINGS)


def _sum_of_line(row: Row, filled: Filled, sheet: Sheet) -> Decimal:
    line = [row.get(name) for name in _LINE]
    rows = (each for each in filled.rows(sheet) if [each.get(name) for name in _LINE] == line)
    return sum((amount(each, "deferred_gbp") for each in rows), Decimal(0))


def _rules_of_a_line() -> Iterator[LiveCheck]:
    yield LiveCheck(
        "D22",
        SAVINGS,
        "deferred_gbp",
        "with projected and undeliverable is more than the baseline",
        # Half a penny, for Excel's sums are binary.
        "ISNUMBER({unexplained})*({unexplained}<-0.005)",
        lambda row, _: not is_empty(row, "saving_ref") and unexplained(row) < 0,
    )
    yield LiveCheck(
        "D37",
        SAVINGS,
        "cashable",
        "cannot be Cashable for cost avoidance",
        '({benefit_type}="Cost avoidance")*({cashable}="Cashable")',
        lambda row, _: is_text(row, "benefit_type", "Cost avoidance") and is_text(row, "cashable", "Cashable"),
    )
    yield LiveCheck(
        "D40",
        SAVINGS,
        "baseline_gbp",
        "has to be 0 for a line that replaces another",
        '({replaces_ref}<>"")*ISNUMBER({baseline_gbp})*({baseline_gbp}<>0)',
        lambda row, _: not is_empty(row, "replaces_ref") and amount(row, "baseline_gbp") != 0,
    )


def _not_above(smaller: str, larger: str) -> LiveCheck:
    return LiveCheck(
        "D59",
        INVESTMENT,
        smaller,
        f"is more than {larger}",
        f"ISNUMBER({{{smaller}}})*ISNUMBER({{{larger}}})*({{{smaller}}}>{{{larger}}})",
        lambda row, _: is_number(row, smaller) and is_number(row, larger) and row[smaller] > row[larger],
    )
