"""Writing a report of a release: once, with the hashes of its files in an event.

Here belongs where the documents go, and what a second call does. Not here: what they say (``content``). A folder that
no event names is what a killed run left: it is written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from publishing.report.content import content
from publishing.report.pdf import pdf
from publishing.report.records import hashes_of, reported
from publishing.report.word import TEMPLATE, word
from publishing.rollback import whole_release
from publishing.tags import confirmed
from sources import home as layout
from sources.clock import Clock
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Reported
from sources.home import Home


class OtherReportError(Exception):
    """The report of this release was written already, and would not be the same now."""


@dataclass(frozen=True)
class Written:
    """A report on disk.

    Attributes:
        files: Its documents.
        is_new: False where they were there already, the same.
    """

    files: tuple[Path, ...]
    is_new: bool


def documents(release: Path, report_code: str, template: Path = TEMPLATE) -> dict[str, bytes]:
    """Return the documents of a report by the names of their files.

    Raises:
        publishing.report.content.NothingToReportError: If the release cannot fill the report.
        publishing.report.word.TemplateProblemError: If the template cannot be filled.
    """
    said = content(release, report_code)
    return {f"{report_code}.docx": word(said, template), f"{report_code}.pdf": pdf(said)}


def draft(release: Path, report_code: str, folder: Path, template: Path = TEMPLATE) -> Written:
    """Write the documents into any folder, as often as wanted: nothing is recorded.

    Raises:
        publishing.report.content.NothingToReportError: If the release cannot fill the report.
        publishing.report.word.TemplateProblemError: If the template cannot be filled.
    """
    made = documents(release, report_code, template)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return Written(tuple(folder / name for name in made), is_new=True)


def write_report(
    home: Home, ledger: Ledger, clock: Clock, release_id: str, report_code: str, template: Path = TEMPLATE
) -> Written:
    """Write the documents to ``reports/<REPORT>/<release>/``, once for a release.

    Raises:
        publishing.pointer.NoSuchReleaseError: If there is no such release.
        publishing.rollback.DamagedReleaseError: If it is not what was published.
        publishing.report.content.NothingToReportError: If the release cannot fill the report.
        publishing.report.word.TemplateProblemError: If the template cannot be filled.
        OtherReportError: If it was written before, and would differ now.
    """
    made = documents(whole_release(home, ledger, release_id), report_code, template)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    before = reported(ledger, report_code, release_id)
    if before not in (None, hashes):
        raise OtherReportError(
            f"The report {report_code} of {release_id} was written before, from another template or by another version "
            "of the project. It stays as it was. Write a draft to a folder of your own: `--to FOLDER`."
        )
    folder = home.reports / report_code / release_id
    is_there = before is not None and hashes == hashes_of(folder)
    if not is_there:
        put(folder, made)
    if before is None:
        ledger.record(
            clock,
            Reported(
                release_id=release_id,
                report_code=report_code,
                template_sha256=hashlib.sha256(template.read_bytes()).hexdigest(),
                files=hashes,
            ),
        )
    return Written(tuple(folder / name for name in made), is_new=not is_there)


def release_of(ledger: LedgerView, report_code: str) -> str | None:
    """Return the release that a report has published; None while none is confirmed for it."""
    return confirmed(ledger).get(report_code)


def put(folder: Path, made: Mapping[str, bytes]) -> None:
    """Put documents into a folder where all of them are seen, or none; what was there goes."""
    layout.make_folder(folder.parent)
    partial = folder.with_name(f".{folder.name}.partial")
    for left in (partial, folder):
        layout.discard(left)
    try:
        partial.mkdir()
        for name, data in made.items():
            (partial / name).write_bytes(data)
        layout.seal(partial)
        layout.publish_folder(partial, folder)
    except BaseException:
        layout.discard(partial)
        raise
