"""Alerts reach people through a real mail server and a real web server: none is lost, none comes twice."""

from __future__ import annotations

import contextlib
import fcntl
import json
import sqlite3
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dbt_project.inputs import Inputs
from orchestration.alerts import occasions
from orchestration.alerts.alert import Alert
from orchestration.alerts.channels import Channels, Relay
from orchestration.alerts.delivery import deliver
from orchestration.alerts.outbox import OUTBOX_LOCK, Outbox
from orchestration.alerts.telling import tell
from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.settings import PROJECT, Settings, load_settings
from publishing.manifest import Manifest, PublishedCheck
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.custody.payloads import NightChecked
from sources.home import Home
from sources.intake import intake
from tests.certificates import for_loopback
from tests.homes import NOON, decide, fresh_home, send
from tests.mail_server import GREYLISTED, OK, REFUSED, Mailbox
from tests.programs import OPENSSL

TEAM, OFFICE = "data.team@council.example", "s151.office@council.example"
DORSET = PROJECT / "sources" / "reference" / "dorset"
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


def by_mail(mailbox: Mailbox, *receivers: str) -> Channels:
    return Channels(Relay("127.0.0.1", mailbox.port, "plain"), "savings@council.example", receivers or (TEAM,))


def outbox_with(home: Home, *alerts: Alert) -> Outbox:
    outbox = Outbox(home.outbox)
    for alert in alerts:
        assert outbox.put(alert, NOON())
    return outbox


# --- delivery ---


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


# --- occasions ---


@pytest.fixture
def told(home: Home, mailbox: Mailbox):
    """Return what tells at a moment, and gives the subjects that arrived since."""
    settings = Settings(home, DORSET, channels=by_mail(mailbox))

    def tell_at(moment: datetime, *also: Alert) -> list[str]:
        before = len(mailbox.arrived)
        assert tell(settings, fixed_clock(moment), also) == []
        return [str(mail["Subject"]).removeprefix("Savings warehouse: ") for mail in mailbox.arrived[before:]]

    return tell_at


def adopt(ledger: Ledger) -> None:
    intake.adopt_folder(DORSET, ledger, NOON)


def test_a_return_that_was_blocked_refused_or_held_is_told_once_each(home: Home, told):
    with Ledger.open(home) as ledger:
        for folder, verdict in (("AH", "blocked"), ("CH", "refused"), ("PL", "held")):
            decide(ledger, send(ledger, folder, folder.encode()), verdict)
        decide(ledger, send(ledger, "PL", b"good", name="good.xlsx"), "accepted")

    subjects = [each for each in told(NOON()) if each.startswith(("return.xlsx", "good"))]
    assert sorted(subjects) == ["return.xlsx of AH blocked", "return.xlsx of CH refused", "return.xlsx of PL held"]
    assert told(NOON() + timedelta(minutes=5)) == []


def test_a_return_is_asked_for_before_the_day_and_weekly_after_it_and_not_for_ever(home: Home, told):
    with Ledger.open(home) as ledger:
        adopt(ledger)
        decide(ledger, send(ledger), "accepted")  # AH for P06, due on 15 October 2021

    def about_p06(day: int, month: int = 10) -> list[str]:
        moment = datetime(2021, month, day, 9, tzinfo=UTC)
        with Ledger.open(home) as ledger:
            ledger.record(fixed_clock(moment), NightChecked(release_id=None, vault_objects=0, rehashed=0))
        return [each for each in told(moment) if "P06 2021/22" in each]

    due, overdue = "returns for P06 2021/22 are due on 15/10/2021", "returns for P06 2021/22 are overdue"
    assert about_p06(9) == []
    assert about_p06(12) == [due]
    assert about_p06(15) == []
    assert about_p06(16) == [overdue]
    assert about_p06(20) == []
    assert about_p06(23) == [overdue]
    assert about_p06(14, month=11) == []


def test_the_alert_about_a_period_names_who_is_missing_and_nobody_else(home: Home, told, mailbox: Mailbox):
    with Ledger.open(home) as ledger:
        adopt(ledger)
        decide(ledger, send(ledger), "accepted")
        decide(ledger, send(ledger, "PL", b"held"), "held")
    told(datetime(2021, 10, 16, 9, tzinfo=UTC))

    (mail,) = [mail for mail in mailbox.arrived if "P06 2021/22 are overdue" in str(mail["Subject"])]
    body = mail.get_payload(decode=True).decode()
    assert "Still not accepted: CH (not received), PL (held)." in body
    assert "AH" not in body


def test_a_night_that_did_not_come_is_told_once_a_day(home: Home, told):
    with Ledger.open(home) as ledger:
        ledger.record(NOON, NightChecked(release_id=None, vault_objects=0, rehashed=0))

    assert told(NOON() + timedelta(hours=25)) == []
    assert told(NOON() + timedelta(hours=27)) == ["a night did not run"]
    assert told(NOON() + timedelta(hours=28)) == []
    assert told(NOON() + timedelta(hours=51)) == ["a night did not run"]


def test_the_same_reason_for_not_publishing_is_told_once_a_day(told):
    drop = ["fct_savings_position has 40 % fewer pounds than the release before."]
    other = ["The disk is full."]

    assert told(NOON(), occasions.not_published(NOON(), drop)) == ["nothing was published"]
    assert told(NOON(), occasions.not_published(NOON(), drop)) == []
    assert told(NOON(), occasions.not_published(NOON(), other)) == ["nothing was published"]
    tomorrow = NOON() + timedelta(days=1)
    assert told(tomorrow, occasions.not_published(tomorrow, drop)) == ["nothing was published"]


def test_little_room_is_told_once_a_day(home: Home, told, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(occasions, "LEAST_FREE_BYTES", 1 << 62)

    assert told(NOON()) == ["little room is left on the disk"]
    assert told(NOON() + timedelta(hours=2)) == []
    assert told(NOON() + timedelta(days=1)) == ["little room is left on the disk"]


def _release(name: str, **checks: str) -> Manifest:
    shown = tuple(PublishedCheck(check, "warn", status, "") for check, status in checks.items())
    inputs = Inputs("", "", "", "")
    return Manifest(name, "", "", NOON(), None, inputs, {}, shown, (), {}, {})


def test_a_check_is_told_when_it_warns_for_the_first_time():
    before = _release("R1", known="warn", good="pass")
    alerts = list(occasions.warned_first(_release("R2", known="warn", good="warn", new="pass"), before))

    assert [alert.subject for alert in alerts] == ["a check warns: good"]
    assert [alert.subject for alert in occasions.warned_first(before, None)] == ["a check warns: known"]


# --- commands ---


def environment(home: Home, mailbox: Mailbox) -> dict[str, str]:
    return {
        "SAVINGS_HOME": str(home.root),
        "SAVINGS_SMTP_URL": f"smtp+plain://127.0.0.1:{mailbox.port}",
        "SAVINGS_ALERTS_FROM": "savings@council.example",
        "SAVINGS_ALERTS_TO": f"{TEAM}, {OFFICE}",
    }


def test_the_watchdog_tells_of_a_night_that_did_not_come_and_ends_with_3(home: Home, mailbox: Mailbox):
    with Ledger.open(home) as ledger:
        ledger.record(NOON, NightChecked(release_id=None, vault_objects=0, rehashed=0))
    ended = CliRunner().invoke(app, ["watchdog"], env=environment(home, mailbox))

    assert ended.exit_code == Exit.NOT_PUBLISHED
    assert "The last load that came to a good end was on 12/10/2021 at 12:00 UTC." in ended.stdout
    assert mailbox.subjects() == {(who, "Savings warehouse: a night did not run"): 1 for who in (TEAM, OFFICE)}


def test_a_load_that_stops_tells_why(home: Home, mailbox: Mailbox):
    with Ledger.open(home) as ledger:
        send(ledger)
    next(path for path in home.vault.glob("??/*") if path.is_file()).unlink()
    ended = CliRunner().invoke(app, ["load"], env=environment(home, mailbox))

    assert ended.exit_code == Exit.NOT_PUBLISHED
    assert mailbox.subjects()[TEAM, "Savings warehouse: nothing was published"] == 1


def test_a_load_that_stops_by_what_nobody_foresaw_tells_why(
    home: Home, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("orchestration.load.survey_of", fail)
    ended = CliRunner().invoke(app, ["load"], env=environment(home, mailbox))

    assert isinstance(ended.exception, sqlite3.OperationalError)
    told = [mail for mail in mailbox.arrived if mail["To"] == TEAM]
    assert ["database or disk is full" in mail.get_payload(decode=True).decode() for mail in told] == [True]


def test_a_load_that_finds_another_at_work_tells_nobody(home: Home, mailbox: Mailbox):
    with home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = CliRunner().invoke(app, ["load"], env=environment(home, mailbox))

    assert ended.exit_code == Exit.BUSY
    assert mailbox.arrived == []


def test_the_watchdog_tells_of_a_home_that_cannot_be_read(home: Home, mailbox: Mailbox):
    with Ledger.open(home) as ledger:
        ledger.record(NOON, NightChecked(release_id=None, vault_objects=0, rehashed=0))
    (event,) = home.events.glob("*.json")
    event.chmod(0o600)
    event.write_text("{}", encoding="utf-8")
    ended = CliRunner().invoke(app, ["watchdog"], env=environment(home, mailbox))

    assert ended.exit_code == Exit.NOT_PUBLISHED
    assert mailbox.subjects()[TEAM, "Savings warehouse: the home cannot be read"] == 1


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SAVINGS_ALERTS_TO": ""}, "SAVINGS_ALERTS_TO"),
        ({"SAVINGS_ALERTS_TO": "data team"}, "SAVINGS_ALERTS_TO"),
        ({"SAVINGS_ALERTS_TO": "a@b\r\nBcc: c@d"}, "SAVINGS_ALERTS_TO"),
        ({"SAVINGS_ALERTS_FROM": ""}, "SAVINGS_ALERTS_FROM"),
        ({"SAVINGS_SMTP_URL": ""}, "SAVINGS_SMTP_URL"),
        ({"SAVINGS_SMTP_URL": "mail.council.example"}, "SAVINGS_SMTP_URL"),
        ({"SAVINGS_SMTP_URL": "smtp://me:secret@mail.council.example"}, "SAVINGS_SMTP_URL"),
        ({"SAVINGS_SMTP_URL": "smtp://mail.council.example:port"}, "SAVINGS_SMTP_URL"),
        ({"SAVINGS_ALERTS_WEBHOOK": "file:///etc/passwd"}, "SAVINGS_ALERTS_WEBHOOK"),
        ({"SAVINGS_ALERTS_WEBHOOK": "https://[council"}, "SAVINGS_ALERTS_WEBHOOK"),
        ({"SAVINGS_BUILD_EVERY_MINUTES": "often"}, "SAVINGS_BUILD_EVERY_MINUTES"),
    ],
)
def test_what_is_set_by_halves_is_found_out_at_once(home: Home, mailbox: Mailbox, changed: dict[str, str], named: str):
    ended = CliRunner().invoke(app, ["doctor"], env=environment(home, mailbox) | changed)

    assert str(ended.exception).startswith(f"{named} is ")


def test_a_relay_is_read_from_its_address():
    given = {"SAVINGS_ALERTS_FROM": TEAM, "SAVINGS_ALERTS_TO": TEAM, "SAVINGS_SMTP_PASSWORD_FILE": "/run/password"}
    relays = [
        load_settings({**given, "SAVINGS_SMTP_URL": url}).channels.relay
        for url in ("smtp://robot%40council@relay.example", "smtps://relay.example:4650", "smtp+plain://localhost")
    ]

    password = Path("/run/password")
    assert relays == [
        Relay("relay.example", 587, "starttls", "robot@council", password),
        Relay("relay.example", 4650, "tls", "", password),
        Relay("localhost", 25, "plain", "", password),
    ]
