"""One line of evidence for each published table: the candidate has the constraints of its contract.

Here belongs the comparison of what DuckDB holds by itself (what may not be null, the keys of
dimensions) with what the contract declares: a rule that the engine keeps is not tested a second
time, so that it is there has to be seen. Not here: foreign keys and the keys of facts, which DuckDB
is not given (``macros/constraints.sql``) and which dbt's tests hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dbt_project import candidate as scratch
from dbt_project.nodes import nodes_of
from expectations.evidence import CheckResult
from expectations.lock import constraints_check

# Kinds as a contract and DuckDB name them.
_HELD = {"not_null": "NOT NULL", "primary_key": "PRIMARY KEY"}
_Constraints = frozenset[tuple[str, tuple[str, ...]]]


def constraint_results(candidate: Path, manifest: Path) -> list[CheckResult]:
    """Return for each published table whether it has the constraints that its contract declares, and no other.

    Args:
        candidate: Built and closed.
        manifest: Of its build.
    """
    found = _in_force(candidate)
    models = [node for node in nodes_of(manifest).values() if node.get("access") == "public"]
    return [_compared(model["name"], _declared(model), found.get(model["name"], frozenset())) for model in models]


def _in_force(candidate: Path) -> Mapping[str, _Constraints]:
    with scratch.read(candidate) as connection:
        rows = connection.execute(
            "select table_name, constraint_type, constraint_column_names from duckdb_constraints() "
            "where schema_name = 'marts'"
        ).fetchall()
    found: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    for table, kind, columns in rows:
        found.setdefault(table, set()).add((kind, tuple(columns)))
    return {table: frozenset(constraints) for table, constraints in found.items()}


def _declared(model: Mapping[str, Any]) -> _Constraints:
    return frozenset((_HELD[kind], columns) for kind, columns in _constraints(model) if kind in _HELD)


def _constraints(model: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, column in model["columns"].items():
        yield from ((constraint["type"], (name,)) for constraint in column["constraints"])
    yield from ((constraint["type"], tuple(constraint["columns"])) for constraint in model["constraints"])


def _compared(table: str, declared: _Constraints, found: _Constraints) -> CheckResult:
    problems = [
        *(f"{kind} ({', '.join(columns)}) is not held" for kind, columns in sorted(declared - found)),
        *(f"{kind} ({', '.join(columns)}) is held but not declared" for kind, columns in sorted(found - declared)),
    ]
    observed = "; ".join(problems) or f"{len(found)} constraints"
    return CheckResult(constraints_check(table), "duckdb", table, "error", "fail" if problems else "pass", observed)
