"""What a home needs of its machine: accounts, modes, mounts, room, a clock; and how to correct what it lacks.

Here belongs looking, which changes nothing. Not here: setting it right (``savings init`` and the operator), and
whether what is kept is what it was (``savings verify``).

Source: ruling D-5.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shlex
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from dbt_project.engines import Spark, lack_of
from orchestration.alerts.outbox import Outbox
from orchestration.exit_codes import Exit
from orchestration.settings import Settings
from sources import home as layout
from sources.clock import Clock
from sources.custody.ledger import LedgerView
from sources.custody.marker import folder_problems, landing_problem, type_of_file_system
from sources.custody.problems import CustodyProblem, VaultDamaged
from sources.custody.vault import Vault
from sources.home import Home, account_of, group_problem
from sources.intake.adoption import judging_reference, why_not_in_force
from sources.reference.reference import Reference, ReferenceProblem, read_reference

# Below either a load may not come to its end: a night writes some hundred megabytes.
LEAST_FREE_BYTES = 2 << 30
LEAST_FREE_FILES = 10_000
# Times that an event may lie ahead of the clock without the clock being wrong.
_CLOCK_TOLERANCE = timedelta(hours=1)
# SQLite's log of the ledger needs shared memory, which these do not give. Modes there may be the mount's own, which no
# chmod changes, and say nothing of who writes at the server.
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.smbnetfs", "9p"})
_MOST_NAMED = 5


class Weight(StrEnum):
    """What something that was found means."""

    STOPS = "stops a load"
    WRONG = "wrong"
    NOTE = "to know"


@dataclass(frozen=True)
class Found:
    """One thing to correct or to know.

    Attributes:
        part: Accounts, modes, mounts, space, clock, stores, reference data, alerts or engine.
        weight: What it means.
        what: What was found.
        remedy: How to correct it; empty where there is nothing to correct.
    """

    part: str
    weight: Weight
    what: str
    remedy: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """What a look at the machine found.

    Attributes:
        home: Where it looked.
        account: Who looked.
        found: What is to be corrected or known, in the order of the parts.
        stores: Bytes by store.
        free: Bytes free where the home lies.
        settings: Each setting that was said: its name, its value and where it was said.
    """

    home: str
    account: str
    found: tuple[Found, ...]
    stores: dict[str, int]
    free: int
    settings: tuple[tuple[str, str, str], ...] = ()

    @property
    def exit_code(self) -> Exit:
        """Return 3 where a load would stop, 1 where something is wrong, else 0."""
        weights = {each.weight for each in self.found}
        if Weight.STOPS in weights:
            return Exit.NOT_PUBLISHED
        return Exit.REFUSED if Weight.WRONG in weights else Exit.DONE

    def as_json(self) -> dict[str, Any]:
        """Return it for a machine."""
        return asdict(self) | {"exit_code": int(self.exit_code)}


def diagnose(settings: Settings, clock: Clock) -> Diagnosis:
    """Look at everything; only the service's account sees all."""
    home = settings.home
    found = [*_account(home)]
    parts = (_owners, _modes, _readers, _mounts, _space, partial(_clock, now=clock()))
    for look in (
        ()
        if found
        else (
            *parts,
            partial(_reference, settings=settings),
            partial(_alerts, settings=settings),
            partial(_engine, settings=settings),
        )
    ):
        found += _seen(look, home)
    stores = {path.name: _size(path) for path in _stores(home)}
    free = shutil.disk_usage(home.root).free
    said = tuple((each.name, each.text, each.where) for each in settings.said)
    return Diagnosis(str(home.root), account_of(os.geteuid()), tuple(dict.fromkeys(found)), stores, free, said)


def _seen(look: Callable[[Home], Iterator[Found]], home: Home) -> Iterator[Found]:
    """Yield what a look finds; what keeps it from looking is found as well."""
    try:
        yield from look(home)
    except (CustodyProblem, VaultDamaged, OSError) as problem:
        yield Found("stores", Weight.STOPS, str(problem), "Correct it, then run `savings doctor` again.")


def _account(home: Home) -> Iterator[Found]:
    owner = home.root.stat().st_uid
    if owner != os.geteuid():
        service, me = account_of(owner), account_of(os.geteuid())
        remedy = f"Run it as the service: sudo -u {service} savings doctor."
        yield Found(
            "accounts", Weight.WRONG, f"This home is {service}'s, and you are {me}: you see little of it.", remedy
        )


def _owners(home: Home) -> Iterator[Found]:
    """Name what somebody else's account left in the home, as a command run by root does."""
    me = os.geteuid()
    places = (home.root, *home.root.iterdir(), *home.vault.iterdir(), *home.events.iterdir(), *home.releases.iterdir())
    outside = {home.landing, home.current}
    others = sorted({path for path in places if path not in outside and path.lstat().st_uid != me})
    if others:
        names = ", ".join(map(str, others[:_MOST_NAMED]))
        remedy = f"As root: {_given_back(home, account_of(me))}. Run every command as {account_of(me)}."
        yield Found("accounts", Weight.STOPS, f"{len(others)} things belong to another account: {names}.", remedy)


def _given_back(home: Home, service: str) -> str:
    """Return the command that gives a home to the service: groups, landing and decisions stay whose they are."""
    kept = [f"-path ./{each.name}/\\* -o" for each in (home.decisions, home.begun)]
    if home.landing.is_relative_to(home.root):
        kept.append(f"-path {shlex.quote(f'./{home.landing.relative_to(home.root)}')} -prune -o")
    return f"cd {shlex.quote(str(home.root))} && find . {' '.join(kept)} -exec chown --no-dereference {service} {{}} +"


def _modes(home: Home) -> Iterator[Found]:
    wanted = dict.fromkeys(home.private_folders, layout.PRIVATE)
    wanted |= {home.root: layout.PASSED_THROUGH, home.desk: layout.PASSED_THROUGH, home.decisions: layout.LETTER_BOX}
    wanted |= {home.ledger: layout.PRIVATE_FILE, home.lock: layout.PRIVATE_FILE}
    of_readers = layout.GROUP_READS if home.readers_group else layout.PRIVATE
    wanted |= {home.releases: of_readers, home.reports: of_readers}
    for path, mode in wanted.items():
        if path.exists() and (has := stat.S_IMODE(path.stat().st_mode)) != mode:
            what = f"{path} has mode {has:o}, and must have {mode:o}."
            yield Found("modes", Weight.WRONG, what, "Run `savings init`, or the next load: both set it.")
        elif not path.exists() and path not in (home.ledger, home.lock):
            yield Found("modes", Weight.WRONG, f"{path} is not there.", "Run `savings init`: it makes it.")


def _readers(home: Home) -> Iterator[Found]:
    if home.readers_group is None:
        remedy = "Set SAVINGS_READERS_GROUP to a group that the service is in, and that the readers are in."
        yield Found("accounts", Weight.NOTE, "Nobody but the service reads releases.", remedy)
        return
    if problem := group_problem(home.readers_group):
        yield Found("accounts", Weight.STOPS, *problem)
        return
    gid = grp.getgrnam(home.readers_group).gr_gid
    if loose := [path for path in home.releases.iterdir() if path.stat().st_gid != gid]:
        remedy = f"As root: chgrp -R {home.readers_group} {home.releases}."
        what = f"{len(loose)} releases are of another group than {home.readers_group}: its members cannot read them."
        yield Found("modes", Weight.WRONG, what, remedy)


def _mounts(home: Home) -> Iterator[Found]:
    if (kind := type_of_file_system(home.root)) in _NETWORK:
        remedy = "Put SAVINGS_HOME on a disk of this machine. Landing may be on a share."
        yield Found("mounts", Weight.WRONG, f"The home is on a network file system ({kind}).", remedy)
    if problem := landing_problem(home):
        yield Found("mounts", Weight.STOPS, problem, "Mount it; `savings init` marks a new one.")
        return
    for name, problem in folder_problems(home).items():
        yield Found("mounts", Weight.WRONG, problem, f"Mount {home.landing / name}; `savings init` marks a new one.")
    for folder in sorted(path for path in home.landing.iterdir() if path.is_dir() and path.name[0] != "."):
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK, effective_ids=True):
            remedy = f"Let {account_of(os.geteuid())} read and write it: what was taken in is moved to its received/."
            yield Found("mounts", Weight.WRONG, f"The service cannot take files from {folder}.", remedy)


def _space(home: Home) -> Iterator[Found]:
    for place in sorted({home.root, home.landing}):
        with contextlib.suppress(OSError):
            disk = os.statvfs(place)
            free, files = disk.f_bavail * disk.f_frsize, disk.f_favail
            if free < LEAST_FREE_BYTES and place == home.root:
                remedy = "Make room: a load that runs out of it stops, and goes on once there is some."
                yield Found("space", Weight.WRONG, f"{place} has {_readable(free)} free.", remedy)
            if disk.f_files and files < LEAST_FREE_FILES:
                yield Found("space", Weight.WRONG, f"{place} has room for {files} more files.", "Remove small files.")


def _alerts(home: Home, settings: Settings) -> Iterator[Found]:
    if not settings.channels.everybody:
        remedy = "Set SAVINGS_SMTP_URL, SAVINGS_ALERTS_FROM and SAVINGS_ALERTS_TO, or SAVINGS_ALERTS_WEBHOOK."
        yield Found("alerts", Weight.NOTE, "Nobody is told when a night fails or a return is refused.", remedy)
    if many := len(list(Outbox(home.outbox).waiting())):
        remedy = "`savings watchdog` tries to send them, and says why it cannot."
        yield Found("alerts", Weight.NOTE, f"{many} alert(s) wait to be sent.", remedy)
    for path in Outbox(home.outbox).unreadable():
        yield Found("alerts", Weight.WRONG, f"The alert {path} cannot be read.", "Look at it, then remove it.")


def _engine(_: Home, settings: Settings) -> Iterator[Found]:
    if lack := lack_of(settings.engine):
        yield Found("engine", Weight.STOPS, lack.what, lack.remedy)
    elif isinstance(settings.engine, Spark):
        yield Found("engine", Weight.NOTE, f"Spark builds the tables ({settings.engine.master}).")


def _clock(home: Home, now: datetime) -> Iterator[Found]:
    last = Vault(home).last()
    if last and last.at - now > _CLOCK_TOLERANCE:
        what = f"The clock shows {now:%Y-%m-%d %H:%M} UTC; the last event is of {last.at:%Y-%m-%d %H:%M}."
        yield Found("clock", Weight.STOPS, what, "Set the clock: as root, timedatectl set-ntp true.")


def _reference(home: Home, settings: Settings) -> Iterator[Found]:
    part = "reference data"
    try:
        with contextlib.closing(LedgerView.of(settings.home)) as ledger:
            if waits := why_not_in_force(settings.reference, ledger):
                yield Found(part, Weight.WRONG, waits, "Correct the folder, or have a post adopt it.")
            reference = judging_reference(ledger)
    except LookupError:
        try:
            reference = read_reference(settings.reference)
        except ReferenceProblem as problem:
            yield Found(part, Weight.STOPS, str(problem), "Correct the folder: the first load adopts it.")
            return
    except ReferenceProblem as problem:
        what = f"This version cannot read the folder in force. {problem}"
        yield Found(
            part,
            Weight.STOPS,
            what,
            "Go back to the version that could, or have a post adopt a folder that this one reads.",
        )
        return
    yield from _people(home, reference)
    yield from _posts(reference)


def _people(home: Home, reference: Reference) -> Iterator[Found]:
    part = "accounts"
    for code, group in sorted(reference.desk_groups().items()):
        if group is None:
            remedy = "Name the group of its people in os_group of directorate.csv."
            yield Found(part, Weight.NOTE, f"Nobody but the service reads the desk of {code}.", remedy)
        elif problem := group_problem(group):
            yield Found(part, Weight.WRONG, f"{code}: {problem[0]}", problem[1])
        elif _is_closed(folder := home.landing / code):
            what = f"Nobody but the service can put files into {folder}, which is to be of the group '{group}'."
            yield Found("modes", Weight.WRONG, what, f"As root: chgrp {group} {folder}; chmod 2770 {folder}.")


def _is_closed(folder: Path) -> bool:
    """Return whether the service alone gets into a folder that is there; of a network share it cannot be told."""
    if not folder.is_dir() or type_of_file_system(folder.resolve()) in _NETWORK:
        return False
    return not stat.S_IMODE(folder.stat().st_mode) & 0o077


def _posts(reference: Reference) -> Iterator[Found]:
    for row in reference.tables["post"]:
        try:
            uid = pwd.getpwnam(row["os_account"]).pw_uid
        except KeyError:
            what = f"'{row['post']}' decides as {row['os_account']}, an account that this machine does not have."
            remedy = "Make the account, or have a post adopt a post.csv that names the right one."
            yield Found("accounts", Weight.NOTE, what, remedy)
            continue
        if uid == os.geteuid():
            what = f"'{row['post']}' has the service's own account: whoever runs the service can decide as this post."
            yield Found("accounts", Weight.WRONG, what, "Give the post an account of its own.")


def _stores(home: Home) -> tuple[Path, ...]:
    return (home.vault, home.ledger, home.lines, home.desk, home.releases, home.build, home.dagster)


def _size(path: Path) -> int:
    found = 0
    with contextlib.suppress(OSError):
        for each in (path, *path.rglob("*")):
            found += each.lstat().st_size if not each.is_dir() else 0
    return found


def _readable(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 30 else f"{size / (1 << 20):.1f} MiB"
