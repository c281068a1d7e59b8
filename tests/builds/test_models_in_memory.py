"""The models' SQL alone makes the tables that dbt builds, over histories of several years made up at random.

The years are full of what goes wrong: late, sent again, restated, withdrawn, moved, quarantined. The build runs every
test of dbt too, so these hold on such histories.
"""

from __future__ import annotations

from pathlib import Path

from tests.histories import scenario_of
from tests.same_rows import differing

SEEDS = list(range(96, 112))


def test_the_models_sql_alone_makes_the_tables_that_dbt_builds(tmp_path: Path):
    scenario, _ = scenario_of(SEEDS)
    scenario.build(tmp_path).close()
    with scenario.work_out() as alone:
        alone.execute(f"attach '{tmp_path / 'candidate.duckdb'}' as built (read_only)")
        tables = alone.execute("""
            select schema_name || '.' || table_name from duckdb_tables()
            where database_name = 'built' and schema_name in ('intermediate', 'marts')
        """).fetchall()
        assert len(tables) > 70
        assert differing(alone, ("built", "memory"), [table for (table,) in tables]) == {}
