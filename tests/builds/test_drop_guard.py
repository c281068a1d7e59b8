"""Ruling E6: what a named decision takes out of the facts is no drop; what is lost next to it, or without one, is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from dbt_project.published import CONTRACT
from expectations.run_suites import run_suites
from expectations.suites import SUITES
from tests.scenarios import Scenario, line

ABOUT_DROPS = [replace(suite, checks=tuple(each for each in suite.checks if each.is_about_a_drop)) for suite in SUITES]
PUBLISHED_AT = datetime(2021, 11, 1)  # noqa: DTZ001 - as in the candidate: UTC without zone
DECIDED_AT = datetime(2021, 11, 2)  # noqa: DTZ001 - likewise


def _built(folder: Path, *, withdrawn: bool = False, plan_changed: bool = False) -> Path:
    """Build what three directorates sent for P06, as it is once a decision was taken."""
    scenario = Scenario(
        expected_return=[{"directorate_code": code, "financial_year": "2021/22"} for code in ["AH", "CH", "PL"]]
    )
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 90)], withdrawn_at=DECIDED_AT if withdrawn else None)
    scenario.send("CH", "2021/22", "P06", [line("CH-21-001", 100, 90)])
    scenario.send("PL", "2021/22", "P06", [line("PL-21-001", 50, 50), line("PL-21-002", 50, 50)])
    if plan_changed:
        scenario.adopt(DECIDED_AT)
        scenario.add("plan_change", _change("CH-21-001", "Delete", -100), _change("PL-21-001", "Reduce", -45))
        resent = [line("PL-21-001", 5, 5), line("PL-21-002", 50, 50)]
        scenario.send("PL", "2021/22", "P06", resent, received_at=DECIDED_AT + timedelta(days=1))
    folder.mkdir()
    candidate = folder / "candidate.duckdb"
    scenario.work_out(candidate).close()
    return candidate


def _change(saving_ref: str, change_type: str, amount_gbp: int) -> dict[str, object]:
    line_of_plan = {"saving_ref": saving_ref, "plan_year": "2021/22"}
    effective = {"effective_year": "2021/22", "effective_period": "P06"}
    return {**line_of_plan, "change_type": change_type, "amount_gbp": amount_gbp, **effective}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drops")


@pytest.fixture(scope="module")
def release(folder: Path) -> Path:
    database = _built(folder / "before").rename(folder / "savings.duckdb")
    with duckdb.connect(database) as connection:
        meta = "create table marts.meta_last_refreshed as select cast(? as timestamp) as refreshed_at, ? as contract"
        connection.execute(meta, [PUBLISHED_AT, CONTRACT])
    return database


@pytest.fixture(scope="module")
def withdrawn(folder: Path) -> Path:
    return _built(folder / "withdrawn", withdrawn=True)


def _drops(candidate: Path, release: Path) -> set[str]:
    results = run_suites(candidate, release, [suite for suite in ABOUT_DROPS if suite.checks])
    return {result.name for result in results if result.status != "pass"}


def _without(candidate: Path, folder: Path, directorate: str) -> Path:
    """Return the candidate with nothing in its positions of that directorate."""
    copy = Path(shutil.copy(candidate, folder / "candidate.duckdb"))
    with duckdb.connect(copy) as connection:
        connection.execute(
            "delete from marts.fct_savings_position where directorate_key in "
            "(select directorate_key from marts.dim_directorate where directorate_code = ?)",
            [directorate],
        )
    return copy


LOST = {
    "fct_savings_position__has_most_rows_of_the_current_release",
    "fct_savings_position__has_most_pounds_of_the_current_release",
}


def test_the_withdrawal_of_a_whole_return_is_no_drop(withdrawn: Path, release: Path):
    """Ruling E6."""
    assert _drops(withdrawn, release) == set()


def test_the_same_drop_without_a_decision_is_refused(release: Path, tmp_path: Path):
    """F-E19, ruling E6."""
    assert _drops(_without(release, tmp_path, "AH"), release) == LOST


def test_a_drop_next_to_a_withdrawal_is_refused(withdrawn: Path, release: Path, tmp_path: Path):
    """Ruling E6."""
    assert _drops(_without(withdrawn, tmp_path, "CH"), release) == LOST


@pytest.fixture(scope="module")
def changed(folder: Path) -> Path:
    return _built(folder / "changed", plan_changed=True)


def test_a_plan_change_that_takes_lines_and_pounds_away_is_no_drop(changed: Path, release: Path):
    """Ruling E6: one line was deleted, and one was reduced and returned so."""
    assert _drops(changed, release) == set()


def test_a_drop_next_to_a_plan_change_is_refused(changed: Path, release: Path, tmp_path: Path):
    """Ruling E6."""
    assert _drops(_without(changed, tmp_path, "AH"), release) >= LOST


def test_a_plan_that_was_cut_without_a_change_that_names_a_decision_is_a_drop(
    changed: Path, release: Path, tmp_path: Path
):
    """Ruling E6: a register exported short takes its lines along, and nobody decided that."""
    copy = Path(shutil.copy(changed, tmp_path / "candidate.duckdb"))
    with duckdb.connect(copy) as connection:
        connection.execute("update reference.approved_plan set known_to_at = ?", [DECIDED_AT])
        connection.execute("delete from reference.plan_change")
    assert _drops(copy, release) >= LOST


@pytest.mark.parametrize("table", ["findings", "claims"])
def test_what_somebody_decided_to_say_less_of_is_no_drop(tmp_path: Path, table: str):
    """Ruling E6, R53: a return with 47 findings is judged again by a plan put right; a post adopts fewer claims."""
    is_of_findings = table == "findings"
    released = _judged(tmp_path / "before", findings=47 if is_of_findings else 2, claims=2 if is_of_findings else 20)
    with duckdb.connect(released) as connection:
        meta = "create table marts.meta_last_refreshed as select cast(? as timestamp) as refreshed_at, ? as contract"
        connection.execute(meta, [PUBLISHED_AT, CONTRACT])
    assert _drops(_judged(tmp_path / "after", findings=2, claims=2), released) == set()


def _judged(folder: Path, *, findings: int, claims: int) -> Path:
    claim = {"directorate_code": "ALL", "report_code": "CAB", "is_testable": False}
    scenario = Scenario(
        report=[{"report_code": "CAB"}],
        published_claim=[{**claim, "claim_ref": f"C{number}"} for number in range(claims)],
    )
    scenario.send("CH", "2021/22", "P06", [line("CH-21-001", 100, 90)])
    state = {"state": "blocked"} if findings > 2 else {}
    scenario.send(
        "AH", "2021/22", "P06", [line("AH-21-001", 1, 1)], findings=[{"rule_code": "D26"}] * findings, **state
    )
    folder.mkdir()
    candidate = folder / "candidate.duckdb"
    scenario.work_out(candidate).close()
    return candidate


def _with_a_small_directorate(database: Path, folder: Path, name: str, *, share: str = "0.15") -> Path:
    """Return a copy in which PL has 1 % of the pounds, and the council lets this share of them go."""
    copy = Path(shutil.copy(database, folder / name))
    with duckdb.connect(copy) as connection:
        connection.execute(
            "update marts.fct_savings_position set baseline_gbp = 1 where directorate_key in "
            "(select directorate_key from marts.dim_directorate where directorate_code = 'PL')"
        )
        if name == "candidate.duckdb":
            connection.execute("delete from reference.setting where name = 'drop_guard_share'")
            columns = "(name, value, meaning, known_from_at)"
            row = "('drop_guard_share', ?, '', timestamp '2019-04-01')"
            connection.execute(f"insert into reference.setting {columns} values {row}", [share])  # noqa: S608 - the scenario's own row
    return copy


@pytest.mark.parametrize(("share", "lost"), [("0.15", True), ("0.4", True), ("0.6", False)])
def test_a_small_directorate_that_loses_half_its_pounds_is_seen_if_the_council_wants_that(
    release: Path, tmp_path: Path, share: str, lost: bool
):
    before = _with_a_small_directorate(release, tmp_path, "savings.duckdb")
    after = _with_a_small_directorate(release, tmp_path, "candidate.duckdb", share=share)
    assert _drops(after, before) == set()
    with duckdb.connect(after) as connection:
        connection.execute(
            "update marts.fct_savings_position set baseline_gbp = 0 where saving_line_key = "
            "(select saving_line_key from marts.dim_saving_line where saving_ref = 'PL-21-001')"
        )
    assert _drops(after, before) == (
        {"fct_savings_position__has_most_pounds_of_the_current_release"} if lost else set()
    )
