"""The one place that owns dbt: runs it in this process, and believes nothing but what this run wrote.

Here belongs invoking dbt, reading its results and letting go of the candidate. Not here: what is
built (``models``), which manifest is kept (``parsed``), filling schemas ``raw`` and ``reference``
(``load_raw``), and what the results mean for publishing (``expectations.evidence``).

Why in process, and why so suspicious: dbt leaves an earlier run's results behind when it is
killed, exits 0 when a selection matches nothing, and keeps the candidate open until its
connections are closed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg
from dbt_common.invocation import get_invocation_id

from dbt_project import candidate as scratch
from dbt_project import lineage, parsed
from sources import home as layout
from sources.reference.whose import COUNCIL_CODE

PROJECT = Path(__file__).parent
# How every candidate of a home is called.
_A_CANDIDATE = Path("candidate.duckdb")
OnEvent = Callable[[EventMsg], None]
# A part of dbt's manifest, as JSON.
_Json = Mapping[str, Any]

# What `dbt build` runs; ephemeral models are part of the models that name them.
_BUILT_TYPES = frozenset({"model", "seed", "snapshot", "test"})


class DbtFailed(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """dbt did not run as asked, or its results are not those of this run; nothing of it may be used."""


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
    """

    name: str
    resource_type: str
    status: str
    failures: int | None
    message: str
    severity: str


@dataclass(frozen=True)
class BuildResult:
    """One run of dbt, complete: every node that it should have run has a result of this very run.

    Attributes:
        invocation_id: dbt's name of the run.
        nodes: Results by unique id.
        manifest: The manifest that this run wrote.
        success: False when a model failed, or a test of severity ``error`` did.
    """

    invocation_id: str
    nodes: Mapping[str, NodeResult]
    manifest: Path
    success: bool


def build(candidate: Path, on_event: OnEvent | None = None, *, project: Path = PROJECT) -> BuildResult:
    """Build every model and run every test on the candidate; leave it closed and without a ``.wal``.

    A failing model or test is a result (``success`` is False), not an error.

    Args:
        candidate: The candidate, with schemas ``raw`` and ``reference`` filled.
        on_event: Called with each of dbt's events.
        project: The dbt project.

    Raises:
        DbtFailed: If dbt could not run, or ran something other than the whole project.
    """
    run = _Run(candidate, project, scratch.said_of_council(candidate, COUNCIL_CODE))
    arguments = ["build", "--exclude-resource-types", "unit_test", "--exclude-resource-types", "exposure"]
    result = run.results_of(arguments, on_event, expected=_built_nodes)
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
    nodes = {unique_id: NodeResult(**node) for unique_id, node in record["nodes"].items()}
    return BuildResult(**record | {"nodes": nodes, "manifest": Path(record["manifest"])})


def run_unit_tests(candidate: Path, select: Sequence[str] = (), *, project: Path = PROJECT) -> BuildResult:
    """Run dbt's unit tests; they need a built candidate to learn column types from.

    Args:
        candidate: A built candidate.
        select: Names of models or unit tests; all of them when empty.
        project: The dbt project.

    Raises:
        DbtFailed: If dbt could not run, or the selection matches nothing.
    """
    run = _Run(candidate, project, scratch.said_of_council(candidate, COUNCIL_CODE))
    selection = ["--select", *select] if select else []
    arguments = ["test", "--resource-type", "unit_test", *selection]
    return run.results_of(arguments, None, expected=_unit_tests, is_selection=bool(select))


def document(candidate: Path, *, project: Path = PROJECT) -> Path:
    """Return dbt's documentation of a built candidate, as one page in dbt's scratch folder.

    Raises:
        DbtFailed: If dbt could not run, or left a table or the page out.
    """
    run = _Run(candidate, project, scratch.said_of_council(candidate, COUNCIL_CODE))
    if not run.invoke(["docs", "generate", "--static"], manifest=run.parsed()):
        raise DbtFailed("dbt did not document the warehouse")
    return run.target / "static_index.html"


def parse(candidate: Path, *, project: Path = PROJECT) -> Path:
    """Return the manifest of the project as it is now, parsed only if this state of it never was.

    Args:
        candidate: What it is to build.
        project: The dbt project.

    Raises:
        DbtFailed: If the project does not parse.
    """
    name = parsed.name_of(candidate, project)
    if (kept := parsed.installed(project) / name).exists():
        return kept
    return _parse_into(parsed.beside(candidate) / name, candidate.name, project)


def parse_installed(*, project: Path = PROJECT) -> Path:
    """Return the manifest that each night of this installation will find, with the lineage of every column beside it.

    Raises:
        DbtFailed: If the project does not parse or compile.
    """
    name = parsed.name_of(_A_CANDIDATE, project)
    manifest = _parse_into(parsed.installed(project) / name, _A_CANDIDATE.name, project)
    if not (kept := parsed.lineage_beside(manifest)).exists():
        with tempfile.TemporaryDirectory(dir=manifest.parent) as folder:
            lineage.keep(_compile(Path(folder), "resource_type:model", project), kept)
    return manifest


def _parse_into(manifest: Path, candidate_name: str, project: Path) -> Path:
    if not manifest.exists():
        manifest.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=manifest.parent) as folder:
            run = _Run(Path(folder) / candidate_name, project)
            run.invoke(["parse"])
            parsed.keep(run.target, manifest)
    return manifest


def compile_tests(folder: Path, *, project: Path = PROJECT) -> Path:
    """Return such a manifest with the SQL of every test, in which its rules are named (``rules``).

    Args:
        folder: Where dbt may work; the manifest is left in it.
        project: The dbt project.

    Raises:
        DbtFailed: If the project does not compile.
    """
    return _compile(folder, "resource_type:test", project)


def _compile(folder: Path, selected: str, project: Path) -> Path:
    run = _Run(folder / _A_CANDIDATE, project)
    run.invoke(["compile", "--select", selected], manifest=run.parsed())
    return run.manifest


def _built_nodes(manifest: _Json) -> _Json:
    return {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in _BUILT_TYPES and node["config"].get("materialized") != "ephemeral"
    }


def _unit_tests(manifest: _Json) -> _Json:
    tests: _Json = manifest["unit_tests"]
    return tests


def _target_of(candidate: Path) -> Path:
    return candidate.parent / "dbt" / "target"


def _record_of(candidate: Path) -> Path:
    """Return where a finished build is recorded: in dbt's target, which each run begins by deleting."""
    return _target_of(candidate) / "build_result.json"


def _stamp(candidate: Path) -> dict[str, int]:
    """Return what changes whenever the file is written."""
    status = candidate.stat()
    return {"bytes": status.st_size, "written_ns": status.st_mtime_ns}


@dataclass(frozen=True)
class _Run:
    """One invocation of dbt on one candidate, with its scratch folder beside the candidate."""

    candidate: Path
    project: Path
    council_code: str = ""

    @property
    def target(self) -> Path:
        return _target_of(self.candidate)

    @property
    def manifest(self) -> Path:
        return self.target / "manifest.json"

    @property
    def _arguments(self) -> list[str]:
        return [
            *("--project-dir", str(self.project), "--profiles-dir", str(self.project)),
            *("--target-path", str(self.target), "--log-path", str(self.target.parent / "logs")),
            *("--vars", json.dumps({"candidate": str(self.candidate), "council_code": self.council_code})),
            *("--warn-error-options", json.dumps({"error": ["NoNodesForSelectionCriteria"]})),
            *("--no-send-anonymous-usage-stats", "--no-partial-parse", "--no-version-check"),
            *("--log-level", "none", "--log-level-file", "info", "--no-use-colors"),
        ]

    def parsed(self) -> Manifest:
        return parsed.loaded(parse(self.candidate, project=self.project))

    def invoke(
        self, arguments: Sequence[str], on_event: OnEvent | None = None, manifest: Manifest | None = None
    ) -> bool:
        """Run dbt, on a manifest that was parsed before or none; return whether it says that all went well."""
        layout.discard(self.target)
        self.target.mkdir(parents=True)
        try:
            runner = dbtRunner(manifest, [on_event] if on_event else [])
            outcome = runner.invoke([*arguments, *self._arguments])
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]  # dbt's, not typed
        if outcome.exception is not None and not isinstance(outcome.exception, Exception):
            raise outcome.exception  # somebody stops this process; dbt's runner would swallow it
        if outcome.exception is not None:
            raise DbtFailed(f"dbt {arguments[0]} did not run: {outcome.exception}") from outcome.exception
        return outcome.success

    def results_of(
        self,
        arguments: Sequence[str],
        on_event: OnEvent | None,
        expected: Callable[[_Json], _Json],
        is_selection: bool = False,
    ) -> BuildResult:
        """Run dbt and return its results, once they are known to be this run's and complete."""
        success = self.invoke(arguments, on_event, self.parsed())
        self._assert_let_go()
        nodes = expected(self._read("manifest.json"))
        run_results = self._read("run_results.json")
        if run_results["metadata"]["invocation_id"] != get_invocation_id():
            raise DbtFailed("run_results.json is not of this run of dbt")
        results = {result["unique_id"]: result for result in run_results["results"]}
        missing = [] if is_selection else sorted(nodes.keys() - results.keys())
        unknown = sorted(results.keys() - nodes.keys())
        if missing or unknown:
            raise DbtFailed(f"dbt did not run what the project holds; not run: {missing}; run but unknown: {unknown}")
        return BuildResult(
            invocation_id=get_invocation_id(),
            nodes={unique_id: _node_result(nodes[unique_id], result) for unique_id, result in results.items()},
            manifest=self.manifest,
            success=success,
        )

    def _read(self, name: str) -> dict[str, Any]:
        """Return one of the files that dbt wrote, into the folder that was emptied before it ran.

        Raises:
            DbtFailed: If it is not there.
        """
        path = self.target / name
        if not path.exists():
            raise DbtFailed(f"dbt wrote no {name}")
        document: dict[str, Any] = json.loads(path.read_bytes())
        return document

    def _assert_let_go(self) -> None:
        if scratch.wal_of(self.candidate).exists():
            raise DbtFailed(f"a .wal is left beside {self.candidate.name}: somebody still holds it open")


def _node_result(node: _Json, result: Mapping[str, Any]) -> NodeResult:
    return NodeResult(
        name=node["name"],
        resource_type=node["resource_type"],
        status=result["status"],
        failures=result["failures"],
        message=result["message"] or "",
        severity=node["config"]["severity"].lower() if node["resource_type"] == "test" else "",
    )


if __name__ == "__main__":
    parse_installed()
