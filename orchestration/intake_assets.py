"""Stages 1 and 2 as assets: the reference data in force, the files received, the returns judged.

Here belongs what Dagster shows of custody and intake. Not here: custody and intake (``sources``).
"""

# No `from __future__ import annotations`: Dagster looks at the annotation of `context` as it stands.

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.code_version import code_sha256
from orchestration.instance import POOL
from orchestration.partitions import GRID, PERIOD, cell, ended_periods, grid, of_cell
from orchestration.resources import Warehouse
from orchestration.settings import PROJECT
from sources.custody.landing import make_folders
from sources.custody.senders import known_directorates
from sources.custody.submission import State
from sources.desk.desk import open_desks, write_desks
from sources.findings.findings import Verdict
from sources.intake import intake
from sources.intake.adoption import waiting_reference, why_not_in_force
from sources.intake.intake import Outcome
from sources.intake.restoring import restore_lines
from sources.reference.reference import Reference, ReferenceProblem

# Checks of one partition, and the backfill policy, are previews in this version; a test holds what we use of them.
warnings.filterwarnings("ignore", category=dg.PreviewWarning, module=__name__)
warnings.filterwarnings("ignore", category=dg.BetaWarning)

GROUP = "intake"
RETURN_CHECK = "directorate_return__was_accepted"


@dg.asset(group_name=GROUP, kinds={"csv"}, pool=POOL)
def reference_data(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[Any]:
    """The council's reference folder in force, kept by hash; a new one is adopted if a load may."""
    try:
        event = intake.adopt_folder(warehouse.reference, warehouse.ledger, warehouse.clock, warehouse.history)
    except ReferenceProblem as problem:
        raise dg.Failure(f"The reference data are wrong; nothing was judged or built.\n{problem}") from problem
    reference = _in_force(warehouse)
    make_folders(warehouse.home.landing, reference.desk_groups())
    open_desks(warehouse.home, reference.desk_groups())
    return dg.MaterializeResult(
        metadata={
            "reference_sha256": reference.sha256,
            "folder": dg.MetadataValue.path(str(reference.folder)),
            "adopted": event is not None,
            "not_adopted": why_not_in_force(warehouse.reference, warehouse.ledger),
            "changes_in_pounds": dg.MetadataValue.json(event.payload.changes if event else []),
        }
    )


@dg.asset(group_name=GROUP, kinds={"excel"}, pool=POOL)
def received_files(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[Any]:
    """Every file that landed, by hash in the vault: bytes first, then the event.

    Needs no reference data, for custody goes on when they are wrong. Where a history list is given
    landing waits for it: nothing may be received before what is there already (R55).
    """
    received = [] if warehouse.history else _receive(warehouse)
    return dg.MaterializeResult(
        metadata={"files": len(received), "vault": dg.MetadataValue.path(str(warehouse.home.vault))}
    )


@dg.asset(group_name=GROUP, kinds={"excel", "parquet"}, deps=[reference_data, received_files], pool=POOL)
def judged_returns(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
    """Every received file, read in a process of its own and judged; the typed lines of those accepted."""
    reference = _in_force(warehouse)
    outcomes = _judge_all(warehouse, reference)
    cells = list(cells_filled(outcomes))
    periods = [
        *ended_periods(reference, warehouse.clock().date()),
        *(key.keys_by_dimension[PERIOD] for key, _ in cells),
    ]
    context.instance.add_dynamic_partitions(PERIOD, list(dict.fromkeys(periods)))
    yield from fill_grid(cells)
    verdicts = Counter(outcome.verdict.value for outcome in outcomes)
    yield dg.MaterializeResult(metadata={"files": len(outcomes), **verdicts, "receipts": _receipts(outcomes)})


@dg.asset(group_name=GROUP, kinds={"html", "excel"}, deps=[judged_returns], pool=POOL)
def desks(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[Any]:
    """Each directorate's page: what it sent, what became of it, what to do, with its pre-filled workbooks."""
    reference = _in_force(warehouse)
    written = write_desks(warehouse.home, warehouse.ledger, reference, code_sha256(PROJECT), warehouse.clock)
    return dg.MaterializeResult(
        metadata={"files": len(written), "desks": dg.MetadataValue.path(str(warehouse.home.desk))}
    )


def _in_force(warehouse: Warehouse) -> Reference:
    try:
        return intake.judging_reference(warehouse.ledger)
    except ReferenceProblem as problem:
        advice = "This version cannot read the reference data in force; nothing was judged or built."
        raise dg.Failure(f"{advice}\n{problem}") from problem


def _receive(warehouse: Warehouse) -> list[str]:
    directorates = known_directorates(warehouse.ledger, warehouse.reference)
    return intake.receive(warehouse.home, warehouse.ledger, warehouse.clock, directorates, warehouse.settle)


def _judge_all(warehouse: Warehouse, reference: Reference) -> list[Outcome]:
    home, ledger = warehouse.home, warehouse.ledger
    newer = waiting_reference(warehouse.reference, ledger)
    outcomes = []
    if warehouse.history:
        outcomes += intake.take_in_history(warehouse.history, home, ledger, reference, waiting_reference=newer)
        _receive(warehouse)
    return outcomes + intake.judge_waiting(home, ledger, reference, warehouse.clock, waiting_reference=newer)


def _receipts(outcomes: Sequence[Outcome]) -> dg.MetadataValue[Any]:
    rows = "\n".join(
        f"- `{outcome.verdict.value}` [{outcome.receipt.name}]({outcome.receipt.as_uri()})" for outcome in outcomes
    )
    return dg.MetadataValue.md(rows or "none")


def cells_filled(outcomes: Sequence[Outcome]) -> Iterator[tuple[dg.MultiPartitionKey, Outcome]]:
    """Yield the cell of whom each return is for (F10); a file that was never read as anybody's return has none."""
    for outcome in outcomes:
        submission = outcome.submission
        if submission.version_no is not None and submission.financial_year and submission.reporting_period:
            yield cell(submission.reports_for, submission.financial_year, submission.reporting_period), outcome


def fill_grid(
    cells: Sequence[tuple[dg.MultiPartitionKey, Outcome]],
) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """Yield, for the grid of returns, what came in and what was refused.

    The grid is not part of the night's job, which has no partition: its cells are filled in here.
    """
    for key, outcome in cells:
        submission = outcome.submission
        if outcome.verdict is Verdict.ACCEPTED:
            yield dg.AssetMaterialization(
                GRID,
                partition=key,
                metadata={
                    "submission_id": submission.submission_id,
                    "folder": submission.directorate_code,
                    "version": submission.version_no,
                    "dagster/row_count": submission.rows_read,
                    "receipt": dg.MetadataValue.path(str(outcome.receipt)),
                },
            )
        yield dg.AssetCheckEvaluation(
            asset_key=GRID,
            check_name=RETURN_CHECK,
            passed=outcome.verdict in (Verdict.ACCEPTED, Verdict.DUPLICATE),
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "file": submission.file_name,
                "verdict": outcome.verdict.value,
                "findings": len(submission.findings),
            },
            partition=key,
        )


def intake_assets(reference: Path) -> list[dg.AssetsDefinition]:
    """Return the assets of custody and intake.

    Args:
        reference: The folder whose register and calendar give the grid.
    """
    cells = grid(reference)

    @dg.asset(
        name=GRID.path[-1],
        group_name=GROUP,
        kinds={"parquet"},
        partitions_def=cells,
        backfill_policy=dg.BackfillPolicy.multi_run(1),
        check_specs=[
            dg.AssetCheckSpec(
                RETURN_CHECK,
                asset=GRID,
                partitions_def=cells,
                description="The newest return of this directorate for this period was accepted.",
            )
        ],
        deps=[received_files],
        pool=POOL,
    )
    def directorate_return(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        """The typed lines of each directorate's return in force, one cell a directorate and period.

        A rerun of a cell copies the lines from the vault again, by the digest that the verdict
        recorded: it brings back what was lost, and changes no verdict (R53).
        """
        for key in context.partition_keys:
            directorate, year, period = of_cell(key)
            submission = warehouse.ledger.in_force(directorate, year, period)
            if submission is None:
                raise dg.Failure(f"No return of {directorate} is in force for {period} {year}.")
            folder = restore_lines(warehouse.home, warehouse.ledger, submission)
            yield dg.MaterializeResult(metadata={"submission_id": submission.submission_id, "folder": str(folder)})
            yield dg.AssetCheckResult(passed=submission.state is State.ACCEPTED, check_name=RETURN_CHECK)

    return [reference_data, received_files, judged_returns, desks, directorate_return]
