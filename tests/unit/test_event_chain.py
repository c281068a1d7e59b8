"""The chain of events: order, time, and that no event can be lost or altered unnoticed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.custody.event_chain import EventChain
from sources.custody.payloads import NightChecked, Waived
from sources.custody.problems import CustodyProblem, VaultDamaged
from sources.home import Home

NOON = datetime(2021, 10, 12, 12, tzinfo=UTC)


def look(number=0):
    return NightChecked(release_id=None, vault_objects=number, rehashed=0)


@pytest.fixture
def chain(tmp_path):
    home = Home.at(tmp_path)
    home.create()
    return EventChain(home.events)


def files(chain):
    return sorted(chain._folder.glob("*.json"))


def test_a_fresh_home_has_no_events(chain):
    assert chain.last() is None
    assert list(chain.events()) == []


def test_events_are_numbered_from_one_and_each_names_the_one_before(chain):
    for number in range(3):
        chain.append(NOON + timedelta(hours=number), look(number))
    assert [event.seq for event in chain.events()] == [1, 2, 3]
    assert [event.previous_sha256 for event in chain.events()] == ["", chain.event_sha256(1), chain.event_sha256(2)]


class _OvertakenFolder(type(Path())):
    """A folder that shows a new event and not yet the one before, as a listing may that a writer overtakes."""

    def iterdir(self):
        return (path for path in super().iterdir() if path.stem != f"{2:012d}")


def test_an_event_that_a_listing_has_not_seen_yet_is_not_missing(chain):
    for number in range(3):
        chain.append(NOON, look(number))
    overtaken = EventChain(_OvertakenFolder(chain._folder))
    assert overtaken.last().seq == 3
    files(chain)[1].unlink()
    with pytest.raises(VaultDamaged, match="Event 2 is missing"):
        EventChain(_OvertakenFolder(chain._folder)).last()


def test_an_event_read_back_is_the_event_that_was_appended(chain):
    said = Waived(claim="Ünïcode\nand a line", report_code="", post="", os_account="", reason="")
    appended = chain.append(NOON, said)
    assert chain.event(1) == appended
    assert appended.payload == said
    assert chain.event(1).sha256 == chain.event_sha256(1)


def test_a_clock_that_goes_back_keeps_the_order(chain):
    chain.append(NOON, look())
    earlier = chain.append(NOON - timedelta(days=1), look())
    assert earlier.at == NOON + timedelta(microseconds=1)


@settings(max_examples=30)
@given(st.lists(st.datetimes(), max_size=8))
def test_event_times_always_rise_whatever_the_clock_says(tmp_path_factory, times):
    chain = EventChain(tmp_path_factory.mktemp("events"))
    for time in times:
        chain.append(time.replace(year=1972 + 4 * (time.year % 20), tzinfo=UTC), look())
    moments = [event.at for event in chain.events()]
    assert moments == sorted(set(moments))
    assert len(moments) == len(times)


def test_two_writers_of_one_process_never_write_the_same_number(chain):
    other = EventChain(chain._folder)
    assert [each.append(NOON, look()).seq for each in (chain, other, other, chain)] == [1, 2, 3, 4]


def test_events_can_be_read_from_any_number_on(chain):
    for _ in range(4):
        chain.append(NOON, look())
    assert [event.seq for event in chain.events(after=2)] == [3, 4]
    assert list(chain.events(after=4)) == []


def test_an_event_is_never_written_over(chain, monkeypatch):
    chain.append(NOON, look(1))
    before = files(chain)[0].read_bytes()
    blind = EventChain(chain._folder)
    monkeypatch.setattr(blind, "last", lambda: None)
    with pytest.raises(Exception, match="File exists"):
        blind.append(NOON, look(2))
    assert files(chain)[0].read_bytes() == before


def test_a_missing_event_is_named(chain):
    for _ in range(3):
        chain.append(NOON, look())
    files(chain)[1].unlink()
    with pytest.raises(VaultDamaged, match="Event 2 is missing"):
        EventChain(chain._folder).last()


def test_an_altered_event_is_named_by_the_one_that_followed_it(chain):
    for number in range(3):
        chain.append(NOON, look(100 + number))
    second = files(chain)[1]
    second.write_bytes(second.read_bytes().replace(b"101", b"999"))
    with pytest.raises(VaultDamaged, match="Event 2 was altered"):
        list(EventChain(chain._folder).events())


def test_an_event_that_is_no_json_is_named(chain):
    chain.append(NOON, look())
    files(chain)[0].write_bytes(b"{")
    with pytest.raises(VaultDamaged, match="Event 1 is not readable"):
        EventChain(chain._folder).last()


def test_an_event_under_another_number_is_named(chain):
    chain.append(NOON, look())
    files(chain)[0].write_bytes(files(chain)[0].read_bytes().replace(b'"seq": 1', b'"seq": 7'))
    with pytest.raises(VaultDamaged, match="Event 1 calls itself 7"):
        EventChain(chain._folder).last()


def test_what_a_killed_run_left_half_written_is_no_event(chain):
    chain.append(NOON, look())
    (chain._folder / ".000000000002.json.99.tmp").write_bytes(b"{")
    assert EventChain(chain._folder).last().seq == 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b'"rehashed": 0', b'"rehashed": "0"', "rehashed: Input should be a valid integer"),
        (b'"rehashed": 0,', b"", "rehashed: Field required"),
        (b'"rehashed": 0', b'"rehashed": 0, "more": 1', "more: Unexpected keyword argument"),
        (b'"night_checked"', b'"heard"', "'heard' is not a valid EventKind"),
    ],
)
def test_an_event_of_an_unknown_shape_is_named_with_what_is_unknown(chain, before, after, said):
    chain.append(NOON, look())
    files(chain)[0].write_bytes(files(chain)[0].read_bytes().replace(before, after))
    with pytest.raises(VaultDamaged, match=f"Event 1 is not readable: .*{said}"):
        EventChain(chain._folder).last()


def test_an_event_that_cannot_be_written_is_told_in_the_same_words_by_every_thread(chain):
    """One alert a day for the same reason: what a thread calls its half-written file is no part of it."""
    chain.append(NOON, look())
    chain._path(2).symlink_to("nowhere")
    with ThreadPoolExecutor(1) as another:
        words = [str(refusal(chain)), str(another.submit(refusal, chain).result())]
    assert words[0] == words[1]
    assert f"File exists ({chain._folder}," in words[0]


def refusal(chain):
    with pytest.raises(CustodyProblem) as refused:
        chain.append(NOON, look())
    return refused.value
