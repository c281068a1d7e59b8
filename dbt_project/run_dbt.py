"""Builds the candidate with dbt, and believes nothing but what this run says.

Here belongs building, and reading dbt's results. Not here: what is built (``models``), how dbt is called
(``invocation``), which manifest is kept (``parsed``), filling schemas ``raw`` and ``reference``
(``load_raw``), and what the results mean for publishing (``expectations.evidence``).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from dbt.artifacts.schemas.results import NodeResult as DbtResult
from dbt.contracts.graph.manifest import Manifest
from dbt_common.invocation import get_invocation_id

from dbt_project import candidate as scratch
from dbt_project import parsed
from dbt_project.engines import DUCKDB, Engine, Work
from dbt_project.invocation import PROJECT, DbtFailed, Invocation, OnEvent
from dbt_project.rules import FailingRow, failing_rows
from sources import home as layout
from sources.reference.whose import COUNCIL_CODE

# What `dbt build` runs.
_BUILT_TYPES = frozenset({"model", "seed", "snapshot", "test"})


@dataclass(frozen=True)
class NodeResult:
    """What became of one model or test.

    Attributes:
        name: Model or test name.
        resource_type: ``model``, ``test`` or ``unit_test``.
        status: ``success``, ``pass``, ``warn``, ``fail``, ``error`` or ``skipped``.
        failures: For a test, how many rows it found; null for all else.
        message: What dbt says of it; empty when it says nothing.
        severity: For a test ``error`` or ``warn``; empty for all else.
        sql: For a test that failed, its query; empty for all else.
        rows: For a test that failed, the rows that break its rules.
    """

    name: str
    resource_type: str
    status: str
    failures: int | None
    message: str
    severity: str
    sql: str = ""
    rows: tuple[FailingRow, ...] = ()


@dataclass(frozen=True)
class BuildResult:
    """One run of dbt, complete: every node that it should have run has a result of this very run.

    Attributes:
        invocation_id: dbt's name of the run.
        nodes: Results by unique id.
        manifest: The manifest that was built, with the SQL of each node.
        success: False when a model failed, or a test of severity ``error`` did.
    """

    invocation_id: str
    nodes: Mapping[str, NodeResult]
    manifest: Path
    success: bool


def build(
    candidate: Path,
    on_event: OnEvent | None = None,
    *,
    engine: Engine = DUCKDB,
    project: Path = PROJECT,
    of_many: bool = False,
) -> BuildResult:
    """Build every model and run every test on the candidate; leave it closed and without a ``.wal``.

    A failing model or test is a result (``success`` is False), not an error.

    Args:
        candidate: The candidate, with schemas ``raw`` and ``reference`` filled.
        on_event: Called with each of dbt's events.
        engine: What builds the tables; the candidate has them in the end, whichever does.
        project: The dbt project.
        of_many: Whether the candidate has the lines of many councils (``many_councils``).

    Raises:
        DbtFailed: If dbt could not run, or ran something other than the whole project.
        dbt_project.engines.EngineMissing: If the engine is not on this machine.
    """
    run = _Run.on(candidate, project, engine, of_many)
    arguments = ["build", "--exclude-resource-types", "unit_test", "--exclude-resource-types", "exposure"]
    with engine.at_work(candidate) as work:
        manifest = run.manifest()
        result = _with_rows(run.results_of(arguments, manifest, _built_nodes(manifest), on_event), work)
        if result.success:
            work.hand_back(result.manifest)
    record = asdict(result) | {"candidate": _stamp(candidate)}
    layout.write_durably(_record_of(candidate), json.dumps(record, default=str).encode())
    return result


def result_of(candidate: Path) -> BuildResult:
    """Return the result of the build that left the candidate as it lies there, for a later step.

    Raises:
        DbtFailed: If it was not built to its end, or was written since.
    """
    path = _record_of(candidate)
    record = json.loads(path.read_bytes()) if path.exists() else {"candidate": None}
    if not candidate.exists() or record.pop("candidate") != _stamp(candidate):
        raise DbtFailed(f"{candidate.name} is not as a finished build left it: build it again")
    nodes = {unique_id: _node_of(node) for unique_id, node in record["nodes"].items()}
    return BuildResult(**record | {"nodes": nodes, "manifest": Path(record["manifest"])})


def _node_of(record: Mapping[str, Any]) -> NodeResult:
    return NodeResult(**{**record, "rows": tuple(FailingRow(**row) for row in record["rows"])})


def _with_rows(result: BuildResult, work: Work) -> BuildResult:
    """Return the result with the rows that break the rules of each test that failed, asked for while they are there."""
    nodes = {
        unique_id: replace(node, rows=tuple(failing_rows(work.ask, node.sql))) if node.sql else node
        for unique_id, node in result.nodes.items()
    }
    return replace(result, nodes=nodes)


def run_unit_tests(candidate: Path, select: Sequence[str] = (), *, project: Path = PROJECT) -> BuildResult:
    """Run dbt's unit tests; they need a built candidate to learn column types from.

    Args:
        candidate: A built candidate.
        select: Names of models or unit tests; all of them when empty.
        project: The dbt project.

    Raises:
        DbtFailed: If dbt could not run, or the selection matches nothing.
    """
    run = _Run.on(candidate, project)
    selection = ["--select", *select] if select else []
    arguments = ["test", "--resource-type", "unit_test", *selection]
    manifest = parsed.loaded(run.kept)
    return run.results_of(arguments, manifest, manifest.unit_tests, is_selection=bool(select))


def document(candidate: Path, *, project: Path = PROJECT) -> Path:
    """Return dbt's documentation of a built candidate, as one page in dbt's scratch folder.

    Raises:
        DbtFailed: If dbt could not run, or left a table or the page out.
    """
    run = _Run.on(candidate, project)
    if not run.invocation.run(["docs", "generate", "--static"], parsed.loaded(run.kept)).success:
        raise DbtFailed("dbt did not document the warehouse")
    return run.invocation.target / "static_index.html"


def _built_nodes(manifest: Manifest) -> list[str]:
    return [unique_id for unique_id, node in manifest.nodes.items() if node.resource_type in _BUILT_TYPES]


def _record_of(candidate: Path) -> Path:
    """Return where a finished build is recorded: in dbt's target, which each run begins by deleting."""
    return Invocation(candidate).target / "build_result.json"


def _stamp(candidate: Path) -> dict[str, int]:
    """Return what changes whenever the file is written."""
    status = candidate.stat()
    return {"bytes": status.st_size, "written_ns": status.st_mtime_ns}


@dataclass(frozen=True)
class _Run:
    """An invocation whose results are read, and believed if they are its own."""

    invocation: Invocation
    is_of_many: bool

    @classmethod
    def on(cls, candidate: Path, project: Path, engine: Engine = DUCKDB, of_many: bool = False) -> _Run:
        code = scratch.said_of_council(candidate, COUNCIL_CODE)
        return cls(Invocation(candidate, project, code, engine.target), of_many)

    @cached_property
    def kept(self) -> Path:
        """The manifest that is kept of the project."""
        asked = self.invocation
        return parsed.parse(asked.candidate, engine=asked.engine, project=asked.project)

    def manifest(self) -> Manifest:
        """Return the manifest by which dbt builds, whose nodes are SQL already."""
        if not self.is_of_many:
            return parsed.rendered(self.kept, self.invocation.council_code)
        from dbt_project.many_councils import manifest_of_many  # sqlglot, which a council's own night does without

        return manifest_of_many(self.kept, self.invocation.engine)

    def results_of(
        self,
        arguments: Sequence[str],
        manifest: Manifest,
        expected: Collection[str],
        on_event: OnEvent | None = None,
        is_selection: bool = False,
    ) -> BuildResult:
        """Run dbt and return its results, once they are known to be complete."""
        nodes = set(expected)
        # What it would write is what is returned, and the manifest that it was given.
        outcome = self.invocation.run([*arguments, "--no-write-json"], manifest, on_event)
        done: Any = outcome.result
        if self.is_of_many:
            manifest.write(str(self.invocation.manifest))
        else:
            parsed.lay_out(self.kept, self.invocation.council_code, self.invocation.target)
        self._assert_let_go()
        results = {result.node.unique_id: _node_result(result) for result in done.results}
        missing = [] if is_selection else sorted(nodes - results.keys())
        unknown = sorted(results.keys() - nodes)
        if missing or unknown:
            raise DbtFailed(f"dbt did not run what the project holds; not run: {missing}; run but unknown: {unknown}")
        return BuildResult(get_invocation_id(), results, self.invocation.manifest, outcome.success)

    def _assert_let_go(self) -> None:
        candidate = self.invocation.candidate
        if scratch.wal_of(candidate).exists():
            raise DbtFailed(f"a .wal is left beside {candidate.name}: somebody still holds it open")


def _node_result(result: DbtResult) -> NodeResult:
    node: Any = result.node
    is_test = node.resource_type == "test"
    return NodeResult(
        name=node.name,
        resource_type=str(node.resource_type),
        status=str(result.status),
        failures=result.failures,
        message=result.message or "",
        severity=node.config.severity.lower() if is_test else "",
        sql=node.compiled_code if is_test and result.status in ("fail", "warn") else "",
    )
