"""What dbt's tests found, rule by rule.

Here belongs the bridge from a test that holds many rules to one result for each. Not here: running
dbt and asking for the rows that fail (``dbt_project.run_dbt``), reading rules (``dbt_project.rules``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from dbt_project.rules import ROWS_SHOWN, FailingRow, Rule, rules_of
from expectations.evidence import CheckResult, Status

if TYPE_CHECKING:
    # dbt takes seconds to import; here it is needed for its types alone.
    from dbt_project.run_dbt import BuildResult, NodeResult


def rule_results(build: BuildResult) -> list[CheckResult]:
    """Return one result for each rule that the tests of a build hold."""
    by_test = groupby(sorted(rules_of(build.manifest), key=lambda rule: rule.test), key=lambda rule: rule.test)
    return [result for test, rules in by_test for result in _results_of(list(rules), build.nodes[test])]


def _results_of(rules: Sequence[Rule], test: NodeResult) -> Iterator[CheckResult]:
    """Yield a result for each rule of a test; a test that did not run to its end is no check, whatever dbt calls it."""
    if test.status == "pass":
        yield from (_result(rule, "pass", "0 rows") for rule in rules)
    elif test.status not in ("fail", "warn"):
        yield from (_result(rule, "error", test.message or f"dbt says {test.status}") for rule in rules)
    else:
        if problem := _problem_with(test.rows, rules, test):
            yield from (_result(rule, "error", problem) for rule in rules)
        else:
            yield from (_of_rows(rule, [row for row in test.rows if row.rule == rule.name]) for rule in rules)


def _problem_with(rows: Sequence[FailingRow], rules: Sequence[Rule], test: NodeResult) -> str:
    if unknown := sorted({row.rule for row in rows} - {rule.name for rule in rules}):
        return f"{test.name} returns rows of {', '.join(unknown)}, which it does not name"
    if len(rows) != test.failures:
        return f"{test.name} found {test.failures} rows in the build and {len(rows)} after it"
    return ""


def _of_rows(rule: Rule, rows: Sequence[FailingRow]) -> CheckResult:
    if not rows:
        return _result(rule, "pass", "0 rows")
    keys = tuple(row.key for row in rows[:ROWS_SHOWN])
    return _result(rule, "fail", f"{len(rows)} row(s), the first: {rows[0].value}", keys)


def _result(rule: Rule, status: Status, observed: str, keys: tuple[str, ...] = ()) -> CheckResult:
    return CheckResult(rule.name, "dbt", rule.table, rule.severity, status, observed, keys)
