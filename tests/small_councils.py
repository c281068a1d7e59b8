"""Councils in one folder, each with the small warehouse's release, whose keys are the same.

Here belongs setting them up and their nights. Not here: what is joined from them.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from orchestration.settings_file import NAME
from publishing.files import write_files
from publishing.release import Release
from sources.home import Home
from tests.small_warehouse import KEYED, SmallWarehouse

NORTH, SOUTH = "E99000001", "E99000002"


def council(folder: Path, name: str, code: str) -> SmallWarehouse:
    """Set a council up that has published nothing yet."""
    place = folder / name
    (place / "reference").mkdir(parents=True)
    lists = f"name,value\ncouncil_code,{code}\ncouncil_name,Council of the {name}\n"
    (place / "reference" / "setting.csv").write_text(lists, encoding="utf-8")
    (place / NAME).write_text('home = "home"\nreference_dir = "reference"\n', encoding="utf-8")
    home = Home.at(place / "home")
    home.create()
    return SmallWarehouse(home, SmallWarehouse.at(folder.parent / f"checks of {name}").lock, council=code)


def night(of: SmallWarehouse, pounds: str) -> Release:
    """Let a council publish so many pounds."""
    return of.night(pounds, parts=(partial(write_files, tables=KEYED),))
