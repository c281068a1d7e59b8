"""Rules about lines that stand in Python and in SQL (docs/pairs.md) give the same over generated plans and returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from sources.findings.words.projects import ProjectNotPrinted
from sources.judging.checks_lines import derived_rag
from sources.judging.checks_plan import quarantined
from sources.judging.checks_projects import CHECKS
from sources.judging.line_history import close_before, counted, is_closed, times_deferred, years_deferred_to
from sources.reference.plan import Plan
from tests.models_in_memory import Models
from tests.pair_cases import FEW, case_of, past_of, reference_of
from tests.returns import Past
from tests.scenario_reference import Row, full_rows
from tests.scenarios import Scenario, line, year_after

DIRECTORATES = ("AH", "PL")
REFS = ("AH-21-001", "AH-21-002", "AH-21-003", "PL-21-001", "PL-21-002")
PLAN_YEARS = ("2021/22", "2022/23")
PERIODS = [(year, period) for year in ("2021/22", "2022/23", "2023/24") for period in ("P06", "P13")]
LINES = [(ref, plan_year) for ref in REFS for plan_year in PLAN_YEARS]
POUNDS = st.sampled_from(["0", "0.01", "75", "94.99", "95", "100", "300"]).map(Decimal)
MOVES_RECORDED = datetime(2024, 6, 1)  # noqa: DTZ001 - as in the candidate: UTC without zone
AFTERWARDS = datetime(2024, 6, 2)  # noqa: DTZ001 - likewise
KINDS = ("New", "Increase", "Reduce", "Transfer", "Move", "Delete")


def key(period: tuple[str, str]) -> int:
    """Return 202106 for 2021/22 P06."""
    return int(period[0][:4] + period[1][1:])


# The plan.

approved_plans = st.dictionaries(
    st.sampled_from(LINES), st.tuples(st.sampled_from(DIRECTORATES), st.booleans(), POUNDS), max_size=len(LINES)
)
changes = st.lists(
    st.tuples(
        st.sampled_from(LINES),
        st.sampled_from(KINDS),
        POUNDS,
        st.sampled_from(DIRECTORATES),
        st.booleans(),
        st.sampled_from(PERIODS),
    ),
    max_size=12,
)


def plan_rows(approved: Mapping[Any, Any], drawn: list[Any]) -> dict[str, list[Row]]:
    """Return the two tables of a plan, without changes that cannot be made: a folder with one is refused."""
    lines = [
        {
            "saving_ref": ref,
            "plan_year": year,
            "directorate_code": code,
            "is_cashable": is_cashable,
            "baseline_gbp": pounds,
        }
        for (ref, year), (code, is_cashable, pounds) in approved.items()
    ]
    made = [
        {
            "change_ref": f"C{number:02d}",
            "saving_ref": ref,
            "plan_year": year,
            "change_type": kind,
            "amount_gbp": {"Reduce": -pounds, "Delete": -pounds, "Move": Decimal(0)}.get(kind, pounds),
            "directorate_code": code if kind in ("New", "Move") else None,
            "is_cashable": is_cashable if kind == "New" else None,
            "effective_year": effective[0],
            "effective_period": effective[1],
        }
        for number, ((ref, year), kind, pounds, code, is_cashable, effective) in enumerate(drawn)
    ]
    tables = {"approved_plan": full_rows("approved_plan", lines), "plan_change": full_rows("plan_change", made)}
    misfits = [row for row, _ in Plan(tables["approved_plan"], tables["plan_change"]).misfits]
    return tables | {"plan_change": [row for row in tables["plan_change"] if row not in misfits]}


@FEW
@given(approved_plans, changes)
def test_the_plan_in_force_is_one_for_a_check_and_for_the_warehouse(
    approved: Mapping[Any, Any], drawn: list[Any]
) -> None:
    """R24, R34: each line's directorate and baseline at each period."""
    tables = plan_rows(approved, drawn)
    plan = Plan(tables["approved_plan"], tables["plan_change"])
    scenario = Scenario(**tables)

    in_spans = Models(scenario.raw_tables(), scenario.reference_tables()).ask("""
        select saving_ref, plan_year, from_period_key, before_period_key,
            directorate_code, is_cashable, baseline_gbp, original_baseline_gbp
        from {{ ref('int_plan_in_force') }}
    """)

    for period in PERIODS:
        found = {row[:2]: row[4:] for row in in_spans if row[2] <= key(period) and key(period) < (row[3] or 10**6)}
        planned = {each: plan.line(*each, *period) for each in LINES}
        assert found == {
            each: (it.directorate_code, it.is_cashable, it.baseline_gbp, it.original_baseline_gbp)
            for each, it in planned.items()
            if it is not None
        }


# Registration and chains.

replacing = st.none() | st.sampled_from([*REFS, "AH-21-901", "AH-21-902", "AH-21-903"])
NEW_LINES = [(f"AH-21-90{number}", plan_year) for number in range(1, 6) for plan_year in PLAN_YEARS]


@FEW
@given(approved_plans, changes, st.dictionaries(st.sampled_from([*LINES, *NEW_LINES]), replacing, max_size=14))
def test_a_row_is_registered_by_the_check_where_the_warehouse_registers_it(
    approved: Mapping[Any, Any], drawn: list[Any], replaces: Mapping[Any, str | None]
) -> None:
    """R33, F7: the rows of a return just accepted, replacements of replacements and circles among them."""
    tables = plan_rows(approved, drawn)
    plan = Plan(tables["approved_plan"], tables["plan_change"])
    scenario = Scenario(**tables)
    rows = []
    for (ref, plan_year), replaced in replaces.items():
        planned = plan.line(ref, plan_year, *PERIODS[0])
        # What is somebody else's, or differs from the plan, is not accepted (D26, D68).
        if planned is None or planned.directorate_code == "AH":
            cashable = "Cashable" if planned is None or planned.is_cashable else "Non-cashable"
            pounds = planned.baseline_gbp if planned else Decimal(0)
            rows.append(line(ref, pounds, 0, plan_year=plan_year, replaces_ref=replaced, cashable=cashable))
    scenario.send("AH", *PERIODS[0], rows)

    registered = Models(scenario.raw_tables(), scenario.reference_tables()).ask(
        "select source_row from {{ ref('int_line_registration') }}"
    )

    case = case_of(reference_of(scenario), "AH", PERIODS[0], {"savings_line": rows})
    assert sorted(row for (row,) in registered) == [row.number for row in case.savings if case.is_registered(row)]
    assert quarantined(case) == len(rows) - len(registered)


def test_replacements_that_part_and_meet_again_are_each_followed_once() -> None:
    """R33, F7: thirty rungs of two lines that replace both of the next: too many ways to keep a row of each."""
    tables = plan_rows({("AH-21-001", "2021/22"): ("AH", True, Decimal(0))}, [])
    scenario = Scenario(**tables)
    rungs = [(f"AH-22-{rung}{side}", f"AH-22-{rung + 1}") for rung in range(30) for side in "ab"]
    rows = [
        line(ref, 0, 0, plan_year=year, replaces_ref=below + side)
        for ref, below in rungs
        for year, side in zip(PLAN_YEARS, "ab", strict=True)
    ]
    rows.append(line("AH-22-30a", 0, 0, plan_year="2021/22", replaces_ref="AH-21-001"))
    scenario.send("AH", *PERIODS[0], rows)

    registered = Models(scenario.raw_tables(), scenario.reference_tables()).ask(
        "select source_row from {{ ref('int_line_registration') }}"
    )

    to_the_other_foot = 2
    assert len(registered) == len(rows) - to_the_other_foot
    assert quarantined(case_of(reference_of(scenario), "AH", PERIODS[0], {"savings_line": rows})) == to_the_other_foot


# What follows from one row.


@st.composite
def placed_lines(draw: st.DrawFn, ref: str) -> Row:
    """Return a row that places no pound twice, with any status and decision."""
    baseline, projected, achieved = draw(POUNDS), draw(st.none() | POUNDS), draw(POUNDS)
    left = baseline - min(projected or Decimal(0), baseline)
    deferred = min(draw(POUNDS), left)
    undeliverable = min(draw(POUNDS | st.just(Decimal(10**6))), left - deferred)
    return line(
        ref,
        baseline,
        projected,
        achieved=achieved,
        deferred=deferred,
        undeliverable=undeliverable,
        decision_ref=draw(st.sampled_from([None, "CAB-1", "CAB-2"])),
        status=draw(st.sampled_from(["On track", "Withdrawn", "Undeliverable"])),
        plan_year="2021/22",
    )


returns_of_lines = st.tuples(*(placed_lines(f"AH-21-{number:03d}") for number in range(12)))
limits = st.sampled_from(["0", "0.05", "0.25", "0.75", "0.95", "1"])
LIMITS = ("rag_red_counted_below", "rag_red_deferred_above", "rag_amber_counted_below", "rag_amber_deferred_above")
some_limits = st.fixed_dictionaries(dict.fromkeys(LIMITS, limits))
DECIDED = [{"decision_ref": "CAB-1", "body": "Cabinet", "title": "Written off"}]


@FEW
@given(returns_of_lines, some_limits, st.booleans())
def test_what_counts_of_a_line_its_rag_and_whether_it_is_closed_are_the_same_in_both(
    rows: tuple[Row, ...], changed_limits: Mapping[str, str], is_certified: bool
) -> None:
    """R03, R07, R46, R51: of each line of a closedown."""
    settings = [row for row in Scenario().folder_in_force()["setting"] if row["name"] not in changed_limits]
    settings += [{"name": name, "value": value} for name, value in changed_limits.items()]
    scenario = Scenario(setting=settings, decision=DECIDED)
    period = ("2021/22", "P13")
    scenario.send("AH", *period, rows, certification="Certified" if is_certified else "Provisional")
    scenario.send("AH", "2022/23", "P01")
    models = Models(scenario.raw_tables(), scenario.reference_tables())

    positions = models.ask("""
        select saving_ref, counted_projected_gbp, rag_derived from {{ ref('int_position') }}
        where period_key = 202113 and is_current
    """)
    closures = models.ask("select saving_ref, is_closed from {{ ref('int_line_closure') }}")

    reference = reference_of(scenario)
    case = case_of(reference, "AH", period, {"savings_line": rows})
    assert {ref: (amount, rag) for ref, amount, rag in positions} == {
        row["saving_ref"]: (counted(row), derived_rag(row, case, is_certified=is_certified)) for row in case.savings
    }
    assert dict(closures) == {
        row["saving_ref"]: is_closed(typed, reference) for row, typed in _with_typed(case, scenario)
    }


def _with_typed(case: Any, scenario: Scenario) -> Any:
    typed = {row["saving_ref"]: row for row in scenario.raw_tables()["savings_line"].to_pylist()}
    return [(row, typed[row["saving_ref"]]) for row in case.savings]


# What became of a line over the years: of few lines, so that two returns often have the same.

TRACED = [("AH-21-001", "2021/22"), ("AH-21-002", "2021/22"), ("PL-21-001", "2022/23")]
some_planned = st.dictionaries(
    st.sampled_from(TRACED), st.tuples(st.sampled_from(DIRECTORATES), st.booleans(), POUNDS), min_size=2
)
some_changes = st.lists(
    st.tuples(
        st.sampled_from(TRACED),
        st.sampled_from(KINDS),
        POUNDS,
        st.sampled_from(DIRECTORATES),
        st.booleans(),
        st.sampled_from(PERIODS),
    ),
    max_size=3,
)


@dataclass(frozen=True)
class Sent:
    """One return: whose, for which period, and of each line to which year it defers (None: nothing)."""

    directorate: str
    period: tuple[str, str]
    lines: Mapping[tuple[str, str], tuple[int | None, Decimal]]


sent_returns = st.lists(
    st.builds(
        Sent,
        st.sampled_from(DIRECTORATES),
        st.sampled_from(PERIODS),
        st.dictionaries(st.sampled_from(TRACED), st.tuples(st.none() | st.integers(1, 3), POUNDS), min_size=2),
    ),
    min_size=2,
    max_size=8,
)
moves = st.lists(
    st.tuples(st.sampled_from(TRACED), st.sampled_from(DIRECTORATES), st.sampled_from(PERIODS)), max_size=6
)


def _with_moves(tables: dict[str, list[Row]], late: list[Any]) -> dict[str, list[Row]]:
    """Return a plan with moves that are recorded later, those that can be made."""
    moved = [
        {
            "change_ref": f"M{number:02d}",
            "saving_ref": ref,
            "plan_year": year,
            "change_type": "Move",
            "amount_gbp": Decimal(0),
            "directorate_code": code,
            "effective_year": effective[0],
            "effective_period": effective[1],
        }
        for number, ((ref, year), code, effective) in enumerate(late)
    ]
    both = [*tables["plan_change"], *full_rows("plan_change", moved)]
    misfits = [row for row, _ in Plan(tables["approved_plan"], both).misfits]
    return tables | {"plan_change": [row for row in both if row not in misfits]}


MOVED, CLOSEDOWN = TRACED[0], ("2021/22", "P13")


@FEW
@given(some_planned, some_changes, moves, sent_returns, sent_returns)
@example(
    {MOVED: ("PL", True, Decimal(100))},
    [],
    [(MOVED, "AH", CLOSEDOWN)],
    [Sent("PL", CLOSEDOWN, {MOVED: (None, Decimal(0))})],
    [Sent("AH", CLOSEDOWN, {MOVED: (1, Decimal(0))})],
).via("the row of the directorate that the line has moved to stands before the one sent earlier (F6)")
@example({}, [], [], [Sent("AH", CLOSEDOWN, {MOVED: (1, Decimal(100))})], []).via(
    "a row that no plan registers closes nothing, and defers nothing (R33)"
)
def test_a_lines_closes_and_how_often_it_was_deferred_are_the_same_in_both(
    approved: Mapping[Any, Any], drawn: list[Any], late: list[Any], before: list[Sent], after: list[Sent]
) -> None:
    """R37, R49, F6: over returns of three years, with lines that come into the plan later, or move late."""
    at_first = plan_rows(approved, drawn)
    later = _with_moves(at_first, late)
    scenario, past = Scenario(**at_first), {}
    for tables, sent in ((at_first, before), (later, after)):
        if sent is after:
            scenario.adopt(MOVES_RECORDED, **later)
        plan = Plan(tables["approved_plan"], tables["plan_change"])
        for each in sent:
            rows = [
                _row_of(plan, each, *of_line) for of_line in each.lines.items() if _is_taken(plan, each, of_line[0])
            ]
            since = {"received_at": AFTERWARDS + timedelta(days=len(past))} if sent is after else {}
            scenario.send(each.directorate, *each.period, rows, **since)
            past[each.directorate, each.period] = past_of(
                each.directorate, each.period, {"savings_line": _typed(scenario), "deferral": ()}
            )
    models = Models(scenario.raw_tables(), scenario.reference_tables())

    closes = models.ask("""
        select saving_ref, plan_year, closed_year_key, counted_projected_gbp from {{ ref('int_year_close') }}
    """)
    deferred = models.ask("""
        select saving_ref, plan_year, from_period_key, before_period_key, times_deferred
        from {{ ref('int_times_deferred') }}
        where known_to_at is null
    """)

    reference, history = reference_of(scenario), Past(tuple(past.values()))
    for of_line in TRACED:
        for year in ("2022/23", "2023/24", "2024/25"):
            close = close_before(history, of_line, reference, year)
            earlier = [row for row in closes if row[:2] == of_line and row[2] < int(year[:4])]
            last = max(earlier, key=lambda row: row[2]) if earlier else None
            assert (close and counted(close)) == (last and last[3]), (of_line, year)
        for period in PERIODS:
            times = times_deferred(years_deferred_to(history, of_line, reference, (period[0], period[1] + "+")))
            found = [
                row[4]
                for row in deferred
                if row[:2] == of_line and row[2] <= key(period) and key(period) < (row[3] or 10**6)
            ]
            assert (found or [0]) == [times], (of_line, period)


def _is_taken(plan: Plan, each: Sent, of_line: tuple[str, str]) -> bool:
    """Return whether a return with the line could be accepted: it is nobody else's (D68)."""
    planned = plan.line(*of_line, *each.period)
    return planned is None or planned.directorate_code == each.directorate


def _row_of(plan: Plan, each: Sent, of_line: tuple[str, str], said: tuple[int | None, Decimal]) -> Row:
    years, pounds = said
    planned = plan.line(*of_line, *each.period)
    baseline = planned.baseline_gbp if planned else pounds
    deferred = baseline if years else Decimal(0)
    return line(
        of_line[0],
        baseline,
        baseline - deferred,
        plan_year=of_line[1],
        cashable="Cashable" if planned is None or planned.is_cashable else "Non-cashable",
        deferred=deferred,
        deferred_to_year=year_after(max(each.period[0], of_line[1]), years) if deferred else None,
    )


def _typed(scenario: Scenario) -> list[Row]:
    """Return the typed rows of the return that was sent last."""
    rows = scenario.raw_tables()["savings_line"].to_pylist()
    submissions = scenario.raw_tables()["submission"].to_pylist()
    return [row for row in rows if row["submission_id"] == submissions[-1]["submission_id"]]


# Names.

NOISE = ["\u00a0", " ", "", "\u00ad", "\u200b", "  ", "\u2009"]
WRITTEN = {
    "Office refit": ["O\ufb03ce refit", "office REFIT", "\uff2f\uff46\uff46\uff49\uff43\uff45 refit"],
    "Café review": ["Cafe\u0301 review", "CAFÉ review", "Cafe review"],
    "Car park": ["Carpark", "Car\u00a0park", "Car-park", "Car \u2013 park", "Car\u00adpark"],
    "Stra\u00dfe & lane": ["Strasse and lane", "STRASSE \uff06 LANE", "Strasse&lane"],
    "Member's directory": ["Member\u2019s directory", "Members directory", "Member\u02bcs  directory"],
    "\u0130zmir link": ["izmir link", "I\u0307zmir link"],
}
pieces = st.lists(st.sampled_from(["Car", "park", "\ufb01", "Caf\u00e9"]), min_size=1)
names = st.one_of(
    st.sampled_from([name for known, others in WRITTEN.items() for name in (known, *others)]),
    st.builds(
        str.join, st.sampled_from(NOISE), st.lists(st.sampled_from(["Car", "park", "\ufb01", "Caf\u00e9"]), min_size=1)
    ),
    st.text(min_size=1, max_size=8).filter(str.strip),
)


@FEW
@given(st.lists(names, min_size=16, max_size=16), st.lists(names, max_size=4))
def test_a_project_counts_as_printed_where_the_check_says_nothing(own: list[str], printed: list[str]) -> None:
    """D56, X19: non-breaking blanks, ligatures, accents, full width and what cannot be seen."""
    scenario = Scenario(printed_project=[{"project_name": name, "list": "10.5"} for name in {*printed, *WRITTEN}])
    rows = [line(f"AH-21-{n:03d}", 2**n, 2**n, project_ref=f"PRJ-{n:04d}") for n in range(len(own))]
    projects = [{"project_ref": f"PRJ-{n:04d}", "project_name": name} for n, name in enumerate(own)]
    scenario.send("AH", *PERIODS[0], rows, sheets={"Projects": projects})

    ((share,),) = Models(scenario.raw_tables(), scenario.reference_tables()).ask(
        "select printed_project_gbp from {{ ref('rpt_quality_scorecard') }}"
    )

    tables = {"savings_line": rows, "project": projects}
    case = case_of(reference_of(scenario), "AH", PERIODS[0], tables)
    faults = [fault for check in CHECKS for fault in check(case) if isinstance(fault, ProjectNotPrinted)]
    assert share == sum(row["baseline_gbp"] for row in rows) - sum(fault.baseline for fault in faults)
