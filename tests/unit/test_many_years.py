"""The scenario of the three illustrative years: whole, readable, the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.reference.reference import Reference, read_reference
from sources.samples.many_years import timetable
from sources.samples.many_years.council import write_reference
from sources.samples.many_years.returns import returns
from sources.samples.many_years.story import Happening, lines
from sources.samples.many_years.writing import write_many_years
from sources.template.declaration import SAVINGS


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("council") / "reference"
    write_reference(folder, is_later=True)
    return read_reference(folder)


def test_the_same_seed_gives_the_same_returns_and_another_seed_others(reference: Reference):
    assert returns(reference, 1) == returns(reference, 1)
    assert returns(reference, 1) != returns(reference, 2)


def test_every_line_of_the_scenario_is_sent_by_somebody(reference: Reference):
    sent = {(row["saving_ref"], row["plan_year"]) for each in returns(reference, 1) for row in each.tables[SAVINGS]}
    assert sent == {line.key for line in lines()}


def test_every_pound_of_a_row_has_one_place(reference: Reference):
    for each in returns(reference, 3):
        for row in each.tables[SAVINGS]:
            if each.verdict == "accepted":
                placed = min(row["projected_gbp"], row["baseline_gbp"]) + row["deferred_gbp"] + row["undeliverable_gbp"]
                assert 0 <= placed <= row["baseline_gbp"]


@pytest.mark.parametrize(
    "happening",
    [Happening("RS", "2021/22", "P01", "missing", ""), Happening("AH", "2021/22", "P01", "eaten by the dog", "")],
)
def test_a_scenario_that_cannot_be_told_is_refused(monkeypatch: pytest.MonkeyPatch, happening: Happening):
    monkeypatch.setattr(timetable, "happenings", lambda: (happening,))
    with pytest.raises(ValueError, match=r"events\.csv"):
        list(timetable.slots())


def test_nothing_is_written_into_a_folder_that_holds_something(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="not empty"):
        write_many_years(tmp_path, 1)
