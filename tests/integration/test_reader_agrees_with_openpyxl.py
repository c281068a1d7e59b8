"""The second opinion: the guarded reader and openpyxl see the same cells in the same workbooks."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.reader.cells import CellKind
from sources.reader.workbook import read_cells, read_many
from tests.generated_workbooks import by_openpyxl, by_xlsxwriter
from tests.second_opinion import as_workbook, differences_to_openpyxl

SAMPLES = Path(__file__).parents[2] / "sources" / "samples" / "returns"
GENERATED = 120


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("workbooks")
    paths = []
    for seed in range(GENERATED):
        write: Callable[[Path, random.Random], None] = by_openpyxl if seed % 2 else by_xlsxwriter
        paths.append(folder / f"{seed}.xlsx")
        write(paths[-1], random.Random(seed))  # noqa: S311 - the same workbooks every time
    return paths


def test_generated_workbooks_are_read_as_openpyxl_reads_them(generated: list[Path]) -> None:
    outcomes = list(read_many((path, path.name) for path in generated))
    differences = [
        f"{path.name}: {difference}"
        for path, outcome in zip(generated, outcomes, strict=True)
        for difference in differences_to_openpyxl(path, outcome)
    ]
    assert differences == []
    kinds = {
        cell.kind for outcome in outcomes for sheet in as_workbook(outcome).sheets for cell in sheet.cells.values()
    }
    assert kinds == set(CellKind)


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.xlsx")), ids=lambda path: path.name)
def test_every_sample_return_is_read_as_openpyxl_reads_it(path: Path) -> None:
    assert list(differences_to_openpyxl(path, read_cells(path, path.name))) == []


def test_there_are_sample_returns_to_compare() -> None:
    assert list(SAMPLES.rglob("*.xlsx"))
