# ruff: noqa: S608 - the contract's name is no sender's text
"""The joined release in PostgreSQL: a council sees its own rows alone, whoever reads for the nation sees all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from dbt_project.published import CONTRACT
from orchestration.cli import app
from orchestration.exit_codes import Exit
from publishing.councils.postgres import COUNCIL_READER, role_of
from publishing.postgres import READER
from tests.postgresql import Server, server
from tests.programs import POSTGRESQL
from tests.small_councils import NORTH, SOUTH, council, night

pytestmark = pytest.mark.needs(POSTGRESQL)

POUNDS = f"select council_code, amount_gbp from {CONTRACT}.fct_pound order by 1"
ROLES = (role_of(NORTH), role_of(SOUTH), COUNCIL_READER, READER)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two councils with a release each, and one without."""
    folder = tmp_path_factory.mktemp("councils") / "councils"
    night(council(folder, "north", NORTH), "10.01")
    night(council(folder, "south", SOUTH), "20.02")
    council(folder, "west", "E99000003")
    return folder


@pytest.fixture(scope="module")
def postgres(folder: Path) -> Iterator[Server]:
    """A server that has the joined release, and lets each role log in."""
    with server() as started:
        assert join(folder, started.url()).exit_code == Exit.DONE
        for role in ROLES:
            started.ask(f"alter role {role} login")
        yield started


def join(folder: Path, url: str) -> Result:
    return CliRunner().invoke(app, ["councils", "join", str(folder), "--postgres-url", url, "--json"])


def psql(postgres: Server, role: str, sql: str) -> list[str]:
    """Return the lines that psql prints for who logs in as a role."""
    program = str(Path(POSTGRESQL.path) / "psql")
    command = [program, "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-At", "-c", sql, postgres.url(role)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (role_of(NORTH), [f"{NORTH}|10.01"]),
        (role_of(SOUTH), [f"{SOUTH}|20.02"]),
        (role_of("E99000003"), []),
        (READER, [f"{NORTH}|10.01", f"{SOUTH}|20.02"]),
        (COUNCIL_READER, []),
    ],
)
def test_a_council_sees_its_own_rows_alone_and_the_nation_s_readers_see_all(
    postgres: Server, role: str, seen: list[str]
) -> None:
    postgres.ask(f"alter role {role} login")
    assert psql(postgres, role, POUNDS) == seen


def test_no_table_shows_a_council_a_row_of_another(postgres: Server) -> None:
    tables = [name for (name,) in postgres.ask(f"select tablename from pg_tables where schemaname = '{CONTRACT}'")]
    assert {"dim_council", "meta_last_refreshed", "fct_pound"} <= set(tables)
    for table in tables:
        everybody_s = psql(postgres, READER, f"select distinct council_code from {CONTRACT}.{table}")
        assert {NORTH, SOUTH} <= set(everybody_s) or not everybody_s, table
        own = psql(postgres, role_of(NORTH), f"select distinct council_code from {CONTRACT}.{table}")
        assert set(own) == {NORTH} & set(everybody_s), table


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("set row_security = off; select * from {}.fct_pound", "row-level security"),
        ("set role {READER}", "permission denied to set role"),
        ("set role {SOUTH}", "permission denied to set role"),
        ("delete from {}.fct_pound", "permission denied"),
        ("drop policy own_council on {}.fct_pound", "must be owner"),
        ("create view public.all as select * from {}.fct_pound", "denied"),
    ],
)
def test_a_council_s_reader_gets_round_it_in_no_way(postgres: Server, sql: str, refusal: str) -> None:
    asked = sql.replace("{READER}", READER).replace("{SOUTH}", role_of(SOUTH)).format(CONTRACT)
    with psycopg.connect(postgres.url(role_of(NORTH)), autocommit=True) as reader:
        reader.execute("set default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=refusal):
            reader.execute(asked)  # type: ignore[call-overload] - text of tests
        assert reader.execute(POUNDS).fetchall() == [(NORTH, Decimal("10.01"))]  # type: ignore[call-overload]


def test_a_login_that_is_a_member_of_a_council_s_role_sees_what_that_sees(postgres: Server) -> None:
    postgres.ask(f"create role analyst login in role {role_of(SOUTH)}")
    assert psql(postgres, "analyst", POUNDS) == [f"{SOUTH}|20.02"]


def test_keys_and_references_begin_with_the_council_and_are_held(postgres: Server) -> None:
    held = postgres.ask(
        "select pg_get_constraintdef(oid) from pg_constraint where contype in ('p', 'f')"
        f" and connamespace = '{CONTRACT}'::regnamespace order by 1"
    )
    assert {text for (text,) in held} == {
        f"FOREIGN KEY (council_code, submission_id) REFERENCES {CONTRACT}.dim_submission(council_code, submission_id)",
        "PRIMARY KEY (council_code, pound_key)",
        "PRIMARY KEY (council_code, submission_id)",
        "PRIMARY KEY (folder)",
    }


def test_a_newer_joined_release_replaces_it_and_is_seen_no_wider(folder: Path, postgres: Server) -> None:
    east = council(folder, "east", "E99000004")
    night(east, "40.04")
    assert join(folder, postgres.url()).exit_code == Exit.DONE
    postgres.ask(f"alter role {role_of('E99000004')} login")
    assert psql(postgres, role_of("E99000004"), POUNDS) == ["E99000004|40.04"]
    assert psql(postgres, role_of(NORTH), POUNDS) == [f"{NORTH}|10.01"]
    assert len(psql(postgres, READER, POUNDS)) == 3


def test_a_server_that_is_not_there_costs_a_sentence_and_the_joined_release_is_in_force(folder: Path) -> None:
    done = join(folder, "postgresql://127.0.0.1:9/savings")
    assert done.exit_code == Exit.REFUSED
    said: dict[str, Any] = json.loads(done.stdout)
    assert "PostgreSQL does not have release" in said["attention"][0]
    assert (folder / "joined" / "current").resolve().name == said["release_id"]


def test_an_address_with_a_password_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    refused = join(tmp_path, "postgresql://savings:secret@server/savings")
    assert refused.exit_code == Exit.WRONG_USE
    assert "secret" not in refused.output
    assert list(tmp_path.iterdir()) == []
