"""One officer's slip, or finance's, and a night all the same: everybody else's figures are published."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.exit_codes import Exit
from sources.custody.ledger import Ledger
from sources.home import Home
from sources.intake.adoption import adopt_reference
from sources.reference import reference as reference_module
from sources.reference.reference import read_reference
from tests.command_line import savings
from tests.edited_returns import sample_path
from tests.every_sheet import COUNCIL_LIMIT, LIMIT, whole_return
from tests.homes import NOON, drop, fresh_home
from tests.reference_folder import add_rows, copy_of_bundled, expecting_only, replace_text
from tests.returns import at
from tests.written_returns import written

SLIPS = {
    at("Savings", "full_year_effect_gbp"): 999_999_999_999,
    at("Savings", "projected_gbp", 4): 489_000_000,
    at("Risks", "impact_gbp"): 150_000_000,
    at("Pipeline", "low_gbp"): 200_000,
    at("Pipeline", "high_gbp"): 100_000,
}
# As far as amounts go without a word: the fund pays itself back in more months than anybody can count.
EXTREMES = {
    at("Savings", "full_year_effect_gbp"): Decimal("0.01"),
    at("Savings", "full_year_effect_gbp", 3): COUNCIL_LIMIT,
    at("Savings", "projected_gbp", 4): LIMIT,
    at("Investment", "annual_ongoing_cost_gbp"): 0,
    **{at("Investment", column): COUNCIL_LIMIT for column in ("approved_gbp", "committed_gbp", "drawn_to_date_gbp")},
    at("Risks", "impact_gbp"): LIMIT,
    at("PlanChanges", "amount_gbp"): COUNCIL_LIMIT,
    **{at("Pipeline", column): COUNCIL_LIMIT for column in ("low_gbp", "likely_gbp", "high_gbp")},
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return expecting_only(copy_of_bundled(tmp_path_factory.mktemp("council")), "2021/22")


@pytest.fixture(scope="module")
def first(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, object]]:
    """Return the home, and what the night said, on which Place's return has slips on four sheets."""
    home = Home.at(tmp_path_factory.mktemp("home") / "var")
    for code in ("AH", "CH"):
        drop(home, code, "return.xlsx", sample_path(code).read_bytes())
    drop(home, "PL", "return.xlsx", written(whole_return(SLIPS)))
    done = savings(home.root, "load", "--json", SAVINGS_REFERENCE_DIR=str(reference))
    assert done.returncode == Exit.REFUSED, done.stdout + done.stderr
    return home, json.loads(done.stdout)


def table_1(home: Home) -> dict[str, Decimal]:
    """Return what each directorate projects, as it is published."""
    with duckdb.connect(str(home.current / "savings.duckdb"), read_only=True) as connection:
        return dict(
            connection.execute("select directorate_code, projected_gbp from marts.rpt_cabinet_table_1").fetchall()
        )


def test_whoever_slipped_is_told_every_cell_and_the_others_are_published(first: tuple[Home, dict[str, object]]) -> None:
    """Issue 10: one sender's trouble never touches another's. D79, D80."""
    home, said = first
    states = {each["directorate_code"]: each["state"] for each in said["arrivals"]}
    assert states == {"AH": "accepted", "CH": "accepted", "PL": "blocked"}
    (receipt,) = (Path(each["receipt"]).read_text("utf-8") for each in said["arrivals"] if each["state"] == "blocked")
    assert "5 points for you to correct" in receipt
    for entered in SLIPS.values():
        assert f"{entered}" in receipt or f"£{entered:,}" in receipt
    assert {code: table_1(home)[code] for code in ("AH", "CH")} == {"AH": 3_027_000, "CH": 1_870_000}


def test_a_plan_that_could_never_be_published_is_left_out_of_force_and_extremes_are_published(
    first: tuple[Home, dict[str, object]], reference: Path, tmp_path: Path
) -> None:
    """Issue 12.3: told at once and before it is in force; what the door takes stops no night."""
    home = Home.at(Path(shutil.copytree(first[0].root, tmp_path / "var", symlinks=True)))
    typed = Path(shutil.copytree(reference, tmp_path / "typed"))
    replace_text(typed, "approved_plan", "CH-21-001,2021/22,CH,true,612400", "CH-21-001,2021/22,CH,true,250000000")
    checked = savings(home.root, "reference", "check", SAVINGS_REFERENCE_DIR=str(typed))
    assert checked.returncode == Exit.WRONG_USE
    wrong = "approved_plan.csv, line 7, baseline_gbp: 250000000.00 is above line_limit_gbp, which is 100000000."
    assert wrong in checked.stdout

    drop(home, "PL", "again.xlsx", written(whole_return(EXTREMES)))
    done = savings(home.root, "load", SAVINGS_REFERENCE_DIR=str(typed))
    assert done.returncode == Exit.REFUSED, done.stdout + done.stderr
    assert "The new reference data are not in force." in done.stdout
    assert wrong in done.stdout
    assert table_1(home)["PL"] == Decimal(780_000 + 140_000 + 489_000)


def test_a_folder_in_force_that_a_later_rule_would_not_take_still_judges_and_publishes(
    reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling D-1: a new rule holds for what is to be adopted, and nobody can correct what is in force."""
    old = Path(shutil.copytree(reference, tmp_path / "old"))
    replace_text(old, "published_claim", "projected and deferred,GBP,2021/22", "projected and deferred,GBP m,2021/22")
    replace_text(old, "setting", r"^PRJ-\d{4}$", r"^(PRJ|Prj)-\d{4}$")
    add_rows(old, "directorate", ["Recycler,Waste,2019-04-01,,"])
    add_rows(old, "approved_plan", ["Ah-22-001,2022/23,AH,true,1500000000,a test"])
    home = fresh_home(tmp_path / "var")
    with monkeypatch.context() as before, Ledger.open(home) as ledger:
        before.setattr(reference_module, "relation_problems", lambda *_: [])
        adopt_reference(read_reference(old), ledger, NOON)
    checked = savings(home.root, "reference", "check", "--json", SAVINGS_REFERENCE_DIR=str(old))
    assert checked.returncode == Exit.WRONG_USE
    assert len(json.loads(checked.stdout)["wrong"]) == len(("unit", "pattern", "code", "reference", "line"))

    drop(home, "CH", "return.xlsx", sample_path("CH").read_bytes())
    done = savings(home.root, "load", "--json", SAVINGS_REFERENCE_DIR=str(old))
    assert done.returncode == Exit.DONE, done.stdout + done.stderr
    assert [each["state"] for each in json.loads(done.stdout)["arrivals"]] == ["accepted"]
    assert table_1(home)["CH"] == Decimal(1_870_000)
