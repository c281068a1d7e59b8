"""``make demo`` as the README gives it, whole: three years are loaded, and what opens shows the release's figures.

The same pages are looked at as those of the first night are (``test_site``): what three years fill, one night leaves
empty. Not here: what the three years come to (``test_many_years``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from lxml import html
from playwright.sync_api import Browser, Page

from publishing import reader
from tests.browser.conftest import WIDTHS
from tests.browser.looks import broken_words, is_too_wide, tables_lost, unfold, violations
from tests.browser.test_site import figures_against
from tests.builds.test_demo import make_demo
from tests.nu_checker import complaints
from tests.programs import CHROMIUM, JAVA, NU_HTML_CHECKER

pytestmark = pytest.mark.needs(CHROMIUM)
# These say after three years what they say after one night.
AS_BEFORE = ("about", "checks", "dictionary", "table")


@dataclass(frozen=True)
class Demo:
    """What ``make demo`` did.

    Attributes:
        opened: The page that it told the browser to open.
        printed: What it printed.
    """

    opened: Path
    printed: str

    @property
    def site(self) -> Path:
        """The folder of the pages."""
        return self.opened.parent

    @property
    def release(self) -> Path:
        """The folder of the release."""
        return self.site.parent


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Run the command once, with a browser that writes down what it is to open."""
    folder = tmp_path_factory.mktemp("demo")
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >>{folder}/asked\n')
    browser.chmod(0o755)
    done = make_demo(folder / "demo", browser=str(browser))
    assert done.returncode == 0, done.stdout + done.stderr
    (asked,) = (folder / "asked").read_text().splitlines()
    return Demo(Path(unquote(urlparse(asked).path)), done.stdout)


def kinds(site: Path) -> list[Path]:
    """Return one page of each kind that has more after three years; those of lines differ in their figures alone."""
    pages = {re.sub(r"^(line|table)-.*", r"\1", path.stem): path for path in sorted(site.glob("*.html"))}
    assert {"line", "index", "changes", "forecasts", *AS_BEFORE} <= pages.keys()
    return [path for kind, path in pages.items() if kind not in AS_BEFORE]


@pytest.fixture(scope="module", params=WIDTHS, ids="{}px".format)
def shown(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[dict[str, Page]]:
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = {}
    for path in kinds(demo.site):
        opened[path.stem] = context.new_page()
        opened[path.stem].goto(path.as_uri())
        unfold(opened[path.stem])
    yield opened
    context.close()


def test_what_opens_shows_the_totals_of_the_release(demo: Demo, browser: Browser) -> None:
    with reader.connect(demo.release) as marts:
        (wanted,) = marts.execute(
            "select baseline_gbp, projected_gbp, deferred_gbp, unexplained_gbp from marts.rpt_cabinet_table_1 "
            "where is_total and is_latest_period and plan_year = reporting_year"
        ).fetchall()
    page = browser.new_page()
    page.goto(demo.opened.as_uri())
    assert page.locator(".site-headline dd").all_inner_texts() == [f"£{round(amount):,}" for amount in wanted]
    assert all(amount > 0 for amount in wanted)
    page.close()


def test_it_says_which_invented_returns_were_not_taken_in(demo: Demo) -> None:
    assert re.search(r"TRR_\w\w_\S+\.xlsx was refused, nothing of it is loaded", demo.printed)


def test_every_figure_on_every_page_is_the_one_in_its_mart(demo: Demo) -> None:
    pages = {path.stem: html.parse(path).getroot() for path in demo.site.glob("*.html")}
    with reader.connect(demo.release) as marts:
        wrong, seen = figures_against(pages, marts)
    assert wrong == []
    assert seen > 2_000


def test_axe_finds_nothing_on_any_kind_of_page_unfolded(shown: dict[str, Page]) -> None:
    assert {name: violations(page) for name, page in shown.items()} == {name: [] for name in shown}


def test_no_page_is_too_wide_no_word_is_broken_and_tables_are_heard(shown: dict[str, Page]) -> None:
    found = {name: (is_too_wide(page), broken_words(page), tables_lost(page)) for name, page in shown.items()}
    assert found == {name: (False, [], {}) for name in shown}


@pytest.mark.needs(JAVA, NU_HTML_CHECKER)
def test_every_page_is_valid_and_so_is_every_desk_and_receipt(demo: Demo) -> None:
    desks = sorted((demo.release.parent.parent / "desk").rglob("*.html"))
    assert len(desks) > 100
    assert complaints([*sorted(demo.site.rglob("*.html")), *sorted(demo.site.rglob("*.svg")), *desks]) == []
