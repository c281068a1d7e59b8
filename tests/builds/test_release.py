"""A release is written once, holds the published tables and nothing else, and is never published without evidence."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dbt_project import origin
from dbt_project.content import fingerprint
from dbt_project.origin import OriginUnknown
from expectations import evidence as record
from expectations.evidence import CheckResult, EvidenceRefused
from expectations.lock import Declared, write_lock
from publishing import pointer, reader, retention, tags
from publishing import release as publishing_release
from publishing.database import WalLeftError
from publishing.manifest import damage, read_manifest
from publishing.overrides import NothingToOverrideError, override, overrides_of
from publishing.pointer import NoSuchReleaseError
from publishing.release import Release, ReleaseDiffersError
from publishing.rollback import DamagedReleaseError, roll_back
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger
from sources.custody.payloads import Overridden, Published, RolledBack
from tests.homes import SIGNED, confirmed, decide, send, tagged
from tests.small_warehouse import CHECK, DATA_AS_AT, TABLES, SmallWarehouse, forge_a_figure


@pytest.fixture
def warehouse(tmp_path: Path) -> SmallWarehouse:
    return SmallWarehouse.at(tmp_path)


def _pounds(release: Path) -> Decimal:
    with reader.connect(release) as connection:
        (pounds,) = connection.execute("select sum(amount_gbp) from marts.fct_pound").fetchone() or (None,)
    return pounds


def _events(warehouse: SmallWarehouse, kind: EventKind) -> int:
    with Ledger.open(warehouse.home) as ledger:
        return sum(event.kind is kind for event in ledger.vault.events())


# --- what a release holds ---


def test_a_release_holds_the_published_tables_and_no_view_and_no_raw(warehouse: SmallWarehouse):
    release = warehouse.night("10.00")
    with duckdb.connect(release.folder / "savings.duckdb", read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by table_name"
        ).fetchall()
        views = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
    assert tables == [
        ("marts", "dim_submission"),
        ("marts", "fct_check_result"),
        ("marts", "fct_pound"),
        ("marts", "meta_data_dictionary"),
        ("marts", "meta_last_refreshed"),
        ("marts", "rpt_change_log"),
    ]
    assert views == []


def test_a_release_is_one_closed_file_in_the_format_that_every_1_x_client_reads(warehouse: SmallWarehouse):
    release = warehouse.night("10.00")
    assert not list(release.folder.glob("*.wal"))
    with duckdb.connect(release.folder / "savings.duckdb", read_only=True) as connection:
        (tags,) = connection.execute("select tags from duckdb_databases() where database_name = 'savings'").fetchone()
    assert tags["storage_version"].startswith("v1.0.0")


def test_tables_and_columns_say_what_they_mean(warehouse: SmallWarehouse):
    release = warehouse.night("10.00")
    with reader.connect(release.folder) as connection:
        tables = dict(connection.execute("select table_name, comment from duckdb_tables()").fetchall())
        columns = connection.execute("select count(*) from duckdb_columns() where not internal and comment is null")
        assert columns.fetchone() == (0,)
    assert tables["fct_pound"] == "One row a fct_pound; it isn't empty."


def test_the_dictionary_has_every_column_with_its_type_unit_and_meaning(warehouse: SmallWarehouse):
    release = warehouse.night("10.00")
    with reader.connect(release.folder) as connection:
        of_columns = "select table_name, column_name, lower(data_type) from duckdb_columns() where not internal"
        columns = connection.execute(of_columns).fetchall()
        dictionary = connection.execute("select * from marts.meta_data_dictionary").fetchall()
    entries = [(table, column, data_type) for table, column, data_type, *_ in dictionary]
    assert sorted(entries) == sorted((table, column, kind.replace(", ", ",")) for table, column, kind in columns)
    assert ("fct_pound", "amount_gbp", "decimal(14,2)", "pounds", "What amount_gbp means.", None, None) in dictionary
    sources = {(table, column): source for table, column, _, _, _, source, _ in dictionary}
    assert sources["rpt_change_log", "before_gbp"] == "R15"  # as its table's
    assert sources["dim_submission", "state"] == "R10, D25"


def test_what_was_written_otherwise_than_it_was_checked_is_not_published(warehouse: SmallWarehouse, monkeypatch):
    first = warehouse.night("10.00")
    write_tables = publishing_release.write_tables

    def write_another_penny(folder: Path, *given: object) -> None:
        write_tables(folder, *given)
        with duckdb.connect(folder / "savings.duckdb") as connection:
            connection.execute("update marts.fct_pound set amount_gbp = amount_gbp + 0.01")

    monkeypatch.setattr(publishing_release, "write_tables", write_another_penny)

    with pytest.raises(ReleaseDiffersError, match="fct_pound"):
        warehouse.night("11.00")
    assert pointer.current(warehouse.home) == first.folder


def test_a_candidate_that_is_changed_after_it_was_held_to_its_evidence_is_not_published(
    warehouse: SmallWarehouse, monkeypatch
):
    """F-F15, between the checks and the copy that readers get."""
    first = warehouse.night("10.00")
    write_tables = publishing_release.write_tables

    def change_first(folder: Path, candidate: Path, *given: object) -> None:
        with duckdb.connect(candidate) as connection:
            connection.execute("update marts.fct_pound set amount_gbp = amount_gbp + 0.01")
        write_tables(folder, candidate, *given)

    monkeypatch.setattr(publishing_release, "write_tables", change_first)

    with pytest.raises(ReleaseDiffersError, match="changed while it was published"):
        warehouse.night("11.00")
    assert pointer.current(warehouse.home) == first.folder


def test_parquet_files_hold_the_same_rows_and_exact_types(warehouse: SmallWarehouse):
    release = warehouse.night("10.05")
    path = release.folder / "parquet" / "fct_pound.parquet"
    found = duckdb.read_parquet(str(path))
    assert found.fetchall() == [(1, Decimal("10.05"))]
    assert list(map(str, found.types)) == ["BIGINT", "DECIMAL(14,2)"]


def test_a_release_says_when_it_was_made_and_what_was_checked(warehouse: SmallWarehouse):
    release = warehouse.night("10.00")
    with reader.connect(release.folder) as connection:
        refreshed = connection.execute(
            "select release_id, version, refreshed_at::text, data_as_at, run_id, contract "
            "from marts.meta_last_refreshed"
        )
        expected = (release.release_id, "2.0.0", "2026-11-25 03:30:00", DATA_AS_AT, "run-1", "savings_v2")
        assert refreshed.fetchall() == [expected]
        checks = connection.execute("select check_name, table_name, severity, status from marts.fct_check_result")
        assert checks.fetchall() == [("fct_pound__adds_up", "fct_pound", "error", "pass")]


def test_the_manifest_tells_rows_pounds_checks_submissions_and_files(warehouse: SmallWarehouse):
    release = warehouse.night("10.05")
    manifest = read_manifest(release.folder)
    assert manifest.tables["fct_pound"].rows == 1
    assert manifest.tables["fct_pound"].pounds == {"amount_gbp": Decimal("10.05")}
    assert [(s.submission_id, s.state) for s in manifest.submissions] == [("AH-0123456789abcdef", "accepted")]
    assert [check.name for check in manifest.checks] == ["fct_pound__adds_up"]
    assert manifest.data_as_at == DATA_AS_AT
    assert "meta_last_refreshed" not in manifest.tables
    assert damage(release.folder) == []


def test_nobody_may_write_the_files_of_a_release(warehouse: SmallWarehouse):
    release = warehouse.night("10.00")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in release.folder.rglob("*") if path.is_file()}
    assert modes == {0o440}


def test_the_evidence_of_a_release_lies_in_it_and_its_hash_in_the_event(warehouse: SmallWarehouse):
    release = warehouse.night("10.00")
    kept = record.read(release.folder / "evidence.json")
    with Ledger.open(warehouse.home) as ledger:
        event = ledger.last_event(Published)
    assert event is not None
    assert event.payload == Published(
        release_id=release.release_id,
        content_sha256=release.manifest.content_sha256,
        exact_sha256=release.manifest.exact_sha256,
        manifest_sha256=hashlib.sha256((release.folder / "manifest.json").read_bytes()).hexdigest(),
        inputs=origin.read(warehouse.home.candidate).as_json(),
        evidence_sha256=kept.sha256,
        version="2.0.0",
        candidate_sha256=hashlib.sha256(warehouse.home.candidate.read_bytes()).hexdigest(),
    )


def test_a_release_is_named_by_number_time_and_content(warehouse: SmallWarehouse):
    first, second = warehouse.night("10.00"), warehouse.night("20.00")
    assert first.release_id == f"R000001-20261125T033000Z-{first.manifest.content_sha256[:8]}"
    assert second.release_id == f"R000002-20261126T033000Z-{second.manifest.content_sha256[:8]}"


# --- same content ---


def test_the_same_content_makes_no_new_release_and_says_so(warehouse: SmallWarehouse):
    first = warehouse.night("10.00")
    again = warehouse.night("10.00")
    assert (again.is_new, again.release_id) == (False, first.release_id)
    assert len(retention.all_releases(warehouse.home)) == 1
    assert _events(warehouse, EventKind.SAME_CONTENT) == 1


def test_the_same_content_at_another_clock_makes_no_new_release(warehouse: SmallWarehouse):
    first = warehouse.night("10.00")
    warehouse.build("10.00", received_at="2026-01-01 00:00:00")
    warehouse.check()
    again = warehouse.publish()
    assert (again.is_new, again.release_id) == (False, first.release_id)


def test_a_damaged_release_is_replaced_by_the_same_content(warehouse: SmallWarehouse):
    """F-E05: the night after finds it out."""
    first = warehouse.night("10.00")
    (first.folder / "parquet" / "fct_pound.parquet").unlink()
    again = warehouse.night("10.00")
    assert again.is_new
    assert pointer.current(warehouse.home) == again.folder
    assert damage(again.folder) == []


def test_a_release_whose_figure_and_manifest_were_both_altered_is_replaced(warehouse: SmallWarehouse):
    """Ruling E4: its own manifest says that all is well; the event of its publishing does not."""
    first = warehouse.night("10.00")
    forge_a_figure(first.folder)
    assert damage(first.folder) == []
    again = warehouse.night("10.00")
    assert again.is_new
    assert _pounds(again.folder) == Decimal("10.00")


def test_nobody_is_rolled_back_to_a_forged_release(warehouse: SmallWarehouse):
    """Ruling E4."""
    first, second = warehouse.night("10.00"), warehouse.night("20.00")
    forge_a_figure(first.folder)
    with (
        Ledger.open(warehouse.home) as ledger,
        pytest.raises(DamagedReleaseError, match="not the one that was published"),
    ):
        roll_back(warehouse.home, ledger, warehouse.clock, first.release_id, SIGNED)
    assert pointer.current(warehouse.home) == second.folder


# --- no evidence, no publish ---


def _assert_still(warehouse: SmallWarehouse, release: Release) -> None:
    assert pointer.current(warehouse.home) == release.folder
    assert damage(release.folder) == []
    assert [path.name for path in warehouse.home.releases.iterdir()] == [release.release_id]


def test_publishing_alone_after_a_failed_check_is_refused(warehouse: SmallWarehouse):
    """F-E12."""
    first = warehouse.night("10.00")
    warehouse.build("20.00")
    warehouse.check("fail")
    for _ in range(2):
        with pytest.raises(EvidenceRefused, match="fct_pound__adds_up failed"):
            warehouse.publish()
    _assert_still(warehouse, first)


def test_publishing_a_candidate_that_was_not_checked_is_refused(warehouse: SmallWarehouse):
    first = warehouse.night("10.00")
    warehouse.build("20.00")
    with pytest.raises(EvidenceRefused, match="the checks were run on another candidate"):
        warehouse.publish()
    _assert_still(warehouse, first)


def test_publishing_without_any_evidence_is_refused(warehouse: SmallWarehouse):
    warehouse.build()
    with pytest.raises(EvidenceRefused, match="no check has been run"):
        warehouse.publish()
    assert pointer.current(warehouse.home) is None


def test_a_candidate_edited_by_hand_after_its_checks_is_refused(warehouse: SmallWarehouse):
    """F-F15."""
    warehouse.build("10.00")
    warehouse.check()
    with duckdb.connect(warehouse.home.candidate) as connection:
        connection.execute("update marts.fct_pound set amount_gbp = 11")
    with pytest.raises(EvidenceRefused, match="another candidate"):
        warehouse.publish()


@pytest.mark.parametrize(
    "damaged",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: bytes(4096) + data[4096:],
        lambda data: data[:4096] + bytes(len(data) - 4096),
        lambda data: bytes(byte ^ 0xFF for byte in data),
    ],
    ids=["cut off", "emptied", "without its head", "without its rows", "flipped"],
)
def test_a_damaged_candidate_is_not_published_and_the_next_night_builds_it_again(
    warehouse: SmallWarehouse, damaged: Callable[[bytes], bytes]
):
    """F-E04."""
    first = warehouse.night("10.00")
    warehouse.build("20.00")
    warehouse.check()
    warehouse.home.candidate.write_bytes(damaged(warehouse.home.candidate.read_bytes()))
    with pytest.raises((duckdb.Error, EvidenceRefused, OriginUnknown)):
        warehouse.publish()
    _assert_still(warehouse, first)
    assert warehouse.night("20.00").is_new


def test_a_candidate_that_was_loaded_before_a_verdict_is_not_published(warehouse: SmallWarehouse):
    """Ruling E1: publishing alone after an intake must not call the return of tonight published."""
    first = warehouse.night("10.00")
    warehouse.build("20.00")
    warehouse.check()
    with Ledger.open(warehouse.home) as ledger:
        decide(ledger, send(ledger), "accepted")
    with pytest.raises(EvidenceRefused, match="the submissions or their states changed after the candidate was loaded"):
        warehouse.publish()
    _assert_still(warehouse, first)
    assert warehouse.night("20.00").is_new


def test_a_return_that_only_waits_keeps_no_candidate_back(warehouse: SmallWarehouse):
    """Ruling E1: what waits for a verdict is in no table, so the candidate holds all that it should."""
    warehouse.build("20.00")
    warehouse.check()
    with Ledger.open(warehouse.home) as ledger:
        send(ledger)
    assert warehouse.publish().is_new


def test_a_candidate_that_other_code_built_is_not_published(warehouse: SmallWarehouse):
    """Ruling E1."""
    warehouse.build("20.00", code="older")
    warehouse.check()
    with pytest.raises(EvidenceRefused, match="the code changed after the candidate was loaded"):
        warehouse.publish()


def test_evidence_of_a_candidate_that_was_built_from_something_else_is_refused(warehouse: SmallWarehouse):
    """Ruling E1: the same figures are no proof of the same sources."""
    warehouse.build("10.00", code="older")
    warehouse.check()
    warehouse.build("10.00")
    with pytest.raises(EvidenceRefused, match="built from something else"):
        warehouse.publish()


def test_a_candidate_whose_loaded_rows_were_changed_is_refused(warehouse: SmallWarehouse):
    """Ruling E1, F-F15: dbt builds upon them, so every check on what it built would pass."""
    warehouse.build("10.00")
    with duckdb.connect(warehouse.home.candidate) as connection:
        connection.execute("update raw.submission set state = 'withdrawn'")
    with pytest.raises(OriginUnknown, match="changed after they were loaded"):
        warehouse.check()


def test_a_candidate_that_does_not_say_what_it_was_built_from_is_refused(warehouse: SmallWarehouse):
    """Ruling E1."""
    warehouse.build("10.00")
    warehouse.check()
    with duckdb.connect(warehouse.home.candidate) as connection:
        connection.execute("drop schema origin cascade")
    with pytest.raises(OriginUnknown, match="does not say what it was built from"):
        warehouse.publish()


def test_a_candidate_that_was_not_closed_is_refused(warehouse: SmallWarehouse):
    """F-E03."""
    first = warehouse.night("10.00")
    warehouse.build("20.00")
    warehouse.check()
    warehouse.home.candidate.with_name("candidate.duckdb.wal").write_bytes(b"")
    with pytest.raises(WalLeftError, match="was not closed"):
        warehouse.publish()
    _assert_still(warehouse, first)


# --- readers ---


def test_a_reader_that_holds_the_old_release_keeps_it_while_a_new_reader_gets_the_new_one(warehouse: SmallWarehouse):
    """F-E01."""
    warehouse.night("10.00")
    with reader.connect(warehouse.home.current) as held:
        assert held.execute("select amount_gbp from marts.fct_pound").fetchone() == (Decimal("10.00"),)
        warehouse.night("20.00")
        assert held.execute("select amount_gbp from marts.fct_pound").fetchone() == (Decimal("10.00"),)
        assert _pounds(warehouse.home.current) == Decimal("20.00")


@pytest.mark.parametrize(
    "sql",
    [
        "insert into marts.fct_pound values (2, 1)",
        "create table marts.mine (n int)",
        "copy marts.fct_pound to '{folder}/out.csv'",
        "export database '{folder}/out'",
        "attach '{folder}/new.duckdb' as new",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('/etc/*')",
        "set enable_external_access = true",
        "set memory_limit = '8GB'",
        "install httpfs",
    ],
)
def test_a_locked_reader_can_do_nothing_but_read(warehouse: SmallWarehouse, tmp_path: Path, sql: str):
    """F-F01, F-F03."""
    release = warehouse.night("10.00")
    with reader.connect(release.folder) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql.format(folder=tmp_path))
    assert damage(release.folder) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checks.lock", "var"]


def test_a_rollback_gives_the_old_figures_and_a_roll_forward_the_new(warehouse: SmallWarehouse):
    """F-E20."""
    first, second = warehouse.night("10.00"), warehouse.night("20.00")
    with Ledger.open(warehouse.home) as ledger:
        roll_back(warehouse.home, ledger, warehouse.clock, first.release_id, SIGNED)
        assert _pounds(warehouse.home.current) == Decimal("10.00")
        event = ledger.last_event(RolledBack)
        assert event is not None
        assert event.payload == RolledBack(
            release_id=first.release_id,
            from_release_id=second.release_id,
            **SIGNED,
        )
        assert pointer.settle(warehouse.home, ledger) == first.folder
        roll_back(warehouse.home, ledger, warehouse.clock, second.release_id, SIGNED)
    assert _pounds(warehouse.home.current) == Decimal("20.00")


def test_a_rollback_to_nowhere_or_to_a_damaged_release_is_refused_and_not_recorded(warehouse: SmallWarehouse):
    first, second = warehouse.night("10.00"), warehouse.night("20.00")
    (first.folder / "parquet" / "fct_pound.parquet").unlink()
    with Ledger.open(warehouse.home) as ledger:
        with pytest.raises(NoSuchReleaseError, match="savings release list"):
            roll_back(warehouse.home, ledger, warehouse.clock, "R9", SIGNED)
        with pytest.raises(DamagedReleaseError, match=r"fct_pound\.parquet is missing"):
            roll_back(warehouse.home, ledger, warehouse.clock, first.release_id, SIGNED)
        assert ledger.last_event(RolledBack) is None
    assert pointer.current(warehouse.home) == second.folder


# --- what a named post may let pass ---

DROP = Declared("gx", "error", "fct_pound", "fct_savings_position__has_most_pounds_of_the_current_release")


def _short_of_the_release(warehouse: SmallWarehouse) -> None:
    """Build a candidate that holds too few pounds, with the evidence that says so."""
    write_lock([CHECK, DROP], warehouse.lock)
    warehouse.build("1.00")
    found = fingerprint(warehouse.home.candidate, TABLES)
    checks = (
        CheckResult(CHECK.name, CHECK.engine, CHECK.table, CHECK.severity, "pass", "0 failing rows"),
        CheckResult(DROP.name, DROP.engine, DROP.table, DROP.severity, "fail", "100 (min_value 850)"),
    )
    inputs = origin.read(warehouse.home.candidate)
    evidence = record.Evidence(found.content_sha256, found.exact_sha256, inputs, "run-2", (CHECK, DROP), checks)
    record.write(evidence, warehouse.home.evidence)


def test_a_large_drop_is_published_once_a_named_post_lets_it_and_the_release_says_who(warehouse: SmallWarehouse):
    """F-E19."""
    warehouse.night("10.00")
    _short_of_the_release(warehouse)
    with pytest.raises(EvidenceRefused, match="has_most_pounds"):
        warehouse.publish()
    with Ledger.open(warehouse.home) as ledger:
        override(warehouse.home, ledger, warehouse.clock, SIGNED)
    release = warehouse.publish()
    assert _pounds(release.folder) == Decimal("1.00")
    check = next(check for check in release.manifest.checks if check.name == DROP.name)
    assert check.status == "overridden"
    assert check.observed.endswith(f"overridden by Section 151 officer: {SIGNED['reason']}")


def test_an_override_holds_for_the_content_that_was_seen_alone(warehouse: SmallWarehouse):
    warehouse.night("10.00")
    _short_of_the_release(warehouse)
    with Ledger.open(warehouse.home) as ledger:
        override(warehouse.home, ledger, warehouse.clock, SIGNED)
        assert set(overrides_of(ledger, record.read(warehouse.home.evidence).content_sha256)) == {DROP.name}
        assert overrides_of(ledger, "0" * 64) == {}


def test_what_is_no_drop_and_what_passed_cannot_be_overridden(warehouse: SmallWarehouse):
    warehouse.build()
    with Ledger.open(warehouse.home) as ledger:
        warehouse.check()
        with pytest.raises(NothingToOverrideError, match="nothing to override"):
            override(warehouse.home, ledger, warehouse.clock, SIGNED)
        warehouse.check("fail")
        with pytest.raises(NothingToOverrideError, match=CHECK.name):
            override(warehouse.home, ledger, warehouse.clock, SIGNED)
        assert ledger.last_event(Overridden) is None


def test_a_release_that_cannot_be_compared_is_named_with_the_reason(warehouse: SmallWarehouse):
    first, second = warehouse.night("10.00"), warehouse.night("20.00")
    with reader.connect(second.folder) as connection:
        rows = connection.execute("select compared_release_id, report_code, reason from marts.rpt_change_log")
        ((compared, report, reason),) = rows.fetchall()
    assert (compared, report) == (first.release_id, None)
    assert reason.startswith(f"{first.release_id} cannot be compared: ")


# --- which releases stay ---


def _kept(warehouse: SmallWarehouse) -> list[str]:
    return [release.name.partition("-")[0] for release in retention.all_releases(warehouse.home)]


def test_old_releases_go_beyond_the_number_that_is_kept(warehouse: SmallWarehouse):
    for pounds in ("1.00", "2.00", "3.00", "4.00"):
        warehouse.night(pounds, keep=3)
    assert _kept(warehouse) == ["R000002", "R000003", "R000004"]


def test_the_release_before_the_one_in_force_always_stays(warehouse: SmallWarehouse):
    for pounds in ("1.00", "2.00", "3.00"):
        warehouse.night(pounds, keep=1)
    assert _kept(warehouse) == ["R000002", "R000003"]


def test_a_release_tagged_to_a_report_always_stays(warehouse: SmallWarehouse):
    first = warehouse.night("1.00")
    with Ledger.open(warehouse.home) as ledger:
        ledger.record(warehouse.clock, tagged(first.release_id))
    for pounds in ("2.00", "3.00", "4.00"):
        warehouse.night(pounds, keep=1)
    assert _kept(warehouse) == ["R000001", "R000003", "R000004"]


def test_a_tag_is_pending_until_another_post_under_another_account_confirms_it(warehouse: SmallWarehouse):
    """Ruling D-3."""
    release = warehouse.night("1.00")
    report, other = "CAB-2021-11-08", {**SIGNED, "post": "Chief accountant", "os_account": "finance"}
    with Ledger.open(warehouse.home) as ledger:

        def confirm(signed: dict[str, str]) -> object:
            return tags.confirm(warehouse.home, ledger, warehouse.clock, release.release_id, report, signed)

        with pytest.raises(tags.TagRefusedError, match="no tag waits for that"):
            confirm(other)
        ledger.record(warehouse.clock, tagged(release.release_id))
        for same in (SIGNED, {**other, "post": SIGNED["post"]}, {**other, "os_account": SIGNED["os_account"]}):
            with pytest.raises(tags.TagRefusedError, match="another post has to confirm it"):
                confirm(same)
        assert (tags.confirmed(ledger), list(tags.pending(ledger))) == ({}, [report])
        confirm(other)
        assert (tags.confirmed(ledger), tags.pending(ledger)) == ({report: release.release_id}, {})
        with pytest.raises(tags.TagRefusedError, match="no tag waits for that"):
            confirm(other)


def test_a_newer_tag_that_waits_leaves_what_the_report_has_published(warehouse: SmallWarehouse):
    """Ruling D-3."""
    first, second = warehouse.night("1.00"), warehouse.night("2.00")
    with Ledger.open(warehouse.home) as ledger:
        ledger.record(warehouse.clock, tagged(first.release_id))
        ledger.record(warehouse.clock, confirmed(first.release_id))
        ledger.record(warehouse.clock, tagged(second.release_id))
        assert tags.confirmed(ledger) == {"CAB-2021-11-08": first.release_id}
        assert tags.pending(ledger)["CAB-2021-11-08"].release_id == second.release_id
    for pounds in ("3.00", "4.00", "5.00"):
        warehouse.night(pounds, keep=1)
    assert _kept(warehouse)[:2] == ["R000001", "R000002"]


def test_a_release_that_readers_were_rolled_back_to_stays(warehouse: SmallWarehouse):
    first = warehouse.night("1.00")
    warehouse.night("2.00")
    with Ledger.open(warehouse.home) as ledger:
        roll_back(warehouse.home, ledger, warehouse.clock, first.release_id, SIGNED)
    assert retention.prune(warehouse.home, keep=1) == []
    assert _kept(warehouse) == ["R000001", "R000002"]


def test_what_a_killed_publish_left_is_cleared_away(warehouse: SmallWarehouse):
    first = warehouse.night("1.00")
    (warehouse.home.releases / ".R000002-20261126T033000Z-00000000.partial").mkdir()
    unnamed = warehouse.home.releases / "R000002-20261126T033000Z-00000000"
    unnamed.mkdir()
    second = warehouse.night("2.00")
    assert sorted(path.name for path in warehouse.home.releases.iterdir()) == [first.release_id, second.release_id]


def test_the_manifest_is_json_that_any_program_reads(warehouse: SmallWarehouse):
    release = warehouse.night("10.05")
    document = json.loads((release.folder / "manifest.json").read_text(encoding="utf-8"))
    assert document["tables"]["fct_pound"]["pounds"]["amount_gbp"] == "10.05"
