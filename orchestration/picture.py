"""The picture of the data flow in the README, drawn from the code location itself.

Here belongs drawing it; `make generated` writes it into the README.
"""

from __future__ import annotations

import re

import dagster as dg

from orchestration.settings import PROJECT

README = PROJECT / "README.md"
_BETWEEN = re.compile(r"(<!-- picture -->\n).*?(<!-- /picture -->)", re.DOTALL)


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


def with_picture(readme: str, picture: str) -> str:
    """Return the README with the picture between its marks.

    Raises:
        ValueError: If the marks are not there once.
    """
    text, found = _BETWEEN.subn(lambda match: match[1] + picture + match[2], readme)
    if found != 1:
        raise ValueError("the README needs <!-- picture --> and <!-- /picture --> once")
    return text
