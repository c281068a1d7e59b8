"""The spreadsheet and the data contract of a release: what the marts hold, in forms that others read."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import csvw
import duckdb
import frictionless
import openpyxl
import pytest
import yaml

from dbt_project import run_dbt
from dbt_project.published import published_tables
from publishing import reader
from publishing.spreadsheet import write_spreadsheet
from sources.home import Home
from tests.programs import LIBREOFFICE

_FRONT = ["Cover", "Contents", "Notes"]


@pytest.fixture(scope="module")
def release(first_night: Home) -> Path:
    return first_night.current.resolve()


@pytest.fixture(scope="module")
def workbook(release: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(release / "savings.xlsx")


@pytest.fixture(scope="module")
def marts(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with reader.connect(release) as connection:
        connection.execute("use marts")
        yield connection


@pytest.fixture(scope="module")
def contract(release: Path) -> dict:
    return yaml.safe_load((release / "datacontract.yaml").read_text("utf-8"))


def _rows(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[tuple[object, ...]]:
    (table,) = sheet.tables.values()
    return [tuple(cell.value for cell in row) for row in sheet[table.ref]]


def _said(value: object, column: str) -> object:
    if value is None:
        return "[x]"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal | int):
        return float(value)
    if isinstance(value, datetime):
        return None  # by London's clock, as on the pages
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else value


def test_each_sheet_has_the_rows_of_the_latest_period_and_no_others(
    workbook: openpyxl.Workbook, marts: duckdb.DuckDBPyConnection
) -> None:
    seen = 0
    for name in workbook.sheetnames[len(_FRONT) :]:
        (table,) = workbook[name].tables.values()
        mart = marts.table(table.name)
        left_out = {"period_key", "is_latest_period", "is_latest_complete_period", "warehouse_query"}
        columns = [each for each in mart.columns if not each.endswith("_key") and each not in left_out]
        is_of_period = "period_key" in mart.columns and table.name != "rpt_claim_check"
        asked = marts.execute(
            f"select {', '.join(columns)} from {table.name} where {'period_key = 202106' if is_of_period else 'true'}"  # noqa: S608 - names of the workbook
        ).fetchall()
        wanted = [[_said(value, column) for value, column in zip(row, columns, strict=True)] for row in asked]
        moments = {place for row in wanted for place, value in enumerate(row) if value is None}
        found = [
            [
                None if place in moments else float(cell) if isinstance(cell, int) else cell
                for place, cell in enumerate(row)
            ]
            for row in _rows(workbook[name])[1:]
        ]
        wanted = [[None if place in moments else cell for place, cell in enumerate(row)] for row in wanted]
        assert sorted(map(str, found)) == sorted(map(str, wanted)), name
        seen += len(found)
    assert seen > 50


def test_the_total_of_table_1_comes_last(workbook: openpyxl.Workbook) -> None:
    *_, total = _rows(workbook["Cabinet table 1"])
    assert total[4:12] == ("Total", 10845000, 10845000, 5407500, 2104000, 0, 3333500, 0)


def test_the_workbook_is_laid_out_as_guidance_on_statistics_asks(workbook: openpyxl.Workbook, release: Path) -> None:
    assert workbook.sheetnames[: len(_FRONT)] == _FRONT
    cover = [cell.value for cell in workbook["Cover"]["A"]]
    assert f"Release {release.name}." in cover
    assert "Data as at 30 September 2021." in cover
    linked = [cell.value for cell in workbook["Contents"]["A"]][-(len(workbook.sheetnames) - len(_FRONT)) :]
    assert linked == workbook.sheetnames[len(_FRONT) :]
    for sheet in workbook.worksheets[1:]:
        assert len(sheet.tables) == 1, "one table a sheet"
        assert sheet.merged_cells.ranges == set()
        assert "contains one table" in " ".join(str(cell.value) for cell in sheet["A"][:3])
        headings = _rows(sheet)[0]
        assert len(set(headings)) == len(headings)
        assert None not in headings


def test_the_workbook_is_the_same_bytes_each_time_and_holds_no_formula(release: Path, tmp_path: Path) -> None:
    (tmp_path / "savings.duckdb").symlink_to(release / "savings.duckdb")
    write_spreadsheet(tmp_path)
    assert (tmp_path / "savings.xlsx").read_bytes() == (release / "savings.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "savings.xlsx") as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_what_a_sender_typed_is_text_in_the_workbook(release: Path, tmp_path: Path) -> None:
    typed = '=HYPERLINK("http://elsewhere.example") [here](http://elsewhere.example) $$note$$'
    database = tmp_path / "savings.duckdb"
    database.write_bytes((release / "savings.duckdb").read_bytes())
    with duckdb.connect(database) as connection:
        connection.execute("update marts.rpt_roadmap set project_name = ?", [typed])
    write_spreadsheet(tmp_path)
    workbook = openpyxl.load_workbook(tmp_path / "savings.xlsx")
    headings, *rows = _rows(workbook["Roadmap"])
    names = {row[headings.index("Project name")] for row in rows}
    assert names == {typed.replace("](", "] (")}
    links = [cell.hyperlink for row in workbook["Roadmap"].iter_rows() for cell in row if cell.hyperlink]
    assert links == []


@pytest.mark.needs(LIBREOFFICE)
def test_an_office_program_opens_the_workbook_and_the_csv(release: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    files = [release / "savings.xlsx", release / "csv" / "rpt_cabinet_table_1.csv"]
    command = [LIBREOFFICE.path, profile, "--headless", "--convert-to", "ods", "--outdir", tmp_path, *files]
    subprocess.run(command, check=True, capture_output=True)
    for path in files:
        with zipfile.ZipFile(tmp_path / f"{path.stem}.ods") as parts:
            content = parts.read("content.xml").decode()
        assert 'office:value="3333500"' in content, path.name
        assert "Adults &amp; Housing" in content


def test_the_data_contract_has_each_table_and_column_with_its_key(
    first_night: Home, contract: dict, release: Path
) -> None:
    tables = {table["name"]: table for table in contract["schema"]}
    for table in published_tables(run_dbt.result_of(first_night.candidate).manifest):
        properties = tables.pop(table.name)["properties"]
        assert [each["name"] for each in properties] == [column.name for column in table.columns]
        assert [each["required"] for each in properties] == [column.is_required for column in table.columns]
        keys = sorted((each["primaryKeyPosition"], each["name"]) for each in properties if each.get("primaryKey"))
        assert tuple(name for _, name in keys) == table.key
    assert sorted(tables) == ["fct_check_result", "meta_data_dictionary", "meta_last_refreshed", "rpt_change_log"]
    (server,) = contract["servers"]
    for table in contract["schema"]:
        assert (release / server["path"].format(model=table["name"])).is_file()


def test_the_data_contract_has_the_version_of_its_release(contract: dict, marts: duckdb.DuckDBPyConnection) -> None:
    assert [(contract["version"],)] == marts.execute("select version from meta_last_refreshed").fetchall()
    assert contract["version"] == "2.0.0"
    assert (contract["kind"], contract["apiVersion"], contract["id"]) == ("DataContract", "v3.1.0", "savings_v2")


def test_each_reference_of_the_data_contract_leads_to_a_column(contract: dict) -> None:
    columns = {f"{table['name']}.{each['name']}" for table in contract["schema"] for each in table["properties"]}
    leads = [
        to["to"] for table in contract["schema"] for each in table["properties"] for to in each.get("relationships", ())
    ]
    assert len(leads) > 50
    assert set(leads) <= columns


def test_the_project_of_data_packages_finds_the_files_as_described(release: Path) -> None:
    """Types, keys, references, hashes and sizes of every CSV file, by frictionless."""
    report = frictionless.Package(str(release / "datapackage.json")).validate()
    assert report.flatten(["name", "type", "note"]) == []
    assert report.stats["tasks"] == len(list((release / "csv").iterdir())) > 50


def test_the_project_of_csvw_finds_the_files_as_described(release: Path) -> None:
    described = csvw.CSVW(str(release / "csv-metadata.json"), validate=True)
    assert (described.is_valid, described.warnings) == (True, [])
    assert sum(1 for _ in described.tables) == len(list((release / "csv").iterdir()))


def test_a_file_that_is_not_as_described_is_found(release: Path, tmp_path: Path) -> None:
    for name in ("datapackage.json", "csv-metadata.json", "csv"):
        (shutil.copytree if (release / name).is_dir() else shutil.copy)(release / name, tmp_path / name)
    spoilt = tmp_path / "csv" / "rpt_cabinet_table_1.csv"
    spoilt.chmod(0o640)
    spoilt.write_bytes(spoilt.read_bytes().replace(b"5407500.00", b"many"))
    assert not frictionless.Package(str(tmp_path / "datapackage.json")).validate().valid
    assert not csvw.CSVW(str(tmp_path / "csv-metadata.json"), validate=True).is_valid
