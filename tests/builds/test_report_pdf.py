"""The report's PDF, read by another program than the one that wrote it: what screen readers and archives need is there.

The look is ``tests.pdf_reading``'s. It is no judgement by either standard: no checker of PDF/UA is on a registry.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest

from publishing.report.content import Content, content
from publishing.report.pdf import pdf
from publishing.report.word import word
from sources.home import Home
from tests.pdf_reading import complaints, kind, tags

REPORT = "CAB-2021-11-08"


@pytest.fixture(scope="module")
def said(first_night: Home) -> Content:
    return content(first_night.current.resolve(), REPORT)


@pytest.fixture(scope="module")
def written(said: Content, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    path.write_bytes(pdf(said))
    return path


@pytest.fixture
def document(written: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(written) as opened:
        yield opened


def test_what_screen_readers_and_archives_need_is_there(document: pikepdf.Pdf) -> None:
    assert complaints(document) == []


def test_it_says_its_language_and_its_title(document: pikepdf.Pdf, said: Content) -> None:
    assert str(document.Root.Lang) == "en-GB"
    assert document.open_metadata()["dc:title"] == str(document.docinfo["/Title"]) == said.texts["report_title"]


def test_its_tags_have_the_tables_headings_and_pictures_of_the_word_document(
    document: pikepdf.Pdf, said: Content
) -> None:
    in_word = docx.Document(io.BytesIO(word(said)))
    found = Counter(kind(tag, document) for tag in tags(document))
    assert found["Table"] == len(in_word.tables)
    assert found["TR"] == sum(len(table.rows) for table in in_word.tables)
    assert found["TH"] + found["TD"] == sum(len(table.rows) * len(table.columns) for table in in_word.tables)
    descriptions = [str(tag.Alt) for tag in tags(document) if kind(tag, document) == "Figure"]
    assert descriptions == [chart.alt for chart in said.charts.values()]


def _first(name: str, document: pikepdf.Pdf) -> Any:
    return next(tag for tag in tags(document) if kind(tag, document) == name)


def _without_language(document: pikepdf.Pdf) -> None:
    del document.Root.Lang


def _without_title(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as about:
        del about["dc:title"]


def _without_description(document: pikepdf.Pdf) -> None:
    del _first("Figure", document).Alt


def _with_a_tag_of_its_own(document: pikepdf.Pdf) -> None:
    _first("P", document).S = pikepdf.Name("/Amount")


def _with_a_level_left_out(document: pikepdf.Pdf) -> None:
    _first("H1", document).S = pikepdf.Name("/H2")


def _without_headings(document: pikepdf.Pdf) -> None:
    for tag in tags(document):
        if kind(tag, document) == "TH":
            tag.S = pikepdf.Name("/TD")


def _without_scope(document: pikepdf.Pdf) -> None:
    del _first("TH", document).A


def _with_a_line_nobody_hears(document: pikepdf.Pdf) -> None:
    document.pages[0].contents_add(b"0 0 m 9 9 l S")


def _with_a_part_under_no_tag(document: pikepdf.Pdf) -> None:
    del _first("P", document).K


def _without_its_font(document: pikepdf.Pdf) -> None:
    font = next(iter(document.pages[0].Resources.Font.values()))
    del font.DescendantFonts[0].FontDescriptor.FontFile3


def _without_its_letters(document: pikepdf.Pdf) -> None:
    del next(iter(document.pages[0].Resources.Font.values())).ToUnicode


def _without_its_colours(document: pikepdf.Pdf) -> None:
    del document.Root.OutputIntents


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_without_language, "no language"),
        (_without_title, "no title"),
        (_without_description, "a picture without a description"),
        (_with_a_tag_of_its_own, "a tag that no reader knows: Amount"),
        (_with_a_level_left_out, "headings leave out a level, or there are none"),
        (_without_headings, "a table without headings"),
        (_without_scope, "a heading of a table that is neither a column's nor a row's"),
        (_with_a_line_nobody_hears, "something on a page that no screen reader comes to"),
        (_with_a_part_under_no_tag, "a marked part of a page that is under no tag"),
        (_without_its_font, "is not in the file"),
        (_without_its_letters, "cannot be read out"),
        (_without_its_colours, "no profile of its colours"),
    ],
)
def test_what_is_missing_is_found(document: pikepdf.Pdf, damage: Callable[[pikepdf.Pdf], None], words: str) -> None:
    damage(document)
    assert any(words in said for said in complaints(document))
