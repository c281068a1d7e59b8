"""The evidence: what every check found on one candidate, bound to that candidate's hash.

Here belongs the record and its verification: no evidence for this hash, no publish. Not here:
running the checks (``run_suites``, ``run_rules``, ``constraints``), the list of those that have to
run (``lock``). Imports no Great Expectations.

Why a record, when Dagster stops what is downstream of a failed check: it does so within one run
only. Whoever starts publishing by itself afterwards would publish (F-E12).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dbt_project.content import Fingerprint
from dbt_project.inputs import Inputs
from expectations.lock import LOCK, Declared, Engine, Severity, declared, read_lock
from sources import home as layout

if TYPE_CHECKING:
    # dbt takes seconds to import; here it is needed for its types alone.
    from dbt_project.run_dbt import BuildResult

Status = Literal["pass", "fail", "error", "overridden"]


class EvidenceRefused(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """The candidate may not be published.

    Attributes:
        problems: Each difference, by name.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("Nothing was published: " + "; ".join(self.problems))


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes:
        name: ``<table>__<sentence>``.
        engine: dbt, Great Expectations or DuckDB.
        table: What it is about.
        severity: ``error`` stops publishing, ``warn`` is stated.
        status: ``error`` when it could not be run to its end: never a pass. ``overridden`` is said in a
            release alone: it failed, and a named post let it be published.
        observed: What was seen, in words or as a number.
        failing_keys: Of rows that fail, the first few.
        who_acts: Who has to act when it fails.
        reason: Of a warning: since when it only warns, and why; empty for what stops publishing.
    """

    name: str
    engine: Engine
    table: str
    severity: Severity
    status: Status
    observed: str
    failing_keys: tuple[str, ...] = ()
    who_acts: str = "data team"
    reason: str = ""


@dataclass(frozen=True)
class Evidence:
    """Everything that was found on one candidate.

    Attributes:
        content_sha256: Of the published content.
        exact_sha256: Of it with its clock columns: what this evidence is bound to.
        inputs: What the candidate was built from.
        invocation_id: dbt's name of the run that built the candidate.
        declared: The checks that project and suites declare.
        checks: Their results.
    """

    content_sha256: str
    exact_sha256: str
    inputs: Inputs
    invocation_id: str
    declared: tuple[Declared, ...]
    checks: tuple[CheckResult, ...]

    def as_bytes(self) -> bytes:
        """Return the record's file: JSON with sorted keys, so that its hash is one."""
        return self._bytes

    @cached_property
    def _bytes(self) -> bytes:
        return (json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()

    @property
    def sha256(self) -> str:
        """Return the hash of the record's file."""
        return hashlib.sha256(self.as_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes) -> Evidence:
        """Return the record that ``as_bytes`` wrote.

        Raises:
            EvidenceRefused: If the bytes are none.
        """
        try:
            document = json.loads(data)
            document["inputs"] = Inputs.from_json(document["inputs"])
            document["declared"] = tuple(Declared(**check) for check in document["declared"])
            document["checks"] = tuple(
                CheckResult(**check | {"failing_keys": tuple(check["failing_keys"])}) for check in document["checks"]
            )
            return cls(**document)
        except (KeyError, TypeError, ValueError) as error:
            raise EvidenceRefused([f"the record of the checks cannot be read: {error}"]) from error


def bind(fingerprint: Fingerprint, inputs: Inputs, build: BuildResult, checks: Iterable[CheckResult]) -> Evidence:
    """Return what was found, bound to the candidate that it was found on.

    Args:
        fingerprint: Of the candidate, taken after the checks.
        inputs: What it was built from, as it says itself.
        build: dbt's results: what it declares, and the name of its run.
        checks: What dbt's rules, the constraints and the suites found.

    Raises:
        expectations.lock.LockError: If a test does not name its rules, or a table has no suite.
    """
    return Evidence(
        content_sha256=fingerprint.content_sha256,
        exact_sha256=fingerprint.exact_sha256,
        inputs=inputs,
        invocation_id=build.invocation_id,
        declared=tuple(declared(build.manifest)),
        checks=tuple(sorted(checks, key=lambda check: (check.engine, check.name))),
    )


def write(evidence: Evidence, path: Path) -> None:
    """Write the record, whole."""
    layout.write_durably(path, evidence.as_bytes())


def read(path: Path) -> Evidence:
    """Return the record of the last build; a build throws it away when it begins.

    Raises:
        EvidenceRefused: If there is none: the build or its checks did not end.
    """
    try:
        return Evidence.from_bytes(path.read_bytes())
    except FileNotFoundError as error:
        raise EvidenceRefused(["no check has been run on this candidate: load again"]) from error


def verify(evidence: Evidence, fingerprint: Fingerprint, lock: Path = LOCK, overridden: Collection[str] = ()) -> None:
    """Compare lock, declared and run, and the evidence's hash with the candidate's.

    Args:
        evidence: What was found.
        fingerprint: Of the candidate about to be published, taken just now.
        lock: The committed list of checks.
        overridden: Checks whose failure a named post has let pass for this very content.

    Raises:
        EvidenceRefused: With each difference by name.
        expectations.lock.LockError: If the lock cannot be read.
    """
    problems = [
        *_hash_differs(evidence, fingerprint),
        *_lists_differ(read_lock(lock), evidence),
        *_not_passed(check for check in evidence.checks if check.name not in overridden or check.status != "fail"),
    ]
    if problems:
        raise EvidenceRefused(problems)


def _hash_differs(evidence: Evidence, fingerprint: Fingerprint) -> Iterator[str]:
    if evidence.exact_sha256 != fingerprint.exact_sha256:
        yield (
            f"the checks were run on another candidate ({evidence.exact_sha256[:12]}) "
            f"than this one ({fingerprint.exact_sha256[:12]})"
        )


def _lists_differ(locked: Iterable[Declared], evidence: Evidence) -> Iterator[str]:
    """Say what is not in all three lists, and what was run more than once."""
    ran = Counter(_as_declared(check) for check in evidence.checks)
    lock, known = set(locked), set(evidence.declared)
    for check in sorted(lock - known):
        yield f"{_named(check)} is in checks.lock but not declared so"
    for check in sorted(known - lock):
        yield f"{_named(check)} is declared but not in checks.lock"
    for check in sorted((lock | known) - set(ran)):
        yield f"{check.name} was not run"
    for check in sorted(set(ran) - (lock | known)):
        yield f"{check.name} was run but is not declared"
    for check, times in sorted(ran.items()):
        if times > 1:
            yield f"{check.name} was run {times} times"


def _named(check: Declared) -> str:
    return f"{check.name} ({check.engine}, {check.severity}, on {check.table})"


def _as_declared(check: CheckResult) -> Declared:
    return Declared(check.engine, check.severity, check.table, check.name)


def _not_passed(checks: Iterable[CheckResult]) -> Iterator[str]:
    """Say which checks stop publishing: all but those that passed, and warnings that failed (ruling E5)."""
    for check in checks:
        if check.status == "error":
            yield f"{check.name} could not be run to its end: {check.observed}"
        elif check.status == "fail" and check.severity == "error":
            yield f"{check.name} failed: {check.observed}"
        elif check.status not in ("pass", "fail"):
            yield f"{check.name} has the status '{check.status}', which no check ends with: {check.observed}"
