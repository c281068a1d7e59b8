"""Each remedy that can be followed in LibreOffice is followed there by a person's hands (ruling B7).

A case is a file that is refused or blocked, what its remedy asks for, and the file that comes of
it, which is read and judged. One LibreOffice does the work of all cases.
"""

from __future__ import annotations

import io
import json
import subprocess
import uuid
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from sources.findings.findings import Judgement, Verdict
from sources.parsing.sheets import READ_SHEETS
from sources.reader.workbook import read_cells
from sources.template.declaration import CONTROL_TOTALS
from tests import hostile
from tests.hostile_files import MACRO_TYPE
from tests.programs import LIBREOFFICE, UNO
from tests.returns import LINES, form_fields, good_return, judged, place_of
from tests.written_returns import written

HANDS = Path(__file__).parents[1] / "libreoffice_hands.py"
# Typed totals: what is stored in another format is calculated anew, and these are no sums of the template's.
TOTALS = {"control_row_count": len(LINES)} | {
    label: sum(line[column] for line in LINES) for label, column in CONTROL_TOTALS.items()
}
GOOD = written(good_return(form=form_fields(**TOTALS)))
AMOUNT = place_of("Savings", "projected_gbp")
SAVINGS_PART = "xl/worksheets/sheet2.xml"


@dataclass(frozen=True)
class Case:
    """A file and its remedy.

    Attributes:
        sent: Its bytes; None where LibreOffice makes it of a good return by ``made_by``.
        told: The refusal's code, or the rule of the finding that blocks it.
        hands: What the person does, besides opening and saving.
        name: What it is called.
        made_by: How LibreOffice stores the good return as that file.
    """

    sent: bytes | None
    told: str
    hands: Mapping[str, str] = field(default_factory=lambda: {"do": "only_save"})
    name: str = "return.xlsx"
    made_by: Mapping[str, str] = field(default_factory=dict)


def with_part_changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the good return's bytes with one part changed."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    return hostile.zipped({**parts, name: change(parts[name])})


def locked(password: str) -> bytes:
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(GOOD)).encrypt(password, stream)
    return stream.getvalue()


def in_utf_16(part: bytes) -> bytes:
    return part.decode().replace("UTF-8", "UTF-16").encode("utf-16")


def on_amount(text: float | str, **font: Any) -> bytes:
    """Return the good return's bytes with the first projected amount written in another font or format."""

    def change(writer: Any, sheets: Mapping[str, Any]) -> None:
        sheets["Savings"].write(AMOUNT, text, writer.add_format(font))

    return written(good_return(), change)


def with_savings(do: Callable[[Any], object]) -> bytes:
    return written(good_return(), lambda _, sheets: do(sheets["Savings"]))


def _on_amount(do: str, text: str = "") -> dict[str, str]:
    return {"do": do, "sheet": "Savings", "cell": AMOUNT, "text": text}


CASES = {
    "a macro workbook": Case(
        with_part_changed(
            "[Content_Types].xml", lambda part: part.replace(hostile.SHEET_TYPE.encode(), MACRO_TYPE.encode())
        ),
        "macro",
        name="return.xlsm",
    ),
    "an older workbook": Case(None, "format-not-supported", name="return.xls", made_by={"filter": "MS Excel 97"}),
    "an OpenDocument file": Case(None, "format-not-supported", name="return.ods", made_by={"filter": "calc8"}),
    "a password": Case(locked("a secret"), "encrypted", {"do": "only_save", "password": "a secret"}),
    "a sheet in UTF-16": Case(with_part_changed(SAVINGS_PART, in_utf_16), "xml-encoding"),
    "something after the directory": Case(GOOD + b"\0", "zip-corrupt"),
    "a cell far outside": Case(
        with_savings(lambda sheet: sheet.write("A200001", "x")),
        "used-range",
        {"do": "type_again", "sheet": "Savings", "cell": "A200001"},
    ),
    "a line through an amount": Case(on_amount(780_000, font_strikeout=True), "D73", _on_amount("take_line_off")),
    "a raised amount": Case(on_amount(780_000, font_script=1), "D73", _on_amount("type_again", "780000")),
    "another unit": Case(on_amount(780_000, num_format='#,##0 "FTE"'), "D74", _on_amount("format_as_number")),
    "two readings": Case(on_amount("780.000"), "D09", _on_amount("type_again", "780000")),
    "a hidden sheet": Case(
        with_savings(lambda sheet: sheet.hide()), "sheet-missing", {"do": "unhide_sheet", "sheet": "Savings"}
    ),
    "a formula of another file": Case(
        with_savings(lambda sheet: sheet.write_formula(AMOUNT, "='[plan.xlsx]Plan'!A1", None, 780_000)),
        "D08",
        _on_amount("type_again", "780000"),
    ),
}


def judgement_on(path: Path, name: str) -> Judgement:
    return judged(read_cells(path, name, sheets=READ_SHEETS), file_name=name)


def work(folder: Path) -> None:
    """Have one LibreOffice make the files that it has to make, then follow every remedy."""
    (folder / "good.xlsx").write_bytes(GOOD)
    jobs: list[dict[str, str]] = []
    for number, case in enumerate(CASES.values()):
        sent = folder / f"sent{number}{Path(case.name).suffix}"
        if case.sent is None:
            jobs.append({"from": str(folder / "good.xlsx"), "to": str(sent), "do": "only_save", **case.made_by})
        else:
            sent.write_bytes(case.sent)
        jobs.append({"from": str(sent), "to": str(folder / f"done{number}.xlsx"), **case.hands})
    pipe = f"savings{uuid.uuid4().hex}"  # no port: another test's server may have taken it meanwhile
    office = subprocess.Popen(
        [
            LIBREOFFICE.path,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        subprocess.run([UNO.path, str(HANDS), pipe], input=json.dumps(jobs), text=True, check=True)
    finally:
        office.kill()
        office.wait()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    work(folder)
    return folder


@pytest.mark.needs(LIBREOFFICE, UNO)
@pytest.mark.parametrize("name", CASES)
def test_what_a_remedy_asks_for_makes_a_file_that_is_taken(name: str, desk: Path) -> None:
    number, case = list(CASES).index(name), CASES[name]
    before = judgement_on(desk / f"sent{number}{Path(case.name).suffix}", case.name)
    assert before.verdict in (Verdict.REFUSED, Verdict.BLOCKED)
    assert case.told in {before.refusal_code, *(finding.rule for finding in before.findings)}
    after = judgement_on(desk / f"done{number}.xlsx", "return.xlsx")
    assert after.verdict is Verdict.ACCEPTED, [finding.message for finding in after.findings]
