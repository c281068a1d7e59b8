"""Markers: that landing, and each share mounted in it, is this home's and is there.

Here belongs the home's id, the file that carries it into landing, and what is missing where a mount or
a link leads nowhere. Not here: what lands (``landing``), the folders of the home (``home``).

An empty folder under a mount point looks like a quiet night; a folder with the marker is the share.

Source: ruling C4.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sources.custody.event_chain import event_numbers
from sources.custody.problems import CustodyProblem, naming_the_place
from sources.custody.settling import mounts
from sources.home import Home, sync_file, sync_folder, write_durably

# It starts with a full stop: whoever looks at what landed leaves it alone.
MARKER = ".savings-home"


class NotOurLandingError(CustodyProblem):
    """Landing is not there, or is another home's."""


@dataclass(frozen=True)
class Identity:
    """Who a home is.

    Attributes:
        home_id: Made once, never changed; a backup of the vault carries it.
        marked: Landing folders that were links or mounts of their own when they were marked.
    """

    home_id: str
    marked: tuple[str, ...] = ()


def identity_of(home: Home) -> Identity | None:
    """Return who a home is; None before ``establish``.

    Raises:
        CustodyProblem: If that cannot be read.
    """
    with naming_the_place("Reading the home's id", home.identity):
        try:
            found = json.loads(home.identity.read_bytes())
            return Identity(found["home_id"], tuple(found["marked"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise CustodyProblem(f"{home.identity} cannot be read ({error}). Restore it from a backup.") from error


def establish(home: Home) -> Identity:
    """Give a home its id, and mark landing and each share in it that is not marked yet.

    Raises:
        NotOurLandingError: If one of them is another home's.
        CustodyProblem: If something cannot be written.
    """
    identity = identity_of(home) or Identity(secrets.token_hex(16))
    with naming_the_place("Marking landing", home.landing):
        shares = list(own_folders(home.landing))
        folders = [home.landing, *(home.landing / name for name in shares)]
        unmarked = [folder for folder in folders if not _is_marked(folder, identity.home_id)]
        identity = Identity(identity.home_id, tuple(sorted({*identity.marked, *shares})))
        document = {"home_id": identity.home_id, "marked": identity.marked}
        # The id first: a landing marked with one that was never kept would be another home's for good.
        write_durably(home.identity, (json.dumps(document, indent=1) + "\n").encode())
        for folder in unmarked:
            (folder / MARKER).write_text(f"{identity.home_id}\n", encoding="utf-8")
            sync_file(folder / MARKER)
            sync_folder(folder)
    return identity


def enter(home: Home) -> None:
    """Establish a home in which nothing has happened yet; otherwise see that landing is there and its own.

    Raises:
        NotOurLandingError: If it is not.
        CustodyProblem: If something cannot be read or written.
    """
    if not event_numbers(home.events):
        establish(home)
    elif problem := landing_problem(home):
        raise NotOurLandingError(problem)


def landing_problem(home: Home) -> str:
    """Return why landing cannot be believed; empty where it carries the home's marker."""
    identity = identity_of(home)
    if identity is None:
        return (
            f"The landing folder {home.landing} is not marked yet. See that every share is mounted, then run "
            "`savings init` once. Nothing was done."
        )
    return _problem(home.landing, identity, "Nothing was done.")


def folder_problems(home: Home) -> dict[str, str]:
    """Return, by name, the landing folders on shares of their own that cannot be believed, each with why."""
    identity = identity_of(home)
    if identity is None:
        return {}
    names = sorted({*own_folders(home.landing), *identity.marked})
    found = {name: _problem(home.landing / name, identity, "The others were looked at.") for name in names}
    return {name: problem for name, problem in found.items() if problem}


def own_folders(landing: Path) -> Iterator[str]:
    """Yield the landing folders that are mounts of their own, or links that the service or root made."""
    places = mount_points()
    for entry in sorted(os.scandir(landing), key=lambda entry: entry.name):
        is_link = entry.is_symlink() and is_trusted_link(entry.stat(follow_symlinks=False))
        if is_link or (entry.is_dir(follow_symlinks=False) and os.path.realpath(entry.path) in places):
            yield entry.name


def is_trusted_link(found: os.stat_result) -> bool:
    """Return whether a link was made by the service or by root: it may be followed."""
    return found.st_uid in (0, os.geteuid())


def mount_points() -> frozenset[str]:
    """Return where something is mounted; a bind mount of the same file system counts too."""
    return frozenset(_mounts())


def type_of_file_system(path: Path) -> str:
    """Return the kind of the file system that a path lies on, ``ext4``; empty where the kernel does not say."""
    kinds = _mounts()
    above = [place for place in map(str, (path, *path.parents)) if place in kinds]
    return kinds[above[0]] if above else ""


def _mounts() -> dict[str, str]:
    """Return the kind of file system by the place where it is mounted; the last mounted is what is seen."""
    return {_unescaped(place): kind for _, place, kind in mounts()}


def _unescaped(path: str) -> str:
    r"""Return a path of the kernel's list as it is: a blank is written as \040 there, and the like."""
    return re.sub(r"\\([0-7]{3})", lambda digits: chr(int(digits[1], 8)), path)


def _is_marked(folder: Path, home_id: str) -> bool:
    found = _id_in(folder)
    if found not in ("", home_id):
        raise NotOurLandingError(
            f"{folder} belongs to another home: its {MARKER} holds another id. Nothing was done. If that home is gone, "
            f"remove {folder / MARKER} and run `savings init` again."
        )
    return found == home_id


def _id_in(folder: Path) -> str:
    """Return the id that a folder carries; empty where it has no marker, or one that a full disk left empty."""
    try:
        return (folder / MARKER).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""


def _problem(folder: Path, identity: Identity, meanwhile: str) -> str:
    try:
        found, reason = _id_in(folder), "is not there"
    except OSError as error:
        found, reason = "", f"cannot be read ({error})"
    if not found:
        return f"{folder}: the marker {MARKER} {reason}. Is it mounted? {meanwhile} If it is new, run `savings init`."
    if found != identity.home_id:
        return f"{folder} carries the marker of another home. Is the right share mounted? {meanwhile}"
    return ""
