"""The ledger asked without a lock and without a write, whatever is going on beside it."""

from __future__ import annotations

import sqlite3

import pytest

from sources.custody import ledger_file
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.problems import LedgerAhead, VaultDamaged
from sources.home import Home
from tests.homes import NOON, decide, fresh_home, send, tree_of, withdraw


@pytest.fixture
def home(tmp_path):
    home = fresh_home(tmp_path / "home")
    with Ledger.open(home) as ledger:
        decide(ledger, send(ledger, data=b"1"), "accepted")
        send(ledger, data=b"2")
    return home


def all_of(ledger):
    return ledger.last_seq(), ledger.submissions(), list(ledger.event_hashes())


def test_it_says_what_the_ledger_says_and_leaves_the_home_as_it_was(home):
    before = tree_of(home.root)
    with LedgerView.of(home) as view:
        seen = all_of(view)
    assert tree_of(home.root) == before
    with Ledger.open(home) as ledger:
        assert seen == all_of(ledger)


def test_it_sees_what_a_writer_has_committed_and_not_what_it_is_about_to(home):
    with Ledger.open(home) as ledger:
        third = send(ledger, data=b"3")
        writer = sqlite3.connect(home.ledger, isolation_level=None)
        writer.execute("begin immediate")
        writer.execute("delete from submission")
        before = tree_of(home.root)
        with LedgerView.of(home) as view:
            assert all_of(view) == all_of(ledger)
            assert view.submission(third.submission_id) == third
        assert tree_of(home.root) == before
        writer.execute("commit")
        writer.close()


def test_it_is_of_one_moment(home):
    with LedgerView.of(home) as view, Ledger.open(home) as ledger:
        seen = all_of(view)
        send(ledger, data=b"3")
        assert all_of(view) == seen
        assert all_of(ledger) != seen


def test_an_event_that_a_killed_run_did_not_index_is_seen_and_the_index_left_behind(home):
    index = home.ledger.read_bytes()
    with Ledger.open(home) as ledger:
        send(ledger, data=b"3")
    home.ledger.write_bytes(index)
    with LedgerView.of(home) as view:
        assert len(view.submissions()) == 3
    assert home.ledger.read_bytes() == index


def _missing(path):
    path.unlink()


def _damaged(path):
    path.write_bytes(b"no database at all" * 500)


def _of_another_format(path):
    with sqlite3.connect(path) as connection:
        connection.execute(f"pragma user_version = {ledger_file.FORMAT + 1}")
    connection.close()


@pytest.mark.parametrize("spoil", [_missing, _damaged, _of_another_format])
def test_an_index_that_is_of_no_use_is_made_up_for_in_memory(home, spoil):
    with Ledger.open(home) as ledger:
        seen = all_of(ledger)
    spoil(home.ledger)
    before = tree_of(home.root)
    with LedgerView.of(home) as view:
        assert all_of(view) == seen
    assert tree_of(home.root) == before


def test_an_index_that_is_ahead_of_a_restored_vault_is_said_to_be_and_left_alone(home):
    """Ruling E2."""
    with Ledger.open(home) as ledger:
        last = ledger.last_seq()
    (home.events / f"{last:012d}.json").unlink()
    before = tree_of(home.root)
    with pytest.raises(LedgerAhead, match=f"the ledger knows {last}"):
        LedgerView.of(home)
    assert tree_of(home.root) == before


def test_an_altered_vault_is_said_to_be_one(home):
    last = max(home.events.glob("*.json"))
    last.write_bytes(last.read_bytes().replace(b"return.xlsx", b"Return.xlsx"))
    with pytest.raises(VaultDamaged, match="was altered"):
        LedgerView.of(home)


def test_where_there_is_no_home_nothing_has_happened_and_none_is_made(tmp_path):
    with LedgerView.of(Home.at(tmp_path / "none")) as view:
        assert (view.last_seq(), view.submissions(), view.ids_in_force()) == (0, [], [])
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_force_is_one_submission_a_period_by_period_and_directorate(tmp_path):
    # R42.
    with Ledger.open(fresh_home(tmp_path)) as ledger:
        sent = {}
        for data, folder, year, period, verdict in (
            (b"1", "PL", "2022/23", "P01", "accepted"),
            (b"2", "PL", "2021/22", "P07", "accepted"),
            (b"3", "AH", "2021/22", "P07", "accepted"),
            (b"4", "PL", "2021/22", "P07", "accepted"),
            (b"5", "PL", "2021/22", "P07", "blocked"),
            (b"6", "AH", "2021/22", "P08", "accepted"),
        ):
            sent[data] = decide(ledger, send(ledger, folder, data), verdict, year, period, clock=NOON).submission_id
        assert ledger.ids_in_force() == [sent[b"3"], sent[b"4"], sent[b"6"], sent[b"1"]]
        withdraw(ledger, ledger.submission(sent[b"4"]))
        assert ledger.ids_in_force() == [sent[b"3"], sent[b"2"], sent[b"6"], sent[b"1"]]
