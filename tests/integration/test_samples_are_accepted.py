"""The sample returns, through the real reader, as typed lines (``test_samples`` has their warnings)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sources.custody.history_list import read_history
from sources.findings.findings import Severity, Verdict
from sources.judging.checks import judge
from sources.reader.workbook import read_cells
from sources.reference.reference import bundled_reference, read_reference
from sources.samples.published import SAMPLES
from tests.returns import NOTHING_BEFORE

# Baseline, projected as entered, deferred, undeliverable: Table 1, and AH-21-003's excess of 330,000.
TOTALS = {
    "AH": (6_582_000, 3_357_000, 500_000, 0),
    "CH": (1_870_000, 1_870_000, 0, 0),
    "PL": (2_393_000, 510_500, 1_604_000, 0),
}


@pytest.fixture(scope="module")
def judgements():
    reference = read_reference(bundled_reference())
    return {
        entry.directorate_code: _judged(entry.path, entry.directorate_code, entry.received_at, reference)
        for entry in read_history(SAMPLES / "history.csv")
    }


def _judged(path: Path, directorate: str, received_at: datetime, reference):
    book = read_cells(path, path.name)
    return judge(book, directorate, path.name, received_at, reference, NOTHING_BEFORE)


@pytest.mark.parametrize("directorate", ["AH", "CH", "PL"])
def test_a_sample_is_accepted_as_provisional_with_all_its_lines(judgements, directorate):
    judgement = judgements[directorate]
    assert (judgement.verdict, judgement.certification) == (Verdict.ACCEPTED, "Provisional")
    assert (judgement.rows_read, judgement.rows_quarantined) == (len(judgement.tables["savings_line"]), 0)


@pytest.mark.parametrize("directorate", ["AH", "CH", "PL"])
def test_all_that_keeps_a_sample_from_being_certified_is_its_two_signatures(judgements, directorate):
    others = [finding for finding in judgements[directorate].findings if finding.severity is not Severity.WARN]
    assert [(finding.rule, finding.severity, finding.column) for finding in others] == [
        ("D52", Severity.CERTIFY, "director_name"),
        ("D52", Severity.CERTIFY, "finance_bp_name"),
    ]


@pytest.mark.parametrize("directorate", ["AH", "CH", "PL"])
def test_the_lines_of_a_sample_add_up_to_table_1(judgements, directorate):
    rows = judgements[directorate].tables["savings_line"]
    columns = ("baseline_gbp", "projected_gbp", "deferred_gbp", "undeliverable_gbp")
    assert tuple(sum(row[column] for row in rows) for column in columns) == tuple(map(Decimal, TOTALS[directorate]))


def test_not_applicable_is_kept_as_zero_with_a_flag(judgements):
    rows = judgements["CH"].tables["savings_line"]
    assert [(row["deferred_gbp"], row["is_deferred_not_applicable"]) for row in rows] == [(Decimal(0), True)] * 3
