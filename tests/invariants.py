"""``assert_nothing_lost``: what must hold after every scenario, whatever was done to the warehouse.

Here belong the invariants I1 to I3 of the fault catalogue, checked from the files on disk alone:
custody, accounting, publication. It reads the events with its own eyes (``json``, ``hashlib``,
openpyxl), not through the code under test. Not here: injecting faults, and I4 to I8, which compare
two homes and belong to the scenario.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import openpyxl
import pyarrow.parquet as pq

from sources.custody.ledger import Ledger
from sources.home import Home
from sources.template.declaration import SHEETS

FINAL_STATES = {"accepted", "held", "blocked", "refused", "duplicate", "overtaken", "rejected", "withdrawn"}
_STATE_AFTER = {"released": "waiting", "rejected": "rejected", "withdrawn": "withdrawn"}


def assert_nothing_lost(home: Home, dropped: Iterable[tuple[str, bytes]] = (), is_settled: bool = True) -> None:
    """Assert custody, accounting and publication of a home.

    Args:
        home: The warehouse.
        dropped: Each (folder, bytes) that was ever put into landing and left there long enough.
        is_settled: Whether a run has ended since: then nothing may be left half-done.
    """
    events = _chain(home)
    states = _states(events)
    _assert_custody(home, events, dropped)
    _assert_ledger_agrees(home, states)
    _assert_accounting(home, events, states)
    _assert_published(home)
    if is_settled:
        assert [str(path) for path in home.root.rglob(".*.tmp")] == []
        _assert_one_receipt_each(home, events)


def _chain(home: Home) -> list[dict[str, Any]]:
    """Return the events, having followed their chain by hand."""
    events: list[dict[str, Any]] = []
    previous, at = "", ""
    for number, path in enumerate(sorted(home.events.glob("[0-9]*.json")), start=1):
        data = path.read_bytes()
        event = json.loads(data)
        assert event["seq"] == number, f"{path.name} is where event {number} should be"
        assert event["previous_sha256"] == previous, f"event {number} does not follow event {number - 1}"
        # Order is by number: a clock that somebody accepts may have gone back.
        assert event["at"] > at or event["kind"] == "clock_accepted", f"event {number} is not later than the one before"
        previous, at = hashlib.sha256(data).hexdigest(), event["at"]
        events.append(event)
    return events


def _states(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return each submission's one current state."""
    states: dict[str, str] = {}
    for event in events:
        submission_id = event["payload"].get("submission_id")
        if event["kind"] == "received":
            assert submission_id not in states, f"{submission_id} was received twice"
            states[submission_id] = "waiting"
        elif submission_id is not None:
            assert submission_id in states, f"{submission_id} was judged before it was received"
            states[submission_id] = _STATE_AFTER.get(event["kind"]) or event["payload"]["verdict"]
    assert set(states.values()) <= FINAL_STATES | {"waiting"}
    return states


def _assert_custody(home: Home, events: list[dict[str, Any]], dropped: Iterable[tuple[str, bytes]]) -> None:
    """I1: what was ever seen is in the vault under its hash, or still waits in landing."""
    received = [event for event in events if event["kind"] == "received"]
    for event in received:
        payload = event["payload"]
        if payload["file_sha256"]:
            data = _object(home, payload["file_sha256"])
            assert len(data) == payload["size"]
        else:
            assert payload["not_taken"], f"{payload['submission_id']} has neither bytes nor a reason"
    known = Counter((event["payload"]["directorate_code"], event["payload"]["file_sha256"]) for event in received)
    for folder, data in dropped:
        is_known = known[folder, hashlib.sha256(data).hexdigest()] > 0
        waits = any(path.is_file() and path.read_bytes() == data for path in (home.landing / folder).iterdir())
        assert is_known or waits, f"bytes dropped in {folder!r} are neither received nor waiting"


def _object(home: Home, sha256: str) -> bytes:
    data = (home.vault / sha256[:2] / sha256).read_bytes()
    assert hashlib.sha256(data).hexdigest() == sha256, f"object {sha256} was altered"
    return data


def _assert_ledger_agrees(home: Home, states: Mapping[str, str]) -> None:
    with Ledger.open(home) as ledger:
        assert {each.submission_id: each.state.value for each in ledger.submissions()} == states


def _assert_accounting(home: Home, events: list[dict[str, Any]], states: Mapping[str, str]) -> None:
    """I2, and of I6 that whatever is turned away says why."""
    received = {event["payload"]["submission_id"]: event["payload"] for event in events if event["kind"] == "received"}
    last = {event["payload"]["submission_id"]: event["payload"] for event in events if event["kind"] == "judged"}
    for submission_id, verdict in last.items():
        if verdict["verdict"] in ("blocked", "refused"):
            assert any(finding["severity"] == "B" for finding in verdict["findings"]), f"{submission_id}: no reason"
            assert verdict["lines"] is None
            assert bool(verdict["refusal_code"]) == (verdict["verdict"] == "refused")
        if states[submission_id] in ("accepted", "held"):
            _assert_lines_are_the_cells(home, received[submission_id]["file_sha256"], verdict)


def _assert_lines_are_the_cells(home: Home, sha256: str, verdict: Mapping[str, Any]) -> None:
    """Each row of the Savings sheet is there once, and each amount is the number in the cell it names."""
    cells = _cells(_object(home, sha256))
    for sheet in SHEETS:
        rows = pq.read_table(home.lines / verdict["lines"] / f"{sheet.table}.parquet").to_pylist()
        if sheet.table == "savings_line":
            assert len(rows) == verdict["rows_read"], "rows read are not rows stored"
        for row in rows:
            for column in sheet.columns:
                if column.is_money and row[f"{column.name}_cell"]:
                    address = row[f"{column.name}_cell"]
                    assert row[column.name] == _pence(cells[row["source_sheet"], address]), f"{sheet.name}!{address}"


@cache
def _cells(workbook: bytes) -> dict[tuple[str, str], object]:
    """Return every cell's value by sheet and address, as openpyxl reads it."""
    book = openpyxl.load_workbook(io.BytesIO(workbook), data_only=True)
    return {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows() for cell in row}


def _pence(value: object) -> Decimal | None:
    """Return a cell's number to the penny; the scenarios' workbooks have no other text than N/A."""
    if value is None:
        return None
    if value == "N/A":
        return Decimal("0.00")
    return Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _assert_published(home: Home) -> None:
    """I3: every release is what its manifest says, and the pointer leads to one of them."""
    for manifest in home.releases.glob("[!.]*/manifest.json"):
        for name, sha256 in json.loads(manifest.read_bytes())["files"].items():
            data = (manifest.parent / name).read_bytes()
            assert hashlib.sha256(data).hexdigest() == sha256, f"{manifest.parent.name}/{name} was altered"
        assert list(manifest.parent.rglob("*.wal")) == []
    if home.current.is_symlink():
        assert (home.current / "manifest.json").is_file(), "current leads nowhere"


def _assert_one_receipt_each(home: Home, events: list[dict[str, Any]]) -> None:
    """Every verdict that says something new and every post's decision has one receipt, a page and a workbook.

    Nothing else has any (A10).
    """
    verdicts = Counter(event["seq"] for event in events if event["kind"] in _STATE_AFTER)
    said: dict[str, list[Any]] = {}
    for event in events:
        if event["kind"] == "judged":
            payload = event["payload"]
            says = [payload[name] for name in ("verdict", "refusal_code", "version_no", "fields", "findings")]
            if says != said.get(payload["submission_id"]) or says[0] not in ("blocked", "refused"):
                verdicts[event["seq"]] += 1
            said[payload["submission_id"]] = says
    for form in ("html", "xlsx"):
        receipts = Counter(int(path.name.split("_")[0]) for path in home.desk.rglob(f"receipts/*.{form}"))
        assert receipts == verdicts, form
