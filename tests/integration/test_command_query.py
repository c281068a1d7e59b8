"""``savings query`` and ``savings open``: the release in force is read, and in no way changed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.exit_codes import Exit
from publishing import reader
from publishing.plain_text import as_csv
from tests.homes import tree_of
from tests.small_warehouse import SmallWarehouse

POUNDS = "select pound_key, amount_gbp from fct_pound"


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallWarehouse:
    warehouse = SmallWarehouse.at(tmp_path)
    monkeypatch.setenv("SAVINGS_HOME", str(warehouse.home.root))
    return warehouse


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["query", *arguments])


def test_before_the_first_release_it_says_what_to_do(warehouse: SmallWarehouse) -> None:
    result = ask(POUNDS)
    assert result.exit_code == Exit.WRONG_USE
    assert "Run `savings load`" in result.stderr


def test_an_answer_names_the_release_that_it_is_from(warehouse: SmallWarehouse) -> None:
    release = warehouse.night("1234567.50")
    answer = ask(POUNDS).stdout
    assert f"1 row of {release.release_id}" in answer
    assert "1,234,567.50" in answer


def test_json_keeps_pounds_as_text_and_null_as_null(warehouse: SmallWarehouse) -> None:
    release = warehouse.night("0.10")
    found = json.loads(ask("select amount_gbp, null as nothing, true as yes from marts.fct_pound", "--json").stdout)
    assert found == {"release_id": release.release_id, "rows": [{"amount_gbp": "0.10", "nothing": None, "yes": True}]}
    assert json.loads(ask(POUNDS, "--format", "json").stdout)["rows"] == [{"pound_key": 1, "amount_gbp": "0.10"}]


def test_csv_is_read_back_as_it_was(warehouse: SmallWarehouse) -> None:
    warehouse.night("10.00")
    out = ask(
        "select 'a \"b\", c' as words, timestamp '2021-10-08 09:00:00' as at, -5 as less", "--format", "csv"
    ).stdout
    assert list(csv.reader(io.StringIO(out))) == [["words", "at", "less"], ['a "b", c', "2021-10-08T09:00:00Z", "-5"]]


@given(st.lists(st.text(), min_size=1))
def test_no_text_of_a_csv_begins_a_formula_and_every_text_comes_back(texts: list[str]) -> None:
    written = as_csv(["text"], [[text] for text in texts])
    read = [row[0] if row else "" for row in csv.reader(io.StringIO(written, newline=""))][1:]
    assert [text.removeprefix("'") for text in read] == [text.removeprefix("'") for text in texts]
    assert [text for text in read if text.lstrip("\t\r\n").startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize(
    "sql",
    [
        "insert into fct_pound select * from fct_pound",
        "drop table fct_pound",
        "create table mine as select 1",
        "attach '/tmp/mine.duckdb'",
        "copy fct_pound to '/tmp/mine.csv'",
        "select * from read_csv('/etc/passwd')",
        "set enable_external_access = true",
        "reset lock_configuration",
        "install httpfs",
        "load httpfs",
        "no sql at all",
    ],
)
def test_whatever_is_asked_changes_nothing_and_reaches_nothing_else(warehouse: SmallWarehouse, sql: str) -> None:
    release = warehouse.night("10.00")
    before = tree_of(warehouse.home.root)
    result = ask(sql)
    assert result.exit_code == Exit.WRONG_USE, result.output
    assert "DuckDB could not answer" in result.stderr
    assert tree_of(warehouse.home.root) == before
    assert json.loads(ask(POUNDS, "--json").stdout)["release_id"] == release.release_id


def test_a_question_too_large_for_memory_leaves_no_file_in_the_release(warehouse: SmallWarehouse) -> None:
    release = warehouse.night("10.00")
    with reader.connect(release.folder) as connection:
        assert connection.execute("select current_setting('temp_directory')").fetchone() == ("",)
        with pytest.raises(duckdb.Error):
            connection.execute("set temp_directory = '.'")


def test_open_shows_the_pages_of_the_release_in_force_and_prints_where_they_are(
    warehouse: SmallWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = warehouse.night("10.00", parts=(_a_page,))
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: shown.append(address) or True)
    result = CliRunner().invoke(app, ["open"])
    assert result.exit_code == Exit.DONE, result.output
    assert shown == [(release.folder / "site" / "index.html").resolve().as_uri()]
    assert result.stdout.strip() == shown[0]


def test_open_where_there_is_no_browser_says_what_to_do(
    warehouse: SmallWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.night("10.00", parts=(_a_page,))
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    result = CliRunner().invoke(app, ["open"])
    assert result.exit_code == Exit.DONE
    assert "Open the address above" in result.stderr


def test_open_says_so_where_a_release_has_no_pages(warehouse: SmallWarehouse) -> None:
    warehouse.night("10.00")
    result = CliRunner().invoke(app, ["open"])
    assert result.exit_code == Exit.NOT_PUBLISHED
    assert "The next release will have them" in result.stderr


def _a_page(release: Path) -> None:
    (release / "site").mkdir()
    (release / "site" / "index.html").write_text("<!doctype html>")
