"""What lies in a home's own folders and is none of ours: a stray, which stops nothing and is named (ruling C3).

Here belongs which names each folder has. What is litter anywhere is litter here. Not here: what is
altered of our own (``verification``), landing, which is not ours (``sources.custody.survey``), and the
folders whose names are other programs' (``dagster/``, ``logs/``, ``outbox/``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from publishing.retention import is_release
from sources.custody.event_chain import is_event_file
from sources.custody.ledger import LedgerView
from sources.custody.litter import is_litter
from sources.custody.payloads import Reported
from sources.custody.requests import is_begun, is_request
from sources.custody.senders import directorates_ever_known
from sources.desk.desk import WORKBOOKS
from sources.desk.desk_page import PAGE_NAME
from sources.home import Home
from sources.lines.line_digest import line_files
from sources.receipts.receipt import RECEIPTS, desk_of, is_receipt

_IsOurs = Callable[[Path], bool]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIRST_TWO = re.compile(r"[0-9a-f]{2}")
# What the tools that build leave next to the candidate: scratch of ours (``tempfile``), of dbt and of DuckDB.
_SCRATCH = re.compile(r"tmp\w+|dbt|candidate\.duckdb\.\w+")


def strays(home: Home, ledger: LedgerView) -> list[Path]:
    """Return what is not ours in the folders that are, in the order of the folders."""
    return [
        path
        for folder, is_ours in _folders(home, ledger)
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if not is_litter(path.name) and not is_ours(path)
    ]


def _folders(home: Home, ledger: LedgerView) -> Iterator[tuple[Path, _IsOurs]]:
    """Yield each folder, and what tells whether something in it is ours."""
    submissions = ledger.submissions()
    ids = {each.submission_id for each in submissions}
    senders = {each.directorate_code for each in submissions} | directorates_ever_known(ledger)
    yield home.root, _is_one_of(_names_in_root(home))
    yield home.releases, is_release
    yield from _reports(home, ledger)
    yield from _vault(home)
    yield home.lines, _is_one_of(ids)
    sheets = {path.name for path in line_files(home.lines)}
    yield from ((home.lines / one, _is_one_of(sheets)) for one in sorted(ids))
    yield home.build, _is_of_a_build(home)
    yield home.decisions, lambda path: is_request(path.name)
    yield home.begun, lambda path: is_begun(path.name)
    yield from _desks(home, senders)


def _names_in_root(home: Home) -> set[str]:
    stores = (home.vault, home.ledger, home.lines, home.desk, home.decisions, home.begun, home.releases, home.reports)
    scratch = (home.build, home.outbox, home.logs, home.dagster)
    names = {path.name for path in (*stores, *scratch, home.lock, home.current)}
    names |= {f"{home.ledger.name}{suffix}" for suffix in ("-wal", "-shm")}
    return names | ({home.landing.relative_to(home.root).parts[0]} if home.landing.is_relative_to(home.root) else set())


def _vault(home: Home) -> Iterator[tuple[Path, _IsOurs]]:
    own = {path.name for path in (home.events, home.reference_store, home.line_store, home.identity)}
    yield home.vault, lambda path: path.name in own or (bool(_FIRST_TWO.fullmatch(path.name)) and path.is_dir())
    yield home.events, lambda path: is_event_file(path.name)
    for folder in (home.reference_store, home.line_store, *sorted(home.vault.glob("[0-9a-f][0-9a-f]"))):
        yield folder, lambda path: bool(_SHA256.fullmatch(path.name))


def _reports(home: Home, ledger: LedgerView) -> Iterator[tuple[Path, _IsOurs]]:
    written = {(event.payload.report_code, event.payload.release_id) for event in ledger.events_of(Reported)}
    yield home.reports, _is_one_of({report for report, _ in written})
    for code in sorted({report for report, _ in written}):
        yield home.reports / code, _is_one_of({release_id for report, release_id in written if report == code})


def _is_of_a_build(home: Home) -> _IsOurs:
    own = (home.candidate, home.evidence, home.folded, home.sightings, home.unmoved, home.failed_load)
    names = {path.name for path in own}
    return lambda path: path.name in names or bool(_SCRATCH.fullmatch(path.name))


def _desks(home: Home, senders: set[str]) -> Iterator[tuple[Path, _IsOurs]]:
    desks = sorted({desk_of(home, code) for code in senders} - {home.desk})
    yield home.desk, _is_one_of({RECEIPTS, *(desk.name for desk in desks)})
    yield home.desk / RECEIPTS, is_receipt
    for desk in desks:
        yield desk, lambda path: path.name in (PAGE_NAME, RECEIPTS) or path.match(WORKBOOKS)
        yield desk / RECEIPTS, is_receipt


def _is_one_of(names: set[str]) -> _IsOurs:
    return lambda path: path.name in names
