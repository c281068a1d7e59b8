"""Stages 3 and 5 as assets: the candidate's sources, dbt's tables, the release.

Here belongs what Dagster shows of transformation and publishing. Not here: loading and running
(``dbt_project``), releasing (``publishing``).
"""

# No `from __future__ import annotations`: Dagster looks at the annotation of `context` as it stands.

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import dagster as dg

from dbt_project import lineage, run_dbt
from dbt_project.content import Size, sizes_of
from dbt_project.load_raw import load_raw
from dbt_project.parsed import lineage_beside
from dbt_project.published import published_tables
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from dbt_project.rules import FailingRow, first_of_each_rule
from expectations import evidence
from orchestration.code_version import code_sha256
from orchestration.dbt_events import Progress, TableTranslator, asset_events, table_specs
from orchestration.freshness import POLICY, RELEASE
from orchestration.grid_cells import link
from orchestration.instance import POOL
from orchestration.links import Links
from orchestration.lookups import Built
from orchestration.printouts.said import visible
from orchestration.resources import Warehouse
from orchestration.settings import PROJECT
from publishing.in_force import SITE
from publishing.parts import parts_of
from publishing.release import Release, publish
from publishing.site.pictures import Pictures
from publishing.version import parts_sha256
from sources import home as layout

SOURCES_GROUP = "candidate"


def _source_specs() -> list[dg.AssetSpec]:
    """One asset a source table of dbt, so that a table leads back to the returns it comes from."""
    lines = [dg.AssetKey("judged_returns"), dg.AssetKey("directorate_return")]
    raw = [dg.AssetSpec(["raw", table], deps=lines, group_name=SOURCES_GROUP, kinds={"duckdb"}) for table in RAW_TABLES]
    reference = [
        dg.AssetSpec(
            ["reference", table], deps=["reference_data", "judged_returns"], group_name=SOURCES_GROUP, kinds={"duckdb"}
        )
        for table in REFERENCE_TABLES
    ]
    return raw + reference


@dg.multi_asset(specs=_source_specs(), pool=POOL)
def candidate_sources(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[Any]]:
    """Schemas ``raw`` and ``reference`` of a new candidate: ledger, typed lines and reference data, by Arrow."""
    layout.discard(warehouse.home.evidence)
    warehouse.restore()
    home, code = warehouse.home, code_sha256(PROJECT)
    counts = load_raw(home.candidate, home, warehouse.ledger, warehouse.vault, code)
    for table, rows in counts.rows.items():
        yield dg.MaterializeResult(asset_key=dg.AssetKey(table.split(".")), metadata={"dagster/row_count": rows})


def warehouse_tables(manifest: Path) -> dg.AssetsDefinition:
    """Return dbt's models as assets and its tests as checks, run in this process.

    They are one definition that cannot be divided: a candidate is built whole or not at all, and the
    pages then start the whole build wherever one table of it is asked for.

    Args:
        manifest: dbt's manifest of the project.
    """
    translator = TableTranslator()
    tables, checks = table_specs(manifest, translator)
    made_of = lineage.read(lineage_beside(manifest))
    keys = {spec.key.to_python_identifier(): spec.key for spec in tables}
    parents = {spec.key: {dep.asset_key for dep in spec.deps} for spec in tables}

    @dg.multi_asset(name="warehouse_tables", specs=tables, check_specs=checks, can_subset=False, pool=POOL)
    def _tables(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        progress = Progress(context.log.info, context.log.warning)
        result = run_dbt.build(warehouse.home.candidate, progress, engine=warehouse.engine)
        sizes = sizes_of(warehouse.home.candidate, published_tables(manifest)) if result.success else {}
        rows, built = _failing_rows(result), Built(context, parents)
        for event in asset_events(progress.events, manifest, translator, context):
            if isinstance(event, dg.AssetCheckResult):
                yield _with_rows(event, rows)
            else:
                built.comes(keys[event.output_name])
                yield _with_lineage(_with_size(event, sizes), made_of)
        if not result.success:
            raise dg.Failure(
                "dbt did not build the candidate; nothing of it is published.\n" + _what_failed(result, rows)
            )

    return _tables


def _with_size(output: dg.Output[Any], sizes: Mapping[str, Size]) -> dg.Output[Any]:
    """Return a table with its rows and the sum of each of its amounts, which the pages draw over time."""
    size = sizes.get(output.output_name.split("__", 1)[1])
    if size is None:
        return output
    pounds = {name: dg.MetadataValue.float(float(amount)) for name, amount in size.pounds.items()}
    return output.with_metadata({**output.metadata, "dagster/row_count": size.rows, **pounds})


def _with_lineage(output: dg.Output[Any], made_of: lineage.Lineage) -> dg.Output[Any]:
    """Return a table with the columns that each of its own is made of, which the pages draw."""
    schema, _, table = output.output_name.partition("__")
    if not (columns := made_of.get((schema, table))):
        return output
    deps = {
        name: [dg.TableColumnDep(dg.AssetKey([of.schema, of.table]), of.column) for of in each]
        for name, each in columns.items()
    }
    return output.with_metadata({**output.metadata, "dagster/column_lineage": dg.TableColumnLineage(deps)})


def _failing_rows(result: run_dbt.BuildResult) -> dict[str, list[FailingRow]]:
    """Return the first rows that break each rule, by the name of the test that failed."""
    return {
        node.name: first_of_each_rule(node.rows)
        for node in result.nodes.values()
        if node.resource_type == "test" and node.status in ("fail", "warn")
    }


def _with_rows(check: dg.AssetCheckResult, rows: Mapping[str, Sequence[FailingRow]]) -> dg.AssetCheckResult:
    """Return a check with the rows that fail as a table."""
    if not (found := rows.get(check.check_name or "")):
        return check
    records = [dg.TableRecord(asdict(row)) for row in found]
    return check._replace(metadata={**check.metadata, "failing_rows": dg.MetadataValue.table(records)})


def _what_failed(result: run_dbt.BuildResult, rows: Mapping[str, Sequence[FailingRow]]) -> str:
    failed = (node for node in result.nodes.values() if node.status in {"error", "fail"})
    return "\n".join(
        line
        for node in failed
        for line in (
            f"{node.resource_type} {node.name}: {node.message}",
            *(f"  {row.rule}: {visible(row.key)} has {visible(row.value)}" for row in rows.get(node.name, ())),
        )
    )


def published_keys(manifest: Path) -> list[dg.AssetKey]:
    """Return the assets that are published tables."""
    return [dg.AssetKey([table.schema, table.name]) for table in published_tables(manifest)]


def release_asset(manifest: Path, published: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Return the asset that stands for what readers have.

    Args:
        manifest: dbt's manifest of the project.
        published: The published tables; a blocking check of any of them that fails holds it back.
    """

    @dg.asset(
        key=RELEASE,
        group_name="publishing",
        kinds={"duckdb", "parquet"},
        deps=published,
        freshness_policy=POLICY,
        pool=POOL,
    )
    def _release(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[Any]:
        """What readers have: a release written once, hashed in its manifest, swapped in by rename."""
        home, ledger = warehouse.home, warehouse.ledger
        built = run_dbt.result_of(home.candidate)
        tables = published_tables(built.manifest, lineage.read(lineage_beside(manifest)))
        found = publish(
            home,
            evidence=evidence.read(home.evidence),
            tables=tables,
            ledger=ledger,
            code_sha256=code_sha256(PROJECT),
            clock=warehouse.clock,
            parts=parts_of(tables, built.manifest, Pictures.of_last_release(home, ledger)),
            parts_sha256=parts_sha256(),
        )
        return dg.MaterializeResult(metadata=about(warehouse.links, found))

    return _release


def about(links: Links, release: Release) -> dict[str, Any]:
    """Return what the page of a release says of it."""
    manifest = release.manifest
    return {
        "release_id": release.release_id,
        "is_new": release.is_new,
        "content_sha256": manifest.content_sha256,
        "pages": link(links, release.folder / SITE / "index.html"),
        "rows": sum(table.rows for table in manifest.tables.values()),
        "pounds": dg.MetadataValue.json(
            {
                name: {column: str(amount) for column, amount in table.pounds.items()}
                for name, table in manifest.tables.items()
                if table.pounds
            }
        ),
        "checks": len(manifest.checks),
    }
