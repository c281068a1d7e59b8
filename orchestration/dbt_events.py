"""dbt's events, turned into Dagster's: each model an asset, each test a check of its table.

Here belongs the translation alone. Not here: running dbt (``dbt_project.run_dbt``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject
from dagster_dbt.asset_utils import build_dbt_specs
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from dbt_common.events.base_types import EventMsg
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]  # ships no types

from dbt_project import invocation

# The events that tell Dagster of a table or a check; dbt has some twenty others for each.
_RESULTS = frozenset({"LogModelResult", "LogTestResult"})
_NOT_WELL = frozenset({"error", "fail", "warn", "runtime error", "skipped"})
# Each line costs Dagster an event of its own.
_TOLD_EVERY = 20


class TableTranslator(DagsterDbtTranslator):
    """Names an asset as its table is named: ``marts/fct_savings_position``."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return schema and table; a test uses the key of the table that it tests."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the folder of ``models/`` that a model lies in."""
        return str(dbt_resource_props["fqn"][1]) if dbt_resource_props["resource_type"] == "model" else "candidate"

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what dbt says of a table, and which file its SQL is in."""
        sql = invocation.PROJECT / dbt_resource_props["original_file_path"]
        code = dg.CodeReferencesMetadataValue(code_references=[dg.LocalFileCodeReference(file_path=str(sql))])
        return {**super().get_metadata(dbt_resource_props), "dagster/code_references": code}

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        """Return the check of a dbt test, with what it asserts as its description.

        It waits for no other table: all are built in one step, and what it reads may be part of a query only.
        """
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec and spec._replace(description=spec.description or sentence_of(spec.name), additional_deps=[])


# What a check of several rules asserts, by the last words of its name.
_SENTENCES = {
    "holds": "Every row keeps the rules that its table declares: keys, references, words and signs.",
    "agrees": "The rows agree with one another and with the tables that they are made of.",
    "is_what_readers_rely_on": "The table has its constraints, rows, members and sums; else nothing is published.",
    "is_as_usual": "The figures are within what the release before and their own past make likely. It stops nothing.",
}


def sentence_of(check: str) -> str:
    """Return what a check asserts; its name is ``<table>__<sentence>``."""
    sentence = check.rpartition("__")[2]
    return _SENTENCES.get(sentence) or f"{sentence.replace('_', ' ').capitalize()}."


def table_specs(
    manifest: Path, translator: TableTranslator
) -> tuple[Sequence[dg.AssetSpec], Sequence[dg.AssetCheckSpec]]:
    """Return an asset per model and a check per data test, as ``dagster_dbt.dbt_assets`` makes them.

    That decorator's own assets can always be divided, so the specs are taken from where it takes them.
    """
    return build_dbt_specs(
        translator=translator,
        manifest=json.loads(manifest.read_bytes()),
        select="fqn:*",
        exclude="resource_type:unit_test",
        selector="",
        io_manager_key=None,
        project=None,
    )


@dataclass
class Progress:
    """Takes dbt's events, and has the run's log say as they come how far it is, and at once what fails.

    Assets and checks are recorded once the build has ended, with their rows and pounds: nothing reads the candidate
    while dbt writes it.

    Attributes:
        say: Writes a line into the run's log.
        warn: Writes a warning.
        events: All of them, in dbt's order.
    """

    say: Callable[[str], None]
    warn: Callable[[str], None]
    events: list[EventMsg] = field(default_factory=list)
    _finished: int = 0

    def __call__(self, event: EventMsg) -> None:
        """Take one event."""
        self.events.append(event)
        if event.info.name == "NodeFinished":
            self._finished += 1
            node = event.data.node_info
            if node.node_status in _NOT_WELL:
                self.warn(f"dbt: {node.resource_type} {node.node_name} ended with {node.node_status!r}.")
            elif self._finished % _TOLD_EVERY == 0:
                self.say(f"dbt: {self._finished} models and tests done, {node.node_name} the last.")


def asset_events(
    events: list[EventMsg], manifest: Path, translator: DagsterDbtTranslator, context: dg.AssetExecutionContext | None
) -> Iterator[Any]:
    """Yield what Dagster records of a dbt run, in dbt's order."""
    for event in (event for event in events if event.info.name in _RESULTS):
        raw = MessageToDict(event, preserving_proto_field_name=True)
        message = DbtCoreCliEventMessage(raw_event=raw, event_history_metadata={})
        yield from message.to_default_asset_events(manifest, dagster_dbt_translator=translator, context=context)
