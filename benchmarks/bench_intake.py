"""How fast returns are taken in, from landing to receipt, beside a bare read of the same files.

Run as ``python benchmarks/bench_intake.py [rounds]``; writes ``intake.json`` beside this file. A
round is a fresh home in which each directorate's sample lands and is taken into custody, read,
judged, accepted, written as typed lines and answered. Both readings happen in the same run, so
that the ratio holds on a busy machine where seconds do not. What a bare read is: ``bench_reader``.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench_reader import bare_read, peak_child_kibibytes, processor_seconds

from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.findings.findings import Verdict
from sources.home import Home
from sources.intake import intake
from sources.reference.reference import Reference, bundled_reference, read_reference
from sources.samples.published import SAMPLES

RESULT = Path(__file__).with_name("intake.json")
RETURNS = sorted((SAMPLES / "returns").rglob("*.xlsx"))
CLOCK = fixed_clock(datetime(2021, 10, 12, 17, tzinfo=UTC))
DEFAULT_ROUNDS = 20


def children_seconds() -> float:
    """Return the processor time of the ended children so far: those that read."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def take_in(root: Path, reference: Reference) -> float:
    """Let the samples land in a fresh home and take them in; return the processor time that it took."""
    home = Home.at(root)
    home.create()
    for path in RETURNS:
        (home.landing / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, home.landing / path.parent.name)
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference, ledger, CLOCK)
        started = processor_seconds()
        intake.receive(home, ledger, CLOCK)
        outcomes = intake.judge_waiting(home, ledger, reference, CLOCK)
        spent = processor_seconds() - started
    if [outcome.verdict for outcome in outcomes] != [Verdict.ACCEPTED] * len(RETURNS):
        raise SystemExit("a sample was not accepted")
    return spent


def measure(folder: Path, rounds: int) -> dict[str, object]:
    """Take the samples in so many times, and read them bare as often; return what was seen."""
    reference = read_reference(bundled_reference())
    take_in(folder / "first", reference)  # what a first judgement loads is no file's doing
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = children_seconds()
    spent = sum(take_in(folder / str(number), reference) for number in range(rounds))
    reading = children_seconds() - reading
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = processor_seconds()
    for _ in range(rounds):
        for path in RETURNS:
            bare_read(path)
    bare = processor_seconds() - started
    files = rounds * len(RETURNS)
    return {
        "files": files,
        "files_per_second_per_core": round(files / spent, 1),
        "bare_files_per_second_per_core": round(files / bare, 1),
        "times_a_bare_read": round(spent / bare, 1),
        "share_of_the_reading_processes": round(reading / spent, 2),
        "peak_child_mebibytes": round(max(map(peak_child_kibibytes, RETURNS)) / 1024, 1),
        "peak_parent_mebibytes": round(after / 1024, 1),
        "parent_growth_over_all_rounds_mebibytes": round((after - before) / 1024, 1),
    }


def main() -> None:
    """Measure, print and write the result."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), rounds)
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
