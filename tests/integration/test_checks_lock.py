"""The committed list of checks is the one that project and suites declare."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.lock import Declared, main, read_lock

# Each has its reason beside its declaration; a check that joins them has to be named here too (F-E11).
WARNINGS = {
    "dim_project__ends_after_it_starts",
    "fct_investment__commits_no_more_than_is_approved",
    "fct_investment__draws_no_more_than_is_committed",
    "fct_savings_allocation__an_amount_is_on_average_as_in_the_current_release",
    "fct_savings_position__baselines_lie_as_in_the_current_release",
    "fct_savings_position__forecasts_are_blank_no_more_often_than_before",
    "fct_savings_position__nearly_every_line_has_a_forecast",
    "rpt_forecast_trajectory__the_last_period_is_like_those_before_it",
    "rpt_quality_scorecard__warnings_per_return_are_as_before",
}


@pytest.fixture(scope="module")
def listed() -> list[Declared]:
    return read_lock()


def test_every_check_has_a_name_of_its_own(listed: list[Declared]):
    names = [check.name for check in listed]
    assert sorted(set(names)) == sorted(names)


def test_only_named_checks_warn(listed: list[Declared]):
    assert {check.name for check in listed if check.severity == "warn"} == WARNINGS


def test_the_list_is_exactly_what_is_declared(listed: list[Declared], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write it anew with `python -m expectations.lock` and look at what changed."""
    monkeypatch.setattr("expectations.lock.LOCK", tmp_path / "checks.lock")
    main([])
    assert read_lock(tmp_path / "checks.lock") == listed
