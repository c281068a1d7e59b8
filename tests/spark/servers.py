"""Spark's own servers on loopback, as real processes: a master with its workers, and a server of Spark Connect.

Here belongs their start and end. Not here: what is built with them (``tests/spark``).
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyspark
import pytest

from dbt_project.engines import Spark

_PACKAGE = Path(pyspark.__file__).parent
_HERE = {
    "SPARK_HOME": str(_PACKAGE),
    "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    # Another way to hand work over, at a port that is always the same.
    "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",
}
_DEPLOY = "org.apache.spark.deploy"
_ON_LOOPBACK = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")


@dataclass(frozen=True)
class Cluster:
    """A master and two workers of one core each.

    Attributes:
        master: The master's address, as the settings have it.
        folder: Where the workers keep what their executors said.
    """

    master: str
    folder: Path

    def tasks(self) -> list[int]:
        """Return how many tasks each executor ended."""
        return [said.read_text().count(" Finished task ") for said in self.folder.glob("*/app-*/*/stderr")]


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Start a master and its workers on free ports; end them with what they started."""
    with contextlib.ExitStack() as ended:
        says = r"Starting Spark master at (\S+)\n(?s:.*)I have been elected leader"
        (master,) = ended.enter_context(server(folder / "master", says, f"{_DEPLOY}.master.Master", *_ON_LOOPBACK))
        for own in (folder / "one", folder / "other"):
            asked = (*_ON_LOOPBACK, "--cores", "1", "--memory", "1g", "--work-dir", str(own), master)
            ended.enter_context(server(own, "Successfully registered with", f"{_DEPLOY}.worker.Worker", *asked))
        yield Cluster(master, folder)


@contextlib.contextmanager
def connect_server(folder: Path, master: str) -> Iterator[Spark]:
    """Start a server of Spark Connect on a free port; give the engine that works on it, with a folder for both."""
    service = "org.apache.spark.sql.connect.service.SparkConnectServer"
    listens = {"spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": "0"}
    said = (part for name, value in listens.items() for part in ("--conf", f"{name}={value}"))
    submit = ("org.apache.spark.deploy.SparkSubmit", "--master", master, *said, "--class", service, "spark-internal")
    with server(folder / "server", r"Spark Connect server started at: (\S+)", *submit) as (address,):
        (shared := folder / "seen by both").mkdir()
        yield Spark(f"sc://{address}", shared)


@contextlib.contextmanager
def server(folder: Path, says: str, *command: str) -> Iterator[tuple[str, ...]]:
    """Run a class of Spark's in a Java of its own.

    Args:
        folder: Where it works.
        says: What it has said when it serves; the groups of this are given.
        command: The class and its arguments.
    """
    folder.mkdir(parents=True)
    started = subprocess.Popen(
        [_PACKAGE / "bin" / "spark-class", *command],
        env=os.environ | _HERE,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _said(started, re.compile(says))
    finally:
        started.terminate()
        started.wait()


def _said(started: subprocess.Popen[str], wanted: re.Pattern[str]) -> tuple[str, ...]:
    """Return what a server says of itself as soon as it serves; what it says from then on is thrown away."""
    assert started.stdout is not None
    said = ""
    for line in started.stdout:
        said += line
        if found := wanted.search(said):
            threading.Thread(target=deque, args=(started.stdout, 0), daemon=True).start()
            return found.groups()
    pytest.fail(said)
