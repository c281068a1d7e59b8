"""Typed lines read again from a received file, without judging it anew (R53).

Here belongs what a replay keeps of a reading. Not here: the reading itself, which judging shares
(``judging.checks``), and which submissions are read again (``rebuild``).
"""

from __future__ import annotations

from typing import Any

from sources.judging.checks import ReturnRead, read_return
from sources.reader.cells import Refusal, Workbook
from sources.reference.reference import Reference


class ReplayProblem(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """A file that was accepted no longer reads to the lines that its verdict recorded."""


def lines_of(
    book: Workbook | Refusal, folder: str, reference: Reference
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, dict[str, str]]]:
    """Return the typed rows of a file that was read as a return before, and its headers, by table name.

    Args:
        book: Its cells.
        folder: The landing folder that it came from.
        reference: The reference data that it was judged by.

    Raises:
        ReplayProblem: If it can no longer be read as a return.
    """
    read = read_return(book, folder, reference)
    if not isinstance(read, ReturnRead):
        raise ReplayProblem(f"it is refused now: {read.code}")
    return read.lines, read.headers
