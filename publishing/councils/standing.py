"""What each council brings to the joined release: its release in force, if that is sound and of our contract.

Here belongs judging a council's release before it is read, and the row of ``dim_council`` that says the outcome. Not
here: reading its tables (``councils.tables``). A release that is not sound is left out by name: neither are its last
sound figures kept, which would look like today's, nor does it keep the other councils' back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dbt_project.published import CONTRACT
from publishing import pointer, reader
from publishing.manifest import Manifest, ManifestUnreadableError, not_as_published, read_manifest
from publishing.release_tables import ReleaseColumn, ReleaseTable
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Published
from sources.custody.problems import CustodyProblem, VaultDamaged
from sources.home import Home
from sources.reference.whose import COUNCIL_CODE as COUNCIL

# Who a row of ``dim_council`` is about, in whichever release of many councils.
WHO = (
    ReleaseColumn("folder", pa.string(), "The council's folder, as the operator calls it."),
    ReleaseColumn(
        COUNCIL,
        pa.string(),
        "Code of the council, the first column of every table; null where that is not known.",
        is_required=False,
    ),
    ReleaseColumn("council_name", pa.string(), "Name of the council.", is_required=False),
)
WHY = ReleaseColumn("reason", pa.string(), "Why it was left out; else null.", is_required=False)
DIM_COUNCIL = ReleaseTable(
    "dim_council",
    "One row per council, also of one whose release could not be joined: which release its rows are of, or why it has "
    "none here.",
    (
        *WHO,
        ReleaseColumn("state", pa.string(), "joined: its rows are here; no release: it has none yet; left out."),
        WHY,
        ReleaseColumn("release_id", pa.string(), "Its release that is here; else null.", is_required=False),
        ReleaseColumn("version", pa.string(), "The version of that release.", is_required=False),
        ReleaseColumn("published_at", pa.timestamp("us"), "When it was made, UTC.", is_required=False),
        ReleaseColumn("data_as_at", pa.date32(), "How far its figures reach.", is_required=False),
        ReleaseColumn("content_sha256", pa.string(), "Hash of its content.", is_required=False),
    ),
)
_ASK = "select council_code, contract from marts.meta_last_refreshed"
_COLUMNS = (
    "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts'"
    " order by table_name, column_index"
)


class State(StrEnum):
    """What became of a council."""

    JOINED = "joined"
    NO_RELEASE = "no release"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Council:
    """A council whose release is asked for.

    Attributes:
        folder: What its folder is called.
        home: Its home; None where its settings do not say.
        code: As its lists say; empty where they do not.
        name: Likewise; a release has its own.
        problem: Why its home could not be found; empty where it was.
    """

    folder: str
    home: Home | None
    code: str = ""
    name: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Brought:
    """A release that can be joined.

    Attributes:
        code: Of its council.
        release: Its folder.
        manifest: What it says of itself.
        columns: The columns of its tables with their types, by table.
    """

    code: str
    release: Path
    manifest: Manifest
    columns: Mapping[str, Mapping[str, str]] = field(repr=False)


@dataclass(frozen=True)
class Standing:
    """A council and what it brings.

    Attributes:
        council: The council.
        state: Whether it is joined.
        reason: Why it is left out.
        brought: Its release, if it is joined.
    """

    council: Council
    state: State
    reason: str = ""
    brought: Brought | None = None

    @property
    def row(self) -> dict[str, Any]:
        """Its row of ``dim_council``."""
        manifest = self.brought.manifest if self.brought else None
        return {
            "folder": self.council.folder,
            COUNCIL: self.council.code or None,
            "council_name": (manifest.council if manifest else self.council.name) or None,
            "state": self.state.value,
            "reason": self.reason or None,
            "release_id": manifest.release_id if manifest else None,
            "version": manifest.version if manifest else None,
            "published_at": manifest.created_at.astimezone(UTC).replace(tzinfo=None) if manifest else None,
            "data_as_at": manifest.data_as_at if manifest else None,
            "content_sha256": manifest.content_sha256 if manifest else None,
        }


def standings_of(councils: Sequence[Council]) -> list[Standing]:
    """Return what each council brings, in the order of their codes, whatever state any of them is in.

    All that are joined have the same tables: those of the release made last, which the newest code has made.
    """
    found = [_standing(council) for council in sorted(councils, key=lambda each: (each.code, each.folder))]
    newest = newest_of(found)
    return [_held_to(newest, each) if newest else each for each in found]


def newest_of(standings: Sequence[Standing]) -> Brought | None:
    """Return the release made last of those that are joined."""
    brought = (each.brought for each in standings if each.brought)
    return max(brought, key=lambda each: (each.manifest.created_at, each.code), default=None)


def _standing(council: Council) -> Standing:
    if council.home is None or not council.code:
        return _left_out(council, council.problem or "Its lists have no council_code: see setting.csv.")
    try:
        return _looked_at(council, council.home)
    except (CustodyProblem, VaultDamaged, ManifestUnreadableError, OSError, duckdb.Error) as problem:
        return _left_out(council, " ".join(str(problem).split()))


def _left_out(council: Council, reason: str) -> Standing:
    return Standing(council, State.LEFT_OUT, reason)


def _looked_at(council: Council, home: Home) -> Standing:
    if not home.events.is_dir():
        return _left_out(council, f"There is no home at {home.root}: run `savings init` in its folder.")
    release = pointer.current(home)
    with LedgerView.of(home) as ledger:
        if release is None and ledger.last_event(Published):
            return _left_out(council, f"It has published, and {home.current} leads to no release.")
        if release is None:
            return Standing(council, State.NO_RELEASE)
        if problems := not_as_published(release, ledger):
            return _left_out(council, f"Release {release.name}: {problems[0]}.")
    return _brought(council, release)


def _brought(council: Council, release: Path) -> Standing:
    with reader.connect(release) as figures:
        ((code, contract),) = figures.execute(_ASK).fetchall()
        columns: dict[str, dict[str, str]] = {}
        for table, column, data_type in figures.execute(_COLUMNS).fetchall():
            columns.setdefault(table, {})[column] = data_type
    if contract != CONTRACT:
        return _left_out(council, f"Release {release.name} follows contract {contract}, not {CONTRACT}.")
    if code != council.code:
        return _left_out(council, f"Release {release.name} is of council {code}, its lists are of {council.code}.")
    return Standing(council, State.JOINED, brought=Brought(code, release, read_manifest(release), columns))


def _held_to(newest: Brought, each: Standing) -> Standing:
    """Return a council as joined only if its tables have the columns of the newest release."""
    if each.brought is None:
        return each
    theirs = each.brought.columns
    differing = [name for name in sorted({*newest.columns, *theirs}) if newest.columns.get(name) != theirs.get(name)]
    if not differing:
        return each
    return _left_out(
        each.council,
        f"Release {each.brought.release.name} is of another version than {newest.manifest.release_id} of "
        f"{newest.code}: {', '.join(differing)}. The next load of this council makes one of the same version.",
    )
