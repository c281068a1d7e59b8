"""A PostgreSQL server of a test's own, on a port of loopback, and how tests ask it.

Here belongs starting and stopping it. Not here: anything to assert.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.ports import free_port
from tests.programs import POSTGRESQL

# The server does not run as root.
_ACCOUNT = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        data: Its folder.
        port: Where it listens.
    """

    data: Path
    port: int

    def url(self, user: str = "postgres", database: str = "postgres") -> str:
        """Return an address of a database for libpq."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def ask(self, sql: str, user: str = "postgres") -> list[tuple[Any, ...]]:
        """Return rows."""
        with psycopg.connect(self.url(user), autocommit=True) as connection:
            asked = connection.execute(sql)  # type: ignore[call-overload] - text of tests
            return list(asked.fetchall()) if asked.description else []

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-h 127.0.0.1 -p {self.port} -k {self.data} -c fsync=off -c max_connections=20"
        _run("pg_ctl", "-D", str(self.data), "-l", str(self.data / "log"), "-o", options, "-w", "start")

    def stop(self) -> None:
        """Stop it as a power cut does."""
        _run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Give a fresh server; its folder goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="savings-postgresql-"))
    shutil.chown(folder, _ACCOUNT)
    started = Server(folder / "data", free_port())
    try:
        _run(
            "initdb", "-D", str(started.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        started.start()
        yield started
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            started.stop()
        shutil.rmtree(folder)


def _run(program: str, *arguments: str) -> None:
    command = [str(Path(POSTGRESQL.path) / program), *arguments]
    account = _ACCOUNT if os.geteuid() == 0 else None
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, user=account, cwd="/")
