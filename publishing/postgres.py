"""The copy of a release in PostgreSQL, for BI tools and SQL clients.

Here belongs filling a new schema from a release, holding it to the release, and giving it the contract's name.
Not here: when a release is copied (``orchestration.bi_copy``), and who sees what of a joined one
(``publishing.councils.postgres``). Keys, references and descriptions are those of the
release's own ``datapackage.json``; types are those of its database.

All of it is one transaction: readers have the old schema or the new one, and a server that goes away leaves the old.
The old tables are locked before the names change, without ever waiting while a lock is held: so no query sees tables
of both, and none is stopped.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, LiteralString

import duckdb
import psycopg
from psycopg import sql

from dbt_project.published import CONTRACT
from publishing import reader
from publishing.database import SCHEMA
from publishing.files import PACKAGE
from publishing.retention import is_release_id

READER = "bi_reader"
_SCHEMA: LiteralString = (
    "select pg_get_userbyid(nspowner), coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace"
    " where nspname = %s"
)
_NEW, _WAS = f"{CONTRACT}__new", f"{CONTRACT}__was_"
_ROWS_AT_ONCE = 10_000
# One copy at a time, whoever makes it.
_LOCK = 0x5A71_4651
# Long enough for another copy to end; a session that was left behind, or a reader's own, is named after it.
_ANOTHER_ENDS_WITHIN: LiteralString = "set lock_timeout = '10s'"
# Long enough for any query of the readers' role to end.
_READERS_TIMEOUT = "60s"
_SWAP_ATTEMPTS, _SWAP_PAUSE = 180, 0.5
_PATIENCE: tuple[LiteralString, ...] = ("set lock_timeout = '10s'", "set idle_in_transaction_session_timeout = 0")
# So that the server soon ends the session of a machine that lost its power, and with it the lock.
_LIVELY: tuple[LiteralString, ...] = (
    "set tcp_keepalives_idle = 60",
    "set tcp_keepalives_interval = 10",
    "set tcp_keepalives_count = 6",
)
# A copy's own session is at work, or was a moment ago; of another login nobody is told what it does.
_HOLDER: LiteralString = (
    "select a.pid, a.usename, a.usename = current_user and"
    " (a.state = 'active' or a.state_change > now() - interval '10s') is true"
    " from pg_locks l join pg_stat_activity a using (pid)"
    " where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database"
    " where datname = current_database()) and l.classid = 0 and l.objid = %s and l.objsubid = 1"
)

Connection = psycopg.Connection[tuple[Any, ...]]
# Lets its readers into a new schema, whose name and tables it gets.
Access = Callable[[Connection, str, Sequence[str]], None]


class CopyFailedError(Exception):
    """PostgreSQL does not have the release; what it had before, it has still."""


@dataclass(frozen=True)
class _Table:
    """A table as it is to be in PostgreSQL."""

    name: str
    columns: Mapping[str, str]
    described: Mapping[str, Any]

    @property
    def schema(self) -> Mapping[str, Any]:
        schema: Mapping[str, Any] = self.described["schema"]
        return schema

    @property
    def there(self) -> sql.Identifier:
        return sql.Identifier(_NEW, self.name)


def open_to_readers(connection: Connection, schema: str, tables: Sequence[str]) -> None:
    """Let the readers' role read all of a schema, and nothing else."""
    make_role(connection, READER)
    grant_reading(connection, schema, READER)


def make_role(connection: Connection, name: str) -> bool:
    """Make a role that only reads, unless the server's administrator has; return whether it was made now."""
    if connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone() is not None:
        return False
    role, timeout = sql.Identifier(name), sql.Literal(_READERS_TIMEOUT)
    connection.execute(sql.SQL("create role {} nologin").format(role))
    connection.execute(sql.SQL("alter role {} set default_transaction_read_only = on").format(role))
    connection.execute(sql.SQL("alter role {} set statement_timeout = {}").format(role, timeout))
    return True


def grant_reading(connection: Connection, schema: str, role: str) -> None:
    """Let a role read the tables of a schema."""
    place, reader_role = sql.Identifier(schema), sql.Identifier(role)
    connection.execute(sql.SQL("grant usage on schema {} to {}").format(place, reader_role))
    connection.execute(sql.SQL("grant select on all tables in schema {} to {}").format(place, reader_role))


def copy_release(
    release: Path, url: str, wait: Callable[[float], None] = time.sleep, access: Access = open_to_readers
) -> bool:
    """Let the contract's schema hold a release, if it does not yet.

    Args:
        release: The release's folder.
        url: Of the database, as libpq takes it.
        wait: Lets seconds pass while readers end their queries.
        access: Lets them in.

    Returns:
        Whether it was copied now; not where another copy is at work.

    Raises:
        CopyFailedError: If it could not be; nothing has changed then.
    """
    try:
        with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
            held = _held(connection)
            if held == release.resolve().name or not _is_alone(connection):
                return False
            if _held(connection) != held:
                raise CopyFailedError("Another copy to PostgreSQL ended just now, and another release may be in force.")
            for setting in _PATIENCE:
                connection.execute(setting)
            with connection.transaction(), reader.connect(release) as figures:
                tables = _tables(release, figures)
                _fill(connection, figures, tables)
                _describe_schema(connection, release.resolve().name)
                access(connection, _NEW, [table.name for table in tables])
                _swap(connection, wait)
            _drop_old(connection)
            return True
    except psycopg.Error as problem:
        raise CopyFailedError(f"PostgreSQL does not have release {release.resolve().name}: {problem}") from problem


def _is_alone(connection: Connection) -> bool:
    """Take the lock that one copy at a time has; return whether no other copy is at work.

    Raises:
        CopyFailedError: If a session that does nothing keeps the lock: one that was left behind, or any login's.
    """
    for setting in (*_LIVELY, _ANOTHER_ENDS_WITHIN):
        connection.execute(setting)
    if connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone() == (True,):
        return True
    try:
        connection.execute("select pg_advisory_lock(%s)", [_LOCK])
    except psycopg.errors.LockNotAvailable:
        pid, login, is_at_work = connection.execute(_HOLDER, [_LOCK]).fetchone() or ("?", "?", True)
        if is_at_work:
            return False
        raise CopyFailedError(
            f"Another session keeps the lock of the copy in PostgreSQL and does nothing: process {pid} of login"
            f" {login}. End it: select pg_terminate_backend({pid})."
        ) from None
    return True


def _held(connection: Connection) -> str | None:
    """Return the release that the contract's schema holds; None where there is no such schema.

    Raises:
        CopyFailedError: If the schema is somebody else's, which nobody may rename and drop.
    """
    row = connection.execute(_SCHEMA, [CONTRACT]).fetchone()
    if row is None:
        return None
    owner, comment = row
    if not is_release_id(comment):
        raise CopyFailedError(
            f"PostgreSQL has a schema {CONTRACT} of login {owner} that is no copy of a release, and it stays as it is."
            f" Give it another name: alter schema {CONTRACT} rename to {CONTRACT}_other. The next load copies."
        )
    return str(comment)


def _tables(release: Path, figures: duckdb.DuckDBPyConnection) -> list[_Table]:
    package = json.loads((release / PACKAGE).read_bytes())
    typed: dict[str, dict[str, str]] = {}
    for table, column, data_type in figures.execute(
        "select table_name, column_name, data_type from duckdb_columns() order by table_name, column_index"
    ).fetchall():
        typed.setdefault(table, {})[column] = data_type
    return [_Table(each["name"], typed[each["name"]], each) for each in package["resources"]]


def _fill(connection: Connection, figures: duckdb.DuckDBPyConnection, tables: list[_Table]) -> None:
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(_NEW)))
    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(_NEW)))
    for table in tables:
        _create(connection, table)
        _copy(connection, figures, table)
        _reconcile(connection, figures, table)
    keys = {table.name: table.schema.get("primaryKey", []) for table in tables}
    for table in tables:
        _refer(connection, table, keys)
    for table in tables:
        connection.execute(sql.SQL("analyze {}").format(table.there))


def _create(connection: Connection, table: _Table) -> None:
    required = {field["name"] for field in table.schema["fields"] if field.get("constraints", {}).get("required")}
    parts: list[sql.Composable] = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(name), _type(data_type), sql.SQL(" not null" if name in required else "")
        )
        for name, data_type in table.columns.items()
    ]
    if key := table.schema.get("primaryKey"):
        parts.append(sql.SQL("primary key ({})").format(_names(key)))
    connection.execute(sql.SQL("create table {} ({})").format(table.there, sql.SQL(", ").join(parts)))
    _comment(connection, sql.SQL("table {}").format(table.there), table.described["description"])
    for field in table.schema["fields"]:
        column = sql.SQL("column {}").format(sql.Identifier(_NEW, table.name, field["name"]))
        _comment(connection, column, field["description"])


def _type(data_type: str) -> sql.Composable:
    known: dict[str, LiteralString] = {
        "VARCHAR": "text",
        "BOOLEAN": "boolean",
        "INTEGER": "integer",
        "BIGINT": "bigint",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
    }
    if data_type.startswith("DECIMAL("):
        precision, scale = map(int, data_type.removeprefix("DECIMAL(").removesuffix(")").split(","))
        return sql.SQL("numeric({}, {})").format(precision, scale)
    return sql.SQL(known[data_type])


def _comment(connection: Connection, on: sql.Composable, text: str) -> None:
    connection.execute(sql.SQL("comment on {} is {}").format(on, sql.Literal(text)))


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _copy(connection: Connection, figures: duckdb.DuckDBPyConnection, table: _Table) -> None:
    asked = figures.table(f"{SCHEMA}.{table.name}")
    with connection.cursor() as cursor, cursor.copy(sql.SQL("copy {} from stdin").format(table.there)) as copy:
        while rows := asked.fetchmany(_ROWS_AT_ONCE):
            for row in rows:
                copy.write_row(row)


def _reconcile(connection: Connection, figures: duckdb.DuckDBPyConnection, table: _Table) -> None:
    """Make sure that as many rows arrived, with the same pounds to the penny."""
    pounds = [name for name in table.columns if name.endswith("_gbp")]
    sums = sql.SQL(", ").join(
        [sql.SQL("count(*)"), *(sql.SQL("coalesce(sum({}), 0)").format(sql.Identifier(name)) for name in pounds)]
    )
    arrived = connection.execute(sql.SQL("select {} from {}").format(sums, table.there)).fetchone()
    sent = figures.table(f"{SCHEMA}.{table.name}").aggregate(
        ", ".join(["count(*)", *(f'coalesce(sum("{name}"), 0)' for name in pounds)])
    )
    if arrived is None or [*map(Decimal, arrived)] != [*map(Decimal, sent.fetchall()[0])]:
        raise CopyFailedError(f"{table.name} did not arrive in PostgreSQL as it was sent: {arrived}.")


def _refer(connection: Connection, table: _Table, keys: Mapping[str, list[str]]) -> None:
    """Index each reference; where it leads to the other table's key, let the server hold it too."""
    for each in table.schema.get("foreignKeys", []):
        names, to = each["fields"], each["reference"]
        connection.execute(sql.SQL("create index on {} ({})").format(table.there, _names(names)))
        if keys.get(to["resource"]) == to["fields"]:
            connection.execute(
                sql.SQL("alter table {} add foreign key ({}) references {} ({})").format(
                    table.there, _names(names), sql.Identifier(_NEW, to["resource"]), _names(to["fields"])
                )
            )


def _describe_schema(connection: Connection, release_id: str) -> None:
    _comment(connection, sql.SQL("schema {}").format(sql.Identifier(_NEW)), release_id)


def _swap(connection: Connection, wait: Callable[[float], None]) -> None:
    """Give the new schema the contract's name, at a moment at which nobody reads the old one."""
    for _ in range(_SWAP_ATTEMPTS):
        try:
            with connection.transaction():
                _lock_at_once(connection, CONTRACT)
                _rename(connection)
                return
        except psycopg.errors.LockNotAvailable:
            wait(_SWAP_PAUSE)
    raise CopyFailedError("PostgreSQL has the release before: somebody reads it without a pause. The next load tries.")


def _lock_at_once(connection: Connection, schema: str) -> None:
    """Lock all tables of a schema, or none: who waits while holding some would stop readers, or be stopped by them."""
    found = connection.execute(
        "select relname from pg_class where relnamespace = to_regnamespace(%s) and relkind = 'r'", [schema]
    ).fetchall()
    if found:
        tables = sql.SQL(", ").join(sql.Identifier(schema, name) for (name,) in found)
        connection.execute(sql.SQL("lock table {} in access exclusive mode nowait").format(tables))


def _rename(connection: Connection) -> None:
    contract, new = sql.Identifier(CONTRACT), sql.Identifier(_NEW)
    if _held(connection) is not None:
        (number,) = connection.execute("select pg_current_xact_id()").fetchone() or (0,)
        was = sql.Identifier(f"{_WAS}{number}")
        connection.execute(sql.SQL("alter schema {} rename to {}").format(contract, was))
    connection.execute(sql.SQL("alter schema {} rename to {}").format(new, contract))


def _drop_old(connection: Connection) -> None:
    """Remove what the schema was before; what somebody still reads stays for the next time."""
    left = connection.execute("select nspname from pg_namespace where starts_with(nspname, %s)", [_WAS])
    for (name,) in left.fetchall():
        with contextlib.suppress(psycopg.errors.LockNotAvailable), connection.transaction():
            _lock_at_once(connection, name)
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(name)))
