"""Adopting a reference folder: kept, recorded once, and its change in pounds told."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sources.council.reference import bundled_reference, read_reference, reference_sha256
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger
from sources.intake.adoption import adopt_reference, plan_totals
from tests.homes import NOON, fresh_home, send


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(fresh_home(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def bundled():
    return read_reference(bundled_reference())


def with_more_for_the_first_line(tmp_path, pounds):
    """Return a folder in which the plan's first line has a baseline that much higher."""
    folder = tmp_path / "council"
    shutil.copytree(bundled_reference(), folder)
    path = folder / "approved_plan.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    line = rows[0]
    line["baseline_gbp"] = str(Decimal(line["baseline_gbp"]) + pounds)
    write(path, rows)
    totals = folder / "printed_plan_total.csv"
    with totals.open(encoding="utf-8", newline="") as stream:
        printed = list(csv.DictReader(stream))
    for row in printed:
        same = ("directorate_code", "plan_year", "is_cashable")
        if all(row[name] == line[name] for name in same):
            row["baseline_gbp"] = str(Decimal(row["baseline_gbp"]) + pounds)
    write(totals, printed)
    return read_reference(folder), line


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_first_folder_is_kept_and_its_pounds_are_told(ledger, bundled):
    event = adopt_reference(bundled, ledger, NOON)
    assert event.payload["reference_sha256"] == bundled.sha256
    assert reference_sha256(ledger.vault.reference_folder(bundled.sha256)) == bundled.sha256
    told = {(each["directorate_code"], each["plan_year"]): each["after_gbp"] for each in event.payload["changes"]}
    assert told["AH", "2021/22"] == "6582000.00"
    assert {each["before_gbp"] for each in event.payload["changes"]} == {None}


def test_the_folder_in_force_is_not_adopted_again(ledger, bundled):
    adopt_reference(bundled, ledger, NOON)
    assert adopt_reference(bundled, ledger, NOON) is None
    assert len(ledger.adoptions()) == 1


def test_a_changed_plan_is_told_in_pounds_by_directorate_and_plan_year(ledger, bundled, tmp_path):
    adopt_reference(bundled, ledger, NOON)
    changed, line = with_more_for_the_first_line(tmp_path, Decimal("1000.50"))
    key = (line["directorate_code"], line["plan_year"])
    before = plan_totals(bundled)[key]
    assert adopt_reference(changed, ledger, NOON).payload["changes"] == [
        {
            "directorate_code": key[0],
            "plan_year": key[1],
            "before_gbp": str(before),
            "after_gbp": str(before + Decimal("1000.50")),
        }
    ]


def test_going_back_to_an_earlier_folder_is_an_adoption(ledger, bundled, tmp_path):
    changed, _ = with_more_for_the_first_line(tmp_path, Decimal(1))
    for reference in (bundled, changed, bundled):
        adopt_reference(reference, ledger, NOON)
    assert [event.payload["reference_sha256"] for event in ledger.adoptions()] == [
        bundled.sha256,
        changed.sha256,
        bundled.sha256,
    ]


def test_before_a_history_list_the_adoption_precedes_the_first_declared_time(ledger, bundled, tmp_path):
    # R55.
    (tmp_path / "AH").mkdir()
    (tmp_path / "AH" / "v1.xlsx").write_bytes(b"v1")
    history = tmp_path / "history.csv"
    history.write_text("file,received_at\nAH/v1.xlsx,2021-10-08T09:00:00Z\n")
    event = adopt_reference(bundled, ledger, NOON, history)
    assert event.at == datetime(2021, 10, 8, 9, tzinfo=UTC) - timedelta(microseconds=1)


def test_a_history_list_dates_no_adoption_in_a_home_that_is_not_fresh(ledger, bundled, tmp_path):
    send(ledger)
    event = adopt_reference(bundled, ledger, NOON, tmp_path / "never read.csv")
    assert event.at > NOON()
    assert ledger.last_event(EventKind.REFERENCE_ADOPTED) == event
