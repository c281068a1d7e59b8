"""What the daemon does between the nights: judge what landed at once, build now and then, tell how runs ended."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.alerts.of_a_load import tell_of
from orchestration.dead_runs import AFTER_EVENT, PROCESS
from orchestration.definitions import build_definitions
from orchestration.ends_of_loads import failed_load
from orchestration.jobs import NIGHTLY_LOAD, nightly, receive_returns
from orchestration.lock import LockBusyError, hold
from orchestration.nothing_new import survey_of
from orchestration.sensors import landing, run_failed
from orchestration.settings import load_settings
from sources.clock import fixed_clock, system_clock
from sources.custody import landed_file
from sources.custody.ledger import Ledger
from sources.custody.marker import MARKER
from sources.custody.reception import receive
from sources.custody.survey import Survey
from sources.home import Home
from tests.failing_files import opened_failing
from tests.homes import NOON, drop, fresh_home, send
from tests.machines import needs_root
from tests.mail_server import Mailbox


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("SAVINGS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAVINGS_SETTLE_SECONDS", "0")
    return fresh_home(tmp_path / "home")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


def look(instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    with dg.build_sensor_context(instance=instance) as context:
        found = landing(context)
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def tonight(instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    with dg.build_schedule_context(instance=instance, scheduled_execution_time=system_clock()) as context:
        found = nightly(context)
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def begun(instance: dg.DagsterInstance, job: str, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    return instance.add_run(dg.DagsterRun(job_name=job, run_id=str(uuid.uuid4()), status=status, tags=tags))


def test_a_file_that_landed_is_judged_at_once_without_a_build(home: Home, instance: dg.DagsterInstance):
    drop(home, "AH", "return.xlsx")
    begun(instance, NIGHTLY_LOAD, dg.DagsterRunStatus.SUCCESS)

    found = look(instance)
    assert isinstance(found, dg.RunRequest)
    assert found.job_name == receive_returns.name


def test_what_failed_a_moment_ago_is_not_asked_for_again_each_minute(home: Home, instance: dg.DagsterInstance):
    drop(home, "AH", "return.xlsx")
    begun(instance, receive_returns.name, dg.DagsterRunStatus.FAILURE)
    begun(instance, NIGHTLY_LOAD, dg.DagsterRunStatus.FAILURE)
    assert isinstance(look(instance), dg.SkipReason)

    begun(instance, receive_returns.name, dg.DagsterRunStatus.SUCCESS)
    assert isinstance(look(instance), dg.RunRequest)


def test_what_waits_to_be_published_is_built_once_the_last_build_is_long_enough_ago(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    assert isinstance(look(instance), dg.SkipReason), "before the first return there is nothing to build"
    with Ledger.open(home) as ledger:
        send(ledger)
    first = look(instance)
    assert isinstance(first, dg.RunRequest)
    assert first.job_name == NIGHTLY_LOAD

    begun(instance, NIGHTLY_LOAD, dg.DagsterRunStatus.FAILURE)
    assert isinstance(look(instance), dg.SkipReason)
    monkeypatch.setenv("SAVINGS_BUILD_EVERY_MINUTES", "0.000001")
    assert isinstance(look(instance), dg.RunRequest)


def receive_now(home: Home) -> int:
    with Ledger.open(home) as ledger:
        return len(receive(home, ledger, system_clock))


def test_a_file_that_cannot_be_read_is_asked_for_once_and_keeps_no_other_from_a_build(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    """Ruling C2: a lock on a part of it, or a bad spot of its disk; it was read again each minute, for nothing."""
    monkeypatch.setattr(landed_file, "open", opened_failing, raising=False)
    drop(home, "AH", "a.xlsx")
    drop(home, "PL", "b.xlsx")
    first = look(instance)
    assert isinstance(first, dg.RunRequest)
    assert first.job_name == receive_returns.name

    assert receive_now(home) == 1
    second = look(instance)
    assert isinstance(second, dg.RunRequest)
    assert second.job_name == NIGHTLY_LOAD
    assert "waiting in landing" not in second.tags["savings/reasons"]


def test_a_night_with_nothing_new_but_a_file_that_cannot_be_read_is_quiet_and_names_it(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    """Ruling C2: once it can be read, the night asks for a run, although nothing about it shows that."""
    drop(home, "AH", "a.xlsx")
    with monkeypatch.context() as trouble:
        trouble.setattr(landed_file, "open", opened_failing, raising=False)
        assert receive_now(home) == 0
        quiet = tonight(instance)
        assert isinstance(quiet, dg.SkipReason)
        assert "'a.xlsx' of 'AH' was not taken" in str(quiet.skip_message)

    assert isinstance(look(instance), dg.SkipReason), "it is read by loads alone"
    assert isinstance(tonight(instance), dg.RunRequest)


def test_all_can_be_left_to_the_night(home: Home):
    def sensors(minutes: str) -> set[str]:
        settings = load_settings({"SAVINGS_HOME": str(home.root), "SAVINGS_BUILD_EVERY_MINUTES": minutes})
        return {sensor.name for sensor in build_definitions(settings).sensors or ()}

    assert sensors("0") == {"run_failed", "run_succeeded"}
    assert sensors("15") == {"landing", "run_failed", "run_succeeded"}


def test_nothing_is_asked_for_while_a_run_is_at_work_or_queued(home: Home, instance: dg.DagsterInstance):
    drop(home, "AH", "return.xlsx")
    begun(instance, receive_returns.name, dg.DagsterRunStatus.NOT_STARTED)

    assert look(instance) == dg.SkipReason("A run is at work, or waits to be.")


def test_a_run_whose_process_is_gone_holds_nothing_up(home: Home, instance: dg.DagsterInstance):
    drop(home, "AH", "return.xlsx")
    dead = begun(instance, NIGHTLY_LOAD, dg.DagsterRunStatus.STARTED, **{PROCESS: "999999999 1.00"})

    assert isinstance(look(instance), dg.RunRequest)
    assert instance.get_run_by_id(dead.run_id).status is dg.DagsterRunStatus.FAILURE


def test_nothing_is_asked_for_while_another_load_holds_the_lock(home: Home, instance: dg.DagsterInstance):
    drop(home, "AH", "return.xlsx")
    with home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = look(instance)

    assert isinstance(found, dg.SkipReason)
    assert "Another load is at work" in str(found.skip_message)


def test_the_night_waits_for_a_look_at_landing_that_is_under_way(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    """F-D18: both are threads of Dagster's code server; a night that is not begun would not come for a day."""
    looks, night_waits_or_surveys, look_ends = threading.Event(), threading.Event(), threading.Event()

    @contextlib.contextmanager
    def hold_of_the_look(lock: Path) -> Iterator[None]:
        with hold(lock):
            yield
            look_ends.set()

    def survey_at_length(*arguments: Any) -> Survey:
        looks.set()
        assert night_waits_or_surveys.wait(60)
        return survey_of(*arguments)

    def survey_of_the_night(*arguments: Any) -> Survey:
        has_waited = look_ends.is_set()
        night_waits_or_surveys.set()
        assert has_waited, "the night began while the look was under way"
        return survey_of(*arguments)

    monkeypatch.setattr("orchestration.lock._turns", {home.lock: Turn(night_waits_or_surveys)})
    monkeypatch.setattr("orchestration.sensors.hold", hold_of_the_look)
    monkeypatch.setattr("orchestration.sensors.survey_of", survey_at_length)
    monkeypatch.setattr("orchestration.jobs.survey_of", survey_of_the_night)
    drop(home, "AH", "return.xlsx")
    with ThreadPoolExecutor(2) as code_server:
        looking = code_server.submit(look, instance)
        assert looks.wait(60)
        night = code_server.submit(tonight, instance)
        assert isinstance(looking.result(), dg.RunRequest)
        assert isinstance(night.result(), dg.RunRequest)


class Turn:
    """A lock between threads that says when one has to wait for it."""

    def __init__(self, is_waited_for: threading.Event) -> None:
        self._lock = threading.RLock()
        self._is_waited_for = is_waited_for

    def acquire(self, timeout: float) -> bool:
        """Take the lock, as soon as it is free."""
        if self._lock.acquire(blocking=False):
            return True
        self._is_waited_for.set()
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()


def test_a_look_at_landing_leaves_the_home_to_a_night_that_is_under_way(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    """F-D18."""
    found: list[dg.RunRequest | dg.SkipReason] = []

    def survey_while_another_looks(*arguments: Any) -> Survey:
        with ThreadPoolExecutor(1) as code_server:
            found.append(code_server.submit(look, instance).result())
        return survey_of(*arguments)

    monkeypatch.setattr("orchestration.jobs.survey_of", survey_while_another_looks)
    drop(home, "AH", "return.xlsx")
    assert isinstance(tonight(instance), dg.RunRequest)
    (skipped,) = found
    assert isinstance(skipped, dg.SkipReason)
    assert "Another load is at work" in str(skipped.skip_message)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.start()
    monkeypatch.setenv("SAVINGS_SMTP_URL", f"smtp+plain://127.0.0.1:{mailbox.port}")
    monkeypatch.setenv("SAVINGS_ALERTS_FROM", "savings@council.example")
    monkeypatch.setenv("SAVINGS_ALERTS_TO", "data.team@council.example")
    yield mailbox
    mailbox.stop()


@pytest.mark.parametrize("has_news", [False, True])
def test_what_waits_in_landing_for_somebody_is_told_each_night_until_it_is_gone(
    home: Home,
    instance: dg.DagsterInstance,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    has_news: bool,
):
    """Ruling C3: the daemon prints nothing that anybody reads.

    Where a run is asked for its end sends it: a webhook that is away would keep Dagster waiting, and cost the run.
    """
    if has_news:
        drop(home, "PL", "b.xlsx")
    stray = drop(home, "pl", "a.xlsx")

    def told_at(moment: datetime) -> list[str]:
        before = len(mailbox.arrived)
        monkeypatch.setattr("orchestration.jobs.system_clock", fixed_clock(moment))
        assert isinstance(tonight(instance), dg.RunRequest) == has_news
        if has_news:
            assert len(mailbox.arrived) == before
            tell_of(load_settings(), fixed_clock(moment))
        return [text for mail in mailbox.arrived[before:] if "'pl' in landing" in (text := text_of_mail(mail))]

    now = system_clock()
    assert len(told_at(now)) == 1
    assert told_at(now) == []
    assert len(told_at(now + timedelta(days=1))) == 1
    stray.unlink()
    assert told_at(now + timedelta(days=2)) == []


def of_landing_not_mounted(home: Home) -> str:
    (home.landing / MARKER).unlink()
    return "Is it mounted?"


def of_a_lost_event(home: Home) -> str:
    (home.events / f"{1:012d}.json").unlink()
    return "Event 1 is missing"


def of_a_ledger_that_cannot_be_opened(home: Home) -> str:
    home.ledger.unlink()
    home.ledger.mkdir()
    return "Opening the ledger stopped"


@pytest.mark.parametrize("stops", [of_landing_not_mounted, of_a_lost_event, of_a_ledger_that_cannot_be_opened])
def test_why_a_look_at_landing_stopped_is_told_once_a_day_and_not_each_minute(
    home: Home,
    instance: dg.DagsterInstance,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    stops: Callable[[Home], str],
):
    """Between the nights no run says so."""
    with Ledger.open(home) as ledger:
        send(ledger, data=b"first")
        send(ledger, data=b"second")
    why = stops(home)

    def told_at(moment: datetime) -> list[str]:
        before = len(mailbox.arrived)
        monkeypatch.setattr("orchestration.sensors.system_clock", fixed_clock(moment))
        found = look(instance)
        assert isinstance(found, dg.SkipReason)
        assert why in str(found.skip_message)
        return [text_of_mail(mail) for mail in mailbox.arrived[before:]]

    first = told_at(NOON())
    assert any(why in text for text in first)
    assert told_at(NOON() + timedelta(minutes=1)) == []
    assert [text for text in told_at(NOON() + timedelta(days=1)) if why in text]


@pytest.mark.parametrize("asks", [look, tonight])
def test_that_the_readers_group_is_gone_is_told(
    home: Home,
    instance: dg.DagsterInstance,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    asks: Callable[[dg.DagsterInstance], object],
):
    """Ruling D-5: nothing is published then, and nobody reads Dagster's pages for it."""
    monkeypatch.setenv("SAVINGS_READERS_GROUP", "a-group-that-is-gone")
    for _ in range(2):
        with pytest.raises(Exception, match="There is no group 'a-group-that-is-gone'"):
            asks(instance)
    assert len([mail for mail in mailbox.arrived if "'a-group-that-is-gone'" in text_of_mail(mail)]) == 1


def leaves_a_file(home: Home, digit: str) -> None:
    path = home.decisions / f"{digit * 32}.json"
    path.touch()
    os.chown(path, 3_000_000_000, -1)


@needs_root
def test_a_refused_decision_is_told_of_after_the_home_is_free_and_only_what_was_recorded_is(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    """Ruling D-5, F-D18: whoever leaves a file a minute has nobody told each minute, and keeps no night waiting."""
    found: list[bool] = []

    def is_free() -> bool:
        with contextlib.suppress(LockBusyError), hold(home.lock):
            return True
        return False

    def told(*_: object) -> list[str]:
        with ThreadPoolExecutor(1) as night:
            found.append(night.submit(is_free).result())
        return []

    monkeypatch.setattr("orchestration.sensors.tell_of", told)
    for digit in "12":
        leaves_a_file(home, digit)
        look(instance)
    assert found == [True]
    assert [*home.decisions.iterdir()] == []


def text_of_mail(mail: Message) -> str:
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def test_a_run_that_failed_is_told_in_the_words_of_its_step(home: Home, mailbox: Mailbox):
    @dg.op
    def drop_guard() -> None:
        raise dg.Failure("fct_savings_position has 40 % fewer pounds than the release before.")

    @dg.job(name=NIGHTLY_LOAD)
    def failing() -> None:
        drop_guard()

    with dg.DagsterInstance.ephemeral() as instance:
        result = failing.execute_in_process(instance=instance, raise_on_error=False, tags={AFTER_EVENT: "0"})
        context = dg.build_run_status_sensor_context(
            sensor_name="run_failed",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
        ).for_run_failure()
        run_failed(context)

    (mail,) = mailbox.arrived
    assert mail["Subject"] == "Dorset Council: nothing was published"
    assert "40 % fewer pounds" in text_of_mail(mail)
    failed = failed_load(home, None)
    assert failed is not None
    assert "40 % fewer pounds" in failed.problems[0]
