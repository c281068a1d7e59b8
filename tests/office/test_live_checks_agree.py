"""The live checks of the workbook and the judgement at the door agree, over hundreds of edits (ruling A6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Any

import openpyxl
import pytest

from sources.contract.live_checks import NO_LIVE_TWIN, LiveCheck
from sources.contract.live_formulas import ERROR_IN_A_CELL, is_offending
from sources.contract.start_page import MOST_SHOWN
from sources.contract.writer import write_template
from sources.findings.findings import Judgement, Severity
from sources.findings.rules import RULES, JudgedAt
from sources.reader.cells import Workbook
from sources.reader.workbook import read_cells
from sources.template.declaration import SAVINGS, SHEETS, START_SHEET
from tests.edited_returns import at
from tests.generated_edits import Rows, closedown, others_edited, savings_edited
from tests.libreoffice import WORKBOOK, Job, at_work
from tests.live_questions import Answer, answers, ask, live_now, turned
from tests.mistakes import ERROR
from tests.programs import LIBREOFFICE, UNO
from tests.returns import YEAR, form_fields, judged, reference

pytestmark = pytest.mark.needs(LIBREOFFICE, UNO)

FEWEST_EDITS = 300
EDITED: dict[str, tuple[str, Callable[[], Rows]]] = {
    "savings": ("P06", savings_edited),
    "others": ("P06", others_edited),
    "closedown": ("P13", closedown),
}
# What the column of what is unexplained is worked out from.
_BASELINE_PLACED = {"baseline_gbp", "projected_gbp", "deferred_gbp", "undeliverable_gbp"}
_LINE = re.compile(r"\w+ [A-Z]+\d+")
# A row that is only begun lists its blank cells: 'Lead directorate' (E100).
_CELL_OF_ITS_SHEET = re.compile(r"\(([A-Z]{1,3}[0-9]+)\)")
_ADDRESS = re.compile(r"(\w+)!([A-Z]+\d+)")
_OTHER_COLUMN = re.compile(r"(\w+)!\$([A-Z]+)\$\d+:")
# A reference that is read all the same is not written as it ought to be either way.
_SAME_FAULT = {"D14": {"D14", "D46"}, "D09": {"D09", "D46"}}

Place = tuple[str, str]


@dataclass(frozen=True)
class Calculated:
    """A workbook as LibreOffice calculated it.

    Attributes:
        rows: What was written.
        book: The calculated values.
        formulas: The same workbook's formulas.
        judgement: What the door says of it.
    """

    rows: Rows
    book: Any
    formulas: Any
    judgement: Judgement

    @cached_property
    def answers(self) -> list[Answer]:
        """What each live check says of each row."""
        return list(answers(self.book))

    @property
    def red(self) -> list[Answer]:
        """Where a live check finds something."""
        return [answer for answer in self.answers if answer.is_red]

    @property
    def errors(self) -> set[Place]:
        """Cells that show an error."""
        pages = ((sheet.name, self.book[sheet.name]) for sheet in SHEETS)
        return {
            (name, cell.coordinate)
            for name, page in pages
            for row in page.iter_rows()
            for cell in row
            if cell.value == ERROR
        }

    @cached_property
    def told(self) -> dict[Place, set[str]]:
        """By cell the checks of what the door says of it, also where its words only name the cell."""
        told: dict[Place, set[str]] = {}
        for finding in self.judgement.findings:
            places = [(finding.sheet, cell) for cell in [*finding.cells, *_CELL_OF_ITS_SHEET.findall(finding.message)]]
            for place in [*places, *_ADDRESS.findall(finding.message)]:
                told.setdefault(tuple(place), set()).add(finding.rule)
        return told

    @cached_property
    def blocked(self) -> set[Place]:
        """Cells that the door refuses."""
        blocks = [finding for finding in self.judgement.findings if finding.severity is Severity.BLOCK]
        return {(finding.sheet, cell) for finding in blocks for cell in finding.cells}

    def is_told(self, answer: Answer) -> bool:
        """Return whether the door says so too, or refuses what it would follow from."""
        rules = _SAME_FAULT.get(answer.check.rule, {answer.check.rule})
        return bool(rules & self.told.get((answer.check.sheet.name, answer.cell), set())) or any(
            place in self.blocked for place in self._asked(answer)
        )

    def _asked(self, answer: Answer) -> Iterator[Place]:
        """Yield the cells that a live check looks at: of its row, and of a whole column of another sheet."""
        sheet, formula = answer.check.sheet.name, answer.check.formula
        names = {name for _, name, _, _ in Formatter().parse(formula) if name}
        for name in (names | _BASELINE_PLACED if "unexplained" in names else names) - {"unexplained"}:
            yield sheet, _cell(sheet, name, answer.row)
        columns = set(_OTHER_COLUMN.findall(formula))
        yield from (
            (other, cell)
            for other, cell in self.blocked
            if other != sheet and (other, cell.rstrip("0123456789")) in columns
        )


def _cell(sheet: str, column: str, row: int) -> str:
    return at(sheet, column, row).partition("!")[2]


def _written(path: Path, period: str, rows: Rows) -> None:
    write_template(
        path,
        "PL",
        YEAR,
        period,
        reference(),
        rows=rows["Savings"],
        projects=rows["Projects"],
        investment=rows["Investment"],
        risks=rows["Risks"],
        pipeline=rows["Pipeline"],
        deferrals=rows["Deferrals"],
        plan_changes=rows["PlanChanges"],
        return_fields=form_fields(period=period),
        spare_rows=1,
    )
    ask(path, rows)


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Calculated]:
    """Return the workbooks with edits, all calculated in one run of the program."""
    folder = tmp_path_factory.mktemp("live")
    rows = {name: make() for name, (_, make) in EDITED.items()}
    jobs = []
    for name, (period, _) in EDITED.items():
        _written(folder / f"{name}.xlsx", period, rows[name])
        jobs.append(Job(folder / f"{name}.xlsx", saved=[(folder / f"{name}_calculated.xlsx", WORKBOOK)]))
    at_work(jobs, folder)
    return {name: _read(folder / f"{name}_calculated.xlsx", rows[name]) for name in EDITED}


def _read(path: Path, rows: Rows) -> Calculated:
    cells = read_cells(path, path.name)
    assert isinstance(cells, Workbook)
    values, formulas = (openpyxl.load_workbook(path, data_only=values) for values in (True, False))
    return Calculated(rows, values, formulas, judged(cells))


@pytest.mark.parametrize("name", EDITED)
def test_what_is_red_is_refused_or_warned_of_by_the_door(calculated: dict[str, Calculated], name: str) -> None:
    """Ruling A6; what the door takes without a word is thereby not red."""
    one = calculated[name]
    alone = [answer for answer in one.red if not one.is_told(answer)]
    assert one.red
    assert [(each.check.rule, each.check.sheet.name, each.cell, each.check.sentence) for each in alone] == []


def test_every_live_check_is_seen_red_and_seen_green_over_hundreds_of_edits(calculated: dict[str, Calculated]) -> None:
    """Ruling A6."""
    colours: dict[LiveCheck, set[bool]] = {}
    for one in calculated.values():
        for answer in one.answers:
            colours.setdefault(answer.check, set()).add(answer.is_red)
    edits = sum(len(rows) for one in calculated.values() for rows in one.rows.values())
    assert edits > FEWEST_EDITS
    assert [check.sentence for check in live_now()[0] if colours[check] != {True, False}] == []


@pytest.mark.parametrize(
    ("column", "value", "is_red"),
    [
        ("rag", "amber ", False),
        ("projected_gbp", "1,234", False),
        ("projected_gbp", "1.1m", True),
        ("projected_gbp", "TBC", True),
        ("rag", "Amber/Red", True),
        ("service", None, True),
        ("cashable", "Non\u2013cashable", False),
    ],
)
def test_what_people_often_write_is_marked_as_the_door_takes_it(
    calculated: dict[str, Calculated], column: str, value: str | None, is_red: bool
) -> None:
    """Ruling A6: noise in a word and an amount as text are taken without a word; 1.1m is shown back."""
    one = calculated["savings"]
    rows = {
        row
        for row, each in enumerate(one.rows[SAVINGS.name], start=2)
        if each.get(column, "") == value and each.get("saving_ref")
    }
    cells = {(SAVINGS.name, _cell(SAVINGS.name, column, row)) for row in rows}
    reds = {answer.cell for answer in one.red if answer.check.column == column and answer.row in rows}
    assert rows
    assert bool(reds) is is_red
    assert bool({place for place in cells if "D09" in one.told.get(place, ())} or cells & one.blocked) is is_red


def test_a_total_row_is_never_red_with_a_label_or_without(calculated: dict[str, Calculated]) -> None:
    """Ruling A6: a matching total is taken without a word."""
    one = calculated["savings"]
    labels = {"Total", "All of it", "Sum of all"}
    rows = enumerate(one.rows[SAVINGS.name], start=2)
    totals = [row for row, each in rows if labels & {each.get("saving_ref"), each.get("saving_title")}]
    assert len(totals) >= 3
    assert [answer.cell for answer in one.red if answer.row in totals and answer.check.sheet is SAVINGS] == []


@pytest.mark.parametrize("name", EDITED)
def test_a_cell_turns_where_a_live_check_of_it_finds_something_and_nowhere_else(
    calculated: dict[str, Calculated], name: str
) -> None:
    """Ruling A3."""
    one = calculated[name]
    red = {(answer.check.sheet.name, answer.cell) for answer in one.red}
    assert turned(one.book) == red | one.errors


def test_a_cell_that_shows_an_error_turns_and_is_listed_first(calculated: dict[str, Calculated]) -> None:
    """Ruling A6: the door refuses it as well (D07)."""
    one = calculated["others"]
    ((sheet, cell),) = one.errors
    lines = [row[1:3] for row in one.book[START_SHEET].iter_rows(values_only=True, max_col=4)]
    assert "D07" in one.told[sheet, cell]
    assert next(said for place, said in lines if _LINE.fullmatch(str(place or ""))) == ERROR_IN_A_CELL
    assert (f"{sheet} {cell}", ERROR_IN_A_CELL) in lines


def test_the_rule_by_which_a_cell_turns_is_the_live_checks_own(
    calculated: dict[str, Calculated], tmp_path: Path
) -> None:
    """Ruling A3: the formula in the file is the one that is asked here of every row."""
    path = tmp_path / "blank.xlsx"
    write_template(path, "PL", YEAR, "P06", reference())
    book = openpyxl.load_workbook(path)
    checks, totals = live_now()
    for sheet in SHEETS:
        rules = {str(each.sqref): each.rules[0].formula for each in book[sheet.name].conditional_formatting}
        for column in sheet.columns:
            first = _cell(sheet.name, column.name, 2)
            (formula,) = rules[f"{first}:{first.rstrip('2')}1001"]
            assert formula == is_offending(sheet, column.name, checks, totals).removeprefix("=")


@pytest.mark.parametrize("name", EDITED)
def test_a_line_says_what_to_correct_where_a_check_is_red_and_nowhere_else(
    calculated: dict[str, Calculated], name: str
) -> None:
    """Ruling A3."""
    one = calculated[name]
    red = {answer.row for answer in one.red if answer.check.sheet is SAVINGS}
    page = one.book[SAVINGS.name]
    said = {
        row for row in range(2, 2 + len(one.rows[SAVINGS.name])) if page[_cell(SAVINGS.name, "to_correct", row)].value
    }
    assert said == red


@pytest.mark.parametrize("name", EDITED)
def test_the_start_sheet_lists_what_is_red_the_worst_first(calculated: dict[str, Calculated], name: str) -> None:
    """Ruling A3: each line names sheet and cell of the first, what to correct, and how many more rows there are."""
    one = calculated[name]
    by_check: dict[LiveCheck, list[str]] = {}
    for check in live_now()[0]:
        cells = [answer.cell for answer in one.red if answer.check == check]
        if cells:
            by_check[check] = cells
    wanted = [(f"{check.sheet.name} {cells[0]}", check.sentence, len(cells)) for check, cells in by_check.items()]
    page = one.book[START_SHEET]
    lines = [row for row in page.iter_rows(values_only=True, max_col=4) if _LINE.fullmatch(str(row[1] or ""))]
    listed = [(str(row[1]), str(row[2]), _rows(row[3])) for row in lines if row[2] != ERROR_IN_A_CELL]
    assert listed == wanted[: len(listed)]
    assert len(listed) >= min(len(wanted), MOST_SHOWN - 1)
    assert all(check.fault.severity is Severity.BLOCK for check in list(by_check)[:3])


def _rows(more: object) -> int:
    """Return how many rows a line speaks of: ``and 3 more rows`` are four."""
    found = re.search(r"\d+", str(more or ""))
    return 1 + (int(found[0]) if found else 0)


def test_each_line_of_the_start_sheet_is_a_link_to_its_cell(calculated: dict[str, Calculated]) -> None:
    """Ruling A3."""
    one = calculated["closedown"]
    pages = one.formulas[START_SHEET], one.book[START_SHEET]
    links = [(str(formula.value), str(page.value)) for formula, page in zip(pages[0]["B"], pages[1]["B"], strict=True)
             if "HYPERLINK" in str(formula.value) and page.value]  # fmt: skip
    assert len(links) >= 5
    for formula, shown in links:
        sheet, cell = shown.split()
        assert formula.startswith('=IFERROR(HYPERLINK("#"&INDEX(')
        assert sheet in one.book.sheetnames
        assert re.fullmatch(r"[A-Z]{1,2}\d{1,4}", cell)


def test_every_check_of_a_return_has_a_live_twin_or_a_reason_why_not() -> None:
    """Ruling A6."""
    twins = {check.rule for check in live_now()[0]} | {"D03", "D07"}
    without = [rule for rules in NO_LIVE_TWIN.values() for rule in rules]
    at_intake = [rule.code for rule in RULES if rule.judged_at is JudgedAt.INTAKE]
    assert sorted([*twins, *without]) == sorted(at_intake)


def test_the_words_of_a_live_check_are_whole_and_say_what_to_do() -> None:
    """Ruling A6: they are those of the catalogue, as far as a formula can say them."""
    for check in live_now()[0]:
        assert re.fullmatch(r"[^{}\[\]]+: [A-Z][^{}\[\]]*\.", check.sentence), check.sentence
        assert check.sentence.count(". ") >= 1, check.sentence
