"""What Great Expectations costs in processor time beside one query for each suite that asks the same.

Run as ``PYTHONPATH=. python benchmarks/bench_checks.py CANDIDATE``: the ``build/candidate.duckdb`` that a night left in
a home, best of the three illustrative years. Writes ``checks.json`` beside this file. Floor, in a process that imports
no Great Expectations: a query goes over a suite's rows once and answers all that the suite asks (``suite_queries``).
Both compare with no release, and have to come to the same verdicts. Only ratios say something.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from expectations.suites import SUITES

RESULT = Path(__file__).with_name("checks.json")
# Each prints what importing cost, what the checks cost, and their verdicts.
SUITES_OF_OURS = """
from expectations.run_suites import run_suites
imported = time.process_time()
verdicts = {each.name: each.status == "pass" for each in run_suites(candidate, None)}
"""
QUERIES = """
from benchmarks.suite_queries import verdicts_of
imported = time.process_time()
verdicts = verdicts_of(candidate)
"""
CHILD = """
import json, sys, time
from pathlib import Path
candidate = Path(sys.argv[1])
{work}
print(json.dumps({{"importing": imported, "checks": time.process_time() - imported, "verdicts": verdicts}}))
"""


def spent(work: str, candidate: Path) -> dict[str, Any]:
    """Return what a process says that ran all checks on a candidate."""
    command = [sys.executable, "-c", CHILD.format(work=work), str(candidate)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


def measure(candidate: Path) -> dict[str, object]:
    """Return what the checks of a candidate cost, in times the queries.

    Raises:
        SystemExit: If the queries do not come to the verdicts of the suites.
    """
    ours, floor = spent(SUITES_OF_OURS, candidate), spent(QUERIES, candidate)
    if ours["verdicts"] != floor["verdicts"]:
        differing = [name for name, said in ours["verdicts"].items() if floor["verdicts"].get(name) != said]
        raise SystemExit(f"not the same verdicts: {differing}")
    whole, queries = (each["importing"] + each["checks"] for each in (ours, floor))
    return {
        "checks": len(ours["verdicts"]),
        "queries": len(SUITES),
        "checks, times the queries": round(ours["checks"] / floor["checks"], 1),
        "checks with importing, times the queries with importing": round(whole / queries, 1),
        "seconds": {"checks": round(ours["checks"], 2), "the queries": round(floor["checks"], 2)},
    }


def main() -> None:
    """Measure, print and write the result."""
    text = json.dumps(measure(Path(sys.argv[1])), indent=1) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
