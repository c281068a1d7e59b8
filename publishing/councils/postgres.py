"""Who sees what of a joined release in PostgreSQL: a council its own rows alone, the national readers all.

Here belong the roles of councils and the policies of rows. Not here: filling and naming the schema
(``publishing.postgres``).

A council's role is no member of ``bi_reader``: a member would be let in by its policy, and see all. Who has the
rights of no council's role and not those of ``bi_reader`` sees no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from psycopg import sql

from publishing.councils.standing import DIM_COUNCIL
from publishing.postgres import READER, Connection, grant_reading, make_role, open_to_readers
from sources.reference.whose import COUNCIL_CODE as COUNCIL

# What all councils' roles are members of: it may read the tables, and by itself sees no row of them.
COUNCIL_READER = "bi_council_reader"
_OF_A_COUNCIL = "savings_"
# The roles are asked once a query, not once a row: they are an array of their own.
_POLICIES: tuple[LiteralString, ...] = (
    "alter table {table} enable row level security",
    "create policy national on {table} for select to {national} using (true)",
    "create policy own_council on {table} for select to {council} using (lower({code}) = any (array("
    "select substr(rolname, length({prefix}) + 1) from pg_roles"
    " where starts_with(rolname, {prefix}) and pg_has_role(oid, 'usage'))))",
    "create index on {table} (lower({code}))",
)


def role_of(code: str) -> str:
    """Return what the role of a council is called: in small letters, as SQL takes a name without quotes."""
    return _OF_A_COUNCIL + code.lower()


def open_by_council(connection: Connection, schema: str, tables: Sequence[str]) -> None:
    """Let the national readers read all of a schema, and each council's role its own rows."""
    open_to_readers(connection, schema, tables)
    make_role(connection, COUNCIL_READER)
    grant_reading(connection, schema, COUNCIL_READER)
    named = {
        "national": sql.Identifier(READER),
        "council": sql.Identifier(COUNCIL_READER),
        "code": sql.Identifier(COUNCIL),
        "prefix": sql.Literal(_OF_A_COUNCIL),
    }
    for code in _codes(connection, schema):
        if make_role(connection, role_of(code)):
            both = (sql.Identifier(COUNCIL_READER), sql.Identifier(role_of(code)))
            connection.execute(sql.SQL("grant {} to {}").format(*both))
    for table in tables:
        for policy in _POLICIES:
            connection.execute(sql.SQL(policy).format(table=sql.Identifier(schema, table), **named))


def _codes(connection: Connection, schema: str) -> list[str]:
    asked = sql.SQL("select {code} from {councils} where {code} is not null order by 1").format(
        code=sql.Identifier(COUNCIL), councils=sql.Identifier(schema, DIM_COUNCIL.name)
    )
    return [code for (code,) in connection.execute(asked).fetchall()]
