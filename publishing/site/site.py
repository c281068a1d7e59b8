"""Writing the site of a release: pages, pictures, the files behind the tables.

Here belongs which pages there are and how they become files. Not here: what they say (``pages``), how they
look (``templates``, ``assets``). The same release gives the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from publishing import reader
from publishing.in_force import SITE
from publishing.site import charts
from publishing.site.blocks import Chart, Link, Page, Table
from publishing.site.figures import Facts
from publishing.site.pages import (
    about,
    asked,
    budget_gap,
    changes,
    directorates,
    lines,
    overview,
    programme,
    quality,
    returns,
)
from publishing.site.pictures import PICTURES, Pictures
from publishing.site.shown import day
from sources.receipts.receipt_words import printable

DATA, ASSETS = "data", "assets"
_HERE = Path(__file__).parent
_ALL_DRAWN = Pictures()


def write_site(release: Path, pictures: Pictures = _ALL_DRAWN) -> None:
    """Write ``site/`` into a release's folder, from the database that lies there.

    Args:
        release: The folder, with its database already written.
        pictures: Where its pictures come from.
    """
    with reader.connect(release) as connection:
        facts = Facts(connection)
        write_pages(release, list(_pages(facts)), facts.release["release_id"], _as_at(facts), _name(facts), pictures)


def write_pages(
    release: Path, pages: Sequence[Page], release_id: str, as_at: str, name: str, pictures: Pictures = _ALL_DRAWN
) -> None:
    """Write pages, what they are drawn with, and the files behind them into ``site/`` of a release's folder.

    Args:
        release: The folder.
        pages: The pages.
        release_id: The release that they say they are of.
        as_at: The day of their figures, in words.
        name: What all of them together are called.
        pictures: Where their pictures come from.
    """
    folder = release / SITE
    for below in (DATA, PICTURES):
        (folder / below).mkdir(parents=True)
    shutil.copytree(_HERE / "assets", folder / ASSETS, ignore=shutil.ignore_patterns("README.md", "*.scss"))
    shared = {"menu": _menu(pages), "day": day, "release_id": release_id, "as_at": as_at, "name": name}
    for page in pages:
        _write(folder, page, shared, pictures)


def _pages(facts: Facts) -> Iterator[Page]:
    yield overview.page(facts)
    yield changes.page(facts)
    yield from directorates.pages(facts)
    yield programme.projects(facts)
    yield programme.deferrals(facts)
    yield programme.forecasts(facts)
    yield programme.themes(facts)
    yield programme.fund(facts)
    yield budget_gap.page(facts)
    yield programme.risks(facts)
    yield returns.page(facts)
    yield quality.claims(facts)
    yield quality.checks(facts)
    yield from lines.pages(facts)
    yield from asked.asked(facts)
    yield from about.dictionary(facts)
    yield about.about(facts)


def _menu(pages: Sequence[Page]) -> list[Link]:
    """Return the pages that every page leads to: those that are below no other."""
    return [
        Link(page.href, "Overview" if page.name == "index" else page.title) for page in pages if page.parent is None
    ]


def _name(facts: Facts) -> str:
    return f"{facts.council}: savings" if facts.release["council_name"] else facts.council


def _as_at(facts: Facts) -> str:
    as_at = facts.release["data_as_at"]
    return day(as_at) if as_at else "no return is accepted yet"


def _write(folder: Path, page: Page, shared: dict[str, object], pictures: Pictures) -> None:
    html = _environment().get_template("page.html").render(page=page, **shared)
    (folder / page.href).write_text(html, encoding="utf-8", newline="\n")
    for block in page.blocks:
        if isinstance(block, Chart):
            for width, ending in ((charts.WIDE, "wide"), (charts.NARROW, "narrow")):
                file = f"{block.name}-{ending}.svg"
                drawn = pictures.svg(file, block.specification(width))
                (folder / PICTURES / file).write_text(drawn, encoding="utf-8", newline="\n")
        if isinstance(block, Table) and block.csv:
            (folder / DATA / f"{block.name}.csv").write_text(block.csv, encoding="utf-8", newline="")


@cache
def _environment() -> Environment:
    # What was typed into a cell or a file name is shown, never run: as mark-up or by eye.
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if hasattr(value, "__html__") else printable(value),
        trim_blocks=True,
        lstrip_blocks=True,
    )
