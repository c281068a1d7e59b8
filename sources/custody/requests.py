"""Decision requests: what a post asks for under its own account, left where the service alone can read it.

Here belongs the file of a request: written by anybody, believed by the service only as far as the kernel vouches
for it. Not here: what is done about it (``orchestration.requested``), and who may (``reference.authority``).

Who asks is the owner of the file, never what the file says. Nobody but the service writes vault or ledger. What is
begun is moved to a folder that the service alone writes: in the one that everybody writes, nothing but a file's owner
is believed.

Source: ruling D-5.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError

from sources.custody.problems import naming_the_place
from sources.home import Home, account_of

MOST_BYTES = 16 << 10
# A flood must not keep a load from its work: the rest waits for the next.
MOST_AT_ONCE = 200
_SUFFIX = ".json"
_NAME = re.compile(rf"[0-9a-f]{{32}}{re.escape(_SUFFIX)}")
_BEGUN = re.compile(rf"(?P<seq>\d{{1,12}})-(?P<name>{_NAME.pattern})")
# What an earlier version named what it had begun, among what everybody writes: anybody can have made one.
_BEGUN_BEFORE = re.compile(rf"\.begun-{_BEGUN.pattern}")
# What whoever left an entry can bring about by what it is, or by swapping it. All else is the machine's.
_OF_AN_ENTRY = frozenset(
    {
        errno.EACCES,
        errno.EEXIST,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENOTDIR,
        errno.ENOTEMPTY,
        errno.ENXIO,
        errno.EPERM,
    }
)
# The service's group, which the folder gives, reads it; its maker wrote it.
_MODE = 0o640

_Text = Annotated[str, StringConstraints(max_length=2_000)]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asks for.

    Attributes:
        name: The file's own name, so that it counts nowhere else.
        action: The command's words, ``hold release``.
        arguments: The command's own arguments by name.
        post: As whom.
        reason: Why.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    name: _Text
    action: _Text
    arguments: Mapping[_Text, _Text] = field(default_factory=dict)
    post: _Text
    reason: _Text


@dataclass(frozen=True)
class Asked:
    """A request as the service found it.

    Attributes:
        path: Where it lies.
        os_account: Its owner, as the kernel has it.
        request: What it asks for; None if it cannot be believed.
        problem: Why it cannot be; else empty.
    """

    path: Path
    os_account: str
    request: Request | None = None
    problem: str = ""


@dataclass(frozen=True)
class Begun:
    """A request that a load had begun to deal with when it was killed.

    Attributes:
        path: Where it lies.
        os_account: Its owner, as the kernel has it.
        last_seq: The last event before it was begun.
    """

    path: Path
    os_account: str
    last_seq: int


class NotBelievedError(Exception):
    """A file among the requests is none, and says why."""


@cache
def _form() -> TypeAdapter[Request]:
    return TypeAdapter(Request)


def is_service(home: Home) -> bool:
    """Return whether this account is the one that writes the home."""
    return home.root.stat().st_uid == os.geteuid()


def leave(home: Home, action: str, arguments: Mapping[str, str], post: str, reason: str) -> str:
    """Leave a request for the service; return its name.

    Raises:
        OSError: If it cannot be written.
    """
    name = f"{secrets.token_hex(16)}{_SUFFIX}"
    request = Request(name=name, action=action, arguments=arguments, post=post, reason=reason)
    partial = home.decisions / f".{name}"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as stream:
        stream.write(_form().dump_json(request))
        os.fchmod(stream.fileno(), _MODE)
        stream.flush()
        os.fsync(stream.fileno())
    partial.rename(home.decisions / name)
    return name


def is_request(name: str) -> bool:
    """Return whether a file has a name that ``leave`` gives."""
    return bool(_NAME.fullmatch(name))


def is_begun(name: str) -> bool:
    """Return whether a file has a name that a request has from when it is begun."""
    return bool(_BEGUN.fullmatch(name))


def asked(home: Home, comes_first: Callable[[str], bool], last_seq: Callable[[], int]) -> Iterator[Asked]:
    """Yield what was left, each as far as it can be believed; ``dispose`` removes it once it is dealt with.

    Args:
        home: The warehouse.
        comes_first: Returns whether an account's come before all others', however many and old those are.
        last_seq: Returns the number of the last event, which each is begun after.
    """
    for name in _waiting(home, comes_first)[:MOST_AT_ONCE]:
        # Whoever left it may have taken it back.
        with contextlib.suppress(FileNotFoundError):
            path = home.decisions / name
            owner = account_of(path.lstat().st_uid)
            try:
                yield asked_in(_begin(home, path, last_seq()))
            except NotBelievedError as problem:
                yield Asked(path, owner, problem=str(problem))


def begun(home: Home) -> Iterator[Begun]:
    """Yield what a killed load had begun to deal with."""
    for path in sorted(home.begun.iterdir()):
        if found := _BEGUN.fullmatch(path.name):
            yield Begun(path, account_of(path.lstat().st_uid), int(found["seq"]))


def asked_in(path: Path) -> Asked:
    """Return what a request that was begun asks for, as far as it can be believed."""
    owner = path.lstat().st_uid
    try:
        data, owner = _read(path)
        return Asked(path, account_of(owner), _request(path.name.partition("-")[2], data))
    except NotBelievedError as problem:
        return Asked(path, account_of(owner), problem=str(problem))


def dispose(path: Path) -> None:
    """Remove a request, whatever it is; a folder that somebody filled is moved out of the way instead."""
    with contextlib.suppress(FileNotFoundError):
        try:
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()
        except OSError:
            path.rename(path.with_name(f".refused-{secrets.token_hex(8)}"))


def _waiting(home: Home, comes_first: Callable[[str], bool]) -> list[str]:
    """Return the names of what was left, oldest first; what is still being written is not among them."""
    found = []
    for entry in os.scandir(home.decisions):
        with contextlib.suppress(FileNotFoundError):
            state = entry.stat(follow_symlinks=False)
            found.append((state.st_uid, state.st_mtime_ns, entry.name))
    is_later = {uid: not comes_first(account_of(uid)) for uid in {uid for uid, _, _ in found}}
    ordered = sorted((is_later[uid], left_at, name) for uid, left_at, name in found)
    return [name for _, _, name in ordered if not name.startswith(".") or _BEGUN_BEFORE.fullmatch(name)]


def _begin(home: Home, path: Path, last_seq: int) -> Path:
    """Move a request, under a name that says the last event before it, to where nobody else can touch it.

    Raises:
        NotBelievedError: If it is none.
        FileNotFoundError: If it vanished.
        CustodyProblem: If the machine is at fault; the request stays.
    """
    if _BEGUN_BEFORE.fullmatch(path.name):
        raise NotBelievedError("an earlier version was stopped at it: if it was not carried out, ask again")
    if not is_request(path.name):
        raise NotBelievedError("it has a name that `savings` gives to none")
    if not stat.S_ISREG(path.lstat().st_mode):
        raise NotBelievedError("it is no plain file")
    begun = home.begun / f"{last_seq}-{path.name}"
    with _telling_whose_fault("it cannot be moved", path):
        path.rename(begun)
    return begun


@contextlib.contextmanager
def _telling_whose_fault(problem: str, path: Path) -> Iterator[None]:
    """Refuse an entry for what its owner can have caused; a fault of the machine must not remove a post's decision."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _OF_AN_ENTRY:
            raise NotBelievedError(f"{problem} ({error.strerror})") from error
        with naming_the_place("Taking in a decision", path):
            raise


def _read(path: Path) -> tuple[bytes, int]:
    """Return the bytes of a plain file and who owns it, both asked of the open descriptor.

    Raises:
        NotBelievedError: If it is no file that one account alone can have made.
        CustodyProblem: If the machine is at fault.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with _telling_whose_fault("it is no plain file, or cannot be opened", path):
        descriptor = os.open(path, flags)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotBelievedError("it is no plain file")
        if found.st_nlink != 1:
            # It may be another account's file that somebody gave a second name here.
            raise NotBelievedError("it is a hard link: its owner need not have put it here")
        data = os.read(descriptor, MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MOST_BYTES:
        raise NotBelievedError(f"it is longer than {MOST_BYTES} bytes")
    return data, found.st_uid


def _request(name: str, data: bytes) -> Request:
    try:
        request = _form().validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise NotBelievedError(f"it is not what `savings` writes ({where}: {first['msg']})") from error
    if request.name != name:
        # A request that was moved here under another name, or copied, is not asked for again.
        raise NotBelievedError("it was written under another name")
    return request
