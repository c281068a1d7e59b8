"""A year's plan put into a reference folder from the council's own budget sheet.

Here belongs the course of an import: what is written, and what is told of what is not. Not here: reading the
sheet (``parsing.budget_rows``), what is said of it (``reference.budget_sheet``), and putting the folder in force
(``adoption``).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from sources.grammar.choices import Choices
from sources.home import set_mode
from sources.intake.folder_import import READ_BY_ALL, read_workbook
from sources.parsing.budget_rows import BudgetRow, budget_rows, pounds_of
from sources.reference.budget_sheet import YEAR_COLUMN, BudgetSheet, BudgetSheetProblem, keep_in
from sources.reference.folder_contract import REFERENCE_FILES, reference_file
from sources.reference.folder_reader import read_texts
from sources.reference.folder_writer import write_list
from sources.reference.reference import read_reference

_PLAN = "approved_plan"


@dataclass(frozen=True)
class PlanImport:
    """What was taken from a budget sheet.

    Attributes:
        taken: Rows that are in the plan now.
        left_out: The others.
        replaced: How many rows of the year the plan had before.
    """

    taken: Sequence[BudgetRow]
    left_out: Sequence[BudgetRow]
    replaced: int

    @cached_property
    def pounds_taken(self) -> Decimal:
        """Pounds of the rows in the plan."""
        return pounds_of(self.taken)

    @cached_property
    def pounds_left_out(self) -> Decimal:
        """Pounds of the others, totals with them."""
        return pounds_of(self.left_out)


def import_plan(path: Path, folder: Path, year: str, said: BudgetSheet) -> PlanImport:
    """Write a year's rows of the plan as a budget sheet has them, in place of those that are there.

    Raises:
        NotAWorkbookError: If the file cannot be read.
        BudgetSheetProblem: If the sheet, a column or the year is not there, or no row can be taken.
        ReferenceProblem: If the folder could not be used with these rows. Nothing is written in any case.
    """
    reference = read_reference(folder)
    starts = {row["financial_year"]: row["start_date"] for row in reference.tables["financial_year"]}
    if year not in starts:
        raise BudgetSheetProblem(f"{year} is not a year of financial_year.csv. It has {', '.join(starts)}.")
    rows = budget_rows(read_workbook(path), said, Choices(reference, day=starts[year]))
    taken, left_out = [row for row in rows if not row.why], [row for row in rows if row.why]
    if not taken:
        first = f" Row {left_out[0].number}: {left_out[0].why}" if left_out else ""
        raise BudgetSheetProblem(f"No row of sheet '{said.sheet}' can be taken.{first}")
    columns, there = read_texts(folder, reference_file(_PLAN))
    others = [row for row in there if row[YEAR_COLUMN] != year]
    plan = [*others, *({YEAR_COLUMN: year, **row.plan} for row in taken)]
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".reference.") as name:
        made = Path(name)
        for file in REFERENCE_FILES:
            shutil.copyfile(folder / f"{file.name}.csv", made / f"{file.name}.csv")
        write_list(made, _PLAN, plan, columns)
        read_reference(made)
        set_mode(made / f"{_PLAN}.csv", READ_BY_ALL)
        (made / f"{_PLAN}.csv").replace(folder / f"{_PLAN}.csv")
    keep_in(folder, said)
    return PlanImport(taken, left_out, len(there) - len(others))
