"""One Chromium a process, and the pages of one warehouse that every kind of file was sent to.

Here belongs how a page is opened and what it is opened from. Not here: what a page must be
(``test_pages_in_a_browser``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.desk.desk import write_desks
from sources.home import Home
from sources.intake import intake
from sources.reference.reference import bundled_reference, read_reference
from tests.edited_returns import edited, sample_path
from tests.homes import drop, fresh_home
from tests.programs import CHROMIUM

NOON = datetime(2021, 10, 12, 12, tzinfo=UTC)
# P06 was due on 15 October.
LATER = datetime(2021, 10, 20, 12, tzinfo=UTC)
# A new profile each time, and nothing that asks anybody for anything.
_QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# 320 px are a phone, and what 1280 px are at 400 % (WCAG 1.4.10).
WIDTHS = (1280, 320)
# As a tired officer fills in a return: most of what can be wrong, in one file.
MISTAKES = {
    "Return!prepared_date": "31/12/2021",
    "Return!value_unit": "£k",
    "Return!prepared_by_email": "finance.officer@elsewhere.example",
    "Return!reporting_period": "7",
    "Savings!B2": "PRJ-1",
    "Savings!E3": "2022-23",
    "Savings!F3": "Efficiencies",
    "Savings!M2": "1.1m",
    "Savings!M3": "TBC",
    "Savings!N4": "n/a",
    "Savings!P4": "-5,000",
    "Savings!O5": "2020/21",
    "Savings!R4": "Amber/Red",
    "Savings!R5": "amber ",
}
_AGAIN = {"Return!return_type": "Resubmission", "Return!supersedes_version": 1}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM.path, args=_QUIETLY)
        yield started
        started.close()


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that files of every kind were sent to: right, wrong, again, damaged, another directorate's."""
    home, reference = fresh_home(tmp_path_factory.mktemp("sent")), read_reference(bundled_reference())
    pl = sample_path("PL").read_bytes()
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference, ledger, fixed_clock(NOON))
        for folder, data in (
            ("PL", pl),
            ("PL", edited("PL", MISTAKES)),
            ("PL", edited("PL", {**_AGAIN, "Savings!M3": 139_000, "Savings!N3": 226_000})),
            ("PL", pl),
            ("AH", edited("AH", {"Savings!A3": "AH-21-999"})),
            ("CH", pl),
            ("CH", b"no workbook"),
        ):
            drop(home, folder, "return.xlsx", data)
            intake.receive(home, ledger, fixed_clock(NOON))
            intake.judge_waiting(home, ledger, reference, fixed_clock(NOON))
        write_desks(home, ledger, reference, "code", fixed_clock(LATER))
    return home


@dataclass(frozen=True)
class Opened:
    """A page in a window.

    Attributes:
        path: The file.
        page: What the browser shows.
        asked: The address of everything that the page asked for.
    """

    path: Path
    page: Page
    asked: list[str]

    @property
    def name(self) -> str:
        """Its place in the home: each desk has an index."""
        return "/".join(self.path.parts[-3:])


@pytest.fixture(scope="session", params=WIDTHS, ids="{}px".format)
def pages(request: pytest.FixtureRequest, browser: Browser, sent: Home) -> Iterator[list[Opened]]:
    """Every page of the home, each in a window of its own, by its name."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    yield [_opened(context, path) for path in sorted(sent.desk.rglob("*.html"), key=lambda path: path.name)]
    context.close()


def _opened(context: BrowserContext, path: Path) -> Opened:
    opened = Opened(path, context.new_page(), [])
    opened.page.on("request", lambda request: opened.asked.append(request.url))
    opened.page.goto(path.as_uri())
    return opened
