"""Has Dagster look up many tables at once that it would look up one by one, as each of its events is recorded.

Here belongs when each table of a step was built last, which Dagster writes beside what is made of it. It
leans on the cache that Dagster keeps for a step; a test says so of the version installed. Not here: the
events themselves (``dbt_events``, ``checks``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import dagster as dg


def look_up_at_once(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, tables: Sequence[dg.AssetKey]
) -> None:
    """Have Dagster look up at once when each table was built: one by one, it takes two or three per cent of a night."""
    context.get_step_execution_context()._data_version_cache._fetch_input_asset_version_info(tables)


class Built:
    """The tables of a step that are recorded, and those of them that Dagster has not looked up yet."""

    def __init__(self, context: dg.AssetExecutionContext, parents: Mapping[dg.AssetKey, Set[dg.AssetKey]]) -> None:
        """Begin with none.

        Args:
            context: The step.
            parents: What each of its tables is made of.
        """
        self._context = context
        self._parents = parents
        self._not_looked_up: dict[dg.AssetKey, None] = {}

    def comes(self, table: dg.AssetKey) -> None:
        """Look up what was recorded so far if a table is made of any of it; then count the table as recorded."""
        if self._parents[table] & self._not_looked_up.keys():
            look_up_at_once(self._context, list(self._not_looked_up))
            self._not_looked_up.clear()
        self._not_looked_up[table] = None
