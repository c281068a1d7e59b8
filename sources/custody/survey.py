"""A survey of landing: what can be taken now, what is not settled yet, and what somebody has to see to.

Here belongs looking at each folder by itself: each is an island, and what is wrong with one keeps no
other's returns out. Nothing is moved, and no bytes are read. Not here: taking files in
(``custody.reception``).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from sources.clock import LONDON, Clock
from sources.custody.landed_file import Landed, NotAFileError, UnreadableError, as_text, lease_of
from sources.custody.landing import FolderProblemError, folders_of, is_stray, listed, open_folder
from sources.custody.marker import folder_problems
from sources.custody.problems import naming_the_place
from sources.custody.settling import Lease, Sightings
from sources.custody.unmoved import Unmoved
from sources.home import Home

# How long a file has to look the same where leases say nothing.
SETTLE = timedelta(seconds=60)
_MOST_NAMED = 5


@dataclass
class Survey:
    """What lies in landing at one moment.

    Attributes:
        ready: What can be taken, folder by folder and in natural order of names.
        unread: What an earlier load could not read, so that no look asks for it again: each load tries it first.
        unsettled: What may still be being written, or cannot be opened yet.
        overdue: Those of them that have been waiting for too long, each with the reason.
        unmoved: What was taken by an earlier load, which could not move it.
        problems: A sentence for each thing that somebody has to see to.
    """

    ready: list[Landed] = field(default_factory=list)
    unread: list[Landed] = field(default_factory=list)
    unsettled: list[Landed] = field(default_factory=list)
    overdue: dict[Landed, str] = field(default_factory=dict)
    unmoved: list[Landed] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_worth_waiting(self) -> bool:
        """Whether nothing can be taken now, and something could be once it is settled."""
        return not self.ready and len(self.unsettled) > len(self.overdue)


def survey(home: Home, directorates: Collection[str] | None, clock: Clock, settle: timedelta = SETTLE) -> Survey:
    """Look at landing, remember what is not settled, and forget what is gone.

    Args:
        home: The warehouse.
        directorates: Whose folders are looked into; another one is a stray, and nothing in it is
            taken. None where nobody knows yet: then every folder is.
        clock: The time of the look.
        settle: How long a file has to look the same where leases say nothing.

    Raises:
        CustodyProblem: If landing itself cannot be read, or what was seen not be written.
    """
    found = Survey()
    sightings, unmoved = Sightings(home.sightings, clock, settle), Unmoved(home.unmoved)
    with naming_the_place("Looking into landing", home.landing):
        distrusted = folder_problems(home)
        found.problems += distrusted.values()
        for folder in ("", *folders_of(home.landing)):
            if folder in distrusted:
                continue
            try:
                if folder and directorates is not None and as_text(folder) not in directorates:
                    if is_stray(home.landing, folder):
                        found.problems.append(_stray(folder, directorates))
                else:
                    _look_into(home, folder, sightings, unmoved, found)
            except FolderProblemError as problem:
                found.problems.append(str(problem))
        sightings.keep()
    found.problems += [_not_read(landed, unmoved.reason_of(landed)) for landed in found.unread[:_MOST_NAMED]]
    found.problems += _more(found.unread, "cannot be read")
    found.problems += _overdue(found.overdue, sightings)
    found.problems += [_not_moved(landed, unmoved.reason_of(landed)) for landed in found.unmoved]
    return found


def _look_into(home: Home, folder: str, sightings: Sightings, unmoved: Unmoved, found: Survey) -> None:
    files = list(listed(home.landing, folder))
    unmoved.keep_only(folder, files)
    found.unmoved += (landed for landed in files if unmoved.seq_of(landed))
    files = [landed for landed in files if not unmoved.seq_of(landed)]
    if not folder and not files:
        return  # what lies in no folder is an accident: landing itself need not let us move anything
    with open_folder(home.landing, folder) as descriptor:
        for landed in files:
            try:
                why_not = _why_not_ready(descriptor, landed, sightings)
            except FileNotFoundError:
                continue  # it vanished since it was listed
            if unmoved.reason_of(landed):
                found.unread.append(landed)
                continue
            (found.unsettled if why_not else found.ready).append(landed)
            if why_not and sightings.is_overdue(landed.folder, landed.raw_name):
                found.overdue[landed] = why_not


def _why_not_ready(folder: int, landed: Landed, sightings: Sightings) -> str:
    """Return why a file has to wait; empty where it need not."""
    why_not = "another program still has it open, or is still copying it"
    try:
        lease = lease_of(folder, landed)
    except NotAFileError:
        return ""  # it has no bytes to wait for
    except UnreadableError as reason:
        lease, why_not = Lease.REFUSED, str(reason)
    if lease is Lease.GRANTED:
        return ""
    is_settled = sightings.is_settled(landed.folder, landed.raw_name, landed.mark.state)
    return "" if is_settled and lease is Lease.UNKNOWN else why_not


def _stray(folder: str, directorates: Collection[str]) -> str:
    known = ", ".join(sorted(directorates))
    return (
        f"{as_text(folder)!r} in landing is the folder of no directorate, and files lie in it. Nothing of it is read or"
        f" moved. Move them into the folder of their directorate ({known}), then remove it."
    )


def _not_read(landed: Landed, reason: str) -> str:
    return (
        f"{landed.name!r} of {landed.directorate_code!r} was not taken: {reason}. The next load tries again."
        " Have it closed in every program, or copied again."
    )


def _not_moved(landed: Landed, reason: str) -> str:
    return (
        f"{landed.name!r} of {landed.directorate_code!r} was received, but uid {os.geteuid()} cannot move it"
        f" out of landing ({reason}). It is not taken again. Correct that, or move it into 'received' yourself."
    )


def _overdue(overdue: dict[Landed, str], sightings: Sightings) -> Iterator[str]:
    for landed, why_not in islice(overdue.items(), _MOST_NAMED):
        since = sightings.first_seen(landed.folder, landed.raw_name).astimezone(LONDON)
        yield (
            f"{landed.name!r} of {landed.directorate_code!r} has been waiting since {since:%d/%m/%Y %H:%M}: {why_not}."
            " Have it closed, or copied again."
        )
    yield from _more(overdue, "wait")


def _more(named: Collection[Landed], what: str) -> list[str]:
    return [f"{len(named) - _MOST_NAMED} more files {what} in landing."] if len(named) > _MOST_NAMED else []
