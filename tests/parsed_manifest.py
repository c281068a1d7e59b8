"""dbt's manifest of the project, parsed once for all tests of a run that read it.

Here belongs that the workers of a run share one parse. Not here: manifests of other projects, or of one that is spoilt
(a test does that to a copy).
"""

from __future__ import annotations

import fcntl
from pathlib import Path

from dbt_project import run_dbt


def parsed_manifest(shared: Path) -> Path:
    """Return the manifest in a folder that the run's workers share; the first that asks lets dbt parse."""
    with (shared / "parsed_manifest.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return run_dbt.parse(shared / "parsed_manifest" / "candidate.duckdb")
