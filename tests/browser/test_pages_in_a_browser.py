"""Every page that a sender reads, in Chromium: readable on a phone, by keyboard, by screen reader and on paper.

Ruling A7, and WCAG 2.2 AA as far as a machine can see it.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import MISTAKES, Opened
from tests.browser.looks import broken_words, is_too_wide, roles, tables_lost, violations
from tests.edited_returns import at
from tests.programs import CHROMIUM

pytestmark = pytest.mark.needs(CHROMIUM)


def test_a_screen_reader_hears_tables_where_they_are_laid_out_as_cards(pages: list[Opened]) -> None:
    assert {each.name: tables_lost(each.page) for each in pages} == {each.name: {} for each in pages}
    assert sum(roles(each.page)["rowheader"] for each in pages) > 10


def test_axe_finds_nothing_on_any_page(pages: list[Opened]) -> None:
    assert {each.name: violations(each.page) for each in pages} == {each.name: [] for each in pages}


def test_each_mistake_is_shown_at_its_own_cell(pages: list[Opened]) -> None:
    (blocked,) = [each for each in pages if each.name == "PL/receipts/000005_no-period.html"]
    shown = {
        f"{points.locator('xpath=preceding-sibling::h3[1]').inner_text()}!{cell}"
        for points in blocked.page.locator(".points").all()
        for cell in points.locator(".place b").all_inner_texts()
    }
    made = {at("Return", each.partition("!")[2]) if each.startswith("Return") else each for each in MISTAKES}
    assert made - shown == set()


def test_no_page_has_a_rule_number_a_field_name_or_a_computer_s_date(pages: list[Opened]) -> None:
    for each in pages:
        told = each.page.inner_text("body").split("SHA-256 of the file")[0]
        for name in re.findall(r"\bTRR_\S+", told):
            told = told.replace(name, "")
        assert re.findall(r"\bD\d\d\b|[a-z]+_[a-z_]+|\b\d{4}-\d\d-\d\d\b", told) == [], each.name


def test_no_page_asks_for_anything_but_itself(pages: list[Opened]) -> None:
    assert [each.asked for each in pages] == [[each.path.as_uri()] for each in pages]


def test_no_page_scrolls_sideways_and_no_word_is_broken(pages: list[Opened]) -> None:
    for each in pages:
        assert not is_too_wide(each.page), each.name
        assert broken_words(each.page) == [], each.name


def test_every_link_is_reached_by_keyboard_and_is_seen_to_be(pages: list[Opened]) -> None:
    found = []
    for each in pages:
        links = each.page.evaluate("[...document.links].map(link => link.href)")
        reached = []
        for _ in links:
            each.page.keyboard.press("Tab")
            reached.append(each.page.evaluate("document.activeElement.href"))
            assert each.page.evaluate("getComputedStyle(document.activeElement).boxShadow") != "none"
        assert reached == links, each.name
        found += links
    assert found


def test_a_receipt_prints_on_few_pages(pages: list[Opened]) -> None:
    sheets = {each.name: len(re.findall(rb"/Type\s*/Page\b", each.page.pdf(format="A4"))) for each in pages}
    assert min(sheets.values()) > 0
    assert {name: number for name, number in sheets.items() if number > 2} == {}


def test_the_looks_see_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1 style='width: 1em; overflow-wrap: anywhere; color: #ccc'>Entered</h1><table><td>1")
    assert broken_words(page) == ["Entered"]
    found = {said.partition(":")[0] for said in violations(page)}
    assert {"color-contrast", "html-has-lang", "document-title"} <= found
    page.close()
