"""The files under ``deploy/`` work: systemd takes them, and what they start serves the pages to be looked at only."""

from __future__ import annotations

import base64
import contextlib
import functools
import http.client
import json
import os
import pwd
import queue
import re
import shlex
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from orchestration.instance import prepare
from orchestration.links import Links
from orchestration.settings import PROJECT, load_settings
from orchestration.warehouse_assets import about
from publishing.in_force import SITE
from sources.home import Home
from tests.certificates import for_loopback
from tests.dagster_pages import Pages, end, read_on, wait_until_it_answers
from tests.homes import fresh_home
from tests.ports import free_port
from tests.programs import NGINX, OPENSSL, SYSTEMD
from tests.small_warehouse import SmallWarehouse

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
INSTALLED = "/opt/savings/current"
RELOAD = (
    "mutation { reloadRepositoryLocation(repositoryLocationName: "
    '"savings_warehouse") { __typename ... on UnauthorizedError { message } } }'
)


def here(text: str) -> str:
    """Return a unit's text for this checkout and its environment."""
    return text.replace(f"{INSTALLED}/.venv/bin", str(Path(sys.executable).parent)).replace(INSTALLED, str(PROJECT))


def settings_of_example() -> dict[str, str]:
    lines = (DEPLOY / "savings.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.needs(SYSTEMD)
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path):
    for unit in UNITS:
        (tmp_path / unit.name).write_text(here(unit.read_text(encoding="utf-8")), encoding="utf-8")
    verified = subprocess.run(
        [SYSTEMD.path, "verify", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, text=True
    )

    ours = [line for line in verified.stderr.splitlines() if "savings" in line]
    assert (ours, verified.returncode) == ([], 0)


def test_the_example_of_settings_is_one_that_the_commands_take():
    given = settings_of_example()
    named = Path(given.pop("SAVINGS_CONFIG"))
    settings = load_settings(given, file=DEPLOY / named.name)

    assert settings.home.landing == Path("/srv/landing")
    assert settings.channels.everybody == ("data.team@council.example",)
    assert Path(given["DAGSTER_HOME"]) == settings.home.dagster


# What an operator may write into savings.env, and what systemd gives a service of it.
WRITTEN = r"""
# A comment with SAVINGS_HOME=/elsewhere
; another=one
SAVINGS_ALERTS_WEBHOOK=https://chat.example/invoke?api-version=2016-06-01&sp=%2Ftriggers&sig=a$b`touch ran`=
SAVINGS_ALERTS_TO=a@x.example, b@x.example
  SAVINGS_ALERTS_FROM='the warehouse & co <w@x.example>'
SAVINGS_SMTP_URL="smtp://o'neil@relay.example"
not-a-name=1
SAVINGS_HOME=
SAVINGS_PUBLIC_URL=https://x.example/$(touch ran)"""
TAKEN = {
    "SAVINGS_CONFIG": "/etc/savings/savings.toml",
    "SAVINGS_ALERTS_WEBHOOK": "https://chat.example/invoke?api-version=2016-06-01&sp=%2Ftriggers&sig=a$b`touch ran`=",
    "SAVINGS_ALERTS_TO": "a@x.example, b@x.example",
    "SAVINGS_ALERTS_FROM": "the warehouse & co <w@x.example>",
    "SAVINGS_SMTP_URL": "smtp://o'neil@relay.example",
    "SAVINGS_HOME": "",
    "SAVINGS_PUBLIC_URL": "https://x.example/$(touch ran)",
}


def test_the_command_reads_the_secret_settings_as_systemd_does_and_runs_nothing_of_them(tmp_path: Path):
    """What is `&` to a shell is a part of the addresses that chats give."""
    shown = f"{sys.executable} -c 'import os, json; print(json.dumps(dict(os.environ)))'"
    command = (DEPLOY / "savings").read_text(encoding="utf-8").replace("/etc/savings/savings.env", "savings.env")
    command = command.replace(f"{INSTALLED}/.venv/bin/savings", shown)
    (tmp_path / "savings.env").write_text(WRITTEN, encoding="utf-8")
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env={}, capture_output=True, text=True)

    given = json.loads(done.stdout)
    assert done.stderr == ""
    assert {name: value for name, value in given.items() if name not in ("PWD", "LC_CTYPE", "OLDPWD")} == TAKEN
    assert [path.name for path in tmp_path.iterdir()] == ["savings.env"]


def test_every_page_and_heading_that_the_files_name_is_there():
    texts = [path.read_text(encoding="utf-8") for path in sorted(DEPLOY.rglob("*")) if path.is_file()]
    named = re.findall(r'(\S+\.md)(?:, "([^"]+)")?', "\n".join(texts))

    assert ("docs/commands.md", "Settings") in named
    for page, heading in named:
        assert re.search(rf"^#+ {heading}", (PROJECT / page).read_text(encoding="utf-8"), re.MULTILINE), (page, heading)


@contextlib.contextmanager
def started(
    path: str, home: Home, ports: Mapping[str, int], says: str, begins: str = "ExecStart="
) -> Iterator[subprocess.Popen[str]]:
    """Run what a unit starts, or a page says to start, on free ports, until it says that it serves; end it."""
    command = re.search(rf"^ *{begins}([^'\n]*)", (PROJECT / path).read_text(encoding="utf-8"), re.MULTILINE)
    assert command is not None
    words = [str(ports.get(word, word)) for word in shlex.split(here(command[1]))]
    process = subprocess.Popen(
        words,
        cwd=PROJECT,
        env={**os.environ, "SAVINGS_HOME": str(home.root), "DAGSTER_HOME": str(prepare(home))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if says in line:
                break
        else:
            pytest.fail("".join(said))
        threading.Thread(target=read_on, args=[process, queue.Queue()], daemon=True).start()
        yield process
    finally:
        end(process)


def test_what_the_units_start_shows_the_jobs_and_lets_nothing_be_pressed_but_as_the_page_says(tmp_path: Path):
    home = fresh_home(tmp_path / "home")
    code, port, other = free_port(), free_port(), free_port()
    workspace = tmp_path / "workspace.yaml"
    workspace.write_text((DEPLOY / "workspace.yaml").read_text(encoding="utf-8").replace("4266", str(code)))
    there = {"4266": code, "3000": port, "3001": other, "deploy/workspace.yaml": str(workspace)}
    units, page, serves = "deploy/systemd", "docs/operator/README.md", "Serving dagster-webserver"
    with (
        started(f"{units}/savings-code.service", home, there, "Started Dagster code server"),
        started(f"{units}/savings-pages.service", home, there, serves) as process,
        started(page, home, there, serves, f"(?={INSTALLED}/.venv/bin/dagster-webserver)") as pressed,
    ):
        wait_until_it_answers(process, port)
        pages = Pages(process, port, queue.Queue())
        jobs = pages.ask("{ repositoriesOrError { ... on RepositoryConnection { nodes { jobs { name } } } } }")
        names = {job["name"] for node in jobs["data"]["repositoriesOrError"]["nodes"] for job in node["jobs"]}
        wait_until_it_answers(pressed, other)
        answers = [each.ask(RELOAD) for each in (pages, Pages(pressed, other, queue.Queue()))]

    assert {"nightly_load", "receive_returns"} <= names
    reloaded = [each["data"]["reloadRepositoryLocation"]["__typename"] for each in answers]
    assert reloaded == ["UnauthorizedError", "WorkspaceLocationEntry"]


class Answering(BaseHTTPRequestHandler):
    """Stands for Dagster's pages."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"the pages")

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.needs(OPENSSL, NGINX)
def test_the_proxy_asks_who_comes_before_it_shows_the_pages(tmp_path: Path):
    home = Home.at(tmp_path)
    receipt = home.desk / "AH" / "receipts" / "Überblick 1.html"
    receipt.parent.mkdir(parents=True)
    receipt.write_text("what became of it", encoding="utf-8")
    home.ledger.write_text("everything", encoding="utf-8")
    link, ledger = (urlsplit(Links(home, "https://x.example").to(path)).path for path in (receipt, home.ledger))
    with proxying(home, tmp_path) as ask:
        assert ask() == (401, b"")
        assert ask("analyst:wrong") == (401, b"")
        assert ask("analyst:right") == (200, b"the pages")
        assert ask(path=link) == (401, b"")
        assert ask("analyst:right", link) == (200, b"what became of it")
        for elsewhere in (ledger, "/files/desk/../ledger.sqlite", "/files/desk/%2e%2e/ledger.sqlite", "/files/"):
            assert ask("analyst:right", elsewhere)[1] != b"everything"


@pytest.mark.needs(OPENSSL, NGINX)
def test_what_is_published_is_found_where_links_and_lasting_addresses_lead(tmp_path: Path):
    """A folder's address leads to what is in it, as a browser follows it, under whichever address nginx is asked."""
    warehouse = SmallWarehouse.at(tmp_path)
    home, release = warehouse.home, warehouse.night("10.00")
    document = home.reports / "CAB" / "R1" / "CAB.pdf"
    for path in (release.folder / SITE / "index.html", document):
        path.parent.mkdir(parents=True)
        path.write_text(path.name, encoding="utf-8")
    link = about(Links(home, "https://x.example"), release)["pages"]
    with proxying(home, tmp_path) as ask:
        for pages in (urlsplit(link.value).path, "/files/current/site/", "/files/current/site"):
            assert ask("analyst:right", pages) == (200, b"index.html")
        assert ask("analyst:right", "/files/reports/CAB/R1/CAB.pdf") == (200, b"CAB.pdf")
        for folder in (f"releases/{release.release_id}", "current", "reports/CAB"):
            assert b"Index of" in ask("analyst:right", f"/files/{folder}")[1]


@pytest.mark.needs(OPENSSL, NGINX)
def test_who_may_see_the_pages_of_the_release_in_force_alone_sees_them_at_a_lasting_address(tmp_path: Path):
    warehouse = SmallWarehouse.at(tmp_path)
    with proxying(warehouse.home, tmp_path) as ask:
        for number in range(2):
            page = warehouse.night(f"{number}.00").folder / SITE / "index.html"
            page.parent.mkdir()
            page.write_text(f"release {number}", encoding="utf-8")
            for address in ("/site", "/site/", "/site/index.html"):
                assert ask("councillor:right", address) == (200, f"release {number}".encode())
        assert ask(path="/site/") == (401, b"")
        for elsewhere in ("/", "/files/current/site/", "/site/../files/desk/", "/site/../manifest.json"):
            assert ask("councillor:right", elsewhere) == (401, b"")


@pytest.mark.needs(OPENSSL, NGINX)
def test_a_browser_asks_again_before_it_shows_a_page_that_it_keeps(tmp_path: Path):
    """The address stays and the release behind it changes: a copy is used only if nginx says that it still holds."""
    warehouse = SmallWarehouse.at(tmp_path)
    page = warehouse.night("1.00").folder / SITE / "index.html"
    page.parent.mkdir()
    page.write_text("the page", encoding="utf-8")
    with proxying(warehouse.home, tmp_path) as ask:
        for reader, path in (("councillor:right", "/site/"), ("analyst:right", "/files/current/site/index.html")):
            answer, _ = answered(*ask.args, reader, path)
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
            assert answer.headers["ETag"]


@pytest.mark.needs(OPENSSL, NGINX)
def test_the_published_pages_ask_for_a_password_under_a_name_of_their_own(tmp_path: Path):
    """Browsers send what they were given under a name to every address that asks under it."""
    with proxying(Home.at(tmp_path), tmp_path) as ask:
        names = [
            answered(*ask.args, "", path)[0].headers["WWW-Authenticate"] for path in ("/site/", "/", "/files/desk/")
        ]

    assert names[0] not in names[1:]
    assert names[1] == names[2]


Ask = functools.partial[tuple[int, bytes]]


@contextlib.contextmanager
def proxying(home: Home, folder: Path) -> Iterator[Ask]:
    """Run nginx with the project's configuration, changed for this machine and home; give what asks it."""
    certificate, port = for_loopback(folder), free_port()
    hashed = subprocess.run([OPENSSL.path, "passwd", "-apr1", "right"], check=True, capture_output=True, text=True)
    for name in ("analyst", "councillor"):
        (folder / name).write_text(f"{name}:{hashed.stdout}", encoding="utf-8")
    with HTTPServer(("127.0.0.1", 0), Answering) as pages:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        changes = {
            "listen 443": f"listen 127.0.0.1:{port}",
            "/etc/ssl/certs/savings.pem": str(certificate.path),
            "/etc/ssl/private/savings.key": str(certificate.key),
            "/etc/nginx/savings.htpasswd": str(folder / "analyst"),
            "/etc/nginx/savings-site.htpasswd": str(folder / "councillor"),
            "127.0.0.1:3000": f"127.0.0.1:{pages.server_port}",
            "alias /srv/savings/": f"alias {home.root}/",
        }
        with nginx(folder, changes, port):
            yield functools.partial(asked, port, ssl.create_default_context(cafile=str(certificate.path)))
        pages.shutdown()


@contextlib.contextmanager
def nginx(folder: Path, changes: Mapping[str, str], port: int) -> Iterator[None]:
    """Run nginx with the project's configuration, changed for this machine, until the test is done."""
    text = (DEPLOY / "nginx" / "savings.conf").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    places = "".join(f"{name}_temp_path {folder};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = folder / "nginx.conf"
    head = f"daemon off; pid {folder}/pid; error_log stderr; user {pwd.getpwuid(os.geteuid()).pw_name};"
    whole.write_text(f"{head} events {{}} http {{ access_log off; {places} {text} }}", encoding="utf-8")
    process = subprocess.Popen([NGINX.path, "-c", str(whole), "-e", "stderr"], start_new_session=True)
    try:
        wait_until_it_answers(process, port)
        yield
    finally:
        end(process)


def asked(port: int, trust: ssl.SSLContext, reader: str = "", path: str = "/") -> tuple[int, bytes]:
    """Return what a browser is answered in the end; the page itself where it is let in."""
    answer, body = answered(port, trust, reader, path)
    if answer.status == 301:
        return asked(port, trust, reader, answer.headers["Location"])
    return answer.status, body if answer.status == 200 else b""


def answered(port: int, trust: ssl.SSLContext, reader: str, path: str) -> tuple[http.client.HTTPResponse, bytes]:
    """Return what one address answers, with its headers."""
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=trust)
    credentials = base64.b64encode(reader.encode()).decode()
    connection.request("GET", path, headers={"Authorization": f"Basic {credentials}"} if reader else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body
