"""Carrying out what posts asked for: each request becomes the event that it asks for, or is refused with a reason.

Here belongs what becomes of a request. Not here: what a post can ask for (``actions``), the file of a request
(``sources.custody.requests``), and what a person types (``orchestration.commands``).

Source: ruling D-5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestration.actions import ACTIONS, Desk, NothingDoneError
from orchestration.printouts.said import visible
from orchestration.refusals import Refusals
from orchestration.settings import Settings
from sources.clock import Clock
from sources.custody import requests
from sources.custody.landed_file import as_text
from sources.custody.ledger import Ledger
from sources.custody.payloads import Payload, ReferenceAdopted, RequestRefused, Signed
from sources.custody.requests import Asked, Begun
from sources.reference.authority import Signature


class NoSuchActionError(Exception):
    """A request asks for what no command does, or with other arguments than its own."""


@dataclass(frozen=True)
class TakenIn:
    """What became of the requests.

    Attributes:
        done: A sentence for each that was carried out.
        refused: A sentence for each whose refusal was recorded: somebody is to be told.
        counted: A sentence for each account of which more were refused.
    """

    done: list[str]
    refused: list[str]
    counted: list[str]


def take_in_requests(settings: Settings, ledger: Ledger, clock: Clock) -> TakenIn:
    """Carry out what was asked for; only the holder of the home's lock may.

    Raises:
        CustodyProblem: If an event cannot be written; what was not dealt with stays.
    """
    done = []
    desk, refusals = Desk(settings, ledger, clock), Refusals(ledger, clock)
    for each in _asked(desk):
        said, problem = _dealt_with(desk, each)
        if problem:
            refused = RequestRefused(os_account=each.os_account, request=said, reason=problem)
            refusals.add(refused, is_of_a_post=each.os_account in desk.accounts_of_posts)
        else:
            done.append(f"{each.os_account} asked for: {said}")
        requests.dispose(each.path)
    return TakenIn(done, refusals.recorded, refusals.counted)


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
    work(desk, asked, **arguments)


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
    of_a_request = (NoSuchActionError, NothingDoneError, AuthorityError, DecisionRefusedError, ReferenceProblem)
    return (*of_a_request, *about_releases, EvidenceRefused, NothingToOverrideError)
