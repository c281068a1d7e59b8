"""Spark's session: in a Java of our own, or on a server that others have too (Spark Connect).

Here belongs how each begins and ends, and the settings that every build has. Not here: what is done in it (``spark``).
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pyspark
from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from dbt_project.engines import Spark
from dbt_project.invocation import DbtFailed

# With a server PySpark warns of what nobody here asks for: dbt's wish for Hive, with every statement, and pandas.
warnings.filterwarnings("ignore", "Failed to set spark.sql.catalogImplementation", UserWarning)
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)

_SETTINGS = {
    # What overflows or does not divide is an error, never a null.
    "spark.sql.ansi.enabled": "true",
    # Moments are UTC without a zone, in the candidate and here.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # How far a chain is followed is the model's to say.
    "spark.sql.cteRecursionLevelLimit": "-1",
    "spark.sql.cteRecursionRowLimit": "-1",
}
_OF_OUR_JAVA = {
    # The database of one build: nothing of it outlives the session but its files.
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
# What listens for this machine's own workers is reached from nowhere else.
_ON_THIS_MACHINE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
# What Java may take for the plans of all models; Spark's own 1 GB is full with the plans alone. Where it is said: here
# Spark asks last, so that a spark-defaults.conf has its way.
_DRIVER_MEMORY = ("SPARK_DRIVER_MEMORY", "4g")
# Where PySpark looks for the server whenever dbt asks it for a session, and where it keeps that there was one.
_SERVER, _HAD_SERVER = "SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED"
# How often a server that does not answer is asked again: for about a minute. PySpark's own ten minutes would be spent
# on table after table.
_TIMES_ASKED_AGAIN = 6


def session(engine: Spark, files: Path, log: Path) -> AbstractContextManager[SparkSession]:
    """Return a session for one build.

    Args:
        engine: Says who does the work.
        files: Where the tables will lie.
        log: Where a Java of our own says what it has to say; errors come back as exceptions.
    """
    logging.getLogger("SQLQueryContextLogger").disabled = True
    return _on_a_server(engine) if engine.is_a_server else _in_our_java(engine.master, files, log)


@contextlib.contextmanager
def _in_our_java(master: str, files: Path, log: Path) -> Iterator[SparkSession]:
    builder = SparkSession.builder.appName("savings").master(master).config("spark.sql.warehouse.dir", str(files))
    for name, value in (_SETTINGS | _OF_OUR_JAVA | (_ON_THIS_MACHINE if master.startswith("local") else {})).items():
        builder = builder.config(name, value)
    os.environ.setdefault(*_DRIVER_MEMORY)
    with _stderr_into(log):
        begun = builder.getOrCreate()
    try:
        yield begun
    finally:
        _end(begun, log)


def _end(begun: SparkSession, log: Path) -> None:
    """End Spark and its Java: PySpark would keep it, with its memory, and go on speaking to it when it has died."""
    gateway: Any = SparkContext._gateway  # PySpark has no other way to end it
    died: Exception | None = None
    try:
        begun.stop()
    except (OSError, Py4JError) as error:
        died = error
        begun.sparkContext.stop()  # what is left of it in Python
    gateway.shutdown()
    gateway.proc.stdin.close()
    code = gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None
    if died:
        remedy = "if it was short of memory, give it more: `spark.driver.memory` in spark-defaults.conf"
        raise DbtFailed(f"Java ended with {code} while Spark worked in it (its last words: {log}); {remedy}") from died


@contextlib.contextmanager
def _stderr_into(log: Path) -> Iterator[None]:
    """Let what is started meanwhile write its errors into a file: Java keeps the place that it began with."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(log, "ab") as stream:
            os.dup2(stream.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextlib.contextmanager
def _on_a_server(engine: Spark) -> Iterator[SparkSession]:
    with _found_by_dbt(engine.master):
        begun = SparkSession.builder.getOrCreate()
        try:
            _set_up(begun)
            yield begun
        except PySparkException as error:
            raise DbtFailed(f"Spark's server at {engine.master} did not do its part: {error}") from error
        finally:
            begun.stop()


def _set_up(begun: SparkSession) -> None:
    """Let a session on a server have the settings of a build: each of them is a session's to have.

    Raises:
        DbtFailed: If the server's Spark is older than the one that the models are tested with.
    """
    from pyspark.sql.connect.client.retries import DefaultPolicy  # what a Java of our own has no use for

    begun.client.set_retry_policies([DefaultPolicy(max_retries=_TIMES_ASKED_AGAIN)])
    found, least = begun.version.split(".")[:2], pyspark.__version__.split(".")[:2]
    if [*map(int, found)] < [*map(int, least)]:
        raise DbtFailed(f"The server has Spark {begun.version}, and the models need {'.'.join(least)} or later.")
    for name, value in _SETTINGS.items():
        begun.conf.set(name, value)


@contextlib.contextmanager
def _found_by_dbt(address: str) -> Iterator[None]:
    """Let PySpark know the server, which dbt does not name, for as long as dbt may ask it for a session."""
    os.environ[_SERVER] = address
    try:
        yield
    finally:
        for name in (_SERVER, _HAD_SERVER):
            os.environ.pop(name, None)
