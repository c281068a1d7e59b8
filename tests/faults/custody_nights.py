"""Works on homes in processes that can be killed, starved or stripped of their rights.

Run by ``test_custody`` in a process of its own, which has everything imported and has read nothing
yet, so that a fork of it costs no second. Each line it is given is one thing to do, in JSON; each
line it answers is what became of that.

    python -m tests.faults.custody_nights
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

# Imported once before the forks: each would import them anew, pandas (by Arrow) for a second every time.
import pandas  # noqa: F401

import sources.reader.cell_types  # noqa: F401
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.home import Home
from sources.intake import intake, rebuild
from sources.reference.reference import bundled_reference, read_reference

# What the interpreter tells of before it happens; fsync and native writing it does not.
_CHANGES = frozenset({"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir"})
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1 << 1, 1 << 2
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _die_at(number: int, root: str) -> None:
    """Kill this process just before the so-manieth thing that it does to files below ``root``."""
    seen = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        is_write = event == "open" and str(arguments[0]).startswith(root) and arguments[2] & _WRITES
        if event in _CHANGES or is_write:
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _do(order: dict[str, Any]) -> None:
    """Do one thing, as a load would, in a home."""
    home = Home.at(Path(order["root"]))
    if order["do"] == "rebuild":
        rebuild.rebuild(home)
        return
    clock = fixed_clock(datetime.fromisoformat(order["at"]))
    reference = read_reference(bundled_reference())
    history = Path(order["history"]) if order.get("history") else None
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference, ledger, clock, history)
        if history:
            intake.take_in_history(history, home, ledger, reference)
        intake.receive(home, ledger, clock)
        intake.judge_waiting(home, ledger, reference, clock)


def _give_up_overriding() -> None:
    """Let this process be stopped by mode bits although it is root's.

    Becoming another user would do as well, but that one may not be able to read the interpreter.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then the same of the high bits
    if libc.capget(header, sets):
        raise OSError(ctypes.get_errno(), "capget")
    for place in range(3):
        sets[place] &= ~(_CAP_DAC_OVERRIDE | _CAP_DAC_READ_SEARCH)
    if libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")


def _prepare(order: dict[str, Any]) -> None:
    """Set the fault."""
    for name, limit in order.get("limits", {}).items():
        kind = getattr(resource, name)
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
    if order.get("obeys_modes") and os.geteuid() == 0:
        _give_up_overriding()
    if order.get("kill_at"):
        _die_at(order["kill_at"], order["root"])


def _in_a_child(order: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code, text = 0, ""
        try:
            _prepare(order)
            _do(order)
        except BaseException as error:
            code, text = 1, "".join(traceback.format_exception_only(error))
        os.write(writing, text.encode()[:4000])
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    return {"code": os.waitstatus_to_exitcode(status), "text": text}


def main() -> None:
    """Do what is asked, one line at a time, until there is no more."""
    for line in sys.stdin:
        print(json.dumps(_in_a_child(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
