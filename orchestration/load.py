"""``savings load``: look, and either record that nothing is new or run the night's job.

Here belongs what the command does and what it tells; its module imports nothing heavy, so that a
quiet night costs what the look costs. Not here: the job (``night``, ``jobs``), arguments (``cli``).
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from orchestration.alerts.of_a_load import tell_of, telling_why_it_stopped
from orchestration.code_version import code_sha256
from orchestration.ends_of_loads import note_begun, note_failed
from orchestration.exit_codes import Exit
from orchestration.lock import hold
from orchestration.nothing_new import look, record_quiet_night, survey_of, templates_on_desks
from orchestration.own_history import expect_own
from orchestration.printouts.said import say
from orchestration.requested import take_in_requests
from orchestration.settings import PROJECT, Settings
from sources.clock import Clock
from sources.custody.clock_check import check_clock
from sources.custody.landed_file import as_text
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.marker import enter
from sources.custody.reception import MOST_FROM_A_FOLDER, try_again
from sources.custody.submission import State
from sources.custody.survey import Survey

if TYPE_CHECKING:
    from orchestration.printouts.summary import Arrival, Summary

_NOT_TAKEN = frozenset({State.BLOCKED, State.REFUSED, State.HELD})


@dataclass(frozen=True)
class QuietNight:
    """Nothing was new, and that somebody looked is recorded.

    Attributes:
        release_id: The release that readers have; None before the first.
        release: Where they read it.
        rehashed: How many received files were hashed again.
        attention: What somebody has to see to.
        templates: The workbooks to send while no return has come; empty once one has.
    """

    release_id: str | None
    release: Path
    rehashed: int
    attention: tuple[str, ...] = ()
    templates: tuple[Path, ...] = ()

    @property
    def exit_code(self) -> Exit:
        """Return 1 where somebody has to see to something."""
        return Exit.REFUSED if self.attention else Exit.DONE

    def as_json(self) -> dict[str, Any]:
        """Return the outcome for a machine."""
        return {
            "is_new": False,
            "release_id": self.release_id,
            "release": str(self.release),
            "rehashed": self.rehashed,
            "attention": list(self.attention),
            "templates": [str(path) for path in self.templates],
        }

    def print(self) -> None:
        """Say that nothing changed, and since when; before the first return, what to send."""
        for line in self._without_a_release() if self.release_id is None else self._since_the_release():
            say(line)
        for sentence in self.attention:
            say(sentence, color=typer.colors.YELLOW)

    def _without_a_release(self) -> Iterable[str]:
        said = "No return yet, so nothing is published."
        more = " Send these templates to the directorates:" if self.templates else ""
        return (said + more, *map(str, self.templates))

    def _since_the_release(self) -> Iterable[str]:
        yield f"Nothing is new since release {self.release_id}."
        yield f"No file was opened; {self.rehashed} received file(s) re-hashed, all sound."
        yield f"Read it: {self.release}"


@dataclass(frozen=True)
class FullNight:
    """The job was run."""

    summary: Summary
    exit_code: Exit

    def as_json(self) -> dict[str, Any]:
        """Return the outcome for a machine."""
        return self.summary.as_json()

    def print(self) -> None:
        """Print the night's summary."""
        from rich.console import Console

        from orchestration.printouts.summary_text import print_summary

        print_summary(self.summary, Console())


def load(
    settings: Settings,
    *,
    history: Path | None,
    is_forced: bool,
    clock: Clock,
    accepts_clock: bool = False,
    wait: Callable[[float], None] = time.sleep,
) -> QuietNight | FullNight:
    """Run the night's job if something is new, or if it is forced.

    Args:
        settings: Where everything lies.
        history: A list of files with declared receipt times to take in first.
        is_forced: Build although nothing is new.
        clock: What tells the time.
        accepts_clock: Whether somebody says that a clock is right that is hard to believe.
        wait: Lets seconds pass.

    Raises:
        orchestration.lock.LockBusyError: If another load is at work.
        sources.custody.history_list.HistoryProblem: If the list is wrong or may not be taken in.
        sources.custody.vault.VaultDamaged: If the vault is.
    """
    if history is not None:
        expect_own(history, settings.reference)
    with telling_why_it_stopped(settings, clock):
        settings.home.create()
        return _load(settings, history, is_forced, clock, accepts_clock, wait)


def _load(
    settings: Settings,
    history: Path | None,
    is_forced: bool,
    clock: Clock,
    accepts_clock: bool,
    wait: Callable[[float], None],
) -> QuietNight | FullNight:
    home = settings.home
    with hold(home.lock), contextlib.closing(Ledger.open(home)) as ledger:
        enter(home)
        try_again(home)
        landing = survey_of(settings, ledger, clock)
        if history is None:
            check_clock(ledger, clock, [*landing.ready, *landing.unsettled], is_accepted=accepts_clock)
        taken_in = take_in_requests(settings, ledger, clock)
        refused = (*taken_in.refused, *taken_in.counted)
        for sentence in taken_in.done:
            say(sentence, err=True)
        if landing.is_worth_waiting:
            say(_waiting(landing, settings.settle), err=True)
            wait(settings.settle.total_seconds())
            landing = survey_of(settings, ledger, clock)
        found = look(settings, ledger, landing, history)
        if not found.reasons and not is_forced:
            rehashed = record_quiet_night(settings, ledger, found, clock)
            untold = tell_of(settings, clock, attention=found.attention)
            attention = (*refused, *found.corrected, *found.attention, *untold)
            templates = templates_on_desks(home) if found.is_before_the_first else ()
            return QuietNight(found.release_id, home.current, rehashed, attention, templates)
        return _full_night(settings, ledger, history, clock, found.broken, (*refused, *found.corrected))


def rebuild(settings: Settings, *, clock: Clock) -> FullNight:
    """Make ledger, typed lines and receipts anew from the vault, then build and publish from them.

    Raises:
        orchestration.lock.LockBusyError: If a load is at work.
        sources.intake.rebuild.RebuildIncomplete: If some lines cannot be made again.
        sources.custody.problems.VaultDamaged: If the vault is.
    """
    from sources.desk.desk_day import forget_desk_day
    from sources.intake.rebuild import rebuild as rebuild_home

    home = settings.home
    home.create()
    with telling_why_it_stopped(settings, clock), hold(home.lock):
        enter(home)
        rebuild_home(home)
        forget_desk_day(home)
        home.candidate.unlink(missing_ok=True)  # nothing is taken from it either
        with contextlib.closing(Ledger.open(home)) as ledger:
            return _full_night(settings, ledger, None, clock)


def _full_night(
    settings: Settings,
    ledger: Ledger,
    history: Path | None,
    clock: Clock,
    broken: str = "",
    named: Sequence[str] = (),
) -> FullNight:
    from orchestration.display import progress
    from sources.intake.restoring import restore

    note_begun(settings.home, clock())
    # Before all else, so that nothing altered is read, and what cannot be made again is said in its own words.
    corrected = restore(settings.home, ledger, code_sha256(PROJECT))
    started_after = ledger.last_seq()
    with progress() as on_event:
        from orchestration.night import run_night
        from orchestration.printouts.summary import summarise
        from publishing.pointer import current
        from sources.intake.adoption import changes_adopted_since, why_not_in_force

        before = current(settings.home)
        night = run_night(settings, history, clock, on_event)
    if night.problems:
        note_failed(settings.home, clock(), night.problems)
    arrivals = list(_arrivals(settings, started_after))
    release = current(settings.home)
    with contextlib.closing(LedgerView.of(settings.home)) as after:
        changes = changes_adopted_since(after, started_after)
        not_in_force = why_not_in_force(settings.reference, after)
        landing = survey_of(settings, after, clock)
        left = _left_by_a_flood(after, started_after, landing)
        left += [] if night.problems else _left_unread(after)
    corrected += night.corrected
    if broken and not night.problems:
        corrected.append(f"{broken}: it was built again.")
    waiting = [*([not_in_force] if not_in_force else []), *landing.problems]
    attention = [*named, *corrected, *waiting, *left, *tell_of(settings, clock, night.problems, waiting)]
    summary = summarise(release, arrivals, night.problems, is_new=release != before, plan_changes=changes)
    summary = dataclasses.replace(summary, next_steps=(*attention, *summary.next_steps, *_unsettled(landing)))
    return FullNight(summary, _exit_code(night.problems, attention, arrivals))


def _waiting(landing: Survey, settle: timedelta) -> str:
    many = len(landing.unsettled) - len(landing.overdue)
    seconds = f"{settle.total_seconds():.0f} seconds"
    return f"{many} file(s) in landing may still be being copied. Waiting {seconds} for them, once."


def _unsettled(landing: Survey) -> list[str]:
    many = len(landing.unsettled) - len(landing.overdue)
    return [f"{many} file(s) in landing may still be being copied. The next load takes them."] if many else []


def _left_by_a_flood(ledger: LedgerView, started_after: int, landing: Survey) -> list[str]:
    """Return a sentence for each folder of which this load took as many files as one load takes."""
    taken = Counter(
        each.directorate_code
        for each in ledger.submissions()
        if each.receipt_seq > started_after and not each.is_receipt_declared
    )
    left = Counter(as_text(each.folder) for each in landing.ready)
    return [
        f"{left[code]} more file(s) of {code!r} wait for the next load, which takes {MOST_FROM_A_FOLDER} again."
        for code, many in sorted(taken.items())
        if many >= MOST_FROM_A_FOLDER and left[code]
    ]


def _left_unread(ledger: LedgerView) -> list[str]:
    """Return a sentence for each folder of which this machine stopped a reading, so that nothing of it was judged."""
    waiting = Counter(each.directorate_code for each in ledger.unjudged())
    return [
        f"{many} received file(s) of {code!r} wait, because this machine stopped the reading of one. The next load"
        " reads them; nobody has to send them again. If this is said again, see that the machine has memory to spare."
        for code, many in sorted(waiting.items())
    ]


def _arrivals(settings: Settings, started_after: int) -> Iterable[Arrival]:
    from orchestration.printouts.summary import Arrival
    from sources.findings.findings import Severity
    from sources.receipts.receipt import receipt_path

    with contextlib.closing(Ledger.open(settings.home)) as ledger:  # caught up with what the run recorded
        judged = [each for each in ledger.judged() if each.judged_seq > started_after]
    for submission in judged:
        yield Arrival(
            submission.directorate_code,
            submission.file_name,
            submission.state.value,
            {severity.value: submission.count(severity) for severity in Severity},
            str(receipt_path(settings.home, submission)),
        )


def _exit_code(problems: Sequence[str], attention: Sequence[str], arrivals: Iterable[Arrival]) -> Exit:
    if problems:
        return Exit.NOT_PUBLISHED
    if attention or any(arrival.state in _NOT_TAKEN for arrival in arrivals):
        return Exit.REFUSED
    return Exit.DONE
