"""Every page that is written, its styles and its pictures are valid HTML, CSS and SVG, by the W3C's own checker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from sources.home import Home
from tests.nu_checker import complaints
from tests.programs import JAVA, NU_HTML_CHECKER

pytestmark = pytest.mark.needs(JAVA, NU_HTML_CHECKER)


def _written(folder: Path) -> Iterator[Path]:
    for kind in ("html", "css", "svg"):
        yield from sorted(folder.rglob(f"*.{kind}"))


def test_the_site_of_a_release_is_valid_and_so_are_the_pictures_of_the_documentation(first_night: Home) -> None:
    site = list(_written(first_night.current / "site"))
    assert {path.suffix for path in site} == {".html", ".css", ".svg"}
    drawn = list(_written(PROJECT / "docs"))
    assert len(drawn) > 1
    assert complaints([*site, *drawn]) == []


def test_the_desks_and_receipts_are_valid(first_night: Home) -> None:
    assert complaints(_written(first_night.desk)) == []


def test_what_is_not_valid_is_found_with_its_file(tmp_path: Path) -> None:
    broken = {
        "page.html": '<!doctype html>\n<html lang="en"><title>A page</title>\n<h1>A page</h1><img src="a.png">\n',
        "page.css": "h1 {\n colour: red }\n",
        "picture.svg": '<svg xmlns="http://www.w3.org/2000/svg">\n<bar/></svg>\n',
    }
    for name, text in broken.items():
        (tmp_path / name).write_text(text, "utf-8")
    found = complaints(tmp_path / name for name in broken)
    words = {"page.html": "must have an “alt” attribute", "page.css": "“colour”", "picture.svg": "“bar”"}
    for name, said in words.items():
        assert any(each.startswith(name) and said in each for each in found), (name, found)
