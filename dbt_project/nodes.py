"""The nodes of dbt's manifest, read once for the many that ask for them.

Here belongs reading a manifest. Not here: what its nodes say (``published``, ``rules``), and which manifest is
kept (``parsed``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

# A night reads the one that is kept of the project, and the one that lies beside its candidate.
_KEPT = 2

Node = Mapping[str, Any]


def nodes_of(manifest: Path) -> Mapping[str, Node]:
    """Return the nodes of a manifest by their ids; whoever asks may not change them."""
    status = manifest.stat()
    return _read(manifest, status.st_mtime_ns, status.st_ino, status.st_size)


@lru_cache(maxsize=_KEPT)
def _read(manifest: Path, *_: int) -> Mapping[str, Node]:
    nodes: Mapping[str, Node] = json.loads(manifest.read_bytes())["nodes"]
    return nodes
