"""How a council's own budget sheet is read as a plan: its columns, named once and kept in the reference folder.

Here belongs what has to be said of the sheet, and the file that keeps it. Not here: reading the sheet
(``parsing.budget_rows``), and putting its rows into the plan (``intake.plan_import``).
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from sources.reference.folder_cells import NotTypedError, typed
from sources.reference.folder_contract import reference_file

FILE = "budget_sheet.toml"
YEAR_COLUMN = "plan_year"
# What a row of the plan needs; the year is said each time.
NEEDED = {field.name: field for field in reference_file("approved_plan").fields if field.name != YEAR_COLUMN}
# What differs from row to row, so that no value stands for all.
_IN_THE_SHEET = ("saving_ref", "baseline_gbp")


class BudgetSheetProblem(ValueError):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """What is said of a budget sheet cannot be used; a line each says why and how to correct it."""


class BudgetSheet(BaseModel):
    """What is said of a budget sheet.

    Attributes:
        sheet: Its name in the workbook.
        columns: The heading of the column that holds each part of a plan row.
        always: The value of each part that the sheet has no column for.
        in_thousands: Whether its amounts are thousands of pounds.
        savings_are_negative: Whether it writes a saving with a minus.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sheet: str
    columns: dict[str, str]
    always: dict[str, str] = {}
    in_thousands: bool = False
    savings_are_negative: bool = False

    @model_validator(mode="after")
    def _each_part_is_said_once(self) -> BudgetSheet:
        wrong = [f"{name} is no part of a plan row" for name in [*self.columns, *self.always] if name not in NEEDED]
        wrong += [f"{name} is said twice" for name in self.columns if name in self.always]
        wrong += [f"{name} is not said" for name in NEEDED if name not in {*self.columns, *self.always}]
        wrong += [f"{name} needs a column" for name in _IN_THE_SHEET if name in self.always]
        for name, value in self.always.items():
            try:
                typed(NEEDED[name].kind, value) if name in NEEDED else None
            except NotTypedError as error:
                wrong.append(f"{name}: {error}. {error.remedy}")
        if wrong:
            raise ValueError(f"{'; '.join(wrong)}. Say a column or a value for all rows of {', '.join(NEEDED)}.")
        return self

    @property
    def unit(self) -> int:
        """How many pounds a 1 of the sheet is, where the amount says no unit of its own."""
        return 1000 if self.in_thousands else 1

    @property
    def sign(self) -> int:
        """What an amount of the sheet is multiplied by for what is saved."""
        return -1 if self.savings_are_negative else 1


def said_of(given: dict[str, Any]) -> BudgetSheet:
    """Return what is said of a sheet.

    Raises:
        BudgetSheetProblem: If it cannot be used.
    """
    try:
        return BudgetSheet.model_validate(given)
    except ValidationError as error:
        lines = [_line(dict(each)) for each in error.errors()]
        raise BudgetSheetProblem("\n".join(lines)) from None


def _line(wrong: dict[str, Any]) -> str:
    if wrong["type"] == "value_error":
        return str(wrong["ctx"]["error"])
    return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}."


def kept_in(folder: Path) -> BudgetSheet:
    """Return what is kept in a reference folder.

    Raises:
        BudgetSheetProblem: If there is none, or it cannot be used.
    """
    path = folder / FILE
    if not path.is_file():
        raise BudgetSheetProblem(
            f"{path} is not there: name the sheet and its columns once, such as --sheet 'Savings' --column "
            "saving_ref='Ref' --column baseline_gbp='Saving (£)' --always is_cashable=true."
        )
    try:
        return said_of(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise BudgetSheetProblem(f'{path} is not TOML: {error}. Write each setting as name = "value".') from error
    except BudgetSheetProblem as problem:
        raise BudgetSheetProblem(f"{path}: {problem}") from None


def keep_in(folder: Path, said: BudgetSheet) -> None:
    """Write what is said of a sheet into a reference folder."""
    lines = ["# How `savings reference plan` reads the council's budget sheet.", f"sheet = {_quoted(said.sheet)}"]
    lines += [f"{name} = true" for name in ("in_thousands", "savings_are_negative") if getattr(said, name)]
    for table in ("columns", "always"):
        values = getattr(said, table)
        lines += ["", f"[{table}]", *(f"{name} = {_quoted(text)}" for name, text in values.items())]
    (folder / FILE).write_text("\n".join(lines) + "\n", "utf-8")


def _quoted(text: str) -> str:
    """Return a text as TOML has it, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False)
