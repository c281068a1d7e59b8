"""dbt's page about the warehouse can be written from the candidate of the last build."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbt_project import run_dbt
from dbt_project.documentation import write_page
from dbt_project.published import published_tables
from tests.scenarios import Scenario, line


@pytest.fixture(scope="module")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documented")
    scenario = Scenario()
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60, deferred=40)])
    scenario.build(folder).close()
    return folder / "candidate.duckdb"


def test_the_page_has_every_published_table_and_the_build_stays_as_it_was(candidate: Path, tmp_path: Path):
    before = run_dbt.result_of(candidate)
    write_page(candidate, tmp_path / "warehouse.html")

    page = (tmp_path / "warehouse.html").read_text(encoding="utf-8")
    absent = [table.name for table in published_tables(before.manifest) if f".{table.name}" not in page]
    assert absent == []
    assert "Three things to know before adding anything up" in page
    assert not re.search(r"""<(?:script|link|img)\b[^>]*(?:src|href)=["']?https?:""", page)
    assert run_dbt.result_of(candidate) == before


def test_every_column_of_a_private_model_is_described_by_the_model_or_by_the_source_that_it_reads(
    candidate: Path, tmp_path: Path
):
    manifest = json.loads(run_dbt.result_of(candidate).manifest.read_bytes())
    private = [node for node in manifest["nodes"].values() if node.get("access") == "private"]
    own = {(model["name"], name) for model in private for name in model["columns"]}
    passed_on = {(model["name"], name) for model in private for name in _columns_of_its_source(model, manifest)}
    with Scenario().work_out(tmp_path / "models.duckdb") as connection:
        built = connection.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema in ('staging', 'intermediate')"
        ).fetchall()

    assert [column for column in built if column not in own | passed_on] == []
    assert own - set(built) == set()


def _columns_of_its_source(model: dict[str, Any], manifest: dict[str, Any]) -> Iterator[str]:
    for parent in model["depends_on"]["nodes"]:
        yield from manifest["sources"].get(parent, {}).get("columns", ())
