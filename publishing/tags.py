"""Tags: which release a report prints, frozen with it for ever (R15), and claims that were waived for it.

One post tags, another confirms; until then the release is kept, and is not yet what the report has published
(ruling D-3).

Here belongs when a release may be tagged: it is whole, and no figure that the report prints lies beyond
its rounding interval (R50, D62), but for those that a named post waived. Not here: who may
(``orchestration`` asks the reference data), and the claims themselves (``dbt_project``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from publishing import reader
from publishing.pointer import NoSuchReleaseError
from publishing.rollback import whole_release
from sources.clock import Clock
from sources.custody.events import Event
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Confirmed, Tagged, Waived
from sources.home import Home


class TagRefusedError(Exception):
    """A release cannot be tagged to a report, or a claim not be waived; it says why."""


def tag(
    home: Home, ledger: Ledger, clock: Clock, release_id: str, report_code: str, signed: Mapping[str, str]
) -> Event[Tagged]:
    """Freeze a release for a report.

    Args:
        home: Holds the release.
        ledger: Records the tag; from then on the release is never pruned.
        clock: The time of it.
        release_id: The release.
        report_code: The report that prints it, one of ``dim_report``.
        signed: post, os_account and reason.

    Raises:
        NoSuchReleaseError: If there is no such release.
        publishing.rollback.DamagedReleaseError: If it is not what was published.
        TagRefusedError: If it does not know the report, or does not match it.
    """
    release = whole_release(home, ledger, release_id)
    open_claims = sorted(set(_unmatched(release, report_code)) - waived(ledger, report_code))
    if open_claims:
        raise TagRefusedError(
            f"{report_code} prints figures that are not this release's: {', '.join(open_claims)}. "
            "Correct the report, or have each waived: `savings claim waive CLAIM REPORT`."
        )
    return ledger.record(clock, Tagged(release_id=release_id, report_code=report_code, **signed))


def confirm(
    home: Home, ledger: Ledger, clock: Clock, release_id: str, report_code: str, signed: Mapping[str, str]
) -> Event[Confirmed]:
    """Let a tagged release be what its report has published.

    Raises:
        NoSuchReleaseError: If there is no such release.
        publishing.rollback.DamagedReleaseError: If it is not what was published.
        TagRefusedError: If it is not tagged to that report, is confirmed already, or was tagged by the same post.
    """
    whole_release(home, ledger, release_id)
    by = pending(ledger).get(report_code)
    if by is None or by.release_id != release_id:
        waits = f"{by.release_id} waits for that" if by else "no tag waits for that"
        raise TagRefusedError(f"{release_id} cannot be confirmed for {report_code}: {waits}. Nothing was done.")
    if signed["post"] == by.post or signed["os_account"] == by.os_account:
        raise TagRefusedError(f"{by.post} (account {by.os_account}) tagged it: another post has to confirm it.")
    return ledger.record(clock, Confirmed(release_id=release_id, report_code=report_code, **signed))


def waive(
    home: Home, ledger: Ledger, clock: Clock, claim: str, report_code: str, signed: Mapping[str, str]
) -> Event[Waived]:
    """Let a report keep a printed figure that does not match (R50).

    Raises:
        NoSuchReleaseError: If there is no release yet.
        TagRefusedError: If the current release has no such claim that does not match.
    """
    release = home.current.resolve()
    if not release.is_dir():
        raise NoSuchReleaseError("There is no release yet.")
    unmatched = sorted(set(_unmatched(release, report_code)))
    if claim not in unmatched:
        there = ", ".join(unmatched) or "none"
        raise TagRefusedError(f"{claim} is no figure of {report_code} that does not match; those are: {there}.")
    return ledger.record(clock, Waived(claim=claim, report_code=report_code, **signed))


def waived(ledger: LedgerView, report_code: str) -> set[str]:
    """Return the claims that were waived for a report."""
    events = ledger.events_of(Waived)
    return {event.payload.claim for event in events if event.payload.report_code == report_code}


def confirmed(ledger: LedgerView) -> dict[str, str]:
    """Return the release that each report has published, by report."""
    return {event.payload.report_code: event.payload.release_id for event in ledger.events_of(Confirmed)}


def pending(ledger: LedgerView) -> dict[str, Tagged]:
    """Return, by report, the last tag that no post has confirmed yet."""
    last = {event.payload.report_code: event for event in ledger.events_of(Tagged)}
    done = {event.payload.report_code: event.seq for event in ledger.events_of(Confirmed)}
    return {report: event.payload for report, event in last.items() if event.seq > done.get(report, 0)}


def _unmatched(release: Path, report_code: str) -> list[str]:
    """Return the claims of a report that do not match.

    Raises:
        TagRefusedError: If the release does not know the report.
    """
    with reader.connect(release) as connection:
        known = [code for (code,) in connection.execute("select report_code from marts.dim_report").fetchall()]
        rows = connection.execute(
            "select claim_ref from marts.rpt_claim_check where report_code = ? and verdict = 'NO_MATCH'", [report_code]
        ).fetchall()
    if report_code not in known:
        raise TagRefusedError(f"The release knows no report {report_code}; it knows {', '.join(sorted(known))}.")
    return [claim for (claim,) in rows]
