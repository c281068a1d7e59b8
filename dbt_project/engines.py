"""The engine that builds the tables: DuckDB in this process, or Apache Spark for more than one machine.

Here belongs what a build asks of an engine, and DuckDB's answer. Not here: Spark's (``spark``), what is built
(``models``), and everything after the build, which reads the candidate whichever engine built it. Light: DuckDB,
Spark and dbt are imported by whoever builds.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

Rows = list[tuple[Any, ...]]
# Spark 4 asks for it.
_LEAST_JAVA = 17
# As Spark's own script finds it.
_ASKED_FOR_ITS_VERSION = ("/bin/sh", "-c", '"${JAVA_HOME:+$JAVA_HOME/bin/}java" -version')
_VERSION = re.compile(r'version "(\d+)')
# Where somebody has to listen: a server, a master, or several of those that stand in for each other.
_LISTENS = re.compile(r"(?:sc|spark)://([^/;]*)")
# The port of a server whose address has none.
_SERVERS_PORT = 15002
_PATIENCE_SECONDS = 10


class Work(Protocol):
    """An engine at work on one candidate."""

    def ask(self, sql: str) -> Rows:
        """Return what a query of what was built finds, in the engine's own dialect."""
        ...

    def hand_back(self, manifest: Path) -> None:
        """Let the candidate have what was built, if it lies elsewhere."""
        ...


class Engine(Protocol):
    """What builds the tables."""

    @property
    def target(self) -> str:
        """Its target in ``profiles.yml``."""
        ...

    def at_work(self, candidate: Path) -> AbstractContextManager[Work]:
        """Return the engine with the candidate's ``raw`` and ``reference`` before it, for as long as dbt builds."""
        ...


@dataclass(frozen=True)
class _InTheCandidate:
    candidate: Path

    def ask(self, sql: str) -> Rows:
        from dbt_project import candidate as scratch

        with scratch.read(self.candidate) as connection:
            return connection.execute(sql).fetchall()

    def hand_back(self, manifest: Path) -> None:
        """Everything is there already."""


@dataclass(frozen=True)
class DuckDB:
    """Builds in the candidate itself, in this process."""

    target: str = "duckdb"

    @contextlib.contextmanager
    def at_work(self, candidate: Path) -> Iterator[Work]:
        """Yield the candidate, in which DuckDB builds."""
        yield _InTheCandidate(candidate)


DUCKDB = DuckDB()


@dataclass(frozen=True)
class Spark:
    """Builds in files that its machines share, and hands the tables back.

    Attributes:
        master: Who does the work: ``local[*]`` is this machine; a cluster has an address, and so has a server that
            others work with too (Spark Connect).
        folder: A folder that this machine and the cluster's see under the same path; None: beside the candidate.
    """

    master: str = "local[*]"
    folder: Path | None = None
    target: str = "spark"

    @contextlib.contextmanager
    def at_work(self, candidate: Path) -> Iterator[Work]:
        """Yield a session that has the candidate's ``raw`` and ``reference`` as Parquet.

        Raises:
            EngineMissing: If a part of Spark is not installed.
        """
        if lack := lack_of(self):
            raise EngineMissing(f"{lack.what} {lack.remedy}")
        from dbt_project.spark import spark_at_work  # what a server without Spark does not have

        with spark_at_work(candidate, self) as work:
            yield work

    @property
    def is_a_server(self) -> bool:
        """Whether the work is done on a server of others, and in no Java of ours."""
        return self.master.startswith("sc://")


ENGINES = (DUCKDB.target, Spark.target)


def engine_named(name: str, master: str, folder: Path | None) -> Engine:
    """Return the engine of a name.

    Args:
        name: One of ``ENGINES``.
        master: Who does the work, if it is Spark.
        folder: A folder that Spark's machines share.
    """
    return Spark(master, folder) if name == Spark.target else DUCKDB


class EngineMissing(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """The engine that the settings name is not on this machine."""


@dataclass(frozen=True)
class Lack:
    """What an engine lacks on this machine.

    Attributes:
        what: What is missing.
        remedy: How to get it.
    """

    what: str
    remedy: str


def lack_of(engine: Engine) -> Lack | None:
    """Return what this machine lacks for an engine; None where it has all."""
    if not isinstance(engine, Spark):
        return None
    if not all(map(_is_installed, ("pyspark", "dbt.adapters.spark"))):
        remedy = "Run `requirements/install spark` in the project's folder, or set the engine to duckdb."
        return Lack("The engine is spark, and Spark's Python packages are not installed.", remedy)
    if not engine.is_a_server and (version := _java_version()) < _LEAST_JAVA:
        found = f"and the Java found is version {version}" if version else "and no Java was found"
        remedy = "Install it (Debian: openjdk-17-jre-headless), or set JAVA_HOME to where it is."
        return Lack(f"Spark needs Java {_LEAST_JAVA} or later, {found}.", remedy)
    if (listens := _LISTENS.match(engine.master)) and not any(map(_answers, listens[1].split(","))):
        return Lack(f"Nobody answers at {engine.master}.", "Start Spark there, or correct `spark_master`.")
    return None


def _answers(address: str) -> bool:
    with contextlib.suppress(OSError, ValueError):
        named = urlsplit(f"//{address}")
        with socket.create_connection((named.hostname or "", named.port or _SERVERS_PORT), _PATIENCE_SECONDS):
            return True
    return False


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _java_version() -> int:
    """Return the version of the Java that Spark would start; 0 where there is none."""
    said = subprocess.run(_ASKED_FOR_ITS_VERSION, capture_output=True, text=True, check=False).stderr  # noqa: S603 - ours
    found = _VERSION.search(said)
    return int(found[1]) if found else 0
