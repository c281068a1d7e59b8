"""A small model with one of each thing that a Power BI project has, and the project made from it, committed.

Here belongs what shows a change of the project's files at a glance. Not here: whether the real one is right
(``builds.test_powerbi``).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbt_project.published import PublishedColumn, PublishedTable
from dbt_project.units import unit_of
from publishing.powerbi.metrics import SEMANTIC_MANIFEST
from publishing.powerbi.project import project

FOLDER = Path(__file__).parent / "fixtures" / "powerbi"


def _column(name: str, data_type: str, leads_to: tuple[str, str] | None = None) -> PublishedColumn:
    return PublishedColumn(name, data_type, None, f"What {name} means.", unit_of(name, data_type), leads_to=leads_to)


TABLES = (
    PublishedTable(
        "dim_date",
        "marts",
        (_column("date_key", "integer"), _column("date_day", "date")),
        None,
        "A day.",
        ("date_key",),
    ),
    PublishedTable(
        "dim_rag",
        "marts",
        (_column("rag_key", "bigint"), _column("name", "varchar"), _column("sort_order", "integer")),
        None,
        "A rating.",
        ("rag_key",),
    ),
    PublishedTable(
        "dim_reporting_period", "marts", (_column("period_key", "integer"),), None, "A period.", ("period_key",)
    ),
    PublishedTable(
        "fct_thing",
        "marts",
        (
            _column("thing_key", "bigint"),
            _column("period_key", "integer", ("dim_reporting_period", "period_key")),
            _column("rag_submitted_key", "bigint", ("dim_rag", "rag_key")),
            _column("rag_derived_key", "bigint", ("dim_rag", "rag_key")),
            _column("as_at_date", "date"),
            _column("is_current", "boolean"),
            _column("bucket", "varchar"),
            _column("amount_gbp", "decimal(14,2)"),
            _column("amount_gbp_cell", "varchar"),
            _column("weight", "decimal(9,6)"),
            _column("accepted_at", "timestamp"),
        ),
        None,
        "A thing.",
        ("thing_key",),
    ),
    PublishedTable(
        "rpt_things", "marts", (_column("things_key", "bigint"),), None, "Added up already.", ("things_key",)
    ),
)


def semantic_manifest(**of_the_first_metric: object) -> dict[str, Any]:
    """Return two sums and their ratio as dbt leaves them; the first with what a test changes of it."""
    dimensions = [{"name": "as_at", "type": "time", "expr": "as_at_date + period_key % 100 * interval '1' hour"}]
    dimensions += [{"name": name, "type": "categorical", "expr": None} for name in ("is_current", "bucket")]  # type: ignore[dict-item]  # as dbt writes it
    model = {
        "node_relation": {"alias": "fct_thing"},
        "defaults": {"agg_time_dimension": "as_at"},
        "entities": [{"name": "thing", "type": "primary", "expr": "thing_key"}],
        "dimensions": dimensions,
        "measures": [
            {
                "name": "amount",
                "agg": "sum",
                "expr": "amount_gbp",
                "non_additive_dimension": {"name": "as_at", "window_choice": "max", "window_groupings": []},
            }
        ],
    }
    current = "{{ Dimension('thing__is_current') }}"
    metrics = [
        _metric("all", "Amount (£)", current) | of_the_first_metric,
        _metric("some", "Moved (£)", f"{current} and {{{{ Dimension('thing__bucket') }}}} = 'MOVED'"),
        {
            "name": "rate",
            "label": "Moved rate",
            "description": "What was moved of all.",
            "type": "ratio",
            "filter": None,
            "type_params": {"numerator": {"name": "some"}, "denominator": {"name": "all"}},
        },
    ]
    return {"semantic_models": [model], "metrics": metrics}


def _metric(name: str, label: str, condition: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "description": f"What {name} means.",
        "type": "simple",
        "type_params": {"measure": {"name": "amount"}},
        "filter": {"where_filters": [{"where_sql_template": condition}]},
    }


def files() -> Mapping[Path, bytes]:
    """Return the project of the small model, by the path of each of its files."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder) / SEMANTIC_MANIFEST
        manifest.write_text(json.dumps(semantic_manifest()), encoding="utf-8")
        return {FOLDER / name: text.encode() for name, text in project(TABLES, manifest).items()}
