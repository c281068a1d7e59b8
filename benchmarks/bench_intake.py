"""What taking returns in costs in processor time, from gate to receipt, beside bare readings of the same files.

Run as ``python benchmarks/bench_intake.py``; writes ``intake.json`` beside this file. The files are the three
illustrative years': some 160 returns, each read, judged, written as typed lines and answered. Floors, in the
same run: openpyxl's two passes (formulas, then values: it has no other way to see both), the same in its
read-only mode, and calamine's one pass (values alone). They guard against nothing and keep nothing.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from zipfile import is_zipfile

import openpyxl
from python_calamine import CalamineWorkbook

from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.home import Home
from sources.intake import intake
from sources.parsing.sheets import READ_SHEETS
from sources.reader.workbook import read_many
from sources.reference.reference import read_reference
from sources.samples.many_years.returns import Sent
from sources.samples.many_years.writing import HISTORY, REFERENCE, path_of, write_many_years

RESULT = Path(__file__).with_name("intake.json")
SEED = 2021
# Peak memory counts from the process that starts another, so a small one starts it.
LAUNCHER = """
import resource, sys
from pathlib import Path
from sources.reader import workbook
workbook.read_cells(Path(sys.argv[1]), "return.xlsx")
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
KIBIBYTES = 1024  # in a mebibyte: the kernel counts in the smaller


def processor_seconds() -> float:
    """Return the processor time of this process and of its ended children so far."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def spent(work: Callable[[], object]) -> float:
    """Return the processor time that something takes."""
    started = processor_seconds()
    work()
    return processor_seconds() - started


def by_openpyxl(paths: Sequence[Path], *, read_only: bool) -> None:
    """Read every cell's formula, and then every cell's value."""
    for path in paths:
        for data_only in (False, True):
            book = openpyxl.load_workbook(path, read_only=read_only, data_only=data_only)
            for sheet in book:
                for row in sheet.iter_rows(values_only=True):
                    list(row)
            book.close()


def by_calamine(paths: Sequence[Path]) -> None:
    """Read every cell's value."""
    for path in paths:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def guarded(paths: Sequence[Path]) -> None:
    """Read them as a night does, each in a process of its own."""
    list(read_many([(path, path.name) for path in paths], sheets=READ_SHEETS))


def peak_kibibytes(path: Path) -> int:
    """Return the most memory that the process that reads, or the one that forked it, has used for one file."""
    command = [sys.executable, "-c", LAUNCHER, str(path)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603 - our own code


def take_in(files: Path, home: Home, sent: Sequence[Sent]) -> None:
    """Take all of the three years in, from bytes to receipts.

    Raises:
        SystemExit: If one got no verdict.
    """
    home.create()
    reference = read_reference(files / REFERENCE)
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference, ledger, fixed_clock(sent[0].received_at - timedelta(seconds=1)))
        outcomes = intake.take_in_history(files / HISTORY, home, ledger, reference)
    if len(outcomes) != len(sent):
        raise SystemExit(f"{len(sent)} returns were sent, and {len(outcomes)} got a verdict")


def measure(folder: Path) -> dict[str, object]:
    """Measure each way of reading, and intake as a whole; return what was seen."""
    files = folder / "files"
    sent = write_many_years(files, SEED)
    paths = sorted({path for path in (path_of(files, each) for each in sent) if is_zipfile(path)})
    guarded(paths[:1])
    by_openpyxl(paths[:1], read_only=True)  # what a first use loads is no file's doing
    reading = spent(lambda: guarded(paths))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    whole = spent(lambda: take_in(files, Home.at(folder / "var"), sent))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bare = spent(lambda: by_openpyxl(paths, read_only=False))
    bare_read_only = spent(lambda: by_openpyxl(paths, read_only=True))
    calamine = spent(lambda: by_calamine(paths))
    return {
        "files": len(paths),
        "ratios": {
            "gate and reading, times openpyxl's two passes": round(reading / bare, 2),
            "gate and reading, times openpyxl's two passes, read-only": round(reading / bare_read_only, 2),
            "gate and reading, times calamine": round(reading / calamine, 1),
            "gate to receipt, times openpyxl's two passes": round(whole / bare, 2),
            "gate to receipt, times openpyxl's two passes, read-only": round(whole / bare_read_only, 2),
            "gate to receipt, times calamine": round(whole / calamine, 1),
        },
        "returns per second and core, gate to receipt": round(len(paths) / whole, 1),
        "peak mebibytes of what reads": round(max(map(peak_kibibytes, paths[:: len(paths) // 10])) / KIBIBYTES, 1),
        "growth of the parent over all returns, mebibytes": round((after - before) / KIBIBYTES, 1),
    }


def main() -> None:
    """Measure, print and write the result."""
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder))
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
