"""dbt's page about the warehouse can be written from the candidate of the last build."""

from __future__ import annotations

import re
from pathlib import Path

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
