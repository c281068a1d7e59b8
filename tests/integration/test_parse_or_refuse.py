"""Each row of the decision table does what it says, and only that, through reader and judge.

P: nothing is told. W: a warning. B: a finding that blocks the file, for every R about a cell or row.
R: a refusal with its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sources.findings.findings import Verdict
from sources.parsing.sheets import READ_SHEETS
from sources.reader.cells import Refusal, Workbook
from sources.reader.workbook import read_many
from tests.decision_table import TABLE, Row
from tests.returns import judged, told

Books = Mapping[str, Workbook | Refusal]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Write all files and read them, on all cores, by the name of their row."""
    folder: Path = tmp_path_factory.mktemp("sent")
    files = [(folder / str(number), row.file_name) for number, row in enumerate(TABLE)]
    for row, (path, _) in zip(TABLE, files, strict=True):
        path.write_bytes(row.bytes())
    return dict(zip([row.name for row in TABLE], read_many(files, sheets=READ_SHEETS), strict=True))


def test_no_two_rows_have_the_same_name() -> None:
    names = [row.name for row in TABLE]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("row", TABLE, ids=[row.name.replace(" ", "_") for row in TABLE])
def test_a_row_of_the_decision_table_does_what_it_says_and_only_that(row: Row, books: Books) -> None:
    judgement = judged(books[row.name], file_name=row.file_name)
    if isinstance(row.says, str):
        assert (judgement.verdict, judgement.refusal_code) == (Verdict.REFUSED, row.says)
        return
    assert sorted(told(judgement)) == sorted(row.says), [finding.message for finding in judgement.findings]
    is_blocked = any(severity == "B" for _, severity, _ in row.says)
    assert judgement.verdict is (Verdict.BLOCKED if is_blocked else Verdict.ACCEPTED)
    if row.holds:
        column, value = row.holds
        assert judgement.tables["savings_line"][0][column] == value
