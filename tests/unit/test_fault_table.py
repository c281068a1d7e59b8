"""Every fault has a test that injects it, or a reason why none does (``make generated`` writes the page)."""

from __future__ import annotations

from tests.fault_table import injecting_tests, scenarios

MOST_NOT_INJECTED = 10


def test_every_scenario_is_injected_by_a_test_or_says_why_not() -> None:
    tests = injecting_tests()
    neither = [row["scenario"] for row in scenarios() if row["scenario"] not in tests and not row["why_not_injected"]]
    assert neither == []


def test_no_scenario_that_a_test_injects_says_why_none_does() -> None:
    tests = injecting_tests()
    assert [row["scenario"] for row in scenarios() if row["scenario"] in tests and row["why_not_injected"]] == []


def test_no_more_than_ten_scenarios_go_without_a_test() -> None:
    without = {row["scenario"] for row in scenarios()} - injecting_tests().keys()
    assert len(without) <= MOST_NOT_INJECTED, sorted(without)


def test_tests_name_scenarios_that_there_are() -> None:
    assert injecting_tests().keys() - {row["scenario"] for row in scenarios()} == set()


def test_a_case_of_a_table_in_another_file_counts_for_the_test_that_runs_it() -> None:
    where = {test for tests in injecting_tests().values() for test in tests}
    assert "faults/test_hostile_files.py::test_a_hostile_file_is_refused_with_its_code" in where
