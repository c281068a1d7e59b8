# ruff: noqa: S608 - the contract's name is no sender's text
"""The copy in PostgreSQL: the release to the penny, swapped whole, for readers who can change nothing."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import psycopg
import pytest

from dbt_project.published import CONTRACT
from orchestration.alerts.of_a_load import tell_of
from orchestration.bi_copy import follow
from orchestration.settings import SettingProblemError, Settings, load_settings
from publishing import postgres as copying
from publishing.files import write_files
from publishing.postgres import READER, CopyFailedError, copy_release
from publishing.release import Release
from tests.postgresql import Server, server
from tests.programs import ODBC, POSTGRESQL
from tests.small_warehouse import KEYED, SmallWarehouse

pytestmark = pytest.mark.needs(POSTGRESQL)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as started:
        yield started


@pytest.fixture
def postgres(running: Server) -> Server:
    """The server without what an earlier test left."""
    for (name,) in running.ask("select nspname from pg_namespace where nspname like 'savings%'"):
        running.ask(f"drop schema {name} cascade")
    if running.ask(f"select 1 from pg_roles where rolname = '{READER}'"):
        running.ask(f"drop owned by {READER}; drop role {READER}")
    return running


@pytest.fixture
def warehouse(tmp_path: Path) -> SmallWarehouse:
    return SmallWarehouse.at(tmp_path)


@pytest.fixture
def settings(postgres: Server, warehouse: SmallWarehouse) -> Settings:
    return load_settings({"SAVINGS_HOME": str(warehouse.home.root), "SAVINGS_POSTGRES_URL": postgres.url()})


@pytest.fixture
def behind(postgres: Server, warehouse: SmallWarehouse, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server holds the release before the one in force, and a copy waits no longer than a moment for another."""
    night(warehouse, "10.00")
    assert follow(settings) == []
    night(warehouse, "20.00")
    monkeypatch.setattr("publishing.postgres._ANOTHER_ENDS_WITHIN", "set lock_timeout = '50ms'")


@contextlib.contextmanager
def one_that_waits(postgres: Server, settings: Settings) -> Iterator[None]:
    """A copy waits for the lock of another session, which goes at the end."""
    waiting = threading.Thread(target=follow, args=[settings])
    with psycopg.connect(postgres.url(), autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [copying._LOCK])
        waiting.start()
        while not other.execute("select 1 from pg_locks where locktype = 'advisory' and not granted").fetchone():
            pass
        yield
    waiting.join()


def night(warehouse: SmallWarehouse, pounds: str) -> Release:
    return warehouse.night(pounds, parts=(partial(write_files, tables=KEYED),))


def pounds_in(postgres: Server) -> Decimal:
    ((pounds,),) = postgres.ask(f"select sum(amount_gbp) from {CONTRACT}.fct_pound")
    return Decimal(pounds)


def schemas_of(postgres: Server) -> list[str]:
    found = postgres.ask("select nspname from pg_namespace where nspname like 'savings%' order by 1")
    return [name for (name,) in found]


def test_a_release_is_there_to_the_penny_with_types_key_and_words(postgres: Server, warehouse: SmallWarehouse) -> None:
    release = night(warehouse, "1234567.89")
    assert copy_release(release.folder, postgres.url())
    assert pounds_in(postgres) == Decimal("1234567.89")
    assert postgres.ask(f"select obj_description('{CONTRACT}'::regnamespace, 'pg_namespace')") == [
        (release.release_id,)
    ]
    columns = postgres.ask(
        "select column_name, data_type, numeric_precision, is_nullable from information_schema.columns "
        f"where table_schema = '{CONTRACT}' and table_name = 'fct_pound' order by ordinal_position"
    )
    assert columns == [("pound_key", "bigint", 64, "NO"), ("amount_gbp", "numeric", 14, "YES")]
    assert postgres.ask(f"select col_description('{CONTRACT}.fct_pound'::regclass, 1)") == [
        ("Key of the pound; it isn't empty.",)
    ]
    with pytest.raises(psycopg.errors.UniqueViolation):
        postgres.ask(f"insert into {CONTRACT}.fct_pound values (1, 2)")
    assert postgres.ask(f"select release_id from {CONTRACT}.meta_last_refreshed") == [(release.release_id,)]


@pytest.mark.needs(ODBC)
def test_a_client_over_odbc_reads_pounds_to_the_penny_and_can_change_nothing(
    postgres: Server, warehouse: SmallWarehouse
) -> None:
    import pyodbc  # loads ODBC's manager of drivers, which not every machine has

    copy_release(night(warehouse, "1234567.89").folder, postgres.url())
    postgres.ask(f"alter role {READER} login")
    where = f"Server=127.0.0.1;Port={postgres.port};Database=postgres;Uid={READER}"
    with contextlib.closing(pyodbc.connect(f"Driver={ODBC.path};{where}")) as connection:
        asked = connection.execute(f"select amount_gbp from {CONTRACT}.fct_pound")
        assert [tuple(row) for row in asked.fetchall()] == [(Decimal("1234567.89"),)]
        tables = {row.table_name for row in connection.cursor().tables(schema=CONTRACT)}
        assert {"fct_pound", "dim_submission", "meta_last_refreshed"} <= tables
        with pytest.raises(pyodbc.Error, match=r"read-only|permission denied"):
            connection.execute(f"delete from {CONTRACT}.fct_pound")


def test_references_to_a_key_are_held_and_all_are_indexed(postgres: Server, warehouse: SmallWarehouse) -> None:
    copy_release(night(warehouse, "10.00").folder, postgres.url())
    held = postgres.ask(
        "select pg_get_constraintdef(oid) from pg_constraint "
        f"where contype = 'f' and connamespace = '{CONTRACT}'::regnamespace"
    )
    assert held == [(f"FOREIGN KEY (submission_id) REFERENCES {CONTRACT}.dim_submission(submission_id)",)]
    indexed = postgres.ask(f"select indexdef from pg_indexes where schemaname = '{CONTRACT}' order by 1")
    assert [column for (text,) in indexed for column in ("(state)",) if column in text] == ["(state)"]


def test_the_same_release_is_copied_once_and_a_newer_one_replaces_it_whole(
    postgres: Server, warehouse: SmallWarehouse
) -> None:
    first = night(warehouse, "10.00")
    assert copy_release(first.folder, postgres.url())
    assert not copy_release(first.folder, postgres.url())
    assert copy_release(night(warehouse, "20.00").folder, postgres.url())
    assert pounds_in(postgres) == 20
    assert schemas_of(postgres) == [CONTRACT]
    assert copy_release(first.folder, postgres.url()), "after a rollback the copy follows"
    assert pounds_in(postgres) == 10


@pytest.mark.parametrize("comment", [None, "Savings of the old system"])
def test_a_schema_of_the_contract_s_name_that_is_somebody_else_s_is_named_and_stays(
    postgres: Server, warehouse: SmallWarehouse, comment: str | None
) -> None:
    release = night(warehouse, "10.00")
    postgres.ask(f"create schema {CONTRACT}")
    postgres.ask(f"create table {CONTRACT}.theirs (pounds int)")
    if comment:
        postgres.ask(f"comment on schema {CONTRACT} is '{comment}'")
    with pytest.raises(CopyFailedError, match="no copy of a release") as failed:
        copy_release(release.folder, postgres.url())
    assert postgres.ask(f"select pounds from {CONTRACT}.theirs") == []
    postgres.ask(str(failed.value).partition("another name: ")[2].partition(". ")[0])
    assert copy_release(release.folder, postgres.url()), "the remedy that is named has been followed"
    assert schemas_of(postgres) == [CONTRACT, f"{CONTRACT}_other"]


@pytest.mark.parametrize(
    "sql",
    [
        "insert into {}.fct_pound values (9, 9)",
        "update {}.fct_pound set amount_gbp = 0",
        "delete from {}.fct_pound",
        "truncate {}.fct_pound",
        "drop table {}.fct_pound",
        "create table {}.mine (a int)",
        "create table public.mine (a int)",
        "create schema mine",
        "alter table {}.fct_pound add column mine int",
        "copy {}.fct_pound to program 'true'",
    ],
)
def test_the_readers_role_reads_and_can_change_nothing_however_it_asks(
    postgres: Server, warehouse: SmallWarehouse, sql: str
) -> None:
    copy_release(night(warehouse, "10.00").folder, postgres.url())
    copy_release(night(warehouse, "20.00").folder, postgres.url())
    postgres.ask(f"alter role {READER} login")
    assert postgres.ask(f"select sum(amount_gbp) from {CONTRACT}.fct_pound", READER) == [(Decimal(20),)]
    assert postgres.ask("show statement_timeout", READER) == [("1min",)]
    assert postgres.ask("show default_transaction_read_only", READER) == [("on",)]
    with psycopg.connect(postgres.url(READER), autocommit=True) as reader:
        reader.execute("set default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(sql.format(CONTRACT))  # type: ignore[call-overload]
    assert pounds_in(postgres) == 20


def test_readers_see_no_error_and_no_mixture_through_many_swaps(postgres: Server, warehouse: SmallWarehouse) -> None:
    releases = [night(warehouse, f"{number}.00") for number in range(1, 4)]
    copy_release(releases[0].folder, postgres.url())
    of_release = {release.release_id: Decimal(number) for number, release in enumerate(releases, 1)}
    wrong: list[object] = []
    seen: set[str] = set()
    stop = threading.Event()

    def read() -> None:
        # Two tables in one query: they have to be of one release.
        question = f"select release_id, amount_gbp from {CONTRACT}.meta_last_refreshed, {CONTRACT}.fct_pound"
        try:
            with psycopg.connect(postgres.url(), autocommit=True) as connection:
                while not stop.is_set():
                    ((release_id, pounds),) = connection.execute(question).fetchall()  # type: ignore[call-overload]
                    seen.add(release_id)
                    if of_release[release_id] != pounds:
                        wrong.append((release_id, pounds))
        except Exception as problem:
            wrong.append(problem)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for swap in range(1, 50):
        copy_release(releases[swap % 3].folder, postgres.url())
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(seen) > 1


def test_a_reader_who_goes_on_reading_stops_the_swap_and_keeps_what_he_reads(
    postgres: Server, warehouse: SmallWarehouse
) -> None:
    copy_release(night(warehouse, "10.00").folder, postgres.url())
    second = night(warehouse, "20.00")
    waited: list[float] = []
    with psycopg.connect(postgres.url()) as reader:
        reader.execute(f"select * from {CONTRACT}.fct_pound")  # type: ignore[call-overload]
        with pytest.raises(CopyFailedError, match="somebody reads it without a pause"):
            copy_release(second.folder, postgres.url(), wait=waited.append)
        assert reader.execute(f"select amount_gbp from {CONTRACT}.fct_pound").fetchall() == [(Decimal(10),)]  # type: ignore[call-overload]
    assert waited
    assert schemas_of(postgres) == [CONTRACT]
    assert copy_release(second.folder, postgres.url())


@pytest.mark.usefixtures("behind")
def test_a_session_that_keeps_the_copy_s_lock_is_named_and_ended_as_said(postgres: Server, settings: Settings) -> None:
    postgres.ask(f"alter role {READER} login")
    # Any login may: a reader's, or what a machine left that lost its power.
    with psycopg.connect(postgres.url(user=READER), autocommit=True) as reader:
        reader.execute("select pg_advisory_lock(%s)", [copying._LOCK])
        (said,) = follow(settings)
        assert f"process {reader.info.backend_pid} of login {READER}" in said
        assert pounds_in(postgres) == 10
        remedy = re.search(r"select pg_terminate_backend\(\d+\)", said)
        assert remedy
        postgres.ask(remedy[0])
    assert follow(settings) == []
    assert pounds_in(postgres) == 20


@pytest.mark.usefixtures("behind")
def test_a_copy_that_is_at_work_is_left_alone_and_nobody_is_told(postgres: Server, settings: Settings) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [copying._LOCK])
        assert follow(settings) == []
        assert pounds_in(postgres) == 10
    assert follow(settings) == []
    assert pounds_in(postgres) == 20


def test_a_copy_that_waited_for_another_one_leaves_what_that_one_copied(
    postgres: Server, warehouse: SmallWarehouse, settings: Settings
) -> None:
    night(warehouse, "10.00")
    with one_that_waits(postgres, settings):
        newer = night(warehouse, "20.00").folder.name
        postgres.ask(f"create schema {CONTRACT}; comment on schema {CONTRACT} is '{newer}'")
    assert postgres.ask(f"select obj_description(to_regnamespace('{CONTRACT}'), 'pg_namespace')") == [(newer,)]
    assert schemas_of(postgres) == [CONTRACT]


def test_a_copy_that_waited_for_nothing_but_a_lock_is_made(
    postgres: Server, warehouse: SmallWarehouse, settings: Settings
) -> None:
    """The session of the copy before may go a moment after its client."""
    night(warehouse, "10.00")
    with one_that_waits(postgres, settings):
        pass
    assert pounds_in(postgres) == 10


def test_what_arrives_otherwise_than_it_was_sent_changes_nothing(
    postgres: Server, warehouse: SmallWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_release(night(warehouse, "10.00").folder, postgres.url())
    monkeypatch.setattr("publishing.postgres._copy", lambda *arguments: None)
    with pytest.raises(CopyFailedError, match="did not arrive"):
        copy_release(night(warehouse, "20.00").folder, postgres.url())
    assert pounds_in(postgres) == 10
    assert schemas_of(postgres) == [CONTRACT]


def test_a_server_that_goes_away_in_the_middle_costs_a_sentence_and_the_next_load_makes_up_for_it(
    warehouse: SmallWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server() as own:
        settings = load_settings({"SAVINGS_HOME": str(warehouse.home.root), "SAVINGS_POSTGRES_URL": own.url()})
        night(warehouse, "10.00")
        assert follow(settings) == []
        night(warehouse, "20.00")
        refer = copying._refer

        def gone(*arguments: object) -> None:
            own.stop()
            refer(*arguments)  # type: ignore[arg-type]
            own.ask("select 1")

        monkeypatch.setattr("publishing.postgres._refer", gone)
        (sentence,) = follow(settings)
        assert "The next load tries again" in sentence
        monkeypatch.undo()
        own.start()
        assert pounds_in(own) == 10
        assert schemas_of(own) == [CONTRACT]
        assert follow(settings) == []
        assert pounds_in(own) == 20


def test_a_copy_that_is_behind_is_said_at_the_end_of_a_load_and_put_into_the_outbox(warehouse: SmallWarehouse) -> None:
    night(warehouse, "10.00")
    nobody = "127.0.0.1:9"
    settings = load_settings(
        {
            "SAVINGS_HOME": str(warehouse.home.root),
            "SAVINGS_POSTGRES_URL": f"postgresql://{nobody}/savings",
            "SAVINGS_ALERTS_WEBHOOK": f"http://{nobody}/",
        }
    )
    behind, *_ = tell_of(settings, warehouse.clock)
    assert "PostgreSQL does not have release R000001" in behind
    waiting = [path.read_text() for path in warehouse.home.outbox.rglob("*") if path.is_file()]
    assert any("PostgreSQL has not the newest release" in text for text in waiting)


def test_without_an_address_nothing_is_copied_and_nothing_imported(warehouse: SmallWarehouse) -> None:
    night(warehouse, "10.00")
    assert follow(load_settings({"SAVINGS_HOME": str(warehouse.home.root)})) == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://savings:secret@server/savings",
        "postgresql://savings@server/savings?sslmode=require&password=secret",
        "postgresql://savings@server/savings?ssl%70assword=secret",
        "mysql://server/savings",
        "server",
    ],
)
def test_an_address_with_a_password_or_of_something_else_is_refused_without_repeating_it(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(SettingProblemError, match="SAVINGS_POSTGRES_URL has to be an address") as refused:
        load_settings({"SAVINGS_HOME": str(tmp_path), "SAVINGS_POSTGRES_URL": url})
    assert "secret" not in str(refused.value)
