"""Strict pydantic models of the rows, generated from the template's declaration.

Here belongs what a typed value must be by itself: there, not negative, of its reference's pattern,
within its length. Not here: how a cell becomes a typed value (``parsing.readings``), and what a value must
be beside others (``judging.checks``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from sources.reference.reference import Reference
from sources.template.declaration import RETURN_SHEET, Column, Kind, Need, Sheet

# The same engine that reference data is checked with: a council's pattern means one thing.
_CONFIG = ConfigDict(strict=True, extra="forbid", regex_engine="python-re")

# An amount as the warehouse holds it, decimal(14,2).
MAX_DIGITS, DECIMAL_PLACES = 14, 2

_PATTERNS_OF_KIND = {
    Kind.YEAR: r"\d{4}/\d{2}",
    Kind.YEAR_OR_MULTIPLE: r"\d{4}/\d{2}|Multiple",
    Kind.PERIOD: r"P\d{2}",
}


@dataclass(frozen=True)
class ValueProblem:
    """What is wrong with one typed value by itself.

    Attributes:
        column: Its column.
        error: pydantic's name of the error; ``missing`` for a blank that has to be filled.
    """

    column: str
    error: str


def value_problems(sheet: Sheet, values: Mapping[str, Any], reference: Reference) -> Iterator[ValueProblem]:
    """Yield what is wrong with a row's typed values, each by itself.

    Args:
        sheet: The sheet, or the Return sheet's labels as one.
        values: By column name; columns that could not be read are left out and not judged.
        reference: Has the patterns that the council set.
    """
    patterns = tuple((column.name, pattern_of(column, reference)) for column in sheet.columns)
    model = _model(sheet, patterns)
    may_be_blank = {column.name for column in sheet.columns if column.need is not Need.ALWAYS}
    try:
        model.model_validate(
            {name: value for name, value in values.items() if value is not None or name not in may_be_blank}
        )
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_context=False):
            column = str(problem["loc"][0])
            if problem["type"] == "missing":
                continue
            kind = "missing" if problem["input"] is None else problem["type"]
            yield ValueProblem(column, kind)


def pattern_of(column: Column, reference: Reference) -> str | None:
    """Return the pattern that a column's whole value has to have; None if it has none."""
    return reference.setting(column.pattern) if column.pattern else _PATTERNS_OF_KIND.get(column.kind)


def may_be_negative(sheet: str) -> bool:
    """Return whether amounts of a sheet may be negative.

    A control total is judged against its rows alone (D25), each of which may not be (D11).
    """
    return sheet == RETURN_SHEET


@lru_cache(maxsize=64)
def _model(sheet: Sheet, patterns: tuple[tuple[str, str | None], ...]) -> type[BaseModel]:
    """Return the model of a sheet's rows under the patterns in force."""
    by_column = dict(patterns)
    fields: dict[str, Any] = {
        column.name: (_type(column, sheet, by_column[column.name]), ... if column.need is Need.ALWAYS else None)
        for column in sheet.columns
    }
    return create_model(f"{sheet.name}Row", __config__=_CONFIG, **fields)


def _type(column: Column, sheet: Sheet, pattern: str | None) -> object:
    match column.kind:
        case Kind.MONEY | Kind.MONEY_OR_NA:
            floor = None if may_be_negative(sheet.name) else 0
            return Annotated[Decimal, Field(ge=floor, max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)]
        case Kind.DATE:
            return date
        case Kind.INTEGER:
            return Annotated[int, Field(ge=0)]
        case Kind.BOOLEAN:
            return bool
    whole = rf"\A(?:{pattern})\Z" if pattern else None
    return Annotated[str, Field(min_length=1, max_length=column.max_length, pattern=whole)]
