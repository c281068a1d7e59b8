"""Asks the semantic layer for metrics as a BI tool would: MetricFlow writes the SQL, a release answers it.

Here belongs what MetricFlow needs to know of a database. Not here: what the metrics should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from dbt_metricflow.cli.dbt_connectors.adapter_backed_client import SupportedAdapterTypes
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup


class _DuckDb:
    """The one thing that MetricFlow asks of a database that it only writes SQL for: how to write it."""

    sql_engine_type = SupportedAdapterTypes.DUCKDB.sql_engine_type
    sql_plan_renderer = SupportedAdapterTypes.DUCKDB.sql_plan_renderer


class SemanticLayer:
    """The metrics of one built candidate.

    Args:
        manifest: dbt's ``semantic_manifest.json`` of the build.
        connection: A connection to the candidate.
    """

    def __init__(self, manifest: Path, connection: duckdb.DuckDBPyConnection) -> None:
        semantic_manifest = parse_manifest_from_dbt_generated_manifest(manifest.read_text("utf-8"))
        self._engine = MetricFlowEngine(SemanticManifestLookup(semantic_manifest), _DuckDb())  # type: ignore[arg-type]  # it is asked for SQL alone
        self._connection = connection

    def metrics(self) -> list[str]:
        """Return the names of all metrics."""
        return sorted(metric.name for metric in self._engine.list_metrics())

    def ask(self, metrics: Sequence[str], group_by: Sequence[str] = (), where: str = "") -> list[tuple[Any, ...]]:
        """Return a row a group: the groups' values, then the metrics'."""
        request = MetricFlowQueryRequest.create(
            metric_names=metrics, group_by_names=group_by, where_constraints=[where] if where else None
        )
        sql = self._engine.explain(request).sql_statement.sql
        columns = ", ".join([*group_by, *metrics])
        return sorted(self._connection.execute(f"select {columns} from ({sql})").fetchall())  # noqa: S608 - MetricFlow's own
