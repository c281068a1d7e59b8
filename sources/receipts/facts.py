"""What a receipt tells, gathered once for both of its forms, the page and the workbook.

Here belongs what is read of a submission for its sender. Not here: the sentences
(``receipt_words``), and how either form looks (``page_templates``, ``receipt_workbook``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Judged, Payload
from sources.custody.submission import JudgedSubmission, State
from sources.findings.findings import Finding, Severity, Verdict, WhoActs
from sources.home import Home
from sources.judging.history import HistoryBefore
from sources.lines.line_files import read_lines
from sources.receipts import receipt_words as words
from sources.receipts import step_words
from sources.receipts.changes import Changes, changes_of
from sources.receipts.next_file import next_file
from sources.receipts.tables import Row, Table, left_out, tables_of, totals
from sources.reference.whose import COUNCIL_NAME, said_of_council
from sources.template.declaration import SAVINGS

UNREGISTERED = "D28"
# Verdicts that the approved plan has a part in.
_BY_THE_PLAN = frozenset({Verdict.ACCEPTED, Verdict.HELD, Verdict.BLOCKED})
_SECTION_ORDER = (Severity.BLOCK, Severity.HOLD, Severity.WARN, Severity.CERTIFY)

# A label and its value.
Told = tuple[str, str]


@dataclass(frozen=True)
class Section:
    """The findings that do the same to the file, or that the same people act on.

    Attributes:
        key: A word for it, different for each section.
        is_own: Whether the sender acts on them.
        heading: In words.
        note: What that means for the file.
        groups: The findings by sheet, in the order of the sheets.
    """

    key: str
    is_own: bool
    heading: str
    note: str
    groups: tuple[tuple[str, tuple[Finding, ...]], ...]


@dataclass(frozen=True)
class Facts:
    """All that a receipt tells.

    Attributes:
        submission: As it stands after its last verdict.
        original: The submission that it repeats; None unless a duplicate.
        event_sha256: Of the event that holds the verdict: the receipt's place in the chain (F-F14); empty for a check.
        heading: The verdict in words.
        lead: The one sentence that an officer has to read.
        sent: What was sent and when, by label.
        steps_heading: What comes after the first section, in words.
        next_steps: That, step by step; may be empty.
        to_send: What the corrected return has to be, by label; empty where none has to be sent.
        sections: What the sender has to do comes first, and by itself; then the findings by what they do and by who
            acts on them. Of a duplicate, those of its original.
        totals: Control totals next to what was read; None without typed lines.
        quarantined: Lines that the plan does not list, as far as a finding names their row (R33); None without any.
        further_quarantined: How many more there are.
        changes: What it changes; None without typed lines or without an earlier return.
    """

    submission: JudgedSubmission
    original: JudgedSubmission | None
    event_sha256: str
    heading: str
    lead: str
    sent: tuple[Told, ...]
    steps_heading: str
    next_steps: tuple[str, ...]
    to_send: tuple[Told, ...]
    sections: tuple[Section, ...]
    totals: Table | None
    quarantined: Table | None
    further_quarantined: int
    changes: Changes | None

    @property
    def about(self) -> str:
        """Whose return for when it is, as far as the file says."""
        return words.about(self.original or self.submission)

    @property
    def tone(self) -> str:
        """Whether the verdict is good news, bad news or neither."""
        return words.tone(self.submission)

    @property
    def totals_note(self) -> str:
        """Why a control total that was taken differs from what was read; empty where none does."""
        differences = [row[-1] for row in self.totals.rows] if self.totals else []
        return words.WHY_TOTALS_DIFFER if any(differences) else ""

    @property
    def quarantined_note(self) -> str:
        """Why lines are in no figure, and what becomes of them."""
        return words.NOT_REGISTERED

    @property
    def since(self) -> str:
        """Which return it is compared with, and whether anything moved."""
        return words.compared(self.changes)

    @property
    def change_tables(self) -> tuple[Table, ...]:
        """What it changes, in figures."""
        return tables_of(self.changes) if self.changes else ()


def facts_of(home: Home, ledger: Ledger, submission: JudgedSubmission) -> Facts:
    """Return what there is to tell of a submission's last verdict.

    Args:
        home: Holds the lines that an accepted one was read into.
        ledger: Holds the verdict's event, what came before it and, for a duplicate, its original.
        submission: As it stands after that verdict.
    """
    original = ledger.judged_submission(submission.duplicate_of) if submission.duplicate_of else None
    lines = read_lines(home, SAVINGS, [submission.lines]).to_pylist() if submission.lines else None
    # The verdict as it was given: another that said the same may have followed it, by another plan.
    verdict = ledger.vault.event(submission.judged_seq)
    steps = (
        *_batch(ledger, submission),
        *_decision(ledger, submission),
        *step_words.next_steps(submission),
        *_plan(ledger, verdict.payload, verdict.seq),
    )
    event_sha256 = ledger.vault.event_sha256(submission.told_seq)
    return _gathered(home, ledger, submission, original, lines, steps, event_sha256)


def facts_of_check(
    home: Home,
    ledger: LedgerView,
    submission: JudgedSubmission,
    original: JudgedSubmission | None,
    lines: Sequence[Row] | None,
) -> Facts:
    """Return what the receipt of a file would tell that is only checked (``intake.preview``).

    Args:
        home: Holds the lines of earlier returns.
        ledger: What came before.
        submission: As it would stand after the load.
        original: What it would repeat.
        lines: Its typed lines, if it had any.
    """
    steps = (*step_words.of_a_check(submission), *_plan(ledger, submission, ledger.last_seq()))
    return _gathered(home, ledger, submission, original, lines, steps, "")


def _gathered(
    home: Home,
    ledger: LedgerView,
    submission: JudgedSubmission,
    original: JudgedSubmission | None,
    lines: Sequence[Row] | None,
    steps: tuple[str, ...],
    event_sha256: str,
) -> Facts:
    quarantined = _quarantined(submission, lines or ())
    siblings = ledger.siblings_of(submission) if submission.version_no else []
    history = HistoryBefore(home, siblings, submission)
    sent_next = next_file(submission, siblings, history)
    return Facts(
        submission=submission,
        original=original,
        event_sha256=event_sha256,
        heading=words.heading(submission),
        lead=words.lead(submission, original),
        sent=tuple(_sent(ledger, submission, original, event_sha256)),
        steps_heading=step_words.steps_heading(submission),
        next_steps=steps,
        to_send=tuple(step_words.to_send(sent_next)) if sent_next else (),
        sections=tuple(_sections(submission, original or submission)),
        totals=totals(submission, lines) if lines is not None else None,
        quarantined=left_out(quarantined),
        # Many alike are told as one finding, which names their cells.
        further_quarantined=max(0, submission.rows_quarantined - len(quarantined)),
        changes=changes_of(submission, history, lines) if lines is not None else None,
    )


def _sent(
    ledger: LedgerView, submission: JudgedSubmission, original: JudgedSubmission | None, event_sha256: str
) -> Iterable[Told]:
    if council := _council(ledger, submission.told_seq if event_sha256 else ledger.last_seq()):
        yield "Council", council
    yield "File", submission.file_name
    if period := words.period(original or submission):
        yield "Return", period
    if not event_sha256:
        yield "Checked", words.moment(submission.received_at)
        yield "SHA-256 of the file", submission.file_sha256
        return
    declared = " (as declared)" if submission.is_receipt_declared else ""
    yield "Received", words.moment(submission.received_at) + declared
    yield "Decided", words.moment(submission.judged_at)
    yield "Submission", submission.submission_id
    yield "SHA-256 of the file", submission.file_sha256 or "none: no bytes were taken"
    yield "Ledger entry", f"{submission.told_seq}, SHA-256 {event_sha256}"


def _council(ledger: LedgerView, at: int) -> str:
    """Return the council's name, as the reference data said that was in force at an event."""
    adopted = [event.payload.reference_sha256 for event in ledger.adoptions() if event.seq <= at]
    return said_of_council(ledger.vault.reference_folder(adopted[-1]), COUNCIL_NAME) if adopted else ""


def _batch(ledger: Ledger, submission: JudgedSubmission) -> list[str]:
    judged = ledger.submission(submission.overtaken_by).file_name if submission.overtaken_by else ""
    return step_words.batch(submission, judged)


def _decision(ledger: Ledger, submission: JudgedSubmission) -> Iterable[str]:
    """Yield what a post last decided of it, as one sentence; nothing if none did."""
    if submission.decided_seq:
        yield step_words.decision(ledger.decision(submission.decided_seq))


def _plan(ledger: LedgerView, verdict: Payload, at: int) -> Iterable[str]:
    """Yield by which plan it was judged, where a newer one was there and not in force (ruling D-1)."""
    if isinstance(verdict, Judged) and verdict.waiting_reference and verdict.verdict in _BY_THE_PLAN:
        adopted = [
            event.at
            for event in ledger.adoptions()
            if event.payload.reference_sha256 == verdict.reference_sha256 and event.seq <= at
        ]
        yield step_words.plan(verdict.verdict, adopted[-1])


def _sections(submission: JudgedSubmission, told: JudgedSubmission) -> Iterable[Section]:
    """Yield the sender's first task, their other findings, then those of others; nobody's are not told (ruling A7)."""
    by_who = {who: [finding for finding in told.findings if finding.who is who] for who in WhoActs}
    own = [
        (severity, found)
        for severity in _SECTION_ORDER
        if (found := [finding for finding in by_who[WhoActs.DIRECTORATE] if finding.severity is severity])
    ]
    # What was accepted before asks for nothing when it comes again.
    is_news = told is submission or told.state is not State.ACCEPTED
    first = words.first_section(own[0][0], told) if own and is_news else None
    if not first:
        yield Section("nothing", True, *words.nothing_first(submission), ())
    for number, (severity, found) in enumerate(own):
        named = first if first and number == 0 else words.section(severity, told)
        yield Section(severity.value, True, *named, _by_sheet(found))
    for who in (WhoActs.DATA_TEAM, WhoActs.FINANCE):
        if by_who[who]:
            yield Section(who.name, False, *words.section_of(who), _by_sheet(by_who[who]))


def _by_sheet(findings: Iterable[Finding]) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.sheet, []).append(finding)
    return tuple((sheet, tuple(of_sheet)) for sheet, of_sheet in groups.items())


def _quarantined(submission: JudgedSubmission, lines: Sequence[Row]) -> tuple[Row, ...]:
    """Return the lines that a finding says are not registered, by the row of its cell."""
    cells = [finding.cell for finding in submission.findings if finding.rule == UNREGISTERED]
    rows = {int(digits[0]) for cell in cells if (digits := re.findall(r"[0-9]+", cell))}
    return tuple(line for line in lines if line["source_row"] in rows)
