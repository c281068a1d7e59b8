"""Stage 4 as checks: what Great Expectations says of the published tables, and the evidence record.

Here belongs the bridge from a result to a Dagster asset check. Not here: what is expected and how it
is run (``expectations``). dbt's tests are checks of their own (``warehouse_assets``).
"""

# No `from __future__ import annotations`: Dagster looks at the annotation of a resource as it stands.

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from dbt_project import origin, run_dbt
from dbt_project.content import fingerprint
from dbt_project.published import published_tables
from expectations import evidence
from expectations.constraints import constraint_results
from expectations.evidence import CheckResult
from expectations.lock import Severity, constraints_check
from expectations.run_rules import rule_results
from expectations.suites import SUITES
from orchestration.dbt_events import sentence_of
from orchestration.instance import POOL
from orchestration.resources import Warehouse
from publishing.manifest import DATABASE, not_as_published
from publishing.overrides import overrides_of
from publishing.pointer import current
from publishing.retention import all_releases
from sources.custody.ledger import LedgerView
from sources.home import Home

_SEVERITY = {"error": dg.AssetCheckSeverity.ERROR, "warn": dg.AssetCheckSeverity.WARN}


def expectation_checks(published: Sequence[dg.AssetKey]) -> dg.AssetChecksDefinition:
    """Return suites and constraints as blocking asset checks of the tables that they are about.

    Args:
        published: The published tables: all of them are built before the first suite is run.
    """
    specs = [
        *(_spec(key.path[-1], constraints_check(key.path[-1]), published) for key in published),
        *(_spec(suite.table, check.name, published, check.severity) for suite in SUITES for check in suite.checks),
    ]

    @dg.multi_asset_check(name="published_tables_are_what_readers_rely_on", specs=specs, pool=POOL)
    def _checks(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.AssetCheckResult]:
        """Run them, write the evidence, then say what was found (docs/decisions/0005)."""
        results = gather_evidence(warehouse)
        content_sha256 = evidence.read(warehouse.home.evidence).content_sha256
        # What a named post let pass is still a failure that is seen, but stops nothing.
        overridden = overrides_of(warehouse.ledger, content_sha256)
        for result in results:
            yield dg.AssetCheckResult(
                passed=result.status == "pass",
                asset_key=_key(result.table),
                check_name=result.name,
                severity=_SEVERITY["warn" if result.name in overridden else result.severity],
                metadata={"observed": result.observed, **_failing_rows(result)},
            )

    return _checks


def _failing_rows(result: CheckResult) -> dict[str, dg.TableMetadataValue]:
    """Return the keys of rows that fail as a table; nothing where none does."""
    records = [dg.TableRecord({"key": key}) for key in result.failing_keys]
    return {"failing_rows": dg.MetadataValue.table(records)} if records else {}


def _spec(table: str, check: str, published: Sequence[dg.AssetKey], severity: Severity = "error") -> dg.AssetCheckSpec:
    others = [key for key in published if key != _key(table)]
    return dg.AssetCheckSpec(
        check,
        asset=_key(table),
        description=sentence_of(check),
        blocking=severity == "error",
        additional_deps=others,
    )


def gather_evidence(warehouse: Warehouse) -> list[CheckResult]:
    """Run the suites on the candidate, bind all results to its hash, write the record; return what dbt did not find."""
    from expectations.run_suites import run_suites  # seconds to import: not for those who only look at definitions

    home = warehouse.home
    built = run_dbt.result_of(home.candidate)
    results = [
        *constraint_results(home.candidate, built.manifest),
        *run_suites(home.candidate, _release_to_compare_with(home, warehouse.ledger)),
    ]
    found = fingerprint(home.candidate, published_tables(built.manifest))
    inputs = origin.read(home.candidate)
    checks = [*rule_results(home.candidate, built), *results]
    evidence.write(evidence.bind(found, inputs, built, checks), home.evidence)
    return results


def _release_to_compare_with(home: Home, ledger: LedgerView) -> Path | None:
    """Return the database of the release that readers have; of the latest one that is as published if it is not."""
    given = current(home)
    releases = [*([given] if given else []), *reversed(all_releases(home))]
    return next((release / DATABASE for release in releases if not not_as_published(release, ledger)), None)


def _key(table: str) -> dg.AssetKey:
    return dg.AssetKey(["marts", table])
