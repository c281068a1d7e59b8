"""The page of faults: made from the tests, and every scenario has one."""

from __future__ import annotations

from tests.fault_table import PAGE, injecting_tests, page, scenarios

MOST_NOT_INJECTED = 10


def test_the_page_of_faults_is_what_the_tests_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/faults.md is stale: run `make generated`"


def test_every_scenario_is_injected_by_a_test_or_says_why_not() -> None:
    tests = injecting_tests()
    neither = [row["scenario"] for row in scenarios() if row["scenario"] not in tests and not row["why_not_injected"]]
    assert neither == []


def test_no_more_than_ten_scenarios_go_without_a_test() -> None:
    without = [row["scenario"] for row in scenarios() if row["why_not_injected"]]
    assert len(without) <= MOST_NOT_INJECTED
    assert not set(without) & injecting_tests().keys(), "a scenario that a test injects needs no reason"


def test_tests_name_scenarios_that_there_are() -> None:
    assert injecting_tests().keys() - {row["scenario"] for row in scenarios()} == set()
