"""A council's release by the SQL of the models alone: no dbt, no checks, no pages.

Here belongs the short way to a release whose figures are those of a night, for whoever needs many
(``builds.test_many_councils``, ``bench_councils``). Nobody may read one: the evidence in it says that one check
passed, which asks nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from dbt_project import candidate as scratch
from dbt_project import origin
from dbt_project.content import fingerprint
from dbt_project.inputs import inputs_in_force
from dbt_project.load_raw import load_raw
from dbt_project.published import PublishedTable
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from expectations.evidence import CheckResult, Evidence
from expectations.lock import Declared, write_lock
from publishing.files import write_files
from publishing.release import publish
from sources.clock import system_clock
from sources.custody.ledger import Ledger
from sources.home import Home
from sources.reference.whose import COUNCIL_CODE
from tests.models_in_memory import Models

CODE = "unchecked"
_ASKS_NOTHING = Declared("dbt", "error", "fct_savings_position", "asks_nothing")


def publish_unchecked(home: Home, tables: Sequence[PublishedTable]) -> None:
    """Build a home's candidate from its ledger and typed lines by the models' SQL, and publish it.

    Args:
        home: The home.
        tables: The published tables.
    """
    with Ledger.open(home) as ledger, tempfile.TemporaryDirectory() as folder:
        load_raw(home.candidate, home, ledger, ledger.vault, CODE)
        with scratch.read(home.candidate) as connection:
            raw = {name: connection.table(f"raw.{name}").to_arrow_table() for name in RAW_TABLES}
            reference = {name: connection.table(f"reference.{name}").to_arrow_table() for name in REFERENCE_TABLES}
        code = scratch.said_of_council(home.candidate, COUNCIL_CODE)
        home.candidate.unlink()
        Models(raw, reference, home.candidate, code).whole().close()
        origin.write(home.candidate, inputs_in_force(ledger, CODE))
        lock = Path(folder) / "checks.lock"
        write_lock([_ASKS_NOTHING], lock)
        publish(
            home,
            evidence=_evidence(home, tables),
            tables=tables,
            ledger=ledger,
            code_sha256=CODE,
            clock=system_clock,
            parts=(partial(write_files, tables=tables),),
            lock=lock,
        )


def _evidence(home: Home, tables: Sequence[PublishedTable]) -> Evidence:
    found = fingerprint(home.candidate, tables)
    asked = _ASKS_NOTHING
    result = CheckResult(asked.name, asked.engine, asked.table, asked.severity, "pass", "0 failing rows")
    made_of = origin.read(home.candidate)
    return Evidence(found.content_sha256, found.exact_sha256, made_of, CODE, (asked,), (result,))
