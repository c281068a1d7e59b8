"""Runs the suites over a candidate with Great Expectations.

Here belongs everything that touches Great Expectations. Not here: what is expected (``suites``),
and what follows from a result (``evidence``).

Through SQLAlchemy it fails on DuckDB, so each suite is run on a frame of the columns that it names,
with money as whole pence: nothing is ever a float. Results are read one by one: a suite's own
verdict says nothing of checks that were not run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
import pandas as pd
import pyarrow as pa
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.validator.v1_validator import Validator

from dbt_project import candidate as scratch
from expectations.configured_once import configured_once
from expectations.evidence import CheckResult, Status
from expectations.kept import InForce
from expectations.suite import Check, Measured, Members, MostOfRelease, OfRelease, QuartilesOfRelease, Suite
from expectations.suites import SUITES

# Enough to find the cause, few enough to print.
_KEYS_SHOWN = 10
_SHOWN = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["row_key"],
    "partial_unexpected_count": _KEYS_SHOWN,
}
# Arguments that say what was asked for, beside the columns that it was asked of.
_ASKED = frozenset({"min_value", "max_value", "value", "value_set", "value_pairs_set", "mostly", "quantile_ranges"})
# Great Expectations finds no mean and no quartile of nothing. That is as before where there was nothing before.
_NEED_A_VALUE = frozenset({"ExpectColumnMeanToBeBetween", "ExpectColumnQuantileValuesToBeBetween"})
_ANY_QUARTILES = [[float("-inf"), float("inf")]] * 3
# Numbers and truth values that may be null, without a float in sight.
_FRAME_TYPES = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}


def run_suites(candidate: Path, release: Path | None, suites: Sequence[Suite] = SUITES) -> list[CheckResult]:
    """Run the suites; every declared check has exactly one result.

    Args:
        candidate: The candidate, built and closed.
        release: The database of the release in force; None where there is none to compare with.
        suites: What to run.
    """
    with scratch.read(candidate) as connection, scratch.read(release) if release else nullcontext() as published:
        run = _Run(_frames(), connection, InForce(published, connection) if published else None)
        with configured_once():
            return [result for suite in suites for result in run.results_of(suite)]


def _frames() -> BatchDefinition[Any]:
    """Return what makes a batch of a frame. One for all suites: adding it has the whole context written as YAML."""
    # It sets itself to tell of a temporary folder that it never makes; on the terminal that is noise.
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("candidate")
    return source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


@dataclass(frozen=True)
class _Run:
    """One run over one candidate."""

    frames: BatchDefinition[Any]
    connection: duckdb.DuckDBPyConnection
    in_force: InForce | None

    def results_of(self, suite: Suite) -> Iterator[CheckResult]:
        """Yield the result of each of a suite's checks; what cannot be run is an error, not an absence."""
        try:
            rows = self.connection.execute(suite.sql).to_arrow_table().to_pandas(types_mapper=_FRAME_TYPES.get)
        except Exception as error:  # a column that is not there, a value that is no number
            yield from (_result(suite, check, "error", _one_line(error)) for check in suite.checks)
            return
        # One for all checks: a batch's own ``validate`` makes one, and hashes the rows, for each.
        validator = Validator(self.frames, _SHOWN, {"dataframe": rows})
        for check in suite.checks:
            try:
                yield self._validate(validator, rows, suite, check)
            except Exception as error:  # a floor that cannot be worked out, an unknown expectation
                yield _result(suite, check, "error", _one_line(error))

    def _validate(self, validator: Validator, rows: pd.DataFrame, suite: Suite, check: Check) -> CheckResult:
        kwargs = {name: self._worked_out(suite, value) for name, value in check.kwargs.items()}
        before = [value.sql for value in check.kwargs.values() if isinstance(value, OfRelease | QuartilesOfRelease)]
        if before and check.expectation in _NEED_A_VALUE and rows[kwargs["column"]].isna().all():
            return _result(suite, check, "fail" if any(map(self._is_known, before)) else "pass", "no value")
        outcome = validator.validate_expectation(getattr(gx.expectations, check.expectation)(**kwargs))
        if message := _exception_in(outcome.exception_info):
            return _result(suite, check, "error", message)
        failing = outcome.result.get("partial_unexpected_index_list") or ()
        missing = outcome.result.get("partial_missing_list") or ()
        keys = (*(str(row["row_key"]) for row in failing), *map(str, missing))
        return _result(suite, check, "pass" if outcome.success else "fail", _observed(outcome.result, kwargs), keys)

    def _worked_out(self, suite: Suite, value: object) -> object:
        """Return an argument's value; what candidate or current release decide is looked up."""
        match value:
            case Measured():
                return int(self._one_row(self.connection, value.sql)[0])
            case Members():
                # In one order, whichever engine built the candidate: what was asked for stands in the evidence.
                return sorted(member for (member,) in self.connection.execute(value.sql).fetchall())
            case MostOfRelease():
                return self.in_force.least(suite.table, value) if self.in_force else 0
            case OfRelease():
                (held,) = self._of_release(value.sql) or (None,)
                return value.otherwise if held is None else float(held) * value.times
            case QuartilesOfRelease():
                return _ranges(self._of_release(value.sql), value.times)
            case tuple():
                return list(value)
            case _:
                return value

    def _of_release(self, sql: str) -> tuple[Any, ...] | None:
        return self.in_force.measured(sql) if self.in_force else None

    def _is_known(self, sql: str) -> bool:
        return any(value is not None for value in self._of_release(sql) or ())

    @staticmethod
    def _one_row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
        row = connection.execute(sql).fetchone()
        if row is None or None in row:
            raise ValueError("its floor could not be worked out from the candidate")
        return row


def _ranges(quartiles: tuple[Any, ...] | None, times: float) -> dict[str, list[Any]]:
    """Return the ranges about three quartiles; any value will do where there are none."""
    known = quartiles is not None and None not in quartiles
    ranges = [[float(value) / times, float(value) * times] for value in quartiles or ()] if known else _ANY_QUARTILES
    return {"quantiles": [0.25, 0.5, 0.75], "value_ranges": ranges}


def _exception_in(info: Mapping[str, Any]) -> str:
    """Return what was raised inside Great Expectations; it catches, and calls it a failure."""
    nested = [info] if "raised_exception" in info else list(info.values())
    return next((_one_line(each["exception_message"]) for each in nested if each.get("raised_exception")), "")


def _observed(result: Mapping[str, Any], kwargs: Mapping[str, object]) -> str:
    """Return what was seen, beside what was asked for."""
    seen = result.get("observed_value")
    if seen is None and "unexpected_count" not in result:
        seen = f"{result.get('missing_count', 0)} missing"
    elif seen is None:
        seen = f"{result.get('unexpected_count', 0)} of {result.get('element_count', 0)} rows"
    asked = ", ".join(f"{name} {_short(value)}" for name, value in kwargs.items() if name in _ASKED)
    return f"{_short(seen)} ({asked})" if asked else _short(seen)


def _short(value: object) -> str:
    """Return a value as text; of a long list how many it has."""
    return f"{len(value)} values" if isinstance(value, list) and len(value) > _KEYS_SHOWN else str(value)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:500]


def _result(suite: Suite, check: Check, status: Status, observed: str, keys: tuple[str, ...] = ()) -> CheckResult:
    return CheckResult(
        check.name, "gx", suite.table, check.severity, status, observed, keys, check.who_acts, check.reason
    )
