"""A wrong reference folder is refused, naming file, line and column, what is wrong and how to mend it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sources.reference.folder_cells import NotTypedError, typed
from sources.reference.folder_contract import REFERENCE_FILES, FieldKind
from sources.reference.folder_problems import causes
from sources.reference.folder_required import NEEDED_LISTS, OPTIONAL_LISTS, PERMISSIONS, REQUIRED_WORDS, SETTINGS
from sources.reference.reference import ReferenceProblem, bundled_reference, read_reference, reference_sha256
from tests.reference_folder import add_rows, copy_of_bundled, expecting_only, problems_of, replace_text

# One wrong cell a line: what is wrong, the file, what it reads, what that becomes, the column, what is said.
WRONG_CELLS = [
    line.split(" | ")
    for line in (Path(__file__).parent / "wrong_reference_cells.txt").read_text(encoding="utf-8").splitlines()[1:]
]

# Lists that name rows of an optional one: they go with it.
WITH_IT = {
    "approved_plan": ("printed_plan_total",),
    "programme_phase": ("year_phase",),
    "report": ("published_claim",),
}


@pytest.mark.parametrize(
    ("file", "reads", "becomes", "column", "said"),
    [case[1:] for case in WRONG_CELLS],
    ids=[case[0] for case in WRONG_CELLS],
)
def test_a_wrong_cell_is_one_line_that_names_its_file_line_and_column(
    tmp_path: Path, file: str, reads: str, becomes: str, column: str, said: str
) -> None:
    folder = copy_of_bundled(tmp_path)
    line = replace_text(folder, file, reads, becomes)
    found = {(problem.file, problem.line, problem.column): problem for problem in problems_of(folder)}
    assert (f"{file}.csv", line, column) in found
    problem = found[f"{file}.csv", line, column]
    assert said in problem.what
    assert problem.remedy
    (told,) = causes(problems_of(folder))
    assert told.startswith(f"{file}.csv, line {line}, {column}: {problem.what}. {problem.remedy}.")


@pytest.mark.parametrize(
    ("file", "reads", "becomes"),
    [("directorate", "PL,Place", "PL,Pla\u200bce"), ("approved_plan", ",300000,", ",\u0663\u0660\u0660,")],
)
def test_characters_that_only_look_right_are_refused(tmp_path: Path, file: str, reads: str, becomes: str) -> None:
    folder = copy_of_bundled(tmp_path)
    line = replace_text(folder, file, reads, becomes)
    assert (f"{file}.csv", line) in {(problem.file, problem.line) for problem in problems_of(folder)}


@pytest.mark.parametrize(
    ("earliest", "latest"), [("31/12/2018", "31/03/2040"), ("31/12/2018", "2040-03-31"), ("2018-12-31", "01/01/2040")]
)
def test_limits_of_dates_may_be_written_as_excel_writes_them(tmp_path: Path, earliest: str, latest: str) -> None:
    """Ruling D-4."""
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "setting", "earliest_date,2019-04-01", f"earliest_date,{earliest}")
    replace_text(folder, "setting", "latest_date,2040-03-31", f"latest_date,{latest}")
    reference = read_reference(folder)
    assert reference.day("earliest_date") == date(2018, 12, 31)
    assert reference.day("latest_date").year == 2040


@pytest.mark.parametrize("pattern", [r"^[A-Za-z]{3}-\d{4}$", r"^PRJ[^a-z]\d{4}$", r"^\w{3}-\d{4}$"])
def test_a_pattern_may_be_open_to_small_letters_and_capitals(tmp_path: Path, pattern: str) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "setting", r"^PRJ-\d{4}$", pattern)
    assert read_reference(folder).setting("project_ref_pattern") == pattern


def test_the_bundled_folder_is_right() -> None:
    assert read_reference(bundled_reference()).sha256 == reference_sha256(bundled_reference())


@pytest.mark.parametrize("name", [file.name for file in REFERENCE_FILES])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = copy_of_bundled(tmp_path)
    (folder / f"{name}.csv").unlink()
    (problem,) = problems_of(folder)
    assert (problem.file, problem.what) == (f"{name}.csv", "the file is missing")


@pytest.mark.parametrize(
    ("name", "column"),
    [(file.name, field.name) for file in REFERENCE_FILES for field in file.fields if field.default is None],
)
def test_a_missing_column_is_named(tmp_path: Path, name: str, column: str) -> None:
    folder = copy_of_bundled(tmp_path)
    path = folder / f"{name}.csv"
    header, _, rest = path.read_text(encoding="utf-8").partition("\n")
    renamed = ",".join("other" if field == column else field for field in header.split(","))
    path.write_text(f"{renamed}\n{rest}", encoding="utf-8")
    (problem,) = problems_of(folder)
    assert (problem.file, problem.line, problem.column) == (f"{name}.csv", 1, column)
    assert problem.what == "the column is missing"


@pytest.mark.parametrize("setting", [setting.name for setting in SETTINGS if setting.default is None])
def test_a_missing_setting_is_named(tmp_path: Path, setting: str) -> None:
    folder = copy_of_bundled(tmp_path)
    path = folder / "setting.csv"
    kept = [line for line in path.read_text("utf-8").splitlines(keepends=True) if not line.startswith(f"{setting},")]
    path.write_text("".join(kept), "utf-8")
    (problem,) = problems_of(folder)
    assert (problem.file, problem.what) == ("setting.csv", f"'{setting}' is missing")


@pytest.mark.parametrize("setting", [setting.name for setting in SETTINGS if setting.default is None])
def test_a_mistyped_setting_is_one_line_with_the_name_that_was_meant(tmp_path: Path, setting: str) -> None:
    folder = copy_of_bundled(tmp_path)
    line = replace_text(folder, "setting", f"\n{setting},", f"\n{setting}s,") + 1
    (told,) = causes(problems_of(folder))
    assert told == (
        f"setting.csv, line {line}, name: '{setting}s' is not a setting. Write {setting}, or delete the row."
    )


def test_a_folder_in_a_files_place_is_named(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    (folder / "fund.csv").unlink()
    (folder / "fund.csv").mkdir()
    (told,) = causes(problems_of(folder))
    assert told == "fund.csv: the file cannot be read (Is a directory). Put a file there that the service may read."


@pytest.mark.parametrize(
    ("vocabulary", "word"), [(name, word) for name, words in REQUIRED_WORDS.items() for word in words]
)
def test_a_word_that_a_rule_speaks_of_cannot_be_left_out(tmp_path: Path, vocabulary: str, word: str) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "vocabulary", f"\n{vocabulary},{word},", f"\n{vocabulary},Another word,")
    said = {problem.what for problem in problems_of(folder) if problem.file == "vocabulary.csv"}
    assert len(said) == 1
    assert f"'{vocabulary}'" in said.pop()


def test_a_vocabulary_of_the_template_cannot_be_left_out(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    path = folder / "vocabulary.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("eqia_status,", "eqia,"), encoding="utf-8")
    (problem,) = problems_of(folder)
    assert problem.what == "vocabulary 'eqia_status' has no words, and the template has a list of them"


def test_a_key_that_is_there_twice_names_both_lines(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    line = add_rows(folder, "approved_plan", ["AH-21-003,2021/22,AH,true,300000,Another document"])
    (problem,) = problems_of(folder)
    assert (problem.file, problem.line) == ("approved_plan.csv", line)
    assert problem.what == "'AH-21-003 2021/22' is already on line 4"


@pytest.mark.parametrize("first_end", ["", "2024-04-01"])
def test_two_rows_that_hold_on_one_day_are_refused(tmp_path: Path, first_end: str) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "service", "PL-PLA,Planning,PL,2019-04-01,", f"PL-PLA,Planning,PL,2019-04-01,{first_end}")
    line = add_rows(folder, "service", ["PL-PLA,Planning,CO,2024-04-01,"])
    (problem,) = problems_of(folder)
    assert (problem.file, problem.line, problem.column) == ("service.csv", line, "valid_from")


def test_a_row_may_begin_the_day_after_the_one_before_ends(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "service", "PL-PLA,Planning,PL,2019-04-01,", "PL-PLA,Planning,PL,2019-04-01,2024-03-31")
    add_rows(folder, "service", ["PL-PLA,Planning,CO,2024-04-01,"])
    assert len(read_reference(folder).tables["service"]) == 15


def test_everything_that_is_wrong_is_said_at_once_and_once(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "directorate", "Place,2019-04-01", "Place,soon")
    replace_text(folder, "approved_plan", ",300000,", ",TBC,")
    replace_text(folder, "fund", "PRJ-0102,1,", "PRJ-0102,2,")
    said = [(problem.file, problem.column) for problem in problems_of(folder)]
    assert said == [("directorate.csv", "valid_from"), ("approved_plan.csv", "baseline_gbp"), ("fund.csv", "share")]


def test_the_message_names_folder_and_every_problem_with_its_remedy(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "approved_plan", ",300000,", ",TBC,")
    with pytest.raises(ReferenceProblem) as refused:
        read_reference(folder)
    assert str(refused.value) == (
        f"1 problem in the reference folder {folder}:\n"
        "approved_plan.csv, line 4, baseline_gbp: 'TBC' cannot be read as money. "
        "Write pounds with at most two decimals, without £ and commas, as 2393000 or 2393000.50."
    )


def test_text_that_is_not_utf_8_names_its_line(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    path = folder / "directorate.csv"
    path.write_bytes(path.read_bytes().replace(b"Place", b"Pla\xe7e"))
    said = [problem for problem in problems_of(folder) if problem.file == "directorate.csv"]
    assert [(problem.line, problem.what) for problem in said] == [(4, "the text is not UTF-8")]


def test_a_row_with_another_number_of_cells_is_named(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    line = replace_text(folder, "directorate", "AH,Adults & Housing", "AH,Adults, Health & Housing")
    said = [problem for problem in problems_of(folder) if problem.file == "directorate.csv"]
    assert [(problem.line, problem.what) for problem in said] == [(line, "the row has 6 cells and the header 5")]


def test_quotes_that_do_not_close_are_refused(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "report", "Transformation plan annual report", '"Transformation plan annual report')
    said = [problem for problem in problems_of(folder) if problem.file == "report.csv"]
    assert [(problem.line, problem.what) for problem in said] == [(2, "it is not a CSV file (unexpected end of data)")]


def test_a_line_after_text_over_two_lines_is_still_named_right(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "directorate", "AH,Adults & Housing", "\n\nAH,Adults & Housing")
    line = replace_text(folder, "directorate", "Place,2019-04-01", "Place,soon")
    assert line == 6
    assert problems_of(folder)[0].line == 6


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    path = folder / "report.csv"
    header, _, rest = path.read_text(encoding="utf-8").partition("\n")
    path.write_text(f"{header},title\n{rest}", encoding="utf-8")
    assert ("report.csv", 1, "title") in {(each.file, each.line, each.column) for each in problems_of(folder)}


def test_the_bytes_that_spreadsheets_put_in_front_change_nothing_that_is_read(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    path = folder / "directorate.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_reference(folder).tables == read_reference(bundled_reference()).tables


def test_a_column_of_the_councils_own_is_allowed_and_not_loaded(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    path = folder / "report.csv"
    header, row = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{header},author\n{row},nobody\n", encoding="utf-8")
    assert read_reference(folder).tables["report"][0].keys() == {"source_line", "report_code", "title", "meeting_date"}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "nowhere")
    assert problem.what == "there is no such folder"


def test_a_folder_is_byte_for_byte_as_before_once_it_was_read(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    read_reference(folder)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_the_hash_follows_every_file_under_contract_and_nothing_else(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    seen = {reference_sha256(folder)}
    (folder / "README.md").write_text("Other words.", encoding="utf-8")
    assert reference_sha256(folder) in seen
    for file in REFERENCE_FILES:
        with open(folder / f"{file.name}.csv", "a", encoding="utf-8") as stream:
            stream.write("\n")
        seen.add(reference_sha256(folder))
    assert len(seen) == len(REFERENCE_FILES) + 1


def test_two_files_that_change_places_change_the_hash(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    before = reference_sha256(folder)
    theme, value = folder / "theme.csv", folder / "council_value.csv"
    contents = theme.read_bytes(), value.read_bytes()
    theme.write_bytes(contents[1])
    value.write_bytes(contents[0])
    assert reference_sha256(folder) != before


@pytest.mark.parametrize("code", ["0012", "007.10", "1e3", "TRUE"])
def test_a_code_is_kept_as_it_is_written(code: str) -> None:
    assert typed(FieldKind.TEXT, code) == code


@pytest.mark.parametrize("text", ["1e3", "NaN", "Infinity", "1_000", "£12", ".5", "5.", "+5", "--5", "12 ", "1000.005"])
def test_money_is_never_guessed(text: str) -> None:
    with pytest.raises(NotTypedError):
        typed(FieldKind.MONEY, text)


@pytest.mark.parametrize("file", sorted(NEEDED_LISTS))
def test_a_list_that_returns_need_cannot_be_empty(tmp_path: Path, file: str) -> None:
    folder = copy_of_bundled(tmp_path)
    header = (folder / f"{file}.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / f"{file}.csv").write_text(header + "\n", encoding="utf-8")

    assert "the list has no row" in {problem.what.split(",")[0] for problem in problems_of(folder)}


@pytest.mark.parametrize("file", sorted(OPTIONAL_LISTS))
def test_an_optional_list_may_be_empty(tmp_path: Path, file: str) -> None:
    folder = copy_of_bundled(tmp_path)
    # What names rows of these lists goes with them.
    for name in {file, *WITH_IT.get(file, ())}:
        header = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        (folder / f"{name}.csv").write_text(header + "\n", encoding="utf-8")

    assert read_reference(folder).tables[file] == []


def test_whoever_is_to_return_needs_a_service(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    add_rows(folder, "expected_return", ["CO,2021/22,P06"])
    services = (folder / "service.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "service.csv").write_text("".join(row for row in services if not row.startswith("CO-")), encoding="utf-8")

    (problem,) = problems_of(folder)
    assert problem.what == "'CO' is to send returns, and has no service in service.csv"


@pytest.mark.parametrize("action", sorted(PERMISSIONS))
def test_each_thing_that_has_to_be_done_can_be_done_by_a_post(tmp_path: Path, action: str) -> None:
    folder = copy_of_bundled(tmp_path)
    others = ";".join(sorted(set(PERMISSIONS) - {action}))
    (folder / "post.csv").write_text(f"post,directorate_code,may,os_account\nChief officer,,{others},chief\n")

    (problem,) = problems_of(folder)
    assert problem.what == f"no post may {PERMISSIONS[action]}"


def test_what_is_missing_from_a_file_is_named_each_by_itself(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    rows = (folder / "setting.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if not row.startswith(("rag_red_", "rag_amber_"))]
    (folder / "setting.csv").write_text("".join(kept), encoding="utf-8")
    with pytest.raises(ReferenceProblem) as refused:
        read_reference(folder)

    _, *lines = str(refused.value).splitlines()
    assert len(lines) == len(rows) - len(kept) == 4


def test_one_cause_is_said_once_with_the_lines_that_it_is_on(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "setting", r"^(AH|CH|PL|CO)-\d{2}-\d{3}$", r"^(AH|CH|PL|CO)-\d{3}-\d{3}$")
    many = len((folder / "approved_plan.csv").read_text(encoding="utf-8").splitlines()) - 1
    with pytest.raises(ReferenceProblem) as refused:
        read_reference(folder)

    _, line = str(refused.value).splitlines()
    assert line.startswith("approved_plan.csv, line 2, saving_ref: 'AH-21-001' does not look like")
    assert line.endswith(f"The same on {many - 1} more lines: 3, 4, 5, 6, 7 and so on.")


def test_a_plan_before_the_first_plan_year_is_one_line(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "setting", "first_plan_year,2019/20", "first_plan_year,2022/23")
    (told,) = causes(problems_of(folder))
    assert told.startswith(
        "approved_plan.csv, line 2, plan_year: 2021/22 is before first_plan_year, which is 2022/23. "
        "Correct it, or first_plan_year in setting.csv. The same on "
    )


def test_a_plan_that_does_not_come_to_what_is_printed_names_the_total_and_both_amounts(tmp_path: Path) -> None:
    """K2 would stop publishing for every directorate: the folder is not put in force."""
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "approved_plan", "PL-21-001,2021/22,PL,true,780000", "PL-21-001,2021/22,PL,true,870000")
    assert causes(problems_of(folder)) == [
        "printed_plan_total.csv, line 4, baseline_gbp: 2393000.00 is printed, and the cashable lines of PL 2021/22 "
        "add up to 2483000.00. Correct the line of approved_plan.csv that is wrong, or this total."
    ]


def test_what_is_not_printed_or_not_cashable_is_held_to_no_total(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    add_rows(
        folder,
        "approved_plan",
        ["CO-21-001,2021/22,CO,true,1000,a test", "PL-21-009,2021/22,PL,false,1000,a test"],
    )
    add_rows(folder, "printed_plan_total", ["PL,2021/22,false,5000,a test"])
    read_reference(folder)


@pytest.mark.parametrize(
    ("plan", "printed"),
    [
        pytest.param([], "PL,2022/23,true,5000000,a test", id="printed before any line of the year is registered"),
        pytest.param([], "PL,2020/21,true,5000000,a test", id="an older year, for information"),
        pytest.param(
            ["AH-20-001,2020/21,AH,true,1000,a test"],
            "PL,2020/21,true,5000000,a test",
            id="an older year of which another directorate has a line",
        ),
        pytest.param(
            ["PL-22-001,2022/23,PL,true,1000,a test"],
            "ZZ,2022/23,true,5000000,a test",
            id="a directorate that is not expected in that year",
        ),
    ],
)
def test_a_printed_total_that_is_compared_with_nothing_is_held_to_no_plan(
    tmp_path: Path, plan: list[str], printed: str
) -> None:
    """K2 compares what is to be returned: a total may be printed for information."""
    folder = expecting_only(copy_of_bundled(tmp_path), "2021/22")
    add_rows(folder, "directorate", ["ZZ,Former,2019-04-01,2021-03-31,PL"])
    add_rows(folder, "approved_plan", plan)
    add_rows(folder, "printed_plan_total", [printed])
    read_reference(folder)


def test_a_total_of_an_earlier_year_is_held_to_the_lines_that_are_still_returned(tmp_path: Path) -> None:
    """K2 compares the plan of a year for as long as the year is kept (R51)."""
    folder = expecting_only(copy_of_bundled(tmp_path), "2021/22")
    add_rows(folder, "approved_plan", ["PL-20-001,2020/21,PL,true,1000,a test"])
    add_rows(folder, "printed_plan_total", ["PL,2020/21,true,5000000,a test"])
    (told,) = causes(problems_of(folder))
    assert "5000000.00 is printed, and the cashable lines of PL 2020/21 add up to 1000.00" in told


def test_a_change_that_takes_a_line_above_what_no_line_comes_near_is_named(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    add_rows(folder, "decision", ["CAB-1,Cabinet,2021-09-01,A decision"])
    first = add_rows(
        folder,
        "plan_change",
        [
            "CH1,PL-21-001,2021/22,Increase,500000,,,,2021/22,P07,CAB-1",
            "CH2,PL-21-001,2021/22,Increase,98720000.01,,,,2021/22,P08,CAB-1",
        ],
    )
    assert causes(problems_of(folder)) == [
        f"plan_change.csv, line {first + 1}, amount_gbp: 98720000.01: the baseline is then 100000000.01, above "
        "line_limit_gbp (100000000). Check the number of digits. If it is right, raise line_limit_gbp in setting.csv."
    ]


@pytest.mark.parametrize(
    ("row", "total"),
    [
        ([], "10845000.00"),
        (["CH1,PL-21-001,2021/22,Increase,20000000,,,,2021/22,P07,CAB-1"], "30845000.00"),
        (["CH1,PL-21-001,2021/22,Reduce,-700000,,,,2021/22,P07,CAB-1"], "10845000.00"),
    ],
)
def test_a_year_that_comes_to_more_than_the_whole_council_does_is_named(
    tmp_path: Path, row: list[str], total: str
) -> None:
    """As approved or with all that is decided, whichever is more."""
    folder = copy_of_bundled(tmp_path)
    add_rows(folder, "decision", ["CAB-1,Cabinet,2021-09-01,A decision"])
    add_rows(folder, "plan_change", row)
    replace_text(folder, "setting", "council_limit_gbp,1000000000", "council_limit_gbp,10800000")
    (told,) = causes(problems_of(folder))
    assert told.startswith(f"approved_plan.csv, baseline_gbp: the cashable lines of 2021/22 add up to {total}, above")
    assert "council_limit_gbp (10800000); the largest is " in told
