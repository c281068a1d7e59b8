"""Whatever kills publishing, readers have the old release or the new one, whole, and the next run completes."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from publishing import pointer, reader
from publishing.manifest import damage
from sources.custody.ledger import Ledger
from sources.custody.payloads import Published
from tests.small_warehouse import SmallWarehouse

PROJECT = Path(__file__).resolve().parents[2]
OLD, NEW = Decimal("2.00"), Decimal("3.00")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> list[SmallWarehouse]:
    """The same home, killed at each file-system event of publishing in turn; the last one lived.

    Two releases lie in it and one is kept, so that the removal of the oldest is in the sweep.
    """
    root = tmp_path_factory.mktemp("before")
    warehouse = SmallWarehouse.at(root)
    warehouse.night("1.00")
    warehouse.night("2.00")
    warehouse.build("3.00")
    warehouse.check()
    attempts = tmp_path_factory.mktemp("killed")
    command = [sys.executable, "-m", "tests.faults.publish_until_killed", str(root), str(attempts), "1"]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True, timeout=600)
    return [SmallWarehouse.of(folder) for folder in sorted(attempts.iterdir())]


def _copies(killed: list[SmallWarehouse], folder: Path) -> list[SmallWarehouse]:
    """Return copies for a test that goes on working with them."""
    roots = [warehouse.home.root.parent for warehouse in killed]
    return [SmallWarehouse.of(Path(shutil.copytree(root, folder / root.name, symlinks=True))) for root in roots]


def _pounds(warehouse: SmallWarehouse) -> Decimal:
    with reader.connect(warehouse.home.current) as connection:
        row = connection.execute("select amount_gbp from marts.fct_pound").fetchone()
    assert row is not None
    return Decimal(row[0])


def _finished(warehouse: SmallWarehouse) -> Iterator[Path]:
    yield from (path for path in warehouse.home.releases.iterdir() if not path.name.startswith("."))


def test_the_sweep_goes_through_every_step_of_publishing(killed: list[SmallWarehouse]):
    seen = {_pounds(warehouse) for warehouse in killed}
    assert seen == {OLD, NEW}
    left = [sorted(path.name[:1] for path in warehouse.home.releases.iterdir()) for warehouse in killed]
    assert [".", "R", "R"] in left, "never killed with a half-written release"
    assert ["R", "R", "R"] in left, "never killed between the new release and the removal of the oldest"
    assert [".", "R", "R"] in left[-20:], "never killed while the oldest was removed"


def test_readers_have_the_old_release_or_the_new_one_whole_at_every_kill(killed: list[SmallWarehouse]):
    """F-D08, F-D09: no gap, no mixture, no damage; the release in force and the one before stay."""
    for warehouse in killed:
        current = pointer.current(warehouse.home)
        assert current is not None
        assert damage(current) == []
        assert _pounds(warehouse) in (OLD, NEW)
        assert all(damage(release) == [] for release in _finished(warehouse)), warehouse.home.root
        numbers = {release.name.partition("-")[0] for release in _finished(warehouse)}
        assert "R000002" in numbers


def test_no_reader_sees_a_release_that_no_event_tells_of(killed: list[SmallWarehouse]):
    for warehouse in killed:
        current = pointer.current(warehouse.home)
        with Ledger.open(warehouse.home) as ledger:
            published = [event.payload.release_id for event in ledger.events_of(Published)]
        assert current is not None
        assert current.name in published


def test_what_an_event_tells_of_is_what_readers_have_after_settling(killed: list[SmallWarehouse], tmp_path: Path):
    between = 0
    for warehouse in _copies(killed, tmp_path):
        with Ledger.open(warehouse.home) as ledger:
            event = ledger.last_event(Published)
            assert event is not None
            before = pointer.current(warehouse.home)
            settled = pointer.settle(warehouse.home, ledger)
        assert settled is not None
        assert settled.name == event.payload.release_id
        between += settled != before
    assert between, "never killed between the event and the pointer"


def test_the_next_run_completes_and_leaves_nothing_behind(killed: list[SmallWarehouse], tmp_path: Path):
    """F-D08: the same content as a run that was never killed (I5)."""
    contents = set()
    for warehouse in _copies(killed, tmp_path):
        published = warehouse.publish(keep=1)
        assert published.manifest.tables["fct_pound"].pounds == {"amount_gbp": NEW}
        assert pointer.current(warehouse.home) == published.folder
        assert damage(published.folder) == []
        numbers = sorted(path.name.partition("-")[0] for path in warehouse.home.releases.iterdir())
        assert numbers == ["R000002", "R000003"]
        assert not list(warehouse.home.root.glob(".*"))
        contents.add(published.manifest.content_sha256)
    assert len(contents) == 1


def test_a_full_disk_while_publishing_keeps_the_old_release(tmp_path: Path):
    """F-D13: the limit on a file's size stands in for a full disk."""
    warehouse = SmallWarehouse.at(tmp_path)
    first = warehouse.night("1.00")
    warehouse.build("2.00")
    warehouse.check()
    code = (
        "import sys; from pathlib import Path; from tests.small_warehouse import SmallWarehouse; "
        "SmallWarehouse.of(Path(sys.argv[1])).publish()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert result.returncode != 0
    assert "File too large" in result.stderr
    assert pointer.current(warehouse.home) == first.folder
    assert [path.name for path in warehouse.home.releases.iterdir()] == [first.release_id]
    assert damage(first.folder) == []
    assert SmallWarehouse.of(tmp_path).publish().is_new
