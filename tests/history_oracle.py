"""What the warehouse has to show at a moment, worked out the plain way, to be compared with the SQL.

Here belongs the rules' meaning once more, in Python, one moment at a time: no spans, no windows. What
was accepted and not withdrawn by then, and the reference data in force then, are all that it looks at.
Not here: making up histories (``histories``) and comparing (``integration/test_history``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property

import pyarrow as pa

from tests import history_figures as figures
from tests.history_figures import ZERO, Position, Standing
from tests.history_plan import Line, Plan, Row, period_key, year_key

Tables = Mapping[str, list[Row]]
Key = tuple[str, str, int]  # saving_ref, plan_year, period key


class Oracle:
    """A whole history, which can be asked what was known when."""

    def __init__(self, raw: Tables, reference: Tables) -> None:
        self.raw = raw
        self.reference = reference
        self.adoptions = sorted(row["adopted_at"] for row in raw["reference_adoption"])
        self.lines: dict[str, list[Row]] = {}
        for row in raw["savings_line"]:
            self.lines.setdefault(row["submission_id"], []).append(row)
        self.splits: dict[tuple[str, Line], list[Row]] = {}
        for row in raw["deferral"]:
            key = (row["submission_id"], (row["saving_ref"], row["plan_year"]))
            self.splits.setdefault(key, []).append(row)
        self._known: dict[datetime, Known] = {}

    @classmethod
    def of(cls, raw: Mapping[str, pa.Table], reference: Mapping[str, pa.Table], years: tuple[str, ...]) -> Oracle:
        """Return the oracle of what was sent in, and planned for, some years of a candidate's tables."""
        return cls(_rows(raw, years), _rows(reference, years))

    def known_at(self, moment: datetime) -> Known:
        if moment not in self._known:
            self._known[moment] = Known(self, moment)
        return self._known[moment]

    def rows_known(self, table: str, moment: datetime) -> list[Row]:
        return [
            row
            for row in self.reference[table]
            if row["known_from_at"] <= moment and (row["known_to_at"] is None or moment < row["known_to_at"])
        ]


class Known:
    """All that was known at one moment, and what follows from it."""

    def __init__(self, oracle: Oracle, moment: datetime) -> None:
        self.oracle = oracle
        self.moment = moment
        self.settings = {row["name"]: row["value"] for row in oracle.rows_known("setting", moment)}
        self.decisions = {row["decision_ref"] for row in oracle.rows_known("decision", moment)}
        self.calendar = {
            period_key(row["financial_year"], row["reporting_period"])
            for row in oracle.rows_known("reporting_calendar", moment)
        }
        self.plan = Plan(oracle.rows_known("approved_plan", moment), oracle.rows_known("plan_change", moment))

    # Which returns count.

    @cached_property
    def in_force(self) -> dict[tuple[str, int], Row]:
        """R42: by directorate and period, the one received last of those accepted and not withdrawn."""
        latest: dict[tuple[str, int], Row] = {}
        for row in self.oracle.raw["submission"]:
            is_accepted = row["accepted_at"] is not None and row["accepted_at"] <= self.moment
            is_withdrawn = row["withdrawn_at"] is not None and row["withdrawn_at"] <= self.moment
            if is_accepted and not is_withdrawn:
                key = (row["directorate_code"], period_key(row["financial_year"], row["reporting_period"]))
                if key not in latest or latest[key]["receipt_seq"] < row["receipt_seq"]:
                    latest[key] = row
        return latest

    @cached_property
    def open_periods(self) -> list[int]:
        """R38: collected, and somebody has a return in force for it or a later one of its year."""
        reported = {period for _, period in self.in_force}
        return sorted(
            period
            for period in self.calendar
            if any(period // 100 == other // 100 and period <= other for other in reported)
        )

    # Which lines count.

    def registered(self, submission: Row, row: Row) -> bool:
        """R33: the row's line is in the plan, and was once equal to it since the return was accepted."""
        period = period_key(submission["financial_year"], submission["reporting_period"])
        planned = self.plan.line((row["saving_ref"], row["plan_year"]), period)
        is_listed = planned is not None and planned.directorate == submission["directorate_code"]
        if is_listed and any(then.is_equal(submission, row) for then in self._since(submission["accepted_at"])):
            return True
        return row["replaces_ref"] is not None and self._replaces_registered(submission, row, period)

    def is_equal(self, submission: Row, row: Row) -> bool:
        period = period_key(submission["financial_year"], submission["reporting_period"])
        planned = self.plan.line((row["saving_ref"], row["plan_year"]), period)
        return (
            planned is not None
            and planned.directorate == submission["directorate_code"]
            and planned.is_cashable == (row["cashable"] == "Cashable")
            and planned.baseline == row["baseline_gbp"]
        )

    def _since(self, accepted_at: datetime) -> list[Known]:
        """Return what was known when a return was accepted, and at each adoption since."""
        moments = [accepted_at, *(at for at in self.oracle.adoptions if accepted_at < at <= self.moment)]
        return [self.oracle.known_at(moment) for moment in moments]

    def _replaces_registered(self, submission: Row, row: Row, period: int) -> bool:
        wanted = {row["replaces_ref"]}
        others = self.oracle.lines.get(submission["submission_id"], [])
        for _ in others:
            wanted |= {other["replaces_ref"] for other in others if other["saving_ref"] in wanted}
        return any(ref in wanted for ref, _ in self.plan.lines(period))

    @cached_property
    def own(self) -> dict[Line, dict[int, Standing]]:
        """Rows that stand for the period that they report, by line and period."""
        standing: dict[Line, dict[int, Standing]] = {}
        for (_, period), submission in sorted(self.in_force.items(), key=lambda item: item[1]["receipt_seq"]):
            for row in self.oracle.lines.get(submission["submission_id"], []):
                if self.registered(submission, row):
                    by_period = standing.setdefault((row["saving_ref"], row["plan_year"]), {})
                    by_period[period] = Standing(row, submission, period)
        return standing

    @cached_property
    def standing(self) -> dict[Key, tuple[str, Standing]]:
        """R38, R51: by line and open period, the directorate it stands under and the row that stands."""
        found: dict[Key, tuple[str, Standing]] = {}
        for line, by_period in self.own.items():
            for period in self.open_periods:
                sources = [source for source in by_period if self._may_stand(line, source, period)]
                planned = self.plan.line(line, period)
                if sources and (planned or by_period[max(sources)].row["replaces_ref"]):
                    last = by_period[max(sources)]
                    under = planned.directorate if planned else last.submission["directorate_code"]
                    found[*line, period] = (under, last)
        return found

    def _may_stand(self, line: Line, source: int, period: int) -> bool:
        plan_year = year_key(line[1])
        is_kept = period // 100 <= plan_year + int(self.settings["years_kept"])
        return source == period or (source < period and plan_year <= source // 100 and is_kept)

    # The figures.

    @cached_property
    def positions(self) -> dict[Key, Position]:
        return {key: self._position(key, *found) for key, found in self.standing.items()}

    def _position(self, key: Key, under: str, standing: Standing) -> Position:
        row, submission, period = standing.row, standing.submission, key[2]
        planned = self.plan.line((key[0], key[1]), period)
        is_decided = row["decision_ref"] in self.decisions
        is_certified = submission["certification"] == "Certified"
        counted, decided = figures.counted(row), figures.decided(row, is_decided)
        rag = figures.rag(row, is_decided, is_certified, self.settings)
        return Position(
            directorate=under,
            submission_id=submission["submission_id"],
            carried_from=standing.source if standing.source < period else None,
            baseline=row["baseline_gbp"],
            original=planned.original if planned else ZERO,
            counted=counted,
            decided=decided,
            unexplained=row["baseline_gbp"] - counted - row["deferred_gbp"] - decided,
            over_achieved=figures.over_achieved(row),
            mitigated=figures.mitigated(row),
            delivered=figures.delivered(row, is_certified),
            rag=rag,
            risk_weighted=figures.risk_weighted(row, rag, self.settings),
            times_deferred=self._times_deferred((key[0], key[1]), period),
        )

    def _times_deferred(self, line: Line, period: int) -> int:
        """R49: over the line's own periods up to then."""
        own = self.own.get(line, {})
        times, latest = 0, 0
        for source in sorted(own):
            row = own[source].row
            if source <= period and row["deferred_gbp"] > 0:
                to_year = max(year for year, _ in self.deferrals(own[source]))
                times += times == 0 or to_year > latest
                latest = to_year
        return times

    def deferrals(self, standing: Standing) -> list[tuple[int, Decimal]]:
        """Return what a row defers by the year that it moves to."""
        row = standing.row
        if row["deferred_gbp"] == 0:
            return []
        if row["deferred_to_year"] != "Multiple":
            return [(year_key(row["deferred_to_year"]), row["deferred_gbp"])]
        parts = self.oracle.splits[row["submission_id"], (row["saving_ref"], row["plan_year"])]
        return [(year_key(part["deferred_to_year"]), part["deferred_gbp"]) for part in parts]

    def closes(self, line: Line) -> dict[int, Decimal]:
        """R37: by year, what counted in the line's latest own period in force."""
        closes = {}
        for source, standing in sorted(self.own.get(line, {}).items()):
            if source // 100 >= year_key(line[1]) and (*line, source) in self.positions:
                closes[source // 100] = figures.counted(standing.row)
        return closes

    def allocation(self, closing: Known) -> dict[tuple[Key, str, int | None], Decimal]:
        """R01, R05, R07, R37: by line, period, bucket and delivery year; closes are those of ``closing``."""
        found: dict[tuple[Key, str, int | None], Decimal] = {}
        for key, position in self.positions.items():
            _, standing = self.standing[key]
            if standing.row["replaces_ref"] is not None:
                continue
            line, before = (key[0], key[1]), ZERO
            closes = {year: close for year, close in closing.closes(line).items() if year < standing.source // 100}
            for year, delivered_by_then in sorted(closes.items()):
                found[key, "PROJECTED", year] = delivered_by_then - before
                before = delivered_by_then
            found[key, "PROJECTED", max(standing.source // 100, year_key(key[1]))] = position.counted - before
            for year, amount in self.deferrals(standing):
                found[key, "DEFERRED", year] = amount
            found[key, "UNDELIVERABLE", None] = position.decided
            found[key, "UNEXPLAINED", None] = position.unexplained
        return {key: amount for key, amount in found.items() if amount != 0}

    # Who has reported.

    def coverage(self) -> dict[tuple[str, str, int], tuple[str, str | None, Decimal]]:
        """R39: by directorate, plan year and open period: coverage, submission, cashable plan."""
        found = {}
        for period in self.open_periods:
            with_positions = {(under, key[1]) for key, (under, _) in self.standing.items() if key[2] == period}
            for directorate, plan_year in with_positions | self._expected_plans(period):
                plan = sum(self._cashable(directorate, plan_year, period), ZERO)
                found[directorate, plan_year, period] = (*self._covering(directorate, plan_year, period), plan)
        return found

    def _covering(self, directorate: str, plan_year: str, period: int) -> tuple[str, str | None]:
        if (directorate, period) in self.in_force:
            return "OWN", self.in_force[directorate, period]["submission_id"]
        earlier = [p for d, p in self.in_force if d == directorate and p // 100 == period // 100 and p < period]
        if earlier:
            return "CARRIED", self.in_force[directorate, max(earlier)]["submission_id"]
        lines = [
            (-standing.source, standing.submission["submission_id"])
            for key, (under, standing) in self.standing.items()
            if key[1:] == (plan_year, period) and under == directorate
        ]
        return ("CARRIED", min(lines)[1]) if lines else ("MISSING", None)

    def _expected_plans(self, period: int) -> set[tuple[str, str]]:
        """Return who is expected, with each plan year still kept of which the plan gives them a cashable line."""
        expected = {
            row["directorate_code"]
            for row in self.oracle.rows_known("expected_return", self.moment)
            if year_key(row["financial_year"]) == period // 100
            and period_key(row["financial_year"], row["from_period"]) <= period
        }
        kept = int(self.settings["years_kept"])
        return {
            (planned.directorate, plan_year)
            for (_, plan_year), planned in self.plan.lines(period).items()
            if planned.is_cashable
            and planned.directorate in expected
            and year_key(plan_year) <= period // 100 <= year_key(plan_year) + kept
        }

    def _cashable(self, directorate: str, plan_year: str, period: int) -> Iterable[Decimal]:
        for (_, year), planned in self.plan.lines(period).items():
            if year == plan_year and planned.directorate == directorate and planned.is_cashable:
                yield planned.baseline


def _rows(tables: Mapping[str, pa.Table], years: tuple[str, ...]) -> Tables:
    """Return tables as rows; those of other years say nothing of these, and cost time."""
    return {
        name: [row for row in table.to_pylist() if row.get("plan_year", row.get("financial_year")) in (None, *years)]
        for name, table in tables.items()
    }
