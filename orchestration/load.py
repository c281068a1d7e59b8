"""``savings load``: look, and either record that nothing is new or run the night's job.

Here belongs what the command does and what it tells; its module imports nothing heavy, so that a
quiet night costs what the look costs. Not here: the job (``night``, ``jobs``), arguments (``cli``).
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from orchestration.exit_codes import Exit
from orchestration.lock import hold
from orchestration.nothing_new import look, record_quiet_night
from orchestration.settings import Settings
from sources.clock import Clock
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.marker import enter
from sources.custody.reception import stuck
from sources.custody.submission import State

if TYPE_CHECKING:
    from orchestration.printouts.summary import Arrival, Summary

_NOT_TAKEN = frozenset({State.BLOCKED, State.REFUSED, State.HELD})


@dataclass(frozen=True)
class QuietNight:
    """Nothing was new, and that somebody looked is recorded."""

    release_id: str | None
    release: Path
    rehashed: int
    attention: tuple[str, ...] = ()

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
        }

    def print(self, console: Console) -> None:
        """Say that nothing changed, and since when."""
        console.print(f"Nothing is new since release {self.release_id}.", highlight=False)
        console.print(f"No file was opened; {self.rehashed} received file(s) re-hashed, all sound.", highlight=False)
        console.print(f"Read it: {self.release}", highlight=False, soft_wrap=True)
        for sentence in self.attention:
            console.print(sentence, style="yellow", highlight=False, markup=False, soft_wrap=True)


@dataclass(frozen=True)
class FullNight:
    """The job was run."""

    summary: Summary
    exit_code: Exit

    def as_json(self) -> dict[str, Any]:
        """Return the outcome for a machine."""
        return self.summary.as_json()

    def print(self, console: Console) -> None:
        """Print the night's summary."""
        from orchestration.printouts.summary_text import print_summary

        print_summary(self.summary, console)


def load(
    settings: Settings, *, history: Path | None, is_forced: bool, clock: Clock, console: Console
) -> QuietNight | FullNight:
    """Run the night's job if something is new, or if it is forced.

    Args:
        settings: Where everything lies.
        history: A list of files with declared receipt times to take in first.
        is_forced: Build although nothing is new.
        clock: What tells the time.
        console: Where progress is shown.

    Raises:
        orchestration.lock.LockBusyError: If another load is at work.
        sources.custody.history_list.HistoryProblem: If the list is wrong or may not be taken in.
        sources.custody.vault.VaultDamaged: If the vault is.
    """
    home = settings.home
    home.create()
    with hold(home.lock), contextlib.closing(Ledger.open(home)) as ledger:
        enter(home)
        found = look(settings, ledger, history)
        if not found.reasons and not is_forced:
            rehashed = record_quiet_night(home, ledger, found, clock)
            return QuietNight(found.release_id, home.current, rehashed, found.attention)
        return _full_night(settings, ledger, history, clock, console, found.broken)


def rebuild(settings: Settings, *, clock: Clock, console: Console) -> FullNight:
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
    with hold(home.lock):
        enter(home)
        rebuild_home(home)
        forget_desk_day(home)
        with contextlib.closing(Ledger.open(home)) as ledger:
            return _full_night(settings, ledger, None, clock, console)


def _full_night(
    settings: Settings, ledger: Ledger, history: Path | None, clock: Clock, console: Console, broken: str = ""
) -> FullNight:
    from orchestration.display import progress
    from sources.intake.restoring import restore

    # First, so that nothing altered is read, and what cannot be made again is said in its own words.
    corrected = restore(settings.home, ledger)
    started_after = ledger.last_seq()
    with progress(console) as on_event:
        from orchestration.night import run_night
        from orchestration.printouts.summary import summarise
        from publishing.pointer import current
        from sources.intake.adoption import changes_adopted_since, why_not_in_force

        before = current(settings.home)
        night = run_night(settings, history, clock, on_event)
    arrivals = list(_arrivals(settings, started_after))
    release = current(settings.home)
    with contextlib.closing(LedgerView.of(settings.home)) as after:
        changes = changes_adopted_since(after, started_after)
        not_in_force = why_not_in_force(settings.reference, after)
    corrected += night.corrected
    if broken and not night.problems:
        corrected.append(f"{broken}: it was built again.")
    attention = [*corrected, *([not_in_force] if not_in_force else [])]
    summary = summarise(release, arrivals, night.problems, is_new=release != before, plan_changes=changes)
    left = stuck(settings.home.landing, clock())
    summary = dataclasses.replace(summary, next_steps=(*attention, *summary.next_steps, *left))
    return FullNight(summary, _exit_code(night.problems, attention, arrivals))


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
