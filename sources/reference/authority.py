"""Authority: whether a post may do something, under the account that asks for it.

Here belongs what a signed decision needs: a post of ``post.csv`` that may, its own account, a reason,
and a directorate that is not its own. Not here: what is decided (``intake.decisions``,
``publishing``), which folder is in force (``intake.adoption``), and whose account runs a command
(``orchestration.account``).

Source: the architecture's decision on authority.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from sources.reference.folder_required import PERMISSIONS

if TYPE_CHECKING:  # a night with nothing new imports this module, and reads no folder
    from sources.reference.folder_reader import Row
    from sources.reference.reference import Reference

SHORTEST_REASON = 20  # characters


class AuthorityError(Exception):
    """A post may not do what is asked, or does not say why; it says which posts may."""


@dataclass(frozen=True)
class Signature:
    """Who asks for a decision, and why.

    Attributes:
        post: As ``post.csv`` names it.
        os_account: The account that runs the command.
        reason: In the post's own words.
    """

    post: str
    os_account: str
    reason: str


def authorise(reference: Reference | None, action: str, asked: Signature, about: Iterable[str] = ()) -> dict[str, str]:
    """Return what an event says of who decided and why: post, os_account, reason.

    Args:
        reference: The folder in force: a new one may not empower its own author. None before the
            first.
        action: One of ``PERMISSIONS``.
        asked: Who asks, and why.
        about: The directorates that nobody may decide for who is of them; empty where that is no matter.

    Raises:
        AuthorityError: If the post may not, or the reason is none.
    """
    if reference is None:
        raise AuthorityError(
            "No reference folder is in force yet, so no post may do anything; the first load adopts one."
        )
    codes = frozenset(about)
    own = _own_directorate(reference, asked.post, codes)
    if own or not reference.may(asked.post, action, asked.os_account):
        why = f", being a post of {own}," if own else ""
        raise AuthorityError(
            f"'{asked.post}'{why} may not {PERMISSIONS[action]} under the account '{asked.os_account}': "
            f"{_who_may(reference, action, codes)}."
        )
    return asdict(replace(asked, reason=as_reason(asked.reason)))


def _own_directorate(reference: Reference, post: str, codes: Iterable[str]) -> str | None:
    """Return the post's directorate if one of those is it, became it, or came of it (R23)."""
    for row in reference.tables["post"]:
        if row["post"] == post and _is_of(reference, row, codes):
            return str(row["directorate_code"])
    return None


def _is_of(reference: Reference, post: Row, codes: Iterable[str]) -> bool:
    own = post["directorate_code"]
    return own is not None and any(reference.leads_to(code, own) or reference.leads_to(own, code) for code in codes)


def _who_may(reference: Reference, action: str, codes: Iterable[str]) -> str:
    able = [
        f"{row['post']} (account {row['os_account']})"
        for row in reference.tables["post"]
        if action in row["may"].split(";") and not _is_of(reference, row, codes)
    ]
    return f"these posts may, each under its own account: {', '.join(able)}" if able else "no post of post.csv may"


def as_reason(text: str) -> str:
    """Return a reason on one line; it has to say something, and nothing that cannot be seen.

    Raises:
        AuthorityError: If it does not.
    """
    reason = " ".join(text.split())
    if len(reason) < SHORTEST_REASON or not reason.isprintable():
        raise AuthorityError(
            f"A reason has at least {SHORTEST_REASON} characters, all of which can be read: "
            "say what was found and what follows from it. Nothing was done."
        )
    return reason
