"""A council's first day as docs/first-day.md has it, typed in a shell, on a council that is not the sample's.

The page's commands are run as they stand there; between them, in LibreOffice, finance fills the lists in and an
officer the template. The council is quarterly, with two directorates, one of 1 % of the plan, and every list empty
that may be.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import PROJECT
from publishing import reader
from publishing.data_contract import DATA_CONTRACT
from publishing.questions import questions
from publishing.questions.example import example_of
from sources.home import Home
from tests.invariants import assert_nothing_lost
from tests.libreoffice import WORKBOOK, Job, at_work
from tests.new_council import PERIOD, REPORTED, YEAR, typed_by_finance, typed_by_operations
from tests.other_words import texts_of_a_home, texts_of_a_workbook, words_of_the_sample_in
from tests.programs import LIBREOFFICE, UNO

pytestmark = pytest.mark.needs(LIBREOFFICE, UNO)

PAGE = PROJECT / "docs" / "first-day.md"
GROWTH_BASELINE = 2_000


@dataclass(frozen=True)
class Day:
    """A council's folder at the end of its first day, and what was printed by the commands of each step."""

    folder: Path
    printed: tuple[str, ...]

    @property
    def home(self) -> Path:
        """Everything that the warehouse keeps."""
        return self.folder / "home"


def typed(folder: Path, commands: str) -> str:
    """Run commands in a shell, as an operator types them; return what they print."""
    done = subprocess.run(
        ["sh", "-e", "-c", commands],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DO_NOT_TRACK": "1",
            "COLUMNS": "300",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The day, once for all of these tests."""
    folder = tmp_path_factory.mktemp("first-day")
    steps = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    install, set_up, lists, imported, sent, last = steps
    printed = [typed(folder, f"git() {{ ln -s '{PROJECT}' \"$3\"; }}\n{install}\ncommand -v savings\n{set_up}")]
    council = folder / "council"
    typed(council, lists)
    _typed_in_libreoffice(council / "lists.xlsx", typed_by_finance(), council / "lists.xlsx", folder / "of finance")
    printed += [typed(council, step) for step in (imported, sent)]
    typed(council, f"savings template --directorate OPS --year {YEAR} --period {PERIOD} -o empty.xlsx")
    _typed_in_libreoffice(council / "empty.xlsx", typed_by_operations(), council / "OPS.xlsx", folder / "of operations")
    return Day(council, (*printed, typed(council, last)))


def _typed_in_libreoffice(opened: Path, entries: list[tuple[str, str, str]], saved: Path, profile: Path) -> None:
    profile.mkdir()
    (took,) = at_work([Job(opened, entries, [(saved, WORKBOOK)])], profile)
    assert all(took.values()), took


def table_1(day: Day) -> dict[str, tuple[Decimal | None, ...]]:
    with duckdb.connect(str(day.home / "current" / "savings.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select directorate_code, baseline_gbp, projected_gbp, deferred_gbp, undeliverable_gbp, unexplained_gbp,"
            " not_reported_gbp from marts.rpt_cabinet_table_1 where reporting_year = ? and reporting_period = ?",
            [YEAR, PERIOD],
        ).fetchall()
    return {row[0]: row[1:] for row in rows}


def test_table_1_is_what_a_plain_calculation_gives(day: Day) -> None:
    baseline = sum(planned for planned, _ in REPORTED.values())
    counted = sum(min(pair) for pair in REPORTED.values())
    operations = (baseline, counted, 0, 0, baseline - counted, 0)
    growth = (GROWTH_BASELINE, None, None, None, None, GROWTH_BASELINE)  # its return has not come
    total = (baseline + GROWTH_BASELINE, *operations[1:-1], GROWTH_BASELINE)
    assert table_1(day) == {"OPS": operations, "GRO": growth, "ALL": total}


def test_each_step_says_what_the_page_says_that_it_does(day: Day) -> None:
    set_up, checked, sent, taken_in = day.printed
    assert str(day.folder.parent / "savings-warehouse" / ".venv" / "bin" / "savings") in set_up.splitlines()
    assert "Settings: " in set_up
    assert "This folder can be used." in checked
    assert "No return yet, so nothing is published." in sent
    assert "Accepted" in taken_in
    assert "£200,000" in taken_in


def test_nothing_is_lost_on_the_first_day(day: Day) -> None:
    assert_nothing_lost(Home.at(day.home, day.folder / "landing"))


def test_every_page_workbook_and_manifest_names_the_council(day: Day) -> None:
    desk, release = day.home / "desk", day.home / "current"
    pages = [*desk.rglob("*.html"), *release.resolve().rglob("*.html")]
    pages += [release / name for name in ("manifest.json", "datapackage.json", DATA_CONTRACT)]
    books = [
        *desk.rglob("*.xlsx"),
        *release.resolve().glob("*.xlsx"),
        day.folder / "lists.xlsx",
        day.folder / "empty.xlsx",
    ]
    assert len(pages) > 20
    assert len(books) > 4
    said = {path: path.read_text("utf-8") for path in pages}
    said |= {path: "\n".join(text for _, text in texts_of_a_workbook(path)) for path in books}
    assert [path.name for path, text in said.items() if "Northmoor Council" not in text] == []


def test_without_a_printed_list_there_is_no_share_of_printed_projects(day: Day) -> None:
    with duckdb.connect(str(day.home / "current" / "savings.duckdb"), read_only=True) as connection:
        shares = connection.execute(
            "select baseline_gbp > 0, printed_project_share from marts.rpt_quality_scorecard"
            " where directorate_code = 'OPS'"
        ).fetchall()
    assert shares[0] == (True, None)


def test_the_questions_of_the_release_are_about_this_council_and_the_first_gives_its_table_1(day: Day) -> None:
    with reader.connect(day.home / "current") as connection:
        example = example_of(connection)
        text = questions.page(questions.QUESTIONS, example)
        asked = {each.number: connection.execute(each.sql).fetchall() for each in questions.questions(text)}
    operations = table_1(day)["OPS"][:-1]
    assert (example.period_key, example.plan_year, example.directorate_code) == (202503, YEAR, "OPS")
    assert asked["Q1"] == [("Operations", *operations), ("Total", *operations)]
    assert len(asked) == 20


def test_a_load_with_nothing_new_says_so_and_all_is_as_it_was_recorded(day: Day) -> None:
    before = (day.home / "current").resolve()
    assert "Nothing is new since release" in typed(day.folder, "savings load")
    assert (day.home / "current").resolve() == before
    typed(day.folder, "savings verify --deep")


def test_a_return_of_the_sample_is_refused_and_says_whose_it_is(day: Day) -> None:
    (sample,) = (PROJECT / "sources" / "samples" / "returns" / "PL").glob("*.xlsx")
    said = typed(day.folder, f"savings check --directorate OPS {sample} || test $? = 1")
    assert "made for another council, with the code E06000059. Ours is E99000001." in " ".join(said.split())


def test_no_output_of_another_council_has_a_word_of_the_sample(day: Day) -> None:
    printed = [(f"step {number}", text) for number, text in enumerate(day.printed, start=1)]
    texts = [*printed, *texts_of_a_home(day.home), *texts_of_a_workbook(day.folder / "empty.xlsx")]
    assert len(texts) > 1000
    found = words_of_the_sample_in(texts)
    assert found == {}, json.dumps(found, indent=1)
