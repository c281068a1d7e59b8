"""Receipts: what the sender of a file reads of it, one page a verdict, in their own folder.

Here belong the page's facts and where it lies. Not here: its sentences (``receipt_words``), its
layout (``receipt_templates``), and anything that another directorate sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sources.contract.template import CONTROL_TOTALS, ROW_COUNT, SAVINGS
from sources.custody.ledger import Ledger
from sources.custody.problems import naming_the_place
from sources.custody.submission import Submission
from sources.home import Home, write_durably
from sources.intake.lines import read_lines
from sources.judging.findings import Finding, Severity
from sources.receipts import receipt_words as words

UNREGISTERED = "D28"
_WHOLE_FILE = "The file"
_LONGEST_FOLDER = 255  # bytes

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Total:
    """One control total, as sent and as read, in words."""

    name: str
    control: str
    read: str
    difference: str


def receipt_path(home: Home, submission: Submission) -> Path:
    """Return where the receipt of a submission's last verdict lies, or would.

    Raises:
        ValueError: If it has no verdict.
    """
    if submission.judged_seq is None:
        raise ValueError(f"{submission.submission_id} has no verdict yet")
    name = "unread"
    if submission.version_no is not None:
        year = str(submission.financial_year).replace("/", "-")
        name = f"{year}_{submission.reporting_period}_v{submission.version_no}"
    # What lay in no folder has its receipt beside the folders.
    folder = submission.directorate_code.encode()[:_LONGEST_FOLDER].decode(errors="ignore")
    return home.receipts / folder / f"{submission.judged_seq:06d}_{name}.html"


def write_receipt(home: Home, ledger: Ledger, submission: Submission) -> Path:
    """Write the receipt of a submission's last verdict.

    Args:
        home: Holds receipts, and the lines that an accepted one was read into.
        ledger: Holds the verdict's event and, for a duplicate, the submission that it repeats.
        submission: As it stands after that verdict.

    Returns:
        The receipt.

    Raises:
        CustodyProblem: If it cannot be written; the next run writes it.
    """
    path = receipt_path(home, submission)
    page = _environment().get_template("receipt.html").render(_facts(home, ledger, submission))
    with naming_the_place("Writing a receipt", path):
        write_durably(path, page.encode())
    return path


def write_missing_receipts(home: Home, ledger: Ledger) -> list[Path]:
    """Write the receipts that a killed run did not come to; return them."""
    for partial in home.receipts.rglob(".*.tmp"):
        partial.unlink()
    return [
        write_receipt(home, ledger, submission)
        for submission in ledger.submissions()
        if submission.judged_seq is not None and not receipt_path(home, submission).exists()
    ]


@cache
def _environment() -> Environment:
    # Whatever was typed into a cell or a file name is shown, never run: as mark-up or by eye.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "receipt_templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=words.printable,
        trim_blocks=True,
    )
    environment.filters.update(moment=words.moment, effect=words.effect, pounds=words.pounds)
    return environment


def _facts(home: Home, ledger: Ledger, submission: Submission) -> dict[str, Any]:
    original = ledger.submission(submission.duplicate_of) if submission.duplicate_of else None
    told = original or submission
    lines = read_lines(home, SAVINGS, [submission.lines]).to_pylist() if submission.lines else []
    quarantined = _quarantined(submission, lines)
    return {
        "submission": submission,
        "event_sha256": ledger.vault.event_sha256(submission.judged_seq or 0),
        "heading": words.heading(submission),
        "lead": words.lead(submission, original),
        "period": words.period(told),
        "next_steps": words.next_steps(submission),
        "original": original,
        "original_heading": words.heading(original) if original else "",
        "findings_heading": "What to mend" if told.count(Severity.BLOCK) else "What to look at",
        "groups": _by_sheet(told.findings),
        "totals": _totals(submission, lines) if submission.lines else [],
        "quarantined": quarantined,
        # Many alike are told as one finding, which names their cells.
        "further_quarantined": max(0, submission.rows_quarantined - len(quarantined)),
    }


def _by_sheet(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """Return the findings by sheet, in the order in which the sheets first come."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.sheet or _WHOLE_FILE, []).append(finding)
    return list(groups.items())


def _totals(submission: Submission, lines: Sequence[Row]) -> list[Total]:
    count = submission.fields.get(ROW_COUNT)
    difference = words.NOTHING if count is None else str(len(lines) - int(count))
    totals = [Total("Rows", words.NOTHING if count is None else str(count), str(len(lines)), difference)]
    for label, column in CONTROL_TOTALS.items():
        said = submission.fields.get(label)
        control = None if said is None else Decimal(said)
        read = sum((line[column] or Decimal(0) for line in lines), Decimal(0))
        apart = None if control is None else read - control
        totals.append(Total(words.amount_name(column), words.pounds(control), words.pounds(read), words.pounds(apart)))
    return totals


def _quarantined(submission: Submission, lines: Sequence[Row]) -> list[Row]:
    """Return the lines that a finding says are not registered, by the row of its cell."""
    cells = [finding.cell for finding in submission.findings if finding.rule == UNREGISTERED]
    rows = {int(digits[0]) for cell in cells if (digits := re.findall(r"[0-9]+", cell))}
    return [line for line in lines if line["source_row"] in rows]
