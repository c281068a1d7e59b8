"""The catalogue: every number once, every rule of intake tested, every finding of a rule that is listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sources.findings.rules import RULES, JudgedAt, rule_named
from tests.words import catalogue

HERE = Path(__file__).parent
INTAKE = [rule.code for rule in RULES if rule.judged_at is JudgedAt.INTAKE]


def test_the_numbers_are_d01_to_d80_without_the_two_that_are_not_used():
    assert [rule.code for rule in RULES] == [f"D{n:02d}" for n in range(1, 81) if n not in (47, 61)]
    assert [rule.sort_order for rule in RULES] == sorted(rule.sort_order for rule in RULES)


def test_every_name_is_one_sentence():
    assert all(re.fullmatch(r"[A-Z].*\.", rule.name) and "\n" not in rule.name for rule in RULES)


def test_a_rule_is_found_by_its_code_and_severity_is_printed_as_the_specification_does():
    assert rule_named("D22").severity == "W, C, B"
    with pytest.raises(KeyError):
        rule_named("D47")


@pytest.mark.parametrize("code", INTAKE)
def test_every_rule_of_intake_has_a_test_that_names_it(code):
    texts = [path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py") if path.name != Path(__file__).name]
    assert any(f'"{code}"' in text for text in texts)


def test_no_finding_has_a_rule_or_severity_that_is_not_listed():
    spoken = {(kind.rule, kind.severity) for kind in catalogue() if isinstance(getattr(kind, "rule", None), str)}
    assert len(spoken) > 50
    for code, severity in spoken:
        assert severity in rule_named(code).severities, f"{code} {severity}"
        assert rule_named(code).judged_at is JudgedAt.INTAKE
