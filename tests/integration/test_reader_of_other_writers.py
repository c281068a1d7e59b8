"""F-A11: returns saved by LibreOffice, as strict Open XML and with texts in place read as the original does."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sources.findings.findings import Judgement
from sources.reader.workbook import read_cells
from tests import hostile
from tests.edited_returns import sample_path
from tests.libreoffice_fixtures import FIXTURES, SAMPLE
from tests.returns import judged
from tests.second_opinion import as_workbook, differences_to_openpyxl

Parts = Mapping[str, str]
_TEXT = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_SHARED_CELL = re.compile(r'(<c r="\w+"(?: s="\d+")?) t="s"><v>(\d+)</v></c>')


def judgement_of(path: Path) -> Judgement:
    code = path.name.split("_")[1]
    return judged(as_workbook(read_cells(path, path.name)), folder=code, file_name=path.name)


def strict(parts: Parts) -> Parts:
    """The sample in the namespaces of ISO/IEC 29500 Strict."""
    names = {hostile.MAIN: hostile.STRICT, hostile.OFFICE: hostile.STRICT_OFFICE}
    replaced = dict(parts)
    for transitional, other in names.items():
        replaced = {name: text.replace(transitional, other) for name, text in replaced.items()}
    return replaced


def texts_in_place(parts: Parts) -> Parts:
    """The sample without shared strings, as Google Sheets and report writers make them."""
    texts = _TEXT.findall(parts["xl/sharedStrings.xml"])
    return {
        name: _SHARED_CELL.sub(
            lambda cell: f'{cell[1]} t="inlineStr"><is>{texts[int(cell[2])]}</is></c>',
            text,
        )
        for name, text in parts.items()
    }


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.xlsx")), ids=lambda path: path.name)
def test_what_libreoffice_saved_is_read_as_openpyxl_reads_it(path: Path) -> None:
    assert list(differences_to_openpyxl(path, read_cells(path, path.name))) == []


def test_a_return_saved_by_libreoffice_is_judged_as_the_original() -> None:
    assert "LibreOffice" in zipfile.ZipFile(SAMPLE).read("docProps/app.xml").decode()
    saved, original = judgement_of(SAMPLE), judgement_of(sample_path("CH"))
    assert saved == original
    assert len(saved.tables["savings_line"]) == 3


@pytest.mark.parametrize("shape", [strict, texts_in_place], ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("code", ["AH", "PL"])
def test_a_return_in_another_shape_is_judged_as_the_original(
    code: str, shape: Callable[[Parts], Parts], tmp_path: Path
) -> None:
    original = sample_path(code)
    with zipfile.ZipFile(original) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    changed = shape(parts)
    assert changed["xl/worksheets/sheet2.xml"] != parts["xl/worksheets/sheet2.xml"]
    path = tmp_path / original.name
    path.write_bytes(hostile.zipped(changed))
    assert judgement_of(path) == judgement_of(original)
