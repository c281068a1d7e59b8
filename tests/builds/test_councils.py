"""Many councils in one folder: a release joined from theirs, whatever state any of them is in."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import Result
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.councils import looks_at_joined
from orchestration.exit_codes import Exit
from orchestration.settings_file import NAME
from publishing import reader
from publishing.councils.releases import KEPT
from publishing.files import PACKAGE
from publishing.release_tables import release_rows
from sources.clock import system_clock
from sources.home import Home
from tests.small_councils import NORTH, SOUTH, council, night
from tests.small_warehouse import SmallWarehouse, forge_a_figure


def savings(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def joined(folder: Path, code: Exit = Exit.DONE) -> dict[str, Any]:
    """Join the councils of a folder; return what was said."""
    done = savings("councils", "join", str(folder), "--json")
    assert done.exit_code == code, done.output
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def asked(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with reader.connect(folder / "joined" / "current") as connection:
        return connection.execute(sql).fetchall()


POUNDS = "select council_code, amount_gbp from marts.fct_pound order by 1"
STATES = "select folder, state from marts.dim_council order by 1"
BOTH = [(NORTH, Decimal("10.01")), (SOUTH, Decimal("20.02"))]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two councils with a release each, whose keys are the same; to be copied."""
    folder = tmp_path_factory.mktemp("published") / "councils"
    for name, code, pounds in (("north", NORTH, "10.01"), ("south", SOUTH, "20.02")):
        night(council(folder, name, code), pounds)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "councils"
    folder.mkdir()
    return folder


@pytest.fixture
def north(folder: Path, published: Path) -> SmallWarehouse:
    return copied(published, folder, "north", NORTH)


@pytest.fixture
def south(folder: Path, published: Path) -> SmallWarehouse:
    return copied(published, folder, "south", SOUTH)


def copied(published: Path, folder: Path, name: str, code: str) -> SmallWarehouse:
    """Return a council of its own for a test, as it was after its first night."""
    shutil.copytree(published / name, folder / name, symlinks=True)
    checks = published.parent / f"checks of {name}" / "checks.lock"
    return SmallWarehouse(Home.at(folder / name / "home"), checks, nights=1, council=code)


def test_the_watchdog_says_of_which_councils_the_joined_release_lacks_what_they_have_published(
    folder: Path, north: SmallWarehouse, south: SmallWarehouse
) -> None:
    """What came within the last day may wait for the next join; and while nobody joins, nothing is lacking."""
    assert list(looks_at_joined(folder, system_clock())) == []
    joined(folder)
    published_at = night(south, "30.03").manifest.created_at
    tomorrow = published_at + timedelta(hours=27)
    assert list(looks_at_joined(folder, published_at + timedelta(hours=1))) == []
    (found,) = looks_at_joined(folder, tomorrow)
    assert (found.folder, found.code) == ("joined", Exit.NOT_PUBLISHED)
    assert found.said == "The joined release lacks the releases of south. `savings councils join` says why."
    joined(folder)
    assert list(looks_at_joined(folder, tomorrow)) == []


@pytest.mark.usefixtures("north", "south")
def test_each_council_s_rows_are_there_under_its_code_in_the_database_as_parquet_and_as_csv(folder: Path) -> None:
    said = joined(folder)
    assert said["is_new"]
    assert asked(folder, POUNDS) == BOTH
    parquet = folder / "joined" / "current" / "parquet" / "fct_pound.parquet"
    of_the_file = duckdb.read_parquet(str(parquet)).project("council_code, pound_key, amount_gbp").fetchall()
    assert of_the_file == [(code, 1, pounds) for code, pounds in BOTH]
    as_csv = (folder / "joined" / "current" / "csv" / "fct_pound.csv").read_bytes().decode()
    assert as_csv == f"council_code,pound_key,amount_gbp\r\n{NORTH},1,10.01\r\n{SOUTH},1,20.02\r\n"
    refreshed = asked(folder, "select council_code, release_id from marts.meta_last_refreshed order by 1")
    assert refreshed == [(each["council_code"], each["release_id"]) for each in said["councils"]]
    assert asked(folder, STATES) == [("north", "joined"), ("south", "joined")]


@pytest.mark.usefixtures("south")
def test_words_keys_and_references_are_those_of_a_council_with_its_code_before_them(
    folder: Path, north: SmallWarehouse
) -> None:
    joined(folder)
    own, ours = (
        {each["name"]: each["schema"] for each in json.loads((release / PACKAGE).read_bytes())["resources"]}
        for release in (north.home.current, folder / "joined" / "current")
    )
    assert set(ours) == {*own, "dim_council"}
    assert ours["fct_pound"]["primaryKey"] == ["council_code", *own["fct_pound"]["primaryKey"]]
    reference = ours["dim_submission"]["foreignKeys"][0]
    assert reference["fields"] == reference["reference"]["fields"] == ["council_code", "submission_id"]
    words = "select column_name, comment from duckdb_columns() where table_name = 'fct_pound' order by column_index"
    with reader.connect(north.home.current) as connection:
        assert asked(folder, words)[1:] == connection.execute(words).fetchall()
    assert asked(folder, words)[0] == ("council_code", "Code of the council that the row is of.")


@pytest.mark.usefixtures("south")
def test_nothing_new_makes_no_new_release_and_a_council_s_new_one_does(folder: Path, north: SmallWarehouse) -> None:
    first = joined(folder)
    assert joined(folder) == {**first, "is_new": False}
    night(north, "11.00")
    assert joined(folder)["release_id"] > first["release_id"]
    assert asked(folder, POUNDS) == [(NORTH, 11), BOTH[1]]


@pytest.mark.usefixtures("south")
def test_who_reads_the_joined_release_goes_on_reading_it_while_newer_ones_come(
    folder: Path, north: SmallWarehouse
) -> None:
    joined(folder)
    with reader.connect(folder / "joined" / "current") as reads:
        for pounds in range(11, 14):
            night(north, f"{pounds}.00")
            joined(folder)
        assert reads.execute(POUNDS).fetchall() == BOTH
    assert asked(folder, POUNDS)[0] == (NORTH, 13)
    assert len(list((folder / "joined" / "releases").iterdir())) == KEPT


@pytest.mark.usefixtures("north")
def test_a_council_without_a_release_is_listed_and_is_no_problem(folder: Path) -> None:
    council(folder, "south", SOUTH)
    joined(folder)
    assert asked(folder, POUNDS) == BOTH[:1]
    assert asked(folder, STATES) == [("north", "joined"), ("south", "no release")]


def test_councils_that_have_published_nothing_yet_make_no_joined_release(folder: Path) -> None:
    council(folder, "north", NORTH)
    assert joined(folder)["release_id"] is None
    assert not (folder / "joined" / "current").exists()


def damaged(south: SmallWarehouse) -> str:
    file = south.home.current.resolve() / "csv" / "fct_pound.csv"
    file.chmod(0o640)
    file.write_text("pound_key,amount_gbp\r\n1,99.00\r\n", encoding="utf-8")
    return "csv/fct_pound.csv has been changed since it was published"


def forged(south: SmallWarehouse) -> str:
    forge_a_figure(south.home.current.resolve())
    return "is not the one that was published"


def of_another_contract(south: SmallWarehouse) -> str:
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as patched:
        patched.setattr("publishing.release_tables.CONTRACT", "savings_v1")
        night(south, "21.00")
    return "follows contract savings_v1, not savings_v2"


def of_another_council(south: SmallWarehouse) -> str:
    south.council = "E99000003"
    night(south, "21.00")
    return "is of council E99000003, its lists are of E99000002"


def without_its_release(south: SmallWarehouse) -> str:
    shutil.rmtree(south.home.current.resolve())
    return "leads to no release"


def without_its_home(south: SmallWarehouse) -> str:
    shutil.rmtree(south.home.root)
    return "run `savings init` in its folder"


def with_a_damaged_vault(south: SmallWarehouse) -> str:
    south.home.ledger.unlink()
    sorted(south.home.events.iterdir())[0].unlink()
    return "was never published"


def with_settings_that_are_none(south: SmallWarehouse) -> str:
    (south.home.root.parent / NAME).write_text("home = 1\n", encoding="utf-8")
    return "reference_dir is not in the settings file"


def that_is_not_mounted(south: SmallWarehouse) -> str:
    shutil.rmtree(south.home.root.parent)
    south.home.root.parent.mkdir()
    return "is it mounted, and was it set up?"


def with_lists_that_name_no_council(south: SmallWarehouse) -> str:
    (south.home.root.parent / "reference" / "setting.csv").write_text("name,value\n", encoding="utf-8")
    return "Its lists have no council_code"


@pytest.mark.usefixtures("north")
@pytest.mark.parametrize(
    "happened",
    [
        damaged,
        forged,
        of_another_contract,
        of_another_council,
        without_its_release,
        without_its_home,
        with_a_damaged_vault,
        with_settings_that_are_none,
        that_is_not_mounted,
        with_lists_that_name_no_council,
    ],
)
def test_what_cannot_be_trusted_of_a_council_is_left_out_by_name_and_keeps_no_other_back(
    folder: Path, south: SmallWarehouse, happened: Callable[[SmallWarehouse], str]
) -> None:
    joined(folder)
    reason = happened(south)
    said = joined(folder, Exit.REFUSED)
    assert said["is_new"], "its last sound figures do not stay as if they were today's"
    assert asked(folder, POUNDS) == BOTH[:1]
    assert asked(folder, STATES) == [("north", "joined"), ("south", "left out")]
    ((told,),) = asked(folder, "select reason from marts.dim_council where folder = 'south'")
    assert reason in told
    assert not joined(folder, Exit.REFUSED)["is_new"]


def test_a_release_of_another_version_of_the_tables_is_left_out_until_its_next_load(
    folder: Path, north: SmallWarehouse, south: SmallWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("publishing.release.release_rows", without_the_change_log)
        north.night("10.50")
    south.nights = 9
    night(south, "20.50")
    joined(folder, Exit.REFUSED)
    assert asked(folder, POUNDS) == [(SOUTH, Decimal("20.50"))]
    ((told,),) = asked(folder, "select reason from marts.dim_council where folder = 'north'")
    assert "is of another version than R000002" in told
    assert "rpt_change_log" in told


def without_the_change_log(*arguments: Any) -> Any:
    return {table: rows for table, rows in release_rows(*arguments).items() if table.name != "rpt_change_log"}


def test_where_no_council_can_be_joined_any_more_readers_keep_what_they_had(
    folder: Path, north: SmallWarehouse
) -> None:
    first = joined(folder)
    forged(north)
    assert joined(folder, Exit.NOT_PUBLISHED)["release_id"] == first["release_id"]
    assert asked(folder, POUNDS) == BOTH[:1]


@pytest.mark.usefixtures("north")
def test_a_council_behind_a_link_that_leads_nowhere_is_left_out_by_name_and_keeps_no_other_back(folder: Path) -> None:
    (folder / "south").symlink_to("south")
    joined(folder, Exit.REFUSED)
    assert asked(folder, STATES) == [("north", "joined"), ("south", "left out")]


@pytest.mark.usefixtures("north")
@pytest.mark.parametrize("code", [NORTH, NORTH.lower()])
def test_two_folders_of_one_council_are_refused_and_named(folder: Path, code: str) -> None:
    """In small letters too: both would be one role in PostgreSQL."""
    joined(folder)
    night(council(folder, "south", code), "20.02")
    refused = savings("councils", "join", str(folder))
    assert refused.exit_code == Exit.NOT_PUBLISHED
    assert f"{NORTH}: north, south" in refused.stderr
    assert asked(folder, POUNDS) == BOTH[:1]


@pytest.mark.usefixtures("north", "south")
def test_what_is_not_what_was_published_never_reaches_readers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publishing.councils.tables._append", lambda *arguments: None)
    refused = savings("councils", "join", str(folder))
    assert refused.exit_code == Exit.NOT_PUBLISHED
    assert f"dim_submission of {NORTH}, dim_submission of {SOUTH}, fct_pound of {NORTH}" in refused.stderr
    assert list((folder / "joined" / "releases").iterdir()) == []


@pytest.mark.usefixtures("north", "south")
def test_a_key_that_is_there_twice_never_reaches_readers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publishing.councils.tables._with_code", list)
    refused = savings("councils", "join", str(folder))
    assert refused.exit_code == Exit.NOT_PUBLISHED
    assert "the key of fct_pound" in refused.stderr


@pytest.mark.usefixtures("south")
def test_what_a_killed_join_left_goes_and_what_was_altered_is_written_again(
    folder: Path, north: SmallWarehouse
) -> None:
    first = joined(folder)
    releases = folder / "joined" / "releases"
    (releases / ".R000002-killed.partial").mkdir()
    (releases / "R000002-named-but-never-given").mkdir()
    file = folder / "joined" / "current" / "parquet" / "fct_pound.parquet"
    file.resolve().chmod(0o640)
    file.write_bytes(b"")
    again = joined(folder)
    assert again["is_new"]
    assert {path.name for path in releases.iterdir()} == {first["release_id"], again["release_id"]}


def test_nobody_writes_what_was_joined(folder: Path, north: SmallWarehouse) -> None:
    joined(folder)
    release = (folder / "joined" / "current").resolve()
    modes = {path.name: path.stat().st_mode & 0o777 for path in release.iterdir() if path.is_file()}
    assert modes == dict.fromkeys(("savings.duckdb", PACKAGE, "manifest.json"), 0o440)


@pytest.mark.usefixtures("north")
def test_a_join_while_another_is_at_work_says_so(folder: Path) -> None:
    joined(folder)
    with (folder / "joined" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert savings("councils", "join", str(folder)).exit_code == Exit.BUSY


def test_a_folder_without_councils_and_one_that_is_in_the_way_are_named(folder: Path) -> None:
    none = savings("councils", "join", str(folder))
    assert (none.exit_code, "sets a council up" in none.stderr) == (Exit.WRONG_USE, True)
    council(folder, "joined", NORTH)
    taken = savings("councils", "join", str(folder))
    assert (taken.exit_code, "Give that council another folder" in taken.stderr) == (Exit.WRONG_USE, True)


@pytest.mark.usefixtures("north", "south")
def test_a_variable_of_the_environment_makes_no_council_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAVINGS_HOME", str(folder / "north" / "home"))
    joined(folder)
    assert asked(folder, POUNDS) == BOTH
