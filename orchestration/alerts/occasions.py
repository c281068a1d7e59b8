"""What is worth an alert: each occasion with what happened, who must act, and how.

Here belongs when somebody is told, in one place. Not here: how it gets there (``delivery``), and what the
sender of a return reads on the desk.

Everything is read from what the home holds, so an alert that was lost to a crash comes up again at the next
look; its key keeps it from being sent twice.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from orchestration.alerts.alert import Alert
from orchestration.doctor import LEAST_FREE_BYTES
from orchestration.ends_of_loads import last_good_end
from orchestration.links import Links
from orchestration.printouts.said import visible
from publishing.manifest import Manifest
from sources.clock import LONDON
from sources.custody.events import Event
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Payload, RequestRefused
from sources.custody.submission import JudgedSubmission, State
from sources.custody.true_times import judged_at_true_times
from sources.home import Home
from sources.intake.standing import Cell, standing
from sources.receipts.receipt import receipt_path
from sources.reference.reference import Reference

DATA_TEAM = "the data team"
# What is older was known before alerts were turned on, or was sent long ago.
_FRESH = timedelta(days=35)
_NOT_TAKEN = {
    State.BLOCKED: "was blocked: nothing of it is loaded",
    State.REFUSED: "could not be read as a return",
    State.HELD: "waits for a post's decision",
}
_DAYS_BEFORE = 5
_WEEKS_AFTER = 4
# A night comes every 24 hours; clock changes and long nights leave it two more.
LONGEST_PAUSE = timedelta(hours=26)


def returns_not_taken(links: Links, ledger: LedgerView, now: datetime) -> Iterator[Alert]:
    """Yield an alert for each file that was lately blocked, refused or held."""
    for each in ledger.judged():
        if each.state in _NOT_TAKEN and now - each.judged_at < _FRESH:
            yield _not_taken(links, each)


def _not_taken(links: Links, submission: JudgedSubmission) -> Alert:
    name = visible(f"{submission.file_name} of {submission.directorate_code}")
    if submission.state is State.HELD:
        who = "the post that may release it"
        how = "`savings hold list` says why it is held; release or reject it. Until then the figures before it stand."
    else:
        who = f"{DATA_TEAM}; then the directorate {submission.directorate_code}, which corrects and sends it again"
        receipt = links.to(receipt_path(links.home, submission))
        how = f"See that the directorate knows: its desk shows the receipt, {receipt}"
    return Alert(
        f"return {submission.submission_id} {submission.state.value} {submission.judged_seq}",
        f"{name} {submission.state.value}",
        (f"The file {name} {_NOT_TAKEN[submission.state]}.",),
        who,
        how,
    )


def decisions_refused(ledger: LedgerView, now: datetime) -> Iterator[Alert]:
    """Yield an alert for each decision that an account asked for lately and that was not carried out (ruling D-5)."""
    for event in ledger.events_of(RequestRefused):
        if now - event.at < _FRESH:
            asked = event.payload
            said = (f"The account {asked.os_account} asked for: {asked.request}.", f"It was refused: {asked.reason}")
            what = tuple(map(visible, said))
            how = "Tell whoever holds the account. If the post may decide, correct what the reason names and ask again."
            yield Alert(f"decision refused {event.seq}", "a decision was not carried out", what, DATA_TEAM, how)


def returns_due(ledger: LedgerView, reference: Reference, now: datetime) -> Iterator[Alert]:
    """Yield an alert for each period whose returns are due in a few days, or overdue: then once a week, four times."""
    today = now.astimezone(LONDON).date()
    lacking = [cell for cell in standing(judged_at_true_times(ledger), reference, now) if cell.state != State.ACCEPTED]
    for (year, period), cells in groupby(lacking, key=lambda cell: (cell.financial_year, cell.reporting_period)):
        named = list(cells)
        yield from _due(f"{period} {year}", named[0].due_date, named, today)


def _due(period: str, due: date, cells: Sequence[Cell], today: date) -> Iterator[Alert]:
    who = f"the directorates named; {DATA_TEAM} reminds them"
    names = ", ".join(f"{cell.directorate_code} ({_state(cell)})" for cell in cells)
    if 0 <= (due - today).days <= _DAYS_BEFORE:
        still = f"Returns for {period} are due on {due:%d/%m/%Y}. Not accepted yet: {names}."
        subject = f"returns for {period} are due on {due:%d/%m/%Y}"
        yield Alert(f"due {period}", subject, (still,), who, "Send them in time.")
    elif due < today and (week := (today - due).days // 7) < _WEEKS_AFTER:
        what = (
            f"Returns for {period} were due on {due:%d/%m/%Y}. Still not accepted: {names}.",
            f"The figures for {period} are incomplete until then.",
        )
        how = "Ask for them. `savings status` shows what came from each directorate."
        yield Alert(f"overdue {period} week {week}", f"returns for {period} are overdue", what, who, how)


def _state(cell: Cell) -> str:
    return cell.state.lower().replace("_", " ")


def not_published(now: datetime, problems: Sequence[str]) -> Alert:
    """Return the alert of a load that published nothing although something is new: one a day for the same problems.

    Args:
        now: When it ended.
        problems: Why, in sentences.
    """
    how = "Correct what the sentences name; docs/operator/problems.md explains each. Readers keep the release before."
    return Alert(
        f"not published {now:%Y-%m-%d} {_digest(problems)}", "nothing was published", tuple(problems), DATA_TEAM, how
    )


def to_be_seen_to(now: datetime, sentences: Sequence[str]) -> Alert:
    """Return the alert of what stops no load and waits for somebody: one a day until it is gone (rulings C3, D-1)."""
    how = "Do what the sentences say. What else came is loaded and published without it."
    key = f"to be seen to {now:%Y-%m-%d} {_digest(sentences)}"
    return Alert(key, "something waits to be seen to", tuple(sentences), DATA_TEAM, how)


def copy_behind(now: datetime, problems: Sequence[str]) -> Alert:
    """Return the alert of a copy in PostgreSQL that does not hold the release in force: one a day."""
    how = "See that the server runs and takes the connection (docs/operator/postgres.md), then run `savings load`."
    return Alert(
        f"copy behind {now:%Y-%m-%d}", "PostgreSQL has not the newest release", tuple(problems), DATA_TEAM, how
    )


def _digest(sentences: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sentences).encode(errors="backslashreplace")).hexdigest()[:16]


def night_missed(ledger: LedgerView, now: datetime) -> Iterator[Alert]:
    """Yield an alert for each day on which no load had come to a good end for more than a day."""
    last = last_good_end(ledger)
    # Where none ever did, the day counts from when something first happened in the home.
    since = last or (ledger.vault.event(1) if ledger.last_seq() else None)
    if since is not None and now - since.at > LONGEST_PAUSE:
        what = (said_of_good_end(last), *([] if last else [f"This home began on {_moment(since.at)}."]))
        how = "See that the daemon runs (`systemctl status savings-daemon`), then run `savings load`."
        yield Alert(f"missed {now:%Y-%m-%d}", "a night did not run", what, DATA_TEAM, how)


def said_of_good_end(last: Event[Payload] | None) -> str:
    """Return when a load last came to a good end, in a sentence."""
    return (
        f"The last load that came to a good end was on {_moment(last.at)}."
        if last
        else "No load has come to a good end yet."
    )


def _moment(at: datetime) -> str:
    return f"{at:%d/%m/%Y} at {at:%H:%M} UTC"


def unreadable(now: datetime, problem: Exception) -> Alert:
    """Return the alert of a home that cannot be looked into: one a day for the same cause."""
    how = "`savings verify` says what is damaged, `savings doctor` what the machine lacks."
    what = (f"Not all that there is to tell could be looked up: {problem}",)
    return Alert(
        f"unreadable {now:%Y-%m-%d} {_digest([str(problem)])}", "the home cannot be read", what, DATA_TEAM, how
    )


def warned_first(release: Manifest, before: Manifest | None) -> Iterator[Alert]:
    """Yield an alert for each check that warns on a release and did not on the one before."""
    known = _warning(before) if before else set()
    for check in sorted(_warning(release) - known):
        what = (f"The check {check} warns on release {release.release_id}, and did not on the release before.",)
        how = "Look at it in fct_check_result of the release; it does not stop publishing."
        yield Alert(f"warns {check} {release.release_id}", f"a check warns: {check}", what, DATA_TEAM, how)


def _warning(release: Manifest) -> set[str]:
    return {check.name for check in release.checks if check.status != "pass"}


def little_room(home: Home, now: datetime) -> Iterator[Alert]:
    """Yield an alert for each day on which the home's disk has too little room for a night."""
    free = shutil.disk_usage(home.root).free
    if free < LEAST_FREE_BYTES:
        what = (f"The disk of {home.root} has {free >> 20:,} MiB left; a night may need {LEAST_FREE_BYTES >> 20:,}.",)
        how = "Make room, or give the home a larger disk; `savings doctor` shows the size of each store."
        yield Alert(f"room {now:%Y-%m-%d}", "little room is left on the disk", what, DATA_TEAM, how)
