"""Reference folders with one thing wrong: a copy of the bundled one, and a line of it changed.

Here belongs the making of a folder alone. Not here: what is expected of it (the tests).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from sources.reference.folder_required import PERMISSIONS
from sources.reference.reference import Problem, ReferenceProblem, bundled_reference, read_reference


def copy_of_bundled(folder: Path) -> Path:
    """Return a copy of the bundled reference folder that a test may change."""
    copy = folder / "reference"
    shutil.copytree(bundled_reference(), copy)
    return copy


def replace_text(folder: Path, file: str, old: str, new: str) -> int:
    """Change the one place of a file that reads ``old``; return its line.

    Raises:
        AssertionError: If ``old`` is not there exactly once: the test would test nothing.
    """
    path = folder / f"{file}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file}.csv has '{old}' {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def add_rows(folder: Path, file: str, rows: Sequence[str]) -> int:
    """Add lines at the end of a file; return the line of the first."""
    path = folder / f"{file}.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return text.count("\n") + 1


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """Return everything for which a folder is refused; it must be."""
    with pytest.raises(ReferenceProblem) as refused:
        read_reference(folder)
    return refused.value.problems


def with_posts(folder: Path, *rows: str) -> Path:
    """Return the folder with these posts: post, directorate, what it may, account.

    Another post may what none of them may: without it the folder would be refused.
    """
    may = {action for row in rows for action in row.split(",")[2].split(";")}
    others = ";".join(action for action in PERMISSIONS if action not in may)
    rows = (*rows, *([f"Monitoring officer,,{others},nobody"] if others else []))
    text = "".join(f"{row}\n" for row in ("post,directorate_code,may,os_account", *rows))
    (folder / "post.csv").write_text(text, encoding="utf-8")
    return folder


def expecting_only(folder: Path, financial_year: str) -> Path:
    """Return the folder with returns expected for one year alone: no desk fills in a template for each period since."""
    path = folder / "expected_return.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([head, *(row for row in rows if f",{financial_year}," in row)]), encoding="utf-8")
    return folder


def give_group(folder: Path, directorate: str, group: str) -> None:
    """Name the group of a directorate's people, and nobody of the others'."""
    path = folder / "directorate.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    names = head.removesuffix(",os_group").split(",")
    kept = [row.split(",")[: len(names)] for row in rows]
    lines = [[*names, "os_group"], *([*row, group if row[0] == directorate else ""] for row in kept)]
    path.write_text("".join(f"{','.join(line)}\n" for line in lines), encoding="utf-8")


def with_higher_plan(folder: Path) -> Path:
    """Return the folder with £10,000 more for PL in the plan of 2021/22."""
    replace_text(folder, "approved_plan", "PL-21-001,2021/22,PL,true,780000", "PL-21-001,2021/22,PL,true,790000")
    replace_text(folder, "printed_plan_total", "2393000", "2403000")
    return folder
