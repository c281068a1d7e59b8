"""Macros of arithmetic give what Python gives, to the last digit."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

import duckdb
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dbt_project.invocation import PROJECT
from tests.models_in_memory import calculated, macros

POUNDS = st.decimals(0, 10**9, places=2)
SIGNED = st.decimals(-(10**9), 10**9, places=2)


MACROS = macros()


def pounds(amount: Decimal) -> str:
    return f"cast('{amount}' as decimal(14, 2))"


def exactly(numerator: Decimal, denominator: Decimal, place: str) -> Decimal:
    with localcontext(prec=60):
        return (numerator / denominator).quantize(Decimal(place), ROUND_HALF_UP)


@given(numerator=SIGNED, denominator=POUNDS.filter(bool))
def test_a_ratio_has_six_decimals_rounded_half_up(numerator: Decimal, denominator: Decimal):
    shown = calculated(MACROS.ratio(pounds(numerator), pounds(denominator)))

    assert shown == exactly(numerator, denominator, "0.000001")


@given(amount=POUNDS, part=POUNDS, whole=POUNDS.filter(bool))
def test_a_part_of_an_amount_is_exact_to_the_penny(amount: Decimal, part: Decimal, whole: Decimal):
    part, whole = sorted((part, whole))

    assert calculated(MACROS.part_of(pounds(amount), pounds(part), pounds(whole))) == exactly(
        amount * part, whole, "0.01"
    )


@given(amount=POUNDS, ratio=st.decimals(0, 10, places=6) | st.decimals(0, 10**11, places=6), most=POUNDS)
def test_an_amount_times_a_ratio_is_exact_to_the_penny_up_to_its_most(amount: Decimal, ratio: Decimal, most: Decimal):
    shown = calculated(MACROS.times_ratio(pounds(amount), f"cast('{ratio}' as decimal(18, 6))", pounds(most)))

    assert shown == min(exactly(amount * ratio, Decimal(1), "0.01"), most)


def test_nothing_is_made_of_an_amount_without_a_ratio():
    assert calculated(MACROS.times_ratio("1.00", "cast(null as decimal(18, 6))", "2.00")) is None


def test_half_a_penny_is_rounded_up():
    assert calculated(MACROS.part_of("100.01", "1.00", "2.00")) == Decimal("50.01")


def test_there_is_no_ratio_over_nothing():
    assert calculated(MACROS.ratio("1.00", "0.00")) is None


# Marks of patterns are letters like any other: a council says how its references look.
REFS = st.sampled_from(["A", "B", "AB", "A_", "_B", "A%", "%"])
OF_THE_RETURN = {"S": 202106, "T": 202108}
REPLACEMENTS = st.lists(st.tuples(st.sampled_from("ST"), REFS, st.none() | REFS), max_size=8)


@given(rows=REPLACEMENTS)
def test_what_a_row_replaces_is_found_alike_by_both_engines_recursions(rows: list[tuple[str, str, str | None]]):
    """F7: circles and ways that meet again among them; DuckDB runs Spark's text as well."""
    table = pa.table(
        {
            "submission_id": pa.array([each[0] for each in rows], pa.string()),
            "source_row": pa.array(range(len(rows)), pa.int64()),
            "saving_ref": pa.array([each[1] for each in rows], pa.string()),
            "replaces_ref": pa.array([each[2] for each in rows], pa.string()),
            # Of the return: the same in all of its rows.
            "period_key": pa.array([OF_THE_RETURN[each[0]] for each in rows], pa.int64()),
            "accepted_at": pa.array([OF_THE_RETURN[each[0]] for each in rows], pa.int64()),
        }
    )
    with duckdb.connect() as connection:
        connection.register("reported", table)
        by_duckdb, by_spark = (
            sorted(connection.execute(sql("reported")).fetchall())
            for sql in (MACROS.default__all_replaced, MACROS.spark__all_replaced)
        )

    assert by_duckdb == by_spark == sorted(_followed(rows))


def _followed(rows: list[tuple[str, str, str | None]]) -> set[tuple[str, int, int, int, str]]:
    """Each row with all that it leads to, one step after the other."""
    found = {(sent, number, replaced) for number, (sent, _, replaced) in enumerate(rows) if replaced}
    while (
        further := {
            (sent, number, replaced)
            for sent, number, of in found
            for other, ref, replaced in rows
            if replaced and (other, ref) == (sent, of)
        }
        - found
    ):
        found |= further
    return {(sent, number, OF_THE_RETURN[sent], OF_THE_RETURN[sent], replaced) for sent, number, replaced in found}


def test_no_macro_asks_what_the_candidate_holds():
    """SQL is compiled once, on a candidate without rows, unless a node's own text asks for ``execute``."""
    written = [*(PROJECT / "macros").glob("*.sql"), *(PROJECT / "tests" / "generic").glob("*.sql")]
    asks = re.compile(r"\b(run_query|load_relation|get_relation)\b")
    assert len(written) > 10
    assert {path.name for path in written if asks.search(path.read_text())} == set()
