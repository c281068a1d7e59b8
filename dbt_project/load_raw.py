"""Gathers what a candidate starts from: ledger, rules, typed lines and adopted reference folders.

Here belongs the step from what was received to the tables of ``raw_contract``. DuckDB reads no
file for it but the candidate before. Not here: which rows of that one are taken (``kept_rows``), writing the
candidate (``candidate``), and anything that is derived (``models``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa

from dbt_project import candidate as scratch
from dbt_project import origin
from dbt_project.inputs import inputs_in_force
from dbt_project.kept_rows import KeptRows, kept_rows
from dbt_project.known_spans import Adopted, known_spans
from dbt_project.name_keys import with_key, with_keys
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from sources.custody.events import Event
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import ClockAccepted, ReferenceAdopted
from sources.custody.submission import AcceptedSubmission, JudgedSubmission, State
from sources.custody.true_times import TrueTimes, judged_at_true_times
from sources.custody.vault import Vault
from sources.findings.findings import Severity
from sources.findings.personal_data import masked
from sources.findings.rules import RULES
from sources.home import Home
from sources.lines.line_files import read_lines
from sources.lines.typed_lines import SUMMED
from sources.reference.folder_contract import reference_file
from sources.reference.reference import read_reference
from sources.template.declaration import SHEETS, Kind, Sheet

Row = dict[str, Any]
KeptOf = Callable[[Sequence[JudgedSubmission]], KeptRows]


@dataclass(frozen=True)
class RawCounts:
    """How much a candidate was filled with.

    Attributes:
        rows: By ``raw.<table>`` and ``reference.<table>``.
    """

    rows: dict[str, int]


def load_raw(candidate: Path, home: Home, ledger: Ledger, vault: Vault, code_sha256: str) -> RawCounts:
    """Create the candidate anew with everything that is known, and nothing derived.

    From here on it carries what it was made from (``origin``).

    Args:
        candidate: Where; what was there is thrown away, once rows of it were taken (``kept_rows``).
        home: Holds the typed lines.
        ledger: Says which submissions there are, and which reference folders were adopted.
        vault: Holds those folders.
        code_sha256: Of the code that builds upon it.

    Raises:
        FileNotFoundError: If an accepted submission's typed lines are not there (``savings
            rebuild`` writes them again from the vault).
        sources.reference.reference.ReferenceProblem: If an adopted folder no longer reads.
        ValueError: If a value does not fit its column exactly; nothing is rounded here.
    """
    raw, reference = tables_of(home, ledger, vault, partial(kept_rows, candidate, ledger, code_sha256))
    counts = RawCounts(scratch.create(candidate, raw, reference))
    origin.write(candidate, inputs_in_force(ledger, code_sha256))
    return counts


def tables_of(
    home: Home, ledger: LedgerView, vault: Vault, kept_of: KeptOf = lambda _: KeptRows()
) -> tuple[scratch.Tables, scratch.Tables]:
    """Return the tables of schemas ``raw`` and ``reference``.

    Args:
        home: Likewise, as for ``load_raw``, whose errors these are.
        ledger: Likewise.
        vault: Likewise.
        kept_of: Says of the submissions with a verdict which rows need not be made again.
    """
    # What waits has no verdict yet, and belongs to no table.
    times = TrueTimes(ledger.events_of(ClockAccepted))
    submissions = [each for each in judged_at_true_times(ledger) if each.state is not State.WAITING]
    kept = kept_of(submissions)
    new = [submission for submission in submissions if submission.submission_id not in kept.submissions]
    accepted = [submission.submission_id for submission in new if isinstance(submission, AcceptedSubmission)]
    adoptions = [times.of_event(adoption) for adoption in ledger.adoptions()]
    rows = {
        "submission": map(submission_row, submissions),
        "finding": finding_rows(new),
        "rule": rule_rows(),
    }
    raw = {name: scratch.to_table(RAW_TABLES[name], rows_of_it) for name, rows_of_it in rows.items()}
    read = {sheet.table: without_personal_data(sheet, read_lines(home, sheet, accepted)) for sheet in SHEETS}
    lines = {name: with_keys(name, table) for name, table in read.items()}
    return kept.and_new(raw | lines), _reference_tables(adoptions, vault)


def without_personal_data(sheet: Sheet, lines: pa.Table) -> pa.Table:
    """Return typed lines with their free texts masked: the vault keeps what was written, readers do not get it.

    Args:
        sheet: Says which columns are free texts.
        lines: Its typed lines.
    """
    for column in sheet.columns:
        if column.kind is Kind.NARRATIVE:
            place = lines.schema.get_field_index(column.name)
            texts = [None if text is None else masked(text) for text in lines.column(place).to_pylist()]
            lines = lines.set_column(place, lines.schema.field(place), pa.array(texts, pa.string()))
    return lines


def submission_row(submission: JudgedSubmission) -> Row:
    """Return the row of ``raw.submission``; names of people stay in the ledger."""
    fields = submission.fields
    accepted = submission if isinstance(submission, AcceptedSubmission) else None
    return {
        "submission_id": submission.submission_id,
        "receipt_seq": submission.receipt_seq,
        "directorate_code": submission.reports_for,
        "folder_code": submission.directorate_code,
        "file_name": submission.file_name,
        "file_sha256": submission.file_sha256,
        "received_at": _utc(submission.received_at),
        "is_receipt_declared": submission.is_receipt_declared,
        "state": submission.state.value,
        "refusal_code": submission.refusal_code or None,
        "duplicate_of": submission.duplicate_of,
        "financial_year": submission.financial_year,
        "reporting_period": submission.reporting_period,
        "as_at_date": date.fromisoformat(fields["as_at_date"]) if fields.get("as_at_date") else None,
        "return_type": fields.get("return_type"),
        "supersedes_version": fields.get("supersedes_version"),
        "version_no": submission.version_no,
        "certification": submission.certification or None,
        "template_version": fields.get("template_version"),
        "contract_version": submission.contract_version,
        "judged_at": _utc(submission.judged_at),
        "accepted_at": _utc_if_any(accepted.accepted_at if accepted else None),
        "withdrawn_at": _utc_if_any(accepted.withdrawn_at if accepted else None),
        "rows_read": submission.rows_read,
        "rows_quarantined": submission.rows_quarantined,
        "block_count": submission.count(Severity.BLOCK),
        "hold_count": submission.count(Severity.HOLD),
        "warn_count": submission.count(Severity.WARN),
        "certify_count": submission.count(Severity.CERTIFY),
        "control_row_count": fields.get("control_row_count"),
        "control_baseline_gbp": _pounds(fields.get("control_baseline")),
        "control_achieved_gbp": _pounds(fields.get("control_achieved")),
        "control_projected_gbp": _pounds(fields.get("control_projected")),
        "control_deferred_gbp": _pounds(fields.get("control_deferred")),
        "control_undeliverable_gbp": _pounds(fields.get("control_undeliverable")),
        **{f"judged_{column}": _pounds(submission.sums.get(column)) for column in SUMMED},
    }


def finding_rows(submissions: Iterable[JudgedSubmission]) -> Iterator[Row]:
    """Yield the rows of ``raw.finding``: one for each cell of each finding of a last verdict, numbered from 1."""
    for submission in submissions:
        of_cells = [
            (finding, cell, ref)
            for finding in submission.findings
            for cell, ref in zip_longest(finding.cells or (None,), finding.refs)
        ]
        for number, (finding, cell, ref) in enumerate(of_cells, start=1):
            yield {
                "submission_id": submission.submission_id,
                "finding_no": number,
                "rule_code": finding.rule,
                "severity": finding.severity.value,
                "sheet": finding.sheet or None,
                "cell": cell,
                "row_ref": ref or None,
                "column_name": finding.column or None,
                "raw_value": finding.value_shown or None,
                "message": finding.message,
                "refusal_code": finding.code or None,
            }


def rule_rows() -> Iterator[Row]:
    """Yield the rows of ``raw.rule``: the catalogue."""
    for rule in RULES:
        yield {
            "rule_code": rule.code,
            "rule_name": rule.name,
            "severity": rule.severity,
            "who_fixes": rule.who_fixes.value,
            "sort_order": rule.sort_order,
        }


def _reference_tables(adoptions: Sequence[Event[ReferenceAdopted]], vault: Vault) -> dict[str, pa.Table]:
    """Return schema ``reference``: every row of every adopted folder, with its spans."""
    hashes = {adoption.payload.reference_sha256 for adoption in adoptions}
    folders = {sha256: read_reference(vault.reference_folder(sha256), was_adopted=True) for sha256 in hashes}
    tables = {}
    for name, schema in REFERENCE_TABLES.items():
        adopted = [
            Adopted(_utc(adoption.at), folders[adoption.payload.reference_sha256].tables[name])
            for adoption in adoptions
        ]
        columns = [field.name for field in reference_file(name).published_fields]
        rows = (with_key(name, row) for row in known_spans(adopted, columns))
        tables[name] = scratch.to_table(schema, rows)
    return tables


def _utc(moment: datetime) -> datetime:
    """Return a moment as the candidate holds it: UTC, without zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _utc_if_any(moment: datetime | None) -> datetime | None:
    return _utc(moment) if moment is not None else None


def _pounds(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None
