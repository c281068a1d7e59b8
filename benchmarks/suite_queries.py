"""The suites as somebody would write them who wants verdicts alone: one query for each, whatever it asks.

Here belongs the SQL of each kind of expectation, compared with no release. Not here: what is expected
(``expectations.suites``), and measuring (``bench_checks``).
"""
# ruff: noqa: S608 - the SQL here is the project's own

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from dbt_project import candidate as scratch
from expectations.suite import Check, Measured, Members, MostOfRelease, OfRelease, Suite
from expectations.suites import SUITES

Asked = Mapping[str, Any]


def verdicts_of(candidate: Path) -> dict[str, bool]:
    """Return by name whether each check of the suites passes."""
    with scratch.read(candidate) as connection:
        return {name: passes for suite in SUITES for name, passes in _verdicts(connection, suite)}


def _verdicts(connection: duckdb.DuckDBPyConnection, suite: Suite) -> list[tuple[str, bool]]:
    asked = [SQL[check.expectation](_worked_out(connection, check)) for check in suite.checks]
    answers = connection.execute(f"select {', '.join(asked)} from ({suite.sql})").fetchall()[0]
    return [(check.name, bool(answer)) for check, answer in zip(suite.checks, answers, strict=True)]


def _worked_out(connection: duckdb.DuckDBPyConnection, check: Check) -> dict[str, object]:
    return {name: _value(connection, value) for name, value in check.kwargs.items()}


def _value(connection: duckdb.DuckDBPyConnection, value: object) -> object:
    match value:
        case Measured():
            return connection.execute(value.sql).fetchall()[0][0]
        case Members():
            return [member for (member,) in connection.execute(value.sql).fetchall()]
        case MostOfRelease():
            return 0
        case OfRelease():
            return value.otherwise
        case _:
            return value


def _never(rows: str) -> str:
    return f"count(*) filter ({rows}) = 0"


def _between(measured: str, asked: Asked) -> str:
    least, most = asked.get("min_value"), asked.get("max_value")
    limits = [f"{measured} >= {least}"] if least is not None else []
    limits += [f"{measured} <= {most}"] if most is not None else []
    return f"coalesce({' and '.join(limits)}, true)"


def _unique(columns: Sequence[str]) -> str:
    if len(columns) > 1:
        return f"count(*) = count(distinct ({', '.join(columns)}))"
    return "count({0}) = count(distinct {0})".format(*columns)


def _words(values: Sequence[object]) -> str:
    return ", ".join(_word(value) for value in values) or "null"


def _word(value: object) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _greater(asked: Asked) -> str:
    sign = "<" if asked.get("or_equal") else "<="
    return _never(f"{asked['column_A']} {sign} {asked['column_B']}")


# By Great Expectations' name, what a query says in its place. Where there was nothing before, any quartiles will do.
SQL: Mapping[str, Callable[[Asked], str]] = {
    "ExpectTableRowCountToBeBetween": lambda asked: _between("count(*)", asked),
    "ExpectTableRowCountToEqual": lambda asked: f"count(*) = {asked['value']}",
    "ExpectCompoundColumnsToBeUnique": lambda asked: _unique(asked["column_list"]),
    "ExpectColumnValuesToBeUnique": lambda asked: _unique([asked["column"]]),
    "ExpectColumnSumToBeBetween": lambda asked: _between(f"coalesce(sum({asked['column']}), 0)", asked),
    "ExpectColumnMeanToBeBetween": lambda asked: _between(f"avg({asked['column']})", asked),
    "ExpectColumnValuesToBeBetween": lambda asked: (
        f"{_between('min({column})'.format(**asked), asked)} and {_between('max({column})'.format(**asked), asked)}"
    ),
    "ExpectColumnDistinctValuesToContainSet": lambda asked: (
        f"list_has_all(coalesce(list(distinct {asked['column']}), []), [{_words(asked['value_set'])}])"
    ),
    "ExpectColumnValuesToBeInSet": lambda asked: _never(f"{asked['column']} not in ({_words(asked['value_set'])})"),
    "ExpectColumnPairValuesAToBeGreaterThanB": _greater,
    "ExpectColumnPairValuesToBeEqual": lambda asked: _never("{column_A} is distinct from {column_B}".format(**asked)),
    "ExpectColumnValuesToNotBeNull": lambda asked: f"count({asked['column']}) >= {asked.get('mostly', 1)} * count(*)",
    "ExpectColumnProportionOfNonNullValuesToBeBetween": lambda asked: _between(
        f"count({asked['column']}) / count(*)", asked
    ),
    "ExpectColumnQuantileValuesToBeBetween": lambda asked: (
        f"coalesce(len(quantile_cont({asked['column']}, [0.25, 0.5, 0.75])) = 3, true)"
    ),
}
