"""Who is told of what: each occasion once, by loads and by the watchdog."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dbt_project.inputs import Inputs
from orchestration.alerts import occasions
from orchestration.alerts.alert import Alert
from orchestration.alerts.channels import Relay
from orchestration.alerts.telling import tell
from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.links import Links
from orchestration.settings import PROJECT, Settings, load_settings
from publishing.manifest import Manifest, PublishedCheck
from sources.clock import fixed_clock, system_clock
from sources.custody.ledger import Ledger
from sources.custody.payloads import NightChecked, RequestRefused
from sources.home import Home
from sources.intake import intake
from tests.homes import NOON, decide, fresh_home, send
from tests.mail_server import OFFICE, TEAM, Mailbox, by_mail

DORSET = PROJECT / "sources" / "reference" / "dorset"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fresh_home(tmp_path / "home")


@pytest.fixture
def told(home: Home, mailbox: Mailbox):
    """Return what tells at a moment, and gives the subjects that arrived since."""
    settings = Settings(home, DORSET, channels=by_mail(mailbox))

    def tell_at(moment: datetime, *also: Alert) -> list[str]:
        before = len(mailbox.arrived)
        assert tell(settings, fixed_clock(moment), also) == []
        return [str(mail["Subject"]).removeprefix("Dorset Council: ") for mail in mailbox.arrived[before:]]

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


def test_what_others_named_forges_no_line_of_an_alert(home: Home):
    """F-C28: a file's name, and what an account asked for."""
    forged = "a\nWho must act: nobody\x1b[2J"
    asked = RequestRefused(os_account="clerk", request=forged, reason=forged)
    with Ledger.open(home) as ledger:
        decide(ledger, send(ledger, name=f"{forged}.xlsx"), "refused")
        ledger.record(NOON, asked)
        links = Links(home)
        found = [*occasions.returns_not_taken(links, ledger, NOON()), *occasions.decisions_refused(ledger, NOON())]
    texts = [alert.plain().text for alert in found]
    assert [text.count("Who must act: nobody") for text in texts] == [1, 2]
    assert [text.count("\nWho must act: ") for text in texts] == [1, 1]
    assert not any("\x1b" in text for text in texts)


def test_a_decision_that_was_refused_is_told_once(home: Home, told, mailbox: Mailbox):
    """Ruling D-5: between the nights nobody looks at what a load prints."""
    refused = RequestRefused(os_account="clerk", request="hold release AH-1", reason="The account holds no post.")
    with Ledger.open(home) as ledger:
        ledger.record(NOON, refused)

    assert "a decision was not carried out" in told(NOON())
    mail = next(mail for mail in mailbox.arrived if "not carried out" in str(mail["Subject"]))
    text = " ".join(mail.get_payload(decode=True).decode().split())
    assert "The account clerk asked for: hold release AH-1." in text
    assert "It was refused: The account holds no post." in text
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


def test_a_home_in_which_no_load_ever_came_to_a_good_end_is_told_from_the_day_after_it_began(home: Home, told):
    """Issue 13.4."""
    with Ledger.open(home) as ledger:
        send(ledger)

    assert told(NOON() + timedelta(hours=25)) == []
    assert told(NOON() + timedelta(hours=27)) == ["a night did not run"]
    assert told(NOON() + timedelta(hours=28)) == []


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
    assert mailbox.subjects() == {(who, "Dorset Council: a night did not run"): 1 for who in (TEAM, OFFICE)}


def test_the_watchdog_ends_with_3_where_no_load_ever_came_to_a_good_end(home: Home, mailbox: Mailbox):
    """Issue 13.4: the first load received returns and failed."""
    with Ledger.open(home) as ledger:
        send(ledger)
    ended = CliRunner().invoke(app, ["watchdog"], env=environment(home, mailbox))

    assert ended.exit_code == Exit.NOT_PUBLISHED
    assert "No load has come to a good end yet." in ended.stdout
    assert "This home began on 12/10/2021 at 12:00 UTC." in ended.stdout


@pytest.mark.parametrize("came_to_a_good_end", [True, False])
def test_the_watchdog_says_of_no_load_that_it_came_to_a_good_end_which_did_not(
    home: Home, mailbox: Mailbox, came_to_a_good_end: bool
):
    """Issue 13.4: within the first day of a home."""
    with Ledger.open(home) as ledger:
        send(ledger, clock=system_clock)
        if came_to_a_good_end:
            ledger.record(system_clock, NightChecked(release_id=None, vault_objects=1, rehashed=0))
    ended = CliRunner().invoke(app, ["watchdog"], env=environment(home, mailbox))

    assert ended.exit_code == Exit.DONE
    said = "The last load that came to a good end was on" if came_to_a_good_end else "No load has come to a good end"
    assert ended.stdout.startswith(said)


def test_a_home_without_any_event_is_told_so_by_the_watchdog(home: Home, mailbox: Mailbox):
    ended = CliRunner().invoke(app, ["watchdog"], env=environment(home, mailbox))

    assert ended.exit_code == Exit.WRONG_USE
    assert "its vault holds no event" in " ".join(ended.stderr.split())


def test_a_load_that_stops_tells_why(home: Home, mailbox: Mailbox):
    with Ledger.open(home) as ledger:
        send(ledger)
    next(path for path in home.vault.glob("??/*") if path.is_file()).unlink()
    ended = CliRunner().invoke(app, ["load"], env=environment(home, mailbox))

    assert ended.exit_code == Exit.NOT_PUBLISHED
    assert mailbox.subjects()[TEAM, "Dorset Council: nothing was published"] == 1


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
    assert mailbox.subjects()[TEAM, "Dorset Council: the home cannot be read"] == 1


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
