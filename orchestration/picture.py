"""The picture of the data flow, drawn from the code location itself; `make generated` writes it into its page."""

from __future__ import annotations

import dagster as dg


def mermaid(definitions: dg.Definitions) -> str:
    """Return the flow as Mermaid text: tables as one box a group, all else asset by asset."""
    graph = definitions.resolve_asset_graph()
    keys = sorted(graph.get_all_asset_keys())
    group_of = {key: graph.get(key).group_name for key in keys}
    sizes = {group: sum(other == group for other in group_of.values()) for group in group_of.values()}

    def box(key: dg.AssetKey) -> str:
        group = group_of[key]
        return key.path[-1] if len(key.path) == 1 else f"{group}[/{group}: {sizes[group]} tables/]"

    arrows = {
        f"    {box(parent)} --> {box(key)}"
        for key in keys
        for parent in graph.get(key).parent_keys
        if box(parent) != box(key)
    }
    return "\n".join(["```mermaid", "flowchart LR", *sorted(arrows), "```", ""])
