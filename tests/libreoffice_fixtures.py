"""The workbooks of ``tests/fixtures/libreoffice``, calculated and saved by LibreOffice (`make generated`).

Here belongs what is in them. LibreOffice is needed to make them, never to test with them.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.edited_returns import sample_path
from tests.generated_workbooks import by_xlsxwriter
from tests.programs import LIBREOFFICE

FIXTURES = Path(__file__).parent / "fixtures" / "libreoffice"
SAMPLE = FIXTURES / sample_path("CH").name
CELLS = FIXTURES / "cells.xlsx"

_RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
 <item oor:path="/org.openoffice.Office.Calc/Formula/Load">
  <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def main() -> None:
    """Have LibreOffice calculate and save the two workbooks, and put them in place."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = _write(folder)
        settings = folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_RECALCULATE_ALWAYS, encoding="utf-8")
        subprocess.run(
            [
                LIBREOFFICE.path,
                "--headless",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--convert-to",
                "xlsx",
                "--outdir",
                str(FIXTURES),
                *map(str, given),
            ],
            check=True,
            capture_output=True,
        )
    for path, data in made_from().items():
        path.write_bytes(data)


def made_from() -> Mapping[Path, bytes]:
    """Return the hashes of the workbooks that LibreOffice is given, as the file ``made-from.sha256`` has to hold them.

    LibreOffice never saves the same bytes twice: what it was given says whether it has to save again.
    """
    with tempfile.TemporaryDirectory() as name:
        lines = [f"{_content_sha256(path)}  {path.name}\n" for path in _write(Path(name))]
    return {FIXTURES / "made-from.sha256": "".join(lines).encode()}


def _content_sha256(path: Path) -> str:
    """Return the hash of a workbook's parts, without the time at which it was made."""
    digest = hashlib.sha256()
    with zipfile.ZipFile(path) as parts:
        for name in sorted(parts.namelist()):
            if name != "docProps/core.xml":
                digest.update(f"{name} {hashlib.sha256(parts.read(name)).hexdigest()}\n".encode())
    return digest.hexdigest()


def _write(folder: Path) -> list[Path]:
    """Write the two workbooks as LibreOffice is given them."""
    shutil.copy(sample_path("CH"), folder / SAMPLE.name)
    by_xlsxwriter(folder / CELLS.name, random.Random(1))  # noqa: S311 - the same workbook every time
    return sorted(folder.glob("*.xlsx"))
