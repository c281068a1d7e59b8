"""What somebody puts into our own folders stops nothing, and ``verify`` names it (ruling C3)."""

from __future__ import annotations

from pathlib import Path

from publishing.retention import all_releases, prune, sweep
from publishing.verification import verify
from sources.custody.ledger import Ledger
from tests.homes import NOON, checked, fresh_home


def test_a_stray_name_in_releases_or_events_stops_nothing_and_is_named(tmp_path: Path) -> None:
    home = fresh_home(tmp_path)
    (home.releases / "old").mkdir()
    (home.releases / "notes.txt").touch()
    (home.releases / ".kept").touch()
    (home.events / "notes.txt").touch()
    (home.events / "000000000007.json.bak").touch()
    with Ledger.open(home) as ledger:
        assert ledger.record(NOON, checked()).seq == 1
        sweep(home, ledger)
        assert prune(home, keep=1) == []
    with Ledger.open(home) as ledger:
        assert ledger.record(NOON, checked()).seq == 2
    assert all_releases(home) == []
    found = verify(home)
    assert found.problems == ()
    strays = ("releases/notes.txt", "releases/old", "events/000000000007.json.bak", "events/notes.txt")
    assert [line.split(" is not ours")[0] for line in found.unfinished] == [
        str((home.vault if stray.startswith("events") else home.root) / stray) for stray in strays
    ]
    assert (home.releases / ".kept").exists()
