"""The Dagster code location: what there is, put together.

Here belongs assembling alone; `build_definitions` is the seam that tests use.
"""

from __future__ import annotations

import dagster as dg

from dbt_project import run_dbt
from orchestration.checks import expectation_checks
from orchestration.intake_assets import intake_assets
from orchestration.jobs import nightly, nightly_load
from orchestration.resources import warehouse_of
from orchestration.settings import Settings, load_settings
from orchestration.warehouse_assets import candidate_sources, published_keys, release_asset, warehouse_tables


def build_definitions(settings: Settings) -> dg.Definitions:
    """Return the code location for these settings.

    Args:
        settings: Where everything lies; the grid of returns comes from its reference folder.
    """
    manifest = run_dbt.parse(settings.home.dagster / "dbt_manifest")
    published = published_keys(manifest)
    return dg.Definitions(
        assets=[
            *intake_assets(settings.reference),
            candidate_sources,
            warehouse_tables(manifest),
            release_asset(published),
        ],
        asset_checks=[expectation_checks(published)],
        jobs=[nightly_load],
        schedules=[nightly],
        resources={"warehouse": warehouse_of(settings)},
        executor=dg.in_process_executor,
    )


@dg.definitions
def definitions() -> dg.Definitions:
    """Return the code location that the environment describes."""
    return build_definitions(load_settings())
