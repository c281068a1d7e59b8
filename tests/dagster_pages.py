"""Dagster's pages, served as ``make ui`` serves them, until the test that started them is done.

Here belongs starting, asking and stopping them. Not here: what they must show or do (``faults.test_pages``,
``browser.test_dagster_buttons``).
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.instance import prepare
from orchestration.settings import PROJECT
from sources.home import Home

# The webserver alone; with the daemon, which starts the runs that the pages ask for, it is `dagster dev`.
WEBSERVER = ("-m", "dagster_webserver")
WITH_DAEMON = ("-m", "dagster", "dev")


@dataclass(frozen=True)
class Pages:
    """A webserver of the test's own."""

    process: subprocess.Popen[str]
    port: int
    said: queue.Queue[str]

    def wait_until_it_says(self, words: re.Pattern[str], timeout: float) -> str:
        """Return the first line from now on that holds these words."""
        while not words.search(line := self.said.get(timeout=timeout)):
            pass
        return line

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, query: str, variables: Mapping[str, Any] | None = None, content_type: str = "application/json"
    ) -> dict[str, Any]:
        """Send a GraphQL query as a browser's script would."""
        request = urllib.request.Request(  # noqa: S310 - this machine's own
            f"{self.address}/graphql",
            data=json.dumps({"query": query, "variables": variables or {}}).encode(),
            headers={"Content-Type": content_type},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - likewise
            found: dict[str, Any] = json.load(answer)
            return found


@contextlib.contextmanager
def serving(home: Home, command: tuple[str, ...] = WEBSERVER, **settings: str) -> Iterator[Pages]:
    """Serve the pages of a home on a free port of this machine; the daemon asks for no runs unless it is told to."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(prepare(home)),
        "SAVINGS_HOME": str(home.root),
        "PYTHONPATH": str(PROJECT),
        "SAVINGS_BUILD_EVERY_MINUTES": "0",
        **settings,
    }
    where = ("--host", "127.0.0.1", "--port", str(port))
    process = subprocess.Popen(
        [sys.executable, *command, *where],
        env=environment,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        _wait_until_it_serves(process)
        wait_until_it_answers(process, port)
        said: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=read_on, args=[process, said], daemon=True)
        reader.start()
        yield Pages(process, port, said)
    finally:
        end(process)


def _wait_until_it_serves(process: subprocess.Popen[str]) -> None:
    """Read what it says until it says that it serves; its end ends the wait."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "Serving dagster-webserver" in line:
            return
    raise AssertionError("".join(said))


def wait_until_it_answers(process: subprocess.Popen[str], port: int) -> None:
    """Knock until the door opens: it says that it serves a moment before it listens."""
    while process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
    raise AssertionError(f"it ended with {process.returncode}")


def end(process: subprocess.Popen[str]) -> None:
    """End it with all that it started; by force where it was told to leave interrupts alone."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def read_on(process: subprocess.Popen[str], said: queue.Queue[str]) -> None:
    """Read what it goes on saying, so that it never waits for a reader."""
    assert process.stdout is not None
    for line in process.stdout:
        said.put(line)
