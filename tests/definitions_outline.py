"""What the code location holds, on one page that is committed, so that a change of it is seen and meant.

Here belongs naming each asset, job, schedule, sensor and resource. Not here: checks, which
``expectations/checks.lock`` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.settings import PROJECT

PAGE = PROJECT / "tests" / "fixtures" / "definitions.txt"


def page(definitions: dg.Definitions) -> str:
    """Return the page, a line per thing, in an order that does not depend on the machine."""
    lines = [*_assets(definitions), *_jobs(definitions), *_asked_for(definitions), *_resources(definitions)]
    return "".join(f"{line}\n" for line in lines)


def _assets(definitions: dg.Definitions) -> Iterator[str]:
    graph = definitions.resolve_asset_graph()
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        more = {
            "kinds": " ".join(sorted(node.kinds)),
            "owners": " ".join(node.owners),
            "partitions": " x ".join(node.partitions_def.partition_dimension_names) if node.is_partitioned else "",
            "backfill": node.backfill_policy.policy_type.value if node.backfill_policy else "",
            "fresh within": _window(node.freshness_policy),
        }
        yield _line("asset", f"{key.to_user_string()} of {node.group_name}", more)


def _jobs(definitions: dg.Definitions) -> Iterator[str]:
    for job in sorted(definitions.resolve_all_job_defs(), key=lambda each: each.name):
        if not job.name.startswith("__"):
            yield _line("job", job.name, {"steps": " ".join(sorted(job.graph.node_dict))})


def _asked_for(definitions: dg.Definitions) -> Iterator[str]:
    repository = definitions.get_repository_def()
    for schedule in sorted(repository.schedule_defs, key=lambda each: each.name):
        when = f"{schedule.cron_schedule} {schedule.execution_timezone}"
        yield _line("schedule", schedule.name, {"job": schedule.job_name, "at": when, **_status(schedule)})
    for sensor in sorted(repository.sensor_defs, key=lambda each: each.name):
        yield _line("sensor", sensor.name, {"kind": sensor.sensor_type.value, **_status(sensor)})


def _resources(definitions: dg.Definitions) -> Iterator[str]:
    for name in sorted(definitions.resources or {}):
        yield _line("resource", name, {})


def _status(asked: dg.ScheduleDefinition | dg.SensorDefinition) -> dict[str, str]:
    return {"at first": asked.default_status.value}


def _window(policy: Any) -> str:
    return "" if policy is None else str(policy.fail_window.to_timedelta())


def _line(what: str, name: str, more: dict[str, str]) -> str:
    said = "; ".join(f"{name}: {value}" for name, value in more.items() if value)
    return f"{what} {name}" + (f" ({said})" if said else "")
