"""dbt's events, turned into Dagster's: each model an asset, each test a check of its table.

Here belongs the translation alone. Not here: running dbt (``dbt_project.run_dbt``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from dbt_common.events.base_types import EventMsg
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]  # ships no types


class TableTranslator(DagsterDbtTranslator):
    """Names an asset as its table is named: ``marts/fct_savings_position``."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return schema and table; a test uses the key of the table that it tests."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the folder of ``models/`` that a model lies in."""
        return str(dbt_resource_props["fqn"][1]) if dbt_resource_props["resource_type"] == "model" else "candidate"


def asset_events(
    events: list[EventMsg], manifest: Path, translator: DagsterDbtTranslator, context: dg.AssetExecutionContext | None
) -> Iterator[Any]:
    """Yield what Dagster records of a dbt run, in dbt's order."""
    for event in events:
        raw = MessageToDict(event, preserving_proto_field_name=True)
        message = DbtCoreCliEventMessage(raw_event=raw, event_history_metadata={})
        yield from message.to_default_asset_events(manifest, dagster_dbt_translator=translator, context=context)
