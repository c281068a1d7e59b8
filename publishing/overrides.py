"""Overrides: a large drop against the current release that a named post has let be published (F-E19).

Here belongs which checks can be overridden, and for what: only those that compare with the current
release, and only for the content that was seen. Not here: who may (``orchestration`` asks the
reference data), and what stops publishing (``expectations.evidence``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from expectations import evidence as record
from expectations.evidence import CheckResult
from expectations.suites import SUITES
from sources.clock import Clock
from sources.custody.events import Event
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Overridden
from sources.home import Home


class NothingToOverrideError(Exception):
    """What stopped publishing, if anything did, is not for a post to override."""


def override(home: Home, ledger: Ledger, clock: Clock, signed: Mapping[str, str]) -> Event[Overridden]:
    """Let the content that the last load built be published although it holds much less than the release.

    Args:
        home: Holds the evidence of the last build.
        ledger: Records the override; the next load publishes.
        clock: The time of it.
        signed: post, os_account and reason.

    Raises:
        NothingToOverrideError: If no such check failed, or another one did as well.
        expectations.evidence.EvidenceRefused: If the last build left no evidence.
    """
    found = record.read(home.evidence)
    drops = {check.name for suite in SUITES for check in suite.checks if check.is_about_a_drop}
    failed = {check.name for check in found.checks if check.status != "pass" and check.severity == "error"}
    if others := sorted(failed - drops):
        raise NothingToOverrideError(f"These have to be mended, nobody may override them: {', '.join(others)}.")
    if not failed:
        raise NothingToOverrideError("The last build did not fall short of the release: there is nothing to override.")
    return ledger.record(clock, Overridden(content_sha256=found.content_sha256, checks=sorted(failed), **signed))


def overrides_of(ledger: LedgerView, content_sha256: str) -> dict[str, Event[Overridden]]:
    """Return the checks that may fail on a content, each with the event that says who let them."""
    found = {}
    for event in ledger.events_of(Overridden):
        if event.payload.content_sha256 == content_sha256:
            found.update(dict.fromkeys(event.payload.checks, event))
    return found


def stated(checks: Iterable[CheckResult], overrides: Mapping[str, Event[Overridden]]) -> list[CheckResult]:
    """Return checks as a release states them: who let which failure pass, and why, beside what was seen."""
    return [
        replace(check, status="overridden", observed=f"{check.observed}; {_by(overrides[check.name])}")
        if check.name in overrides and check.status == "fail"
        else check
        for check in checks
    ]


def _by(event: Event[Overridden]) -> str:
    return f"overridden by {event.payload.post}: {event.payload.reason}"
