"""The list of checks that a release has to have passed, ``checks.lock``: one line a check.

Here belongs what is declared (the rules of dbt's tests, the suites, the contract's constraints), the
committed list, and writing it again: ``python -m expectations.lock``. Not here: what became of the
checks (``evidence``).

A check that disappears, is renamed or turns into a warning shows in a review of this one file;
without that, publishing stops. It leaves the file only by its name: ``--remove NAME``.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from dbt_project.published import published_tables
from dbt_project.rules import RulesUnknown, rules_of
from expectations.suite import Suite
from expectations.suites import SUITES

Engine = Literal["dbt", "gx", "duckdb"]
Severity = Literal["error", "warn"]

LOCK = Path(__file__).with_name("checks.lock")
_HEADER = "# engine severity table check; written by `python -m expectations.lock`\n"


class LockError(Exception):
    """The list of checks cannot be made or read; the message names what to mend."""


@dataclass(frozen=True, order=True)
class Declared:
    """One check as declared.

    Attributes:
        engine: Who runs it: dbt, Great Expectations, or DuckDB for the constraints that it holds by itself.
        severity: ``error`` stops publishing, ``warn`` is stated.
        table: What it is about: a model or a source.
        name: ``<table>__<sentence>``.
    """

    engine: Engine
    severity: Severity
    table: str
    name: str

    def as_line(self) -> str:
        """Return the check's line of the lock."""
        return f"{self.engine} {self.severity} {self.table} {self.name}\n"


def declared(manifest: Path, suites: Sequence[Suite] = SUITES) -> list[Declared]:
    """Return every check that dbt's project and the suites declare, in the order of the lock.

    Args:
        manifest: dbt's manifest, with the SQL of its tests.
        suites: The suites.

    Raises:
        LockError: If a test does not name its rules, a suite is empty, or a published table has none.
    """
    if empty := [suite.table for suite in suites if not suite.checks]:
        raise LockError(f"A suite that expects nothing proves nothing: {', '.join(empty)}. Give it checks, or drop it.")
    published = published_tables(manifest)
    without_suite = {table.name for table in published} - {suite.table for suite in suites}
    if without_suite:
        raise LockError(
            f"Published, but no suite expects anything of it: {', '.join(sorted(without_suite))}. "
            "Declare its floor in expectations/suites.py."
        )
    held = [Declared("duckdb", "error", table.name, constraints_check(table.name)) for table in published]
    return sorted([*_dbt_rules(manifest), *held, *_suite_checks(suites)])


def constraints_check(table: str) -> str:
    """Return the name of the check that a table has the constraints of its contract."""
    return f"{table}__has_the_constraints_of_its_contract"


def _dbt_rules(manifest: Path) -> Iterator[Declared]:
    try:
        rules = rules_of(manifest)
    except RulesUnknown as problem:
        raise LockError(str(problem)) from problem
    yield from (Declared("dbt", rule.severity, rule.table, rule.name) for rule in rules)


def _suite_checks(suites: Iterable[Suite]) -> Iterator[Declared]:
    for suite in suites:
        for check in suite.checks:
            yield Declared("gx", check.severity, suite.table, check.name)


def read_lock(path: Path = LOCK) -> list[Declared]:
    """Return the checks of the lock.

    Raises:
        LockError: If there is no lock, or a line is none of its.
    """
    if not path.exists():
        raise LockError(f"There is no {path.name}. Write it with `python -m expectations.lock`.")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_from_line(line) for line in lines if line and not line.startswith("#")]


def _from_line(line: str) -> Declared:
    words = line.split(" ")
    if len(words) != 4 or words[0] not in get_args(Engine) or words[1] not in get_args(Severity):
        raise LockError(f"'{line}' is no line of checks.lock. Write it anew with `python -m expectations.lock`.")
    engine, severity, table, name = words
    return Declared(engine, severity, table, name)  # type: ignore[arg-type]  # both looked up above


def write_lock(checks: Collection[Declared], path: Path, removed: Collection[str] = ()) -> None:
    """Write the lock; what it listed before stays listed as it was, but for what is removed by name.

    Args:
        checks: What is declared.
        path: The lock.
        removed: Names of checks that may leave the list, or turn into warnings.

    Raises:
        LockError: If another one would, or a name that is given would not.
    """
    before = read_lock(path) if path.exists() else []
    fallen = {check.name for check in set(before) - set(checks)}
    if unnamed := sorted(fallen - set(removed)):
        raise LockError(
            f"No longer declared as they were: {', '.join(unnamed)}. If you mean it, say so: "
            f"`python -m expectations.lock {' '.join(f'--remove {name}' for name in unnamed)}`."
        )
    if stays := sorted(set(removed) - fallen):
        raise LockError(f"Declared as before, so not to be removed: {', '.join(stays)}.")
    path.write_text(_HEADER + "".join(check.as_line() for check in checks), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the lock of the project as it stands."""
    parser = argparse.ArgumentParser(prog="python -m expectations.lock", description=main.__doc__)
    parser.add_argument("--remove", action="append", default=[], metavar="NAME", help="a check that may go, or soften")
    removed = parser.parse_args(arguments).remove
    # Heavy, and whoever only reads the lock needs no dbt.
    from dbt_project import parsed

    write_lock(declared(parsed.parse_installed()), LOCK, removed)


if __name__ == "__main__":
    main()
