"""The three illustrative years in a warehouse: through the real reader, or as typed rows without files.

Here belongs the course of those years in a home: returns at their declared times, between them what
a named post does and the reference folder that is adopted later. Not here: what happens in them
(``sources.samples.many_years``), and what is asserted.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from orchestration.exit_codes import Exit
from orchestration.load import load
from orchestration.settings import Settings
from sources.clock import fixed_clock
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger
from sources.custody.marker import establish
from sources.custody.payloads import Released
from sources.custody.submission import held_by
from sources.grammar.choices import Choices
from sources.grammar.values import Parsed
from sources.home import Home
from sources.intake.intake import adopt_reference, judge_waiting, take_in_history
from sources.reference.folder_contract import REFERENCE_FILES
from sources.reference.reference import Reference, read_reference
from sources.samples.many_years.council import write_reference
from sources.samples.many_years.returns import Sent, returns
from sources.samples.many_years.writing import REFERENCE, REFERENCE_LATER, path_of, write_many_years
from sources.template.declaration import PROJECTS, SAVINGS
from tests.homes import SIGNED, withdraw
from tests.scenario_reference import Row
from tests.scenarios import Scenario

# In the middle of P09 of the second year: AH-22-099 was sent for three periods by then.
ADOPTED_LATER_AT = datetime(2022, 12, 20, 12, tzinfo=UTC)
AFTERWARDS = datetime(2024, 7, 1, 3, 30, tzinfo=UTC)
# As a release has moments: UTC, and none says so.
END = AFTERWARDS.replace(tzinfo=None)
# While CH's closedown was held, and while CO's mistake was taken for its return. UTC without a zone, as END.
HELD, MISTAKEN = datetime(2022, 5, 29, 10), datetime(2022, 12, 16, 12)  # noqa: DTZ001 - as END
# The last but one is after the later folder was adopted.
MOMENTS = (
    datetime(2021, 11, 29, 10),  # noqa: DTZ001 - as END
    HELD,
    MISTAKEN,
    datetime(2022, 12, 21, 10),  # noqa: DTZ001 - as END
    datetime(2023, 8, 3, 8),  # noqa: DTZ001 - as END
)
_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True)
class Years:
    """A home that went through the three years.

    Attributes:
        files: Where the workbooks and reference folders lie.
        home: The home, with a release.
        sent: What was sent, in order of receipt.
    """

    files: Path
    home: Home
    sent: list[Sent]

    @cached_property
    def release(self) -> Path:
        """The release in force."""
        return self.home.current.resolve()


def live_through(root: Path, seed: int) -> Years:
    """Write the files of a seed, take them in with everything that happened between, build and publish."""
    files, home = root / "files", Home.at(root / "var")
    sent = write_many_years(files, seed)
    home.create()
    establish(home)
    reference, later = read_reference(files / REFERENCE), read_reference(files / REFERENCE_LATER)
    with Ledger.open(home) as ledger:
        adopt_reference(reference, ledger, fixed_clock(sent[0].received_at - _JUST_BEFORE))
        for at, received, about in _steps(sent):
            take_in_history(_list(files, received), home, ledger, reference)
            if about is not None:
                _settle(home, ledger, reference, about)
            elif at == ADOPTED_LATER_AT:
                reference = later
                adopt_reference(reference, ledger, fixed_clock(at), signed=SIGNED)
                judge_waiting(home, ledger, reference, fixed_clock(at))
    settings = Settings(home, files / REFERENCE_LATER)
    clock = fixed_clock(AFTERWARDS)
    night = load(settings, history=None, is_forced=False, clock=clock)
    assert night.exit_code is not Exit.NOT_PUBLISHED, night.as_json()
    return Years(files, home, sent)


def as_scenario(root: Path, seed: int) -> Scenario:
    """Return the same years as typed rows, with what happened between, for builds that need no reader."""
    for name in (REFERENCE, REFERENCE_LATER):
        write_reference(root / name, is_later=name == REFERENCE_LATER)
    later = read_reference(root / REFERENCE_LATER)
    scenario = Scenario(**_tables(read_reference(root / REFERENCE)))
    scenario.adopt(_naive(ADOPTED_LATER_AT), **_tables(later))
    for each in returns(later, seed):
        if each.event not in ("refused", "sent twice"):
            _send(scenario, each, Choices(later))
    return scenario


def _send(scenario: Scenario, sent: Sent, choices: Choices) -> None:
    is_withdrawn = sent.event == "by mistake"
    accepted_at = sent.received_at if sent.settled_at is None or is_withdrawn else sent.settled_at
    is_accepted = sent.verdict == "accepted" or sent.settled_at is not None
    scenario.send(
        sent.directorate,
        sent.moment.year,
        sent.moment.period,
        [row | {"is_deferred_not_applicable": False} for row in sent.tables[SAVINGS]] if is_accepted else [],
        received_at=_naive(sent.received_at),
        accepted_at=_naive(accepted_at) if is_accepted else None,
        withdrawn_at=_naive(sent.settled_at) if is_withdrawn and sent.settled_at else None,
        sheets={
            sheet.name: [_typed(row, choices) for row in rows]
            for sheet, rows in sent.tables.items()
            if is_accepted and sheet is not SAVINGS
        },
        certification=sent.certification,
        return_type=sent.fields["return_type"],
        **({} if is_accepted else {"state": sent.verdict}),
    )


def _typed(row: Row, choices: Choices) -> Row:
    """Return a row as the reader would have typed it, where a workbook holds words for it."""
    typed: Row = dict(row)
    for name in ("is_enabling", "climate_flag"):
        if name in row:
            typed[name] = row[name] == "Yes"
    for name in ("theme_code", "workstream_code"):
        if row.get(name):
            weights = choices.weights(PROJECTS.column(name), row[name])
            assert isinstance(weights, Parsed)
            typed[name] = weights.value
    return typed


def _tables(reference: Reference) -> dict[str, Sequence[Row]]:
    return {file.name: reference.tables[file.name] for file in REFERENCE_FILES if file.is_published}


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _steps(sent: Sequence[Sent]) -> Iterator[tuple[datetime, list[Sent], Sent | None]]:
    """Yield what was received up to each moment at which something else happened, and what that was about.

    None where it is the adoption of the later folder, or the end.
    """
    others: list[tuple[datetime, Sent | None]] = [(each.settled_at, each) for each in sent if each.settled_at]
    others += [(ADOPTED_LATER_AT, None), (AFTERWARDS, None)]
    since = sent[0].received_at
    for until, about in sorted(others, key=lambda other: other[0]):
        yield until, [each for each in sent if since <= each.received_at < until], about
        since = until


def _list(files: Path, sent: Sequence[Sent]) -> Path:
    """Write the list of those returns beside their workbooks."""
    path = files / "received.csv"
    rows = [(path_of(files, each).relative_to(files).as_posix(), each.received_at.isoformat()) for each in sent]
    with open(path, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("file", "received_at"), *rows])
    return path


def _settle(home: Home, ledger: Ledger, reference: Reference, sent: Sent) -> None:
    """Let a named post release what was held, or withdraw what was sent by mistake."""
    assert sent.settled_at is not None
    submission = next(each for each in ledger.submissions() if each.received_at == sent.received_at)
    clock = fixed_clock(sent.settled_at)
    if sent.verdict == "held":
        shown = held_by(ledger.judged_submission(submission.submission_id).findings)
        ledger.record(clock, Released(submission_id=submission.submission_id, held_by=shown, **SIGNED))
    else:
        withdraw(ledger, submission, EventKind.WITHDRAWN, clock)
    judge_waiting(home, ledger, reference, fixed_clock(sent.settled_at))
