"""The child that reads a file: it is held to its limits, opens nothing, and does not outlive its parent."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sources.reader import workbook
from sources.reader.cells import Refusal, Workbook
from sources.reader.limits import MEBIBYTE, Limits
from sources.reader.workbook import ReadingStoppedError, read_cells, read_many
from tests import hostile
from tests.words import message

ROOT = Path(__file__).parents[2]

# Starts a child, waits until it answers (so its own precautions are taken), stops it so that it cannot
# notice a closed pipe, says who it is, and waits to be killed.
PARENT = """
import os, signal, sys
from sources.reader.limits import Limits
from sources.reader import workbook
with open(sys.argv[1], "rb") as stream:
    child = workbook._start(stream.fileno(), "a.xlsx", Limits())
os.read(child.stdout.fileno(), 1)
os.kill(child.pid, signal.SIGSTOP)
print(child.pid, flush=True)
signal.pause()
"""

# Does what the child does before it reads, then tries what a parser might be talked into.
DOORS = """
import socket, sys
from sources.reader import workbook_child
workbook_child._close_all_doors()
for attempt in (lambda: open("/etc/hostname"), socket.socket, lambda: open("/tmp/new", "w")):
    try:
        attempt()
        print("opened")
    except OSError as error:
        print(error.errno)
"""


@pytest.fixture
def good_file(tmp_path: Path) -> Path:
    path = tmp_path / "good.xlsx"
    path.write_bytes(hostile.workbook())
    return path


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    """Some 40 MB of distinct texts: seconds of work, and more memory than a small limit allows."""
    path = tmp_path / "large.xlsx"
    items = "".join(f"<si><t>{number * 7919:0100d}</t></si>" for number in range(300_000))
    path.write_bytes(hostile.workbook(shared=hostile.shared_xml(items)))
    return path


def test_a_child_out_of_memory_is_a_refusal_and_the_next_file_is_read(large_file: Path, good_file: Path) -> None:
    """F-D11."""
    outcome = read_cells(large_file, "large.xlsx", Limits(memory_bytes=96 * MEBIBYTE))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "parser-failed"
    assert "more memory than is allowed" in message(outcome)
    assert isinstance(read_cells(good_file, "good.xlsx"), Workbook)


def test_a_child_that_takes_too_much_processor_time_is_stopped(large_file: Path) -> None:
    outcome = read_cells(large_file, "large.xlsx", Limits(seconds=0))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "too-slow"


def test_a_child_that_answers_too_much_is_stopped(large_file: Path) -> None:
    outcome = read_cells(large_file, "large.xlsx", Limits(answer_bytes=MEBIBYTE))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "too-much-content"


def test_a_file_above_the_size_limit_is_not_looked_into(good_file: Path) -> None:
    outcome = read_cells(good_file, "good.xlsx", Limits(file_bytes=100))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "file-too-big"


@pytest.mark.parametrize("sent", [signal.SIGSEGV, signal.SIGABRT])
def test_a_child_that_crashed_is_a_refusal_that_names_the_signal(
    sent: signal.Signals, good_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-A07: what a crash does to a child, done to it at its start."""
    send_to_each_child(sent, monkeypatch)
    outcome = read_cells(good_file, "good.xlsx")
    assert isinstance(outcome, Refusal)
    assert (outcome.code, sent.name in message(outcome)) == ("parser-failed", True)


def send_to_each_child(sent: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    start = workbook._start

    def start_and_signal(*arguments: Any) -> subprocess.Popen[bytes]:
        child = start(*arguments)
        child.send_signal(sent)
        return child

    monkeypatch.setattr(workbook, "_start", start_and_signal)


@pytest.fixture
def nobody_handles_sigterm() -> Iterator[None]:
    """A handler that another test left in this process would take the signal before the child is a program."""
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


@pytest.mark.usefixtures("nobody_handles_sigterm")
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_this_machine_killed_says_nothing_of_its_file(
    sent: signal.Signals, good_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling C10: what the kernel does where memory is short."""
    send_to_each_child(sent, monkeypatch)
    with pytest.raises(ReadingStoppedError, match=sent.name):
        read_cells(good_file, "good.xlsx")
    (stopped,) = read_many([(good_file, "good.xlsx")])
    assert isinstance(stopped, ReadingStoppedError)


def test_a_child_that_gets_no_processor_is_given_up_and_says_nothing_of_its_file(
    good_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling C10: its limit is processor time."""
    before = children()
    send_to_each_child(signal.SIGSTOP, monkeypatch)
    with pytest.raises(ReadingStoppedError, match="not read within 0 seconds"):
        read_cells(good_file, "good.xlsx", Limits(patience_seconds=0))
    assert children() == before


def children() -> set[str]:
    """The processes that this one has started and that are still there, zombies included."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {pid for task in tasks for pid in task.read_text().split()}


def test_no_child_is_left_behind(good_file: Path, large_file: Path) -> None:
    before = children()
    read_cells(large_file, "large.xlsx", Limits(answer_bytes=MEBIBYTE))
    read_cells(good_file, "good.xlsx")
    assert children() == before


def test_a_child_dies_with_its_parent(large_file: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(large_file)], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    ended, _, _ = select.select([child], [], [], 30)
    os.close(child)
    assert ended == [child]


def test_a_child_can_open_neither_file_nor_socket() -> None:
    done = subprocess.run([sys.executable, "-c", DOORS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["24", "24", "24"]


def test_a_child_gets_no_environment(good_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F-F07. A secret in the environment of the night cannot be talked out of a process that has none."""
    monkeypatch.setenv("SAVINGS_POSTGRES_URL", "a canary")
    with open(good_file, "rb") as stream:
        child = workbook._start(stream.fileno(), "good.xlsx", Limits())
    os.kill(child.pid, signal.SIGSTOP)
    environment = Path(f"/proc/{child.pid}/environ").read_bytes()
    workbook._end(child)
    assert b"canary" not in environment


SHEET = (
    '{"sheets":[{"name":"S","state":"visible","merged":[],"hidden_rows":[],"filter_range":"",'
    '"hidden_columns":[%s],"cells":[%s]}]}'
)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        '{"refused": "made-up"}',
        '{"warnings": ["made-up"]}',
        SHEET % ("", '[1,1,"text",5,0,null]'),
        SHEET % ("", '[1,1,"number","5",9,null]'),
        SHEET % ("", '[0,1,"number","5",0,null]'),
        SHEET % ("", '[1,1,"formula","5",0,null]'),
        SHEET % ("[1,4000000000]", ""),
    ],
)
def test_an_answer_that_the_child_would_not_give_is_a_refusal(
    answer: str, good_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_take_answer", lambda child, limits: answer.encode())
    outcome = read_cells(good_file, "good.xlsx")
    assert isinstance(outcome, Refusal)
    assert outcome.code == "parser-failed"


def test_files_are_read_in_the_order_given_whatever_their_size(good_file: Path, large_file: Path) -> None:
    files = [(large_file, "1.xlsx"), *((good_file, f"{number}.csv") for number in range(6)), (good_file, "2.xlsx")]
    outcomes = [type(outcome) for outcome in read_many(files, Limits(answer_bytes=MEBIBYTE), workers=2)]
    assert outcomes == [Refusal] * 7 + [Workbook]


def test_a_reading_that_is_given_up_leaves_no_child(good_file: Path) -> None:
    before = children()
    reading = read_many([(good_file, "good.xlsx")] * 20, workers=2)
    assert isinstance(next(reading), Workbook)
    reading.close()
    assert children() == before
