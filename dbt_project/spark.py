"""Spark at work on one candidate: its session, the inputs handed to it as Parquet, the tables handed back.

Here belongs what Spark needs that DuckDB does not. Not here: how its session begins and ends (``spark_session``),
calling dbt (``invocation``), what differs in SQL (``macros``), and whether Spark is there (``engines``). Imported where
Spark is the engine alone.

The candidate's contract is held on the way back: DuckDB refuses a null and a key that is there twice, of which
Spark takes both without a word.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from dbt_project import candidate as scratch
from dbt_project.engines import Rows, Spark
from dbt_project.invocation import DbtFailed
from dbt_project.nodes import nodes_of
from dbt_project.spark_session import session
from sources import home as layout

_HANDED_OVER = ("raw", "reference")
# What dbt builds into.
_BUILT = ("intermediate", "marts")
# The constraints of a contract that DuckDB holds, as it is told of them.
_HELD = {"not_null": "not null", "primary_key": "primary key"}


@contextlib.contextmanager
def spark_at_work(candidate: Path, engine: Spark) -> Iterator[SparkWork]:
    """Yield Spark with the candidate's ``raw`` and ``reference``; what it wrote is removed afterwards.

    Args:
        candidate: Has both schemas.
        engine: Says who does the work, and where the files lie meanwhile, in a folder of their own.

    Raises:
        DbtFailed: If Spark, or the Java in which it works, ended meanwhile.
    """
    files = (engine.folder or candidate.parent).absolute() / "spark"
    layout.discard(files)
    layout.make_folder(files)
    log = candidate.parent / "dbt" / "logs" / "spark.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with session(engine, files, log) as begun:
            work = SparkWork(candidate, files, begun)
            try:
                work.hand_over()
                yield work
            finally:
                work.drop()
    finally:
        layout.discard(files)


@dataclass(frozen=True)
class SparkWork:
    """Spark at work on one candidate.

    Attributes:
        candidate: Gives the inputs and gets the tables.
        files: Where all lies as Parquet, one folder per schema.
        session: Spark's.
    """

    candidate: Path
    files: Path
    session: SparkSession

    def hand_over(self) -> None:
        """Write the candidate's inputs as Parquet and let Spark have them as tables.

        Raises:
            DbtFailed: If Spark does not take them.
        """
        try:
            self._hand_over()
        except (Py4JError, PySparkException) as error:
            has_to = "each of its machines has to see this folder under the same path, and to read and write there"
            raise DbtFailed(f"Spark did not take what lies in {self.files}; {has_to}: {error}") from error

    def drop(self) -> None:
        """Let Spark forget the databases of this home: a build that was killed may have left them on a server.

        Raises:
            DbtFailed: If one of that name is somebody else's.
        """
        catalog = self.session.catalog
        for schema in filter(catalog.databaseExists, (*_HANDED_OVER, *_BUILT)):
            place = unquote(urlsplit(catalog.getDatabase(schema).locationUri).path)
            if place != str(self.files / schema):
                remedy = "let the build there end, or give savings a server of its own"
                raise DbtFailed(f"Spark has a database {schema} already that is not of this home, at {place}: {remedy}")
            self.session.sql(f"drop database {schema} cascade")

    def _hand_over(self) -> None:
        self.drop()
        for schema in (*_HANDED_OVER, *_BUILT):
            self.session.sql(f"create database {schema} location '{_place(self.files / schema)}'")
        with scratch.read(self.candidate) as connection:
            for schema in _HANDED_OVER:
                for name in _tables_in(connection, schema):
                    path = self.files / schema / name
                    _write(connection.table(f"{schema}.{name}"), path)
                    self.session.sql(f"create table {schema}.{name} using parquet location '{_place(path)}'")

    def ask(self, sql: str) -> Rows:
        """Return what a query finds."""
        return [tuple(row) for row in self.session.sql(sql).collect()]

    def hand_back(self, manifest: Path) -> None:
        """Copy into the candidate what is read after the build: published tables, and what checks read beside them.

        Args:
            manifest: Of the build: says which tables, and their contracts.

        Raises:
            DbtFailed: If a row breaks what a contract says of nulls, keys and types.
        """
        nodes = nodes_of(manifest).values()
        with scratch.change(self.candidate) as connection:
            connection.begin()
            for node in nodes:
                if node["resource_type"] == "model" and _is_read_later(node):
                    connection.execute(f"create schema if not exists {node['schema']}")
                    self._copy(connection, node)
            connection.commit()

    def _copy(self, connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any]) -> None:
        name = f"{node['schema']}.{node['name']}"
        try:
            _fill(connection, name, node, ds.dataset(self.files / node["schema"] / node["name"], format="parquet"))
        except (duckdb.Error, pa.ArrowException) as error:
            raise DbtFailed(f"{name} as Spark built it does not keep its contract: {error}") from error


def _tables_in(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    rows = connection.execute("select table_name from duckdb_tables() where schema_name = ?", [schema]).fetchall()
    return [name for (name,) in rows]


def _write(rows: duckdb.DuckDBPyRelation, folder: Path) -> None:
    folder.mkdir(parents=True)
    reader = rows.to_arrow_reader()
    with pq.ParquetWriter(folder / "rows.parquet", reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


def _is_read_later(node: Mapping[str, Any]) -> bool:
    return node["access"] == "public" or bool(node["config"]["meta"].get("read_by_checks"))


def _fill(connection: duckdb.DuckDBPyConnection, name: str, node: Mapping[str, Any], rows: ds.Dataset) -> None:
    """Create a table as its contract declares it and fill it; without a contract, as Spark wrote it."""
    if not node["contract"]["enforced"]:
        connection.from_arrow(_without_zone(rows.scanner().to_reader())).create(name)
        return
    connection.execute(f"create table {name} ({', '.join(_declared(node))})")
    wanted = connection.table(name).limit(0).to_arrow_table().schema
    reader = _without_zone(rows.scanner(columns=wanted.names).to_reader()).cast(wanted)
    connection.from_arrow(reader).insert_into(name)


def _declared(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns of a contract, then its keys, as DuckDB's dbt adapter declares them."""
    for column in node["columns"].values():
        held = " ".join(_HELD[each["type"]] for each in column["constraints"] if each["type"] in _HELD)
        yield f"{column['name']} {column['data_type']} {held}"
    for each in node["constraints"]:
        if each["type"] in _HELD:
            yield f"{_HELD[each['type']]} ({', '.join(each['columns'])})"


def _without_zone(reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Return the same rows with moments as the candidate has them: UTC, without a zone."""
    fields = [
        field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field for field in reader.schema
    ]
    return reader.cast(pa.schema(fields))


def _place(path: Path) -> str:
    """Return where a file lies, whatever file system a cluster takes a bare path for, as Spark's SQL quotes it."""
    return f"file:{path}".replace("\\", "\\\\").replace("'", "\\'")
