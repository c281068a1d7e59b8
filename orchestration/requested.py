"""Carrying out what posts asked for: each request becomes the event that it asks for, or is refused with a reason.

Here belongs which command's words lead to which work. Not here: the work (``sources.intake``, ``publishing``), the file
of a request (``sources.custody.requests``), and what a person types (``orchestration.commands``).

Source: ruling D-5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from orchestration.printouts.said import visible
from orchestration.refusals import Refusals
from orchestration.settings import Settings
from sources.clock import Clock
from sources.custody import requests
from sources.custody.events import EventKind
from sources.custody.landed_file import as_text
from sources.custody.ledger import Ledger
from sources.custody.payloads import Payload, ReferenceAdopted, RequestRefused, Signed
from sources.custody.requests import Asked, Begun
from sources.home import Home
from sources.reference.authority import Signature


@dataclass(frozen=True)
class Desk:
    """What a decision is carried out with."""

    settings: Settings
    ledger: Ledger
    clock: Clock

    @property
    def home(self) -> Home:
        """The warehouse."""
        return self.settings.home

    @cached_property
    def accounts_of_posts(self) -> frozenset[str]:
        """The accounts that the folder in force gives to posts; none where it cannot be read."""
        from sources.intake.adoption import reference_in_force
        from sources.reference.reference import ReferenceProblem

        try:
            reference = reference_in_force(self.ledger)
        except ReferenceProblem:
            return frozenset()
        return frozenset(row["os_account"] for row in reference.tables["post"]) if reference else frozenset()


Work = Callable[[Desk, Mapping[str, str], Signature], None]


class NoSuchActionError(Exception):
    """A request asks for what no command does, or with other arguments than its own."""


def take_in_requests(settings: Settings, ledger: Ledger, clock: Clock) -> tuple[list[str], list[str]]:
    """Carry out what was asked for; only the holder of the home's lock may.

    Returns:
        A sentence for each that was done, and what there is to say of those that were refused.

    Raises:
        CustodyProblem: If an event cannot be written; what was not dealt with stays.
    """
    done = []
    desk, refusals = Desk(settings, ledger, clock), Refusals(ledger, clock)
    for each in _asked(desk):
        said, problem = _dealt_with(desk, each)
        if problem:
            is_of_a_post = each.request is not None and each.os_account in desk.accounts_of_posts
            refused = RequestRefused(os_account=each.os_account, request=said, reason=problem)
            refusals.add(refused, is_of_a_post=is_of_a_post)
        else:
            done.append(f"{each.os_account} asked for: {said}")
        requests.dispose(each.path)
    return done, refusals.sentences


def _asked(desk: Desk) -> Iterator[Asked]:
    """Yield what a killed load had begun and not done, then what waits.

    An event and its request cannot go in one step: the request's name says from where on to look for the event.
    """
    for unfinished in requests.begun(desk.home):
        if _was_dealt_with(desk, unfinished):
            requests.dispose(unfinished.path)
        else:
            yield requests.asked_in(unfinished.path)
    yield from requests.asked(desk.home, lambda account: account in desk.accounts_of_posts, desk.ledger.last_seq)


def _was_dealt_with(desk: Desk, unfinished: Begun) -> bool:
    """Return whether it had become an event; no event follows one that a vault restored since does not have."""
    if unfinished.last_seq > desk.ledger.last_seq():
        return False
    return any(_is_of(event.payload, unfinished) for event in desk.ledger.vault.events(after=unfinished.last_seq))


def _is_of(payload: Payload, unfinished: Begun) -> bool:
    """Return whether that account decided something: it has one request at work at a time."""
    decided = payload.os_account if isinstance(payload, Signed | ReferenceAdopted | RequestRefused) else None
    return decided == unfinished.os_account


def _dealt_with(desk: Desk, asked: Asked) -> tuple[str, str]:
    """Return what was asked for, and why it was refused; empty if it was done. Anybody can have written both."""
    if asked.request is None:
        problem = f"{asked.problem[:1].upper()}{asked.problem[1:]}."
        return f"something in the file {as_text(asked.path.name)!r}", visible(problem)
    request = asked.request
    words = f"{request.action} {' '.join(request.arguments.values())}, as {request.post}".replace("  ", " ")
    try:
        carry_out(desk, request.action, request.arguments, Signature(request.post, asked.os_account, request.reason))
    except _refusals() as refusal:
        return visible(words), visible(str(refusal))
    return visible(words), ""


def carry_out(desk: Desk, action: str, arguments: Mapping[str, str], asked: Signature) -> None:
    """Do what a post asked for, if it may.

    Raises:
        NoSuchActionError: If there is no such action, or it takes other arguments.
        AuthorityError: If the post may not.
    """
    if action not in ACTIONS:
        raise NoSuchActionError(f"No command does '{action}'.")
    work, takes = ACTIONS[action]
    if arguments.keys() != set(takes):
        raise NoSuchActionError(f"'{action}' takes: {', '.join(takes) or 'nothing'}.")
    work(desk, arguments, asked)


def _refusals() -> tuple[type[Exception], ...]:
    """Return what turns a request down; anything else is the machine's trouble, and the request waits."""
    from expectations.evidence import EvidenceRefused
    from publishing.manifest import ManifestUnreadableError
    from publishing.overrides import NothingToOverrideError
    from publishing.pointer import NoSuchReleaseError
    from publishing.rollback import DamagedReleaseError
    from publishing.tags import TagRefusedError
    from sources.intake.decisions import DecisionRefusedError
    from sources.reference.authority import AuthorityError
    from sources.reference.reference import ReferenceProblem

    about_releases = (NoSuchReleaseError, DamagedReleaseError, ManifestUnreadableError, TagRefusedError)
    about_builds = (EvidenceRefused, NothingToOverrideError)
    return (NoSuchActionError, AuthorityError, DecisionRefusedError, ReferenceProblem, *about_releases, *about_builds)


def _of_a_submission(kind: EventKind) -> Work:
    def work(desk: Desk, arguments: Mapping[str, str], asked: Signature) -> None:
        from sources.intake.decisions import decide, find

        submission = find(desk.ledger, arguments["submission"])
        decide(desk.home, desk.ledger, desk.clock, kind, submission, asked)

    return work


def _adopt(desk: Desk, arguments: Mapping[str, str], asked: Signature) -> None:
    from sources.intake.adoption import adopt_by_post
    from sources.reference.reference import read_reference

    reference = read_reference(desk.settings.reference)
    if reference.sha256 != arguments["reference_sha256"]:
        raise NoSuchActionError("The folder has been changed since. Look at it again, and ask again.")
    if adopt_by_post(reference, desk.ledger, desk.clock, asked) is None:
        raise NoSuchActionError("It is the folder in force already.")


def _signed(desk: Desk, action: str, asked: Signature) -> dict[str, str]:
    from sources.intake.adoption import reference_in_force
    from sources.reference.authority import authorise

    return authorise(reference_in_force(desk.ledger), action, asked)


def _tag(desk: Desk, arguments: Mapping[str, str], asked: Signature) -> None:
    from publishing import tags
    from publishing.retention import find_release

    release = find_release(desk.home, arguments["release"]).name
    tags.tag(desk.home, desk.ledger, desk.clock, release, arguments["report"], _signed(desk, "tag", asked))


def _confirm(desk: Desk, arguments: Mapping[str, str], asked: Signature) -> None:
    from publishing import tags
    from publishing.retention import find_release

    release = find_release(desk.home, arguments["release"]).name
    tags.confirm(desk.home, desk.ledger, desk.clock, release, arguments["report"], _signed(desk, "confirm", asked))


def _roll_back(desk: Desk, arguments: Mapping[str, str], asked: Signature) -> None:
    from publishing.retention import find_release
    from publishing.rollback import roll_back

    release = find_release(desk.home, arguments["release"]).name
    roll_back(desk.home, desk.ledger, desk.clock, release, _signed(desk, "rollback", asked))


def _override(desk: Desk, arguments: Mapping[str, str], asked: Signature) -> None:
    from publishing.overrides import override

    override(desk.home, desk.ledger, desk.clock, _signed(desk, "override", asked))


def _waive(desk: Desk, arguments: Mapping[str, str], asked: Signature) -> None:
    from publishing.tags import waive

    signed = _signed(desk, "waive", asked)
    waive(desk.home, desk.ledger, desk.clock, arguments["claim"], arguments["report"], signed)


# Each command's work, and the names of the arguments that it takes.
ACTIONS: dict[str, tuple[Work, tuple[str, ...]]] = {
    "hold release": (_of_a_submission(EventKind.RELEASED), ("submission",)),
    "hold reject": (_of_a_submission(EventKind.REJECTED), ("submission",)),
    "withdraw": (_of_a_submission(EventKind.WITHDRAWN), ("submission",)),
    "reference adopt": (_adopt, ("reference_sha256",)),
    "release tag": (_tag, ("release", "report")),
    "release confirm": (_confirm, ("release", "report")),
    "release rollback": (_roll_back, ("release",)),
    "release override": (_override, ()),
    "claim waive": (_waive, ("claim", "report")),
}
