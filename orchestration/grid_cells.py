"""What Dagster's pages show of each cell of the grid: accepted, blocked, held, overdue, not due yet.

Here belongs which events of Dagster say so. Not here: which cells there are (``partitions``), what stands of a
return (``sources.intake.standing``), and the asset that copies its lines again (``intake_assets``).

A partition is filled, missing or failed, and no more, and it fails by a failed run alone. So a cell is filled once
a return is in force, and three checks of the cell say the rest; a cell without any of them is not due yet.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster import AssetCheckKey
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from orchestration.links import Links
from orchestration.partitions import GRID, cell, of_cell
from sources.custody.ledger import LedgerView
from sources.custody.submission import AcceptedSubmission, State
from sources.custody.true_times import judged_at_true_times
from sources.desk import desk_words
from sources.intake.standing import NOT_RECEIVED, Cell, standing
from sources.receipts.receipt import receipt_path
from sources.reference.reference import Reference

# A check of one partition is a preview in this version; a test holds what we use of it.
warnings.filterwarnings("ignore", category=dg.PreviewWarning, module=__name__)

_NOTHING_WRONG = frozenset({State.ACCEPTED, State.HELD, NOT_RECEIVED})
ACCEPTED = "directorate_return__was_accepted"
DECIDED = "directorate_return__waits_for_no_decision"
IN_TIME = "directorate_return__is_not_overdue"
# What each check asserts of a cell, and how it is answered.
_CHECKS: Mapping[str, tuple[str, Callable[[Cell], bool]]] = {
    ACCEPTED: (
        "The newest return of this directorate for this period was not blocked, rejected or withdrawn.",
        lambda each: each.blocked_version_no is None and each.state in _NOTHING_WRONG,
    ),
    DECIDED: ("No return of this cell is held until a post decides.", lambda each: each.held_version_no is None),
    IN_TIME: ("A return is in force, or the day on which it is due has not passed.", lambda each: not each.is_overdue),
}
_Shown = dg.AssetMaterialization | dg.AssetCheckEvaluation


def check_specs(cells: dg.MultiPartitionsDefinition) -> list[dg.AssetCheckSpec]:
    """Return the checks of the grid, one answer a cell."""
    return [
        dg.AssetCheckSpec(name, asset=GRID, partitions_def=cells, description=asserts)
        for name, (asserts, _) in _CHECKS.items()
    ]


def cells_of(ledger: LedgerView, reference: Reference, now: datetime) -> dict[str, Cell]:
    """Return, by its key, each cell for which a return came, or is due within a year of now."""
    return {
        str(cell(each.directorate_code, each.financial_year, each.reporting_period)): each
        for each in standing(judged_at_true_times(ledger), reference, now)
        if each.submission_id is not None or each.is_due_within_a_year(now)
    }


def changed(cells: Mapping[str, Cell], instance: dg.DagsterInstance, came: Collection[str]) -> dict[str, Cell]:
    """Return the cells of which the pages do not show yet what stands of them.

    Args:
        cells: All of them.
        instance: What the pages show.
        came: The submissions that were judged just now.
    """
    filled, recorded = instance.get_materialized_partitions(GRID), _recorded(instance)
    return {
        key: each
        for key, each in cells.items()
        if each.submission_id in came
        or (each.state == State.ACCEPTED and key not in filled)
        or any(recorded.get((name, key), True) != _answer(name, each) for name in _CHECKS)
    }


def filled(links: Links, ledger: LedgerView, key: str) -> Iterator[dg.AssetMaterialization]:
    """Yield that a cell is filled, if a return is in force for it."""
    submission = ledger.in_force(*of_cell(key))
    if submission is not None:
        yield dg.AssetMaterialization(GRID, partition=key, metadata=_about(links, submission))


def answers(key: str, of: Cell) -> Iterator[dg.AssetCheckEvaluation]:
    """Yield what each check says of a cell, in the words of the directorate's desk."""
    for name in _CHECKS:
        yield dg.AssetCheckEvaluation(
            asset_key=GRID,
            check_name=name,
            passed=_answer(name, of),
            severity=dg.AssetCheckSeverity.WARN,
            description=f"{desk_words.standing(of)}.",
            metadata={"state": of.state, "due": f"{of.due_date:%d/%m/%Y}", "submission_id": of.submission_id},
            partition=key,
        )


def table_of(cells: Sequence[Cell]) -> dg.TableMetadataValue:
    """Return all cells as a table, with what stands of each."""
    records = [
        dg.TableRecord(
            {
                "directorate": each.directorate_code,
                "period": desk_words.return_named(each),
                "due": f"{each.due_date:%d/%m/%Y}",
                "stands": desk_words.standing(each),
            }
        )
        for each in cells
    ]
    return dg.MetadataValue.table(records, schema=dg.TableSchema.from_name_type_dict(_COLUMNS))


_COLUMNS = dict.fromkeys(("directorate", "period", "due", "stands"), "string")


def record_changes(
    instance: dg.DagsterInstance, links: Links, ledger: LedgerView, reference: Reference, now: datetime
) -> None:
    """Record what has changed of the cells on a night without a run: a day that has passed, a decision."""
    for key, each in changed(cells_of(ledger, reference, now), instance, came=()).items():
        events: list[_Shown] = [*filled(links, ledger, key), *answers(key, each)]
        for event in events:
            instance.report_runless_asset_event(event)


def link(links: Links, path: Path) -> dg.MetadataValue[Any]:
    """Return a file of the home as the pages show it: a link where a browser can follow it, else its path."""
    return (dg.MetadataValue.url if links.public_url else dg.MetadataValue.path)(links.to(path))


def _answer(name: str, of: Cell) -> bool:
    return _CHECKS[name][1](of)


def _recorded(instance: dg.DagsterInstance) -> dict[tuple[str, str | None], bool]:
    keys = [AssetCheckKey(GRID, name) for name in _CHECKS]
    found = instance.event_log_storage.get_asset_check_partition_info(keys)
    return {
        (each.check_key.name, each.partition_key): each.latest_execution_status
        is AssetCheckExecutionRecordStatus.SUCCEEDED
        for each in found
    }


def _about(links: Links, submission: AcceptedSubmission) -> dict[str, Any]:
    return {
        "submission_id": submission.submission_id,
        "folder": submission.directorate_code,
        "version": submission.version_no,
        "dagster/row_count": submission.rows_read,
        "receipt": link(links, receipt_path(links.home, submission)),
    }
