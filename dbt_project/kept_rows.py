"""What the candidate before holds of returns, so that a load makes the rows of new verdicts alone.

Here belongs when such rows can be taken: while the file is the one that the last publishing names, built by
the code of now (docs/decisions/0025). Not here: how rows are made (``load_raw``), and what holds typed lines to
their verdicts each night (``sources.intake.restoring``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from dbt_project import candidate as scratch
from dbt_project.raw_contract import RAW_TABLES
from sources.custody.events import Event
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Published, SameContent
from sources.custody.submission import AcceptedSubmission, JudgedSubmission
from sources.custody.vault import file_sha256
from sources.judging.history import Keys
from sources.judging.registration import Line
from sources.template.declaration import SAVINGS, SHEETS

# What a verdict alone decides. A submission's own row says what became of it since.
_OF_A_VERDICT = ("finding", *(sheet.table for sheet in SHEETS))


@dataclass(frozen=True)
class KeptRows:
    """Rows that need not be made again.

    Attributes:
        submissions: The ids of those whose rows they are.
        tables: Of schema ``raw``, by name; none where there is nothing to trust.
    """

    submissions: frozenset[str] = frozenset()
    tables: Mapping[str, pa.Table] = field(default_factory=dict)

    def and_new(self, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """Return tables of new rows with the kept ones before them."""
        kept = self.tables
        return {name: pa.concat_tables([kept[name], new]) if name in kept else new for name, new in made.items()}


def kept_rows(candidate: Path, ledger: LedgerView, code_sha256: str, judged: Sequence[JudgedSubmission]) -> KeptRows:
    """Return what the candidate that is there holds of verdicts that still stand.

    Whatever was done to its file since it was published, none of it is taken. A publishing refuses a candidate
    that was loaded before the last verdict (ruling E1), so that every verdict before it is in there.

    Args:
        candidate: Of the load before.
        ledger: Says which file was published last.
        code_sha256: Of the code of now: another one may make other rows of the same verdicts.
        judged: All submissions with a verdict.
    """
    last = _published_as(candidate, ledger, code_sha256)
    if last is None:
        return KeptRows()
    ids = [each.submission_id for each in judged if each.judged_seq < last.seq]
    with scratch.read(candidate) as connection:
        tables = {
            name: connection.execute(f"from raw.{name} where submission_id in (select unnest(?))", [ids])
            .to_arrow_table()
            .cast(RAW_TABLES[name])
            for name in _OF_A_VERDICT
        }
    return KeptRows(frozenset(ids), tables)


def kept_keys(candidate: Path, ledger: LedgerView, code_sha256: str) -> Mapping[str, Keys]:
    """Return the lines of each accepted return of which the candidate that is there holds the rows, by submission.

    In the order of their rows, as ``PreviousReturn`` reads them from a file for each return.

    Args:
        candidate: As for ``kept_rows``.
        ledger: Likewise.
        code_sha256: Likewise.
    """
    last = _published_as(candidate, ledger, code_sha256)
    if last is None:
        return {}
    stand = (each for each in ledger.judged() if isinstance(each, AcceptedSubmission) and each.judged_seq < last.seq)
    found: dict[str, dict[Line, None]] = {each.submission_id: {} for each in stand}
    with scratch.read(candidate) as connection:
        rows = connection.execute(
            f"select submission_id, saving_ref, plan_year from raw.{SAVINGS.table} order by source_row"  # noqa: S608 - declared
        ).fetchall()
    for submission_id, *line in rows:
        if submission_id in found:
            found[submission_id][*line] = None
    return found


def _published_as(candidate: Path, ledger: LedgerView, code_sha256: str) -> Event[Published] | None:
    """Return the last publishing, if it was of the candidate as it lies there, made by the code of now."""
    last = ledger.last_event(Published, SameContent)
    if last is None or last.payload.inputs["code_sha256"] != code_sha256:
        return None
    is_the_file = candidate.is_file() and file_sha256(candidate) == last.payload.candidate_sha256
    return last if is_the_file else None
