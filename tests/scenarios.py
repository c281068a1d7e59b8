"""Declares what directorates sent and finance decided, and builds the warehouse from it.

Here belongs the short way for a test of the models to say "Adults & Housing sent this for P06, and
then that". A scenario writes schemas ``raw`` and ``reference`` of a candidate just as ``load_raw``
would, and runs dbt on it, or the models' SQL alone. Not here: files, judging, Great Expectations, and anything to
assert.

    scenario = Scenario()
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60, deferred=40)])
    with scenario.work_out() as warehouse:
        rows = warehouse.sql("select bucket, amount_gbp from marts.fct_savings_allocation").fetchall()

Unless a test says otherwise, the approved plan lists exactly the lines that were sent, each with the
baseline that it was first sent with, and no return is expected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dbt_project import candidate as scratch
from dbt_project import run_dbt
from dbt_project.known_spans import Adopted, known_spans
from dbt_project.load_raw import rule_rows
from dbt_project.name_keys import with_key
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from sources.lines.typed_lines import sums_of
from sources.reference.folder_contract import reference_file
from sources.template.declaration import CONTRACT_VERSION, SHEETS, TEMPLATE_VERSION, sheet_named
from tests.models_in_memory import Models
from tests.scenario_reference import DEFAULT_REFERENCE, Row, full_rows
from tests.scenario_rows import PROJECT_OF, line, typed_rows, year_after

__all__ = ["Scenario", "line", "year_after"]

FIRST_ADOPTION = datetime(2019, 4, 1)  # noqa: DTZ001 - as in the candidate: UTC without zone
FIRST_RECEIPT = datetime(2021, 10, 8, 9)  # noqa: DTZ001 - likewise

_VERSIONED = frozenset({"accepted", "withdrawn", "held", "rejected", "blocked"})
_ACCEPTED = frozenset({"accepted", "withdrawn"})
_COUNTS = {"block_count": "B", "hold_count": "H", "warn_count": "W", "certify_count": "C"}
_CONTROLS = {
    "control_baseline_gbp": "baseline_gbp",
    "control_achieved_gbp": "achieved_to_date_gbp",
    "control_projected_gbp": "projected_gbp",
    "control_deferred_gbp": "deferred_gbp",
    "control_undeliverable_gbp": "undeliverable_gbp",
}


class Scenario:
    """Everything that one warehouse is built from, in the order in which it is declared."""

    def __init__(self, **reference: Iterable[Mapping[str, Any]]) -> None:
        """Start with the small council's reference data.

        Args:
            **reference: Tables that replace the default ones, by file name; rows may leave out
                columns. Those of ``read_reference(bundled_reference()).tables`` will do.
        """
        self._submissions: list[Row] = []
        self._findings: list[Row] = []
        self._lines: dict[str, list[Row]] = {sheet.table: [] for sheet in SHEETS}
        self._adoptions: list[tuple[datetime, _Folder]] = [(FIRST_ADOPTION, _Folder().replacing(reference))]
        self._default_plan: list[Row] | None = None

    def adopt(self, at: datetime, **reference: Iterable[Mapping[str, Any]]) -> None:
        """Let finance put a folder in force at ``at``: the one before, with these tables replaced."""
        self._adoptions.append((at, self._adoptions[-1][1].replacing(reference)))

    def add(self, table: str, *rows: Mapping[str, Any]) -> None:
        """Add rows to a table of the folder adopted last, beside what is there."""
        at, folder = self._adoptions[-1]
        self._adoptions[-1] = (at, folder.adding(table, rows))

    def send(
        self,
        directorate: str,
        year: str,
        period: str,
        lines: Sequence[Row] = (),
        *,
        received_at: datetime | None = None,
        withdrawn_at: datetime | None = None,
        sheets: Mapping[str, Iterable[Row]] | None = None,
        findings: Iterable[Mapping[str, Any]] = (),
        **columns: Any,
    ) -> str:
        """Let a directorate send a return, judged at the moment it is received.

        Args:
            directorate: Sends it, from its own folder.
            year: The reporting year.
            period: The reporting period.
            lines: Rows of the Savings sheet, made with ``line``.
            received_at: UTC without zone; by default a day after the one before.
            withdrawn_at: When it was withdrawn, if it was.
            sheets: Rows of further sheets by sheet name; Projects by default names each project.
            findings: Rows of ``raw.finding``; columns left out get a default.
            **columns: Columns of ``raw.submission`` that differ from a plain accepted,
                Provisional return: ``state``, ``certification``, ``return_type`` and so on.

        Returns:
            The submission id.
        """
        number = len(self._submissions) + 1
        sha256 = hashlib.sha256(str(number).encode()).hexdigest()
        submission_id = f"{directorate}-{sha256[:16]}"
        sheets = {"Savings": lines, "Projects": _projects_of(lines, directorate), **(sheets or {})}
        found = [
            {**_FINDING, "submission_id": submission_id, "finding_no": n, **finding}
            for n, finding in enumerate(findings, start=1)
        ]
        moment = received_at or self._next_moment()
        submission = _submission(
            {
                "submission_id": submission_id,
                "receipt_seq": number,
                "directorate_code": directorate,
                "file_sha256": sha256,
                "financial_year": year,
                "reporting_period": period,
                "state": "withdrawn" if withdrawn_at else "accepted",
                "received_at": moment,
                "judged_at": moment,
                "withdrawn_at": withdrawn_at,
                **{name: sum(row["severity"] == severity for row in found) for name, severity in _COUNTS.items()},
                **columns,
            },
            self._versions(directorate, year, period),
            typed_rows(sheet_named("Savings"), lines, directorate, year),
        )
        self._submissions.append(submission)
        self._findings += found
        if submission["state"] in _ACCEPTED:
            for name, rows in sheets.items():
                sheet = sheet_named(name)
                typed = typed_rows(sheet, rows, directorate, year)
                self._lines[sheet.table] += [{"submission_id": submission_id, **row} for row in typed]
        return submission_id

    def cut(self, at: datetime) -> Scenario:
        """Return the scenario as the ledger stood at ``at``, to build what was known then (R40).

        The approved plan stays as it is, also where it follows from lines that were sent later.
        """
        earlier = Scenario()
        earlier._default_plan = self._plan_as_sent()
        earlier._adoptions = [adoption for adoption in self._adoptions if adoption[0] <= at]
        for row in self._submissions:
            if row["received_at"] <= at:
                earlier._submissions.append(row | _as_it_was(row, at))
        known = {row["submission_id"] for row in earlier._submissions}
        accepted = {row["submission_id"] for row in earlier._submissions if row["state"] in _ACCEPTED}
        earlier._findings = [row for row in self._findings if row["submission_id"] in known]
        earlier._lines = {
            table: [row for row in rows if row["submission_id"] in accepted] for table, rows in self._lines.items()
        }
        return earlier

    def load(self, folder: Path) -> Path:
        """Write schemas ``raw`` and ``reference`` of a candidate in ``folder``; return the candidate."""
        candidate = folder / "candidate.duckdb"
        scratch.create(candidate, self.raw_tables(), self.reference_tables())
        return candidate

    def build(self, folder: Path) -> duckdb.DuckDBPyConnection:
        """Build everything; return a connection that reads the candidate.

        Raises:
            AssertionError: If a model or a test of severity error failed, with what dbt said.
        """
        candidate = self.load(folder)
        result = run_dbt.build(candidate)
        failed = [f"{node.name}: {node.message}" for node in result.nodes.values() if node.status in ("error", "fail")]
        assert result.success, "\n".join(failed)
        return scratch.read(candidate)

    def work_out(self, database: Path | None = None) -> duckdb.DuckDBPyConnection:
        """Return what the SQL of the models makes of it, without dbt: a tenth of the time, no contract and no test."""
        return Models(self.raw_tables(), self.reference_tables(), database).whole()

    def folder_in_force(self) -> dict[str, list[Row]]:
        """Return the tables of the folder that was adopted last."""
        defaults = {**DEFAULT_REFERENCE, "approved_plan": self._plan_as_sent()}
        _, folder = self._adoptions[-1]
        return {name: folder.rows(name, defaults) for name in REFERENCE_TABLES}

    def raw_tables(self) -> dict[str, pa.Table]:
        """Return schema ``raw``."""
        rows = {
            "submission": self._submissions,
            "finding": self._findings,
            "rule": rule_rows(),
            **self._lines,
        }
        return {
            name: scratch.to_table(schema, (with_key(name, row) for row in rows[name]))
            for name, schema in RAW_TABLES.items()
        }

    def reference_tables(self) -> dict[str, pa.Table]:
        """Return schema ``reference``."""
        defaults = {**DEFAULT_REFERENCE, "approved_plan": self._plan_as_sent()}
        tables = {}
        for name, schema in REFERENCE_TABLES.items():
            adopted = [Adopted(at, folder.rows(name, defaults)) for at, folder in self._adoptions]
            columns = [column.name for column in reference_file(name).published_fields]
            spans = (with_key(name, row) for row in known_spans(adopted, columns))
            tables[name] = scratch.to_table(schema, spans)
        return tables

    def _next_moment(self) -> datetime:
        return self._submissions[-1]["received_at"] + timedelta(days=1) if self._submissions else FIRST_RECEIPT

    def _versions(self, *directorate_year_period: str) -> int:
        """Return how many versions that directorate has sent for that period so far."""
        columns = ("directorate_code", "financial_year", "reporting_period")
        return sum(
            row["version_no"] is not None and tuple(row[column] for column in columns) == directorate_year_period
            for row in self._submissions
        )

    def _plan_as_sent(self) -> list[Row]:
        """Return a plan row for each line as first sent; replacements are in no plan (R33)."""
        if self._default_plan is not None:
            return self._default_plan
        directorates = {row["submission_id"]: row["directorate_code"] for row in self._submissions}
        plan: dict[tuple[str, str], Row] = {}
        for row in self._lines["savings_line"]:
            if row["replaces_ref"] is None:
                planned = {
                    "saving_ref": row["saving_ref"],
                    "plan_year": row["plan_year"],
                    "directorate_code": directorates[row["submission_id"]],
                    "is_cashable": row["cashable"] == "Cashable",
                    "baseline_gbp": row["baseline_gbp"],
                }
                plan.setdefault((row["saving_ref"], row["plan_year"]), planned)
        return full_rows("approved_plan", plan.values())


class _Folder:
    """A reference folder: tables that replace the defaults, and rows beside them."""

    def __init__(self, replaced: Mapping[str, list[Row]] | None = None, added: Mapping[str, list[Row]] | None = None):
        self._replaced = dict(replaced or {})
        self._added = dict(added or {})

    def replacing(self, tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> _Folder:
        replaced = {name: full_rows(name, rows) for name, rows in tables.items()}
        added = {name: rows for name, rows in self._added.items() if name not in tables}
        return _Folder(self._replaced | replaced, added)

    def adding(self, table: str, rows: Iterable[Mapping[str, Any]]) -> _Folder:
        return _Folder(self._replaced, self._added | {table: [*self._added.get(table, []), *full_rows(table, rows)]})

    def rows(self, table: str, defaults: Mapping[str, list[Row]]) -> list[Row]:
        return [*self._replaced.get(table, defaults.get(table, [])), *self._added.get(table, [])]


_FINDING: Row = {
    "rule_code": "D22",
    "severity": "W",
    "sheet": None,
    "cell": None,
    "row_ref": None,
    "column_name": None,
    "raw_value": None,
    "message": "Something is worth saying.",
    "refusal_code": None,
}


def _as_it_was(row: Row, at: datetime) -> Row:
    """Return what a row of ``raw.submission`` said at a moment, before it was released or withdrawn."""
    if row["accepted_at"] is not None and row["accepted_at"] > at:
        return {"state": "held", "accepted_at": None, "withdrawn_at": None}
    if row["withdrawn_at"] is not None and row["withdrawn_at"] > at:
        return {"state": "accepted", "withdrawn_at": None}
    return {}


def _projects_of(lines: Iterable[Row], directorate: str) -> list[Row]:
    refs = sorted({row.get("project_ref") or PROJECT_OF[directorate] for row in lines})
    return [{"project_ref": ref, "project_name": f"Project {ref}"} for ref in refs]


def _submission(given: Row, versions_before: int, lines: Sequence[Row]) -> Row:
    """Return a row of ``raw.submission``; what is not given is as in a plain accepted return."""
    state, moment = given["state"], given["received_at"]
    version_no = versions_before + 1 if state in _VERSIONED else None
    financial_year = given["financial_year"].replace("/", "-")
    usual = dict.fromkeys(RAW_TABLES["submission"].names) | {
        "folder_code": given["directorate_code"],
        "file_name": f"TRR_{given['directorate_code']}_{financial_year}_{given['reporting_period']}_v{version_no}.xlsx",
        "is_receipt_declared": True,
        "return_type": "Resubmission" if versions_before else "Initial",
        "supersedes_version": versions_before or None,
        "version_no": version_no,
        "certification": "Provisional",
        "template_version": TEMPLATE_VERSION,
        "contract_version": CONTRACT_VERSION,
        "accepted_at": moment if state in _ACCEPTED else None,
        "rows_read": len(lines),
        "rows_quarantined": 0,
        "control_row_count": len(lines),
        **{name: sum((row[column] or Decimal(0) for row in lines), Decimal(0)) for name, column in _CONTROLS.items()},
        **{f"judged_{column}": amount for column, amount in sums_of(lines).items()},
    }
    return usual | given
