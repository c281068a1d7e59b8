"""The site of a release: each figure is the mart's, and each page works for everybody, as a browser shows it.

The figures are held to the release by the test's own reading of pages and tables; WCAG 2.2 AA as far as a machine
can see it, on a wide page and at 320 px, from a folder, without any request to another place.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from lxml import html
from playwright.sync_api import Browser, BrowserContext, Page

from publishing import reader
from publishing.site.charts import CATEGORICAL, NARROW, WIDE, Bar, bars, svg
from publishing.site.site import write_site
from sources.home import Home
from tests.browser.conftest import WIDTHS
from tests.browser.looks import broken_words, is_too_wide, tables_lost, unfold, violations
from tests.programs import CHROMIUM, POPPLER

needs_browser = pytest.mark.needs(CHROMIUM)
# One of each kind of page is looked at in the browser; they differ in their figures alone.
KINDS = (
    "index",
    "changes",
    "directorate-ah",
    "projects",
    "deferrals",
    "forecasts",
    "themes",
    "fund",
    "budget-gap",
    "risks",
    "returns",
    "claims",
    "checks",
    "lines",
    "line-ah-21-001-2021-22",
    "questions",
    "history",
    "dictionary",
    "table-fct_savings_position",
    "about",
)

_IN_UNITS_OF_THEIR_OWN = ("printed_value", "warehouse_value", "difference")


@pytest.fixture(scope="module")
def release(first_night: Home) -> Path:
    return first_night.current.resolve()


@pytest.fixture(scope="module")
def site(release: Path) -> Path:
    return release / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, html.HtmlElement]:
    return {path.stem: html.parse(path).getroot() for path in sorted(site.glob("*.html"))}


@pytest.fixture(scope="module")
def marts(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with reader.connect(release) as connection:
        yield connection


def as_said(value: object, column: str, unit: str | None) -> str:
    """Return a value as a page has to say it: the test's own reading of the rules."""
    minus = "\N{MINUS SIGN}"
    if value is None:
        return "none" if not (column.endswith("_gbp") or unit == "GBP") else "not known|not yet reported"
    if isinstance(value, bool):
        return {True: "Yes", False: "No"}[value]
    if isinstance(value, datetime):
        local = value.replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/London"))
        return f"{local.day} {local:%B %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, Decimal) and (column.endswith("_gbp") or unit == "GBP"):
        whole = value.quantize(Decimal(1), ROUND_HALF_UP)
        return f"{minus if whole < 0 else ''}£{abs(whole):,}"
    if isinstance(value, Decimal) and unit is None:
        return f"{(value * 100).quantize(Decimal('0.1'), ROUND_HALF_UP):,}%".replace("-", minus)
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}".replace("-", minus)
    return f"{value:,}".replace("-", minus) if isinstance(value, int) else str(value)


def test_every_figure_on_every_page_is_the_one_in_its_mart(
    pages: dict[str, html.HtmlElement], marts: duckdb.DuckDBPyConnection
) -> None:
    wrong, seen = figures_against(pages, marts)
    assert wrong == []
    assert seen > 1_000


def figures_against(
    pages: Mapping[str, html.HtmlElement], marts: duckdb.DuckDBPyConnection
) -> tuple[list[tuple[object, ...]], int]:
    """Return the figures that are not those of their marts, and how many were looked at."""
    rows: dict[tuple[str, str], dict[str, object]] = {}
    wrong: list[tuple[object, ...]] = []
    seen = 0
    for name, page in pages.items():
        for each in page.iterfind(".//data[@data-from]"):
            mart, key, column = each.get("data-from").split("/")
            if (mart, key) not in rows:
                (key_column, *_) = marts.table(f"marts.{mart}").columns
                asked = marts.execute(f"select * from marts.{mart} where cast({key_column} as varchar) = ?", [key])  # noqa: S608 - names of the page
                (found,) = asked.fetchall()
                rows[mart, key] = dict(zip([column[0] for column in asked.description], found, strict=True))
            row = rows[mart, key]
            unit = str(row["unit"]) if column in _IN_UNITS_OF_THEIR_OWN else None
            if each.text_content() not in as_said(row[column], column, unit).split("|"):
                wrong.append((name, mart, column, each.text_content(), row[column]))
            seen += 1
    return wrong, seen


def test_no_pound_is_written_that_does_not_name_where_it_is_from(pages: dict[str, html.HtmlElement]) -> None:
    for name, page in pages.items():
        if name.startswith(("table-", "dictionary")):  # they quote descriptions
            continue
        for each in page.findall(".//data"):
            each.getparent().remove(each) if each.tail is None else each.clear(keep_tail=True)
        assert re.findall(r"£\s?\d", page.find("body").text_content()) == [], name


def test_the_overview_is_the_report_s_table_1_with_what_it_left_out(site: Path) -> None:
    table = html.parse(site / "index.html").getroot().find(".//table")
    rows = [[cell.text_content().strip() for cell in row] for row in table.iterfind(".//tbody/tr")]
    assert [row[:6] for row in rows] == [
        ["Adults & Housing", "£6,582,000", "£3,027,000", "£500,000", "£0", "£3,055,000"],
        ["Children's", "£1,870,000", "£1,870,000", "£0", "£0", "£0"],
        ["Place", "£2,393,000", "£510,500", "£1,604,000", "£0", "£278,500"],
        ["Total", "£10,845,000", "£5,407,500", "£2,104,000", "£0", "£3,333,500"],
    ]


def test_the_budget_gap_is_drawn_down_to_what_is_unidentified(site: Path) -> None:
    """Of a range the least is drawn, so what is left is the most that may be unidentified."""
    page = html.parse(site / "budget-gap.html").getroot()
    assert page.find(".//figure//h2").text_content() == (
        "Up to £28,000,000 of a gap of £36,000,000 in 2022/23 is unidentified"
    )
    drawn = page.find(".//figure//img").get("alt")
    assert "Budget gap: £36,000,000. Cost avoidance: not stated." in drawn
    assert drawn.endswith("Transformation: £8,000,000. Unidentified: £28,000,000.")


def test_each_amount_of_a_line_leads_to_its_cell_and_file(site: Path, marts: duckdb.DuckDBPyConnection) -> None:
    page = html.parse(site / "line-ah-21-001-2021-22.html").getroot()
    cells = {row[0].text_content().strip(): row[2].text_content().strip() for row in page.iterfind(".//tbody/tr")}
    sheet, plan, projected, sha256 = marts.execute(
        "select source_sheet, baseline_gbp_cell, projected_gbp_cell, file_sha256 from marts.rpt_line_detail "
        "where saving_ref = 'AH-21-001'"
    ).fetchone()
    assert (cells["Plan"], cells["Projected"]) == (f"{sheet}!{plan}", f"{sheet}!{projected}")
    assert cells["Unexplained"] == "Worked out from the others"
    assert sha256 in page.text_content()


def test_the_file_behind_each_table_has_the_rows_of_its_mart(
    site: Path, pages: dict[str, html.HtmlElement], marts: duckdb.DuckDBPyConnection
) -> None:
    files = {link.get("href") for page in pages.values() for link in page.iterfind(".//a[@download]")}
    assert files == {f"data/{path.name}" for path in (site / "data").iterdir()}
    written = list(csv.DictReader(io.StringIO((site / "data" / "table-1.csv").read_bytes().decode(), newline="")))
    asked = marts.execute("select * from marts.rpt_cabinet_table_1 order by is_total, directorate_name")
    columns = [column[0] for column in asked.description]
    assert list(written[0]) == columns
    assert [[row[column] for column in columns] for row in written] == [
        [str(value).lower() if isinstance(value, bool) else str(value) for value in row] for row in asked.fetchall()
    ]


def test_every_page_says_its_release_and_the_day_of_its_data(pages: dict[str, html.HtmlElement], release: Path) -> None:
    for name, page in pages.items():
        said = " ".join(page.find(".//main").text_content().split())
        assert f"Data as at 30 September 2021. Release {release.name}." in said, name


def test_every_link_leads_somewhere_and_every_page_is_reached(site: Path, pages: dict[str, html.HtmlElement]) -> None:
    reached, waiting = set(), ["index"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        anchors = set(pages[name].xpath("//@id"))
        for href in pages[name].xpath("//a/@href | //img/@src | //source/@srcset | //link/@href | //script/@src"):
            target, _, anchor = href.partition("#")
            assert not target or (site / target).is_file(), (name, href)
            assert not anchor or anchor in anchors, (name, href)
            if target.endswith(".html") and Path(target).stem not in reached:
                waiting.append(Path(target).stem)
    assert reached == set(pages)


def test_the_same_release_gives_the_same_bytes(release: Path, tmp_path: Path) -> None:
    shutil.copy(release / "savings.duckdb", tmp_path)
    write_site(tmp_path)
    again = {path.relative_to(tmp_path / "site"): path.read_bytes() for path in _files(tmp_path / "site")}
    assert again == {path.relative_to(release / "site"): path.read_bytes() for path in _files(release / "site")}


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def test_the_manifest_has_every_file_of_the_site(release: Path, site: Path) -> None:
    listed = json.loads((release / "manifest.json").read_bytes())["files"]
    found = {f"site/{path.relative_to(site).as_posix()}": path.read_bytes() for path in _files(site)}
    assert found.keys() == {name for name in listed if name.startswith("site/")}
    assert [name for name, data in found.items() if hashlib.sha256(data).hexdigest() != listed[name]] == []


def test_charts_use_the_government_analysis_function_s_colours() -> None:
    assert CATEGORICAL == ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")


@pytest.fixture(scope="module", params=WIDTHS, ids="{}px".format)
def shown(request: pytest.FixtureRequest, browser: Browser, site: Path) -> Iterator[dict[str, Page]]:
    """One of each kind of page, opened from its folder as a double click does."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    yield {name: _opened(context, site / f"{name}.html") for name in KINDS}
    context.close()


def _opened(context: BrowserContext, path: Path) -> Page:
    page = context.new_page()
    page.on("request", lambda request: _stays_here(request.url, path))
    page.goto(path.as_uri())
    return page


def _stays_here(url: str, path: Path) -> None:
    assert url.startswith(path.parent.as_uri()), url


@needs_browser
def test_every_kind_of_page_is_looked_at(pages: dict[str, html.HtmlElement]) -> None:
    kinds = {re.sub(r"^(directorate|line|table)-.*", r"\1", name) for name in pages}
    assert kinds == {re.sub(r"^(directorate|line|table)-.*", r"\1", name) for name in KINDS}


@needs_browser
def test_axe_finds_nothing_on_any_kind_of_page_unfolded(shown: dict[str, Page]) -> None:
    found = {}
    for name, page in shown.items():
        unfold(page)
        found[name] = violations(page)
    assert found == {name: [] for name in shown}


@needs_browser
def test_a_screen_reader_hears_tables_where_they_are_laid_out_as_cards(shown: dict[str, Page]) -> None:
    assert {name: tables_lost(page) for name, page in shown.items()} == {name: {} for name in shown}


@needs_browser
def test_styles_and_pictures_are_there_and_nothing_is_wider_than_the_page(shown: dict[str, Page]) -> None:
    for name, page in shown.items():
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith("arial"), name
        drawn = page.evaluate("[...document.images].map(image => image.naturalWidth > 0 && image.alt.length > 20)")
        assert all(drawn), name
        assert not is_too_wide(page), name
        assert broken_words(page) == [], name


@needs_browser
def test_the_search_among_lines_works_from_a_folder(shown: dict[str, Page]) -> None:
    page = shown["lines"]
    rows = page.locator("main table tbody tr:visible")
    everything = rows.count()
    page.get_by_label("Search by").fill("adults residential")
    assert 0 < rows.count() < everything
    assert page.get_by_role("status").inner_text() == f"{rows.count()} of {everything} rows"
    assert "Fewer long-stay residential beds" in rows.first.inner_text()
    page.get_by_label("Search by").fill("")
    assert rows.count() == everything


# Pages on which the keyboard reaches something that the others do not have: a chart's figures, a search field.
_WITH_CONTROLS = ("index", "deferrals", "lines", "dictionary")


_SAID = "each.href ?? (each.innerText || each.id)"
_STYLE = "(({boxShadow, outlineStyle}) => [boxShadow, outlineStyle])(getComputedStyle(document.activeElement))"


@needs_browser
def test_everything_is_reached_by_keyboard_in_its_order_and_is_seen_to_be(shown: dict[str, Page]) -> None:
    for name in _WITH_CONTROLS:
        page = shown[name]
        page.reload()
        wanted = page.evaluate(
            "[...document.querySelectorAll('a[href], summary, input')].filter(each => each.checkVisibility())"
            f".map(each => {_SAID})"
        )
        assert wanted[0].endswith("#main"), "the first leads past the head of the page"
        reached = []
        for _ in wanted:
            page.keyboard.press("Tab")
            reached.append(page.evaluate(f"(each => {_SAID})(document.activeElement)"))
            assert page.evaluate(_STYLE) != ["none", "none"], (name, reached[-1])
        assert reached == wanted, name


@needs_browser
def test_the_figures_of_a_chart_open_and_close_by_keyboard(shown: dict[str, Page]) -> None:
    page = shown["deferrals"]
    page.reload()
    details = page.locator("details").first
    details.locator("summary").focus()
    seen = [details.locator("table").is_visible()]
    for key in ("Enter", "Space"):
        page.keyboard.press(key)
        seen.append(details.locator("table").is_visible())
    assert seen == [False, True, False]


@needs_browser
@pytest.mark.needs(POPPLER)
def test_a_printed_page_has_its_figures_its_release_and_no_navigation(
    shown: dict[str, Page], tmp_path: Path, release: Path
) -> None:
    page = shown["index"]
    page.emulate_media(media="print")
    try:
        assert not page.locator(".site-menu").is_visible()
        assert not page.locator(".govuk-skip-link").is_visible()
        assert page.evaluate("[...document.images].every(each => each.getBoundingClientRect().right <= innerWidth)")
    finally:
        page.emulate_media(media="screen")
    page.pdf(path=tmp_path / "index.pdf", format="A4")
    command = ["pdftotext", "-layout", tmp_path / "index.pdf", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert text.count("\f") <= 3
    assert f"Release {release.name}" in text
    assert {"£10,845,000", "£5,407,500", "£2,104,000", "£3,333,500"} <= set(text.split())


def test_no_name_in_a_chart_is_cut(site: Path) -> None:
    pictures = sorted((site / "pictures").glob("*.svg"))
    assert len(pictures) > 10
    assert [path.name for path in pictures if "…" in path.read_text("utf-8")] == []


def test_a_long_name_goes_on_in_the_line_below() -> None:
    name = "Corporate Development and Customer Services, 2021/22 to 2022/23"
    for width in (WIDE, NARROW):
        drawn = svg(bars([Bar(name, Decimal(0), Decimal(5), "£5")], width))
        assert "…" not in drawn
        assert all(word in drawn for word in name.replace(",", "").split())


@needs_browser
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_value_beside_a_bar_is_whole_beside_long_names_and_long_bars(browser: Browser, width: int) -> None:
    amounts = {"Income generation": 136_000_000, "Transformation": 8_000_000}
    drawn = [Bar(name, Decimal(0), Decimal(amount), f"£{amount:,}") for name, amount in amounts.items()]
    page = browser.new_page()
    page.set_content(svg(bars([*drawn, Bar("Savings", Decimal(0), Decimal(130_000_000), "not yet reported")], width)))
    ends = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(each => each.getBoundingClientRect().right"
        " - document.querySelector('svg').getBoundingClientRect().right)"
    )
    page.close()
    assert len(ends) >= 6
    assert max(ends) <= 0
