"""The child: a forked process that reads one file's cells, answers, and ends. Forked by ``warmed``.

Here belongs what the process does to itself before it touches the file, and its answer. It has the
file as its standard input, and answers on its standard output, one JSON document: the workbook's
cells, or one refusal. Not here: how it came to be and what becomes of it (``warmed``).

The file is hostile until it has been read. So the child never learns a path; its memory,
processor time and core dumps are limited; it dies with its parent; and once its modules are
loaded it cannot open a file or a socket at all, whatever the file talks a parser into.
"""

from __future__ import annotations

import codecs
import ctypes
import json
import os
import resource
import signal
from typing import IO, Any, NoReturn

from sources.reader import file_type, package
from sources.reader.book_xml import read_workbook
from sources.reader.file_type import FileType
from sources.reader.limits import EXIT_OUT_OF_MEMORY, Limits
from sources.reader.refusals import OPENED_WITHOUT_PASSWORD, Refused
from sources.reader.zip_gate import Container

_PR_SET_PDEATHSIG = 1
STANDARD_STREAMS = 3
_C = ctypes.CDLL(None)


def answer_and_end(order: dict[str, Any]) -> NoReturn:
    """Read the file on standard input, answer on standard output, and end this process.

    Args:
        order: What ``workbook`` asked for, and under ``parent`` the process that forked this one.
    """
    limits = Limits(**order["limits"])
    _die_with_parent(order["parent"])
    _limit_resources(limits)
    try:
        with open(0, "rb", closefd=False) as stream:
            answer = _answer(stream, order["file_name"], limits, order["sheets"])
        data = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    except MemoryError:
        # No handler, no finaliser: there is no memory for them.
        os._exit(EXIT_OUT_OF_MEMORY)
    with open(1, "wb", closefd=False) as stream:
        stream.write(data)
    os._exit(0)  # nothing is left to tidy, and taking a large workbook's memory apart takes time


def _answer(stream: IO[bytes], file_name: str, limits: Limits, sheets: list[str] | None) -> dict[str, Any]:
    try:
        return _read(stream, file_name, limits, sheets)
    except Refused as refused:
        return {"refused": refused.reason, "what": refused.what}


def _read(stream: IO[bytes], file_name: str, limits: Limits, sheets: list[str] | None) -> dict[str, Any]:
    """Judge the file by its content, then its container, then read it.

    Raises:
        Refused: With every code there is.
    """
    real = _type_by_first_bytes(stream, limits)
    notes = []
    if real is FileType.OLE:
        from sources.reader import ole_gate  # loaded for OLE files alone: it costs more than most readings

        _close_all_doors()
        real = ole_gate.file_type(stream)
        if real is FileType.XLSX:
            stream, real = ole_gate.decrypt(stream), FileType.ZIP
            notes.append(OPENED_WITHOUT_PASSWORD)
    _close_all_doors()
    if real is not FileType.ZIP:
        raise file_type.refusal_of(file_name, real)
    container = Container(stream, limits)
    real = package.file_type(container)
    if not file_type.is_workbook(file_name, real):
        raise file_type.refusal_of(file_name, real)
    package.refuse_programs(container)
    answer = read_workbook(container, limits, sheets)
    return {**answer, "notes": [*notes, *answer["notes"]]}


def _type_by_first_bytes(stream: IO[bytes], limits: Limits) -> FileType:
    """Return the type; size counts only for what would be read whole."""
    size = stream.seek(0, os.SEEK_END)
    if size == 0:
        raise Refused("file-empty")
    stream.seek(0)
    real = file_type.sniff(stream.read(file_type.HEAD_BYTES))
    if real in (FileType.ZIP, FileType.OLE) and size > limits.file_bytes:
        raise Refused("file-too-big", f"{size:,} bytes, and at most {limits.file_bytes:,} are read")
    return real


def _die_with_parent(parent: int) -> None:
    """Be killed when the parent dies; it may have died before this took hold."""
    _C.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _limit_resources(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # At the first limit SIGXCPU, which says why; at the second SIGKILL, which does not.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))


def _close_all_doors() -> None:
    """Let no file or socket be opened from here on: there is no number left for one."""
    codecs.lookup("cp437")  # for names in older zip files; Python would load it when it meets one
    resource.setrlimit(resource.RLIMIT_NOFILE, (STANDARD_STREAMS, STANDARD_STREAMS))
