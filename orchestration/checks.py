"""Stage 4 as checks: what Great Expectations says of the published tables, and the evidence record.

Here belongs the bridge from a result to a Dagster asset check. Not here: what is expected and how it
is run (``expectations``). dbt's tests are checks of their own (``warehouse_assets``).
"""

# No `from __future__ import annotations`: Dagster looks at the annotation of a resource as it stands.

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import dagster as dg

from dbt_project import candidate as scratch
from dbt_project import origin, run_dbt
from dbt_project.content import fingerprint
from dbt_project.published import published_tables
from expectations import evidence
from expectations.constraints import constraint_results
from expectations.evidence import CheckResult
from expectations.lock import Severity
from expectations.run_rules import rule_results
from expectations.suites import SUITES
from orchestration.dbt_events import sentence_of
from orchestration.instance import POOL
from orchestration.lookups import look_up_at_once
from orchestration.resources import Warehouse
from publishing.manifest import DATABASE, not_as_published
from publishing.overrides import overrides_of
from publishing.pointer import current
from publishing.retention import all_releases
from sources.custody.ledger import LedgerView
from sources.home import Home

_SEVERITY = {"error": dg.AssetCheckSeverity.ERROR, "warn": dg.AssetCheckSeverity.WARN}
# The two checks of a table, by the severity of what they take together.
_SENTENCES: Mapping[Severity, str] = {"error": "is_what_readers_rely_on", "warn": "is_as_usual"}


def expectation_checks(published: Sequence[dg.AssetKey]) -> dg.AssetChecksDefinition:
    """Return at most two checks per table: what stops publishing, its constraints included, and what warns.

    One per rule would be thousands of events a week that nobody reads; each rule has its row in the
    check's own table, and in ``fct_check_result``.

    Args:
        published: The published tables: all of them are built before the first suite is run.
    """
    watched = {suite.table for suite in SUITES for check in suite.checks if check.severity == "warn"}
    specs = [
        *(_spec(key.path[-1], "error", published) for key in published),
        *(_spec(table, "warn", published) for table in sorted(watched)),
    ]

    @dg.multi_asset_check(name="published_tables_are_what_readers_rely_on", specs=specs, pool=POOL)
    def _checks(
        context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.AssetCheckResult]:
        """Run them, write the evidence, then say what was found (docs/decisions/0005)."""
        results = gather_evidence(warehouse)
        content_sha256 = evidence.read(warehouse.home.evidence).content_sha256
        # What a named post let pass is still a failure that is seen, but stops nothing.
        overridden = overrides_of(warehouse.ledger, content_sha256)
        by_check = sorted(results, key=_check_of)
        look_up_at_once(context, published)
        for (table, severity), of_check in groupby(by_check, key=_check_of):
            yield as_one_check(table, severity, list(of_check), overridden)

    return _checks


def _check_of(result: CheckResult) -> tuple[str, Severity]:
    return result.table, result.severity


def as_one_check(
    table: str, severity: Severity, results: Sequence[CheckResult], overridden: Collection[str]
) -> dg.AssetCheckResult:
    """Return what several rules of one table came to; it stops publishing if one does that nobody let pass."""
    failed = [result for result in results if result.status != "pass"]
    stops = severity == "error" and any(result.name not in overridden for result in failed)
    rules = [dg.TableRecord({"rule": r.name, "status": r.status, "observed": r.observed}) for r in results]
    rows = [dg.TableRecord({"rule": result.name, "key": key}) for result in failed for key in result.failing_keys]
    return dg.AssetCheckResult(
        passed=not failed,
        asset_key=_key(table),
        check_name=_name_of(table, severity),
        severity=_SEVERITY["error" if stops or not failed else "warn"],
        description="; ".join(f"{result.name}: {result.observed}" for result in failed) or None,
        metadata={
            "rules": dg.MetadataValue.table(rules),
            **({"failing_rows": dg.MetadataValue.table(rows)} if rows else {}),
        },
    )


def _name_of(table: str, severity: Severity) -> str:
    return f"{table}__{_SENTENCES[severity]}"


def _spec(table: str, severity: Severity, published: Sequence[dg.AssetKey]) -> dg.AssetCheckSpec:
    name = _name_of(table, severity)
    return dg.AssetCheckSpec(
        name,
        asset=_key(table),
        description=sentence_of(name),
        blocking=severity == "error",
        additional_deps=[key for key in published if key != _key(table)],
    )


def gather_evidence(warehouse: Warehouse) -> list[CheckResult]:
    """Run the suites on the candidate, bind all results to its hash, write the record; return what dbt did not find."""
    from expectations.run_suites import run_suites  # seconds to import: not for those who only look at definitions

    home = warehouse.home
    built = run_dbt.result_of(home.candidate)
    with scratch.read(home.candidate):  # DuckDB opens a file that is open much faster
        results = [
            *constraint_results(home.candidate, built.manifest),
            *run_suites(home.candidate, _release_to_compare_with(home, warehouse.ledger)),
        ]
        found = fingerprint(home.candidate, published_tables(built.manifest))
        inputs = origin.read(home.candidate)
    checks = [*rule_results(built), *results]
    evidence.write(evidence.bind(found, inputs, built, checks), home.evidence)
    return results


def _release_to_compare_with(home: Home, ledger: LedgerView) -> Path | None:
    """Return the database of the release that readers have; of the latest one that is as published if it is not."""
    given = current(home)
    releases = [*([given] if given else []), *reversed(all_releases(home))]
    return next((release / DATABASE for release in releases if not not_as_published(release, ledger)), None)


def _key(table: str) -> dg.AssetKey:
    return dg.AssetKey(["marts", table])
