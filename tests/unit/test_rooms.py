"""The rooms of the project: imports go down only, and what a module says is elsewhere is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# From the lowest to the highest; a room imports from itself and from rooms below it.
ROOMS = (
    "sources.clock",
    "sources.home",
    "sources.reader",
    "sources.template",
    "sources.reference",
    "sources.findings",
    "sources.contract",
    "sources.grammar",
    "sources.parsing",
    "sources.lines",
    "sources.custody",
    "sources.judging",
    "sources.receipts",
    "sources.intake",
    "sources.desk",
    "sources.samples",
    "sources.samples.many_years",
    "dbt_project",
    "expectations",
    "publishing",
    "orchestration",
)
# Samples are made by who wants to see them: nothing of the warehouse imports them.
SHOWN_ONLY = "sources.samples"


def _modules() -> Iterator[tuple[str, Path]]:
    for top in sorted({room.split(".")[0] for room in ROOMS}):
        for path in sorted((PROJECT / top).rglob("*.py")):
            yield _name_of(path), path


def _name_of(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def _room_of(module: str) -> str | None:
    rooms = [room for room in ROOMS if module == room or module.startswith(f"{room}.")]
    return max(rooms, key=len, default=None)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = dict(_modules())


def test_every_module_of_the_sources_is_in_a_room() -> None:
    lost = [module for module in MODULES if _room_of(module) is None]
    assert lost == ["sources"]


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_down_only(room: str) -> None:
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    if room != SHOWN_ONLY and not room.startswith(f"{SHOWN_ONLY}."):
        allowed -= {each for each in ROOMS if each.startswith(SHOWN_ONLY)}
    up = [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        if _room_of(module) == room
        for name in _imported(path)
        if _room_of(name) not in allowed | {None}
    ]
    assert up == []


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("sources.")])
def test_what_is_not_here_is_where_the_module_says(module: str) -> None:
    described = ast.get_docstring(ast.parse(MODULES[module].read_text("utf-8"))) or ""
    _, _, elsewhere = described.partition("Not here:")
    lost = [name for name in re.findall(r"``([\w./]+)``", elsewhere.split("\n\n")[0]) if not _is_there(name, module)]
    assert lost == []


def _is_there(name: str, module: str) -> bool:
    """Return whether a name is a module or folder, seen from the module, its room, or the sources."""
    path = name.replace(".", "/")
    seen_from = [PROJECT, PROJECT / "sources", MODULES[module].parent, *MODULES[module].parent.parents[:1]]
    return any((folder / path).is_dir() or (folder / f"{path}.py").is_file() for folder in seen_from)
