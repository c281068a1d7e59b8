"""A finding names the line of each of its cells, so that it is found again in the next return."""

from __future__ import annotations

from sources.findings.findings import Finding
from tests.returns import LINES, at, found, good_return, judged


def explained_by_nothing(*lines):
    """Judge the clean return with £1 of these of its lines unexplained."""
    rows = [
        row | ({"projected_gbp": row["projected_gbp"] - 1, "variance_explanation": None} if number in lines else {})
        for number, row in enumerate(LINES)
    ]
    return judged(good_return(lines=rows))


def test_a_finding_has_the_reference_of_its_row():
    """Ruling F8."""
    finding = found(explained_by_nothing(0), "D22")[0]
    assert (finding.cell, finding.refs) == (at("Savings", "projected_gbp").partition("!")[2], ("PL-21-001",))


def test_a_finding_about_the_form_or_the_whole_file_has_none():
    """Ruling F8."""
    judgement = judged(good_return(edits={at("Return", "prepared_by"): None}))
    assert {ref for finding in judgement.findings for ref in finding.refs} <= {""}
    assert judgement.findings


def test_references_are_kept_with_the_finding():
    finding = found(explained_by_nothing(0), "D22")[0]
    assert Finding.from_json(finding.as_json()) == finding
