"""One planted defect: a clean return changed in one place, and the finding that it has to raise.

Here belongs the shape of a defect and what every one is held to. The defects themselves are in
the tests of their subjects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from sources.reader.cells import Workbook
from tests.returns import found, judged, told


@dataclass(frozen=True)
class Defect:
    """What is wrong, and what has to be said of it.

    Attributes:
        name: The defect as a sentence.
        book: The return.
        rule: The check that has to find it.
        severity: ``B``, ``H``, ``W`` or ``C``.
        where: ``Savings!M2``, or a sheet's name, or empty for the file.
        says: What the message has to name: the value entered, or what it is set against.
        also: Further findings that are meant, as rule, severity and address.
        how: How it is judged (``returns.judged``).
    """

    name: str
    book: Workbook
    rule: str
    severity: str
    where: str
    says: str
    also: tuple[tuple[str, str, str], ...] = ()
    how: dict[str, Any] = field(default_factory=dict)


def each(defects: list[Defect]) -> pytest.MarkDecorator:
    """Return the mark that runs a test once a defect."""
    return pytest.mark.parametrize("defect", defects, ids=[defect.name.replace(" ", "_") for defect in defects])


def assert_found_and_nothing_else(defect: Defect) -> None:
    """The defect is found in its place, its message names it, and nothing else is said."""
    judgement = judged(defect.book, **defect.how)
    assert sorted(told(judgement)) == sorted([(defect.rule, defect.severity, defect.where), *defect.also])
    finding = found(judgement, defect.rule)[0]
    assert defect.says in finding.message
    if defect.where:
        assert finding.message.startswith(defect.where)
