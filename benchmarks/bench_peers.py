"""What a night costs in processor time beside the same small job done with other tools, in the same run.

Run as ``PYTHONPATH=. python benchmarks/bench_peers.py [rounds]``; writes ``peers.json`` beside this file. The job, and
what the others leave out: ``peers/README.md``. Each has an environment of its own in ``var/peers``, made the
first time. Their sums are held to one another, and their baseline to that of our release.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
from bench_night import QUIET_NIGHTS, load, spent_by

from dbt_project import parsed
from orchestration.settings import PROJECT
from sources.samples.published import SAMPLES

RESULT = Path(__file__).with_name("peers.json")
PEERS = Path(__file__).with_name("peers")
ENVIRONMENTS = PROJECT / "var" / "peers"
RETURNS = SAMPLES / "returns"
DEFAULT_ROUNDS = 3
TABLE_1 = "select directorate_code, baseline_gbp, projected_gbp, deferred_gbp, undeliverable_gbp from marts.table_1"
OURS = "select sum(baseline_gbp) from marts.rpt_cabinet_table_1 where not is_total and reporting_period = 'P06'"
Sums = dict[str, tuple[Decimal, ...]]


@dataclass(frozen=True)
class Peer:
    """A tool, or some, with which the job is done.

    Attributes:
        name: How a person calls it.
        folder: Where its night is, under ``peers``.
        told: What its night is told beside where the returns lie and where it keeps what it made.
    """

    name: str
    folder: str
    told: tuple[str, ...] = ()

    @property
    def python(self) -> str:
        """The Python of its environment, which is made if it is not there; ours where it needs nothing more."""
        requirements = PEERS / self.folder / "requirements.txt"
        if not requirements.exists():
            return sys.executable
        environment = ENVIRONMENTS / self.folder
        python = str(environment / "bin" / "python")
        if not environment.exists():
            venv.create(environment, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", str(requirements)], check=True)  # noqa: S603 - our own list
        return python

    def night(self, work: Path) -> float:
        """Return what a night costs in a folder that keeps what was done before."""
        return spent_by([self.python, str(PEERS / self.folder / "night.py"), str(RETURNS), str(work), *self.told])

    def sums(self, work: Path) -> Sums:
        """Return Table 1 as it made it."""
        if (made := work / "table_1.csv").exists():
            with made.open(encoding="utf-8", newline="") as stream:
                return _sums(list(csv.reader(stream))[1:])
        with duckdb.connect(work / "returns.duckdb", read_only=True) as connection:
            return _sums(connection.execute(TABLE_1).fetchall())


ALL = (
    Peer("dlt + dbt", "dlt_dbt", ("always",)),
    Peer("dlt + dbt where needed", "dlt_dbt"),
    Peer("SQLMesh", "sqlmesh"),
    Peer("a pandas script", "pandas_script"),
)


def _sums(rows: Sequence[Sequence[object]]) -> Sums:
    return {str(row[0]): tuple(Decimal(str(cell)).quantize(Decimal("0.01")) for cell in row[1:]) for row in rows}


def one_round(folder: Path) -> dict[str, dict[str, float]]:
    """Return what each costs in a first night and in one with nothing new.

    Raises:
        SystemExit: If they did not come to the same sums.
    """
    spent: dict[str, dict[str, float]] = {}
    sums: list[Sums] = []
    for peer in ALL:
        (work := folder / peer.name).mkdir()
        spent[peer.name] = _with_quiet_nights(peer.night(work), partial(peer.night, work))
        sums.append(peer.sums(work))
    home = folder / "home"
    first = load(home, "--history", str(SAMPLES / "history.csv"))
    spent["this warehouse"] = _with_quiet_nights(first, partial(load, home))
    with duckdb.connect(home / "current" / "savings.duckdb", read_only=True) as connection:
        (baseline,) = connection.execute(OURS).fetchall()[0]
    if any(each != sums[0] for each in sums) or sum(row[0] for row in sums[0].values()) != baseline:
        raise SystemExit(f"not the same sums: {sums}, and a baseline of {baseline}")
    return spent


def _with_quiet_nights(first: float, night: Callable[[], float]) -> dict[str, float]:
    return {"first": first, "nothing new": statistics.median(night() for _ in range(QUIET_NIGHTS))}


def main() -> None:
    """Measure, print and write the result."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_ROUNDS
    os.environ["DO_NOT_TRACK"] = "1"
    parsed.parse_installed()
    for peer in ALL:
        _ = peer.python
    rounds = []
    with tempfile.TemporaryDirectory() as root:
        for each in range(number):
            (folder := Path(root) / str(each)).mkdir()
            rounds.append(one_round(folder))
    ratios = {
        f"{night}, times {peer.name}": round(
            statistics.median([spent["this warehouse"][night] / spent[peer.name][night] for spent in rounds]), 2
        )
        for night in ("first", "nothing new")
        for peer in ALL
    }
    result = {"rounds": number, "ratios": ratios, "last round, seconds": rounds[-1]}
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
