"""What a candidate was built from, kept in the candidate itself from the moment it is loaded (ruling E1).

Here belongs writing that record and reading it back, held to the rows of schemas ``raw`` and
``reference``. Not here: what is in the record (``inputs``), and what it is compared with
(``publishing.release``).
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from dbt_project import candidate as scratch
from dbt_project.content import row_sum
from dbt_project.inputs import Inputs

_LOADED = ("raw", "reference")


class OriginUnknown(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """A candidate does not say what it was built from, or no longer holds what it was loaded with."""


def write(candidate: Path, inputs: Inputs) -> None:
    """Write into a candidate that was just loaded what it was loaded from."""
    with scratch.change(candidate) as connection:
        connection.begin()
        connection.execute("create schema origin")
        connection.execute("create table origin.candidate (inputs varchar, loaded varchar)")
        row = [json.dumps(inputs.as_json()), _loaded(connection)]
        connection.execute("insert into origin.candidate values (?, ?)", row)
        connection.commit()


def read(candidate: Path) -> Inputs:
    """Return what a candidate was built from.

    Raises:
        OriginUnknown: If it does not say so, or its loaded rows were changed since.
    """
    with scratch.read(candidate) as connection:
        try:
            ((inputs, loaded),) = connection.table("origin.candidate").fetchall()
            found = Inputs.from_json(json.loads(inputs))
        except (duckdb.CatalogException, TypeError, ValueError) as error:
            raise OriginUnknown("The candidate does not say what it was built from. Load again.") from error
        if _loaded(connection) != loaded:
            raise OriginUnknown("The candidate's loaded rows were changed after they were loaded. Load again.")
    return found


def _loaded(connection: duckdb.DuckDBPyConnection) -> str:
    """Return all loaded rows as one sum a table."""
    of_schemas = "select schema_name || '.' || table_name from duckdb_tables() where list_contains(?, schema_name)"
    names = sorted(name for (name,) in connection.execute(of_schemas, [_LOADED]).fetchall())
    tables = ((name, connection.table(name)) for name in names)
    return json.dumps({name: row_sum(table, table.columns) for name, table in tables})
