"""How fast returns are read, and in how much memory, beside a bare read of the same files.

Run as ``python benchmarks/bench_reader.py [files]``; writes ``reader.json`` beside this file. Both
readings happen in the same run, so that the ratio holds on a busy machine where seconds do not.
Bare means: inflate every part, look at nothing. What a fresh process costs is in our figure and
not in the bare one: it is the price of a file that cannot harm the next one.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import xlsxwriter

from sources.reader.cells import Workbook
from sources.reader.workbook import read_cells, read_many
from sources.template.declaration import PROJECTS, SAVINGS

RESULT = Path(__file__).with_name("reader.json")
# Peak memory counts from the process that starts the child, so a small one starts it.
LAUNCHER = """
import resource, sys
from sources.reader import workbook
with open(sys.argv[1], "rb") as stream:
    child = workbook._start(stream.fileno(), "return.xlsx", workbook.DEFAULT_LIMITS)
workbook._take_answer(child, workbook.DEFAULT_LIMITS)
workbook._end(child)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
LINES = 160  # with 25 columns, and half as many projects: some 5,000 filled cells
DEFAULT_FILES = 60


def write_return(path: Path) -> None:
    """Write a workbook with the sheets and columns of a large return."""
    with xlsxwriter.Workbook(path) as book:
        for sheet, lines in ((SAVINGS, LINES), (PROJECTS, LINES // 2)):
            tab = book.add_worksheet(sheet.name)
            tab.write_row(0, 0, [column.name for column in sheet.columns])
            for row in range(1, lines + 1):
                for number, column in enumerate(sheet.columns):
                    tab.write(row, number, row * 1234.5 + number if column.is_money else f"{column.name} {row % 40}")


def bare_read(path: Path) -> int:
    """Inflate every part of a workbook; return how many bytes that makes."""
    with zipfile.ZipFile(path) as archive:
        return sum(len(archive.read(name)) for name in archive.namelist())


def peak_child_kibibytes(path: Path) -> int:
    """Return the most memory that the child used for one reading."""
    command = [sys.executable, "-c", LAUNCHER, str(path)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603 - our own code


def processor_seconds() -> float:
    """Return the processor time of this process and of its ended children so far."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def measure(path: Path, files: int) -> dict[str, object]:
    """Read one workbook so many times, bare and guarded, and return what was seen."""
    first = read_cells(path, path.name)
    if not isinstance(first, Workbook):
        raise SystemExit(f"the benchmark's own workbook was refused: {first.message}")
    started = processor_seconds()
    inflated = [bare_read(path) for _ in range(files)][-1]
    bare = processor_seconds() - started

    started, clock = processor_seconds(), time.perf_counter()
    refused = sum(not isinstance(outcome, Workbook) for outcome in read_many([(path, path.name)] * files))
    guarded, wall = processor_seconds() - started, time.perf_counter() - clock
    if refused:
        raise SystemExit(f"{refused} of {files} readings were refused")
    return {
        "files": files,
        "cells_per_file": sum(len(sheet.cells) for sheet in first.sheets),
        "inflated_bytes_per_file": inflated,
        "files_per_second_per_core": round(files / guarded, 1),
        "files_per_second_all_cores": round(files / wall, 1),
        "bare_files_per_second_per_core": round(files / bare, 1),
        "times_a_bare_read": round(guarded / bare, 1),
        "peak_child_mebibytes": round(peak_child_kibibytes(path) / 1024, 1),
        "peak_parent_mebibytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main() -> None:
    """Measure, print and write the result."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "return.xlsx"
        write_return(path)
        result = measure(path, files)
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
