"""Each expectation passes on a sound candidate and fails on one that is broken in what it is about."""

# ruff: noqa: S608 - every statement here is put together from declared names

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from benchmarks.suite_queries import verdicts_of
from dbt_project import run_dbt
from dbt_project.content import Fingerprint, fingerprint
from dbt_project.inputs import Inputs
from dbt_project.published import CONTRACT, published_tables
from dbt_project.run_dbt import BuildResult
from expectations import evidence as record
from expectations.constraints import constraint_results
from expectations.evidence import CheckResult, EvidenceRefused
from expectations.floors import EXACTLY, FLOORS
from expectations.lock import declared, write_lock
from expectations.run_rules import rule_results
from expectations.run_suites import run_suites
from expectations.suite import Measured, Suite, words_of
from expectations.suites import EXPECTED_RETURNS, PRINTED_TOTALS, SUITES
from tests.scenario_reference import DEFAULT_REFERENCE
from tests.scenarios import Scenario, line

CHECKS = [(suite, check) for suite in SUITES for check in suite.checks]

_POSITION = "update marts.fct_savings_position set"
# What breaks each check that looks at values; those of rows and of grain are broken alike, by emptying or doubling.
BREAKS = {
    "dim_project__ends_after_it_starts": "update marts.dim_project set planned_end_date = '2021-04-01', "
    "start_date = '2021-04-02'",
    "dim_project__every_directorate_was_listed": "update marts.dim_project set directorate_code = 'XX'",
    **{
        f"dim_saving_line__every_{column}_is_a_word_of_the_list": f"update marts.dim_saving_line set {column} = 'X'"
        for column in ("benefit_type", "recurrence", "maturity")
    },
    "fct_investment__commits_no_more_than_is_approved": "update marts.fct_investment "
    "set committed_gbp = approved_gbp + 0.01",
    "fct_investment__draws_no_more_than_is_committed": "update marts.fct_investment "
    "set drawn_gbp = committed_gbp + 0.01",
    **{
        f"{table}__{column}_adds_up_to_the_returns_in_force": (
            f"update marts.{table} set {column}_gbp = {column}_gbp + 0.01"
        )
        for table, columns in (
            ("fct_investment", ("approved", "committed", "drawn")),
            ("fct_pipeline", ("high", "likely")),
            ("fct_plan_change", ("amount",)),
            ("fct_risk", ("impact",)),
        )
        for column in columns
    },
    "fct_pipeline__likely_is_at_least_low": "update marts.fct_pipeline set low_gbp = likely_gbp + 0.01",
    "fct_pipeline__high_is_at_least_likely": "update marts.fct_pipeline set likely_gbp = high_gbp + 0.01",
    "fct_return_coverage__names_a_return_exactly_where_one_counts": "update marts.fct_return_coverage "
    "set submission_key = null",
    "fct_savings_position__has_most_pounds_of_the_current_release": f"{_POSITION} baseline_gbp = baseline_gbp / 2",
    "fct_savings_position__baselines_are_plausible": f"{_POSITION} baseline_gbp = -0.01",
    "fct_savings_position__projections_are_plausible": f"{_POSITION} projected_gbp = 100000000.01",
    "fct_savings_position__achievements_are_plausible": f"{_POSITION} achieved_to_date_gbp = -1",
    "fct_savings_position__nearly_every_line_has_a_forecast": f"{_POSITION} projected_gbp = null",
    "fct_savings_position__forecasts_are_blank_no_more_often_than_before": f"{_POSITION} projected_gbp = null",
    "fct_savings_position__baselines_lie_as_in_the_current_release": f"{_POSITION} baseline_gbp = 3 * baseline_gbp",
    **{
        f"fct_savings_position__{amount}_is_what_the_return_says": f"{_POSITION} {amount}_gbp = {amount}_gbp + 0.01"
        for amount in ("baseline", "projected", "achieved_to_date", "deferred", "undeliverable")
    },
    "fct_savings_allocation__has_most_pounds_of_the_current_release": "update marts.fct_savings_allocation "
    "set amount_gbp = amount_gbp / 2",
    "fct_savings_allocation__amounts_are_plausible": "update marts.fct_savings_allocation "
    "set amount_gbp = 100000000.01",
    "fct_savings_allocation__an_amount_is_on_average_as_in_the_current_release": "update marts.fct_savings_allocation "
    "set amount_gbp = 3 * amount_gbp",
    "fct_submission__control_totals_are_those_that_were_stated": "update marts.fct_submission "
    "set control_baseline_gbp = control_baseline_gbp + 0.01",
    "fct_submission__is_judged_after_it_was_received": "update marts.fct_submission "
    "set judged_at = received_at - interval 1 second",
    "rpt_cabinet_table_1__has_at_least_its_floor_of_rows": "delete from marts.rpt_cabinet_table_1 "
    "where directorate_code <> 'AH' or reporting_period <> 'P06'",
    "rpt_cabinet_table_1__every_directorate_was_listed": "update marts.rpt_cabinet_table_1 set directorate_code = 'XX'",
    "rpt_cabinet_table_1__baselines_are_plausible": "update marts.rpt_cabinet_table_1 set baseline_gbp = -1",
    "rpt_cabinet_table_1__lacks_a_figure_only_where_a_return_is_missing": "update marts.rpt_cabinet_table_1 "
    "set projected_gbp = null",
    "rpt_cabinet_table_1__is_compared_with_the_printed_totals": "update marts.rpt_cabinet_table_1 "
    "set is_incomplete = true",
    "rpt_cabinet_table_1__original_baselines_are_the_printed_totals_to_the_penny": "update marts.rpt_cabinet_table_1 "
    "set original_baseline_gbp = original_baseline_gbp + 0.01 where directorate_code = 'AH'",
    # A month ago it was three times as much.
    "rpt_forecast_trajectory__the_last_period_is_like_those_before_it": "insert into marts.rpt_forecast_trajectory "
    "select * replace (202105 as period_key, 3 * counted_projected_gbp as counted_projected_gbp) "
    "from marts.rpt_forecast_trajectory where period_key = 202106",
    "rpt_fund_return__every_project_was_returned_or_funded": "update marts.rpt_fund_return "
    "set project_ref = 'PRJ-9999'",
    "rpt_line_detail__every_status_is_a_word_of_the_list": "update marts.rpt_line_detail set status = 'X'",
    "rpt_line_detail__every_submitted_rag_is_a_word_of_the_list": "update marts.rpt_line_detail "
    "set rag_submitted = 'X'",
    "rpt_line_detail__every_directorate_was_listed": "update marts.rpt_line_detail set directorate_code = 'XX'",
    "rpt_quality_scorecard__warnings_per_return_are_as_before": "update marts.rpt_quality_scorecard "
    "set warn_count = 3 * warn_count",
    "rpt_rag_summary__every_submitted_rag_is_a_word_of_the_list": "update marts.rpt_rag_summary "
    "set rag_submitted = 'X'",
    "rpt_submission_status__has_at_least_its_floor_of_rows": "delete from marts.rpt_submission_status "
    "where directorate_code <> 'CH'",
    "rpt_submission_status__every_expected_directorate_is_in_exactly_one_place": "delete from "
    "marts.rpt_submission_status where directorate_code = 'CH' and reporting_period = 'P06'",
    "rpt_submission_status__shows_as_accepted_what_is_in_force": "update marts.rpt_submission_status "
    "set state = 'NOT_RECEIVED'",
    "rpt_top_risk__impacts_are_plausible": "update marts.rpt_top_risk set impact_gbp = -1",
}
BROKEN_BY_EMPTYING = {
    check.name
    for _, check in CHECKS
    if check.name not in BREAKS
    and (
        check.is_about_a_drop
        or check.expectation
        in ("ExpectTableRowCountToBeBetween", "ExpectTableRowCountToEqual", "ExpectColumnDistinctValuesToContainSet")
    )
}
BROKEN_BY_DOUBLING = {
    check.name
    for _, check in CHECKS
    if check.expectation in ("ExpectColumnValuesToBeUnique", "ExpectCompoundColumnsToBeUnique")
}


EMPTY = "; ".join(f"delete from marts.{table}" for table in sorted({suite.table for suite in SUITES}))


def _release(candidate: Path, folder: Path, sql: str = "", at: str = "2021-12-01") -> Path:
    """Write what a release of a candidate's tables would be, made at a moment."""
    database = Path(shutil.copy(candidate, folder / "release.duckdb"))
    with duckdb.connect(database) as connection:
        meta = "create table marts.meta_last_refreshed as select cast(? as timestamp) as refreshed_at, ? as contract"
        connection.execute(meta, [at, CONTRACT])
        connection.execute(sql or "select 1")
    return database


def _status(candidate: Path, release: Path, name: str) -> str:
    """Return what becomes of one check beside a release."""
    ((suite, check),) = (each for each in CHECKS if each[1].name == name)
    (result,) = run_suites(candidate, release, [replace(suite, checks=(check,))])
    return result.status


class Built:
    """A sound candidate, and copies of it to break."""

    def __init__(self, candidate: Path, result: BuildResult) -> None:
        self.candidate = candidate
        self.result = result
        self.fingerprint: Fingerprint = fingerprint(candidate, published_tables(result.manifest))

    def broken(self, folder: Path, sql: str) -> Path:
        copy = Path(shutil.copy(self.candidate, folder / "candidate.duckdb"))
        with duckdb.connect(copy) as connection:
            connection.execute(sql)
        return copy


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Two directorates have reported P06, one of them twice, a third one has not; a fourth closed an earlier year."""
    expected = [{"directorate_code": code, "financial_year": "2021/22"} for code in ("AH", "CH", "PL")]
    totals = [
        {"directorate_code": code, "plan_year": "2021/22", "baseline_gbp": baseline}
        for code, baseline in (("AH", 300), ("PL", 50))
    ]
    claim = {"claim_ref": "C02", "directorate_code": "ALL", "report_code": "CAB", "is_testable": False}
    scenario = Scenario(
        expected_return=expected, printed_plan_total=totals, report=[{"report_code": "CAB"}], published_claim=[claim]
    )
    first = [line("AH-21-001", 100, 90), line("AH-21-002", 200, 50, deferred=100)]
    scenario.send("AH", "2021/22", "P06", first)
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60), first[1]], findings=[{"rule_code": "D22"}])
    beside = {
        "Investment": [{"fund_ref": "TF-0001", "project_ref": "PRJ-0003", "approved_gbp": 5}],
        "Pipeline": [{"idea_ref": "I-1", "low_gbp": 1, "likely_gbp": 1, "high_gbp": 2}],
        "Risks": [{"risk_ref": "R-1", "saving_ref": "PL-21-001"}],
        "PlanChanges": [{"change_ref": "P-1", "saving_ref": "PL-21-001", "amount_gbp": 1}],
    }
    scenario.send("PL", "2021/22", "P06", [line("PL-21-001", 50, 50)], sheets=beside)
    # Without pounds and in a project that is there already: what is counted below stays as it is.
    for period, achieved in (("P12", 0), ("P13", 1)):
        closed = [line("CO-19-001", 0, 0, project_ref="PRJ-0001")]
        closed.append(line("CO-19-002", 0, 0, achieved=achieved, project_ref="PRJ-0001", cashable="Non-cashable"))
        scenario.send("CO", "2019/20", period, closed, sheets={"Projects": ()})
    candidate = scenario.load(tmp_path_factory.mktemp("built"))
    result = run_dbt.build(candidate)
    assert result.success
    return Built(candidate, result)


@pytest.fixture(scope="module")
def release(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same figures, published before."""
    return _release(built.candidate, tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def sound(built: Built) -> list[CheckResult]:
    """What the suites say before the first release."""
    return run_suites(built.candidate, None)


# --- each check ---


def test_every_check_passes_on_a_sound_candidate(built: Built, release: Path):
    results = run_suites(built.candidate, release)
    assert [result for result in results if result.status != "pass"] == []
    assert [result.name for result in results] == [check.name for _, check in CHECKS]


def test_the_suites_say_nothing_and_call_nobody(
    built: Built,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
):
    """F-F13: no telemetry, no progress bars."""
    called: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda _, address: called.append(address))
    run_suites(built.candidate, None, SUITES[:2])
    assert called == []
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_a_configuration_is_made_once_where_great_expectations_makes_it_for_each_argument(
    built: Built, release: Path, monkeypatch: pytest.MonkeyPatch
):
    """Issue 13.6: what ``configured_once`` replaces; the results are the same without it, and its own is put back."""
    made: Counter[bool] = Counter()
    own = vars(Expectation)["configuration"]

    def count(expectation: Expectation) -> ExpectationConfiguration:
        made[is_ours] += 1
        return own.fget(expectation)

    monkeypatch.setattr(Expectation, "configuration", property(count))
    is_ours = True
    ours = run_suites(built.candidate, release, SUITES[:8])
    is_ours = False
    monkeypatch.setattr("expectations.run_suites.configured_once", nullcontext)
    assert run_suites(built.candidate, release, SUITES[:8]) == ours
    assert made[False] > 5 * made[True] > 0


def test_every_check_has_a_case_that_makes_it_fail():
    """F-E21: a check without one fails here."""
    assert BREAKS.keys() | BROKEN_BY_EMPTYING | BROKEN_BY_DOUBLING == {check.name for _, check in CHECKS}


def _failed(candidate: Path, release: Path) -> dict[str, str]:
    """Return the severity of each check that fails."""
    return {result.name: result.severity for result in run_suites(candidate, release) if result.status == "fail"}


def test_every_check_of_rows_fails_where_tables_are_empty(built: Built, release: Path, tmp_path: Path):
    """F-E14, F-E21."""
    results = run_suites(built.broken(tmp_path, EMPTY), release)
    assert {result.name for result in results if result.status == "fail"} >= BROKEN_BY_EMPTYING
    assert [result.name for result in results if result.status == "error"] == []


def test_where_no_line_is_in_force_yet_no_check_trips_over_its_having_no_value(built: Built, tmp_path: Path):
    """F-E13: on the first night of a council whose only return was blocked."""
    nothing = built.broken(
        tmp_path,
        "update marts.fct_savings_position set is_latest_period = false;delete from marts.fct_savings_allocation",
    )
    compared = [
        replace(suite, checks=tuple(check for check in suite.checks if "current_release" in check.name))
        for suite in SUITES
        if suite.table in ("fct_savings_position", "fct_savings_allocation")
    ]
    statuses = [result.status for result in run_suites(nothing, None, compared)]
    assert set(statuses) == {"pass"}, statuses


def test_every_check_of_grain_fails_where_rows_are_there_twice(built: Built, release: Path, tmp_path: Path):
    """F-E17, F-E21: twice in a reader's words, under another key."""
    twice = _rows_twice(built.candidate)
    assert _failed(built.broken(tmp_path, twice), release).keys() >= BROKEN_BY_DOUBLING


def _rows_twice(candidate: Path) -> str:
    tables = sorted({suite.table for suite, check in CHECKS if check.name in BROKEN_BY_DOUBLING})
    with duckdb.connect(candidate, read_only=True) as connection:
        keys = {table: connection.table(f"marts.{table}").columns[0] for table in tables}
    return "; ".join(
        f"insert into marts.{table} select * replace ({_another(key)}) from marts.{table}"
        for table, key in keys.items()
    )


def _another(key: str) -> str:
    return f"-1 - {key} as {key}"


@pytest.mark.parametrize("name", BREAKS)
def test_every_check_of_values_fails_where_they_are_broken(built: Built, release: Path, tmp_path: Path, name: str):
    """F-E21."""
    ((suite, check),) = (each for each in CHECKS if each[1].name == name)
    broken = built.broken(tmp_path, BREAKS[name])
    (result,) = run_suites(broken, release, [replace(suite, checks=(check,))])
    assert (result.status, result.severity) == ("fail", check.severity)
    assert (result.who_acts, result.reason) == (check.who_acts, check.reason)


@pytest.mark.parametrize("broken", ["empty", "twice", "altered"])
def test_the_floor_of_the_benchmark_comes_to_the_same_verdicts(built: Built, tmp_path: Path, broken: str):
    """Issue 15.5: what one query for each suite costs says something if it sees what the suites see."""
    breaks = {"empty": EMPTY, "twice": _rows_twice(built.candidate), "altered": "; ".join(BREAKS.values())}
    candidate = built.broken(tmp_path, breaks[broken])
    results = {result.name: result.status == "pass" for result in run_suites(candidate, None)}
    assert verdicts_of(candidate) == results
    assert set(results.values()) == {True, False}


def test_a_failing_row_is_named_by_its_key(built: Built, tmp_path: Path):
    broken = built.broken(
        tmp_path, "update marts.rpt_cabinet_table_1 set original_baseline_gbp = 299.99 where directorate_code = 'AH'"
    )
    (_, result) = run_suites(broken, None, [PRINTED_TOTALS])
    assert result.failing_keys == ("2021/22 P06 AH, plan of 2021/22",)
    assert result.observed == "1 of 2 rows (value_set [0])"


@pytest.mark.parametrize("found", [("LONG", "SHORT", "MEDIUM"), ("SHORT", "MEDIUM", "LONG")])
def test_members_are_told_in_one_order_whichever_they_are_found_in(built: Built, found: tuple[str, ...]):
    """An engine gives rows in the order that suits it, and the evidence of one state is the same by each."""
    members = " union all ".join(f"select '{member}'" for member in found)
    check = words_of("dim_programme_phase", "is_one_of_these", "code", members)
    (suite,) = (each for each in SUITES if each.table == "dim_programme_phase")
    (result,) = run_suites(built.candidate, None, [replace(suite, checks=(check,))])
    assert result.observed.endswith("(value_set ['LONG', 'MEDIUM', 'SHORT'])")


def test_a_floor_is_never_vacuous_where_something_was_received(built: Built):
    with duckdb.connect(built.candidate, read_only=True) as connection:
        floors = {table: connection.execute(sql).fetchone() for table, sql in {**FLOORS, **EXACTLY}.items()}
    assert [table for table, floor in floors.items() if floor is None or floor[0] < 1] == []


# --- large drops ---


@pytest.mark.parametrize(("over", "status"), [(0, "pass"), (1, "fail")])
def test_a_fact_may_lose_a_few_rows_and_no_more(built: Built, tmp_path: Path, over: int, status: str):
    """What is there has to be 0.85 of what was; rows of the past count on neither side."""
    held = _release(built.candidate, tmp_path, "delete from marts.fct_savings_position where not is_current")
    with duckdb.connect(held) as connection:
        (now,) = connection.execute("select count(*) from marts.fct_savings_position").fetchone() or (0,)
        connection.execute(
            "insert into marts.fct_savings_position "
            "select position.* from marts.fct_savings_position as position cross join range(100) limit ?",
            [now * 100 // 85 - now + over],
        )
    assert _status(built.candidate, held, "fct_savings_position__has_most_rows_of_the_current_release") == status


@pytest.mark.parametrize(("before", "status"), [("352.94", "pass"), ("352.95", "fail")])
def test_a_fall_of_published_pounds_is_measured_to_the_penny(built: Built, tmp_path: Path, before: str, status: str):
    """The current positions of AH hold £300: 0.85 of 352.94 is 299.999, of 352.95 is 300.0075."""
    held = _release(
        built.candidate,
        tmp_path,
        f"update marts.fct_savings_position set baseline_gbp = baseline_gbp + {before} - 300 "
        "where position_key = (select min(position_key) from marts.fct_savings_position "
        "where is_current and baseline_gbp = 200)",
    )
    assert _status(built.candidate, held, "fct_savings_position__has_most_pounds_of_the_current_release") == status


def test_a_release_of_another_contract_is_not_compared(built: Built, tmp_path: Path):
    held = _release(built.candidate, tmp_path, "update marts.meta_last_refreshed set contract = 'savings_v0'")
    with duckdb.connect(held) as connection:
        connection.execute("drop table marts.fct_savings_position")
    assert _status(built.candidate, held, "fct_savings_position__has_most_rows_of_the_current_release") == "pass"


def test_before_the_first_release_nothing_can_be_lost(sound: list[CheckResult]):
    assert {result.status for result in sound} == {"pass"}


# --- what is not run, and what cannot be ---


def _bound(built: Built, results: list[CheckResult]) -> record.Evidence:
    of_dbt = rule_results(built.result)
    held = constraint_results(built.candidate, built.result.manifest)
    return record.bind(built.fingerprint, Inputs("s", "l", "r", "c"), built.result, [*of_dbt, *held, *results])


@pytest.fixture(scope="module")
def lock(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lock") / "checks.lock"
    write_lock(declared(built.result.manifest), path)
    return path


def _run_again(sound: list[CheckResult], suite: Suite, candidate: Path, **changes: Any) -> list[CheckResult]:
    """Return the results of the sound candidate, and of one suite what it says now."""
    before = {check.name for check in suite.checks}
    now = run_suites(candidate, None, [replace(suite, **changes)])
    return [*(result for result in sound if result.name not in before), *now]


def test_a_sound_build_and_its_suites_are_evidence_that_holds(built: Built, sound: list[CheckResult], lock: Path):
    evidence = _bound(built, sound)
    record.verify(evidence, built.fingerprint, lock)
    assert len(evidence.checks) == len(evidence.declared) > len(CHECKS)


def test_a_suite_without_expectations_is_refused(built: Built, sound: list[CheckResult], lock: Path):
    """F-E14."""
    evidence = _bound(built, _run_again(sound, PRINTED_TOTALS, built.candidate, checks=()))
    with pytest.raises(EvidenceRefused) as refused:
        record.verify(evidence, built.fingerprint, lock)
    assert refused.value.problems == tuple(
        f"{name} was not run" for name in sorted(c.name for c in PRINTED_TOTALS.checks)
    )


def test_an_empty_table_is_refused(built: Built, sound: list[CheckResult], tmp_path: Path, lock: Path):
    """F-E14."""
    broken = built.broken(tmp_path, "delete from marts.dim_rag")
    (members,) = (suite for suite in SUITES if suite.table == "dim_rag")
    evidence = _bound(built, _run_again(sound, members, broken))
    with pytest.raises(EvidenceRefused, match="dim_rag__has_every_member_in_force failed: 5 missing"):
        record.verify(evidence, built.fingerprint, lock)


@pytest.mark.parametrize(
    "breaking",
    [
        lambda suite: replace(suite, source="marts.no_such_table"),
        lambda suite: replace(suite, key="no_such_column"),
        lambda suite: replace(suite, columns={}),
        lambda suite: replace(suite, checks=tuple(replace(c, expectation="ExpectMiracles") for c in suite.checks)),
        lambda suite: replace(suite, checks=tuple(replace(c, kwargs={"min_value": "ten"}) for c in suite.checks)),
        lambda suite: replace(
            suite, checks=tuple(replace(c, kwargs={"min_value": Measured("select null")}) for c in suite.checks)
        ),
    ],
    ids=["no table", "no column", "column of a check", "no such expectation", "wrong argument", "floor unknown"],
)
def test_a_check_that_cannot_be_run_is_an_error_of_its_name(built: Built, breaking: Callable[[Suite], Suite]):
    """F-E13."""
    suite = breaking(EXPECTED_RETURNS)
    results = run_suites(built.candidate, None, [suite])
    assert [result.name for result in results] == [check.name for check in suite.checks]
    assert all(result.status == "error" and result.observed for result in results)


# --- K2 and K11 on cases that the sound candidate does not have ---


def _with_table_1(scenario: Scenario, folder: Path, **original_baselines: int) -> Path:
    """Write a scenario's raw and reference data beside a Table 1 of P06 made by hand."""
    candidate = scenario.load(folder)
    with duckdb.connect(candidate) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.rpt_cabinet_table_1 (plan_year varchar, reporting_year varchar, "
            "reporting_period varchar, directorate_code varchar, original_baseline_gbp decimal(14, 2), "
            "is_incomplete boolean)"
        )
        for code, pounds in original_baselines.items():
            connection.execute(
                "insert into marts.rpt_cabinet_table_1 values ('2021/22', '2021/22', 'P06', ?, ?, false)",
                [code, pounds],
            )
    return candidate


def _plan_of_two(*changes: dict[str, object]) -> Scenario:
    scenario = Scenario(
        expected_return=[{"directorate_code": code, "financial_year": "2021/22"} for code in ("AH", "PL")],
        printed_plan_total=_totals(AH=300, PL=50),
        plan_change=[
            {"saving_ref": "AH-21-001", "plan_year": "2021/22", "effective_year": "2021/22", **change}
            for change in changes
        ],
    )
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60), line("AH-21-002", 200, 200)])
    scenario.send("PL", "2021/22", "P06", [line("PL-21-001", 50, 50)])
    return scenario


def _k2(candidate: Path) -> tuple[str, tuple[str, ...]]:
    result = run_suites(candidate, None, [PRINTED_TOTALS])[1]
    return result.status, result.failing_keys


LATER = datetime(2021, 10, 12)  # noqa: DTZ001 - as in the candidate: UTC without zone


def _totals(**baselines: int) -> list[dict[str, object]]:
    return [
        {"directorate_code": code, "plan_year": "2021/22", "baseline_gbp": baseline}
        for code, baseline in baselines.items()
    ]


def _plan(**baselines: tuple[int, ...]) -> list[dict[str, object]]:
    return [
        {"saving_ref": f"{code}-21-{n:03}", "plan_year": "2021/22", "directorate_code": code, "baseline_gbp": baseline}
        for code, lines in baselines.items()
        for n, baseline in enumerate(lines, start=1)
    ]


MOVE = {"change_type": "Move", "directorate_code": "PL", "effective_period": "P05"}
PRINTED = {"AH": 300, "PL": 50}
DELETE = {"change_type": "Delete", "amount_gbp": -100, "effective_period": "P06"}


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ([], PRINTED),
        ([MOVE], {"AH": 200, "PL": 150}),
        ([DELETE], {"AH": 200, "PL": 50}),
        ([MOVE, DELETE], {"AH": 200, "PL": 50}),
        ([{**MOVE, "change_ref": "PC-1"}, {**MOVE, "change_ref": "PC-2", "directorate_code": "AH"}], PRINTED),
        ([MOVE, {**DELETE, "effective_period": "P05"}], {"AH": 200, "PL": 50}),
        ([{**DELETE, "effective_period": "P04"}, MOVE], {"AH": 200, "PL": 50}),
        ([{**MOVE, "effective_period": "P07"}], {"AH": 300, "PL": 50}),
        ([{"change_type": "Reduce", "amount_gbp": -40, "effective_period": "P05"}], {"AH": 300, "PL": 50}),
    ],
    ids=[
        *("as printed", "moved", "deleted", "moved, then deleted", "moved and back in one period"),
        *("moved and deleted in one period", "deleted, then moved", "moved later", "reduced"),
    ],
)
def test_printed_totals_follow_lines_that_finance_moved_or_deleted(
    tmp_path: Path, changes: list[dict[str, object]], shown: dict[str, int]
):
    """K2."""
    assert _k2(_with_table_1(_plan_of_two(*changes), tmp_path, **shown)) == ("pass", ())


def test_a_directorate_that_table_1_lacks_is_a_difference_of_its_whole_total(tmp_path: Path):
    """K2."""
    candidate = _with_table_1(_plan_of_two(), tmp_path, AH=300)
    assert _k2(candidate) == ("fail", ("2021/22 P06 PL, plan of 2021/22",))


def _worked_out(scenario: Scenario, folder: Path) -> Path:
    """Write what the models make of a scenario."""
    candidate = folder / "candidate.duckdb"
    scenario.work_out(candidate).close()
    return candidate


@pytest.mark.parametrize("is_approved_late", [False, True], ids=["moved", "approved"])
def test_a_line_that_no_return_reports_is_in_the_printed_total(tmp_path: Path, is_approved_late: bool):
    """K2, F2: a line moved after its new directorate had sent its return, or approved after both had."""
    scenario = Scenario(
        expected_return=[{"directorate_code": code, "financial_year": "2021/22"} for code in ("AH", "PL")],
        printed_plan_total=_totals(AH=300, PL=50),
        approved_plan=_plan(AH=(100, 200), PL=(50,)),
    )
    scenario.send("PL", "2021/22", "P06", [line("PL-21-001", 50, 50)])
    if is_approved_late:
        scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60), line("AH-21-002", 200, 200)])
        scenario.adopt(
            LATER, approved_plan=_plan(AH=(100, 200), PL=(50, 20)), printed_plan_total=_totals(AH=300, PL=70)
        )
    else:
        change = {"saving_ref": "AH-21-001", "plan_year": "2021/22", "effective_year": "2021/22", **MOVE}
        scenario.adopt(LATER, plan_change=[change])
        scenario.send("AH", "2021/22", "P06", [line("AH-21-002", 200, 200)], received_at=LATER + timedelta(days=1))
    assert _k2(_worked_out(scenario, tmp_path)) == ("pass", ())


def test_a_line_that_is_still_sent_when_its_years_are_over_is_held_to_no_printed_total(tmp_path: Path):
    """K2, R51: lines are kept for a year; one of 2021/22 is open in 2023/24, and carried where its return is late."""
    settings = {row["name"]: row for row in DEFAULT_REFERENCE["setting"]} | {
        "years_kept": {"name": "years_kept", "value": "1"}
    }
    scenario = Scenario(
        expected_return=[{"directorate_code": "AH", "financial_year": year} for year in ("2021/22", "2023/24")],
        printed_plan_total=_totals(AH=300),
        approved_plan=_plan(AH=(100, 200), PL=(50,)),
        setting=settings.values(),
    )
    scenario.send("AH", "2021/22", "P13", [line("AH-21-001", 100, 60, deferred=40), line("AH-21-002", 200, 200)])
    scenario.send("AH", "2023/24", "P01", [line("AH-21-001", 100, 80, deferred=20, plan_year="2021/22")])
    scenario.send("PL", "2023/24", "P02")
    candidate = _worked_out(scenario, tmp_path)
    assert _k2(candidate) == ("pass", ())
    with duckdb.connect(candidate, read_only=True) as connection:
        shown = connection.execute(
            "select reporting_period, baseline_gbp from marts.rpt_cabinet_table_1 where directorate_code = 'AH' "
            "and reporting_year = '2023/24' and plan_year = '2021/22' order by all"
        ).fetchall()
    assert shown == [("P01", 100), ("P02", 100)]


def test_words_that_a_council_renames_or_retires_are_still_words_of_their_list(tmp_path: Path):
    """Reference data shows a word under another name, and no longer has one with which a line was accepted."""
    words = DEFAULT_REFERENCE["vocabulary"]
    renamed = [{**row, "name": f"{row['name']} (as shown)"} for row in words]
    scenario = Scenario(vocabulary=renamed)
    retired = {"maturity": "Idea", "benefit_type": "Other", "status": "Not yet quantified", "rag": "Grey"}
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60, **retired)])
    scenario.adopt(LATER, vocabulary=[row for row in renamed if retired.get(row["vocabulary"]) != row["code"]])
    candidate = _worked_out(scenario, tmp_path)
    of_words = [
        replace(suite, checks=checks)
        for suite in SUITES
        if (checks := tuple(check for check in suite.checks if "word_of_the_list" in check.name))
    ]
    results = run_suites(candidate, None, of_words)
    assert [f"{result.name}: {result.observed}" for result in results if result.status != "pass"] == []
    assert len(results) == 6


def _with_status(folder: Path, **places: tuple[str, bool]) -> Path:
    """Write a scenario in which AH alone has a return in force beside a submission status made by hand."""
    scenario = Scenario(
        expected_return=[{"directorate_code": code, "financial_year": "2021/22"} for code in ("AH", "CH", "PL")]
    )
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60)])
    candidate = scenario.load(folder)
    with duckdb.connect(candidate) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.rpt_submission_status (reporting_year varchar, reporting_period varchar, "
            "directorate_code varchar, state varchar, is_carried_forward boolean)"
        )
        for code, place in places.items():
            connection.execute(
                "insert into marts.rpt_submission_status values ('2021/22', 'P06', ?, ?, ?)", [code, *place]
            )
    return candidate


OWN, CARRIED, MISSING, BLOCKED = (
    ("accepted", False),
    ("NOT_RECEIVED", True),
    ("NOT_RECEIVED", False),
    ("blocked", False),
)


@pytest.mark.parametrize(
    ("places", "statuses"),
    [
        ({"AH": OWN, "CH": CARRIED, "PL": MISSING}, ["pass", "pass"]),
        ({"AH": OWN, "CH": BLOCKED, "PL": ("blocked", True)}, ["pass", "pass"]),
        ({"AH": OWN, "CH": CARRIED}, ["fail", "pass"]),
        ({"AH": ("accepted", True), "CH": CARRIED, "PL": MISSING}, ["fail", "pass"]),
        ({"AH": OWN, "CH": OWN, "PL": MISSING}, ["pass", "fail"]),
        ({"AH": MISSING, "CH": CARRIED, "PL": MISSING}, ["pass", "fail"]),
    ],
    ids=["each in a place", "blocked", "one left out", "one in two places", "one too many", "one not shown"],
)
def test_directorates_expected_are_reported_carried_or_not_reported(
    tmp_path: Path, places: dict[str, tuple[str, bool]], statuses: list[str]
):
    """K11."""
    results = run_suites(_with_status(tmp_path, **places), None, [EXPECTED_RETURNS])
    assert [result.status for result in results] == statuses
