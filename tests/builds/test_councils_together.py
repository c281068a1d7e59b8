"""One build over the lines of all councils (issue 15, item 2; decision 0024), on councils with a release each."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from click.testing import Result
from typer.testing import CliRunner

from dbt_project import candidate as scratch
from dbt_project.engines import DUCKDB
from dbt_project.load_raw import tables_of
from dbt_project.published import published_tables
from orchestration import councils_together
from orchestration.cli import app
from orchestration.councils import BUILT, JOINED, councils_of, home_of_all
from orchestration.councils_together import Built, NothingBuiltError, build_together
from orchestration.exit_codes import Exit
from orchestration.settings_file import NAME
from publishing import reader
from publishing.councils import built as parts_of
from publishing.manifest import Manifest, read_manifest
from sources.clock import system_clock
from sources.custody.ledger import Ledger, LedgerView
from sources.home import Home
from sources.intake.adoption import adopt_reference
from sources.reference.reference import read_reference
from tests.council_homes import live_as_typed_lines
from tests.council_totals import compare_all
from tests.council_years import CouncilYear, code_of
from tests.same_rows import differing
from tests.unchecked_releases import CODE, publish_unchecked

STATES = "select folder, state, reason, release_id is not null from marts.dim_council order by folder"


def savings(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["councils", *arguments])


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, parsed_manifest: Path) -> tuple[Path, dict[str, CouncilYear]]:
    """Three councils by the models' SQL alone, joined, and their years by code."""
    folder, tables = tmp_path_factory.mktemp("three") / "councils", published_tables(parsed_manifest)
    years = {}
    for seed in (1, 2, 3):
        years[code_of(seed)] = live_as_typed_lines(seed, folder / f"council-{seed}")
        publish_unchecked(Home.at(folder / f"council-{seed}" / "home"), tables)
    assert savings("join", str(folder)).exit_code == Exit.DONE
    return folder, years


@pytest.fixture
def folder(three: tuple[Path, dict[str, CouncilYear]], tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    shutil.copytree(three[0], tmp_path / "councils", symlinks=True, ignore=shutil.ignore_patterns(BUILT))
    return tmp_path / "councils"


def built(folder: Path) -> Built:
    """Build with the code that has made the councils' own releases."""
    home = home_of_all(folder, BUILT, None)
    return build_together(home, councils_of(folder), engine=DUCKDB, code_sha256=CODE, clock=system_clock)


def states(folder: Path) -> list[tuple[Any, ...]]:
    with reader.connect(folder / BUILT / "current") as connection:
        return connection.execute(STATES).fetchall()


def test_the_tables_of_one_build_are_those_that_the_councils_builds_give_and_its_totals_a_plain_calculation_s(
    three: tuple[Path, dict[str, CouncilYear]],
) -> None:
    folder, years = three
    done = savings("build", str(folder), "--json")
    assert done.exit_code == Exit.DONE, done.output
    release = folder / BUILT / "current"
    assert json.loads(done.stdout)["release_id"] == release.resolve().name
    assert compare_all(release, years) > 90
    assert not_in_both(folder / JOINED / "current", release) == {}
    again = json.loads(savings("build", str(folder), "--json").stdout)
    assert again == {**json.loads(done.stdout), "is_new": False}


def not_in_both(joined: Path, built: Path) -> dict[str, list[Any]]:
    """Return the rows that one of two releases has and the other lacks, by table."""
    with duckdb.connect() as connection:
        for name, release in (("joined", joined), ("built", built)):
            connection.execute(f"attach '{release / 'savings.duckdb'}' as {name} (read_only)")
        ours = """
            select 'marts.' || table_name from duckdb_tables()
            where database_name = 'built' and table_name <> 'dim_council'
        """
        tables = [table for (table,) in connection.execute(ours).fetchall()]
        assert len(tables) > 50
        return differing(connection, ("joined", "built"), tables)


def test_a_council_whose_rows_break_a_rule_or_are_not_those_of_its_own_release_is_left_out_by_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the others have the rows that they have with it."""
    monkeypatch.setattr(councils_together, "tables_of", _with_half_a_theme_for("council-1"))
    monkeypatch.setattr(parts_of, "read_manifest", _with_a_row_more_for("council-2"))
    done = built(folder)
    assert done.is_new
    rows = {row[0]: row[1:] for row in states(folder)}
    assert rows["council-3"] == ("built", None, True)
    assert rows["council-1"][0] == rows["council-2"][0] == "left out"
    assert "Its rows break a rule. " in rows["council-1"][1]
    assert "Its rows are not those of its own release R000001-" in rows["council-2"][1]
    assert rows["council-2"][1].endswith("made of the same: fct_savings_position.")
    with reader.connect(folder / BUILT / "current") as connection:
        assert connection.execute("select distinct council_code from marts.fct_savings_position").fetchall() == [
            (code_of(3),)
        ]


def _with_half_a_theme_for(folder: str) -> Any:
    def tables(home: Home, *others: Any) -> tuple[scratch.Tables, scratch.Tables]:
        raw, reference = tables_of(home, *others)
        if home.root.parent.name != folder:
            return raw, reference
        projects = raw["project"]
        halves = pa.array(["T1:0.500000"] * len(projects), pa.string())
        place = projects.column_names.index("theme_code")
        return {**raw, "project": projects.set_column(place, projects.field(place), halves)}, reference

    return tables


def test_councils_whose_rows_the_database_refuses_are_found_and_the_others_built(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a null where none may be it does not say in which council."""
    live_as_typed_lines(4, folder / "council-4")
    monkeypatch.setattr(councils_together, "tables_of", _with_unnamed_projects_for("council-1", "council-4"))
    assert built(folder).is_new
    rows = {row[0]: row[1:] for row in states(folder)}
    assert [rows[f"council-{number}"][0] for number in (1, 2, 3, 4)] == ["left out", "built", "built", "left out"]
    for number in (1, 4):
        assert rows[f"council-{number}"][1].startswith("The database refuses its rows. ")


def _with_unnamed_projects_for(*folders: str) -> Any:
    def tables(home: Home, *others: Any) -> tuple[scratch.Tables, scratch.Tables]:
        raw, reference = tables_of(home, *others)
        projects = raw["project"]
        place = projects.column_names.index("project_name")
        unnamed = projects.set_column(place, projects.field(place), pa.nulls(len(projects), pa.string()))
        return {**raw, "project": unnamed if home.root.parent.name in folders else projects}, reference

    return tables


def _with_a_row_more_for(folder: str) -> Any:
    def manifest(release: Path) -> Manifest:
        found = read_manifest(release)
        if folder not in release.parts:
            return found
        size = found.tables["fct_savings_position"]
        return replace(found, tables={**found.tables, "fct_savings_position": replace(size, rows=size.rows + 1)})

    return manifest


def test_a_council_that_cannot_be_read_is_left_out_and_says_what_to_do(folder: Path) -> None:
    line = next((folder / "council-1" / "home" / "lines").glob("*/savings_line.parquet"))
    line.chmod(0o600)
    line.write_bytes(line.read_bytes() + b" ")
    (folder / "council-2" / NAME).unlink()
    lists = folder / "council-3" / "reference" / "setting.csv"
    lists.write_text(lists.read_text("utf-8").replace(code_of(3), code_of(4)), encoding="utf-8")
    live_as_typed_lines(5, folder / "council-5")
    (folder / "council-5" / "home" / "current").write_text("no link", encoding="utf-8")
    done = savings("build", str(folder), "--json")
    assert done.exit_code == Exit.REFUSED, done.output
    reasons = {each["folder"]: each["reason"] for each in json.loads(done.stdout)["councils"]}
    assert reasons["council-1"].endswith("are missing or altered: run `savings load` in its folder.")
    assert "No savings.toml can be read in it" in reasons["council-2"]
    assert reasons["council-3"].endswith(f"is of council {code_of(3)}, its lists are of {code_of(4)}.")
    assert reasons["council-5"] is None


def test_a_council_that_lacks_lists_it_adopted_long_ago_is_left_out_until_it_has_them_again(folder: Path) -> None:
    """Decision 0024: a council whose vault is damaged stops nobody else."""
    home = Home.at(folder / "council-1" / "home")
    lists = folder / "council-1" / "reference"
    themes = lists / "theme.csv"
    themes.write_text(themes.read_text("utf-8").rstrip() + "\n\n", encoding="utf-8")
    with Ledger.open(home) as ledger:
        first = ledger.vault.reference_folder(ledger.adoptions()[-1].payload.reference_sha256)
        adopt_reference(read_reference(lists), ledger, system_clock)
        assert len(ledger.adoptions()) == 2
    away = first.rename(first.with_name("away"))
    done = savings("build", str(folder), "--json")
    assert done.exit_code == Exit.REFUSED, done.output
    reasons = {each["folder"]: each["reason"] for each in json.loads(done.stdout)["councils"]}
    assert reasons.pop("council-1").startswith(f"Reference folder {first.name} is missing ({first}) Nothing was")
    assert set(reasons.values()) == {None}
    away.rename(first)
    again = json.loads(savings("build", str(folder), "--json").stdout)
    assert {each["reason"] for each in again["councils"]} == {None}


def test_nothing_is_written_where_no_council_can_be_built(folder: Path) -> None:
    for line in folder.glob("council-*/home/lines/*/savings_line.parquet"):
        line.unlink()
    with pytest.raises(NothingBuiltError, match="council-1: The typed lines of"):
        built(folder)
    assert not (folder / BUILT / "current").exists()
    assert savings("build", str(folder)).exit_code == Exit.NOT_PUBLISHED


def test_a_return_that_is_taken_in_meanwhile_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = councils_together.inputs_in_force
    moments = iter(("before", "before", "before", "after"))

    def inputs(ledger: LedgerView, code: str) -> Any:
        return replace(real(ledger, code), lines_sha256=next(moments))

    monkeypatch.setattr(councils_together, "inputs_in_force", inputs)
    with pytest.raises(councils_together.ChangedMeanwhileError, match="council-1 has just taken a return in"):
        built(folder)


def test_a_council_may_not_be_where_the_release_of_all_goes(folder: Path) -> None:
    shutil.copytree(folder / "council-1", folder / BUILT)
    done = savings("build", str(folder))
    assert done.exit_code == Exit.WRONG_USE
    assert "is where a release of all goes" in done.output
