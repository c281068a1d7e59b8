"""A real build, checked by its real suites, is published whole and read back by the summary."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest

from dbt_project import origin, run_dbt
from dbt_project.content import fingerprint
from dbt_project.inputs import inputs_in_force
from dbt_project.published import published_tables
from expectations import evidence as record
from expectations.constraints import constraint_results
from expectations.lock import declared, write_lock
from expectations.run_rules import rule_results
from expectations.run_suites import run_suites
from orchestration.printouts.summary import Table1Row, summarise
from publishing import reader
from publishing.manifest import damage
from publishing.release import Release, publish
from publishing.release_tables import RELEASE_TABLES
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.home import Home
from tests.scenarios import Scenario, line

CLAIM = {
    "claim_ref": "C02",
    "report_code": "CAB",
    "paragraph": "2",
    "printed_text": "savings of £150",
    "measure": "projected outturn",
    "unit": "GBP",
    "financial_year": "2021/22",
    "directorate_code": "ALL",
    "printed_value": 150,
    "value_low": 145,
    "value_high": 155,
    "warehouse_measure": "projected_gbp",
    "warehouse_period": "2021/22 P06",
}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Adults & Housing and Place have reported P06, Children's has not."""
    root = tmp_path_factory.mktemp("home")
    home = Home.at(root / "var")
    home.create()
    plan = [
        {"saving_ref": ref, "plan_year": "2021/22", "directorate_code": ref[:2], "baseline_gbp": baseline}
        for ref, baseline in (("AH-21-001", 300), ("CH-21-001", 70), ("PL-21-001", 50))
    ]
    scenario = Scenario(
        expected_return=[{"directorate_code": code, "financial_year": "2021/22"} for code in ("AH", "CH", "PL")],
        approved_plan=plan,
        printed_plan_total=[
            {"directorate_code": row["directorate_code"], "plan_year": "2021/22", "baseline_gbp": row["baseline_gbp"]}
            for row in plan
        ],
        report=[{"report_code": "CAB"}],
        published_claim=[CLAIM],
    )
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 300, 60, deferred=100)], as_at_date=date(2021, 9, 30))
    scenario.send("PL", "2021/22", "P06", [line("PL-21-001", 50, 50)])
    candidate = scenario.load(home.build)
    with Ledger.open(home) as ledger:
        origin.write(candidate, inputs_in_force(ledger, "c"))
    result = run_dbt.build(candidate)
    assert result.success
    tables = published_tables(result.manifest)
    lock = root / "checks.lock"
    write_lock(declared(result.manifest), lock)
    checks = [
        *rule_results(result),
        *constraint_results(candidate, result.manifest),
        *run_suites(candidate, None),
    ]
    evidence = record.bind(fingerprint(candidate, tables), origin.read(candidate), result, checks)
    with Ledger.open(home) as ledger:
        return publish(
            home,
            evidence=evidence,
            tables=tables,
            ledger=ledger,
            code_sha256="c",
            clock=fixed_clock(datetime(2026, 11, 24, 3, 30, tzinfo=UTC)),
            lock=lock,
        )


def test_every_published_table_is_in_the_file_and_as_parquet_with_the_same_rows(release: Release):
    with reader.connect(release.folder) as connection:
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        rows = {name: len(connection.table(f"marts.{name}")) for name in names}
    assert {path.stem for path in (release.folder / "parquet").iterdir()} == set(names)
    in_parquet = {name: len(duckdb.read_parquet(str(release.folder / "parquet" / f"{name}.parquet"))) for name in names}
    assert in_parquet == rows
    assert rows.keys() == release.manifest.tables.keys() | {table.name for table in RELEASE_TABLES}
    assert damage(release.folder) == []


def test_the_manifest_says_how_far_the_figures_reach(release: Release):
    assert release.manifest.data_as_at == date(2021, 9, 30)
    assert {s.state for s in release.manifest.submissions} == {"accepted"}


def test_every_column_says_what_it_means(release: Release):
    with reader.connect(release.folder) as connection:
        silent = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal and coalesce(comment, '') = ''"
        ).fetchall()
    assert silent == []


def test_the_dictionary_knows_every_published_column_and_its_unit(release: Release):
    with reader.connect(release.folder) as connection:
        columns = connection.execute("select table_name, column_name from duckdb_columns() where not internal")
        expected = sorted(columns.fetchall())
        entries = connection.execute("select table_name, column_name from marts.meta_data_dictionary").fetchall()
        mute = connection.execute("select * from marts.meta_data_dictionary where trim(description) = ''").fetchall()
        units = dict(
            connection.execute(
                "select regexp_extract(column_name, '_(gbp|at)$'), string_agg(distinct unit) "
                "from marts.meta_data_dictionary where regexp_matches(column_name, '_(gbp|at)$') "
                "and data_type <> 'date' group by all"
            ).fetchall()
        )
    assert sorted(entries) == expected
    assert mute == []
    assert units == {"_gbp": "pounds", "_at": "UTC"}


def test_the_summary_reads_table_1_and_the_figures_that_do_not_match(release: Release):
    summary = summarise(release.folder, is_new=True)
    (table,) = summary.table_1
    assert (table.plan_year, table.reporting_period, str(table.as_at_date)) == ("2021/22", "P06", "2021-09-30")
    zero = Decimal("0.00")
    adults = Table1Row(
        "AH", "Adults & Housing", Decimal(300), Decimal(60), Decimal(100), zero, Decimal(140), zero, False, False
    )
    assert [row.directorate_code for row in table.rows] == ["AH", "CH", "PL", "ALL"]
    assert table.rows[0] == adults
    assert table.rows[1] == Table1Row("CH", "Children's", Decimal(70), None, None, None, None, Decimal(70), False, True)
    assert (table.total.baseline_gbp, table.total.not_reported_gbp) == (Decimal(420), Decimal(70))
    (claim,) = summary.mismatches
    assert (claim.claim_ref, claim.warehouse_value, claim.difference) == ("C02", Decimal(110), Decimal(40))
    assert claim.beyond_rounding == Decimal(35)


def test_the_summary_says_what_to_do_next(release: Release):
    steps = "\n".join(summarise(release.folder, is_new=True).next_steps)
    assert "Chase the return of Children's for P06 2021/22." in steps
    assert "Ask Adults & Housing where the unexplained pounds are to go" in steps
    assert "Correct the report's text, or state the basis of: C02." in steps
    assert f"{release.folder}/savings.duckdb" in steps


def test_all_checks_of_the_build_are_in_the_summary(release: Release):
    summary = summarise(release.folder, is_new=True)
    assert summary.checks_failed == ()
    assert summary.checks_passed == len(release.manifest.checks) > 100
