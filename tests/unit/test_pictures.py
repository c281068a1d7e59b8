"""The pictures of pages: drawn again only where they show something else, never taken from what was altered."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from publishing.site.pictures import Pictures
from publishing.version import parts_sha256
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.custody.payloads import Published
from sources.home import Home

NAME = "forecast-ah-wide.svg"
PATH = f"site/pictures/{NAME}"
A_CHART: dict[str, Any] = {"mark": "bar", "data": {"values": [{"x": 1.5}]}}
ANOTHER: dict[str, Any] = {"mark": "bar", "data": {"values": [{"x": 2.5}]}}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return what is drawn, as it is."""
    found: list[dict[str, Any]] = []

    def draw(specification: dict[str, Any]) -> str:
        found.append(specification)
        return f"<svg>{len(found)}</svg>"

    monkeypatch.setattr("publishing.site.charts.svg", draw)
    return found


def release_with(home: Home, picture: str, **changed: Any) -> Path:
    """Publish a release that has one picture, as far as its pictures are concerned; return its folder."""
    folder = home.releases / "R000001"
    (folder / PATH).parent.mkdir(parents=True)
    (folder / PATH).write_text(picture, encoding="utf-8")
    files = {PATH: hashlib.sha256(picture.encode()).hexdigest()}
    manifest = json.dumps({"files": files, "parts_sha256": parts_sha256()} | changed).encode()
    (folder / "manifest.json").write_bytes(manifest)
    hashes = dict.fromkeys(("content_sha256", "exact_sha256", "evidence_sha256"), "")
    manifest_sha256 = hashlib.sha256(manifest).hexdigest()
    with Ledger.open(home) as ledger:
        event = Published(release_id=folder.name, **hashes, manifest_sha256=manifest_sha256, inputs={})
        ledger.record(fixed_clock(datetime(2021, 10, 12, tzinfo=UTC)), event)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home.at(tmp_path / "home")
    home.create()
    return home


def pictures_of(home: Home) -> Pictures:
    with Ledger.open(home) as ledger:
        return Pictures.of_last_release(home, ledger)


def test_before_the_first_release_each_picture_is_drawn(home: Home, drawn: list[dict[str, Any]]) -> None:
    assert pictures_of(home).svg(NAME, A_CHART).startswith("<svg>1</svg>\n<!-- ")
    assert drawn == [A_CHART]


def test_a_picture_that_shows_the_same_is_taken_from_the_last_release(home: Home, drawn: list[dict[str, Any]]) -> None:
    picture = Pictures().svg(NAME, A_CHART)
    release_with(home, picture)
    assert pictures_of(home).svg(NAME, A_CHART) == picture
    assert drawn == [A_CHART]


def test_a_picture_that_shows_something_else_is_drawn(home: Home, drawn: list[dict[str, Any]]) -> None:
    release_with(home, Pictures().svg(NAME, A_CHART))
    assert pictures_of(home).svg(NAME, ANOTHER).startswith("<svg>2</svg>")
    assert drawn == [A_CHART, ANOTHER]


def test_a_picture_that_was_altered_or_is_missing_is_drawn(home: Home, drawn: list[dict[str, Any]]) -> None:
    picture = Pictures().svg(NAME, A_CHART)
    folder = release_with(home, picture)
    (folder / PATH).write_text(picture.replace("1", "9"), encoding="utf-8")
    assert pictures_of(home).svg(NAME, A_CHART).startswith("<svg>2</svg>")
    (folder / PATH).unlink()
    assert pictures_of(home).svg(NAME, A_CHART).startswith("<svg>3</svg>")
    assert drawn == [A_CHART] * 3


def test_nothing_is_taken_from_a_release_whose_manifest_was_altered(home: Home, drawn: list[dict[str, Any]]) -> None:
    folder = release_with(home, Pictures().svg(NAME, A_CHART))
    forged = "<svg>forged</svg>\n" + Pictures().svg(NAME, A_CHART).partition("\n")[2]
    (folder / PATH).write_text(forged, encoding="utf-8")
    files = {PATH: hashlib.sha256(forged.encode()).hexdigest()}
    (folder / "manifest.json").write_text(
        json.dumps({"files": files, "parts_sha256": parts_sha256()}), encoding="utf-8"
    )
    assert "forged" not in pictures_of(home).svg(NAME, A_CHART)
    assert drawn == [A_CHART] * 3


def test_nothing_is_taken_from_a_release_that_other_code_wrote(home: Home, drawn: list[dict[str, Any]]) -> None:
    release_with(home, Pictures().svg(NAME, A_CHART), parts_sha256="other code")
    assert pictures_of(home).svg(NAME, A_CHART).startswith("<svg>2</svg>")
    assert drawn == [A_CHART] * 2
