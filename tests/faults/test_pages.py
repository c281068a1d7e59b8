"""Dagster's pages as ``make ui`` serves them: on this machine alone, closed to other sites (F-F04, F-F05, F-F06)."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import pytest

from orchestration.instance import prepare
from orchestration.settings import PROJECT
from sources.home import Home

JOBS = """{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError {
    ... on RepositoryLocation { repositories { jobs { name } } } } } } } }"""


@dataclass(frozen=True)
class Pages:
    """A webserver of the test's own."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, query: str, content_type: str = "application/json") -> dict[str, object]:
        """Send a GraphQL query as a browser's script would."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            data=json.dumps({"query": query}).encode(),
            headers={"Content-Type": content_type},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - likewise
            found: dict[str, object] = json.load(answer)
            return found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    home = Home.at(tmp_path_factory.mktemp("pages") / "var")
    home.create()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(prepare(home)),
        "SAVINGS_HOME": str(home.root),
        "PYTHONPATH": str(PROJECT),
    }
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "dagster_webserver",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--module-name",
            "orchestration.definitions",
        ],
        env=environment,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        _wait_until_it_serves(process)
        _wait_until_it_answers(process, port)
        yield Pages(process, port)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)


def _wait_until_it_serves(process: subprocess.Popen[str]) -> None:
    """Read what it says until it says that it serves; its end ends the wait."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "Serving dagster-webserver" in line:
            return
    raise AssertionError("".join(said))


def _wait_until_it_answers(process: subprocess.Popen[str], port: int) -> None:
    """Knock until the door opens: it says that it serves a moment before it listens."""
    while process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
    raise AssertionError(f"it ended with {process.returncode}")


def test_the_pages_show_the_night_s_job(pages: Pages) -> None:
    assert '"nightly_load"' in json.dumps(pages.ask(JOBS))


def test_pages_and_code_server_listen_on_this_machine_alone(pages: Pages) -> None:
    """F-F04, F-F06: loopback or a socket file, never the network."""
    family = [psutil.Process(pages.process.pid), *psutil.Process(pages.process.pid).children(recursive=True)]
    listening = [c for process in family for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert pages.port in {connection.laddr.port for connection in listening}
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_another_site_s_form_cannot_ask_for_anything(pages: Pages) -> None:
    """F-F05: what a browser sends across sites without asking first is refused."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        pages.ask(JOBS, content_type="text/plain")
    assert refused.value.code == 400
