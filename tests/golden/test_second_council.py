"""Two years of a second council, with a reorganisation between them: its figures against a plain calculation.

One home is built once for all of these tests; a test that changes it takes a copy.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pyarrow.compute as pc
import pytest
from lxml import html
from pyarrow import parquet
from typer.testing import CliRunner

from dbt_project import candidate
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.grid_cells import cells_of
from orchestration.load import load
from orchestration.partitions import GRID
from orchestration.printouts.status import status_of
from orchestration.settings import Settings
from publishing import reader
from publishing.councils.join import join
from publishing.councils.standing import Council
from sources.clock import fixed_clock
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger, LedgerView
from sources.home import Home
from sources.intake.decisions import decide
from sources.intake.standing import Cell
from sources.reference.authority import Signature
from sources.reference.reference import read_reference
from tests import history_reports as reports
from tests.cells_of_lines import ENTERED, amounts_that_are_their_cells, lines_recomputed_from_their_cells
from tests.history_facts import Warehouse, assert_no_pound_is_lost, compare
from tests.history_oracle import Known, Oracle
from tests.homes import SIGNED
from tests.invariants import assert_nothing_lost
from tests.other_words import texts_of_a_home, words_of_the_sample_in
from tests.second_council import (
    AFTERWARDS,
    ANSWERS,
    BEGUN,
    ENDED,
    REORGANISED,
    REORGANISED_AT,
    SENT,
    YEARS,
    TwoYears,
    live_through,
)

END = AFTERWARDS.replace(tzinfo=None)
# The morning after each return, and after the reorganisation was adopted.
MOMENTS = sorted((at + timedelta(days=1)).replace(tzinfo=None) for at in (*(s.at for s in SENT), REORGANISED_AT))
PERIODS = (202403, 202406, 202409, 202412, 202413, 202503, 202506, 202509)
PLANNED = Decimal("900000.00")


@dataclass(frozen=True)
class Councils:
    """A home of each council by its code, and what was joined from them."""

    joined: Home
    homes: Mapping[str, Home]


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> TwoYears:
    return live_through(tmp_path_factory.mktemp("second-council"))


@pytest.fixture(scope="module")
def release(years: TwoYears) -> Iterator[duckdb.DuckDBPyConnection]:
    with reader.connect(years.home.current) as connection:
        yield connection


@pytest.fixture(scope="module")
def oracle(years: TwoYears) -> Oracle:
    return oracle_of(years.home)


def oracle_of(home: Home) -> Oracle:
    with candidate.read(home.candidate) as connection:
        raw = {name: connection.table(f"raw.{name}").to_arrow_table() for name in RAW_TABLES}
        reference = {name: connection.table(f"reference.{name}").to_arrow_table() for name in REFERENCE_TABLES}
    return Oracle.of(raw, reference, YEARS)


@pytest.fixture(scope="module")
def now(oracle: Oracle) -> Known:
    return oracle.known_at(END)


def test_every_return_of_both_years_is_accepted_whoever_has_to_send_it(years: TwoYears) -> None:
    with LedgerView.of(years.home) as ledger:
        found = [(each.directorate_code, each.reports_for, each.state.value) for each in ledger.judged()]
    assert found == [(each.folder, each.directorate, "accepted") for each in sorted(SENT, key=lambda sent: sent.at)]
    assert years.night["checks_failed"] == []


def test_nothing_of_the_two_years_is_lost(years: TwoYears) -> None:
    assert_nothing_lost(years.home, [(each.folder, (years.files / each.path).read_bytes()) for each in SENT])


def test_what_was_known_on_any_day_is_what_a_plain_calculation_gives(years: TwoYears, oracle: Oracle) -> None:
    with candidate.read(years.home.candidate) as connection:
        assert agrees(connection, oracle, [*MOMENTS, END]) > 200


def agrees(connection: duckdb.DuckDBPyConnection, oracle: Oracle, moments: list[datetime]) -> int:
    """Return how many positions were compared with what the calculation says of those moments."""
    warehouse, compared = Warehouse(connection), 0
    for moment in moments:
        known = oracle.known_at(moment)
        assert_no_pound_is_lost(warehouse, known, YEARS, f"at {moment}")
        compared += compare(warehouse, known, oracle.known_at(moments[-1]), YEARS, f"at {moment}")
    return compared


def table_1(release: duckdb.DuckDBPyConnection, period: int) -> dict[tuple[str, str], tuple[Decimal | None, ...]]:
    found = release.execute(
        "select plan_year, directorate_code, baseline_gbp, projected_gbp, deferred_gbp, undeliverable_gbp,"
        " unexplained_gbp, not_reported_gbp from marts.rpt_cabinet_table_1 where period_key = ? and not is_total",
        [period],
    ).fetchall()
    return {row[:2]: row[2:] for row in found}


@pytest.mark.parametrize("period", PERIODS)
def test_table_1_of_every_period_is_what_a_plain_calculation_gives(
    release: duckdb.DuckDBPyConnection, now: Known, period: int
) -> None:
    assert table_1(release, period) == reports.table_1(now, period)


@pytest.mark.parametrize("period", PERIODS)
def test_in_every_period_the_plan_of_the_first_year_is_all_there_whoever_has_it(
    release: duckdb.DuckDBPyConnection, period: int
) -> None:
    """The reorganisation moves no pound of the years before it, and loses none after it."""
    of_the_first = {code: row[0] for (year, code), row in table_1(release, period).items() if year == YEARS[0]}
    assert sum(filter(None, of_the_first.values())) == PLANNED
    assert of_the_first["FIN"] == Decimal("9000.00")
    assert set(of_the_first) == {"ENV", "FIN", ENDED if period < 202509 else BEGUN}


def test_as_now_the_whole_history_is_with_who_has_the_service_today(release: duckdb.DuckDBPyConnection) -> None:
    grouped = (
        "select directorate.directorate_code, sum(position.baseline_gbp) from marts.fct_savings_position as position"
        " inner join marts.dim_saving_line as line on position.saving_line_key = line.saving_line_key"
        " inner join marts.dim_directorate as directorate on {key} = directorate.directorate_key"
        " where position.is_current and position.is_cashable and position.period_key = 202413 group by all"
    )
    then, today = (
        dict(release.execute(grouped.format(key=key)).fetchall())
        for key in ("position.directorate_key", "line.current_directorate_key")
    )
    ours = {"ENV": Decimal("345000.50"), "FIN": Decimal(9000)}
    assert then == ours | {ENDED: Decimal("545999.50")}
    assert today == ours | {"ENV": Decimal("646000.50"), BEGUN: Decimal("244999.50")}


def test_the_grid_the_status_and_the_release_say_the_same_of_every_return(
    years: TwoYears, release: duckdb.DuckDBPyConnection
) -> None:
    reference = read_reference(years.files / REORGANISED)
    with LedgerView.of(years.home) as ledger:
        told = status_of(years.home, ledger, reference, AFTERWARDS).cells
        of_the_grid = set(cells_of(ledger, reference, AFTERWARDS))
    shown = {_key(each): (each.state, each.certification or None) for each in told}
    published = release.execute(
        "select directorate_code, reporting_year, reporting_period, state, certification"
        " from marts.rpt_submission_status"
    ).fetchall()
    assert {row[:3]: row[3:] for row in published} == {key: shown[key] for key in {row[:3] for row in published}}
    sent = {(each.directorate, each.year, each.period) for each in SENT}
    assert {key for key, (state, _) in shown.items() if state == "accepted"} == sent
    assert sent < {row[:3] for row in published}
    with dg.DagsterInstance.from_config(str(years.home.root / "dagster")) as instance:
        filled = instance.get_materialized_partitions(GRID)
    assert filled == {f"{code}|{year.replace('/', '-')} {period}" for code, year, period in sent}
    assert filled < of_the_grid


def _key(cell: Cell) -> tuple[str, str, str]:
    return cell.directorate_code, cell.financial_year, cell.reporting_period


def test_nobody_waits_for_a_directorate_that_has_ended_and_who_went_on_is_asked(years: TwoYears) -> None:
    reference = read_reference(years.files / REORGANISED)
    with LedgerView.of(years.home) as ledger:
        cells = status_of(years.home, ledger, reference, AFTERWARDS).cells
    asked = {_key(each)[:2] for each in cells if each.is_overdue} | {
        _key(each)[:2] for each in cells if each.submission_id is None and each.due_date > AFTERWARDS.date()
    }
    of_the_year = {(code, period) for code, year, period in map(_key, cells) if year == YEARS[1]}
    assert {period for code, period in of_the_year if code == ENDED} == {"P03", "P06"}
    assert {period for code, period in of_the_year if code == BEGUN} == {"P09", "P12", "P13"}
    assert (ENDED, YEARS[1]) not in asked
    assert {("FIN", YEARS[1]), (BEGUN, YEARS[1])} < asked


def test_every_amount_is_its_own_cell_of_the_file_in_the_vault(years: TwoYears) -> None:
    assert amounts_that_are_their_cells(years.home) == len(ENTERED) * lines_recomputed_from_their_cells(years.home)


# Nothing moved since the first day on which that period was due; no report and no fund line; one close.
WITHOUT_ROWS = {"Q5", "Q12", "Q14", "Q20"}


def test_the_questions_are_about_this_council_and_have_rows_where_there_are_facts(
    years: TwoYears, release: duckdb.DuckDBPyConnection, now: Known
) -> None:
    said = html.parse(str(years.home.current / "site" / "questions.html")).getroot()
    asked = {
        f"Q{number}": release.execute(query.text_content()).fetchall()
        for number, query in enumerate(said.iterfind(".//pre"), start=1)
    }
    assert {number for number, rows in asked.items() if not rows} == WITHOUT_ROWS
    told = said.text_content()
    assert told.count("means that") == len(asked) == 20
    names = dict(release.execute("select directorate_name, directorate_code from marts.dim_directorate").fetchall())
    of_q1 = {(YEARS[1], names[name]): tuple(amounts) for name, *amounts in asked["Q1"] if name != "Total"}
    table = reports.table_1(now, 202503)
    assert of_q1 == {place: amounts[:5] for place, amounts in table.items() if place[0] == YEARS[1]}
    assert told.count("No row in this release.") == len(WITHOUT_ROWS)
    assert told.count("Rows in this release: ") == len(asked) - len(WITHOUT_ROWS)


def test_the_ways_to_read_history_are_about_this_council_and_have_rows(
    years: TwoYears, release: duckdb.DuckDBPyConnection
) -> None:
    said = html.parse(str(years.home.current / "site" / "history.html")).getroot()
    rows = [len(release.execute(query.text_content()).fetchall()) for query in said.iterfind(".//pre")]
    assert (len(rows), 0 in rows) == (9, False)
    told = said.text_content()
    assert [f"Rows in this release: {number}." in told for number in rows] == [True] * 9


def test_no_output_of_these_years_has_a_word_of_the_sample(years: TwoYears) -> None:
    found = words_of_the_sample_in(texts_of_a_home(years.home.root))
    assert found == {}, json.dumps(found, indent=1)


def savings(home: Home, reference: Path, *arguments: str) -> Any:
    return CliRunner().invoke(
        app, arguments, env={"SAVINGS_HOME": str(home.root), "SAVINGS_REFERENCE_DIR": str(reference)}
    )


def test_the_vault_alone_gives_the_same_release_and_a_withdrawal_is_published_by_itself(
    years: TwoYears, tmp_path: Path
) -> None:
    """Finance has 1 % of the plan: what it withdraws is found by who withdrew it, however little of the whole it is."""
    home, reference = Home.at(tmp_path / "var"), years.files / REORGANISED
    shutil.copytree(years.home.vault, home.vault)
    for command in ("init", "rebuild"):
        done = savings(home, reference, command)
        assert done.exit_code == 0, done.output
    assert _content(home) == _content(years.home)
    settings, clock = Settings(home, reference), fixed_clock(AFTERWARDS + timedelta(days=400))
    with Ledger.open(home) as ledger:
        (closed,) = (each for each in ledger.judged() if (each.reports_for, each.reporting_period) == ("FIN", "P13"))
        decide(home, ledger, clock, EventKind.WITHDRAWN, closed, Signature(**SIGNED))
    night = load(settings, history=None, is_forced=False, clock=clock)
    assert night.exit_code is Exit.DONE, night.as_json()
    with candidate.read(home.candidate) as connection:
        assert agrees(connection, oracle_of(home), [*MOMENTS, clock().replace(tzinfo=None)]) > 200
    with reader.connect(home.current) as connection:
        assert table_1(connection, 202413)[YEARS[0], "FIN"][:2] == (Decimal(9000), Decimal(7500))  # of P06
    assert_nothing_lost(home)


@pytest.fixture(scope="module")
def councils(years: TwoYears, first_night: Home, tmp_path_factory: pytest.TempPathFactory) -> Councils:
    """This council and the sample's, each in its own home, and the release joined from theirs."""
    joined = Home.at(tmp_path_factory.mktemp("councils") / "joined")
    homes = {ANSWERS.council_code: years.home, "E06000059": first_night}
    asked = [Council(f"folder of {code}", home, code) for code, home in homes.items()]
    join(joined, asked, code_sha256="of now", clock=fixed_clock(AFTERWARDS))
    return Councils(joined, homes)


def test_joined_with_the_sample_each_council_has_exactly_the_rows_of_its_own_release(councils: Councils) -> None:
    compared = 0
    with duckdb.connect() as connection:
        for code, home in councils.homes.items():
            connection.execute(f"attach '{councils.joined.current / 'savings.duckdb'}' as joined (read_only)")
            connection.execute(f"attach '{home.current / 'savings.duckdb'}' as own (read_only)")
            for table in _tables(connection, "own"):
                columns = ", ".join(connection.table(f"own.marts.{table}").columns)
                own, ours = (
                    connection.sql(f"select {columns} from own.marts.{table}"),  # noqa: S608 - names under contract
                    connection.sql(f"select {columns} from joined.marts.{table} where council_code = '{code}'"),  # noqa: S608 - likewise
                )
                assert len(own) == len(ours)
                assert own.except_(ours).fetchall() == [], (code, table)
                compared += len(own)
            connection.execute("detach own; detach joined")
    assert compared > 1000


def test_joined_the_pounds_of_every_table_are_the_sum_of_the_councils_to_the_penny(councils: Councils) -> None:
    """Added up from Parquet by Arrow, which has no part in joining."""
    files = sorted((councils.joined.current / "parquet").glob("*.parquet"))
    of_all, of_each = (
        sum((_pounds(file) for file in found), Decimal(0))
        for found in (files, [h.current / "parquet" / f.name for f in files for h in councils.homes.values()])
    )
    assert of_all == of_each > PLANNED


def _pounds(file: Path) -> Decimal:
    if not file.exists():
        return Decimal(0)  # the table of councils, which no council has
    table = parquet.read_table(file)
    sums = [pc.sum(table[name]).as_py() for name in table.column_names if name.endswith("_gbp")]
    return sum(filter(None, sums), Decimal(0))


def test_of_all_keys_councils_share_the_calendar_s_alone(councils: Councils) -> None:
    """Whoever joins tables by a key of 60 bits alone, as a council's own reports do, meets no other council's row."""
    described = json.loads((councils.joined.current / "datapackage.json").read_bytes())["resources"]
    own = {each["name"]: each["schema"].get("primaryKey", [])[1:] for each in described}
    with reader.connect(councils.joined.current) as connection:
        shared = {", ".join(key) for table, key in own.items() if key and _councils_share(connection, table, key)}
    assert shared == {"date_key", "financial_year_key", "period_key"}


def _councils_share(connection: duckdb.DuckDBPyConnection, table: str, key: list[str]) -> bool:
    grouped = f"select 1 from marts.{table} group by {', '.join(key)} having count(distinct council_code) > 1"  # noqa: S608 - names under contract
    return bool(connection.execute(grouped).fetchall())


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    found = connection.execute("select table_name from duckdb_tables() where database_name = ?", [database])
    return [name for (name,) in found.fetchall()]


def _content(home: Home) -> str:
    return str(json.loads((home.current / "manifest.json").read_bytes())["content_sha256"])
