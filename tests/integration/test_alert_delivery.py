"""Alerts reach people through a real mail server and a real web server: none is lost, none comes twice."""

from __future__ import annotations

import contextlib
import fcntl
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from orchestration.alerts.alert import Alert
from orchestration.alerts.channels import Channels, Relay
from orchestration.alerts.delivery import deliver
from orchestration.alerts.outbox import OUTBOX_LOCK, Outbox
from sources.home import Home
from tests.certificates import for_loopback
from tests.homes import NOON, fresh_home
from tests.mail_server import GREYLISTED, OFFICE, OK, REFUSED, TEAM, Mailbox, by_mail
from tests.programs import OPENSSL

FIRST, SECOND = (Alert(f"key {name}", f"{name} thing", ("It happened.",), "the data team", "Act.") for name in "ab")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fresh_home(tmp_path / "home")


def outbox_with(home: Home, *alerts: Alert) -> Outbox:
    outbox = Outbox(home.outbox)
    for alert in alerts:
        assert outbox.put(alert, NOON())
    return outbox


def test_a_server_that_is_down_for_a_day_loses_nothing_and_doubles_nothing(home: Home, mailbox: Mailbox):
    outbox, channels = outbox_with(home, FIRST), by_mail(mailbox)
    mailbox.stop()
    for _ in range(3):
        (problem,) = deliver(outbox, channels, NOON)
        assert f"127.0.0.1:{mailbox.port} takes no alerts" in problem
    outbox.put(SECOND, NOON())
    mailbox.start()

    assert deliver(outbox, channels, NOON) == []
    assert deliver(outbox, channels, NOON) == []
    assert mailbox.subjects() == {
        (TEAM, "Savings warehouse: a thing"): 1,
        (TEAM, "Savings warehouse: b thing"): 1,
    }


def test_greylisting_keeps_one_receivers_mail_and_not_the_others(home: Home, mailbox: Mailbox):
    outbox, channels = outbox_with(home, FIRST), by_mail(mailbox, TEAM, OFFICE)
    mailbox.answer = lambda receiver: GREYLISTED if receiver == TEAM else OK
    (problem,) = deliver(outbox, channels, NOON)
    assert TEAM in problem
    assert "Greylisted" in problem
    mailbox.answer = lambda receiver: OK

    assert deliver(outbox, channels, NOON) == []
    assert mailbox.subjects() == {
        (OFFICE, "Savings warehouse: a thing"): 1,
        (TEAM, "Savings warehouse: a thing"): 1,
    }


def test_a_mailbox_that_does_not_exist_is_named_and_keeps_nothing_else_back(home: Home, mailbox: Mailbox):
    outbox, channels = outbox_with(home, FIRST, SECOND), by_mail(mailbox, OFFICE, TEAM)
    mailbox.answer = lambda receiver: REFUSED if receiver == OFFICE else OK

    (problem,) = deliver(outbox, channels, NOON)
    assert problem.startswith(f"2 alert(s) wait, because {OFFICE} was not reached")
    assert {receiver for receiver, _ in mailbox.subjects()} == {TEAM}
    assert len(list(outbox.waiting())) == 2


def test_a_line_that_breaks_after_the_message_was_taken_sends_the_same_message_again(home: Home, mailbox: Mailbox):
    outbox, channels = outbox_with(home, FIRST), by_mail(mailbox)
    mailbox.breaks = True
    assert len(deliver(outbox, channels, NOON)) == 1
    mailbox.breaks = False

    assert deliver(outbox, channels, NOON) == []
    assert len(mailbox.ids()) == 1


def test_the_mail_says_what_happened_who_must_act_and_how(home: Home, mailbox: Mailbox):
    alert = Alert("key", "Children's return was blocked", ("Naïve £5.8m.",), "the data team", "Look.")
    deliver(outbox_with(home, alert), by_mail(mailbox), NOON)

    (mail,) = mailbox.arrived
    body = mail.get_payload(decode=True).decode("utf-8").replace("\r\n", "\n")
    assert body == "Naïve £5.8m.\n\nWho must act: the data team\nWhat to do: Look.\n"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == "savings@council.example"


def test_what_another_process_is_sending_is_left_to_it(home: Home, mailbox: Mailbox):
    outbox = outbox_with(home, FIRST)
    with (home.outbox / OUTBOX_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert deliver(outbox, by_mail(mailbox), NOON) == []
        assert mailbox.arrived == []

    deliver(outbox, by_mail(mailbox), NOON)
    assert sum(mailbox.subjects().values()) == 1


def test_an_alert_is_put_in_once_even_after_it_was_sent(home: Home, mailbox: Mailbox):
    outbox = outbox_with(home, FIRST)
    assert not outbox.put(FIRST, NOON())
    deliver(outbox, by_mail(mailbox), NOON)

    assert not outbox.put(FIRST, NOON())
    assert list(outbox.waiting()) == []
    assert sum(mailbox.subjects().values()) == 1


class Hook(HTTPServer):
    """A web server that takes JSON, once it has given the answers that it is told to give first."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Hand)
        self.answers, self.taken = list(answers), []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Hand(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.answers:
            self.wfile.write(self.server.answers.pop(0))
            return
        self.server.taken.append((self.headers["Idempotency-Key"], told))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def hooked(*answers: bytes) -> Iterator[Hook]:
    with Hook(*answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("answer", [b"HTTP/1.1 503 Busy\r\n\r\n", b"SSH-2.0-not a web server\r\n", b""])
def test_a_webhook_that_fails_is_tried_again_and_the_mail_is_not(home: Home, mailbox: Mailbox, answer: bytes):
    with hooked(answer) as hook:
        mail = by_mail(mailbox)
        channels = Channels(mail.relay, mail.sender, mail.receivers, hook.address)
        outbox = outbox_with(home, FIRST)
        (problem,) = deliver(outbox, channels, NOON)
        assert problem.startswith(f"1 alert(s) wait, because {hook.address} was not reached")
        assert deliver(outbox, channels, NOON) == []

    ((key, told),) = hook.taken
    assert (key, told["subject"]) == (FIRST.name, "a thing")
    assert sum(mailbox.subjects().values()) == 1


@pytest.mark.parametrize("name", ["two\nlines\r\nBcc: x@y", "bell\x07", "no\udcfftext", "right\u202eto left"])
def test_what_a_file_name_may_hold_reaches_people_spelled_out(home: Home, mailbox: Mailbox, name: str):
    alert = Alert(f"return {name}", f"{name} blocked", (f"The file {name} was blocked.", "a\nb"), "the data team", name)
    with hooked() as hook:
        mail = by_mail(mailbox)
        channels = Channels(mail.relay, mail.sender, mail.receivers, hook.address)
        assert deliver(outbox_with(home, alert), channels, NOON) == []

    (arrived,) = mailbox.arrived
    ((_, told),) = hook.taken
    assert arrived["Bcc"] is None
    assert told["subject"] == f"{''.join(c if c.isprintable() else ascii(c)[1:-1] for c in name)} blocked"
    assert told["what"][1] == "a\nb"
    assert not Outbox(home.outbox).put(alert, NOON())


@pytest.mark.parametrize("written", [b"\xff\xfe", None], ids=["no text", "not there"])
def test_a_password_that_cannot_be_read_is_named(home: Home, mailbox: Mailbox, tmp_path: Path, written: bytes | None):
    password = tmp_path / "password"
    if written is not None:
        password.write_bytes(written)
    relay = Relay("127.0.0.1", mailbox.port, "plain", "robot", password)
    (problem,) = deliver(outbox_with(home, FIRST), Channels(relay, TEAM, (TEAM,)), NOON)

    assert "takes no alerts" in problem
    assert mailbox.arrived == []


@pytest.fixture
def relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Mailbox, Path]]:
    """A council's relay: TLS first, then an account; this machine trusts its certificate. With the password's file."""
    certificate, mailbox, password = for_loopback(tmp_path), Mailbox(), tmp_path / "password"
    mailbox.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    mailbox.tls.load_cert_chain(certificate.path, certificate.key)
    mailbox.accounts = {"robot": "right"}
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    password.write_text("right\n", encoding="utf-8")
    mailbox.start()
    yield mailbox, password
    mailbox.stop()


def through(relay: tuple[Mailbox, Path], account: str = "robot") -> Channels:
    mailbox, password = relay
    return Channels(Relay("127.0.0.1", mailbox.port, "starttls", account, password), TEAM, (TEAM,))


@pytest.mark.needs(OPENSSL)
def test_a_relay_with_tls_and_an_account_takes_alerts(home: Home, relay: tuple[Mailbox, Path]):
    assert deliver(outbox_with(home, FIRST), through(relay), NOON) == []
    assert sum(relay[0].subjects().values()) == 1


@pytest.mark.needs(OPENSSL)
def test_a_wrong_password_is_named_and_the_alert_waits(home: Home, relay: tuple[Mailbox, Path]):
    outbox = outbox_with(home, FIRST)
    relay[1].write_text("wrong", encoding="utf-8")
    (problem,) = deliver(outbox, through(relay), NOON)
    assert "535" in problem
    assert "wrong" not in problem
    relay[1].write_text("right", encoding="utf-8")

    assert deliver(outbox, through(relay), NOON) == []


@pytest.mark.needs(OPENSSL)
def test_a_relay_that_nobody_vouches_for_gets_neither_password_nor_alert(
    home: Home, relay: tuple[Mailbox, Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    (problem,) = deliver(outbox_with(home, FIRST), through(relay), NOON)

    assert "certificate verify failed" in problem.lower()
    assert relay[0].arrived == []


def test_a_relay_without_tls_gets_nothing_unless_it_is_said_to_be_plain(home: Home, mailbox: Mailbox, tmp_path: Path):
    (problem,) = deliver(outbox_with(home, FIRST), through((mailbox, tmp_path / "password")), NOON)

    assert "STARTTLS" in problem
    assert mailbox.arrived == []


@pytest.mark.parametrize("damage", [b"", b"[]", b"{\xff", b'{"alert": {"key": 1}}'])
def test_an_alert_that_cannot_be_read_is_named_and_keeps_none_back(home: Home, mailbox: Mailbox, damage: bytes):
    outbox = outbox_with(home, FIRST)
    (home.outbox / "waiting" / "broken.json").write_bytes(damage)

    (problem,) = deliver(outbox, by_mail(mailbox), NOON)
    assert "broken.json cannot be read" in problem
    assert mailbox.subjects() == {(TEAM, "Savings warehouse: a thing"): 1}
