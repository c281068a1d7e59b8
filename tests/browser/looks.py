"""How a page is looked at in a browser: by axe, for words that are cut in two, as a screen reader hears its tables.

Here belongs what is looked for, whatever the page. Not here: which pages (the tests).
"""

from __future__ import annotations

from collections import Counter

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What passes is not told element by element: that takes as long as looking.
_AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Fifty tables of checks are one kind of table, fifty times.
_MOST_OPENED = 6
# The words that are laid out on more than one line. A long file name or hash may be.
_BROKEN_WORDS = """() => {
    const broken = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        for (const word of walker.currentNode.data.matchAll(/[^\\s-]+/g)) {
            const range = document.createRange();
            range.setStart(walker.currentNode, word.index);
            range.setEnd(walker.currentNode, word.index + word[0].length);
            const tops = new Set([...range.getClientRects()].map(each => Math.round(each.top)));
            if (word[0].length <= 20 && tops.size > 1) broken.push(word[0]);
        }
    }
    return broken;
}"""
# Chromium's word for each part of a table.
_HEARD = {"table": "table", "tr": "row", "td": "cell", "th[scope=col]": "columnheader", "th[scope=row]": "rowheader"}


def violations(page: Page) -> list[str]:
    """Return what axe finds: the rule, and the element that breaks it."""
    result = Axe().run(page, options=_AXE).response
    assert result["passes"], "axe looked at nothing"
    return [f"{found['id']}: {node['html']}" for found in result["violations"] for node in found["nodes"]]


def unfold(page: Page) -> None:
    """Open what is folded, of many the first."""
    page.evaluate(
        "most => [...document.querySelectorAll('details')].slice(0, most).forEach(each => { each.open = true; })",
        _MOST_OPENED,
    )


def broken_words(page: Page) -> list[str]:
    """Return the words that are laid out on more than one line."""
    found: list[str] = page.evaluate(_BROKEN_WORDS)
    return found


def is_too_wide(page: Page) -> bool:
    """Return whether the page scrolls sideways."""
    assert page.viewport_size is not None
    return bool(page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"])


def roles(page: Page) -> Counter[str]:
    """Return how many elements of each role Chromium hands to screen readers."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return Counter(node["role"]["value"] for node in tree if not node["ignored"])


def tables_lost(page: Page) -> dict[str, tuple[int, int]]:
    """Return the parts of tables that are there more or less often than a screen reader hears them."""
    heard = roles(page)
    there = {selector: page.locator(f"{selector}:visible").count() for selector in _HEARD}
    return {part: (there[part], heard[role]) for part, role in _HEARD.items() if heard[role] != there[part]}
