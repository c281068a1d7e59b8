"""Intake says which lines are quarantined, dbt decides it (R33): they agree, and it ends by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dbt_project import candidate as scratch
from dbt_project import run_dbt
from dbt_project.load_raw import load_raw
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.intake.adoption import adopt_reference
from sources.intake.intake import take_in_history
from sources.reference.reference import bundled_reference, read_reference
from sources.samples.published import SAMPLES
from tests.homes import SIGNED, fresh_home
from tests.reference_folder import copy_of_bundled, replace_text

HISTORY = SAMPLES / "history.csv"
REGISTERED_AT = datetime(2021, 11, 12, 9, tzinfo=UTC)


def without_the_travel_review(folder: Path) -> Path:
    """Return a reference folder in which finance has not registered Place's 759,000 yet, of its 2,393,000."""
    copy = copy_of_bundled(folder)
    plan = copy / "approved_plan.csv"
    rows = plan.read_text(encoding="utf-8").splitlines(keepends=True)
    plan.write_text("".join(row for row in rows if not row.startswith("PL-21-004,")), encoding="utf-8")
    replace_text(copy, "printed_plan_total", "2393000", "1634000")
    return copy


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("quarantine")
    home = fresh_home(folder / "home")
    with Ledger.open(home) as ledger:
        reference = read_reference(without_the_travel_review(folder))
        adopt_reference(reference, ledger, fixed_clock(REGISTERED_AT), HISTORY)
        take_in_history(HISTORY, home, ledger, reference)
        adopt_reference(read_reference(bundled_reference()), ledger, fixed_clock(REGISTERED_AT), signed=SIGNED)
        load_raw(home.candidate, home, ledger, ledger.vault, "c")
    assert run_dbt.build(home.candidate).success
    with scratch.read(home.candidate) as connection:
        yield connection


def baseline_of_place(warehouse: duckdb.DuckDBPyConnection, moment: datetime) -> Decimal:
    query = """
        select sum(baseline_gbp)
        from marts.fct_savings_position
        inner join marts.dim_directorate using (directorate_key)
        where directorate_code = 'PL' and valid_from_at <= $t and (valid_to_at is null or $t < valid_to_at)
    """
    return warehouse.execute(query, {"t": moment.replace(tzinfo=None)}).fetchall()[0][0]


def test_dbt_quarantines_the_rows_that_intake_said_it_would(warehouse: duckdb.DuckDBPyConnection):
    query = """
        select
            submission.submission_id,
            submission.rows_quarantined,
            count(line.source_row) - count(registered.source_row)
        from raw.submission as submission
        inner join raw.savings_line as line using (submission_id)
        left join intermediate.int_line_registration as registered
            on line.submission_id = registered.submission_id
            and line.source_row = registered.source_row
            and registered.known_from_at <= submission.accepted_at
        group by all
    """
    quarantined = {row[0][:2]: row[1:] for row in warehouse.sql(query).fetchall()}

    assert quarantined == {"AH": (0, 0), "CH": (0, 0), "PL": (1, 1)}


def test_it_comes_in_by_itself_once_it_is_registered(warehouse: duckdb.DuckDBPyConnection):
    before = datetime(2021, 11, 12, 8, tzinfo=UTC)

    assert baseline_of_place(warehouse, before) == Decimal("1634000.00")
    assert baseline_of_place(warehouse, REGISTERED_AT) == Decimal("2393000.00")
