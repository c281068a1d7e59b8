"""Decisions left by other accounts: who asks is who owns the file, whatever it says (ruling D-5)."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.actions import ACTIONS
from orchestration.jobs import receive_returns
from orchestration.requested import take_in_requests
from orchestration.sensors import landing
from orchestration.settings import Settings
from sources.clock import Clock, fixed_clock
from sources.custody import requests
from sources.custody.ledger import Ledger
from sources.custody.payloads import Released, RequestRefused
from sources.custody.problems import CustodyProblem
from sources.custody.submission import State
from sources.findings.findings import Finding, Severity
from sources.home import Home
from sources.intake.adoption import adopt_reference
from sources.reference.reference import read_reference
from tests.homes import NOON, decide, fresh_home, send
from tests.machines import Account, account, folder_for_all, needs_root
from tests.reference_folder import copy_of_bundled, with_posts

pytestmark = needs_root

TOMORROW = fixed_clock(NOON() + timedelta(days=1))
REASON = "Confirmed with the service by telephone."
HELD = Finding("D12", Severity.HOLD, "Savings!M2: in thousands?", "Savings", "M2", "projected_gbp", "121")


@dataclass
class Office:
    """A home of root's, with one return held, an officer who may release it and somebody who may not."""

    settings: Settings
    officer: Account
    stranger: Account
    held: str

    @property
    def home(self) -> Home:
        """The home."""
        return self.settings.home

    def release(self, who: Account, *more: str) -> str:
        """Let somebody ask for the held one to be released; return what they are told."""
        words = ("hold", "release", self.held, "--post", "Section 151 officer", "--reason", REASON, *more)
        done = who.savings(self.home.root, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def taken_in(self, clock: Clock = NOON) -> tuple[list[str], list[str]]:
        """Take in what was asked for; return what was done and what was refused."""
        with Ledger.open(self.home) as ledger:
            taken_in = take_in_requests(self.settings, ledger, clock)
        return taken_in.done, [*taken_in.refused, *taken_in.counted]

    def left(self) -> list[str]:
        """Return the names of what was left."""
        return [path.name for path in self.home.decisions.iterdir()]

    def state(self) -> State:
        """Return the state of the held one."""
        with Ledger.open(self.home) as ledger:
            return ledger.submission(self.held).state


@pytest.fixture(scope="module")
def accounts() -> Iterator[tuple[Account, Account]]:
    with account() as officer, account() as stranger:
        yield officer, stranger


@pytest.fixture
def office(accounts: tuple[Account, Account], tmp_path: Path) -> Iterator[Office]:
    officer, stranger = accounts
    with folder_for_all() as folder:
        home = fresh_home(folder / "home")
        posts = with_posts(copy_of_bundled(tmp_path), f"Section 151 officer,,hold;withdraw,{officer.name}")
        with Ledger.open(home) as ledger:
            adopt_reference(read_reference(posts), ledger, NOON)
            held = decide(ledger, send(ledger), "held", findings=(HELD,)).submission_id
        yield Office(Settings(home, posts), officer, stranger, held)


def test_a_post_decides_under_its_own_account_and_the_next_load_carries_it_out(office: Office) -> None:
    """Ruling D-5."""
    assert "The next load carries it out" in office.release(office.officer)
    assert office.state() is State.HELD
    done, refused = office.taken_in()
    assert (len(done), refused, office.state()) == (1, [], State.WAITING)
    with Ledger.open(office.home) as ledger:
        (event,) = ledger.events_of(Released)
    assert (event.payload.os_account, event.payload.reason) == (office.officer.name, REASON)
    assert office.taken_in() == ([], [])


def test_between_the_nights_the_daemon_carries_it_out_and_has_it_judged(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling D-5: whoever decides by day is not told to wait for the night."""
    monkeypatch.setenv("SAVINGS_HOME", str(office.home.root))
    monkeypatch.setenv("SAVINGS_REFERENCE_DIR", str(office.settings.reference))
    office.release(office.officer)
    with dg.instance_for_test() as instance, dg.build_sensor_context(instance=instance) as context:
        found = landing(context)
    assert isinstance(found, dg.RunRequest)
    assert (found.job_name, office.state()) == (receive_returns.name, State.WAITING)
    assert office.taken_in() == ([], [])


def test_another_account_that_names_the_post_is_refused_by_its_own_name(office: Office) -> None:
    """Ruling D-5: what a file says of who wrote it counts for nothing."""
    office.release(office.stranger)
    _, (refused,) = office.taken_in()
    for part in (f"{office.stranger.name} asked for: hold release", f"under the account '{office.stranger.name}'"):
        assert part in refused
    assert office.state() is State.HELD
    with Ledger.open(office.home) as ledger:
        (event,) = ledger.events_of(RequestRefused)
    assert event.payload.os_account == office.stranger.name
    assert office.taken_in() == ([], [])


class KilledError(BaseException):
    """Stands in for a kill."""


def assert_nothing_waits(office: Office) -> None:
    """Expect that all that was left is dealt with, and that no trace of it stays."""
    assert [*office.home.decisions.iterdir(), *office.home.begun.iterdir()] == []


@pytest.mark.parametrize("who", ["officer", "stranger"])
def test_a_load_killed_between_the_event_and_its_request_decides_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Ruling D-5, F-D01: what was decided is not told to be refused, and what was refused is refused once."""
    office.release(getattr(office, who))
    with monkeypatch.context() as killing:
        killing.setattr(requests, "dispose", _killed)
        with pytest.raises(KilledError):
            office.taken_in()
    assert office.taken_in() == ([], [])
    assert_nothing_waits(office)
    with Ledger.open(office.home) as ledger:
        assert len([*ledger.events_of(Released), *ledger.events_of(RequestRefused)]) == 1


def test_a_load_killed_before_the_event_leaves_the_request_to_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling D-5, F-D01."""
    _killed_before_the_event(office, monkeypatch)
    done, refused = office.taken_in()
    assert (len(done), refused, office.state()) == (1, [], State.WAITING)
    assert_nothing_waits(office)


def _killed(*_: object) -> None:
    raise KilledError


def _killed_before_the_event(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.release(office.officer)
    with monkeypatch.context() as killing:
        killing.setattr("orchestration.requested.carry_out", _killed)
        with pytest.raises(KilledError):
            office.taken_in()


HEX = "0123456789abcdef" * 2
# Of a service that is not root, as a load does.
TAKE_IN = """
import sys
from pathlib import Path
from orchestration.requested import take_in_requests
from orchestration.settings import Settings
from sources.clock import system_clock
from sources.custody.ledger import Ledger
from sources.home import Home
home = Home.at(Path(sys.argv[1]))
home.create()
with Ledger.open(home) as ledger:
    taken_in = take_in_requests(Settings(home, home.reference_store), ledger, system_clock)
print([len(taken_in.done), len(taken_in.refused) + len(taken_in.counted)])
"""


def test_a_service_that_is_not_root_carries_out_what_others_left_and_is_stopped_by_none(office: Office) -> None:
    """Ruling D-5."""
    with account() as service:
        root = service.owns(office.home.root)
        office.release(office.officer)
        office.release(office.stranger)
        done = office.stranger.python(f"import os\nos.makedirs('{root}/decisions/{HEX}.json/in it')")
        assert done.returncode == 0, done.stderr
        first, second = (service.python(TAKE_IN, str(root)) for _ in range(2))
        assert (first.stdout, second.stdout) == ("[1, 2]\n", "[0, 0]\n"), first.stderr
    assert office.state() is State.WAITING


BOOKKEEPING: dict[str, str] = {
    "of an event that nobody recorded": f"open(folder + '/.begun-999999-{HEX}.json', 'w')",
    "of a request whose name is taken": (
        f"os.makedirs(folder + '/{HEX}.json/x'); open(folder + '/.begun-0-{HEX}.json', 'w')"
    ),
}


@pytest.mark.parametrize("forged", BOOKKEEPING.values(), ids=BOOKKEEPING)
def test_nobody_but_the_service_can_say_what_was_begun(office: Office, forged: str) -> None:
    """Ruling D-5: an account that may leave a decision stops no load."""
    done = office.stranger.python(f"import os\nfolder = {str(office.home.decisions)!r}\n{forged}")
    assert done.returncode == 0, done.stderr
    office.release(office.officer)
    assert len(office.taken_in()[0]) == 1
    assert office.state() is State.WAITING


def test_what_an_earlier_version_had_begun_is_named_once_and_never_carried_out(office: Office) -> None:
    """Ruling D-5: anybody can have forged it; whoever asked learns that it was lost."""
    path = office.home.decisions / f".begun-0-{HEX}.json"
    _owned_by_the_officer(office, path, _as_json(office, f"{HEX}.json"))
    done, (refused,) = office.taken_in()
    assert (done, office.state(), _refusals(office)) == ([], State.HELD, [office.officer.name])
    assert "ask again" in refused
    assert office.taken_in() == ([], [])
    assert_nothing_waits(office)


def test_a_home_of_before_is_given_the_folder_of_what_was_begun(office: Office) -> None:
    """Ruling D-5."""
    office.home.begun.rmdir()
    office.home.create()
    office.release(office.officer)
    assert len(office.taken_in()[0]) == 1
    assert stat.S_IMODE(office.home.begun.stat().st_mode) == 0o700


def test_a_request_from_before_the_vault_was_restored_is_asked_for_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling D-5: what was begun may name an event that a backup has not."""
    _killed_before_the_event(office, monkeypatch)
    (begun,) = office.home.begun.iterdir()
    begun.rename(begun.with_name(f"999999-{begun.name.split('-')[1]}"))
    assert len(office.taken_in()[0]) == 1
    assert_nothing_waits(office)


def _taken_back_first(do: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    def after_the_owner(path: Path, target: Path) -> Path:
        path.unlink()
        return do(path, target)

    return after_the_owner


def _replaced_first(do: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    def after_the_owner(path: Path, target: Path) -> Path:
        if target.parent != path.parent:
            path.unlink()
            (path / "in it").mkdir(parents=True)
        return do(path, target)

    return after_the_owner


def test_what_its_owner_takes_back_before_it_is_begun_is_as_if_it_had_never_been(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling D-5: whoever left it may remove it at any moment."""
    office.release(office.officer)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Path, "rename", _taken_back_first(Path.rename))
        assert office.taken_in() == ([], [])
    assert (office.state(), office.taken_in()) == (State.HELD, ([], []))
    assert_nothing_waits(office)


def test_what_its_owner_replaces_before_it_is_begun_is_judged_by_what_is_there_then(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling D-5: no look at a name says what will have it a moment later."""
    office.release(office.officer)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Path, "rename", _replaced_first(Path.rename))
        done, refused = office.taken_in()
    assert (done, len(refused), office.state()) == ([], 1, State.HELD)
    assert office.taken_in() == ([], [])


def test_nobody_reads_removes_replaces_or_lists_what_another_asked_for(office: Office) -> None:
    """Ruling D-5."""
    office.release(office.officer)
    (name,) = office.left()
    path = str(office.home.decisions / name)
    attempts = {
        "list": f"os.listdir({str(office.home.decisions)!r})",
        "read": f"open({path!r}).read()",
        "write": f"open({path!r}, 'a')",
        "remove": f"os.unlink({path!r})",
        "rename": f"os.rename({path!r}, {path + 'x'!r})",
    }
    for what, attempt in attempts.items():
        done = office.stranger.python(f"import os\n{attempt}")
        assert done.stderr.strip().endswith(("Permission denied: " + repr(path), "Operation not permitted")) or (
            "PermissionError" in done.stderr
        ), what
    assert office.left() == [name]


def _as_json(office: Office, name: str, **changed: object) -> bytes:
    document = {
        "name": name,
        "action": "hold release",
        "arguments": {"submission": office.held},
        "post": "Section 151 officer",
        "reason": REASON,
    }
    return json.dumps(document | changed).encode()


def _owned_by_the_officer(office: Office, path: Path, data: bytes) -> None:
    path.write_bytes(data)
    os.chown(path, office.officer.uid, office.officer.gid)


def _hard_link(office: Office, path: Path) -> None:
    other = office.home.root.parent / "a file of the officer's"
    _owned_by_the_officer(office, other, _as_json(office, path.name))
    os.link(other, path)


def _symbolic_link(office: Office, path: Path) -> None:
    other = office.home.root.parent / "a file of the officer's"
    _owned_by_the_officer(office, other, _as_json(office, path.name))
    path.symlink_to(other)


def _filled_folder(_: Office, path: Path) -> None:
    (path / "in it").mkdir(parents=True)


Forge = Callable[[Office, Path], None]
FORGED: dict[str, Forge] = {
    "a hard link to the officer's file": _hard_link,
    "a symbolic link to the officer's file": _symbolic_link,
    "a named pipe": lambda _, path: os.mkfifo(path, 0o666),
    "a folder": lambda _, path: path.mkdir(),
    "a filled folder": _filled_folder,
    "nothing": lambda _, path: path.write_bytes(b""),
    "no JSON": lambda _, path: path.write_bytes(b"\xff\xfe{"),
    "another shape": lambda office, path: path.write_bytes(_as_json(office, path.name, action=["hold release"])),
    "one field more": lambda office, path: path.write_bytes(_as_json(office, path.name, os_account="s151")),
    "too much": lambda office, path: path.write_bytes(_as_json(office, path.name, reason="x" * 20_000)),
    "the officer's, under another name": lambda office, path: _owned_by_the_officer(
        office, path, _as_json(office, "another.json")
    ),
    "the officer's, under a name that is not drawn": lambda office, path: _owned_by_the_officer(
        office, path.with_name("0000.json"), _as_json(office, "0000.json")
    ),
    "the officer's, under a name as long as can be": lambda office, path: _owned_by_the_officer(
        office, path.with_name("f" * 250), _as_json(office, "f" * 250)
    ),
    "a name that is no text": lambda _, path: path.with_name(os.fsdecode(b"\xff")).touch(),
    "a command that there is none of": lambda office, path: _owned_by_the_officer(
        office, path, _as_json(office, path.name, action="load")
    ),
    "a submission that there is none of": lambda office, path: _owned_by_the_officer(
        office, path, _as_json(office, path.name, arguments={"submission": "XX-1"})
    ),
    "no submission": lambda office, path: _owned_by_the_officer(
        office, path, _as_json(office, path.name, arguments={})
    ),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_what_is_no_request_is_refused_with_its_reason_and_stops_nobody(office: Office, forge: Forge) -> None:
    """Ruling D-5."""
    forge(office, office.home.decisions / f"{HEX}.json")
    office.release(office.officer, "--json")
    done, refused = office.taken_in()
    assert (len(done), len(refused), office.state()) == (1, 1, State.WAITING)
    assert "It was refused: " in refused[0]
    assert office.taken_in() == ([], [])
    with Ledger.open(office.home) as ledger:
        assert len(ledger.events_of(RequestRefused)) == 1


def _junk(office: Office, who: int, many: int) -> None:
    """Let an account have left files long ago, as the times of the files say."""
    for number in range(many):
        path = office.home.decisions / f"{who}-{number}"
        path.touch()
        os.utime(path, (0, 0))
        os.chown(path, who, who)


def _refusals(office: Office) -> list[str]:
    with Ledger.open(office.home) as ledger:
        return [event.payload.os_account for event in ledger.events_of(RequestRefused)]


def test_a_flood_of_files_is_one_event_a_day_for_each_account_and_keeps_no_post_waiting(office: Office) -> None:
    """Ruling D-5: whoever may leave a file fills neither the ledger nor the mail, and is named all the same."""
    _junk(office, office.stranger.uid, requests.MOST_AT_ONCE + 50)
    office.release(office.officer)
    done, refused = office.taken_in()
    assert (len(done), office.state()) == (1, State.WAITING)
    assert f"{requests.MOST_AT_ONCE - 2} more files of {office.stranger.name} were refused" in refused[-1]
    done, (counted,) = office.taken_in()
    assert f"51 more files of {office.stranger.name} were refused" in counted
    assert _refusals(office) == [office.stranger.name]
    assert office.taken_in() == ([], [])
    assert_nothing_waits(office)
    _junk(office, office.stranger.uid, 2)
    assert len(office.taken_in(TOMORROW)[1]) == 2
    assert _refusals(office) == [office.stranger.name] * 2


def test_accounts_without_a_name_are_heard_as_one(office: Office) -> None:
    """Ruling D-5: whoever may make a user namespace has thousands of them."""
    for uid in range(3_000_000_000, 3_000_000_005):
        _junk(office, uid, 1)
    _, (first, others) = office.taken_in()
    assert "uid 3000000000 asked for" in first
    assert "4 more files of accounts without a name were refused" in others
    assert _refusals(office) == ["uid 3000000000"]


def test_each_decision_of_a_post_s_own_account_is_told_of_when_it_is_refused(office: Office) -> None:
    """Ruling D-5: a post learns why, however often it asks."""
    for _ in range(2):
        office.release(office.officer)
        office.release(office.stranger)
    done, refused = office.taken_in()
    assert (len(done), len(refused)) == (1, 3)
    assert sorted(_refusals(office)) == sorted([office.officer.name, office.stranger.name])
    office.release(office.officer)
    office.taken_in()
    assert _refusals(office).count(office.officer.name) == 2


def test_a_post_s_decision_that_cannot_be_read_is_told_of_each_time(office: Office) -> None:
    """Ruling D-5: what its command wrote in another version is the post's decision all the same."""
    for digit in "123":
        path = office.home.decisions / f"{digit * 32}.json"
        _owned_by_the_officer(office, path, _as_json(office, path.name, version=2))
    assert len(office.taken_in()[1]) == 3
    assert _refusals(office) == [office.officer.name] * 3


def _fails_with(number: int) -> Callable[..., Path]:
    def fails(path: Path, *_: object) -> Path:
        raise OSError(number, os.strerror(number), str(path))

    return fails


OF_THE_MACHINE = [errno.EXDEV, errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENFILE, errno.ESTALE]
OF_AN_ENTRY = [errno.EACCES, errno.EPERM, errno.ENOTEMPTY, errno.ELOOP]


@pytest.mark.parametrize("number", OF_THE_MACHINE, ids=errno.errorcode.__getitem__)
@pytest.mark.parametrize("fails", ["pathlib.Path.rename", "sources.custody.requests.os.open"])
def test_a_fault_of_the_machine_leaves_a_decision_to_the_next_load(
    office: Office, monkeypatch: pytest.MonkeyPatch, fails: str, number: int
) -> None:
    """Ruling D-5: only what its owner can have caused is held against a request."""
    office.release(office.officer)
    with Ledger.open(office.home) as ledger, monkeypatch.context() as meanwhile:
        meanwhile.setattr(fails, _fails_with(number))
        with pytest.raises(CustodyProblem, match=f"Taking in a decision stopped: {os.strerror(number)}"):
            take_in_requests(office.settings, ledger, NOON)
    done, refused = office.taken_in()
    assert (len(done), refused, office.state()) == (1, [], State.WAITING)


@pytest.mark.parametrize(
    "number", [errno.EACCES, errno.EPERM, errno.ENOTEMPTY, errno.ELOOP], ids=errno.errorcode.__getitem__
)
def test_what_its_owner_can_have_brought_about_is_refused_and_stops_no_load(
    office: Office, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Ruling D-5."""
    office.release(office.officer)
    with Ledger.open(office.home) as ledger, monkeypatch.context() as meanwhile:
        meanwhile.setattr(Path, "rename", _fails_with(number))
        (refused,) = take_in_requests(office.settings, ledger, NOON).refused
    assert f"It cannot be moved ({os.strerror(number)})." in refused
    assert_nothing_waits(office)


@pytest.mark.parametrize("where", ["action", "post", "arguments"])
def test_what_would_steer_a_terminal_or_forge_a_line_is_spelled_out(office: Office, where: str) -> None:
    """Ruling D-5, F-C28."""
    steering = "x\x1b[2J\nmallory asked for: all is well"
    changed = {where: {"submission": steering} if where == "arguments" else steering}
    path = office.home.decisions / f"{HEX}.json"
    _owned_by_the_officer(office, path, _as_json(office, path.name, **changed))
    _, (refused,) = office.taken_in()
    assert refused.isprintable()
    assert r"x\x1b[2J\nmallory" in refused
    with Ledger.open(office.home) as ledger:
        (event,) = ledger.events_of(RequestRefused)
    assert event.payload.request.isprintable()
    assert event.payload.reason.isprintable()


@pytest.mark.parametrize("arguments", [{}, {"release": "R1"}, {"submission": "AH", "release": "R1"}])
def test_a_decision_is_asked_for_with_its_own_arguments_and_no_others(
    office: Office, arguments: dict[str, str]
) -> None:
    """Ruling D-5."""
    path = office.home.decisions / f"{HEX}.json"
    _owned_by_the_officer(office, path, _as_json(office, path.name, arguments=arguments))
    _, (refused,) = office.taken_in()
    assert "'hold release' takes: submission." in refused


def test_a_mistake_of_the_work_is_not_said_to_be_the_post_s(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ruling D-5: the request waits until it is corrected."""

    def mistaken(*_: object) -> None:
        raise KeyError("of ours")

    office.release(office.officer)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("sources.intake.decisions.decide", mistaken)
        with pytest.raises(KeyError, match="of ours"):
            office.taken_in()
    assert len(office.taken_in()[0]) == 1


def test_each_command_leaves_the_arguments_that_its_decision_takes(office: Office) -> None:
    """Ruling D-5: what a command leaves is not refused for its form."""
    given = {"submission": office.held, "release": "R000001", "report": "CAB", "claim": "C02"}
    for action, (_, takes) in ACTIONS.items():
        words = (*action.split(), *(given[name] for name in takes if name in given))
        asked = office.officer.savings(office.home.root, *words, "--post", "Section 151 officer", "--reason", REASON)
        assert asked.returncode == 0, asked.stderr
    left = [json.loads((office.home.decisions / name).read_bytes()) for name in office.left()]
    assert {each["action"]: tuple(each["arguments"]) for each in left} == {
        action: takes for action, (_, takes) in ACTIONS.items()
    }
