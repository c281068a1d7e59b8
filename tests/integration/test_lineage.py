"""Of which columns each column is made: over the project's own models, down to the sheets of the returns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dbt_project import lineage, parsed
from dbt_project.lineage import Column, Lineage, sources_of
from dbt_project.parsed import lineage_beside
from dbt_project.published import published_tables


@pytest.fixture(scope="module")
def manifest() -> Path:
    return parsed.parse_installed()


@pytest.fixture(scope="module")
def made_of(manifest: Path) -> Lineage:
    return lineage.read(lineage_beside(manifest))


def test_lineage_that_is_lost_or_damaged_is_none(tmp_path: Path):
    (tmp_path / "damaged.lineage").write_text('{"marts.dim_rag": {"rag_')
    assert lineage.read(tmp_path / "damaged.lineage") == lineage.read(tmp_path / "lost.lineage") == {}


def test_every_column_of_every_published_table_has_its_lineage(manifest: Path, made_of: Lineage):
    for table in published_tables(manifest):
        assert list(made_of[table.schema, table.name]) == [column.name for column in table.columns]


def test_every_column_that_one_is_made_of_is_there(manifest: Path, made_of: Lineage):
    known = {(table, column) for table, columns in made_of.items() for column in columns}
    sources = json.loads(manifest.read_bytes())["sources"].values()
    of_sources = {(source["schema"], source["name"]) for source in sources}
    for columns in made_of.values():
        for of in (each for made in columns.values() for each in made):
            assert ((of.schema, of.table), of.column) in known or (of.schema, of.table) in of_sources


@pytest.mark.parametrize("column", ["projected_gbp", "deferred_gbp", "baseline_gbp"])
def test_an_amount_leads_back_to_the_savings_sheet(made_of: Lineage, column: str):
    sources = sources_of(Column("marts", "fct_savings_position", column), made_of)
    assert Column("raw", "savings_line", column) in sources
    assert {source.schema for source in sources} <= {"raw", "reference"}


def test_a_release_says_of_a_column_which_columns_of_returns_it_comes_from(manifest: Path, made_of: Lineage):
    (table,) = (table for table in published_tables(manifest, made_of) if table.name == "fct_investment")
    comes_from = {column.name: column.comes_from for column in table.columns}
    assert comes_from["approved_gbp"] == ("raw.investment.approved_gbp",)
