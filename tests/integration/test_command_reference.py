"""`savings reference check`: what is wrong with a folder, a line per cause, or what is off; without a home."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.exit_codes import Exit
from sources.custody.ledger import Ledger
from sources.intake.adoption import adopt_reference
from sources.reference.folder_hash import reference_sha256
from sources.reference.reference import bundled_reference, read_reference
from tests.homes import NOON, decide, fresh_home, send
from tests.reference_folder import copy_of_bundled, replace_text
from tests.second_council import first_lists, lists_after, lists_of_the_second_year


def check(*arguments: str):
    return CliRunner().invoke(app, ["reference", "check", *arguments], env={"SAVINGS_HOME": "/nowhere/at/all"})


def test_the_bundled_folder_can_be_used_and_nothing_is_off():
    done = check()

    assert (done.exit_code, done.stdout) == (Exit.DONE, "This folder can be used.\n")


def test_a_folder_without_optional_lists_says_what_is_off(tmp_path: Path):
    folder = copy_of_bundled(tmp_path)
    for name in ("printed_project", "fund"):
        header = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        (folder / f"{name}.csv").write_text(header + "\n", encoding="utf-8")
    done = check(str(folder))

    assert done.exit_code == Exit.DONE
    assert done.stdout.splitlines() == [
        "This folder can be used.",
        "No printed list of projects: the check D56 and the share of printed projects are off.",
        "No list of fund lines: a line's share and window are taken from returns.",
    ]


def test_what_is_wrong_is_said_in_a_line_per_cause_and_to_a_machine_too(tmp_path: Path):
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "directorate", "CO,Corporate", "../x,Corporate")
    replace_text(folder, "setting", "dorset.example", "@x")
    done = check(str(folder))
    told = json.loads(check(str(folder), "--json").stdout)

    assert done.exit_code == Exit.WRONG_USE
    first, second = (line for line in done.stdout.splitlines() if line.startswith(("directorate.csv", "setting.csv")))
    assert first == (
        "directorate.csv, line 5, directorate_code: '../x' cannot be read as code. "
        "Write letters and digits, at most 20, with single hyphens between them, as ENV or ENV-WASTE."
    )
    assert second.endswith("Write what stands after the @, as council.gov.uk.")
    assert told == {"wrong": done.stdout.splitlines(), "off": [], "exit_code": 2}


def run(*arguments: str):
    return CliRunner().invoke(app, ["reference", *arguments], env={"SAVINGS_HOME": "/nowhere/at/all"})


def test_a_folder_is_edited_as_a_workbook_without_a_home(tmp_path: Path):
    book, folder = str(tmp_path / "lists.xlsx"), tmp_path / "reference"
    written = run("workbook", book)
    again = run("workbook", book)
    imported = run("import", book, str(folder))
    once_more = run("import", book, str(folder), "--json")

    assert (written.exit_code, again.exit_code, imported.exit_code) == (Exit.DONE, Exit.WRONG_USE, Exit.DONE)
    assert "add --force to write over it" in again.stderr
    assert imported.stdout.startswith(f"Written to {folder}: directorate.csv, ")
    assert json.loads(once_more.stdout) == {"written": [], "left_out": []}
    assert check(str(folder)).stdout == "This folder can be used.\n"


def test_a_file_that_is_no_workbook_writes_nothing(tmp_path: Path):
    (tmp_path / "lists.xlsx").write_text("directorate_code\n", "utf-8")
    done = run("import", str(tmp_path / "lists.xlsx"), str(tmp_path / "reference"))

    assert done.exit_code == Exit.WRONG_USE
    assert done.stderr.splitlines()[-1] == "Nothing was written."
    assert not (tmp_path / "reference").exists()


def test_a_folder_that_cannot_be_written_is_named_and_the_import_works_once_that_is_corrected(tmp_path: Path):
    book, folder = str(tmp_path / "lists.xlsx"), tmp_path / "reference"
    assert run("workbook", book).exit_code == Exit.DONE
    folder.write_text("a file in the folder's place", "utf-8")
    done = run("import", book, str(folder))

    assert done.exit_code == Exit.WRONG_USE
    assert str(folder) in done.stderr
    assert done.stderr.splitlines()[-1] == "Correct that, then import the workbook again."
    assert folder.read_text("utf-8") == "a file in the folder's place"
    folder.unlink()
    assert run("import", book, str(folder)).exit_code == Exit.DONE


def of_a_warehouse(root: Path, *arguments: str):
    settings = {"SAVINGS_HOME": str(root / "var"), "SAVINGS_REFERENCE_DIR": str(root / "reference")}
    return CliRunner().invoke(app, ["reference", *arguments], env=settings)


def test_a_workbook_without_a_folder_is_of_the_settings_folder_and_says_whether_it_is_in_force(tmp_path: Path):
    """What is waiting is not written over unseen: the folder in force is one option away, and comes back whole."""
    folder, book = copy_of_bundled(tmp_path), str(tmp_path / "lists.xlsx")
    before = of_a_warehouse(tmp_path, "workbook", book)
    with Ledger.open(fresh_home(tmp_path / "var")) as ledger:
        adopt_reference(read_reference(folder), ledger, NOON)
    in_force = of_a_warehouse(tmp_path, "workbook", book, "--force")
    replace_text(folder, "directorate", "CO,Corporate", "CO,Corporate services")
    waiting = of_a_warehouse(tmp_path, "workbook", book, "--force")
    kept = of_a_warehouse(tmp_path, "workbook", book, "--force", "--in-force")
    back = of_a_warehouse(tmp_path, "import", book)

    change_it = f"Change it, then: savings reference import {book}"
    assert before.stdout.splitlines() == [f"{folder} is written to {book}.", change_it]
    assert in_force.stdout.splitlines()[1] == "It is the folder in force."
    assert waiting.stdout.splitlines()[1] == (
        "It is not in force: the folder adopted on 12 October 2021 is. Add --in-force for a workbook of that one."
    )
    assert kept.stdout.splitlines() == [f"The folder in force is written to {book}.", change_it]
    assert back.stdout == f"Written to {folder}: directorate.csv.\n"
    assert reference_sha256(folder) == reference_sha256(bundled_reference())


def test_without_a_warehouse_there_is_no_folder_in_force_and_one_folder_is_enough(tmp_path: Path):
    folder, book = copy_of_bundled(tmp_path), str(tmp_path / "lists.xlsx")
    none = of_a_warehouse(tmp_path, "workbook", book, "--in-force")
    both = of_a_warehouse(tmp_path, "workbook", book, str(folder), "--in-force")

    assert (none.exit_code, both.exit_code) == (Exit.WRONG_USE, Exit.WRONG_USE)
    assert "No reference folder is in force yet" in none.stderr
    assert "not both" in both.stderr
    assert not Path(book).exists()


def test_what_returns_use_and_the_folder_leaves_out_is_said_with_who_uses_it(tmp_path: Path):
    folder = copy_of_bundled(tmp_path)
    with Ledger.open(fresh_home(tmp_path / "var")) as ledger:
        adopt_reference(read_reference(folder), ledger, NOON)
        sent = decide(ledger, send(ledger), "accepted")
    sound = of_a_warehouse(tmp_path, "check")
    replace_text(folder, "reporting_calendar", "2021/22,P06,2021-09-30,2021-10-15\n", "")
    left_out = of_a_warehouse(tmp_path, "check")
    elsewhere = of_a_warehouse(tmp_path, "check", str(bundled_reference()))

    assert (sound.exit_code, elsewhere.exit_code, left_out.exit_code) == (Exit.DONE, Exit.DONE, Exit.WRONG_USE)
    assert left_out.stdout == (
        f"2021/22 P06 is missing in reporting_calendar.csv; put it back (used by {sent.submission_id}).\n"
    )


def test_a_sound_folder_says_what_nobody_can_do_in_it(tmp_path: Path):
    second = lists_of_the_second_year(first_lists(tmp_path / "first"), tmp_path / "second")
    folder = lists_after(second, tmp_path / "after")
    replace_text(folder, "post", ",finance\n", ",s151\n")
    for name, of in (("plan_change", "M-S-24-0004"), ("finance_bp", "PEO")):
        lines = (folder / f"{name}.csv").read_text("utf-8").splitlines(keepends=True)
        (folder / f"{name}.csv").write_text("".join(line for line in lines if not line.startswith(of)), "utf-8")
    said = check(str(folder)).stdout.splitlines()

    assert said[0] == "This folder can be used."
    assert said[-3:] == [
        "Only the account s151 tags and confirms releases: no tag can be confirmed, for another has to do it.",
        "PEO has no finance business partner in finance_bp.csv: its returns cannot be certified.",
        "HC ends on 30/09/2025, and the plan leaves it S-24-0004: no return reports them after that. "
        "Add a Move to plan_change.csv for each that is still open.",
    ]
