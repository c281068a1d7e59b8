"""The Dagster code location: what there is, put together.

Here belongs assembling alone; `build_definitions` is the seam that tests use.
"""

from __future__ import annotations

import dagster as dg

from dbt_project import parsed
from orchestration.checks import expectation_checks
from orchestration.intake_assets import intake_assets
from orchestration.jobs import nightly, nightly_load, receive_returns
from orchestration.resources import warehouse_of
from orchestration.sensors import landing, run_failed, run_succeeded
from orchestration.settings import Settings, load_settings
from orchestration.warehouse_assets import candidate_sources, published_keys, release_asset, warehouse_tables


def build_definitions(settings: Settings) -> dg.Definitions:
    """Return the code location for these settings.

    Args:
        settings: Where everything lies; the grid of returns comes from its reference folder.
    """
    manifest = parsed.parse(settings.home.candidate)
    published = published_keys(manifest)
    assets = [
        *intake_assets(settings.reference),
        candidate_sources,
        warehouse_tables(manifest),
        release_asset(manifest, published),
    ]
    return dg.Definitions(
        assets=dg.with_source_code_references([definition.map_asset_specs(_owned) for definition in assets]),
        asset_checks=[expectation_checks(published)],
        jobs=[nightly_load, receive_returns],
        schedules=[nightly],
        sensors=[*([landing] if settings.build_every else []), run_failed, run_succeeded],
        resources={"warehouse": warehouse_of(settings)},
        executor=dg.in_process_executor,
    )


def _owned(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Return an asset that says who answers for it: dbt's say so by their group, the rest is the data team's."""
    return spec if spec.owners else spec.replace_attributes(owners=["team:data_team"])


@dg.definitions
def definitions() -> dg.Definitions:
    """Return the code location that the environment describes."""
    return build_definitions(load_settings())
