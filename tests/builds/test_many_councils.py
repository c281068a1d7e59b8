"""Years of made-up councils, each in a home of its own, against a plain calculation of each (issue 15, item 2)."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from dbt_project import candidate
from dbt_project.load_raw import load_raw
from orchestration.cli import app
from orchestration.exit_codes import Exit
from sources.custody.ledger import Ledger
from sources.home import Home
from sources.template.declaration import SHEETS
from tests.council_homes import live_as_typed_lines, live_as_workbooks
from tests.council_totals import compare_all
from tests.council_years import code_of

WITH_WORKBOOKS, WITH_LINES = (1,), (2, 3)
# What a workbook has and lines alone do not: the cells that they lie in, what is warned of, their own bytes.
_OF_THE_FILE = {"submission_id", "receipt_seq", "file_sha256", "is_receipt_declared", "warn_count", "certify_count"}
_OF_THE_CELLS = {"submission_id", "source_row"}


def raw_of(place: Path) -> dict[str, pa.Table]:
    """Return what a home's lines and ledger are as raw tables."""
    home = Home.at(place / "home")
    with Ledger.open(home) as ledger:
        load_raw(home.candidate, home, ledger, ledger.vault, "code")
    with candidate.read(home.candidate) as connection:
        return {
            name: connection.table(f"raw.{name}").to_arrow_table()
            for name in ("submission", *(sheet.table for sheet in SHEETS))
        }


def without(columns: set[str], table: pa.Table) -> list[dict[str, object]]:
    """Return a table's rows without some columns and the addresses of cells, in an order of their own."""
    kept = [name for name in table.column_names if name not in columns and not name.endswith("_cell")]
    return sorted(table.select(kept).to_pylist(), key=lambda row: str(list(row.values())))


@pytest.mark.parametrize("seed", [1, 7])
def test_typed_lines_are_those_that_intake_types_from_the_same_returns_in_workbooks(tmp_path: Path, seed: int) -> None:
    live_as_typed_lines(seed, tmp_path / "lines")
    live_as_workbooks(seed, tmp_path / "workbooks")
    by_lines, by_workbooks = raw_of(tmp_path / "lines"), raw_of(tmp_path / "workbooks")
    assert set(by_workbooks["submission"]["state"].to_pylist()) == {"accepted"}
    for table, rows in by_workbooks.items():
        columns = _OF_THE_FILE if table == "submission" else _OF_THE_CELLS
        assert without(columns, by_lines[table]) == without(columns, rows), table


def test_every_figure_of_every_council_and_their_sum_is_what_a_plain_calculation_gives(tmp_path: Path) -> None:
    folder = tmp_path / "councils"
    years = {code_of(seed): live_as_workbooks(seed, folder / f"council-{seed}") for seed in WITH_WORKBOOKS}
    years |= {code_of(seed): live_as_typed_lines(seed, folder / f"council-{seed}") for seed in WITH_LINES}
    done = CliRunner().invoke(app, ["councils", "load", str(folder)])
    assert done.exit_code == Exit.DONE, done.output
    assert compare_all(folder / "joined" / "current", years) > 100
