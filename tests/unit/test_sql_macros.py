"""Macros of arithmetic and of names give what Python gives: to the last digit, and to the same key."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.grammar.values import normalise_name

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"
POUNDS = st.decimals(0, 10**9, places=2)
SIGNED = st.decimals(-(10**9), 10**9, places=2)


class DuckDbAdapter:
    """Stands in for dbt's dispatch: the default, which is DuckDB's."""

    def __init__(self) -> None:
        self.macros: Any = None

    def dispatch(self, name: str, _: str) -> Any:
        return getattr(self.macros, f"default__{name}")


def macros_of(file: str) -> Any:
    adapter = DuckDbAdapter()
    environment = jinja2.Environment(autoescape=False)  # noqa: S701 - SQL of our own, no page
    environment.globals |= {"adapter": adapter, "return": lambda text: text}
    adapter.macros = environment.from_string((MACROS / file).read_text(encoding="utf-8")).module
    return adapter.macros


DIVISION = macros_of("division.sql")
NAMES = macros_of("comparable_name.sql")


def calculated(expression: str) -> Any:
    row = duckdb.sql(f"select {expression}").fetchone()
    assert row is not None
    return row[0]


def pounds(amount: Decimal) -> str:
    return f"cast('{amount}' as decimal(14, 2))"


def exactly(numerator: Decimal, denominator: Decimal, place: str) -> Decimal:
    with localcontext(prec=60):
        return (numerator / denominator).quantize(Decimal(place), ROUND_HALF_UP)


@given(numerator=SIGNED, denominator=POUNDS.filter(bool))
def test_a_ratio_has_six_decimals_rounded_half_up(numerator: Decimal, denominator: Decimal):
    shown = calculated(DIVISION.ratio(pounds(numerator), pounds(denominator)))

    assert shown == exactly(numerator, denominator, "0.000001")


@given(amount=POUNDS, part=POUNDS, whole=POUNDS.filter(bool))
def test_a_part_of_an_amount_is_exact_to_the_penny(amount: Decimal, part: Decimal, whole: Decimal):
    part, whole = sorted((part, whole))

    assert calculated(DIVISION.part_of(pounds(amount), pounds(part), pounds(whole))) == exactly(
        amount * part, whole, "0.01"
    )


def test_half_a_penny_is_rounded_up():
    assert calculated(DIVISION.part_of("100.01", "1.00", "2.00")) == Decimal("50.01")


def test_there_is_no_ratio_over_nothing():
    assert calculated(DIVISION.ratio("1.00", "0.00")) is None


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("Member\u2019s directory", "Member's  Directory"),
        ("Dorset travel review", "Dorset Travel review"),
        ("Planning convergence and transformation", "Planning convergence & transformation"),
        ("Route optimisation \u2013 phase 1", "Route optimisation - Phase 1"),
        ("One domain", "One domains"),
    ],
)
def test_names_are_one_in_sql_where_they_are_one_for_the_check(printed: str, written: str):
    keys = [calculated(NAMES.comparable_name("'" + name.replace("'", "''") + "'")) for name in (printed, written)]

    assert (keys[0] == keys[1]) == (normalise_name(printed) == normalise_name(written))
