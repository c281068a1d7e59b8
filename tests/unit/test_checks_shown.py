"""What Dagster's pages show of the rules of one table, taken together."""

from __future__ import annotations

from collections.abc import Collection

import dagster as dg
import pytest

from expectations.evidence import CheckResult, Status
from orchestration.checks import as_one_check

TABLE = "fct_savings_position"


def result(sentence: str, status: Status = "pass", keys: tuple[str, ...] = ()) -> CheckResult:
    return CheckResult(f"{TABLE}__{sentence}", "gx", TABLE, "error", status, "3 of 9 rows", keys)


def shown(*results: CheckResult, overridden: Collection[str] = ()) -> dg.AssetCheckResult:
    return as_one_check(TABLE, "error", results, overridden)


def rows(check: dg.AssetCheckResult, name: str) -> list[dict[str, object]]:
    table = check.metadata[name]
    assert isinstance(table, dg.TableMetadataValue)
    return [dict(record.data) for record in table.records]


def test_rules_that_all_hold_are_one_check_that_names_them():
    check = shown(result("adds_up"), result("has_rows"))
    assert (check.passed, check.severity) == (True, dg.AssetCheckSeverity.ERROR)
    assert [row["rule"] for row in rows(check, "rules")] == [f"{TABLE}__adds_up", f"{TABLE}__has_rows"]
    assert "failing_rows" not in check.metadata


@pytest.mark.parametrize("status", ["fail", "error"])
def test_a_rule_that_does_not_hold_stops_publishing_with_its_rows(status: Status):
    check = shown(result("adds_up", status, ("AH-21-001 2021/22",)), result("has_rows"))
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert rows(check, "failing_rows") == [{"rule": f"{TABLE}__adds_up", "key": "AH-21-001 2021/22"}]
    assert check.description == f"{TABLE}__adds_up: 3 of 9 rows"


def test_what_a_post_let_pass_is_seen_and_stops_nothing():
    check = shown(result("has_rows", "fail"), overridden={f"{TABLE}__has_rows"})
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)


def test_a_rule_that_was_let_pass_hides_no_other():
    failed = result("has_rows", "fail"), result("adds_up", "fail")
    assert shown(*failed, overridden={f"{TABLE}__has_rows"}).severity == dg.AssetCheckSeverity.ERROR
