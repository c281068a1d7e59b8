"""The night's work on the report's own figures, as a new user runs it: the real command, real files.

Most of these tests ask about the run's first night (``tests.first_night``); one that changes its home has a copy.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import zipfile
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from orchestration.settings import PROJECT
from publishing.tags import TagRefusedError, confirm, tag, waive
from sources.clock import system_clock
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger
from sources.home import Home
from sources.intake.decisions import decide, find
from sources.reference.authority import Signature
from sources.reference.reference import bundled_reference
from tests.cells_of_lines import amounts_that_are_their_cells, lines_recomputed_from_their_cells
from tests.command_line import savings
from tests.edited_returns import edited
from tests.first_night import SECRET, printed, system_calls, warned
from tests.headings import cell_of
from tests.homes import drop
from tests.invariants import assert_nothing_lost
from tests.programs import STRACE

HISTORY = PROJECT / "sources" / "samples" / "history.csv"
# What libraries do within themselves: Great Expectations imports what Python renames, and pyspark where Spark is
# installed, which warns of pandas; sqlglot imports what it no longer builds.
STAYS = ("sre_parse", "sre_constants", "sqlglotrs", "PySpark does not yet fully support pandas")
# As counted, and a few: raise these knowingly, and lower them.
MOST = {
    "events of Dagster": 1600,  # three for each check
    "nodes of dbt": 170,  # each costs some 20 ms, whatever its SQL does
    "fsyncs": 1500,  # a sixth for what may not be lost, the rest for Dagster's own stores and the build's
    "programs started": 12,  # one reader per core; Dagster's capture of logs takes five
    "files read": 3,  # the three returns, once each
}
TABLE_1 = [
    ("AH", 6582000, 3027000, 500000, 0, 3055000),
    ("CH", 1870000, 1870000, 0, 0, 0),
    ("PL", 2393000, 510500, 1604000, 0, 278500),
    ("ALL", 10845000, 5407500, 2104000, 0, 3333500),
]


@pytest.fixture
def night(first_night: Home) -> Path:
    """The home after the first night, to be read."""
    return first_night.root


@pytest.fixture
def copy_of_the_home(night: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(night, tmp_path / "var", symlinks=True))


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "current" / "savings.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def content_sha256(home: Path) -> str:
    return str(json.loads((home / "current" / "manifest.json").read_bytes())["content_sha256"])


def table_1(home: Path) -> list[tuple[object, ...]]:
    return rows(
        home,
        "select directorate_code, baseline_gbp, projected_gbp, deferred_gbp, undeliverable_gbp, unexplained_gbp"
        " from marts.rpt_cabinet_table_1 where reporting_period = 'P06' order by is_total, directorate_code",
    )


def test_table_1_is_the_report_s_to_the_pound(night: Path) -> None:
    assert table_1(night) == [tuple(Decimal(v) if isinstance(v, int) else v for v in row) for row in TABLE_1]


def test_what_is_printed_has_the_total_and_the_column_that_the_report_left_out(first_night: Home) -> None:
    total = re.search(r"Total.*", printed(first_night))
    assert total is not None
    assert total[0].split() == ["Total", "£10,845,000", "£5,407,500", "£2,104,000", "£0", "£3,333,500"]


def test_the_claim_that_does_not_match_is_printed_with_its_rounding(first_night: Home) -> None:
    claim = next(line for line in printed(first_night).splitlines() if line.lstrip().startswith("C02"))
    for part in ("£5,800,000", "£5,407,500", "£392,500", "£342,500"):
        assert part in claim


def test_nothing_is_lost(first_night: Home) -> None:
    assert_nothing_lost(first_night)


def test_a_secret_of_the_environment_is_in_nothing_that_a_night_leaves(first_night: Home) -> None:
    """F-F07: neither in logs, events and compiled SQL, nor on the screen."""
    left = [path for path in first_night.root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(left) > 50
    assert [path for path in left if SECRET.encode() in path.read_bytes()] == []
    assert SECRET not in printed(first_night) + warned(first_night)


def test_a_night_uses_nothing_of_its_libraries_that_goes_away(first_night: Home) -> None:
    of_change = re.compile(r"(Deprecation|Preview|Beta|Future)Warning")
    lines = {line for line in warned(first_night).splitlines() if of_change.search(line)}
    assert {line for line in lines if not any(known in line for known in STAYS)} == set()


@pytest.mark.needs(STRACE)
def test_a_night_does_no_more_than_it_has_to(first_night: Home) -> None:
    home = first_night.root
    (run,) = (home / "dagster" / "history" / "runs").glob("*-*.db")
    with contextlib.closing(sqlite3.connect(run)) as events:
        (written,) = events.execute("select count(*) from event_logs").fetchone()
    nodes = json.loads((home / "build" / "dbt" / "target" / "build_result.json").read_bytes())["nodes"]
    calls = [line for line in system_calls(first_night) if "= -1 E" not in line]
    counted = {
        "events of Dagster": written,
        "nodes of dbt": len(nodes),
        "fsyncs": sum("sync(" in line for line in calls),
        "programs started": sum("execve(" in line for line in calls),
        "files read": sum("fork(" in line or ("clone(" in line and "CLONE_THREAD" not in line) for line in calls),
    }
    assert min(counted.values()) > 0
    assert {name: many for name, many in counted.items() if many > MOST[name]} == {}


def test_every_amount_of_the_line_detail_is_its_own_cell_of_the_file_in_the_vault(first_night: Home) -> None:
    assert amounts_that_are_their_cells(first_night) == 60


def test_every_derived_amount_is_recomputed_from_the_cells_that_its_row_names(first_night: Home) -> None:
    assert lines_recomputed_from_their_cells(first_night) == 12


def test_a_second_night_opens_no_file_builds_nothing_and_imports_nothing_heavy(copy_of_the_home: Path) -> None:
    home = copy_of_the_home
    releases = sorted(path.name for path in (home / "releases").iterdir())
    look = (
        "import sys\n"
        "from orchestration.cli import app\n"
        "app(['load', '--history', sys.argv[1]], standalone_mode=False)\n"
        "heavy = {'dagster', 'dbt', 'great_expectations', 'pandas', 'pyarrow', 'duckdb', 'openpyxl', 'lxml'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", look, str(HISTORY)],
        cwd=PROJECT,
        env={**os.environ, "SAVINGS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Nothing is new since release" in done.stdout, done.stderr
    assert "heavy: []" in done.stdout
    assert sorted(path.name for path in (home / "releases").iterdir()) == releases
    last = json.loads(max((home / "vault" / "events").glob("*.json")).read_bytes())
    assert last["kind"] == "night_checked"


def test_a_forced_night_gives_the_same_content_and_no_new_release(copy_of_the_home: Path) -> None:
    home = copy_of_the_home
    before = content_sha256(home), (home / "current").readlink()
    done = savings(home, "load", "--force")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (content_sha256(home), (home / "current").readlink()) == before


def test_the_vault_alone_gives_ledger_lines_and_release_with_the_same_content(night: Path, tmp_path: Path) -> None:
    other = tmp_path / "var"
    shutil.copytree(night / "vault", other / "vault")
    assert savings(other, "init").returncode == 0
    done = savings(other, "rebuild")
    assert done.returncode == 0, done.stdout + done.stderr
    assert content_sha256(other) == content_sha256(night)
    assert_nothing_lost(Home.at(other))


def test_the_documented_backup_is_restored_by_its_own_steps(night: Path, tmp_path: Path) -> None:
    """Every step of docs/operator/backup.md as it stands there, in a shell, on a copy of a home that is then lost."""
    lost, restored = tmp_path / "lost", tmp_path / "restored"
    shutil.copytree(night, lost, symlinks=True)
    backup, restore = (PROJECT / "docs" / "operator" / "backup.md").read_text("utf-8").split("## Restore")
    _run_steps(backup, lost, tmp_path)
    shutil.rmtree(lost)
    _run_steps(restore, restored, tmp_path)
    assert (content_sha256(restored), table_1(restored)) == (content_sha256(night), TABLE_1)
    assert sorted(each.name for each in (restored / "releases").iterdir()) == sorted(
        each.name for each in (night / "releases").iterdir()
    )
    assert_nothing_lost(Home.at(restored))


def _run_steps(page: str, home: Path, backup: Path) -> None:
    """Run the shell blocks of a page in their order, as the service would; the first that fails ends it."""
    commands = [textwrap.dedent(block) for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL)]
    assert len(commands) > 1
    savings_command = f"{sys.executable} -c 'from orchestration.cli import main; main()'"
    done = subprocess.run(
        ["sh", "-e", "-c", f'savings() {{ {savings_command} "$@"; }}\n' + "\n".join(commands)],
        cwd=PROJECT,
        env={**os.environ, "SAVINGS_HOME": str(home), "BACKUP": str(backup), "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_tbc_in_one_amount_is_refused_with_its_cell_and_the_others_are_published(tmp_path: Path) -> None:
    home = tmp_path / "var"
    for source in sorted((HISTORY.parent / "returns").rglob("*.xlsx")):
        target = home / "landing" / source.parent.name / source.name
        target.parent.mkdir(parents=True)
        shutil.copy(source, target)
    spoilt = home / "landing" / "PL" / "TRR_PL_2021-22_P06_v1.xlsx"
    cell = _put(spoilt, "projected_gbp", "TBC")
    done = savings(home, "load", "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    states = {a["directorate_code"]: (a["state"], a["receipt"]) for a in json.loads(done.stdout)["arrivals"]}
    assert {code: state for code, (state, _) in states.items()} == {"AH": "accepted", "CH": "accepted", "PL": "blocked"}
    receipt = Path(states["PL"][1]).read_text("utf-8")
    assert cell in receipt
    assert "TBC" in receipt
    lines = "select count(*) from marts.fct_savings_position join marts.dim_directorate using (directorate_key)"
    assert rows(home, f"{lines} where directorate_code = 'PL'") == [(0,)]
    by_code = {row[0]: row[1:] for row in table_1(home)}
    assert by_code["AH"][0] == Decimal(6582000)
    assert by_code["PL"] == (Decimal(2393000), None, None, None, None)
    assert_nothing_lost(Home.at(home))


def _put(path: Path, column: str, text: str) -> str:
    """Put a text into the first data row of a column of the Savings sheet; return its address.

    Written into the XML: openpyxl would drop the values of the template's own formulas.
    """
    book = openpyxl.load_workbook(path)
    address = str(cell_of(book, "Savings", column).coordinate)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    number = book.sheetnames.index("Savings") + 1
    name = f"xl/worksheets/sheet{number}.xml"
    old = re.compile(rb'<c r="%s"( s="\d+")?><v>[^<]*</v></c>' % address.encode())
    new = rb'<c r="%s"\1 t="inlineStr"><is><t>%s</t></is></c>' % (address.encode(), text.encode())
    parts[name], count = old.subn(new, parts[name])
    assert count == 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return address


def test_a_wrong_reference_folder_is_refused_and_what_landed_in_custody(tmp_path: Path) -> None:
    register = Path(shutil.copytree(bundled_reference(), tmp_path / "register"))
    (register / "service.csv").unlink()
    home = tmp_path / "var"
    landed = home / "landing" / "PL" / "return.xlsx"
    landed.parent.mkdir(parents=True)
    shutil.copy(HISTORY.parent / "returns" / "PL" / "TRR_PL_2021-22_P06_v1.xlsx", landed)
    done = savings(home, "load", SAVINGS_REFERENCE_DIR=str(register))
    assert done.returncode == 3
    assert "service.csv" in done.stdout
    assert not landed.exists()
    assert [path.name for path in (home / "vault").glob("??/*")] != []


SIGNED = {"post": "Section 151 officer", "os_account": "s151", "reason": "as the Cabinet saw it"}
CONFIRMED = {"post": "Chief accountant", "os_account": "accounts", "reason": "compared with the printed report"}
REPORT = "CAB-2021-11-08"


def test_the_withdrawal_of_a_whole_return_is_published(copy_of_the_home: Path) -> None:
    """Ruling E6: a fifth of the pounds goes, and a post has said so."""
    home = Home.at(copy_of_the_home)
    with Ledger.open(home) as ledger:
        decide(home, ledger, system_clock, EventKind.WITHDRAWN, find(ledger, "PL"), Signature(**SIGNED))
    done = savings(copy_of_the_home, "load")
    assert done.returncode == 0, done.stdout + done.stderr
    by_code = {row[0]: row[1:] for row in table_1(copy_of_the_home)}
    assert by_code["AH"] == tuple(map(Decimal, (6582000, 3027000, 500000, 0, 3055000)))
    assert by_code["PL"][1:] == (None, None, None, None)
    assert_nothing_lost(home)


def test_a_report_is_frozen_with_its_release_and_what_moves_later_is_said_beside_it(copy_of_the_home: Path) -> None:
    """R15, R50: C02 stops the tag until it is waived; then the log compares every later release with it."""
    home = Home.at(copy_of_the_home)
    frozen = home.current.readlink().name
    with Ledger.open(home) as ledger:
        with pytest.raises(TagRefusedError, match="C02"):
            tag(home, ledger, system_clock, frozen, REPORT, SIGNED)
        with pytest.raises(TagRefusedError, match="C03"):
            waive(home, ledger, system_clock, "C03", REPORT, SIGNED)
        with pytest.raises(TagRefusedError, match="knows no report"):
            tag(home, ledger, system_clock, frozen, "CAB-1999", SIGNED)
        waive(home, ledger, system_clock, "C02", REPORT, SIGNED)
        tag(home, ledger, system_clock, frozen, REPORT, SIGNED)
        confirm(home, ledger, system_clock, frozen, REPORT, CONFIRMED)
    changes = {"Return!return_type": "Resubmission", "Return!supersedes_version": 1}
    detail = (
        "select source_sheet || '!' || projected_gbp_cell from marts.rpt_line_detail where saving_ref = 'PL-21-003'"
    )
    ((projected,),) = rows(copy_of_the_home, detail)
    amounts = {"Return!control_projected": 500_500, str(projected): 240_000}
    drop(home, "PL", "TRR_PL_2021-22_P06_v2.xlsx", edited("PL", changes | amounts))
    done = savings(copy_of_the_home, "load")
    assert done.returncode == 0, done.stdout + done.stderr
    moved = (
        "select saving_ref, measure, before_gbp, after_gbp, difference_gbp, cause from marts.rpt_change_log "
        "where compared_release_id = '{release}' and report_code {report} order by measure"
    )
    expected = [
        ("PL-21-003", "counted_projected_gbp", Decimal(250_000), Decimal(240_000), Decimal(-10_000)),
        ("PL-21-003", "unexplained_gbp", Decimal(239_000), Decimal(249_000), Decimal(10_000)),
    ]
    for report in ("is null", f"= '{REPORT}'"):
        found = rows(copy_of_the_home, moved.format(release=frozen, report=report))
        assert [row[:5] for row in found] == expected
        assert {row[5] for row in found} == {"own figure"}
