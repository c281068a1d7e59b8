"""What a post can ask for: each decision once, whether a command carries it out or the service for another account.

Here belongs the work of each command's words, and the arguments that it takes. Not here: what the work is made of
(``sources.intake``, ``publishing``), what is left for the service (``requested``), and what a person types and is told
(``commands``).

Source: ruling D-5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from orchestration.settings import Settings
from sources.clock import Clock
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger
from sources.home import Home
from sources.reference.authority import Signature

if TYPE_CHECKING:
    from sources.custody.events import Event
    from sources.custody.payloads import Overridden, ReferenceAdopted
    from sources.intake.decisions import Decided
    from sources.reference.reference import Reference


class NothingDoneError(Exception):
    """There is nothing to be done, or it is not what was looked at."""


@dataclass(frozen=True)
class Desk:
    """What a decision is carried out with; only the holder of the home's lock may.

    Attributes:
        settings: Where everything lies.
        ledger: Records the decision.
        clock: The time of it.
    """

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


def decide(desk: Desk, asked: Signature, *, kind: EventKind, submission: str) -> Decided:
    """Release, reject or withdraw a submission; its id may be a start that no other has.

    Raises:
        AuthorityError: If the post may not.
        DecisionRefusedError: If there is no such submission, or it is in no state for it.
    """
    from sources.intake.decisions import decide, find

    return decide(desk.home, desk.ledger, desk.clock, kind, find(desk.ledger, submission), asked)


def adopt(desk: Desk, asked: Signature, *, reference_sha256: str) -> tuple[Reference, Event[ReferenceAdopted]]:
    """Put the folder of the settings in force, if it is the one that the post looked at.

    Raises:
        AuthorityError: If the post may not.
        ReferenceProblem: If the folder cannot be read.
        NothingDoneError: If it is another one, or the one in force.
    """
    from sources.intake.adoption import adopt_by_post
    from sources.reference.reference import read_reference

    reference = read_reference(desk.settings.reference)
    if reference.sha256 != reference_sha256:
        raise NothingDoneError(f"{reference.folder} has been changed since. Look at it again, and ask again.")
    event = adopt_by_post(reference, desk.ledger, desk.clock, asked)
    if event is None:
        raise NothingDoneError(f"{reference.folder} is the folder in force. Nothing was done.")
    return reference, event


def tag(desk: Desk, asked: Signature, *, release: str, report: str) -> str:
    """Freeze a release for a report, and return its id.

    Raises:
        AuthorityError: If the post may not.
        NoSuchReleaseError: If there is none.
        TagRefusedError: If it may not be frozen.
    """
    from publishing import tags

    found = _release(desk, release)
    tags.tag(desk.home, desk.ledger, desk.clock, found, report, _signed(desk, "tag", asked))
    return found


def confirm(desk: Desk, asked: Signature, *, release: str, report: str) -> str:
    """Let a release that another post tagged be what the report has published, and return its id.

    Raises:
        AuthorityError: If the post may not.
        NoSuchReleaseError: If there is none.
        TagRefusedError: If it was not tagged, or by the same post or account.
    """
    from publishing import tags

    found = _release(desk, release)
    tags.confirm(desk.home, desk.ledger, desk.clock, found, report, _signed(desk, "confirm", asked))
    return found


def roll_back(desk: Desk, asked: Signature, *, release: str) -> str:
    """Give readers an earlier release again, and return its id.

    Raises:
        AuthorityError: If the post may not.
        NoSuchReleaseError: If there is none.
        DamagedReleaseError: If it is not as it was published.
    """
    from publishing.rollback import roll_back

    found = _release(desk, release)
    roll_back(desk.home, desk.ledger, desk.clock, found, _signed(desk, "rollback", asked))
    return found


def override(desk: Desk, asked: Signature) -> Event[Overridden]:
    """Let the last build be published although it holds much less than the current release.

    Raises:
        AuthorityError: If the post may not.
        NothingToOverrideError: If nothing stops it.
    """
    from publishing.overrides import override

    return override(desk.home, desk.ledger, desk.clock, _signed(desk, "override", asked))


def waive(desk: Desk, asked: Signature, *, claim: str, report: str) -> None:
    """Let a report keep a printed figure that is not the warehouse's.

    Raises:
        AuthorityError: If the post may not.
        TagRefusedError: If there is no such figure.
    """
    from publishing.tags import waive

    waive(desk.home, desk.ledger, desk.clock, claim, report, _signed(desk, "waive", asked))


# Each command's work, and the names of the arguments that it takes.
ACTIONS: Mapping[str, tuple[Callable[..., object], tuple[str, ...]]] = {
    "hold release": (partial(decide, kind=EventKind.RELEASED), ("submission",)),
    "hold reject": (partial(decide, kind=EventKind.REJECTED), ("submission",)),
    "withdraw": (partial(decide, kind=EventKind.WITHDRAWN), ("submission",)),
    "reference adopt": (adopt, ("reference_sha256",)),
    "release tag": (tag, ("release", "report")),
    "release confirm": (confirm, ("release", "report")),
    "release rollback": (roll_back, ("release",)),
    "release override": (override, ()),
    "claim waive": (waive, ("claim", "report")),
}


def _release(desk: Desk, start: str) -> str:
    from publishing.retention import find_release

    return find_release(desk.home, start).name


def _signed(desk: Desk, action: str, asked: Signature) -> dict[str, str]:
    from sources.intake.adoption import reference_in_force
    from sources.reference.authority import authorise

    return authorise(reference_in_force(desk.ledger), action, asked)
