"""How Python reads a release: read-only, locked, and unable to reach anything else.

Here belongs the recommended connection, and one question put through it. Not here: what to ask (the
release's own table and column comments say what there is). These settings bind this connection alone:
what keeps another program from writing is the file's mode, 0440, and its owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from dbt_project import candidate
from publishing.manifest import DATABASE
from publishing.plain_text import as_text

_NUMBERS = ("DECIMAL", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE", "SMALLINT", "TINYINT", "FLOAT")


@dataclass(frozen=True)
class Answer:
    """What a release answered to a question.

    Attributes:
        release_id: The release that was asked.
        columns: Their names.
        types: Their SQL types.
        rows: Their values.
    """

    release_id: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    @property
    def numbers_at_the_end(self) -> int:
        """Return how many of the last columns hold numbers."""
        at_the_end = 0
        for data_type in reversed(self.types):
            if not data_type.startswith(_NUMBERS):
                break
            at_the_end += 1
        return at_the_end

    def as_json(self) -> dict[str, object]:
        """Return it for a machine: amounts are texts, so that no reader makes a float of a pound."""
        rows = [{name: _as_json(value) for name, value in zip(self.columns, row, strict=True)} for row in self.rows]
        return {"release_id": self.release_id, "rows": rows}


def connect(release: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that reads a release, nothing else, and cannot be talked out of it.

    Args:
        release: The release's folder; ``current`` for the one in force. A connection keeps the
            release it opened: a new one gets a newer release.

    Raises:
        duckdb.IOException: If there is no such release.
    """
    # A question too large for memory fails, rather than leave files in the release.
    return candidate.read(release.resolve() / DATABASE, spills=False)


def ask(release: Path, sql: str) -> Answer:
    """Return a release's answer to a question; its tables are found with and without their schema.

    Raises:
        duckdb.Error: If there is no such release, or it cannot answer.
    """
    with connect(release) as connection:
        connection.execute("use marts")
        asked = connection.execute(sql)
        described = asked.description or []
        return Answer(
            release.resolve().name,
            tuple(column[0] for column in described),
            tuple(str(column[1]) for column in described),
            asked.fetchall() if described else [],
        )


def _as_json(value: object) -> object:
    return value if value is None or isinstance(value, bool | int) else as_text(value)
