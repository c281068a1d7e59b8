"""``savings init DIR`` sets up a council of its own, from options, a file of answers, or what is typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.exit_codes import Exit
from sources.grammar.values import Parsed, parse_code
from sources.reader.cells import Cell, CellKind
from sources.reference.folder_checks import relation_problems
from sources.reference.patterns import example_of
from sources.reference.reference import bundled_reference, read_reference
from tests.new_council import ANSWERS, OPTIONS


def savings(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def test_a_council_is_set_up_from_options_in_a_folder_that_passes_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = savings("init", str(tmp_path / "council"), *OPTIONS)
    assert done.exit_code == Exit.DONE, done.output
    monkeypatch.chdir(tmp_path / "council" / "landing")
    checked = savings("reference", "check")
    assert checked.exit_code == Exit.DONE, checked.output
    assert "There is no plan" in checked.stdout
    assert sorted(path.name for path in (tmp_path / "council").iterdir()) == [
        "home",
        "landing",
        "reference",
        "savings.toml",
    ]
    assert sorted(path.name for path in Path.cwd().iterdir() if path.is_dir()) == ["GRO", "OPS"]


def test_options_a_file_and_typing_give_the_same_folder(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(ANSWERS, encoding="utf-8")
    typed = (
        "Northmoor Council",
        "E99000001",
        "northmoor.example",
        "OPS=Operations, GRO=Growth and skills",
        "2025/26",
        "quarters",
        "",
    )
    ways = {
        "options": savings("init", str(tmp_path / "options"), *OPTIONS),
        "file": savings("init", str(tmp_path / "file"), "--answers", str(answers)),
        "typed": savings("init", str(tmp_path / "typed"), typed="\n".join(typed) + "\n"),
    }
    assert {way: done.exit_code for way, done in ways.items()} == dict.fromkeys(ways, Exit.DONE), ways
    assert len({read_reference(tmp_path / way / "reference").sha256 for way in ways}) == 1


def test_an_option_wins_over_the_file(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(ANSWERS, encoding="utf-8")
    done = savings("init", str(tmp_path / "council"), "--answers", str(answers), "--name", "Southmoor Council")
    assert done.exit_code == Exit.DONE, done.output
    reference = read_reference(tmp_path / "council" / "reference")
    assert reference.setting("council_name") == "Southmoor Council"


def test_examples_calendar_and_limits_fit_what_the_council_said(tmp_path: Path) -> None:
    savings("init", str(tmp_path), *OPTIONS)
    reference = read_reference(tmp_path / "reference")
    assert example_of(reference.setting("saving_ref_pattern"), "GRO") == "GRO-01-001"
    assert example_of(reference.setting("project_ref_pattern"), None) == "P-0001"
    periods = [row["reporting_period"] for row in reference.tables["reporting_calendar"]]
    assert periods[:6] == ["P03", "P06", "P09", "P12", "P13", "P03"]
    assert all(row["return_due_date"].weekday() < 5 for row in reference.tables["reporting_calendar"])
    assert reference.is_expected("OPS", "2025/26", "P03")
    assert not reference.is_expected("OPS", "2024/25", "P03")
    assert reference.setting("first_plan_year") == "2023/24"


@pytest.mark.parametrize(
    "codes", [("AB", "C"), ("A-B", "C-D"), tuple(f"D{number:03d}" for number in range(60)), ("X" * 20,)]
)
def test_codes_of_any_length_and_number_give_a_folder_that_passes(tmp_path: Path, codes: tuple[str, ...]) -> None:
    directorates = [option for code in codes for option in ("--directorate", f"{code}=The {code}")]
    others = [option for option in OPTIONS if option != "--directorate" and "=O" not in option and "=G" not in option]
    done = savings("init", str(tmp_path), *others, *directorates)
    assert done.exit_code == Exit.DONE, done.output
    reference = read_reference(tmp_path / "reference")
    assert relation_problems(reference.tables) == []
    assert example_of(reference.setting("saving_ref_pattern"), codes[-1])


def test_references_are_of_the_codes_in_capitals_as_they_are_read(tmp_path: Path) -> None:
    directorates = ("--directorate", "Ad=Adults", "--directorate", "Ch=Children")
    others = [option for option in OPTIONS if option != "--directorate" and "=O" not in option and "=G" not in option]
    done = savings("init", str(tmp_path), *others, *directorates)
    assert done.exit_code == Exit.DONE, done.output
    pattern = read_reference(tmp_path / "reference").setting("saving_ref_pattern")
    assert example_of(pattern, "Ch") == "CH-01-001"
    entered = parse_code(Cell("A1", 1, 1, CellKind.TEXT, "Ad-25-001"))
    assert isinstance(entered, Parsed)
    assert re.fullmatch(pattern, entered.value or "")


WRONG = {
    "a code that is a path": (("--directorate", "../x=X"), "directorates ../x:"),
    "a name of the warehouse": (("--directorate", "all=All"), "'all' stands for the whole council"),
    "codes that differ in capitals": (("--directorate", "Ops=X", "--directorate", "OPS=Y"), "capitals alone"),
    "no equals sign": (("--directorate", "OPS"), "'OPS' has no ="),
    "no domain": (("--email-domain", "@x"), "email_domain: '@x' cannot be read"),
    "a year that is none": (("--first-year", "2025"), "first_year: '2025' cannot be read"),
    "weeks": (("--periods", "weeks"), "periods:"),
    "one post": (("--post", "Chief=a"), "posts: name two posts"),
    "an account that is none": (("--post", "A=a", "--post", "B=B b"), "'B b' is not the name of an account"),
    "a name with a line break": (("--name", "A\nB"), "council_name:"),
}


@pytest.mark.parametrize(("options", "line"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_one_line_and_nothing_is_written(tmp_path: Path, options: tuple[str, ...], line: str) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(ANSWERS, encoding="utf-8")
    done = savings("init", str(tmp_path / "council"), "--answers", str(answers), *options)
    assert done.exit_code == Exit.WRONG_USE
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "council").exists()


def test_a_question_that_nobody_answers_and_one_that_nobody_asks_are_named(tmp_path: Path) -> None:
    unanswered = savings("init", str(tmp_path / "council"), "--code", "E99000001")
    assert unanswered.exit_code == Exit.WRONG_USE
    assert "Not answered: council_name, email_domain" in unanswered.stderr
    (tmp_path / "answers.toml").write_text(ANSWERS.replace("council_code", "coucil_code"), encoding="utf-8")
    slip = savings(
        "init", str(tmp_path / "council"), "--answers", str(tmp_path / "answers.toml"), "--code", "E99000001"
    )
    assert "coucil_code: there is no such question" in slip.stderr
    assert not (tmp_path / "council").exists()


def test_a_council_is_never_written_over_and_its_home_is_made_again(tmp_path: Path) -> None:
    assert savings("init", str(tmp_path), *OPTIONS).exit_code == Exit.DONE
    before = (tmp_path / "reference" / "setting.csv").read_bytes()
    again = savings("init", str(tmp_path), *OPTIONS)
    assert again.exit_code == Exit.WRONG_USE
    assert "already" in again.stderr
    (tmp_path / "home" / "outbox").rmdir()
    assert savings("init", str(tmp_path)).exit_code == Exit.DONE
    assert (tmp_path / "home" / "outbox").is_dir()
    assert (tmp_path / "reference" / "setting.csv").read_bytes() == before


def test_the_words_of_the_sample_are_in_no_list_of_a_new_council(tmp_path: Path) -> None:
    savings("init", str(tmp_path), *OPTIONS)
    text = "".join(path.read_text("utf-8") for path in (tmp_path / "reference").glob("*.csv"))
    names = [row["directorate_name"] for row in read_reference(bundled_reference()).tables["directorate"]]
    assert [word for word in ("Dorset", "dorset", "AH-", "PRJ", "2021/22", "CAB-", *names) if word in text] == []
