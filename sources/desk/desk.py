"""The desks: each directorate's page and pre-filled workbooks, written so that they say what is so today.

Here belongs when a desk is written, and that nothing else is left on it. All of it follows from the
ledger, the reference data in force and the day, so it can be written again at any time. Not here: what the
page tells (``desk_page``), whether it still holds (``desk_day``), and receipts, which are
written with their verdicts (``receipts.receipt``).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from sources.clock import Clock
from sources.custody.ledger import LedgerView
from sources.custody.problems import naming_the_place
from sources.custody.true_times import judged_at_true_times
from sources.desk.desk_day import DeskDay, read_desk_day, write_desk_day
from sources.desk.desk_page import PAGE_NAME, Desk
from sources.home import GROUP_READS, PRIVATE, Home, NoSuchGroupError, discard, open_to, set_mode, write_durably
from sources.intake.prefill import Prefill
from sources.intake.standing import standing
from sources.judging.history import LedgerHistory
from sources.receipts.pages import render_page
from sources.receipts.receipt import WORKBOOK, desk_of
from sources.reference.reference import Reference
from sources.template.declaration import TEMPLATE_NAME

# How the workbooks on a desk are named, and nothing else there.
WORKBOOKS = f"{TEMPLATE_NAME}_*{WORKBOOK}"
_READ_BY_GROUP = 0o640


def write_desks(
    home: Home,
    ledger: LedgerView,
    reference: Reference,
    made_by: str,
    clock: Clock,
    history: LedgerHistory | None = None,
) -> list[Path]:
    """Write what is not as it should be on any desk; only the holder of the home's lock may.

    Args:
        home: Has the desks, and the typed lines that workbooks are filled with.
        ledger: What was sent and what became of it.
        reference: The folder in force.
        made_by: The digest of the code: other code may fill a workbook otherwise.
        clock: What tells the day.
        history: What was accepted before, where the caller has met it already.

    Returns:
        The pages and workbooks that were written.

    Raises:
        CustodyProblem: If one cannot be written; the next load writes it.
    """
    now = clock()
    judged = judged_at_true_times(ledger)
    cells = standing(judged, reference, now)
    known = before.workbooks if (before := read_desk_day(home)) else {}
    fillings: dict[str, str] = {}
    history = history or LedgerHistory(home, ledger)
    written: list[Path] = []
    for code, name in sorted(_directorates(reference).items()):
        own = [cell for cell in cells if cell.directorate_code == code]
        sent = [each for each in judged if each.directorate_code == code]
        council = reference.setting("council_name")
        desk = Desk(home, code, name, reference.landing_folder(code), own, sent, now, council)
        with naming_the_place("Writing a desk", desk.folder):
            written += _write_page(desk)
            offered = {each.file_name: Prefill(code, each.period, reference, home, history) for each in desk.templates}
            filled = {f"{code}/{name}": _digest(made_by, prefill.digest) for name, prefill in offered.items()}
            written += _write_workbooks(desk, offered, {key for key in filled if known.get(key) == filled[key]})
            fillings |= filled
    write_desk_day(home, DeskDay.of(now, (cell.due_date for cell in cells), ledger, fillings))
    return written


def open_desks(home: Home, groups: Mapping[str, str | None]) -> None:
    """Make each directorate's desk, to be read by its own group alone; with none, by the service alone (ruling D-5).

    Whose group cannot be let in (``senders``) keeps nobody else's desk closed, and its own from those who were let in
    before; a later load opens it.
    """
    for code, group in groups.items():
        folder = desk_of(home, code)
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        try:
            open_to(folder, group)
        except NoSuchGroupError:
            set_mode(folder, PRIVATE)
            continue
        if group is not None:
            _hand_over(folder)


def _hand_over(folder: Path) -> None:
    """Give what was written for another group, or for none, to the folder's own."""
    gid = folder.stat().st_gid
    for path in folder.rglob("*"):
        if not path.is_symlink() and path.stat().st_gid != gid:
            os.chown(path, -1, gid)
            set_mode(path, GROUP_READS if path.is_dir() else _READ_BY_GROUP)


def _write_page(desk: Desk) -> Iterator[Path]:
    path, data = desk.folder / PAGE_NAME, render_page("desk.html", desk=desk.page())
    if not path.is_file() or path.read_bytes() != data:
        write_durably(path, data)
        yield path


def _write_workbooks(desk: Desk, offered: Mapping[str, Prefill], same: Collection[str]) -> Iterator[Path]:
    """Write the workbooks that are offered, those that are there only if they would be other ones; remove the rest."""
    for path in desk.folder.glob(WORKBOOKS):
        if path.name not in offered:
            discard(path)
    for name, prefill in offered.items():
        path = desk.folder / name
        if not (f"{desk.code}/{name}" in same and path.is_file()):
            with tempfile.TemporaryDirectory(dir=desk.home.build) as scratch:
                prefill.write(Path(scratch) / name)
                write_durably(path, (Path(scratch) / name).read_bytes())
            yield path


def _directorates(reference: Reference) -> dict[str, str]:
    return {row["directorate_code"]: row["directorate_name"] for row in reference.tables["directorate"]}


def _digest(*texts: str) -> str:
    return sha256("\n".join(texts).encode()).hexdigest()
