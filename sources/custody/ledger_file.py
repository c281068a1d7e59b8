"""The ledger's file: its tables, and an SQLite database that is sound or is made anew.

Here belongs how the index is stored: write-ahead log, so that readers work during a load, and full
synchronisation. Not here: what is in it and what is asked of it (``ledger``).
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sources import home as layout

_log = logging.getLogger(__name__)

# Raise it with the tables: a file of another number is made anew.
FORMAT = 4
_TABLES = (
    "create table event (seq integer primary key, kind text not null, sha256 text not null)",
    "create index event_kind on event (kind, seq)",
    """create table submission (
        submission_id text primary key,
        stem text not null,
        receipt_seq integer not null unique,
        directorate_code text not null,
        file_sha256 text not null,
        is_receipt_declared integer not null,
        state text not null,
        reports_for text not null,
        financial_year text,
        reporting_period text,
        version_no integer,
        judged_seq integer,
        accepted_seq integer,
        withdrawn_seq integer,
        document text not null
    )""",
    "create index submission_stem on submission (stem)",
    "create index submission_bytes on submission (directorate_code, file_sha256, state, receipt_seq)",
    "create index submission_state on submission (state)",
    "create index submission_version on submission (reports_for, financial_year, reporting_period, version_no)",
    """create index submission_accepted on submission (
        reports_for, financial_year, reporting_period, state, receipt_seq, accepted_seq, withdrawn_seq
    )""",
    """create table in_force (
        submission_id text primary key,
        financial_year text not null,
        reporting_period text not null,
        reports_for text not null,
        unique (financial_year, reporting_period, reports_for)
    )""",
)
# How long one writer waits for another before it gives up.
_BUSY_SECONDS = 30.0


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to a sound database with the ledger's tables.

    One that is damaged or of another format is thrown away first: all it held is in the vault.

    Raises:
        sqlite3.OperationalError: If it cannot be read or written.
    """
    try:
        connection = _open(path)
        if _format(connection) == FORMAT:
            return connection
        connection.close()
        reason = "it has another format"
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        reason = str(error)
    _log.warning("the ledger %s is made anew from the vault: %s", path, reason)
    discard(path)
    return _open(path)


def copied(path: Path) -> sqlite3.Connection:
    """Return a copy in memory of what the database holds, whoever is writing to it meanwhile.

    Nothing is written beside it and no lock is taken: even a read-only connection to a database with
    a write-ahead log would leave files of its own there. Where there is no database, or one that
    ``connect`` would throw away, the copy has no rows: all it held is in the vault.

    Raises:
        OSError: If it cannot be read.
    """
    memory = empty()
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(FileNotFoundError, sqlite3.DatabaseError):
        copy = _copy_between_writes(path, Path(folder))
        with contextlib.closing(sqlite3.connect(copy)) as source:
            _expect_sound(source)
            if _format(source) == FORMAT:
                source.backup(memory)
    return memory


def empty() -> sqlite3.Connection:
    """Return the tables in memory, without rows."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    _create_tables(memory)
    return memory


def loaded(data: bytes) -> sqlite3.Connection:
    """Return in memory what ``sqlite3.Connection.serialize`` gave."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    memory.deserialize(data)
    return memory


def discard(path: Path) -> None:
    """Remove the database with its log; a log that is left over would be taken for another's."""
    for suffix in ("-wal", "-shm", ""):
        layout.discard(path.with_name(path.name + suffix))


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of what is inside or none of it, as the only writer."""
    connection.execute("begin immediate")
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _open(path: Path) -> sqlite3.Connection:
    # Its log and its shared memory take their mode from it.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, layout.PRIVATE_FILE))
    layout.set_mode(path, layout.PRIVATE_FILE)
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        _expect_sound(connection)
        if _format(connection) == 0:
            _create_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _copy_between_writes(path: Path, folder: Path) -> Path:
    """Copy the database with its log into a folder, at a moment when nobody wrote to the database itself.

    A log that grows meanwhile does no harm: its end is then no whole transaction, and is not read.
    """
    log = path.with_name(path.name + "-wal")
    while True:
        before = _state(path)
        for source in (log, path):
            layout.discard(folder / source.name)
            if source is path or source.exists():
                shutil.copyfile(source, folder / source.name)
        if _state(path) == before:
            return folder / path.name


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _expect_sound(connection: sqlite3.Connection) -> None:
    (answer,) = connection.execute("pragma quick_check(1)").fetchone()
    if answer != "ok":
        raise sqlite3.DatabaseError(answer)


def _format(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _create_tables(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        # Another process may have been first.
        if _format(connection) == 0:
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"pragma user_version = {FORMAT}")
