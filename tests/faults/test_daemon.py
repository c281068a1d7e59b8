"""With the daemon running, a file that is dropped is judged and published without a hand on it."""

from __future__ import annotations

import re
from pathlib import Path

from publishing.pointer import current
from publishing.reader import connect
from sources.custody.ledger import LedgerView
from sources.custody.submission import State
from sources.home import Home
from tests.dagster_pages import WITH_DAEMON, serving
from tests.edited_returns import sample_path
from tests.homes import drop, fresh_home

# A tick of the daemon and a night on two busy cores, many times over.
LONGEST_SILENCE = 1200


def test_a_file_that_is_dropped_is_judged_and_then_published_by_the_daemon(tmp_path: Path):
    home = fresh_home(tmp_path / "home")
    drop(home, "CH", "return.xlsx", sample_path("CH").read_bytes())
    with serving(home, WITH_DAEMON, SAVINGS_BUILD_EVERY_MINUTES="0.01", SAVINGS_SETTLE_SECONDS="0") as pages:
        pages.wait_until_it_says(re.compile("receive_returns.*RUN_SUCCESS"), LONGEST_SILENCE)
        assert [each.state for each in LedgerView.of(home).judged()] == [State.ACCEPTED]
        assert "return.xlsx" in (home.desk / "CH" / "index.html").read_text(encoding="utf-8")
        pages.wait_until_it_says(re.compile("nightly_load.*RUN_SUCCESS"), LONGEST_SILENCE)

    assert _files_published(home) == ["return.xlsx"]


def _files_published(home: Home) -> list[str]:
    release = current(home)
    assert release is not None
    with connect(release) as connection:
        rows = connection.execute("select file_name from marts.dim_submission order by all").fetchall()
    return [name for (name,) in rows]
