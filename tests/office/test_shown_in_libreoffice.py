"""What LibreOffice shows of a number is what is read, over some hundred number formats (ruling B2).

A format is put together from pieces that councils use and pieces that lie. LibreOffice writes the
sheet as it shows it; what a person makes of that text is worked out here by a grammar of its own.
"""

from __future__ import annotations

import csv
import re
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random

import pytest
import xlsxwriter

from sources.grammar.money import parse_money
from sources.grammar.parsed import NoteKind, NotParsed
from sources.reader.workbook import read_cells
from tests.programs import LIBREOFFICE
from tests.second_opinion import as_workbook

BEFORE = [
    "",
    "£",
    '"£"',
    "[$£-809]",
    "[$€-2] ",
    "$",
    "[$GBP] ",
    "-",
    "(",
    "+",
    '"c."',
    "[Red]",
    "_-",
    "\\~",
    "[>=1000]",
]
NUMBER = [
    "0",
    "#,##0",
    "#,##0.00",
    "#,##0,",
    "0.0,,",
    "0.00,,,",
    "General",
    "# ?/?",
    "0%",
    "0.00E+00",
    "00000",
    "# ##0",
]
AFTER = ["", '"k"', '"m"', '"bn"', "\\m", ' "FTE"', "_)", ")", "-", ' "p.a."', '"000"', "%", '" thousand"']
OTHERS = ["", ";-#,##0", ";(#,##0)", ';-#,##0;"-"', ";;", ';;"nil"', ';0;"N/A"', ';"minus "0;0', ';[<5]"few";0']
VALUES = [0, 1, 5, 999, 1234, 25_000, 45_250.25, 780_000, 2_393_000, 1_234_567.89, 3_000_000_000]
FORMATS = 900
SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,2057,false,false,true"

_SEEN = re.compile(r"\+?(?:£|GBP)? ?\+?(?P<digits>\d[\d, ]*(?:\.\d+)?)(?:E(?P<power>[+-]\d+))? ?(?P<unit>k|m|bn)?")
_UNITS = {None: 1, "k": 10**3, "m": 10**6, "bn": 10**9}


def meant(text: str) -> tuple[Decimal, Decimal] | None:
    """Return between what two amounts the one lies that a person takes a shown text for; None for none."""
    text = text.strip().replace("\u00a0", " ")
    text = text if re.search("[1-9]", text) else text.strip("-()")
    if text in ("", "-", "nil"):
        return Decimal(0), Decimal(0)
    match = _SEEN.fullmatch(text)
    if match is None:
        return None
    digits = Decimal(re.sub("[, ]", "", match["digits"]))
    unit = Decimal(10) ** int(match["power"] or 0) * _UNITS[match["unit"]]
    half = Decimal(1).scaleb(int(digits.as_tuple().exponent)) / 2
    return (digits - half) * unit, (digits + half) * unit


def cases() -> Iterator[tuple[str, float]]:
    chance = Random(2)  # noqa: S311 - the same formats every time
    codes = ["".join(pieces) for pieces in product(BEFORE, NUMBER, AFTER, OTHERS)]
    return ((code, chance.choice(VALUES)) for code in chance.sample(codes, FORMATS))


@pytest.mark.needs(LIBREOFFICE)
def test_what_libreoffice_shows_of_a_number_is_what_is_read(tmp_path: Path) -> None:
    book, told = tmp_path / "shown.xlsx", list(cases())
    with xlsxwriter.Workbook(book) as writer:
        sheet = writer.add_worksheet()
        sheet.set_column(0, 0, 60)
        for row, (code, value) in enumerate(told):
            sheet.write_number(row, 0, value, writer.add_format({"num_format": code}))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [LIBREOFFICE.path, profile, "--headless", "--convert-to", SHOWN, "--outdir", str(tmp_path), str(book)]
    subprocess.run(command, check=True, capture_output=True)
    with open(tmp_path / "shown.csv", encoding="utf-8", newline="") as stream:
        shown = ["".join(row) for row in csv.reader(stream)]
    cells = as_workbook(read_cells(book, book.name)).sheets[0].cells
    wrong, read = [], 0
    for row, (code, value) in enumerate(told):
        parsed = parse_money(cells[row + 1, 1])
        if isinstance(parsed, NotParsed) or parsed.exact is None:
            continue
        read += 1
        # Without a unit a scaled number does not say that it is one: it is shown back as it was read.
        is_said = parsed.has(NoteKind.SCALED_FORMAT) and not re.search("[a-z]", shown[row].replace("GBP", ""), re.I)
        seen = meant(shown[row])
        if seen is None or not (seen[0] <= parsed.exact <= seen[1] or is_said):
            wrong.append((code, value, shown[row]))
    assert wrong == []
    assert FORMATS / 10 < read < FORMATS
