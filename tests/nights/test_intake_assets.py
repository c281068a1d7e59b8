"""The grid of returns: filled in by the night, and one cell of it run again by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from orchestration.grid_cells import ACCEPTED, DECIDED, IN_TIME, answers, cells_of, filled, record_changes
from orchestration.intake_assets import intake_assets
from orchestration.links import Links
from orchestration.partitions import GRID, cell, of_cell
from orchestration.resources import warehouse_of
from orchestration.settings import PROJECT, Settings, load_settings
from sources import home as layout
from sources.clock import system_clock
from sources.custody.ledger import Ledger
from sources.home import Home
from sources.lines.line_files import folder_of
from sources.receipts.receipt import receipt_path
from sources.reference.reference import bundled_reference, read_reference
from tests.homes import decide, drop, fresh_home, send

HISTORY = PROJECT / "sources" / "samples" / "history.csv"
P06 = ("2021/22", "P06")
PLACE = cell("PL", *P06)
DORSET = read_reference(bundled_reference())
LATE = datetime(2021, 10, 16, 3, 30, tzinfo=UTC)
STEPS = ("reference_data", "received_files", "judged_returns")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"SAVINGS_HOME": str(tmp_path / "var")})


@pytest.fixture
def instance(settings: Settings):
    """An instance in which the samples were taken in, by the assets of custody and intake alone."""
    with dg.DagsterInstance.ephemeral() as instance:
        grid, *night = sorted(intake_assets(settings.reference), key=lambda asset: asset.key != GRID)
        assert grid.key == GRID
        taken_in = dg.materialize(
            night, instance=instance, resources={"warehouse": warehouse_of(settings, HISTORY, system_clock)}
        )
        assert taken_in.success
        yield instance


def rerun(settings: Settings, instance: dg.DagsterInstance, key: str) -> dg.ExecuteInProcessResult:
    (grid,) = (asset for asset in intake_assets(settings.reference) if asset.key == GRID)
    return dg.materialize(
        [grid],
        instance=instance,
        partition_key=key,
        resources={"warehouse": warehouse_of(settings)},
        raise_on_error=False,
    )


def test_the_night_fills_in_a_cell_for_each_return_that_came(settings: Settings, instance: dg.DagsterInstance) -> None:
    assert instance.get_materialized_partitions(GRID) == {f"{code}|2021-22 P06" for code in ("AH", "CH", "PL")}


def test_a_return_fills_in_the_cell_of_the_directorate_that_it_is_for(tmp_path: Path) -> None:
    """Ruling F10: sent from the folder of the one that succeeds it (R23)."""
    home = fresh_home(tmp_path)
    with contextlib.closing(Ledger.open(home)) as ledger:
        received = send(ledger, "CO", b"a return")
        decide(ledger, received, "accepted", fields={"directorate_code": "PL"})
        shown = [event for key in cells_of(ledger, DORSET, LATE) for event in filled(Links(home), ledger, key)]
    assert [(event.partition, event.metadata["folder"].value) for event in shown] == [(PLACE, "CO")]


@pytest.fixture
def standing_differently(tmp_path: Path) -> Iterator[tuple[Home, Ledger]]:
    """A day after the returns for P06 were due: one accepted, one held, one blocked."""
    home = fresh_home(tmp_path)
    with contextlib.closing(Ledger.open(home)) as ledger:
        for directorate, verdict in (("AH", "accepted"), ("CH", "blocked"), ("PL", "held")):
            decide(ledger, send(ledger, directorate, directorate.encode()), verdict)
        yield home, ledger


def failed_of(instance: dg.DagsterInstance) -> dict[str, list[str]]:
    """Return what the pages show of each check: the cells that fail it, as the webserver works it out."""
    keys = [dg.AssetCheckKey(GRID, name) for name in (ACCEPTED, DECIDED, IN_TIME)]
    found = instance.event_log_storage.get_asset_check_partition_info(keys)
    return {
        key.name: sorted(
            str(each.partition_key)
            for each in found
            if each.check_key == key and each.latest_execution_status is AssetCheckExecutionRecordStatus.FAILED
        )
        for key in keys
    }


def test_the_pages_tell_accepted_blocked_held_overdue_and_not_due_apart(standing_differently) -> None:
    home, ledger = standing_differently
    with dg.DagsterInstance.ephemeral() as instance:
        record_changes(instance, Links(home), ledger, DORSET, LATE)
        assert instance.get_materialized_partitions(GRID) == {cell("AH", *P06)}
        assert failed_of(instance) == {
            ACCEPTED: [cell("CH", *P06)],
            DECIDED: [cell("PL", *P06)],
            IN_TIME: [cell("CH", *P06), cell("PL", *P06)],
        }


def test_the_pages_tell_what_nobody_sent_from_what_is_not_due(tmp_path: Path) -> None:
    home = fresh_home(tmp_path)
    with contextlib.closing(Ledger.open(home)) as ledger, dg.DagsterInstance.ephemeral() as instance:
        record_changes(instance, Links(home), ledger, DORSET, LATE - timedelta(days=1))
        assert failed_of(instance)[IN_TIME] == []
        record_changes(instance, Links(home), ledger, DORSET, LATE)
        assert failed_of(instance) == {
            ACCEPTED: [],
            DECIDED: [],
            IN_TIME: [cell(code, *P06) for code in ("AH", "CH", "PL")],
        }


def test_a_cell_leads_a_browser_to_its_receipt(standing_differently) -> None:
    home, ledger = standing_differently
    (event,) = filled(Links(home, "https://savings.council.example/"), ledger, cell("AH", *P06))
    receipt = event.metadata["receipt"]
    assert isinstance(receipt, dg.UrlMetadataValue)
    below = receipt.url.removeprefix("https://savings.council.example/files/")
    submission = ledger.in_force("AH", *P06)
    assert submission is not None
    assert home.root / below == receipt_path(home, submission)


def test_what_the_pages_show_already_is_not_recorded_again(standing_differently) -> None:
    home, ledger = standing_differently
    with dg.DagsterInstance.ephemeral() as instance:
        record_changes(instance, Links(home), ledger, DORSET, LATE)
        before = instance.event_log_storage.get_maximum_record_id()
        record_changes(instance, Links(home), ledger, DORSET, LATE)
        assert instance.event_log_storage.get_maximum_record_id() == before


def test_a_check_says_in_the_words_of_the_desk_how_a_cell_stands(standing_differently) -> None:
    _, ledger = standing_differently
    known = cells_of(ledger, DORSET, LATE)
    said = {key: {each.description for each in answers(key, of)} for key, of in known.items() if key.endswith("P06")}
    assert said == {
        cell("AH", *P06): {"Accepted, version 1, provisional."},
        cell("CH", *P06): {"Not accepted, version 1: overdue."},
        cell("PL", *P06): {"Waiting for a decision, version 1: overdue."},
        **{cell(code, "2022/23", "P06"): {"Not sent yet."} for code in ("AH", "CH", "PL")},
    }


def test_a_cell_run_again_mends_lines_that_were_lost(settings: Settings, instance: dg.DagsterInstance) -> None:
    with contextlib.closing(Ledger.open(settings.home)) as ledger:
        submission = ledger.in_force("PL", "2021/22", "P06")
    assert submission is not None
    layout.discard(folder_of(settings.home, submission.submission_id))
    result = rerun(settings, instance, PLACE)
    assert result.success
    assert folder_of(settings.home, submission.submission_id).is_dir()
    checks = result.get_asset_check_evaluations()
    assert {(check.check_name, check.partition, check.passed) for check in checks} == {
        (name, PLACE, True) for name in (ACCEPTED, DECIDED, IN_TIME)
    }


def test_a_cell_that_nobody_sent_says_so(settings: Settings, instance: dg.DagsterInstance) -> None:
    result = rerun(settings, instance, cell("CO", "2021/22", "P06"))
    assert not result.success
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "No return is in force of CO for P06 2021/22" in str(failure.step_failure_data.user_failure_data)


def test_a_file_s_name_makes_no_cell(settings: Settings) -> None:
    """F-C31: cells follow from the calendar, whatever a file is called."""
    assets = {asset.key.to_user_string(): asset for asset in intake_assets(settings.reference)}
    grid, night = assets[GRID.to_user_string()], [assets[name] for name in STEPS]
    drop(settings.home, "PL", "PL|2099-00 P01'); drop table event; --\".xlsx", b"PK")
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize(night, instance=instance, resources={"warehouse": warehouse_of(settings)})
        assert done.success
        assert instance.get_materialized_partitions(GRID) == set()
        periods = {
            of_cell(key)[1:] for key in grid.partitions_def.get_partition_keys(dynamic_partitions_store=instance)
        }
    with contextlib.closing(Ledger.open(settings.home)) as ledger:
        assert [each.refusal_code for each in ledger.submissions()] == ["format-mismatch"]
    calendar = read_reference(settings.reference).tables["reporting_calendar"]
    assert periods < {(row["financial_year"], row["reporting_period"]) for row in calendar}


def test_a_cell_s_key_says_what_it_is() -> None:
    assert of_cell(PLACE) == ("PL", "2021/22", "P06")
