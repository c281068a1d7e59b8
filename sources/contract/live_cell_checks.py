"""Live checks of a cell by itself, made from the declaration: empty, no amount, negative, no such reference.

Here belong D07, D09, D10, D11, D14, D17 and D75. Not here: checks of a cell beside others
(``live_row_checks``), and what Excel refuses while it is typed (``limits``): that does not
look at what is pasted, which these do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sources.contract.lists import WORD_END, list_of, read_as
from sources.contract.live_checks import LiveCheck, is_blank, lacks_reference, trimmed
from sources.contract.live_patterns import shape_formula
from sources.findings.words import amounts, cells
from sources.template.declaration import SAVINGS, SHEETS, Column, Kind, Need, Sheet

# A blank in these is read as 0 where projected leaves nothing to place.
_MAY_MEAN_ZERO = frozenset({(SAVINGS.name, "deferred_gbp"), (SAVINGS.name, "undeliverable_gbp")})
_YES_OR_NO = '{{"yes","y","true","no","n","false"}}'
# What makes no difference in a word of a list: spaces, kinds of dashes and quotes.
_NOISE = {" ": "", "\u00a0": "", "\u2013": "-", "\u2019": "'"}


@dataclass(frozen=True)
class Form:
    """What the references of a column look like.

    Attributes:
        column: The column.
        pattern: What each has to match.
        guidance: What is said of one that does not.
    """

    column: Column
    pattern: str
    guidance: str


def cell_checks(forms: Iterable[Form], ranges: Mapping[str, str]) -> Iterator[LiveCheck]:
    """Yield the live checks of every column.

    Args:
        forms: Of each column that has references.
        ranges: By its name where each list lies, as ``=Lists!$A$2:$A$9``.
    """
    form_of = {form.column: form for form in forms}
    for sheet in SHEETS:
        yield LiveCheck(sheet, sheet.key[0], cells.Blank, lacks_reference(sheet), "D10", of_lines=False)
        for column in sheet.columns:
            yield from _needed(sheet, column)
            if column.is_money:
                yield _a_number(sheet, column)
                yield _not_negative(sheet, column)
            elif column.kind in (Kind.YEAR, Kind.YEAR_OR_MULTIPLE):
                yield _not_a_number(sheet, column)
            elif column.kind is Kind.DATE:
                yield _late_in_the_day(sheet, column)
            elif column.kind is Kind.BOOLEAN:
                yield _yes_or_no(sheet, column)
            elif column.kind is Kind.LIST:
                yield _of_its_list(sheet, column, ranges[read_as(list_of(column) or "")].removeprefix("="))
            elif column.pattern:
                yield from _of_its_form(sheet, form_of[column])


def _needed(sheet: Sheet, column: Column) -> Iterator[LiveCheck]:
    is_needed = column.need is Need.ALWAYS and column.name != sheet.key[0]
    if is_needed and (sheet.name, column.name) not in _MAY_MEAN_ZERO:
        yield LiveCheck(sheet, column.name, cells.Blank, f'({trimmed(column.name)}="")', "D10")


def _a_number(sheet: Sheet, column: Column) -> LiveCheck:
    """Red is text with a letter or a sign that no amount has; plain numbers that are text are read."""
    cell, text = f"{{{column.name}}}", trimmed(column.name)
    has_words = f'NOT(EXACT(UPPER({cell}),LOWER({cell})))+ISNUMBER(FIND("?",{cell}))+ISNUMBER(FIND("%",{cell}))'
    taken = f'*({text}<>"N/A")*({text}<>"not applicable")*({text}<>"[z]")'
    unless = taken if column.kind is Kind.MONEY_OR_NA else ""
    return LiveCheck(sheet, column.name, amounts.NotOneNumber, f"ISTEXT({cell})*(({has_words})>0){unless}", "D09")


def _not_negative(sheet: Sheet, column: Column) -> LiveCheck:
    """An amount is read to the penny, so less than half of one is nothing."""
    cell = f"{{{column.name}}}"
    return LiveCheck(sheet, column.name, amounts.Negative, f"ISNUMBER({cell})*({cell}<=-0.005)")


def _not_a_number(sheet: Sheet, column: Column) -> LiveCheck:
    """To Excel a date is a number, and so is a year alone."""
    return LiveCheck(sheet, column.name, cells.YearBecameDate, f"ISNUMBER({{{column.name}}})", "D17")


def _late_in_the_day(sheet: Sheet, column: Column) -> LiveCheck:
    cell = f"{{{column.name}}}"
    formula = f"IF(ISNUMBER({cell}),ROUND(({cell}-INT({cell}))*86400,0)>=79200,FALSE)"
    return LiveCheck(sheet, column.name, cells.LateInTheDay, formula, "D75")


def _yes_or_no(sheet: Sheet, column: Column) -> LiveCheck:
    formula = f"NOT({is_blank(column.name)})*ISNA(MATCH({trimmed(column.name)},{_YES_OR_NO},0))"
    return LiveCheck(sheet, column.name, cells.NotYesOrNo, formula, "D09")


def _of_its_list(sheet: Sheet, column: Column, words: str) -> LiveCheck:
    plain = f"CLEAN({{{column.name}}})"
    for noise, instead in _NOISE.items():
        plain = f'SUBSTITUTE({plain},"{noise}","{instead}")'
    return LiveCheck(sheet, column.name, cells.NotInList, f'ISNA(MATCH({plain}&"{WORD_END}",{words},0))', "D09")


def _of_its_form(sheet: Sheet, form: Form) -> Iterator[LiveCheck]:
    name = form.column.name
    shape = shape_formula(form.pattern, f"{{{name}}}")
    if shape is not None:
        formula = f"NOT({is_blank(name)})*({shape}=0)"
        yield LiveCheck(sheet, name, cells.WrongForm, formula, "D14", {"guidance": form.guidance})
