"""Whether a verdict costs more the more returns of its directorate were accepted before (ruling C8).

Run as ``python benchmarks/bench_verdict.py [returns]``; writes ``verdict.json`` beside this file. One
directorate sends versions of one return, each accepted in the place of the one before. What the first
few cost in processor time is set beside what the last few do, in the same run, so that the ratio holds
on a busy machine. The returns are in memory: reading a workbook costs the same whatever came before,
and would hide what does not. A verdict is receiving the bytes, judging, writing lines, event and
receipt; a night is that, the look for what else waits, and every desk.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench_intake import processor_seconds

from sources.clock import Clock, fixed_clock
from sources.custody.ledger import Ledger
from sources.desk.desk import write_desks
from sources.findings.findings import Verdict
from sources.home import Home
from sources.intake import intake
from sources.intake.verdict import Bench
from tests.homes import fresh_home, send
from tests.returns import form_fields, good_return, reference

RESULT = Path(__file__).with_name("verdict.json")
STARTED = datetime(2021, 10, 11, 9, tzinfo=UTC)
DEFAULT_RETURNS = 1_000
MEASURED = 20  # verdicts at either end


@dataclass
class Costs:
    """Processor time in seconds, one figure per night that was measured."""

    verdict: list[float] = field(default_factory=list)
    night: list[float] = field(default_factory=list)


class Directorate:
    """One that sends a version of its return each night, and each is accepted."""

    def __init__(self, home: Home, ledger: Ledger) -> None:
        self._home, self._ledger = home, ledger
        self._bench = Bench(home, ledger, reference())
        self._sent = 0

    def send_one(self) -> Clock:
        """Have one more version received and accepted; return the time of it."""
        self._sent += 1
        clock = fixed_clock(STARTED + self._sent * timedelta(minutes=1))
        again = {"return_type": "Resubmission", "supersedes_version": self._sent - 1} if self._sent > 1 else {}
        book = good_return(form=form_fields(**again))
        submission = send(self._ledger, "PL", str(self._sent).encode(), f"version {self._sent}.xlsx", clock)
        outcome = self._bench.decide(submission, book, clock)
        if outcome.verdict is not Verdict.ACCEPTED:
            raise SystemExit(f"version {self._sent} was {outcome.verdict}: {outcome.submission.findings}")
        return clock

    def measured(self) -> Costs:
        """Return what some more nights cost."""
        costs = Costs()
        for _ in range(MEASURED):
            started = processor_seconds()
            clock = self.send_one()
            judged = processor_seconds()
            intake.judge_waiting(self._home, self._ledger, reference(), clock)
            write_desks(self._home, self._ledger, reference(), "", clock)
            costs.verdict.append(judged - started)
            costs.night.append(processor_seconds() - started)
        return costs


def measure(root: Path, returns: int) -> dict[str, object]:
    """Measure the first nights, let the rest of the returns come, and measure as many again."""
    home = fresh_home(root)
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference(), ledger, fixed_clock(STARTED))
        directorate = Directorate(home, ledger)
        clock = directorate.send_one()  # what a first judgement loads is no file's doing
        write_desks(home, ledger, reference(), "", clock)
        first = directorate.measured()
        for _ in range(returns - 1 - MEASURED):
            directorate.send_one()
        last = directorate.measured()
    return {
        "returns_before_the_last": returns,
        "verdict_ms_first": _milliseconds(first.verdict),
        "verdict_ms_last": _milliseconds(last.verdict),
        "times_the_first_verdict": round(_usual(last.verdict) / _usual(first.verdict), 2),
        "night_ms_first": _milliseconds(first.night),
        "night_ms_last": _milliseconds(last.night),
        "times_the_first_night": round(_usual(last.night) / _usual(first.night), 2),
    }


def _usual(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]


def _milliseconds(seconds: list[float]) -> float:
    return round(1_000 * _usual(seconds), 1)


def main() -> None:
    """Measure, print and write the result."""
    returns = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_RETURNS
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), returns)
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
