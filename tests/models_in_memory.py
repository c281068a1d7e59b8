"""The project's models without dbt: their SQL rendered and run in memory, one in milliseconds, all in a second.

Here belongs what a test needs that asks models about rows of its own, many times over. Not here: contracts and tests,
which are dbt's. ``builds.test_models_in_memory`` shows that each published table is the one that dbt builds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import jinja2
import pyarrow as pa
import yaml
from dbt_common.clients.jinja import MaterializationExtension

from dbt_project.invocation import PROJECT
from dbt_project.parsed import ANY_COUNCIL

_PUBLISHED = "marts"


class _Dispatch:
    """Stands in for dbt's dispatch: the default, which is DuckDB's."""

    macros: Any = None

    def dispatch(self, name: str, _: str) -> Any:
        return getattr(self.macros, f"default__{name}")


class _Types:
    """Stands in for dbt's own macros."""

    def type_string(self) -> str:
        return "varchar"


class _Relation(str):
    """Stands in for dbt's relation: its name, and what that is made of."""

    @property
    def schema(self) -> str:
        return self.partition(".")[0]

    @property
    def identifier(self) -> str:
        return self.partition(".")[2]


class _Asked:
    """Stands in for dbt's ref and source, and keeps what the SQL at hand reads."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def ref(self, model: str) -> _Relation:
        return self.source(_schema_of(_files()[model]), model)

    def source(self, schema: str, table: str) -> _Relation:
        relation = _Relation(f"{schema}.{table}")
        self.names.append(relation)
        return relation


_ASKED = _Asked()


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
def _environment() -> Any:
    adapter = _Dispatch()
    environment = jinja2.Environment(
        autoescape=False,  # noqa: S701 - SQL of our own, no page
        extensions=["jinja2.ext.do", MaterializationExtension],
        undefined=jinja2.StrictUndefined,
    )
    environment.globals |= {
        "adapter": adapter,
        "dbt": _Types(),
        "return": _returned,
        "ref": _ASKED.ref,
        "source": _ASKED.source,
        "var": {**_project()["vars"], "council_code": ANY_COUNCIL}.__getitem__,
    }
    texts = [path.read_text("utf-8") for path in sorted((PROJECT / "macros").glob("*.sql"))]
    adapter.macros = environment.from_string("\n".join(texts)).module
    exported = {name: value for name, value in vars(adapter.macros).items() if not name.startswith("_")}
    environment.globals |= {name: _with_lists(value) for name, value in exported.items()}
    return environment


@cache
def _as_sql(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the SQL of a model or a question, and the tables that it reads."""
    template = _environment().from_string(text)
    _ASKED.names.clear()
    return template.render(), tuple(_ASKED.names)


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


class Step(NamedTuple):
    """A step of a query: what it is called, how many rows come out of it, and how many it reads of a table."""

    name: str
    rows: int
    scanned: int


class Models:
    """Models over one set of raw and reference tables, each worked out when it is first asked for."""

    def __init__(
        self,
        raw: Mapping[str, pa.Table],
        reference: Mapping[str, pa.Table],
        database: Path | None = None,
        council_code: str = "",
    ) -> None:
        self._council_code = council_code
        self._connection = duckdb.connect(database or ":memory:")
        self._given = {f"raw.{name}": table for name, table in raw.items()}
        self._given |= {f"reference.{name}": table for name, table in reference.items()}
        for schema in {"raw", "reference", *map(_schema_of, _files().values())}:
            self._connection.execute(f"create schema {schema}")
        self._made: set[str] = set()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query that names models by ``ref``, as models do."""
        return self._connection.execute(self._rendered(sql)).fetchall()

    def steps(self, model: str) -> list[Step]:
        """Return the steps in which DuckDB answers a model's query."""
        query = self._rendered(_files()[model].read_text("utf-8"))
        (_, plan), *_ = self._connection.execute(f"explain (analyze, format json) {query}").fetchall()
        return list(_steps(json.loads(plan)))

    def publish(self, *models: str) -> None:
        """Make models in the schema that releases have, and let go of the database."""
        for name in models:
            self._make(f"{_PUBLISHED}.{name}")
        self._connection.close()

    def whole(self) -> duckdb.DuckDBPyConnection:
        """Return a connection to all that a build makes."""
        for name in (*self._given, *(f"{_schema_of(path)}.{name}" for name, path in _files().items())):
            self._make(name)
        return self._connection

    def _make(self, name: str) -> None:
        if name in self._made:
            return
        if name in self._given:
            self._connection.from_arrow(self._given[name]).create(name)
        else:
            query = self._rendered(_files()[name.partition(".")[2]].read_text("utf-8"))
            self._connection.execute(f"create table {name} as {query}")
        self._made.add(name)

    def _rendered(self, sql: str) -> str:
        rendered, reads = _as_sql(sql)
        for name in reads:
            self._make(name)
        return rendered.replace(ANY_COUNCIL, self._council_code)


@cache
def _project() -> Mapping[str, Any]:
    project: Mapping[str, Any] = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))
    return project


def models_of(*layers: str) -> list[str]:
    """Return the names of the models of layers such as ``intermediate``."""
    return sorted(path.stem for layer in layers for path in (PROJECT / "models" / layer).glob("*.sql"))


def _steps(step: Mapping[str, Any]) -> Iterator[Step]:
    name = step.get("operator_name", "").strip()
    yield Step(name, step.get("operator_cardinality", 0), step.get("operator_rows_scanned", 0))
    for each in step["children"]:
        yield from _steps(each)


@cache
def _files() -> Mapping[str, Path]:
    return {path.stem: path for path in (PROJECT / "models").rglob("*.sql")}


def _schema_of(model: Path) -> str:
    """Return the schema that dbt makes a model in: that of its folder."""
    folder = model.relative_to(PROJECT / "models").parts[0]
    return str(_project()["models"]["savings_warehouse"][folder]["+schema"])
