"""The warmed process: has loaded all that reading needs, and forks a child for each file. Started by ``workbook``.

Here belongs the life of a forked child as its parent sees it. It is run in a Python of its own with a
socket as its standard input. An order comes as one JSON document with two descriptors, the file and a
pipe for the answer; what goes back is how the child ended. Not here: what the child does
(``workbook_child``), and who asks (``workbook``).

Starting Python and loading parsers cost three times what reading a return does. This process pays it once
and never touches a file: each child is a copy of it as it was before the first, so that nothing of a
file outlives its reading. When the socket closes, it ends what it has begun, and itself.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
from typing import Any, NoReturn

from sources.reader.limits import ORDER_BYTES
from sources.reader.workbook_child import STANDARD_STREAMS, answer_and_end

_ASKER = 0  # the descriptor of the socket
_FILE_AND_PIPE = 2


def main() -> None:
    """Fork a child for each order, until nobody is there to give one."""
    gc.freeze()  # what is loaded by now is shared with every child, and no collection need look at it
    with socket.socket(fileno=_ASKER) as asker:
        while True:
            order, descriptors, _, _ = socket.recv_fds(asker, ORDER_BYTES, _FILE_AND_PIPE)
            if not order:
                return
            code = _read(json.loads(order), descriptors, asker)
            asker.send(str(code).encode())


def _read(order: dict[str, Any], descriptors: list[int], asker: socket.socket) -> int:
    """Have one file read; return the child's exit code, or the signal that ended it as a negative number."""
    order["parent"] = os.getpid()
    child = os.fork()
    if child == 0:
        _become_the_child(order, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    _wait(child, asker)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _become_the_child(order: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """Keep the file and the pipe, and nothing else."""
    try:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        os.closerange(STANDARD_STREAMS, os.sysconf("SC_OPEN_MAX"))
        answer_and_end(order)
    finally:
        os._exit(1)  # whatever happened: no second process may go on in the loop of the first


def _wait(child: int, asker: socket.socket) -> None:
    """Wait until the child has ended; end it if who asked for it is gone, or has given it up."""
    ended = os.pidfd_open(child)
    waiting = select.poll()
    waiting.register(ended, select.POLLIN)
    waiting.register(asker, select.POLLIN)  # nothing is said while a child is at work: this is the socket's end
    if asker.fileno() in (descriptor for descriptor, _ in waiting.poll()):
        os.kill(child, signal.SIGKILL)
    os.close(ended)
