"""How old what BI reads may be: the policy of the release, and the record of a night on which nothing was new.

Here belongs what Dagster is told of age. Not here: the alert of a night that did not run (``alerts.occasions``),
which goes by the ledger and by the same length of time.
"""

from __future__ import annotations

import dagster as dg

from orchestration.alerts.occasions import LONGEST_PAUSE

RELEASE = dg.AssetKey("release")
# Of the release alone: readers have no other table, and those of a candidate are built when something is new.
POLICY = dg.FreshnessPolicy.time_window(fail_window=LONGEST_PAUSE)


def record_still_in_force(instance: dg.DagsterInstance, release_id: str) -> None:
    """Record that a night looked, and what readers have is all that there is.

    Dagster reckons age from materializations alone, not from observations. So this is one, as it is one when a
    build comes to the content of the release in force: neither writes a release, and both say so.

    Args:
        instance: Dagster's records of this home.
        release_id: The release that readers have.
    """
    instance.report_runless_asset_event(
        dg.AssetMaterialization(
            RELEASE,
            description="A night looked, and nothing was new: this release is still what there is to read.",
            metadata={"release_id": release_id, "is_new": False},
        )
    )
