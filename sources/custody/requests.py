"""Decision requests: what a post asks for under its own account, left where the service alone can read it.

Here belongs the file of a request: written by anybody, believed by the service only as far as the kernel vouches
for it. Not here: what is done about it (``orchestration.requested``), and who may (``reference.authority``).

Who asks is the owner of the file, never what the file says. Nobody but the service writes vault or ledger.

Source: ruling D-5.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError

from sources.home import Home

MOST_BYTES = 16 << 10
# A flood must not keep a load from its work: the rest waits for the next.
MOST_AT_ONCE = 200
_SUFFIX = ".json"
_NAME = re.compile(rf"[0-9a-f]{{32}}{re.escape(_SUFFIX)}")
_BEGUN = re.compile(r"\.begun-(?P<seq>\d{1,12})-(?P<name>.+)")
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
        name: The file's name.
        os_account: Its owner, as the kernel has it.
        request: What it asks for; None if it cannot be believed.
        problem: Why it cannot be; else empty.
    """

    name: str
    os_account: str
    request: Request | None = None
    problem: str = ""


@dataclass(frozen=True)
class Begun:
    """A request that a load had begun to carry out when it was killed.

    Attributes:
        begun_as: The file's name.
        name: The name that it was left under.
        os_account: Its owner, as the kernel has it.
        last_seq: The last event before it was begun.
    """

    begun_as: str
    name: str
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


def waiting(home: Home) -> list[str]:
    """Return the names of what was left, oldest first; what is still being written is not among them."""
    with contextlib.suppress(FileNotFoundError):
        found = [(entry.stat(follow_symlinks=False).st_mtime_ns, entry.name) for entry in os.scandir(home.decisions)]
        return [name for _, name in sorted(found) if not name.startswith(".")]
    return []


def asked(home: Home) -> Iterator[Asked]:
    """Yield what was left, each as far as it can be believed; ``dispose`` removes it once it is dealt with."""
    for name in waiting(home)[:MOST_AT_ONCE]:
        try:
            owner = (home.decisions / name).lstat().st_uid
        except FileNotFoundError:
            continue
        try:
            data, owner = _read(home.decisions, name)
            yield Asked(_shown(name), _account(owner), _request(name, data))
        except NotBelievedError as problem:
            yield Asked(_shown(name), _account(owner), problem=str(problem))


def begin(home: Home, name: str, last_seq: int) -> str:
    """Note, by a request's name, the last event before it is carried out; return the name that it has from then on."""
    begun = f".begun-{last_seq}-{name}"
    (home.decisions / name).rename(home.decisions / begun)
    return begun


def begun(home: Home) -> Iterator[Begun]:
    """Yield what a killed load had begun to carry out."""
    with contextlib.suppress(FileNotFoundError):
        for entry in list(os.scandir(home.decisions)):
            if (found := _BEGUN.fullmatch(entry.name)) and is_request(found["name"]):
                owner = _account(entry.stat(follow_symlinks=False).st_uid)
                yield Begun(entry.name, found["name"], owner, int(found["seq"]))


def ask_again(home: Home, unfinished: Begun) -> None:
    """Let a request wait as it did before it was begun."""
    (home.decisions / unfinished.begun_as).rename(home.decisions / unfinished.name)


def dispose(home: Home, name: str) -> None:
    """Remove a request, whatever it is; a folder that somebody filled is moved out of the way instead."""
    path = home.decisions / os.fsdecode(name.encode("utf-8", "surrogateescape"))
    try:
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    except OSError:
        path.rename(home.decisions / f".refused-{secrets.token_hex(8)}")


def _read(folder: Path, name: str) -> tuple[bytes, int]:
    """Return the bytes of a plain file and who owns it, both asked of the open descriptor.

    Raises:
        NotBelievedError: If it is no file that one account alone can have made.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(folder / name, flags)
    except OSError as error:
        raise NotBelievedError(f"it is no plain file, or cannot be opened ({error.strerror})") from error
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


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")
