"""The warehouse that a run works on: its home, its reference folder, its clock, its open ledger.

Here belongs what assets are given, and holding the lock while they have it. Not here: what they do
with it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path

import dagster as dg

from dbt_project.engines import Engine
from dbt_project.kept_rows import kept_keys
from orchestration.code_version import code_sha256
from orchestration.dead_runs import AFTER_EVENT, PROCESS, end_dead_runs, this_process
from orchestration.kept_runs import forget_old_runs
from orchestration.links import Links
from orchestration.lock import hold
from orchestration.settings import PROJECT, Settings
from sources.clock import Clock, system_clock
from sources.custody.ledger import Ledger
from sources.custody.marker import enter
from sources.custody.vault import Vault
from sources.home import Home
from sources.intake.restoring import restore
from sources.judging.history import LedgerHistory


@dataclass(frozen=True)
class Warehouse:
    """One home, held for as long as a run lasts.

    Attributes:
        home: Where everything lies.
        reference: The folder of reference data to adopt.
        history: A list of files with declared receipt times to take in first; None for none.
        clock: What tells the time.
        ledger: The index of the events, open.
        corrected: What differed from the vault and was made again, in sentences.
        links: Where a browser finds a file of it.
        settle: How long a file in landing has to look the same.
        engine: What builds the tables.
    """

    home: Home
    reference: Path
    history: Path | None
    clock: Clock
    ledger: Ledger
    corrected: list[str]
    links: Links
    settle: timedelta
    engine: Engine

    @property
    def vault(self) -> Vault:
        """Received bytes and events."""
        return self.ledger.vault

    @cached_property
    def past(self) -> LedgerHistory:
        """The returns in force; where they are those of the candidate, no file is opened to look for a line."""
        keys = partial(kept_keys, self.home.candidate, self.ledger, code_sha256(PROJECT))
        return LedgerHistory(self.home, self.ledger, keys)

    def restore(self) -> None:
        """Hold index and typed lines to the vault, and note what was made again (ruling E2)."""
        found = restore(self.home, self.ledger, code_sha256(PROJECT))
        for sentence in found:
            dg.get_dagster_logger().warning(sentence)
        self.corrected.extend(found)


def warehouse_of(
    settings: Settings,
    history: Path | None = None,
    clock: Clock = system_clock,
    corrected: list[str] | None = None,
) -> dg.ResourceDefinition:
    """Return the resource that opens one home for one run; a second run ends before its first step.

    Before anything of it is read, index and typed lines are held to the vault, unless the caller has just done so.
    The resource raises ``orchestration.lock.LockBusyError`` if another load is at work.

    Args:
        settings: Where everything lies.
        history: A list of files with declared receipt times to take in first.
        clock: What tells the time.
        corrected: Where it is noted what differed from the vault and was made again, by a caller that holds
            the lock and has held all to the vault; None for a run of its own.
    """

    @contextlib.contextmanager
    def open_warehouse(context: dg.InitResourceContext) -> Iterator[Warehouse]:
        settings.home.create()
        with hold(settings.home.lock), contextlib.closing(Ledger.open(settings.home)) as ledger:
            _sign(context, settings.home, ledger)
            enter(settings.home)
            links = Links(settings.home, settings.public_url)
            warehouse = Warehouse(
                settings.home,
                settings.reference,
                history,
                clock,
                ledger,
                [] if corrected is None else corrected,
                links,
                settings.settle,
                settings.engine,
            )
            if corrected is None:
                warehouse.restore()
            yield warehouse

    # An empty schema, not none: nobody who may start a run can point it at another home (decision 0021).
    return dg.ResourceDefinition(
        open_warehouse,
        config_schema={},
        description="One home, held for as long as a run lasts; a run cannot change it.",
    )


def _sign(context: dg.InitResourceContext, home: Home, ledger: Ledger) -> None:
    """Say in the run which process it is, so that a start after a kill knows that nobody is at work on it."""
    if context.instance is not None and context.run is not None:
        end_dead_runs(context.instance)
        forget_old_runs(context.instance, home, system_clock())
        signed = {PROCESS: this_process(), AFTER_EVENT: str(ledger.last_seq())}
        context.instance.add_run_tags(context.run.run_id, signed)
