"""Manifests that are kept: a state of the project is parsed once, since dbt takes as long to parse it as to build it.

Here belongs where they are kept, and which one is of the project as it is now. Not here: parsing
(``run_dbt``).

Whoever installs the code parses it into the project's own ``target``, where every night finds it. A
night that finds none keeps one beside its candidate: the account of a service may not write into the project.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from dbt.constants import PARTIAL_PARSE_FILE_NAME
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder
from dbt.version import __version__ as dbt_version

from sources import home as layout

_PROJECT_FILES = frozenset({".yml", ".sql", ".csv", ".md"})


def installed(project: Path) -> Path:
    """Return where whoever installs the code keeps its manifest."""
    return project / "target" / "parsed"


def beside(candidate: Path) -> Path:
    """Return where a night keeps the manifest that it had to parse itself."""
    return candidate.parent / "dbt" / "parsed"


def name_of(candidate: Path, project: Path) -> str:
    """Return what the manifest is called: its tables carry the candidate's name as their database."""
    return f"{_hash_of(project)}-{candidate.stem}.json"


def keep(target: Path, manifest: Path) -> Path:
    """Keep what dbt has just parsed, and no older state beside it.

    Args:
        target: Where dbt wrote it.
        manifest: What it is to be called.
    """
    layout.write_durably(_binary_of(manifest), (target / PARTIAL_PARSE_FILE_NAME).read_bytes())
    layout.write_durably(manifest, (target / "manifest.json").read_bytes())
    for path in manifest.parent.iterdir():
        if path.is_file() and not path.name.startswith(manifest.stem):
            layout.discard(path)
    return manifest


def lineage_beside(manifest: Path) -> Path:
    """Return where the lineage of a kept manifest's columns is kept."""
    return manifest.with_suffix(".lineage")


def loaded(manifest: Path) -> Manifest:
    """Return a kept manifest as dbt's runner takes it."""
    found: Manifest = Manifest.from_msgpack(_binary_of(manifest).read_bytes(), decoder=extended_mashumuro_decoder)
    return found


def _binary_of(manifest: Path) -> Path:
    return manifest.with_suffix(".msgpack")


def _hash_of(project: Path) -> str:
    """Return the hash of dbt's version and of every file that dbt reads."""
    digest = hashlib.sha256(dbt_version.encode())
    for path in sorted(path for path in project.rglob("*") if path.suffix in _PROJECT_FILES):
        digest.update(f"\0{path.relative_to(project)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
