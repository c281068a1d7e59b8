"""What another account of the machine can see and do of a home (ruling D-5), tried by such an account."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import PROJECT
from tests.edited_returns import sample_path
from tests.machines import Account, account, folder_for_all, group, needs_root

pytestmark = needs_root

# Prints what of a tree can be listed, read or written by whoever runs it.
TRY = """
import json, os, sys
found = {"listed": [], "read": [], "written": []}
paths = sys.argv[2:]
for path in paths:
    if os.path.isdir(path) and not os.path.islink(path):
        try: os.listdir(path); found["listed"].append(path)
        except OSError: pass
        try: open(os.path.join(path, "forged"), "w").close(); found["written"].append(path)
        except OSError: pass
    else:
        try: open(path, "rb").read(); found["read"].append(path)
        except OSError: pass
        try: open(path, "ab").close(); found["written"].append(path)
        except OSError: pass
root = sys.argv[1]
print(json.dumps({kind: [os.path.relpath(each, root) for each in of_kind] for kind, of_kind in found.items()}))
"""
# A night without a build, by the service's account, through the same doors.
NIGHT = """
import sys
from pathlib import Path
from orchestration.lock import hold
from sources.clock import system_clock
from sources.custody.ledger import Ledger
from sources.custody.marker import enter
from sources.desk.desk import open_desks
from sources.home import Home
from sources.intake import intake
from sources.reference.reference import read_reference, bundled_reference
home = Home.at(Path(sys.argv[1]), readers_group=sys.argv[2] or None)
home.create()
with hold(home.lock), Ledger.open(home) as ledger:
    enter(home)
    intake.adopt_folder(bundled_reference(), ledger, system_clock)
    open_desks(home, intake.judging_reference(ledger).desk_groups())
    (home.landing / "PL").mkdir(exist_ok=True)
    (home.landing / "PL" / "r.xlsx").write_bytes(Path(sys.argv[3]).read_bytes())
    intake.receive(home, ledger, system_clock)
    intake.judge_waiting(home, ledger, intake.judging_reference(ledger), system_clock)
    home.candidate.write_bytes(b"candidate")
    home.evidence.write_bytes(b"evidence")
"""
SAMPLE = sample_path("PL")


def tried(who: Account, root: Path) -> dict[str, set[str]]:
    """Return what an account could list, read and write of all that is below a root."""
    paths = [str(root), *map(str, sorted(root.rglob("*")))]
    done = who.python(TRY, str(root), *paths)
    assert done.returncode == 0, done.stderr
    return {kind: set(paths) for kind, paths in json.loads(done.stdout).items()}


@pytest.fixture(scope="module", params=[0o000, 0o022, 0o077], ids=oct)
def night(request: pytest.FixtureRequest) -> Iterator[tuple[Path, Account, Account, Account]]:
    """Give the home of a service that was started under that umask, the service, a reader and a stranger."""
    with (
        folder_for_all() as folder,
        group() as readers,
        account(readers) as service,
        account(readers) as reader,
        account() as stranger,
    ):
        root = service.owns(folder) / "home"
        done = service.python(NIGHT, str(root), readers[0], str(SAMPLE), umask=request.param)
        assert done.returncode == 0, done.stderr
        yield root, service, reader, stranger


def test_a_stranger_sees_nothing_of_a_home_and_can_only_leave_a_decision(
    night: tuple[Path, Account, Account, Account],
) -> None:
    """Ruling D-5, F-F11, F-F12: who sends for one directorate is a stranger to the others."""
    root, _, _, stranger = night
    assert tried(stranger, root) == {"listed": set(), "read": set(), "written": {"decisions"}}
    (root / "decisions" / "forged").unlink()


def test_readers_see_releases_and_reports_and_nothing_else(night: tuple[Path, Account, Account, Account]) -> None:
    """Ruling D-5, F-F01, F-F02."""
    root, service, reader, _ = night
    script = (
        "import sys\nfrom pathlib import Path\nfrom sources import home\nfrom orchestration.lock import hold\n"
        "root = Path(sys.argv[1])\n"
        "with hold(root / 'lock'):\n"
        "    partial = root / 'releases' / '.R1.partial'\n"
        "    (partial / 'parquet').mkdir(parents=True)\n"
        "    (partial / 'parquet' / 'a').write_bytes(b'a')\n"
        "    home.seal(partial)\n"
        "    home.publish_folder(partial, root / 'releases' / 'R1')\n"
        "    (root / 'current').symlink_to('releases/R1')\n"
        "    from publishing.report.writing import put\n"
        "    put(root / 'reports' / 'CAB' / 'R1', {'CAB.pdf': b'a'})\n"
    )
    done = service.python(script, str(root), umask=0o077)
    assert done.returncode == 0, done.stderr
    listed = {"releases", "releases/R1", "releases/R1/parquet", "reports", "reports/CAB", "reports/CAB/R1"}
    read = {"releases/R1/parquet/a", "reports/CAB/R1/CAB.pdf"}
    assert tried(reader, root) == {"listed": listed, "read": read, "written": {"decisions"}}
    assert reader.run("cat", f"{root}/current/parquet/a").stdout == "a"
    (root / "decisions" / "forged").unlink()


def test_a_reader_opens_the_tables_as_the_analysts_page_says_and_in_no_other_way() -> None:
    """A sealed file is never written: DuckDB has to be told so where the file is not the reader's own."""
    page = (PROJECT / "docs" / "analyst.md").read_text("utf-8")
    assert "duckdb -readonly current/savings.duckdb" in page
    assert "`duckdb.read_only` to `true`" in page
    script = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=len(sys.argv) > 2).execute('from t'))"
    with folder_for_all() as folder, account() as reader:
        tables = folder / "savings.duckdb"
        with duckdb.connect(str(tables)) as connection:
            connection.execute("create table t as select 1")
        tables.chmod(0o444)
        assert reader.python(script, str(tables), "read only").returncode == 0
        assert "Permission denied" in reader.python(script, str(tables)).stderr


def test_no_file_of_a_home_is_open_to_others_whatever_the_umask(night: tuple[Path, Account, Account, Account]) -> None:
    """Ruling D-5: a folder above that is opened by mistake gives nothing away."""
    root, *_ = night
    shared = {"releases", "reports", "current", "decisions"}
    own = [path for path in root.rglob("*") if path.relative_to(root).parts[0] not in shared and not path.is_symlink()]
    passed = {root / "landing", root / "desk"}
    loose = [
        f"{stat.S_IMODE(path.stat().st_mode):o} {path.relative_to(root)}"
        for path in own
        if stat.S_IMODE(path.stat().st_mode) & (0o066 if path in passed else 0o077) and "/landing/" not in str(path)
    ]
    assert [each for each in loose if "vault/" not in each] == []
    assert stat.S_IMODE(root.stat().st_mode) == 0o711
    assert len(own) > 20


def test_a_home_that_was_made_open_is_closed_by_the_next_command(tmp_path: Path) -> None:
    """Ruling D-5."""
    from sources.home import Home

    before = os.umask(0)
    try:
        home = Home.at(tmp_path / "home")
        for folder in (home.root, *home.private_folders, home.releases, home.reports, home.decisions):
            folder.mkdir(mode=0o777, parents=True, exist_ok=True)
        home.create()
    finally:
        os.umask(before)
    modes = {path.name: f"{stat.S_IMODE(path.stat().st_mode):o}" for path in (home.root, *home.root.iterdir())}
    private = {"vault", "lines", "logs", "begun", "build", "outbox", "dagster", "releases", "reports"}
    assert modes == dict.fromkeys(private, "700") | dict.fromkeys(("home", "landing", "desk"), "711") | {
        "decisions": "3733"
    }
