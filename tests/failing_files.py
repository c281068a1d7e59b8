"""Files that can be opened, and whose bytes are not to be had: a lock on a part of one, a bad spot of a disk.

Here belongs what stands in for them in a test that has no such disk. Not here: anything to assert.
"""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any


def place_of(descriptor: int) -> str:
    """Return the path of what is open."""
    return os.fspath(Path(f"/proc/self/fd/{descriptor}").readlink())


def is_a(of: Any, *_: Any) -> bool:
    """Return whether a name, or a descriptor's file, is a.xlsx."""
    return (place_of(of) if isinstance(of, int) else os.fspath(of)).endswith("a.xlsx")


class FailingFile(io.FileIO):
    """A file that was opened, and whose bytes are not to be had."""

    error = errno.EIO

    def readinto(self, buffer: Any) -> int | None:
        """Read nothing of a.xlsx."""
        if is_a(self.fileno()):
            raise OSError(self.error, os.strerror(self.error))
        return super().readinto(buffer)


def opened_failing(*given: Any, **more: Any) -> Any:
    """Open a file as ``open`` does, but for the bytes of a.xlsx."""
    return (
        io.BufferedReader(FailingFile(*given))
        if isinstance(given[0], int) and given[1] == "rb"
        else open(*given, **more)
    )
