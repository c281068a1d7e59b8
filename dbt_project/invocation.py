"""One invocation of dbt: in this process, on one candidate, with a scratch folder that is emptied first.

Here belongs how dbt is called and that it lets go of the candidate. Not here: what its results are
(``run_dbt``), and which manifest it is given (``parsed``).

Why in process, and why so suspicious: dbt leaves an earlier run's files behind when it is
killed, exits 0 when a selection matches nothing, and keeps the candidate open until its
connections are closed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

from dbt_project.engines import DUCKDB
from sources import home as layout

PROJECT = Path(__file__).parent
OnEvent = Callable[[EventMsg], None]


class DbtFailed(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """dbt did not run as asked, or its results are not those of this run; nothing of it may be used."""


@dataclass(frozen=True)
class Invocation:
    """What dbt is called with.

    Attributes:
        candidate: The database that it works on.
        project: The dbt project.
        council_code: Whose warehouse it is; parsing needs none.
        engine: The target of ``profiles.yml`` that builds it.
    """

    candidate: Path
    project: Path = PROJECT
    council_code: str = ""
    engine: str = DUCKDB.target

    @property
    def target(self) -> Path:
        """The folder that dbt writes into, beside the candidate."""
        return self.candidate.parent / "dbt" / "target"

    @property
    def manifest(self) -> Path:
        """The manifest that it leaves."""
        return self.target / "manifest.json"

    @property
    def _arguments(self) -> list[str]:
        return [
            *("--project-dir", str(self.project), "--profiles-dir", str(self.project), "--target", self.engine),
            *("--target-path", str(self.target), "--log-path", str(self.target.parent / "logs")),
            *("--vars", json.dumps({"candidate": str(self.candidate), "council_code": self.council_code})),
            *("--warn-error-options", json.dumps({"error": ["NoNodesForSelectionCriteria"]})),
            *("--no-send-anonymous-usage-stats", "--no-partial-parse", "--no-version-check"),
            *("--log-level", "none", "--log-level-file", "none", "--no-use-colors"),
        ]

    def run(
        self, arguments: Sequence[str], manifest: Manifest | None = None, on_event: OnEvent | None = None
    ) -> dbtRunnerResult:
        """Run dbt; return what it says of each node, and whether all went well.

        Args:
            arguments: Its command and what is asked of it.
            manifest: What was parsed before; None lets dbt parse.
            on_event: Called with each of dbt's events.

        Raises:
            DbtFailed: If it did not run.
        """
        layout.discard(self.target)
        self.target.mkdir(parents=True)
        try:
            outcome = dbtRunner(manifest, [on_event] if on_event else []).invoke([*arguments, *self._arguments])
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]  # dbt's, not typed
        if outcome.exception is not None and not isinstance(outcome.exception, Exception):
            raise outcome.exception  # somebody stops this process; dbt's runner would swallow it
        if outcome.exception is not None:
            raise DbtFailed(f"dbt {arguments[0]} did not run: {outcome.exception}") from outcome.exception
        return outcome
