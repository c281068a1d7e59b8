"""Publishes a home's candidate again and again, killed at the first file-system event, the second, and so on.

Run by ``test_publish_kills``, in a process of its own: it forks, so nothing may have opened DuckDB
before. Each attempt works on a copy of its own, ``<folder>/<n>``, which is left as the kill left it.

    python -m tests.faults.publish_until_killed HOME FOLDER KEEP

Prints the number of the attempt that was not killed any more.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

# Imported once before the forks: DuckDB would import it anew in each, for a second every time.
import pandas  # noqa: F401

from tests.small_warehouse import SmallWarehouse

# What the interpreter tells of before it happens; fsync and DuckDB's own writing it does not.
EVENTS = frozenset({"open", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.mkdir", "os.chmod"})


def _die_at(number: int, root: Path) -> None:
    """Kill this process just before its so-manieth file-system event below ``root``."""
    seen = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in EVENTS and any(str(argument).startswith(str(root)) for argument in arguments):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _attempt(root: Path, number: int, keep: int) -> bool:
    """Publish in a child that dies at event ``number``; return whether it lived to the end."""
    child = os.fork()
    if child == 0:
        warehouse = SmallWarehouse.of(root)
        _die_at(number, root)
        warehouse.publish(keep=keep)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    assert status == 0, f"publishing failed by itself: {status}"
    return True


def main(home: Path, folder: Path, keep: int) -> int:
    """Return how many events publishing has, plus one."""
    number = 0
    lived = False
    while not lived:
        number += 1
        root = folder / f"{number:04d}"
        shutil.copytree(home, root, symlinks=True)
        lived = _attempt(root, number, keep)
    return number


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
