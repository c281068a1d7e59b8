"""Manifests that are kept: a state of the project is parsed once, since dbt takes as long to parse it as to build it.

Here belongs parsing, rendering, where manifests are kept, and which one is of the project as it is now. Not here:
calling dbt (``invocation``), and building (``run_dbt``). ``python -m dbt_project.parsed`` parses for an installation.

Whoever installs the code parses it into the project's own ``target``, where every night finds it. A
night that finds none keeps one beside its candidate: the account of a service may not write into the project.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import re
import shutil
import sys
import tempfile
from pathlib import Path

from dbt.adapters.__about__ import version as adapters_version
from dbt.artifacts.resources.v1.components import DependsOn
from dbt.constants import PARTIAL_PARSE_FILE_NAME
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import GenericTestNode
from dbt.parser.manifest import extended_mashumuro_decoder
from dbt.version import __version__ as dbt_version
from dbt_common.__about__ import version as common_version

from dbt_project import lineage
from dbt_project.engines import DUCKDB
from dbt_project.invocation import PROJECT, DbtFailed, Invocation
from dbt_project.nodes import nodes_of
from sources import home as layout

# How every candidate of a home is called.
_A_CANDIDATE = Path("candidate.duckdb")
_PROJECT_FILES = frozenset({".yml", ".sql", ".csv", ".md"})
_PROJECT_PARTS = ("models", "macros", "tests")
# As dbt calls what it writes: all that it knows of the project, and the metrics alone.
_MANIFEST, _METRICS = "manifest.json", "semantic_manifest.json"
# A query that is part of another one. DuckDB would keep all its rows where it is read twice, Spark never does.
_PART = re.compile(rb"(\b__dbt__cte__\w+ as) \(")
# What stands for the council's code in SQL that is rendered once for all councils.
ANY_COUNCIL = "@council_code@"


def parse(candidate: Path, *, engine: str = DUCKDB.target, project: Path = PROJECT) -> Path:
    """Return the manifest of the project as it is now, with the SQL of each node, made only if this state never was.

    Args:
        candidate: What it is to build.
        engine: What is to build it.
        project: The dbt project.

    Raises:
        DbtFailed: If the project does not parse or compile.
    """
    name = _name_of(candidate, engine, project)
    if (kept := _installed(project) / name).exists():
        return kept
    return _parse_into(beside(candidate) / name, candidate.name, engine, project)


def parse_installed(*, project: Path = PROJECT) -> Path:
    """Return the manifest that each night of this installation will find, with the lineage of every column beside it.

    Raises:
        DbtFailed: If the project does not parse or compile.
    """
    name = _name_of(_A_CANDIDATE, DUCKDB.target, project)
    manifest = _parse_into(_installed(project) / name, _A_CANDIDATE.name, DUCKDB.target, project)
    if not (kept := lineage_beside(manifest)).exists():
        lineage.keep(manifest, kept)
    if not (pickled := _pickled_of(manifest)).exists():
        layout.write_durably(pickled, pickle.dumps(loaded(manifest)))
    return manifest


def loaded(manifest: Path) -> Manifest:
    """Return a kept manifest as dbt's runner takes it.

    Raises:
        DbtFailed: If it is damaged.
    """
    pickled = _pickled_of(manifest)
    # As Python keeps it, it takes a tenth of the time; but reading it may run code: only from where ours lies.
    is_pickled = manifest.parent == _installed(PROJECT) and pickled.exists()
    path = pickled if is_pickled else _binary_of(manifest)
    try:
        data = path.read_bytes()
        if is_pickled:
            found: Manifest = pickle.loads(data)  # noqa: S301 - who writes there writes this line as well
        else:
            found = Manifest.from_msgpack(data, decoder=extended_mashumuro_decoder)
    except Exception as damage:  # whatever a damaged file makes of reading it
        raise DbtFailed(
            f"dbt's manifest {path} cannot be read. "
            f"Delete the folder {manifest.parent}; the next load parses the project again."
        ) from damage
    return found


def built_of(manifest: Path) -> Manifest:
    """Return of a kept manifest what a build makes: no unit test, and no model that the queries of others have in them.

    Raises:
        DbtFailed: If it is damaged.
    """
    found = loaded(manifest)
    found.unit_tests.clear()
    parts = {unique_id for unique_id, node in found.nodes.items() if node.config.materialized == "ephemeral"}
    for part in parts:
        del found.nodes[part]
    for node in found.nodes.values():
        if isinstance(node.depends_on, DependsOn):
            node.depends_on.nodes = [unique_id for unique_id in node.depends_on.nodes if unique_id not in parts]
    return found


def rendered(manifest: Path, council_code: str) -> Manifest:
    """Return a kept manifest whose nodes are SQL already: rendering them takes as long as building their tables.

    What asks for ``execute`` itself follows what the candidate has, so that is left for dbt to render.

    Args:
        manifest: Kept by ``parse``.
        council_code: Whose warehouse it is to build.

    Raises:
        DbtFailed: If it is damaged.
    """
    found, compiled = built_of(manifest), sql_of(manifest)
    for unique_id, node in found.nodes.items():
        if " execute " not in node.raw_code:
            node.raw_code = compiled[unique_id].replace(ANY_COUNCIL, _in_sql(council_code))
            if isinstance(node, GenericTestNode):
                node.test_metadata.kwargs.clear()
    return found


def sql_of(manifest: Path) -> dict[str, str]:
    """Return the SQL of each node of a kept manifest, as of a council whose code is ``ANY_COUNCIL``."""
    return {unique_id: node["compiled_code"] for unique_id, node in nodes_of(manifest).items()}


def lay_out(manifest: Path, council_code: str, target: Path) -> None:
    """Leave a kept manifest, and its metrics, where dbt would have written them, with the SQL of this council."""
    said = json.dumps(_in_sql(council_code))[1:-1]
    (target / _MANIFEST).write_bytes(manifest.read_bytes().replace(ANY_COUNCIL.encode(), said.encode()))
    shutil.copyfile(_metrics_of(manifest), target / _METRICS)


def _in_sql(text: str) -> str:
    return text.replace("'", "''")


def lineage_beside(manifest: Path) -> Path:
    """Return where the lineage of a kept manifest's columns is kept."""
    return manifest.with_suffix(".lineage")


def beside(candidate: Path) -> Path:
    """Return where a night keeps the manifest that it had to parse itself."""
    return candidate.parent / "dbt" / "parsed"


def _installed(project: Path) -> Path:
    """Return where whoever installs the code keeps its manifest."""
    return project / "target" / "parsed"


def _name_of(candidate: Path, engine: str, project: Path) -> str:
    """Return what the manifest is called: it has the engine's SQL, with the candidate's name as its database."""
    return f"{_hash_of(project)}-{engine}-{candidate.stem}-sql.json"


def _parse_into(manifest: Path, candidate_name: str, engine: str, project: Path) -> Path:
    if not manifest.exists():
        manifest.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=manifest.parent) as folder:
            invocation = Invocation(Path(folder) / candidate_name, project, ANY_COUNCIL, engine)
            if not invocation.run(["compile"]).success:
                raise DbtFailed("dbt did not compile the project")
            _keep(invocation, manifest)
    return manifest


def _keep(parsed: Invocation, manifest: Path) -> None:
    """Keep what dbt has just parsed, and no older state beside it."""
    compiled = (parsed.target / _MANIFEST).read_bytes()
    if parsed.engine == DUCKDB.target:
        compiled = _PART.sub(rb"\1 not materialized (", compiled)
    layout.write_durably(_binary_of(manifest), (parsed.target / PARTIAL_PARSE_FILE_NAME).read_bytes())
    layout.write_durably(_metrics_of(manifest), (parsed.target / _METRICS).read_bytes())
    layout.write_durably(manifest, compiled)
    state = manifest.name.partition("-")[0]
    for path in manifest.parent.iterdir():
        if path.is_file() and not path.name.startswith(state):
            layout.discard(path)


def _binary_of(manifest: Path) -> Path:
    return manifest.with_suffix(".msgpack")


def _pickled_of(manifest: Path) -> Path:
    return manifest.with_suffix(f".{sys.implementation.cache_tag}.pickle")


def _metrics_of(manifest: Path) -> Path:
    return manifest.with_suffix(".metrics")


def _hash_of(project: Path) -> str:
    """Return the hash of dbt's versions and of every file that dbt reads."""
    digest = hashlib.sha256("\0".join((dbt_version, adapters_version, common_version)).encode())
    # Not the folder that dbt writes to: another parse may be at work there, and is no part of this state.
    found = [*project.iterdir(), *(path for part in _PROJECT_PARTS for path in (project / part).rglob("*"))]
    for path in sorted(path for path in found if path.suffix in _PROJECT_FILES):
        digest.update(f"\0{path.relative_to(project)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    parse_installed()
