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
from orchestration.grid_cells import answers, cells_of, changed, check_specs, filled, table_of
from orchestration.instance import POOL
from orchestration.links import Links
from orchestration.partitions import GRID, PERIOD, ended_periods, grid, of_cell, period_name
from orchestration.resources import Warehouse
from orchestration.settings import PROJECT
from sources.custody.landing import make_folders
from sources.custody.senders import known_directorates
from sources.desk.desk import open_desks, write_desks
from sources.intake import intake
from sources.intake.adoption import waiting_reference, why_not_in_force
from sources.intake.intake import Outcome
from sources.intake.restoring import restore_lines
from sources.reference.reference import Reference, ReferenceProblem

# The backfill policy is a beta in this version; a test holds what we use of it.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

GROUP = "intake"


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
    now = warehouse.clock()
    cells = cells_of(warehouse.ledger, reference, now)
    # The grid is not part of the night's job, which has no partition: its cells are filled in here.
    periods = [
        *ended_periods(reference, now.date()),
        *(period_name(each.financial_year, each.reporting_period) for each in cells.values() if each.submission_id),
    ]
    context.instance.add_dynamic_partitions(PERIOD, list(dict.fromkeys(periods)))
    for key, each in changed(cells, context.instance, {outcome.submission_id for outcome in outcomes}).items():
        yield from filled(warehouse.links, warehouse.ledger, key)
        yield from answers(key, each)
    verdicts = Counter(outcome.verdict.value for outcome in outcomes)
    told = {"receipts": _receipts(warehouse.links, outcomes), "returns": table_of(list(cells.values()))}
    yield dg.MaterializeResult(metadata={"files": len(outcomes), **verdicts, **told})


@dg.asset(group_name=GROUP, kinds={"html", "excel"}, deps=[judged_returns], pool=POOL)
def desks(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[Any]:
    """Each directorate's page: what it sent, what became of it, what to do, with its pre-filled workbooks."""
    reference = _in_force(warehouse)
    home, ledger = warehouse.home, warehouse.ledger
    written = write_desks(home, ledger, reference, code_sha256(PROJECT), warehouse.clock, warehouse.past)
    return dg.MaterializeResult(metadata={"files": len(written)})


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
    return outcomes + intake.judge_waiting(
        home, ledger, reference, warehouse.clock, waiting_reference=newer, history=warehouse.past
    )


def _receipts(links: Links, outcomes: Sequence[Outcome]) -> dg.MetadataValue[Any]:
    return dg.MetadataValue.md(
        "\n".join(f"- {outcome.verdict.value}: {_linked(links, outcome.receipt)}" for outcome in outcomes) or "none"
    )


def _linked(links: Links, path: Path) -> str:
    return f"[{path.name}]({links.to(path)})" if links.public_url else f"`{links.to(path)}`"


def intake_assets(reference: Path) -> list[dg.AssetsDefinition]:
    """Return the assets of custody and intake.

    Args:
        reference: The folder whose register and calendar give the grid.
    """
    cells = grid(reference)

    checks = check_specs(cells)

    @dg.asset(
        key=GRID,
        group_name=GROUP,
        kinds={"parquet"},
        partitions_def=cells,
        # Of the cells that are asked for: a run of its own for each directorate, or for each period if they are fewer.
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=checks,
        # A cell without a return in force stays empty, also where it is asked for together with others.
        output_required=False,
        deps=[received_files],
        pool=POOL,
    )
    def directorate_return(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        """The typed lines of each directorate's return in force, one cell a directorate and period.

        A rerun of a cell copies the lines from the vault again, by the digest that the verdict
        recorded: it brings back what was lost, and changes no verdict (R53).
        """
        home, ledger = warehouse.home, warehouse.ledger
        known = cells_of(ledger, _in_force(warehouse), warehouse.clock())
        in_force = {key: found for key in context.partition_keys if (found := ledger.in_force(*of_cell(key)))}
        if not in_force:
            raise dg.Failure(_nothing_in_force(context.partition_keys))
        for key, submission in in_force.items():
            restore_lines(home, ledger, submission)
            yield from filled(warehouse.links, ledger, key)
            yield from answers(key, known[key])
        if lacking := [key for key in context.partition_keys if key not in in_force]:
            context.log.warning(_nothing_in_force(lacking))
        for check in checks:
            yield dg.Output(None, output_name=check.get_python_identifier())

    return [reference_data, received_files, judged_returns, desks, directorate_return]


def _nothing_in_force(keys: Sequence[str]) -> str:
    named = ", ".join(f"{directorate} for {period} {year}" for directorate, year, period in map(of_cell, keys))
    return f"No return is in force of {named}. There is nothing to copy."
