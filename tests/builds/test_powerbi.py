"""The Power BI project of a release: each column is there, and filters have one way."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dbt_project import run_dbt
from dbt_project.published import PublishedTable, published_tables
from publishing.powerbi.metrics import SEMANTIC_MANIFEST, Measure, UntranslatedError, measures
from publishing.powerbi.names import column_name, table_name
from publishing.powerbi.project import project
from sources.home import Home
from tests.powerbi_sample import semantic_manifest

MODEL = "Savings.SemanticModel/definition"
_RELATIONSHIP = re.compile(
    r"relationship (?P<id>\S+)\n(?P<off>\tisActive: false\n)?"
    r"\tfromColumn: (?P<from>'.+?'|\w+)\.(?P<column>.+)\n\ttoColumn: (?P<to>'.+?'|\w+)\."
)


@pytest.fixture(scope="module")
def manifest(first_night: Home) -> Path:
    return run_dbt.result_of(first_night.candidate).manifest


@pytest.fixture(scope="module")
def tables(manifest: Path) -> tuple[PublishedTable, ...]:
    return published_tables(manifest)


@pytest.fixture(scope="module")
def folder(first_night: Home) -> Path:
    return first_night.current.resolve() / "powerbi"


@pytest.fixture(scope="module")
def made(manifest: Path) -> list[Measure]:
    return measures(manifest.with_name(SEMANTIC_MANIFEST))


@pytest.fixture(scope="module")
def release(first_night: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{first_night.current.resolve() / 'savings.duckdb'}' as candidate (read_only)")
        connection.execute("use candidate.marts")
        yield connection


def test_the_release_has_the_project_of_its_own_contract(
    folder: Path, manifest: Path, tables: tuple[PublishedTable, ...]
) -> None:
    written = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }
    assert written == project(tables, manifest.with_name(SEMANTIC_MANIFEST))


def test_a_ratio_divides_two_measures_so_that_nothing_over_nothing_is_blank(made: list[Measure]) -> None:
    labels = {measure.label for measure in made}
    ratios = [measure for measure in made if measure.is_ratio]
    assert ratios
    for ratio in ratios:
        assert set(re.fullmatch(r"DIVIDE\(\[(.+)\], \[(.+)\]\)", ratio.dax).groups()) <= labels


def test_each_table_reads_the_columns_that_the_release_has(folder: Path, release: duckdb.DuckDBPyConnection) -> None:
    files = sorted((folder / MODEL / "tables").glob("*.tmdl"))
    assert len(files) > 30
    for path in files:
        text = path.read_text("utf-8")
        (item,) = re.findall(r'Item = "(\w+)"', text)
        assert sorted(re.findall(r"sourceColumn: (\w+)", text)) == sorted(release.table(item).columns)
        parquet = folder.parent / "parquet" / f"{item}.parquet"
        assert f"\\{parquet.name}" in text
        assert parquet.is_file()


def test_no_two_tables_columns_or_measures_have_one_name(
    tables: tuple[PublishedTable, ...], made: list[Measure]
) -> None:
    shown = [table for table in tables if not table.name.startswith("rpt_")]
    names = Counter(table_name(table.name).casefold() for table in shown)
    assert [name for name, times in names.items() if times > 1] == []
    for table in shown:
        of_table = Counter(column_name(column.name).casefold() for column in table.columns)
        of_table.update(measure.label.casefold() for measure in made if measure.table == table.name)
        assert [name for name, times in of_table.items() if times > 1] == [], table.name


def test_filters_have_one_way_at_most_from_a_table_to_another(folder: Path) -> None:
    found = list(_RELATIONSHIP.finditer((folder / MODEL / "relationships.tmdl").read_text("utf-8")))
    assert len({each["id"] for each in found}) == len(found) > 50
    leads = defaultdict(list)
    for each in found:
        if not each["off"]:
            leads[each["from"]].append(each["to"])
    for table in leads:
        reached, waiting = [], [table]
        while waiting:
            for to in leads.get(waiting.pop(), ()):
                reached.append(to)
                waiting.append(to)
        assert [to for to, times in Counter(reached).items() if times > 1] == [], table
    assert "Date" in leads["'Savings position'"]


def test_the_date_table_is_marked_and_every_key_is_hidden(folder: Path) -> None:
    dates = (folder / MODEL / "tables" / "Date.tmdl").read_text("utf-8")
    assert "\tdataCategory: Time\n" in dates
    assert "column 'Date day'\n\t\tdataType: dateTime\n\t\tisKey\n" in dates
    for path in (folder / MODEL / "tables").glob("*.tmdl"):
        for column in path.read_text("utf-8").split("\tcolumn ")[1:]:
            source = re.search(r"sourceColumn: (\w+)", column)[1]
            assert not source.endswith("_key") or "\tisHidden\n" in column, (path.name, source)
            assert "summarizeBy: none" in column


def test_the_files_around_the_model_lead_to_each_other(folder: Path) -> None:
    files = [*folder.rglob("*.json"), *folder.rglob(".platform"), *folder.rglob("*.pbi*")]
    documents = {path: json.loads(path.read_bytes()) for path in files if path.is_file()}
    assert len(documents) == 9
    for document in documents.values():
        assert document["$schema"].startswith("https://developer.microsoft.com/json-schemas/fabric/")
    (artifact,) = documents[folder / "Savings.pbip"]["artifacts"]
    report = folder / artifact["report"]["path"]
    model = report / documents[report / "definition.pbir"]["datasetReference"]["byPath"]["path"]
    assert (model.resolve() / "definition.pbism").is_file()
    ids = [document["config"]["logicalId"] for path, document in documents.items() if path.name == ".platform"]
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "derived"},
        {"filter": {"where_filters": [{"where_sql_template": "{{ Dimension('thing__bucket') }} like 'M%'"}]}},
        {"filter": {"where_filters": [{"where_sql_template": "{{ Dimension('other__bucket') }} = 'MOVED'"}]}},
        {"filter": {"where_filters": [{"where_sql_template": "amount_gbp > 0"}]}},
    ],
)
def test_a_metric_that_cannot_be_said_in_dax_is_named_and_never_left_out(tmp_path: Path, changed: dict) -> None:
    (tmp_path / SEMANTIC_MANIFEST).write_text(json.dumps(semantic_manifest(**changed)))
    with pytest.raises(UntranslatedError, match="Metric all"):
        measures(tmp_path / SEMANTIC_MANIFEST)


@pytest.mark.parametrize(
    ("of_the_measure", "of_its_time"),
    [({"agg": "average"}, {}), ({"non_additive_dimension": None}, {}), ({}, {"expr": "as_at_date"})],
)
def test_a_measure_that_is_added_otherwise_is_named_too(
    tmp_path: Path, of_the_measure: dict, of_its_time: dict
) -> None:
    """A day alone is no period: P12 and P13 end on one day."""
    document = semantic_manifest()
    (model,) = document["semantic_models"]
    model["measures"][0] |= of_the_measure
    model["dimensions"][0] |= of_its_time
    (tmp_path / SEMANTIC_MANIFEST).write_text(json.dumps(document))
    with pytest.raises(UntranslatedError, match="Metric all"):
        measures(tmp_path / SEMANTIC_MANIFEST)
