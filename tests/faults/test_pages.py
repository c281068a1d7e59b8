"""Dagster's pages as ``make ui`` serves them: on this machine alone, closed to other sites (F-F04, F-F05, F-F06)."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Iterator

import psutil
import pytest

from sources.home import Home
from tests.dagster_pages import Pages, serving

JOBS = """{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError {
    ... on RepositoryLocation { repositories { jobs { name } } } } } } } }"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    home = Home.at(tmp_path_factory.mktemp("pages") / "var")
    home.create()
    with serving(home) as pages:
        yield pages


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
