"""LibreOffice Calc as a person uses it: opens a workbook, types into cells, saves and prints it.

Here belongs one run of the program for many jobs, for starting it takes longest. Not here: what is
done at its keyboard (``office_script``, which the system's Python runs), and the workbooks saved by
it that are committed (``libreoffice_fixtures``).
"""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.programs import LIBREOFFICE, UNO

WORKBOOK, PDF = "Calc MS Excel 2007 XML", "calc_pdf_Export"
_SCRIPT = Path(__file__).parent / "office_script.py"
_LONGEST_SECONDS = 300


@dataclass(frozen=True)
class Job:
    """What is done with one workbook.

    Attributes:
        opened: The workbook.
        typed: Sheet, cell and text, in order.
        saved: Where it is saved then, with the format.
        sorted: Before that, sheet and cells, headings included, sorted by their first column, the last first.
    """

    opened: Path
    typed: Sequence[tuple[str, str, str]] = ()
    saved: Sequence[tuple[Path, str]] = ()
    sorted: Sequence[tuple[str, str]] = ()


def at_work(jobs: Sequence[Job], folder: Path) -> list[Mapping[str, bool]]:
    """Have the jobs done; return by job whether each cell typed into, and each range sorted, changed.

    Args:
        jobs: What is to be done.
        folder: An empty one of the run's own.
    """
    pipe = f"savings{uuid.uuid4().hex}"
    told = [
        {
            "open": job.opened.as_uri(),
            "type": list(job.typed),
            "sort": list(job.sorted),
            "save": [(path.as_uri(), kind) for path, kind in job.saved],
        }
        for job in jobs
    ]
    (folder / "jobs.json").write_text(json.dumps({"pipe": pipe, "jobs": told}), encoding="utf-8")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    listens = f"--accept=pipe,name={pipe};urp;"
    office = subprocess.Popen(
        [LIBREOFFICE.path, profile, "--headless", "--norestore", listens],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        script = [UNO.path, str(_SCRIPT), str(folder / "jobs.json"), str(folder / "result.json")]
        subprocess.run(script, check=True, timeout=_LONGEST_SECONDS)
        office.wait(timeout=_LONGEST_SECONDS)
    finally:
        office.kill()
    results: list[Mapping[str, bool]] = json.loads((folder / "result.json").read_text("utf-8"))
    return results
