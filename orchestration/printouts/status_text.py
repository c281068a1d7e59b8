"""How `savings status` reads: the matrix of returns, then what is not in order, then what waits.

Here belong its words. Not here: what is told (``status``), and how a section looks (``sections``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from orchestration.ends_of_loads import FailedLoad
from orchestration.printouts.sections import Section
from orchestration.printouts.status import File, Status
from sources.clock import LONDON
from sources.custody.submission import State
from sources.findings.findings import CERTIFIED
from sources.intake.standing import NOT_RECEIVED, Cell

_PERIODS = tuple(f"P{number:02d}" for number in range(1, 14))
_NEVER = "never"
_LEGEND = (
    "v1: version in force (C: certified, +3: days late). late: overdue. never: due over a year ago, and not sent."
    " ·: not due yet. Blank: none is expected."
)


def sections(status: Status) -> Iterator[Section]:
    """Yield what is said, in the order it is read."""
    shown, past = _shown(status), _missed(status)
    yield Section("Returns", ("Year", "From", *_PERIODS), list(_matrix(shown)), (_LEGEND,))
    columns, rows, notes = _out_of_order(shown)
    yield Section("To put right", columns, rows, (*notes, *past))
    if status.in_landing:
        yield Section("Waiting in landing for the next load", ("From", "File"), _files(status.in_landing))
    if status.unjudged:
        yield Section("Taken in, not decided yet", ("From", "File"), _files(status.unjudged))
    if status.held:
        rows = [(each.directorate_code, each.file_name, each.submission_id or "") for each in status.held]
        yield Section("Held for a decision of a named post", ("From", "File", "Submission"), rows)
    release = f"{status.release_id}, published {_moment(status.published_at)}" if status.release_id else "none"
    ended = f"Ended well: {_moment(status.last_load_at)}"
    yield Section("Last load", notes=(*_failed(status.failed_load), ended, f"Release: {release}"))


def _failed(load: FailedLoad | None) -> Iterator[str]:
    """Yield how a load since the last good end failed, and why."""
    if load is None:
        return
    if load.exit_code is None:
        yield f"Began {_moment(load.at)}, and has not ended: it is at work, or it was killed."
    else:
        yield f"Failed {_moment(load.at)} (exit code {load.exit_code}): nothing was published."
        yield from load.problems


def _shown(status: Status) -> list[Cell]:
    """Return the cells of the years that have a return, or a day within a year on which one is due."""
    years = {
        cell.financial_year for cell in status.cells if cell.submission_id or cell.is_due_within_a_year(status.as_of)
    }
    return [cell for cell in status.cells if cell.financial_year in years]


def _missed(status: Status) -> Iterator[str]:
    """Yield one sentence about all that nobody is asked for any more, neither here nor on a desk."""
    missed = [cell for cell in status.cells if cell.is_missed]
    if missed:
        years = sorted({cell.financial_year for cell in missed})
        span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
        many = "1 return" if len(missed) == 1 else f"{len(missed)} returns"
        yield f"Not listed: {many} of {span}, due over a year ago, without an accepted version."


def _matrix(cells: Sequence[Cell]) -> Iterator[Sequence[str]]:
    """Yield a row for each year and directorate."""
    for (year, directorate), row in groupby(sorted(cells, key=_row_of), _row_of):
        words = {cell.reporting_period: _word(cell) for cell in row}
        yield (year, directorate, *(words.get(period, "") for period in _PERIODS))


def _row_of(cell: Cell) -> tuple[str, str]:
    return cell.financial_year, cell.directorate_code


def _word(cell: Cell) -> str:
    """Return what the matrix shows of a cell."""
    if cell.state == State.ACCEPTED:
        certified = " C" if cell.certification == CERTIFIED else ""
        return f"v{cell.version_no}{certified}" + (f" +{cell.days_late}" if cell.days_late else "")
    if cell.state != NOT_RECEIVED:
        return cell.state
    if cell.is_missed:
        return "never"
    return "late" if cell.is_overdue else "·"


def _out_of_order(cells: Sequence[Cell]) -> tuple[Sequence[str], Sequence[Sequence[str]], Sequence[str]]:
    """Return the columns, rows and notes of what somebody has to act on: runs of periods that read alike as one."""
    rows = []
    for _, row in groupby(sorted(cells, key=_row_of), _row_of):
        for said, run in groupby(row, _complaint):
            if said:
                alike = list(run)
                rows.append((alike[0].directorate_code, _span(alike), _sentence(said, alike)))
    return (("From", "Period", "What"), rows, ()) if rows else ((), (), ("Everything that is due is in force.",))


def _complaint(cell: Cell) -> tuple[str, ...]:
    """Return what is not in order of a cell; nothing for one that is."""
    said = [] if cell.state in (State.ACCEPTED, NOT_RECEIVED) else [f"version {cell.version_no} is {cell.state}"]
    if cell.state == State.ACCEPTED:
        later = {"held": cell.held_version_no, "blocked": cell.blocked_version_no}
        said += [f"version {number} is {state}" for state, number in later.items() if number]
    if said and cell.folder_code not in (None, cell.directorate_code):
        said.append(f"sent from {cell.folder_code}")
    if cell.is_overdue:
        said.append("not received" if cell.state == NOT_RECEIVED else "none is in force")
    if said and cell.carried_from:
        said.append(f"figures carried from {cell.carried_from}")
    return tuple(said)


def _span(run: Sequence[Cell]) -> str:
    first, last = run[0], run[-1]
    to = "" if first is last else f" to {last.reporting_period}"
    return f"{first.financial_year} {first.reporting_period}{to}"


def _sentence(said: Sequence[str], run: Sequence[Cell]) -> str:
    first = run[0]
    due = f"due on {first.due_date.day} {first.due_date:%B %Y}, {first.days_late} days ago"
    return ", ".join([*said, *([due if len(run) == 1 else f"the first {due}"] if first.is_overdue else [])])


def _files(files: Sequence[File]) -> list[tuple[str, str]]:
    return [(each.directorate_code or "(no folder)", each.file_name) for each in files]


def _moment(at: datetime | None) -> str:
    """Return a time as people in London read it."""
    if at is None:
        return _NEVER
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"
