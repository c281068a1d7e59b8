"""How Python reads a release: read-only, locked, and unable to reach anything else.

Here belongs the recommended connection. Not here: what to ask (the release's own table and column
comments say what there is). These settings bind this connection alone: what keeps another program
from writing is the file's mode, 0440, and its owner.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from dbt_project import candidate
from publishing.manifest import DATABASE


def connect(release: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that reads a release, nothing else, and cannot be talked out of it.

    Args:
        release: The release's folder; ``current`` for the one in force. A connection keeps the
            release it opened: a new one gets a newer release.

    Raises:
        duckdb.IOException: If there is no such release.
    """
    return candidate.read(release.resolve() / DATABASE)
