"""The guarded reader: has each file read by a child of its own, holds it to its limits, and takes its answer.

Here belongs who has a file read, and what the end of a reading means. Not here: the process that forks the
children (``warmed``), what a child does (``workbook_child``), what its answer means (``cell_types``), and
what the cells mean (``grammar.values``, ``parsing.sheets``).
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue

from sources.reader.cells import Refusal, Workbook
from sources.reader.limits import DEFAULT_LIMITS, EXIT_OUT_OF_MEMORY, ORDER_BYTES, Limits
from sources.reader.refusals import refusal

__all__ = ["DEFAULT_LIMITS", "Limits", "Reader", "ReadingStoppedError", "read_cells", "read_many"]

# Isolated and without ``site``: neither the environment nor what packages hook into start-up has a
# say in the process that meets hostile bytes; where it may import from is spelled out.
_WARMED = "import sys; sys.path += sys.argv[1:]; from sources.reader.warmed import main; main()"
_ROOT = str(Path(__file__).resolve().parents[2])
_IMPORT_FROM = (_ROOT, sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
_PIPE_BYTES = 256 * 1024
_ENDED = "the process that reads was ended"
# How many finished outcomes may wait beyond those being read.
_FILES_AHEAD = 2
# For a process that was told to end, on however busy a machine.
_SECONDS_TO_END = 10
# What a file cannot do to a child: the kernel's answer to a lack of memory, or an administrator's hand.
_SENT_BY_OTHERS = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT})


class ReadingStoppedError(Exception):
    """This machine stopped the reading of a file, of which that says nothing; its text says how."""


class _Stopped(Exception):  # noqa: N818 - the end of a reading, not an error of ours
    """Raised when a child is at a limit that the parent watches; holds the refusal."""

    def __init__(self, refused: Refusal) -> None:
        super().__init__(refused.code)
        self.refusal = refused


class Reader:
    """A warmed process, started with the first file and ended by ``close``, that reads one file at a time.

    A reading that is given up ends its process; the next file starts another.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asking: socket.socket | None = None

    def read(
        self, path: Path, file_name: str, limits: Limits = DEFAULT_LIMITS, sheets: Sequence[str] | None = None
    ) -> Workbook | Refusal:
        """Read one file's cells; see ``read_cells``."""
        wanted = None if sheets is None else list(sheets)
        order = json.dumps({"file_name": file_name, "limits": asdict(limits), "sheets": wanted}).encode()
        try:
            with open(path, "rb") as stream:
                answers = self._ask(order, stream.fileno())
            with open(answers, "rb", buffering=0):
                # Loading openpyxl takes longer than reading a file: what reads no file does not load it, and
                # what reads its first one does so while the child is at work.
                from sources.reader.cell_types import workbook_from_answer

                answer = _take_answer(answers, limits)
            code = self._exit_code()
        except _Stopped as stopped:
            self.close()
            return stopped.refusal
        except BaseException:
            self.close()
            raise
        if code != 0:
            _expect_own_end(code)
            return _refusal_for_exit(code)
        try:
            return workbook_from_answer(answer)
        except ValueError as error:
            return refusal("parser-failed", str(error))

    def _ask(self, order: bytes, file: int) -> int:
        """Order a reading; return the descriptor from which its answer is read."""
        asking = self._asking or self._start()
        answers, pipe = os.pipe()
        try:
            socket.send_fds(asking, [order], [file, pipe])
        except OSError as error:
            os.close(answers)
            raise ReadingStoppedError(_ENDED) from error
        finally:
            os.close(pipe)
        return answers

    def _start(self) -> socket.socket:
        """Start a process that has a socket as its standard input, an empty environment and no path to anything."""
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
                [sys.executable, "-I", "-S", "-c", _WARMED, *_IMPORT_FROM],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,
            )
        return self._asking

    def _exit_code(self) -> int:
        """Return how the child ended that has answered, or has closed its pipe without an answer."""
        if self._asking is None:
            raise RuntimeError("nothing was asked for")
        try:
            return int(self._asking.recv(ORDER_BYTES))
        except (ConnectionError, ValueError) as error:  # reset, or closed
            raise ReadingStoppedError(_ENDED) from error

    def close(self) -> None:
        """Leave nothing behind: what is being read is given up, and the process ends."""
        if self._asking is not None:
            self._asking.close()
        if self._process is not None:
            try:
                self._process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._asking = self._process = None


def read_cells(
    path: Path, file_name: str, limits: Limits = DEFAULT_LIMITS, sheets: Sequence[str] | None = None
) -> Workbook | Refusal:
    """Read every cell of a file, in a process of its own that nothing of the file outlives.

    Args:
        path: Where its bytes are.
        file_name: The name that it was sent under: what it claims to be.
        limits: What it may cost.
        sheets: Names of the sheets that are read. Of any other sheet the first rows are handed over,
            enough to see what it is, and it is held to safety alone. None: all are read.

    Returns:
        The workbook, or why it was refused. Whatever the file holds, nothing is raised for it.

    Raises:
        OSError: If ``path`` cannot be opened, or no process can be started.
        ReadingStoppedError: If something but the file stopped the reading.
    """
    with closing(Reader()) as reader:
        return reader.read(path, file_name, limits, sheets)


def read_many(
    files: Iterable[tuple[Path, str]],
    limits: Limits = DEFAULT_LIMITS,
    workers: int | None = None,
    sheets: Sequence[str] | None = None,
) -> Generator[Workbook | Refusal | ReadingStoppedError, None, None]:
    """Read files on all cores and yield their outcomes in the order given; one that was stopped keeps no other out.

    The work is done in the children, so threads that wait for them are enough. Only a few files
    are read ahead of the one that is asked for, so that memory does not follow their number.
    """
    count = workers or len(os.sched_getaffinity(0))
    readers: SimpleQueue[Reader] = SimpleQueue()
    for _ in range(count):
        readers.put(Reader())
    waiting: deque[Future[Workbook | Refusal | ReadingStoppedError]] = deque()
    with ThreadPoolExecutor(count) as pool:
        try:
            for path, file_name in files:
                waiting.append(pool.submit(_outcome, readers, path, file_name, limits, sheets))
                if len(waiting) >= count + _FILES_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            for _ in range(count):
                readers.get().close()


def _outcome(
    readers: SimpleQueue[Reader], path: Path, file_name: str, limits: Limits, sheets: Sequence[str] | None
) -> Workbook | Refusal | ReadingStoppedError:
    reader = readers.get()
    try:
        return reader.read(path, file_name, limits, sheets)
    except ReadingStoppedError as stopped:
        return stopped
    finally:
        readers.put(reader)


def _take_answer(pipe: int, limits: Limits) -> bytes:
    """Return all that the child answers.

    Raises:
        _Stopped: If it answers too much.
        ReadingStoppedError: If it does not answer.
    """
    deadline = time.monotonic() + limits.patience_seconds
    waiting = select.poll()  # unlike select, it knows no highest number of open files
    waiting.register(pipe, select.POLLIN)
    pieces: list[bytes] = []
    size = 0
    while size <= limits.answer_bytes:
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not waiting.poll(remaining * 1000):
            raise ReadingStoppedError(f"it was not read within {limits.patience_seconds} seconds")
        piece = os.read(pipe, _PIPE_BYTES)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
    raise _Stopped(refusal("too-much-content", f"more than {limits.answer_bytes:,} bytes of text"))


def _expect_own_end(code: int) -> None:
    """Tell a child that ended by itself from one that was ended.

    Raises:
        ReadingStoppedError: If somebody else ended it.
    """
    if -code in _SENT_BY_OTHERS:
        raise ReadingStoppedError(f"its reading was ended by signal {signal.Signals(-code).name}")


def _refusal_for_exit(code: int) -> Refusal:
    if code == EXIT_OUT_OF_MEMORY:
        return refusal("parser-failed", "it needed more memory than is allowed")
    if code == -signal.SIGXCPU:
        return refusal("too-slow")
    return refusal("parser-failed", f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}")
