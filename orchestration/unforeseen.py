"""How the command line ends, whatever happens: with a code of ``exit_codes``, never with Python's own.

Here belongs what becomes of an error that no command foresaw (ruling E7): one sentence, a log's
name, exit code 3, because 1 says that the rest is published. Not here: what commands foresee
(``commands.common``), and the commands.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

import typer
from typer.exceptions import TyperException

from orchestration.commands.common import stopped
from orchestration.exit_codes import Exit
from orchestration.settings import SettingProblemError, load_settings
from sources.clock import Clock, system_clock

# In bytes: less than any of our stores writes at a time.
_NO_ROOM = 1 << 20
# What stores say of a disk that is full or fails, also where what was being written has made room by now.
_NOT_WRITTEN = ("disk I/O error", "disk is full", "No space left")


def run(app: typer.Typer, clock: Clock = system_clock) -> int:
    """Run the command that was typed; return what the process ends with.

    Args:
        app: The commands.
        clock: Names the log.
    """
    try:
        code = app(standalone_mode=False)
        # What cannot be printed any more must not look like success.
        sys.stdout.flush()
    except TyperException as wrong:
        from typer import rich_utils  # reads Markdown: not for a quiet night

        rich_utils.rich_format_error(wrong)  # type: ignore[arg-type]  # all that the parser raises can be shown
        return Exit.WRONG_USE
    except SettingProblemError as problem:
        return _say(str(problem), Exit.WRONG_USE)
    except SystemExit:
        # Typer's own end where a pipe broke, with 1.
        return _say("Whoever read what was printed has gone. Run the command again to see the rest.")
    except (KeyboardInterrupt, typer.Abort):
        return _say("Stopped from the keyboard. Run the command again to go on from there.")
    except Exception as error:
        return _say(_sentence(error, clock))
    return code if isinstance(code, int) else Exit.DONE


def _sentence(error: Exception, clock: Clock) -> str:
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    log = _logged(error, clock())
    where = f"Give the data team this log: {log}" if log else "There was no room for a log either"
    # Many a library says no more of a full disk than that it could not write.
    if full := _full_disk():
        said = f"There is no space left on the disk of {full}: make room, and run the command again"
    elif any(sign in what for sign in _NOT_WRITTEN):
        said = f"The disk could not be written ({what}). See whether there is space left, and run the command again"
    else:
        said = f"Something stopped that was not foreseen ({what})"
    return f"{said}. Readers keep the release they have. {where}."


def _full_disk() -> Path | None:
    """Return the home if its disk is full, as far as that can be known."""
    try:
        home = load_settings().home.root
        return home if shutil.disk_usage(home).free < _NO_ROOM else None
    except Exception:  # settings may be what is wrong
        return None


def _logged(error: Exception, moment: datetime) -> Path | None:
    """Write the trace where it finds room: into the home, else among the temporary files."""
    trace = "".join(traceback.format_exception(error)).encode(errors="backslashreplace")
    name = f"savings-{moment:%Y%m%dT%H%M%S}-{os.getpid()}.log"
    for folder in (_logs(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(exist_ok=True)
            with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(trace)
        except OSError:
            with contextlib.suppress(OSError):
                (folder / name).unlink()
            continue
        return folder / name
    return None


def _logs() -> Path:
    try:
        return load_settings().home.logs
    except Exception:  # settings may be what is wrong
        return Path(tempfile.gettempdir())


def _say(sentence: str, ended: Exit = Exit.NOT_PUBLISHED) -> int:
    """Say it to a person and a machine, as far as there is anybody to say it to; return the exit code."""
    try:
        code: int = stopped(Exception(sentence), ended).exit_code
        sys.stdout.flush()
    except OSError:
        # Whoever read it has gone, or where it went is full; Python would try once more, and end with 120.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.NOT_PUBLISHED
    return code
