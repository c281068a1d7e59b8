"""The release of one build over the lines of all councils: what is in it, and what it is held to.

Here belongs each council's part in it, comparing that with the council's own release, and the tables. Not here:
building (``orchestration.councils_together``), and how readers get a release (``councils.releases``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from dbt_project import candidate as scratch
from dbt_project.inputs import Inputs
from dbt_project.published import PublishedTable
from publishing import pointer
from publishing.councils.standing import WHO, WHY, Council
from publishing.councils.tables import is_as_published, sizes
from publishing.database import SCHEMA, write_tables
from publishing.manifest import Manifest, ManifestUnreadableError, read_manifest
from publishing.release_tables import ReleaseColumn, ReleaseTable
from sources.reference.whose import COUNCIL_CODE as COUNCIL

# How many tables are named that differ: enough to find the cause.
_NAMED = 3
DIM_COUNCIL = ReleaseTable(
    "dim_council",
    "One row per council, also of one whose lines could not be built: whether its rows are here, or why not.",
    (
        *WHO,
        ReleaseColumn("state", pa.string(), "built: its rows are here; left out."),
        WHY,
        ReleaseColumn(
            "release_id",
            pa.string(),
            "Its own release in force that was made of the same lines, and has the same rows and pounds; null where it "
            "has none.",
            is_required=False,
        ),
    ),
)


@dataclass(frozen=True)
class Part:
    """A council and what of it is in the build.

    Attributes:
        council: The council.
        reason: Why it is left out; empty where it is not.
        inputs: What its rows are made of; None where that could not be read.
        own: Its release in force, if that was made of the same.
    """

    council: Council
    reason: str = ""
    inputs: Inputs | None = None
    own: Manifest | None = None

    @property
    def row(self) -> dict[str, Any]:
        """Its row of ``dim_council``."""
        return {
            "folder": self.council.folder,
            COUNCIL: self.council.code or None,
            "council_name": self.council.name or None,
            "state": "left out" if self.reason else "built",
            "reason": self.reason or None,
            "release_id": self.own.release_id if self.own and not self.reason else None,
        }


def with_own_release(part: Part) -> Part:
    """Return a council's part with its release in force, if that was made of the same lines by the same code."""
    home = part.council.home
    try:
        release = pointer.current(home) if home else None
        own = read_manifest(release) if release else None
    except (OSError, pointer.NoPointerError, ManifestUnreadableError):
        return part  # who joins says it; there is nothing here to compare with
    return replace(part, own=own) if own and own.inputs == part.inputs else part


def held_to_their_own(candidate: Path, parts: Sequence[Part]) -> list[Part]:
    """Return the parts, those left out whose rows or pounds are not those of the council's own release.

    Args:
        candidate: What was built.
        parts: The parts that are in it.
    """
    held = {part.council.code: part.own.tables for part in parts if part.own and not part.reason}
    pounds = {name: list(size.pounds) for tables in held.values() for name, size in tables.items()}
    differing: dict[str, list[str]] = {}
    with scratch.read(candidate) as connection:
        for name in sorted(pounds):
            found = sizes(connection, f"{SCHEMA}.{name}", pounds[name])
            for code, tables in held.items():
                if not is_as_published(tables[name], found.get(code)):
                    differing.setdefault(code, []).append(name)
    return [_left_out(part, differing.get(part.council.code, [])) for part in parts]


def _left_out(part: Part, tables: Sequence[str]) -> Part:
    if not tables or part.own is None:
        return part
    more = f" and {len(tables) - _NAMED} more" if len(tables) > _NAMED else ""
    named = f"{', '.join(tables[:_NAMED])}{more}"
    return replace(
        part, reason=f"Its rows are not those of its own release {part.own.release_id}, made of the same: {named}."
    )


def write_built(folder: Path, candidate: Path, tables: Sequence[PublishedTable], parts: Sequence[Part]) -> None:
    """Write ``savings.duckdb`` and ``parquet/`` into the folder of such a release.

    Args:
        folder: The folder.
        candidate: What was built.
        tables: Its tables.
        parts: Every council.
    """
    write_tables(folder, candidate, tables, {DIM_COUNCIL: DIM_COUNCIL.rows([part.row for part in parts])})
