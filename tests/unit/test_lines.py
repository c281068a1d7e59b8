"""Typed lines read back: whole, or the columns that were asked for."""

from __future__ import annotations

from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from sources.lines.line_files import folder_of, line_schema, read_lines, read_sheet, write_lines
from sources.template.declaration import SAVINGS
from tests.homes import fresh_home
from tests.returns import LINES, good_return, judged


@pytest.fixture
def home(tmp_path):
    home = fresh_home(tmp_path)
    for submission_id in ("PL-1", "PL-2"):
        write_lines(home, submission_id, judged(good_return()).tables)
    return home


def test_lines_are_read_with_every_column_and_whose_they_are(home):
    table = read_lines(home, SAVINGS, ["PL-2", "PL-1"])
    assert table.column_names == ["submission_id", *line_schema(SAVINGS).names]
    assert table["submission_id"].to_pylist() == ["PL-2"] * 4 + ["PL-1"] * 4


def test_nobody_s_lines_are_an_empty_table(home):
    table = read_lines(home, SAVINGS, [])
    assert (len(table), table.column_names) == (0, ["submission_id", *line_schema(SAVINGS).names])


def test_only_the_columns_that_were_asked_for_are_read_in_that_order(home):
    table = read_sheet(home, SAVINGS, "PL-1", ["deferred_gbp", "saving_ref"])
    assert table.to_pylist()[1] == {"deferred_gbp": Decimal("225000.00"), "saving_ref": "PL-21-002"}


def test_a_column_that_was_not_under_contract_when_the_lines_were_stored_is_null(home):
    file = folder_of(home, "PL-1") / "savings_line.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["maturity"]), file)
    table = read_sheet(home, SAVINGS, "PL-1")
    assert table.schema.names == line_schema(SAVINGS).names
    assert table["maturity"].to_pylist() == [None] * 4
    assert table["saving_ref"].to_pylist() == [row["saving_ref"] for row in LINES]


def test_a_column_that_there_is_not_is_an_error(home):
    with pytest.raises(KeyError, match="ragg"):
        read_sheet(home, SAVINGS, "PL-1", ["ragg"])
