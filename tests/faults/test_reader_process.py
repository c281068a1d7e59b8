"""The child that reads a file: it is held to its limits, opens nothing, and does not outlive its parent."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sources.reader import workbook
from sources.reader.cells import Refusal, Workbook
from sources.reader.limits import MEBIBYTE, Limits
from sources.reader.workbook import Reader, ReadingStoppedError, read_cells, read_many
from tests import hostile
from tests.machines import account, folder_for_all, needs_root
from tests.words import message

ROOT = Path(__file__).parents[2]
WARMED_AND_CHILD = 2

# Has a file read, and waits to be killed as soon as the child answers (so its own precautions are taken);
# the child is stopped so that it cannot notice a closed pipe. Says who reads and who forked it.
PARENT = """
import os, signal, sys
from pathlib import Path
from sources.reader import workbook
from tests.faults.test_reader_process import readers
def wait(pipe, limits):
    os.read(pipe, 1)
    warmed, child = readers()
    os.kill(child, signal.SIGSTOP)
    print(warmed, child, flush=True)
    signal.pause()
workbook._take_answer = wait
workbook.read_cells(Path(sys.argv[1]), "a.xlsx")
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


def readers() -> list[int]:
    """The processes of this one that read: the warmed one, then its child while there is one.

    Others that a test before has left to this process, a browser's, are not among them.
    """
    return [each for child in offspring(os.getpid()) if is_warmed(child) for each in (child, *offspring(child))]


def offspring(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def is_warmed(process: int) -> bool:
    return b"sources.reader.warmed" in Path(f"/proc/{process}/cmdline").read_bytes()


def once_a_child_reads(sent: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send each child a signal while it reads; the file must be one that takes a while."""
    take = workbook._take_answer

    def signal_and_take(pipe: int, limits: Limits) -> bytes:
        while len(readers()) < WARMED_AND_CHILD:
            os.sched_yield()
        os.kill(readers()[-1], sent)
        return take(pipe, limits)

    monkeypatch.setattr(workbook, "_take_answer", signal_and_take)


@pytest.mark.parametrize("sent", [signal.SIGSEGV, signal.SIGABRT])
def test_a_child_that_crashed_is_a_refusal_that_names_the_signal(
    sent: signal.Signals, large_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-A07: what a crash does to a child, done to it while it reads."""
    once_a_child_reads(sent, monkeypatch)
    outcome = read_cells(large_file, "large.xlsx")
    assert isinstance(outcome, Refusal)
    assert (outcome.code, sent.name in message(outcome)) == ("parser-failed", True)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_this_machine_killed_says_nothing_of_its_file(
    sent: signal.Signals, large_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling C10: what the kernel does where memory is short."""
    once_a_child_reads(sent, monkeypatch)
    with pytest.raises(ReadingStoppedError, match=sent.name):
        read_cells(large_file, "large.xlsx")
    (stopped,) = read_many([(large_file, "large.xlsx")])
    assert isinstance(stopped, ReadingStoppedError)


def test_a_warmed_process_that_was_killed_is_started_again_for_the_next_file(good_file: Path) -> None:
    """Ruling C10: the kernel may choose the parent of the children instead."""
    with closing(Reader()) as reader:
        assert isinstance(reader.read(good_file, "good.xlsx"), Workbook)
        os.kill(readers()[0], signal.SIGKILL)
        with pytest.raises(ReadingStoppedError, match="the process that reads was ended"):
            reader.read(good_file, "good.xlsx")
        assert isinstance(reader.read(good_file, "good.xlsx"), Workbook)


def test_a_child_that_gets_no_processor_is_given_up_and_says_nothing_of_its_file(
    large_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling C10: its limit is processor time."""
    before = children()
    once_a_child_reads(signal.SIGSTOP, monkeypatch)
    with pytest.raises(ReadingStoppedError, match="not read within 0 seconds"):
        read_cells(large_file, "large.xlsx", Limits(patience_seconds=0))
    assert children() == before


def children() -> set[str]:
    """The processes that this one has started and that are still there, zombies included."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {pid for task in tasks for pid in task.read_text().split()}


READS = """
import sys
from pathlib import Path
from sources.reader.cells import Workbook
from sources.reader.workbook import read_many
path = Path(sys.argv[1])
print([type(each) is Workbook for each in read_many([(path, path.name)] * 3, workers=2)])
"""


@needs_root
def test_files_are_read_under_an_account_that_may_do_nothing_else() -> None:
    """The service and officers are never root, under which these tests run."""
    with account() as somebody, folder_for_all() as folder:
        path = folder / "good.xlsx"
        path.write_bytes(hostile.workbook())
        path.chmod(0o644)
        done = somebody.python(READS, str(path))
    assert (done.stdout.strip(), done.stderr) == ("[True, True, True]", "")


def test_no_child_is_left_behind(good_file: Path, large_file: Path) -> None:
    before = children()
    read_cells(large_file, "large.xlsx", Limits(answer_bytes=MEBIBYTE))
    read_cells(good_file, "good.xlsx")
    assert children() == before


def test_what_reads_dies_with_who_asked_for_it(large_file: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(large_file)], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    reading = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
    assert len(reading) == WARMED_AND_CHILD
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for process in reading:
        ended, _, _ = select.select([process], [], [], 30)
        os.close(process)
        assert ended == [process]


def test_a_child_dies_with_the_process_that_forked_it(
    large_file: Path, good_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped, it notices neither a closed pipe nor a closed socket."""
    forked: list[int] = []

    def stop_and_orphan(pipe: int, limits: Limits) -> bytes:
        os.read(pipe, 1)
        warmed, child = readers()
        forked.append(os.pidfd_open(child))
        os.kill(child, signal.SIGSTOP)
        os.kill(warmed, signal.SIGKILL)
        return b""

    monkeypatch.setattr(workbook, "_take_answer", stop_and_orphan)
    with pytest.raises(ReadingStoppedError):
        read_cells(large_file, "large.xlsx")
    ended, _, _ = select.select(forked, [], [], 30)
    os.close(forked[0])
    assert ended == forked


# The warmed process as it is, but for a child that says what it knows and holds instead of reading.
TELLING = """
import os, resource, sys
sys.path += sys.argv[1:]
from sources.reader import workbook_child
from sources.reader.refusals import Refused
from sources.reader.warmed import main
seen = []
PYTHONS = {"LC_CTYPE"}  # Python sets it itself
def is_open(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False
def tell(stream, file_name, limits, sheets):
    seen.append(file_name)
    held = [number for number in range(1024) if is_open(number)]
    memory = resource.getrlimit(resource.RLIMIT_AS)[1]
    raise Refused("parser-failed", f"{seen} {held} {set(os.environ) - PYTHONS} {memory}")
workbook_child._read = tell
main()
"""


def test_a_child_knows_no_file_but_its_own_and_holds_nothing_of_its_parent(
    good_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-F07. Its file, the pipe and /dev/null are all that it has, and a secret of the night it cannot tell."""
    monkeypatch.setattr(workbook, "_WARMED", TELLING)
    monkeypatch.setenv("SAVINGS_POSTGRES_URL", "a canary")
    with closing(Reader()) as reader:
        told = [reader.read(good_file, name) for name in ("a.xlsx", "b.xlsx")]
    for name, outcome in zip(("a.xlsx", "b.xlsx"), told, strict=True):
        assert isinstance(outcome, Refusal)
        assert f"['{name}'] [0, 1, 2] set() {Limits().memory_bytes}" in message(outcome)


def test_a_child_can_open_neither_file_nor_socket() -> None:
    done = subprocess.run([sys.executable, "-c", DOORS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["24", "24", "24"]


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
    monkeypatch.setattr(workbook, "_take_answer", lambda pipe, limits: answer.encode())
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
