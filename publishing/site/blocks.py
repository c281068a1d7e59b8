"""What a page is made of: tables, charts, paragraphs, lists, in the order in which they are read.

Here belong the shapes that the templates lay out. Not here: what they say (``pages``), and how a chart is
drawn (``charts``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from publishing.plain_text import as_csv
from publishing.site.figures import OF_THE_ROW, Figure, Record, Sentence
from publishing.site.shown import heading
from sources.receipts.receipt_words import printable

# What opens the table of a chart.
FOLDED = "Show the figures of this chart"


class Words:
    """Words with `names` in them, and **what matters most**."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text

    def __html__(self) -> str:
        marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(printable(self._text))))
        return Markup(re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", marked))  # noqa: S704 - escaped above


Text = str | Sentence | Figure | Words


@dataclass(frozen=True)
class Link:
    """A link to another page of the site."""

    href: str
    text: Text


@dataclass(frozen=True)
class Tag:
    """A word with a colour that says nothing that the word does not."""

    text: str
    tone: str = "grey"


Cell = Text | Link | Tag


@dataclass(frozen=True)
class Table:
    """A table with the file behind it.

    Attributes:
        caption: What it shows.
        headings: Of its columns.
        numeric: Which columns are set to the right.
        rows: Its cells; the first of each row is its heading.
        totals: How many of the last rows are totals.
        csv: The same rows with all columns of the mart; empty for a table without figures.
        name: Of the file, without its ending.
        folded: What opens the table; empty for one that is open.
    """

    caption: Text
    headings: Sequence[str]
    numeric: frozenset[int]
    rows: Sequence[Sequence[Cell]]
    totals: int = 0
    csv: str = ""
    name: str = ""
    folded: str = ""
    kind: str = field(default="table", init=False)


@dataclass(frozen=True)
class Chart:
    """A picture, drawn for a wide and for a narrow page.

    Attributes:
        finding: What it shows, in a sentence: its title.
        about: What is drawn, in a line under the title.
        alt: The picture in words, for who does not see it.
        name: Of its files, without their endings.
        specification: Draws it at a width, in Vega-Lite.
    """

    finding: Text
    about: str
    alt: str
    name: str
    specification: Callable[[int], dict[str, Any]]
    kind: str = field(default="chart", init=False)


@dataclass(frozen=True)
class Heading:
    """A heading within a page."""

    text: str
    anchor: str
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``is_inset`` sets it off."""

    text: Text
    is_inset: bool = False
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    sentences: Sequence[Text]
    kind: str = field(default="bullets", init=False)


@dataclass(frozen=True)
class Code:
    """A query as it is typed, line by line; ``label`` names it for who hears the page."""

    lines: Sequence[str]
    label: str
    kind: str = field(default="code", init=False)


@dataclass(frozen=True)
class Summary:
    """Labels and values."""

    pairs: Sequence[tuple[str, Cell]]
    kind: str = field(default="summary", init=False)


@dataclass(frozen=True)
class Headline:
    """The few figures that matter most, large."""

    figures: Sequence[tuple[Figure, str]]
    kind: str = field(default="headline", init=False)


@dataclass(frozen=True)
class Links:
    """A list of pages."""

    links: Sequence[tuple[Link, Text]]
    kind: str = field(default="links", init=False)


@dataclass(frozen=True)
class Search:
    """A field that filters the table after it, where the browser runs scripts."""

    label: str
    kind: str = field(default="search", init=False)


Block = Table | Chart | Heading | Paragraph | Bullets | Code | Summary | Headline | Links | Search


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        name: Of its file, without its ending.
        title: Its heading.
        lead: What it says, in a sentence or two.
        blocks: What follows.
        parent: The page above it, for the way back.
    """

    name: str
    title: str
    lead: Text
    blocks: Sequence[Block]
    parent: Link | None = None

    @property
    def href(self) -> str:
        """Where it is."""
        return f"{self.name}.html"


def table_of(
    records: Sequence[Record],
    columns: Sequence[str],
    caption: Text,
    name: str,
    *,
    headings: Mapping[str, str] | None = None,
    cells: Mapping[str, Callable[[Record], Cell]] | None = None,
    is_total: Callable[[Record], bool] = lambda record: False,
    folded: str = "",
) -> Table:
    """Return records of one mart as a table: totals last, each figure with its origin.

    Args:
        records: At least one, all of one mart.
        columns: Which to show.
        caption: What the table shows.
        name: Of the file behind it.
        headings: Of columns that have other words here.
        cells: How to show a column that is no plain value.
        is_total: Says which records are totals.
        folded: What opens the table; empty for one that is open.
    """
    ordered = sorted(records, key=is_total)
    said, special = headings or {}, cells or {}
    return Table(
        caption=caption,
        headings=[said.get(column, heading(column)) for column in columns],
        numeric=frozenset(
            number for number, column in enumerate(columns) if _is_number(ordered, column) and column not in special
        ),
        rows=[
            [special[column](record) if column in special else record.figure(column) for column in columns]
            for record in ordered
        ],
        totals=sum(is_total(record) for record in ordered),
        csv=as_csv(list(ordered[0].units), [list(record.values.values()) for record in ordered]),
        name=name,
        folded=folded,
    )


def _is_number(records: Sequence[Record], column: str) -> bool:
    return records[0].units[column] in ("pounds", "count", "ratio", "months", OF_THE_ROW)
