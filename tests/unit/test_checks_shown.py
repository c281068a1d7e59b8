"""What Dagster's pages show of the rules of one table, taken together."""

# No `from __future__ import annotations`: Dagster looks at the annotation of `context` as it stands.

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import dagster as dg
import pytest

from expectations.evidence import CheckResult, Status
from orchestration.checks import as_one_check
from orchestration.lookups import Built, look_up_at_once

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


def test_dagster_looks_up_all_tables_of_the_checks_at_once(monkeypatch: pytest.MonkeyPatch):
    """Issue 13.6: it leans on what is Dagster's own, and each check still says which build it is about."""
    tables = [dg.AssetKey(["marts", name]) for name in ("dim_date", "dim_theme", TABLE)]
    asked: list[Sequence[dg.AssetKey]] = []
    ask = dg.DagsterInstance.get_asset_records

    @dg.multi_asset(specs=[dg.AssetSpec(key) for key in tables])
    def build() -> Iterator[Any]:
        yield from (dg.MaterializeResult(asset_key=key) for key in tables)

    @dg.multi_asset_check(specs=[dg.AssetCheckSpec("holds", asset=key) for key in tables])
    def checks(context: dg.AssetCheckExecutionContext) -> Iterator[Any]:
        asked.clear()
        look_up_at_once(context, tables)
        yield from (dg.AssetCheckResult(passed=True, asset_key=key, check_name="holds") for key in tables)

    def seen(instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey]) -> Any:
        asked.append(keys)
        return ask(instance, keys)

    monkeypatch.setattr(dg.DagsterInstance, "get_asset_records", seen)
    with dg.DagsterInstance.ephemeral() as instance:
        found = dg.materialize([build, checks], instance=instance).get_asset_check_evaluations()
    assert asked == [tables]
    assert [bool(each.target_materialization_data) for each in found] == [True] * 3


def test_dagster_looks_up_the_tables_of_a_build_a_layer_at_a_time(monkeypatch: pytest.MonkeyPatch):
    """Issue 13.6: it leans on what is Dagster's own, and each table still says which builds it is made of."""
    asked: list[Sequence[dg.AssetKey]] = []
    ask = dg.DagsterInstance.get_asset_records
    first, second, third = (dg.AssetKey(["marts", name]) for name in ("first", "second", "third"))
    parents: dict[dg.AssetKey, set[dg.AssetKey]] = {first: set(), second: set(), third: {first, second}}
    specs = [dg.AssetSpec(key, deps=of) for key, of in parents.items()]

    @dg.multi_asset(specs=specs)
    def build(context: dg.AssetExecutionContext) -> Iterator[Any]:
        built = Built(context, parents)
        asked.clear()
        for key in parents:
            built.comes(key)
            yield dg.MaterializeResult(asset_key=key)

    def seen(instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey]) -> Any:
        asked.append(keys)
        return ask(instance, keys)

    monkeypatch.setattr(dg.DagsterInstance, "get_asset_records", seen)
    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize([build], instance=instance).success
        records = {key: instance.get_latest_materialization_event(key) for key in parents}
    assert asked == [[first, second]]
    tags = records[third].asset_materialization.tags or {}
    pointers = {key: tags[f"dagster/input_event_pointer/{key.to_user_string()}"] for key in (first, second)}
    assert "NULL" not in pointers.values()
