"""One command measures every figure about speed, and each stands in the documents (issue 15.5)."""

from __future__ import annotations

import re
import subprocess

import pytest

from orchestration.settings import PROJECT
from tests import quoted_costs

BENCHMARKS = {path.stem.removeprefix("bench_") for path in (PROJECT / "benchmarks").glob("bench_*.py")}


def test_one_command_runs_every_benchmark_with_no_setting_of_a_council(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAVINGS_POSTGRES_URL", "a council's")
    listed = subprocess.run(
        ["make", "--dry-run", "--silent", "benchmarks"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    named = {name for loop in re.findall(r"for each in ([a-z_ ]+);", listed) for name in loop.split()}
    assert named == BENCHMARKS
    assert len(re.findall(r"do env .*--unset=SAVINGS_POSTGRES_URL.* benchmarks/bench_", listed)) == 2


def test_every_benchmark_is_quoted(monkeypatch: pytest.MonkeyPatch):
    quoted = []
    measured = quoted_costs.measured
    monkeypatch.setattr(quoted_costs, "measured", lambda name: quoted.append(name) or measured(name))
    assert all(quoted_costs.quoted().values())
    assert set(quoted) == BENCHMARKS
