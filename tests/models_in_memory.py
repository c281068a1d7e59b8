"""The project's models without dbt: their SQL rendered and run in memory, in milliseconds.

Here belongs what a property test needs to ask one model about generated rows, many times over. Not here:
contracts, tests and the whole build, which are dbt's (``scenarios``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pyarrow as pa
import yaml

from dbt_project.invocation import PROJECT

_REF = re.compile(r"ref\(\s*['\"](\w+)['\"]\s*\)")
_SOURCE = re.compile(r"source\(\s*['\"](\w+)['\"],\s*['\"](\w+)['\"]\s*\)")


class _Dispatch:
    """Stands in for dbt's dispatch: the default, which is DuckDB's."""

    macros: Any = None

    def dispatch(self, name: str, _: str) -> Any:
        return getattr(self.macros, f"default__{name}")


class _Types:
    """Stands in for dbt's own macros."""

    def type_string(self) -> str:
        return "varchar"


class _List(Exception):  # noqa: N818 - no error: how a macro gives back what is no text
    pass


def _returned(value: Any) -> Any:
    """Stand in for dbt's return: text is text, and a list leaves the macro as it is."""
    if isinstance(value, str):
        return value
    raise _List(value)


def _with_lists(macro: Callable[..., Any]) -> Callable[..., Any]:
    def called(*arguments: Any, **named: Any) -> Any:
        try:
            return macro(*arguments, **named)
        except _List as found:
            return found.args[0]

    return called


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"])  # noqa: S701 - SQL of our own, no page
    environment.globals |= {
        "adapter": (adapter := _Dispatch()),
        "dbt": _Types(),
        "return": _returned,
        "ref": lambda name: f'"{name}"',
        "source": lambda schema, table: f"{schema}.{table}",
        "var": yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"].__getitem__,
    }
    texts = [path.read_text("utf-8") for path in sorted((PROJECT / "macros").glob("*.sql"))]
    adapter.macros = environment.from_string("\n".join(texts)).module
    exported = {name: value for name, value in vars(adapter.macros).items() if not name.startswith("_")}
    environment.globals |= {name: _with_lists(value) for name, value in exported.items()}
    return environment


@cache
def _as_sql(text: str) -> str:
    return _environment().from_string(text).render()


def macros() -> Any:
    """Return the project's macros, each a function that returns SQL."""
    return _environment().globals["adapter"].macros


def macros_returning(name: str) -> Any:
    """Return what one of the project's macros gives back that is no SQL."""
    return _environment().globals[name]()


def calculated(expression: str) -> Any:
    """Return what an expression comes to."""
    row = duckdb.sql(f"select {expression}").fetchone()
    assert row is not None
    return row[0]


class Models:
    """Models over one set of raw and reference tables, each worked out when it is first asked for."""

    def __init__(
        self, raw: Mapping[str, pa.Table], reference: Mapping[str, pa.Table], database: Path | None = None
    ) -> None:
        self._connection = duckdb.connect(database or ":memory:")
        self._connection.execute("create schema raw; create schema reference")
        self._tables = {f"raw.{name}": table for name, table in raw.items()}
        self._tables |= {f"reference.{name}": table for name, table in reference.items()}
        self._made: set[str] = set()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query that names models by ``ref``, as models do."""
        return self._connection.execute(self._rendered(sql)).fetchall()

    def most_rows(self, model: str) -> int:
        """Return how many rows come out of the one step of a model's query that yields most."""
        query = self._rendered(_files()[model].read_text("utf-8"))
        (_, plan), *_ = self._connection.execute(f"explain (analyze, format json) {query}").fetchall()
        return max(_cardinalities(json.loads(plan)))

    def publish(self, *models: str) -> None:
        """Put models into the schema that releases have, and let go of the database."""
        self._connection.execute("create schema marts")
        for name in models:
            self.ask(f"create table marts.{name} as select * from {{{{ ref('{name}') }}}}")  # noqa: S608 - a model
        self._connection.close()

    def _rendered(self, sql: str) -> str:
        for name in _REF.findall(sql):
            if name not in self._made:
                query = self._rendered(_files()[name].read_text("utf-8"))
                self._connection.execute(f'create table "{name}" as {query}')
                self._made.add(name)
        for source in map(".".join, _SOURCE.findall(sql)):
            if source not in self._made:
                self._connection.from_arrow(self._tables[source]).create(source)
                self._made.add(source)
        return _as_sql(sql)


def models_of(*layers: str) -> list[str]:
    """Return the names of the models of layers such as ``intermediate``."""
    return sorted(path.stem for layer in layers for path in (PROJECT / "models" / layer).glob("*.sql"))


def _cardinalities(step: Mapping[str, Any]) -> Iterator[int]:
    yield step.get("operator_cardinality", 0)
    for each in step["children"]:
        yield from _cardinalities(each)


@cache
def _files() -> Mapping[str, Path]:
    return {path.stem: path for path in (PROJECT / "models").rglob("*.sql")}
