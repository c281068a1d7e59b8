"""The commands about releases, on a home whose releases are small and real."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.account import os_account
from orchestration.cli import app
from orchestration.exit_codes import Exit
from publishing import pointer
from sources.custody.ledger import Ledger
from sources.custody.payloads import Confirmed, Overridden, RolledBack, Tagged, Waived
from sources.intake.adoption import adopt_reference
from sources.reference.reference import read_reference
from tests.homes import checked, confirmed, tagged
from tests.reference_folder import copy_of_bundled, with_posts
from tests.small_warehouse import SmallWarehouse

WHY = "the plan of that night was wrong"
POST = ("--post", "Section 151 officer")


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallWarehouse:
    warehouse = SmallWarehouse.at(tmp_path)
    monkeypatch.setenv("SAVINGS_HOME", str(warehouse.home.root))
    posts = with_posts(copy_of_bundled(tmp_path), f"Section 151 officer,,rollback,{os_account()}")
    with Ledger.open(warehouse.home) as ledger:
        adopt_reference(read_reference(posts), ledger, warehouse.clock)
    return warehouse


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_before_the_first_release_the_list_says_so(warehouse: SmallWarehouse) -> None:
    with Ledger.open(warehouse.home) as ledger:
        ledger.record(warehouse.clock, checked())
    assert "Nothing is published yet" in run("release", "list").output


def test_the_list_says_which_release_readers_have_and_which_report_froze_one(warehouse: SmallWarehouse) -> None:
    first, second = warehouse.night("10.00"), warehouse.night("20.00")
    with Ledger.open(warehouse.home) as ledger:
        ledger.record(warehouse.clock, tagged(first.release_id))
        ledger.record(warehouse.clock, confirmed(first.release_id))
        ledger.record(warehouse.clock, tagged(second.release_id, "CAB-2022-11-08"))
    found = json.loads(run("release", "list", "--json").stdout)
    assert [(each["release_id"], each["is_current"], each["is_here"], each["reports"]) for each in found] == [
        (first.release_id, False, True, ["CAB-2021-11-08"]),
        (second.release_id, True, True, []),
    ]
    printed = run("release", "list").stdout
    assert "readers have it" in printed
    assert "CAB-2021-11-08" in printed
    assert "CAB-2022-11-08 (waits to be confirmed)" in printed


def test_a_release_that_was_pruned_is_still_listed(warehouse: SmallWarehouse) -> None:
    for pounds in ("1.00", "2.00", "3.00"):
        warehouse.night(pounds, keep=1)
    assert [each["is_here"] for each in json.loads(run("release", "list", "--json").stdout)] == [False, True, True]


def test_a_release_is_shown_by_its_number_with_tables_and_checks(warehouse: SmallWarehouse) -> None:
    first = warehouse.night("10.00")
    shown = run("release", "show", "R000001")
    assert shown.exit_code == Exit.DONE
    for text in (first.release_id, first.manifest.content_sha256, "fct_pound", "Checks: 1 passed, 0 did not"):
        assert text in shown.stdout
    assert json.loads(run("release", "show", first.release_id, "--json").stdout)["release_id"] == first.release_id


@pytest.mark.parametrize(
    "arguments",
    [("show", "R9"), ("rollback", "R9", *POST, "--reason", WHY), ("diff", "R9", "R1")],
)
def test_a_release_that_is_not_there_is_wrong_use(warehouse: SmallWarehouse, arguments: tuple[str, ...]) -> None:
    warehouse.night("10.00")
    result = run("release", *arguments)
    assert result.exit_code == Exit.WRONG_USE
    assert "savings release list" in result.stderr


def test_releases_that_cannot_be_compared_say_why(warehouse: SmallWarehouse) -> None:
    warehouse.night("10.00")
    warehouse.night("20.00")
    result = run("release", "diff", "R000001", "R000002")
    assert result.exit_code == Exit.NOT_PUBLISHED
    assert "cannot be compared" in result.stderr


def test_a_rollback_gives_readers_the_release_that_was_named(warehouse: SmallWarehouse) -> None:
    first = warehouse.night("10.00")
    warehouse.night("20.00")
    result = run("release", "rollback", "R000001", *POST, "--reason", WHY)
    assert result.exit_code == Exit.DONE, result.output
    assert f"Readers have {first.release_id} again" in result.stdout
    assert pointer.current(warehouse.home) == first.folder


def test_a_rollback_to_a_damaged_release_is_refused(warehouse: SmallWarehouse) -> None:
    first, second = warehouse.night("10.00"), warehouse.night("20.00")
    (first.folder / "parquet" / "fct_pound.parquet").unlink()
    result = run("release", "rollback", "R000001", *POST, "--reason", WHY)
    assert result.exit_code == Exit.NOT_PUBLISHED
    assert "fct_pound.parquet is missing" in result.stderr
    assert pointer.current(warehouse.home) == second.folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("release", "tag", "R000001", "CAB-2021-11-08"),
        ("release", "confirm", "R000001", "CAB-2021-11-08"),
        ("release", "rollback", "R000001"),
        ("release", "override"),
        ("claim", "waive", "C02", "CAB-2021-11-08"),
    ],
)
def test_without_a_post_that_may_nothing_is_decided(warehouse: SmallWarehouse, arguments: tuple[str, ...]) -> None:
    warehouse.night("10.00")
    result = run(*arguments, "--post", "Head of catering", "--reason", WHY)
    assert result.exit_code == Exit.WRONG_USE
    assert "post" in result.stderr
    with Ledger.open(warehouse.home) as ledger:
        assert ledger.last_event(Tagged, Confirmed, RolledBack, Overridden, Waived) is None
