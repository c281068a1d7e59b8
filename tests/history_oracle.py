"""What the warehouse has to show at a moment, worked out the plain way, to be compared with the SQL.

Here belongs the rules' meaning once more, in Python, one moment at a time: no spans, no windows. What
was accepted and not withdrawn by then, and the reference data in force then, are all that it looks at.
Not here: making up histories (``histories``) and comparing (``nights/test_history``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

import pyarrow as pa

from tests import history_figures as figures
from tests.history_figures import ZERO, Position, Standing
from tests.history_plan import Line, Plan, PlanLine, Row, period_key, year_key

Tables = Mapping[str, list[Row]]
Key = tuple[str, str, int]  # saving_ref, plan_year, period key


@dataclass(frozen=True)
class Coverage:
    """What ``fct_return_coverage`` has to say of a directorate, a plan year and a period."""

    covered: str
    submission_id: str | None
    plan: Decimal
    not_reported_count: int
    not_reported: Decimal
    is_incomplete: bool

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known but the plan."""
        return self.covered == "MISSING" and self.not_reported_count > 0


class Oracle:
    """A whole history, which can be asked what was known when."""

    def __init__(self, raw: Tables, reference: Tables) -> None:
        self.raw = raw
        self.reference = reference
        # A folder that changes nothing of the plan changes nothing of what is registered.
        edges = {row[edge] for rows in reference.values() for row in rows for edge in ("known_from_at", "known_to_at")}
        self.adoptions = sorted(edges - {None})
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

    @property
    def latest_complete_period(self) -> int:
        """G4: the latest open period for which all who are expected, and somebody is, have their own return."""
        complete = [
            period
            for period in self.open_periods
            if (expected := self._expected(period)) and all((each, period) in self.in_force for each in expected)
        ]
        return max(complete)

    # Which lines count.

    def registered(self, submission: Row, row: Row) -> bool:
        """R33, F6: the row's line is in the plan, and was once equal to it since the return was accepted.

        Whoever has the line now: a move that was recorded later takes no accepted figure away.
        """
        period = period_key(submission["financial_year"], submission["reporting_period"])
        is_listed = self.plan.line((row["saving_ref"], row["plan_year"]), period) is not None
        if is_listed and any(then.is_equal(submission, row) for then in self._since(submission["accepted_at"])):
            return True
        return row["replaces_ref"] is not None and self._replaces_registered(submission, row, period)

    def is_moved(self, submission: Row, row: Row) -> bool:
        """F6: the plan of now gives the line, in the period that the return reports, to somebody else."""
        period = period_key(submission["financial_year"], submission["reporting_period"])
        planned = self.plan.line((row["saving_ref"], row["plan_year"]), period)
        return planned is not None and planned.directorate != submission["directorate_code"]

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
        """Rows that stand for the period that they report, by line and period: the owner's before another's (F6)."""
        found = [
            Standing(row, submission, period, self.is_moved(submission, row))
            for (_, period), submission in self.in_force.items()
            for row in self.oracle.lines.get(submission["submission_id"], [])
            if self.registered(submission, row)
        ]
        standing: dict[Line, dict[int, Standing]] = {}
        for each in sorted(found, key=lambda each: (not each.is_moved, each.submission["receipt_seq"])):
            standing.setdefault((each.row["saving_ref"], each.row["plan_year"]), {})[each.source] = each
        return standing

    @cached_property
    def standing(self) -> dict[Key, tuple[str, Standing]]:
        """R38, R51: by line and open period, the directorate it stands under and the row that stands."""
        found: dict[Key, tuple[str, Standing]] = {}
        for line, by_period in self.own.items():
            for period in self.open_periods:
                sources = [source for source in by_period if self._may_stand(line, source, period)]
                if not sources:
                    continue
                planned, last = self.plan.line(line, period), by_period[max(sources)]
                under = planned.directorate if planned else last.submission["directorate_code"]
                is_gone = planned is None and (
                    last.row["replaces_ref"] is None or self._is_left_out(line, last, period)
                )
                if not is_gone and not self._is_quarantined_since(line, under, last, period):
                    found[*line, period] = (under, last)
        return found

    def _is_left_out(self, line: Line, last: Standing, period: int) -> bool:
        """F3: a later return of its sender does not have the replacement, which no earlier year had closed."""
        for (directorate, reported), submission in self.in_force.items():
            if directorate == last.submission["directorate_code"] and last.source < reported <= period:
                lines = self.oracle.lines.get(submission["submission_id"], [])
                is_there = any((row["saving_ref"], row["plan_year"]) == line for row in lines)
                if not is_there and not self._is_closed_before(line, reported // 100):
                    return True
        return False

    def _is_closed_before(self, line: Line, year: int) -> bool:
        """R51: nothing of the line was deferred at its last close before a year; a replacement has no baseline."""
        closes = [source for source in self.own[line] if year_key(line[1]) <= source // 100 < year]
        return bool(closes) and self.own[line][max(closes)].row["deferred_gbp"] == 0

    def _is_quarantined_since(self, line: Line, under: str, last: Standing, period: int) -> bool:
        """F4: the return that stands for the directorate has the line, in a row that is not registered."""
        covering = self._return_standing(under, period)
        if covering is None or covering[0] <= last.source:
            return False
        rows = self.oracle.lines.get(covering[1]["submission_id"], [])
        return any((row["saving_ref"], row["plan_year"]) == line for row in rows)

    def _return_standing(self, directorate: str, period: int) -> tuple[int, Row] | None:
        """R38: the period and return of a directorate's own figures, else of its latest earlier ones of that year."""
        sources = [p for d, p in self.in_force if d == directorate and p // 100 == period // 100 and p <= period]
        return (max(sources), self.in_force[directorate, max(sources)]) if sources else None

    def _may_stand(self, line: Line, source: int, period: int) -> bool:
        plan_year = year_key(line[1])
        is_kept = period // 100 <= max(plan_year + int(self.settings["years_kept"]), source // 100)
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
            carried_from=standing.source if standing.source < period or standing.is_moved else None,
            baseline=row["baseline_gbp"],
            original=planned.original if planned else ZERO,
            counted=counted,
            decided=decided,
            unexplained=row["baseline_gbp"] - counted - row["deferred_gbp"] - decided,
            over_achieved=figures.over_achieved(row),
            mitigated=figures.mitigated(row),
            delivered=figures.delivered(row, is_certified, standing.source // 100),
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

    def coverage(self) -> dict[tuple[str, str, int], Coverage]:
        """F1, F2, R39: by directorate, plan year and open period."""
        found = {}
        for period in self.open_periods:
            expected = self._expected(period)
            places = {(under, key[1]) for key, (under, _) in self.standing.items() if key[2] == period}
            places |= {place for place, lines in self.not_reported(period).items() if lines}
            places |= {(directorate, f"{period // 100}/{(period // 100 + 1) % 100:02d}") for directorate in expected}
            for directorate, plan_year in places:
                not_reported = self.not_reported(period).get((directorate, plan_year), [])
                found[directorate, plan_year, period] = Coverage(
                    *self._covering(directorate, plan_year, period),
                    plan=sum(self._cashable(directorate, plan_year, period), ZERO),
                    not_reported_count=len(not_reported),
                    not_reported=sum((planned.baseline for planned in not_reported), ZERO),
                    is_incomplete=directorate in expected and self._return_standing(directorate, period) is None,
                )
        return found

    def _covering(self, directorate: str, plan_year: str, period: int) -> tuple[str, str | None]:
        covering = self._return_standing(directorate, period)
        if covering is not None:
            return "OWN" if covering[0] == period else "CARRIED", covering[1]["submission_id"]
        lines = [
            (-standing.source, standing.submission["submission_id"])
            for key, (under, standing) in self.standing.items()
            if key[1:] == (plan_year, period) and under == directorate
        ]
        return ("CARRIED", min(lines)[1]) if lines else ("MISSING", None)

    def _expected(self, period: int) -> set[str]:
        """R39: the directorates whose returns are expected in a period."""
        return {
            row["directorate_code"]
            for row in self.oracle.rows_known("expected_return", self.moment)
            if year_key(row["financial_year"]) == period // 100
            and row["from_period"] <= f"P{period % 100:02d}" <= (row["to_period"] or "P13")
        }

    def not_reported(self, period: int) -> dict[tuple[str, str], list[PlanLine]]:
        """F2: by directorate and plan year each cashable line of which no return says anything."""
        kept = int(self.settings["years_kept"])
        found: dict[tuple[str, str], list[PlanLine]] = {}
        for line, planned in self.plan.lines(period).items():
            is_looked_at = year_key(line[1]) <= period // 100 <= year_key(line[1]) + kept
            if planned.is_cashable and is_looked_at and (*line, period) not in self.standing:
                found.setdefault((planned.directorate, line[1]), []).append(planned)
        return found

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
