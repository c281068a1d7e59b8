"""A proof that everything kept is what was put there: vault, ledger, lines, receipts, releases.

Here belongs looking at all of it and naming what is wrong. It mends nothing. Not here: the nightly
share (``custody.vault``), and mending (``rebuild``, a backup).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sources.custody.ledger import Ledger
from sources.custody.payloads import Decision, Judged, Published
from sources.custody.problems import VaultDamaged
from sources.custody.vault import Vault, file_sha256
from sources.home import Home
from sources.lines.line_files import lines_sha256
from sources.receipts.receipt import PAGE, WORKBOOK, names_its_event

_REBUILD = "Run `savings rebuild`"
_RESTORE = "Restore what is named of the vault from a backup; nothing else can mend it"


@dataclass(frozen=True)
class Verification:
    """What was looked at, and what is wrong with it.

    Attributes:
        events: Events whose chain was followed; None if the vault is damaged.
        objects: Received objects that were hashed again; None likewise.
        releases: Releases whose files were hashed again.
        problems: One sentence each, naming the object; empty when all is sound.
    """

    events: int | None
    objects: int | None
    releases: int
    problems: tuple[str, ...]


def verify(home: Home) -> Verification:
    """Hash everything again and hold it to what was recorded of it.

    Raises:
        CustodyProblem: If the ledger cannot be read.
    """
    problems: list[str] = []
    events: int | None = None
    objects: int | None = None
    try:
        report = Vault(home).verify()
        events, objects = report.events, report.rehashed
        with Ledger.open(home) as ledger:
            problems += [*_altered_events(ledger), *_altered_lines(home, ledger), *_forged_receipts(home, ledger)]
            problems += _unpublished(home, ledger)
    except VaultDamaged as damage:
        problems += [*damage.problems, _RESTORE]
    releases = _releases(home)
    problems += [problem for release in releases for problem in _altered_files(release)]
    problems += _pointer(home)
    return Verification(events, objects, len(releases), tuple(problems))


def _altered_events(ledger: Ledger) -> Iterator[str]:
    for seq, sha256 in ledger.event_hashes():
        if ledger.vault.event_sha256(seq) != sha256:
            yield f"Event {seq} is not the one that the ledger indexed"


def _altered_lines(home: Home, ledger: Ledger) -> Iterator[str]:
    for submission in ledger.judged():
        if submission.lines is None:
            continue
        try:
            is_same = lines_sha256(home, submission.lines) == submission.lines_sha256
        except (OSError, ValueError):  # not there, or no Parquet of the schema (ArrowInvalid is a ValueError)
            is_same = False
        if not is_same:
            yield f"The typed lines of {submission.submission_id} are missing or were altered. {_REBUILD}"


def _forged_receipts(home: Home, ledger: Ledger) -> Iterator[str]:
    """Name each receipt that is of no verdict or decision, or does not carry the hash of its event."""
    last = ledger.last_seq()
    for path in sorted(path for path in home.receipts.rglob("*") if path.suffix in (PAGE, WORKBOOK)):
        number = path.name.split("_")[0]
        seq = int(number) if number.isdecimal() else 0
        is_told = 0 < seq <= last and isinstance(ledger.vault.event(seq).payload, Decision | Judged)
        if not is_told or not names_its_event(path, ledger.vault.event_sha256(seq)):
            yield f"Receipt {path} is not the one that the ledger's verdict gave"


def _unpublished(home: Home, ledger: Ledger) -> Iterator[str]:
    """Name each release whose manifest is not the one that was recorded when it was published."""
    recorded = {event.payload.release_id: event.payload for event in ledger.events_of(Published)}
    for release in _releases(home):
        with contextlib.suppress(OSError, ValueError):  # one that cannot be read is named with its files
            manifest = json.loads((release / "manifest.json").read_bytes())
            said = recorded.get(release.name)
            if any(manifest.get(name) != getattr(said, name, None) for name in ("content_sha256", "exact_sha256")):
                yield f"Release {release.name} is not the one that was recorded when it was published"


def _releases(home: Home) -> list[Path]:
    return sorted(path for path in home.releases.iterdir() if not path.name.startswith("."))


def _altered_files(release: Path) -> Iterator[str]:
    try:
        files = json.loads((release / "manifest.json").read_bytes())["files"]
    except (OSError, ValueError, KeyError) as error:
        yield f"Release {release.name} has no readable manifest ({error})"
        return
    for name, sha256 in sorted(files.items()):
        path = release / name
        if not path.is_file():
            yield f"Release {release.name} has lost {name}"
        elif file_sha256(path) != sha256:
            yield f"{name} of release {release.name} was altered"
    there = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    for name in sorted(there - files.keys() - {"manifest.json"}):
        yield f"Release {release.name} has {name}, which its manifest does not name"


def _pointer(home: Home) -> Iterator[str]:
    if home.current.is_symlink() and not home.current.exists():
        yield f"The pointer {home.current} leads to no release"
