"""Whether a page is well made: an independent look at its mark-up, with the standard library's parser.

Here belongs what every page of ours is held to: balanced elements, landmarks, headings in order,
tables that a screen reader can read, and nothing that runs or is fetched. Not here: what a page says.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_VOID = frozenset({"meta", "br", "hr"})
_NEVER = frozenset({"script", "iframe", "img", "link", "object", "embed", "form", "base", "svg"})
_HEADINGS = ("h1", "h2", "h3")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
        else:
            self.open.pop()


def text_of(page: str) -> str:
    """Return what is read of a page, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.split("</style>")[1])).split())


def problems_of(page: str) -> list[str]:
    """Return what is wrong with a page's structure, in sentences."""
    parser = _Page()
    parser.feed(page)
    parser.close()
    return [*parser.problems, *(f"<{tag}> is left open" for tag in parser.open), *_structure(parser), *_outside(parser)]


def _structure(page: _Page) -> list[str]:
    problems = []
    counts = {tag: sum(name == tag for name, *_ in page.elements) for tag in ("html", "main", "header", "h1", "title")}
    problems += [f"there are {count} <{tag}>" for tag, count in counts.items() if count != 1]
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    problems += [f"id {each} is there twice" for each in ids if ids.count(each) > 1]
    tables = captions = 0
    level = 0
    for tag, attributes, inside in page.elements:
        tables += tag == "table"
        captions += tag == "caption"
        if tag == "html" and not attributes.get("lang"):
            problems.append("the page has no language")
        if tag == "th" and attributes.get("scope") not in ("col", "row"):
            problems.append("a <th> has no scope")
        if tag == "section" and attributes.get("aria-labelledby") not in ids:
            problems.append("a <section> is named by nothing")
        if tag in _HEADINGS:
            problems += [f"<{tag}> skips a level"] if _HEADINGS.index(tag) > level else []
            level = _HEADINGS.index(tag) + 1
        if tag in ("table", "section") and "main" not in inside:
            problems.append(f"a <{tag}> is outside <main>")
    return [*problems, *(["a table has no caption"] if tables != captions else [])]


def _outside(page: _Page) -> list[str]:
    """Name what would run, or be fetched from elsewhere."""
    problems = [f"there is a <{tag}>" for tag, *_ in page.elements if tag in _NEVER]
    for tag, attributes, _ in page.elements:
        problems += [f"<{tag}> has {name}" for name in attributes if name.startswith("on") or name in ("src", "style")]
        target = attributes.get("href") or ""
        if ":" in target or target.startswith("/"):
            problems.append(f"a link leads to {target}")
    policies = [
        attributes.get("content")
        for tag, attributes, _ in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    if len(policies) != 1 or not str(policies[0]).startswith("default-src 'none'"):
        problems.append("no policy forbids what is outside")
    return problems
