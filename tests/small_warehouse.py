"""A tiny home whose candidate was built and checked: what publishing needs, in milliseconds, without dbt.

Here belongs the hand-made candidate with a few published tables, its evidence and its lock. Not
here: real models (``scenarios``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from dbt_project import origin
from dbt_project.content import fingerprint
from dbt_project.inputs import inputs_in_force
from dbt_project.published import Follows, PublishedColumn, PublishedTable
from dbt_project.units import unit_of
from expectations import evidence as record
from expectations.evidence import CheckResult, Evidence
from expectations.lock import Declared, write_lock
from publishing.release import Part, Release, publish
from sources.custody.ledger import Ledger
from sources.home import Home

NIGHT = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
DATA_AS_AT = date(2021, 9, 30)
CHECK = Declared("dbt", "error", "fct_pound", "fct_pound__adds_up")


def _column(name: str, data_type: str, follows: Follows | None = None, sources: str = "") -> PublishedColumn:
    return PublishedColumn(name, data_type, follows, f"What {name} means{sources}.", unit_of(name, data_type))


def _table(name: str, *columns: PublishedColumn) -> PublishedTable:
    return PublishedTable(name, "marts", columns, None, f"One row a {name}; it isn't empty.")


TABLES = (
    _table(
        "dim_submission",
        _column("submission_id", "varchar"),
        _column("file_sha256", "varchar"),
        _column("state", "varchar", sources=" (R10, D25, R10)"),
        _column("received_at", "timestamp", Follows.CLOCK),
    ),
    _table("fct_pound", _column("pound_key", "bigint"), _column("amount_gbp", "decimal(14,2)")),
)

# The same with the key and the reference that dbt's manifest gives real tables.
KEYED = (
    replace(
        TABLES[0],
        key=("submission_id",),
        # One that leads to a key, and one that leads to what several rows may share.
        columns=tuple(
            replace(column, leads_to=("dim_submission", column.name))
            if column.name in ("submission_id", "state")
            else column
            for column in TABLES[0].columns
        ),
    ),
    replace(
        TABLES[1],
        key=("pound_key",),
        columns=(
            PublishedColumn("pound_key", "bigint", None, "Key of the pound; it isn't empty.", "none", is_required=True),
            TABLES[1].columns[1],
        ),
    ),
)


@dataclass
class SmallWarehouse:
    """A home, its ledger, and how to build, check and publish its candidate.

    Attributes:
        home: The home.
        lock: The list of checks that have to have passed.
        nights: How many nights have passed; each starts a day later.
        council: The code of the council whose it is; empty where its lists do not say.
    """

    home: Home
    lock: Path
    nights: int = 0
    council: str = ""

    @classmethod
    def at(cls, root: Path) -> SmallWarehouse:
        """Make an empty one."""
        warehouse = cls(Home.at(root / "var"), root / "checks.lock")
        warehouse.home.create()
        write_lock([CHECK], warehouse.lock)
        return warehouse

    @classmethod
    def of(cls, root: Path) -> SmallWarehouse:
        """Return the one that is there, a hundred nights on."""
        return cls(Home.at(root / "var"), root / "checks.lock", nights=100)

    def build(self, pounds: str = "10.00", received_at: str = "2021-10-08 09:00:00", code: str = "c") -> None:
        """Write a candidate that holds so many pounds, built by that code from the ledger as it is."""
        self.home.candidate.unlink(missing_ok=True)
        with duckdb.connect(self.home.candidate) as connection:
            connection.execute("create schema raw; create schema reference; create schema marts;")
            connection.execute(
                "create table reference.setting as "
                "select 'council_name' as name, 'A small council' as value, null::timestamp as known_to_at "
                "union all select 'council_code', ?, null",
                [self.council],
            )
            connection.execute(
                "create table raw.submission as select 'accepted' as state, date '2021-09-30' as as_at_date"
            )
            connection.execute(
                "create table marts.dim_submission as "
                "select 'AH-0123456789abcdef' as submission_id, 'ff' as file_sha256, 'accepted' as state, "
                "cast(? as timestamp) as received_at",
                [received_at],
            )
            connection.execute(
                "create table marts.fct_pound as select cast(1 as bigint) as pound_key, "
                "cast(? as decimal(14, 2)) as amount_gbp",
                [Decimal(pounds)],
            )
        with Ledger.open(self.home) as ledger:
            origin.write(self.home.candidate, inputs_in_force(ledger, code))

    def check(self, status: record.Status = "pass") -> Evidence:
        """Write the evidence that the candidate, as it is now, passed its check (or did not)."""
        found = fingerprint(self.home.candidate, TABLES)
        result = CheckResult(CHECK.name, CHECK.engine, CHECK.table, CHECK.severity, status, "0 failing rows")
        evidence = Evidence(
            found.content_sha256, found.exact_sha256, origin.read(self.home.candidate), "run-1", (CHECK,), (result,)
        )
        record.write(evidence, self.home.evidence)
        return evidence

    def clock(self) -> datetime:
        """Return the time of the night: 03:30, a day later each."""
        return NIGHT + timedelta(days=self.nights)

    def publish(
        self, *, keep: int = 30, code: str = "c", parts: Sequence[Part] = (), parts_sha256: str = ""
    ) -> Release:
        """Publish the candidate with the evidence that lies beside it, as a night would."""
        self.nights += 1
        with Ledger.open(self.home) as ledger:
            return publish(
                self.home,
                evidence=record.read(self.home.evidence),
                tables=TABLES,
                ledger=ledger,
                code_sha256=code,
                clock=self.clock,
                parts=parts,
                parts_sha256=parts_sha256,
                lock=self.lock,
                keep=keep,
            )

    def night(self, pounds: str, *, keep: int = 30, parts: Sequence[Part] = ()) -> Release:
        """Build, check and publish."""
        self.build(pounds)
        self.check()
        return self.publish(keep=keep, parts=parts)


def forge_a_figure(release: Path, how: str = "update marts.fct_pound set amount_gbp = 99") -> None:
    """Alter a figure of a release, and let its manifest say the hash and size that the file has then."""
    database, manifest = release / "savings.duckdb", release / "manifest.json"
    for path in (database, manifest):
        path.chmod(0o640)
    with duckdb.connect(database) as connection:
        connection.execute(how)
    document = json.loads(manifest.read_bytes())
    document["files"][database.name] = hashlib.sha256(database.read_bytes()).hexdigest()
    document["sizes"][database.name] = database.stat().st_size
    manifest.write_text(json.dumps(document), encoding="utf-8")
