"""One build for many councils: the models and tests of one, run once over the lines of all.

Here belongs putting the councils' inputs together, and the manifest by which dbt builds them. Not here: how a query
keeps councils apart (``kept_apart``), and the build (``run_dbt``).

Every table of such a candidate has the council's code as its first column and at the beginning of its key. dbt is
given the project's own nodes, with SQL that was compiled for one council and rewritten; so materialisations, contracts
and tests are those of every night, on each engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

import pyarrow as pa
from dbt.artifacts.resources.v1.components import ColumnInfo
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import GenericTestNode, ModelNode
from dbt_common.contracts.constraints import ColumnLevelConstraint, ConstraintType, ModelLevelConstraint

from dbt_project import candidate as scratch
from dbt_project import parsed
from dbt_project.kept_apart import kept_apart
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from dbt_project.rules import FailingRow
from sources import home as layout
from sources.reference.whose import COUNCIL_CODE as COUNCIL

# Every council that has lists has settings.
_HAS_EVERY_COUNCIL = ("reference", "setting")
_CONTRACTS = {"raw": RAW_TABLES, "reference": REFERENCE_TABLES}
# Each insert takes memory until it is written, however few rows it has; those of too many councils would not fit.
_AT_ONCE = 50
# A row that breaks a rule is found by its council, then by its key.
_OF_WHICH_COUNCIL = "select rule, {code} || ' ' || key as key, value from ({found}) as found"
_CODE = ColumnInfo(
    name=COUNCIL,
    description="Code of the council that the row is of.",
    data_type="string",
    constraints=[ColumnLevelConstraint(type=ConstraintType.not_null)],
)


def put_together(candidate: Path, councils: Iterable[tuple[str, Mapping[str, scratch.Tables]]]) -> None:
    """Create a candidate with the inputs of many councils, one council after another.

    Args:
        candidate: Where; what was there is thrown away.
        councils: The code of each, and its tables by schema (``raw``, ``reference``).
    """
    layout.discard(candidate)
    layout.discard(scratch.wal_of(candidate))
    candidate.parent.mkdir(parents=True, exist_ok=True)
    with scratch.change(candidate) as connection:
        for schema, contracts in _CONTRACTS.items():
            connection.execute(f"create schema {schema}")
            for name, contract in contracts.items():
                connection.from_arrow(_with_code("", contract.empty_table())).create(f"{schema}.{name}")
        left = iter(councils)
        while some := list(islice(left, _AT_ONCE)):
            for schema, contracts in _CONTRACTS.items():
                for name in contracts:
                    rows = [_with_code(code, inputs[schema][name]) for code, inputs in some]
                    connection.from_arrow(pa.concat_tables(rows)).insert_into(f"{schema}.{name}")


def manifest_of_many(kept: Path, engine: str) -> Manifest:
    """Return the manifest by which dbt builds a candidate of many councils.

    Args:
        kept: The manifest of the project, with the SQL of each node.
        engine: Whose SQL it is.

    Raises:
        DbtFailed: If it is damaged.
        dbt_project.kept_apart.NotKeptApart: If a model or test has SQL that nobody has thought through.
    """
    manifest, compiled = parsed.built_of(kept), parsed.sql_of(kept)
    schema, name = _HAS_EVERY_COUNCIL
    (councils,) = (
        each.relation_name for each in manifest.sources.values() if (each.schema, each.name) == (schema, name)
    )
    for unique_id, node in manifest.nodes.items():
        node.raw_code = kept_apart(compiled[unique_id], engine, str(councils))
        if isinstance(node, ModelNode):
            _begin_with_the_code(node)
        else:
            node.raw_code = _OF_WHICH_COUNCIL.format(code=COUNCIL, found=node.raw_code)
        if isinstance(node, GenericTestNode):
            node.test_metadata.kwargs.clear()
    return manifest


def council_of(row: FailingRow, codes: Iterable[str]) -> str | None:
    """Return the code of the council that a row which breaks a rule is of; None if it is of none of these."""
    found = (code for code in codes if row.key.startswith(f"{code} "))
    return max(found, key=len, default=None)


def _begin_with_the_code(node: ModelNode) -> None:
    """Let a contract begin with the code, and so each of its keys."""
    if not node.contract.enforced:
        return
    for column in node.columns.values():
        if keys := [each for each in column.constraints if each.type is ConstraintType.primary_key]:
            column.constraints = [each for each in column.constraints if each not in keys]
            column.constraints.append(ColumnLevelConstraint(type=ConstraintType.not_null))
            node.constraints.append(ModelLevelConstraint(type=ConstraintType.primary_key, columns=[column.name]))
    for constraint in node.constraints:
        constraint.columns = [COUNCIL, *constraint.columns]
    node.columns = {COUNCIL: _CODE, **node.columns}


def _with_code(code: str, table: pa.Table) -> pa.Table:
    codes = pa.array([code], pa.string()).take(pa.array([0] * len(table), pa.int32()))
    return table.add_column(0, pa.field(COUNCIL, pa.string()), codes)
