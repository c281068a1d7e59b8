"""The warehouse that a run works on: its home, its reference folder, its clock, and its lock.

Here belongs what assets are given. Not here: what they do with it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from orchestration.lock import hold
from orchestration.settings import Settings
from sources.clock import Clock, system_clock
from sources.home import Home
from sources.ledger import Ledger
from sources.vault import Vault


class Warehouse(dg.ConfigurableResource):  # type: ignore[type-arg]  # the value is the resource itself
    """One home, held for as long as a run lasts: a second run ends before its first step.

    Attributes:
        root: SAVINGS_HOME.
        landing: Its landing folder.
        reference: The folder of reference data to adopt.
        history: A list of files with declared receipt times to take in first; empty for none.
    """

    root: str
    landing: str
    reference: str
    history: str = ""
    _clock: Clock = PrivateAttr(default=system_clock)
    _ledger: Ledger | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, settings: Settings, history: Path | None = None, clock: Clock = system_clock) -> Warehouse:
        """Return the resource that settings describe."""
        warehouse = cls(
            root=str(settings.home.root),
            landing=str(settings.home.landing),
            reference=str(settings.reference),
            history=str(history.absolute()) if history else "",
        )
        warehouse._clock = clock
        return warehouse

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Warehouse]:
        """Hold the lock and open the ledger for one run.

        Raises:
            orchestration.lock.LockBusyError: If another load is at work.
        """
        self.home.create()
        with hold(self.home.lock), contextlib.closing(Ledger.open(self.home)) as ledger:
            self._ledger = ledger
            yield self
        self._ledger = None

    @property
    def home(self) -> Home:
        """Where everything lies."""
        return Home.at(Path(self.root), Path(self.landing))

    @property
    def clock(self) -> Clock:
        """What tells the time."""
        return self._clock

    @property
    def vault(self) -> Vault:
        """Received bytes and events."""
        return Vault(self.home)

    @property
    def ledger(self) -> Ledger:
        """The index of the events; open while a run lasts."""
        if self._ledger is None:
            raise RuntimeError("the ledger is open only while a run lasts")
        return self._ledger
