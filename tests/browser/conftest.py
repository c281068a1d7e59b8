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
from tests.edited_returns import at, edited, sample_path
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
_TIRED = (
    ("Return", "prepared_date", 2, "31/12/2021"),
    ("Return", "value_unit", 2, "£k"),
    ("Return", "prepared_by_email", 2, "finance.officer@elsewhere.example"),
    ("Return", "reporting_period", 2, "7"),
    ("Savings", "project_ref", 2, "PRJ-1"),
    ("Savings", "plan_year", 3, "FY22"),
    ("Savings", "benefit_type", 3, "Efficiencies"),
    ("Savings", "achieved_to_date_gbp", 2, "1.1m"),
    ("Savings", "projected_gbp", 3, "TBC"),
    ("Savings", "achieved_to_date_gbp", 4, "n/a"),
    ("Savings", "projected_gbp", 4, "-5,000"),
    ("Savings", "deferred_to_year", 5, "next year"),
    ("Savings", "rag", 4, "Amber/Red"),
    ("Savings", "rag", 5, "amber "),
)
MISTAKES = {
    f"Return!{name}" if sheet == "Return" else at(sheet, name, row): typed for sheet, name, row, typed in _TIRED
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
            (
                "PL",
                edited(
                    "PL",
                    {
                        **_AGAIN,
                        at("Savings", "projected_gbp", 3): 139_000,
                        at("Savings", "achieved_to_date_gbp", 3): 226_000,
                    },
                ),
            ),
            ("PL", pl),
            ("AH", edited("AH", {at("Savings", "saving_ref", 3): "AH-21-999"})),
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
