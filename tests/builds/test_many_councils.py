"""Years of made-up councils, each in a home of its own, against a plain calculation of each (issue 15, item 2)."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from lxml import html
from typer.testing import CliRunner

from dbt_project import candidate
from dbt_project.load_raw import load_raw
from dbt_project.published import published_tables
from orchestration.cli import app
from orchestration.exit_codes import Exit
from publishing.councils.pages import file_of
from sources.custody.ledger import Ledger
from sources.home import Home
from sources.template.declaration import SHEETS
from tests import history_reports as reports
from tests.council_homes import live_as_typed_lines, live_as_workbooks
from tests.council_totals import compare_all
from tests.council_years import YEAR, CouncilYear, code_of
from tests.history_figures import ZERO
from tests.nu_checker import complaints
from tests.programs import JAVA, NU_HTML_CHECKER
from tests.unchecked_releases import publish_unchecked

# What a workbook has and lines alone do not: the cells that they lie in, what is warned of, their own bytes.
_OF_THE_FILE = {"submission_id", "receipt_seq", "file_sha256", "is_receipt_declared", "warn_count", "certify_count"}
_OF_THE_CELLS = {"submission_id", "source_row"}


def ended(what: str, folder: Path) -> int:
    """Return what a command for many councils ended with."""
    return CliRunner().invoke(app, ["councils", what, str(folder)]).exit_code


def raw_of(place: Path) -> dict[str, pa.Table]:
    """Return what a home's lines and ledger are as raw tables."""
    home = Home.at(place / "home")
    with Ledger.open(home) as ledger:
        load_raw(home.candidate, home, ledger, ledger.vault, "code")
    with candidate.read(home.candidate) as connection:
        return {
            name: connection.table(f"raw.{name}").to_arrow_table()
            for name in ("submission", *(sheet.table for sheet in SHEETS))
        }


def without(columns: set[str], table: pa.Table) -> list[dict[str, object]]:
    """Return a table's rows without some columns and the addresses of cells, in an order of their own."""
    kept = [name for name in table.column_names if name not in columns and not name.endswith("_cell")]
    return sorted(table.select(kept).to_pylist(), key=lambda row: str(list(row.values())))


@pytest.mark.parametrize("seed", [1, 7])
def test_typed_lines_are_those_that_intake_types_from_the_same_returns_in_workbooks(tmp_path: Path, seed: int) -> None:
    live_as_typed_lines(seed, tmp_path / "lines")
    live_as_workbooks(seed, tmp_path / "workbooks")
    by_lines, by_workbooks = raw_of(tmp_path / "lines"), raw_of(tmp_path / "workbooks")
    assert set(by_workbooks["submission"]["state"].to_pylist()) == {"accepted"}
    for table, rows in by_workbooks.items():
        columns = _OF_THE_FILE if table == "submission" else _OF_THE_CELLS
        assert without(columns, by_lines[table]) == without(columns, rows), table


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, parsed_manifest: Path) -> tuple[Path, dict[str, CouncilYear]]:
    """Five councils by the models' SQL alone, joined, and their years by code; the folder of a sixth is away."""
    folder = tmp_path_factory.mktemp("many") / "councils"
    tables, years = published_tables(parsed_manifest), {}
    for seed in range(1, 6):
        place = folder / f"council-{seed}"
        years[code_of(seed)] = live_as_typed_lines(seed, place)
        publish_unchecked(Home.at(place / "home"), tables)
    (folder / "away").mkdir()
    assert ended("join", folder) == Exit.REFUSED
    return folder / "joined" / "current", years


def test_every_figure_of_every_council_and_their_sum_is_what_a_plain_calculation_gives(
    many: tuple[Path, dict[str, CouncilYear]],
) -> None:
    """``bench_councils`` does the same with hundreds."""
    assert compare_all(*many) > 150


def test_pages_list_every_council_and_show_table_1_of_each_that_is_joined(
    many: tuple[Path, dict[str, CouncilYear]],
) -> None:
    joined, years = many
    index = html.parse(joined / "site" / "index.html")
    links = {link.get("href"): link.text for link in index.iterfind(".//table//a")}
    assert links == {f"{file_of(code)}.html": f"Council 00000{n}" for n, code in enumerate(years, start=1)}
    assert [each.text for each in index.iterfind(".//p") if (each.text or "").startswith("away is left out.")]
    for page, year in zip(links, years.values(), strict=True):
        total = html.parse(joined / "site" / page).find(".//tr[@class='govuk-table__row site-total']")
        assert [Decimal(each.get("value")) for each in total.iterfind(".//data")][:5] == total_of(year)


@pytest.mark.needs(JAVA, NU_HTML_CHECKER)
def test_the_pages_are_valid(many: tuple[Path, dict[str, CouncilYear]]) -> None:
    joined, _ = many
    assert complaints(sorted((joined / "site").glob("*.html"))) == []


@pytest.mark.parametrize("code", ["../E1", "E 1", "E1/2", "."])
def test_a_code_that_is_no_name_of_a_file_names_no_page_outside_the_site_and_no_other_s(code: str) -> None:
    assert re.fullmatch("council-[0-9a-f]{16}", file_of(code))
    assert file_of("E98000001") == "council-e98000001"


def total_of(year: CouncilYear) -> list[Decimal]:
    """Return the total of Table 1 of the year's own plan at its end: the plan and its four homes."""
    known = year.known()
    table = reports.table_1(known, reports.latest_period(known))
    rows = [row for (plan_year, _), row in table.items() if plan_year == YEAR]
    return [sum(filter(None, each), ZERO) for each in zip(*rows, strict=True)][:5]


def test_whole_nights_of_a_council_with_workbooks_and_one_with_lines_give_what_a_plain_calculation_gives(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "councils"
    years = {
        code_of(1): live_as_workbooks(1, folder / "with-workbooks"),
        code_of(3): live_as_typed_lines(3, folder / "with-lines"),
    }
    assert ended("load", folder) == Exit.DONE
    assert compare_all(folder / "joined" / "current", years) > 50
