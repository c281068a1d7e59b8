"""What the council decides: a reference folder, read and checked once, and the questions asked of it.

Here belong the questions. Not here: the shape of the files (``folder_contract``), typing them
(``folder_reader``), what makes a folder wrong (``folder_checks``), how plan changes work
(``plan``) and the hash (``folder_hash``). A folder is only ever read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from sources.reference.folder_cells import typed
from sources.reference.folder_checks import relation_problems
from sources.reference.folder_contract import FieldKind
from sources.reference.folder_hash import reference_sha256
from sources.reference.folder_problems import Problem, ReferenceProblem
from sources.reference.folder_reader import Row, read_tables
from sources.reference.folder_required import SETTING_DEFAULTS
from sources.reference.plan import Plan, PlanLine

__all__ = [
    "PlanLine",
    "Problem",
    "Reference",
    "ReferenceProblem",
    "bundled_reference",
    "read_kept_reference",
    "read_reference",
    "reference_sha256",
]


@dataclass(frozen=True)
class Reference:
    """One checked reference folder.

    Attributes:
        sha256: Hash of its files under contract.
        folder: Where it was read from.
        tables: Typed rows by file name without ``.csv``, in file order, each with its ``source_line``.
    """

    sha256: str
    folder: Path
    tables: Mapping[str, Sequence[Row]]

    @cached_property
    def plan(self) -> Plan:
        """The plan at every period (R34)."""
        return Plan(self.tables["approved_plan"], self.tables["plan_change"])

    @cached_property
    def _settings(self) -> Mapping[str, str]:
        return SETTING_DEFAULTS | {row["name"]: row["value"] for row in self.tables["setting"]}

    @cached_property
    def _periods(self) -> Mapping[tuple[str, str], Row]:
        return {(row["financial_year"], row["reporting_period"]): row for row in self.tables["reporting_calendar"]}

    @cached_property
    def _expected(self) -> Mapping[tuple[str, str], Row]:
        return {(row["directorate_code"], row["financial_year"]): row for row in self.tables["expected_return"]}

    def vocabulary(self, name: str) -> tuple[str, ...]:
        """Return a vocabulary's words in their order; empty if there is none of that name."""
        rows = [row for row in self.tables["vocabulary"] if row["vocabulary"] == name]
        return tuple(row["code"] for row in sorted(rows, key=lambda row: row["sort_order"]))

    def codes(self, table: str) -> tuple[str, ...]:
        """Return the codes of ``theme``, ``workstream`` or ``council_value`` in their order."""
        return tuple(row["code"] for row in sorted(self.tables[table], key=lambda row: row["sort_order"]))

    def landing_folder(self, directorate: str) -> str:
        """Return what officers call the folder that a directorate sends through: its path, else its name."""
        path = self._settings["landing_path"]
        between = "\\" if "\\" in path else "/"
        return f"{path.rstrip(between)}{between}{directorate}" if path else directorate

    def setting(self, name: str) -> str:
        """Return a setting as it is written.

        Raises:
            KeyError: If there is none of that name; those under contract are always there.
        """
        return self._settings[name]

    def limit(self, name: str) -> Decimal:
        """Return a setting that is a number: pounds, or a share where 1 is all."""
        return Decimal(self._settings[name])

    def day(self, name: str) -> date:
        """Return a setting that is a date."""
        day = typed(FieldKind.DATE, self._settings[name])
        if not isinstance(day, date):
            raise TypeError(f"the setting {name} is no date")
        return day

    def directorates_on(self, day: date) -> dict[str, Row]:
        """Return the directorates in force on a day, by code, in file order."""
        return {row["directorate_code"]: row for row in self.tables["directorate"] if _holds(row, day)}

    def desk_groups(self) -> dict[str, str | None]:
        """Return the group that reads each directorate's desk, by its last row; None where the service alone does."""
        return {row["directorate_code"]: row["os_group"] for row in self.tables["directorate"]}

    def directorate_aliases(self) -> dict[str, str]:
        """Return the code that each alias, as it is written in the file, stands for."""
        return {row["alias"]: row["code"] for row in self.tables["directorate_alias"]}

    def status_aliases(self) -> dict[str, str]:
        """Return the status that each alias, as it is written in the file, stands for."""
        return {row["alias"]: row["code"] for row in self.tables["status_alias"]}

    def may_send(self, folder: str, directorate: str, day: date) -> bool:
        """Return whether a landing folder is a directorate's that sends for a directorate: itself, or one before it.

        Who sends is the folder, and never what a file says (R23). A successor sends nothing while who was before it
        stands.
        """
        return folder in self.desk_groups() and self.leads_to(directorate, folder, by=day)

    def leads_to(self, from_code: str, to_code: str, by: date | None = None) -> bool:
        """Return whether a directorate, or one that succeeds it, is ``to_code`` (R23).

        Args:
            from_code: The directorate.
            to_code: The other one.
            by: The day by which it has to have succeeded; where left out, one that is announced counts too.
        """
        successors = {
            row["directorate_code"]: row["successor_code"] if by is None or _has_ended(row, by) else None
            for row in self.tables["directorate"]
        }
        seen: set[str] = set()
        code: str | None = from_code
        while code is not None and code not in seen:
            if code == to_code:
                return True
            seen.add(code)
            code = successors.get(code)
        return False

    def services_of(self, directorate_code: str, day: date) -> dict[str, str]:
        """Return the names of a directorate's services on a day, by code, in file order."""
        return {
            row["service_code"]: row["service_name"]
            for row in self.tables["service"]
            if row["directorate_code"] == directorate_code and _holds(row, day)
        }

    def calendar(self, year: str, period: str) -> Row | None:
        """Return the calendar's row (``as_at_date``, ``return_due_date``); None if it is not collected."""
        return self._periods.get((year, period))

    def is_expected(self, directorate_code: str, year: str, period: str) -> bool:
        """Return whether the directorate's return is expected for a period (R39)."""
        expected = self._expected.get((directorate_code, year))
        if expected is None or (year, period) not in self._periods:
            return False
        return bool(expected["from_period"] <= period <= (expected["to_period"] or period))

    def plan_in_force(self, saving_ref: str, plan_year: str, year: str, period: str) -> PlanLine | None:
        """Return a line of the plan as at a period; None if the plan does not have it then (R33, R34)."""
        return self.plan.line(saving_ref, plan_year, year, period)

    def plan_lines(self, directorate_code: str, year: str, period: str) -> list[PlanLine]:
        """Return the lines that the plan gives a directorate at a period, by reference and plan year."""
        return self.plan.lines(directorate_code, year, period)

    def decision_exists(self, decision_ref: str) -> bool:
        """Return whether a decision of that reference is recorded (R07)."""
        return any(row["decision_ref"] == decision_ref for row in self.tables["decision"])

    def finance_bps(self, directorate_code: str, day: date) -> tuple[str, ...]:
        """Return the names that may sign for a directorate as finance business partner on a day (D52)."""
        return tuple(
            row["finance_bp_name"]
            for row in self.tables["finance_bp"]
            if row["directorate_code"] == directorate_code and _holds(row, day)
        )

    def may(self, post: str, action: str, os_account: str) -> bool:
        """Return whether a post may do something, by the account that runs the command."""
        return any(
            row["post"] == post and row["os_account"] == os_account and action in row["may"].split(";")
            for row in self.tables["post"]
        )

    def printed_projects(self) -> tuple[Row, ...]:
        """Return the projects that the report prints (10.5 and 10.6), in its order."""
        return tuple(self.tables["printed_project"])


def _has_ended(row: Row, day: date) -> bool:
    return row["valid_to"] is not None and row["valid_to"] < day


def _holds(row: Row, day: date) -> bool:
    """Return whether a dated row holds on a day, its last one included."""
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"]))


def read_reference(folder: Path, *, was_adopted: bool = False) -> Reference:
    """Read and check a reference folder.

    Args:
        folder: Where it is.
        was_adopted: It lies in the vault as it was once put in force, and nobody can correct it there: its cells
            have to be readable still, but what its lists say of one another was checked by the rules of that day.

    Raises:
        ReferenceProblem: If anything is wrong with it; it lists all that is.
    """
    folder = Path(folder)
    if not folder.is_dir():
        missing = Problem(
            str(folder), 0, "", "there is no such folder", "Set SAVINGS_REFERENCE_DIR to a folder of CSV files"
        )
        raise ReferenceProblem(folder, [missing])
    sha256 = reference_sha256(folder)
    tables, problems = read_tables(folder)
    if not was_adopted:
        problems += relation_problems(tables, {problem.file.removesuffix(".csv") for problem in problems})
    if reference_sha256(folder) != sha256:
        problems.append(Problem("", 0, "", "the folder changed while it was read", "Load again"))
    if problems:
        raise ReferenceProblem(folder, problems)
    return Reference(sha256=sha256, folder=folder, tables=tables)


def read_kept_reference(folder: Path, sha256: str) -> Reference:
    """Read a folder that was once in force, as far as this version can; other rows are left out.

    Who may do what must not hang on the rest of the folder. Nothing is judged by what this returns.
    """
    return Reference(sha256=sha256, folder=folder, tables=read_tables(folder)[0])


def bundled_reference() -> Path:
    """Return the folder that comes with the warehouse: Dorset's 2021/22, as the report prints it."""
    return Path(__file__).parent / "dorset"
