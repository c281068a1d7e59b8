"""Macros of arithmetic give what Python gives, to the last digit."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

from hypothesis import given
from hypothesis import strategies as st

from tests.models_in_memory import calculated, macros

POUNDS = st.decimals(0, 10**9, places=2)
SIGNED = st.decimals(-(10**9), 10**9, places=2)


DIVISION = macros()


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
