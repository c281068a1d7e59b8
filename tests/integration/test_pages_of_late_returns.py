"""The pages on returns that are late, missing or sent again (issue 14.3, ruling G4).

They name whose figures are not those of the period, and who has not reported; they say who sent in time and right the
first time, and what changed since the period before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from lxml import html

from dbt_project.inputs import Inputs
from publishing import reader
from publishing.councils.pages import write_council_pages
from publishing.councils.standing import Brought, Council, Standing, State
from publishing.manifest import Manifest
from publishing.report.content import content
from publishing.site.figures import Facts
from publishing.site.pages.notes import notes
from publishing.site.pages.overview import TABLE_1, table_1
from publishing.site.site import write_site
from tests.released import MADE_AT, released
from tests.report_returns import lines_of, the_council

AS_AT = date(2021, 10, 31)
CARRIED = "Children's did not report for P07; its figures are those of P06."
RESTATED = "Children's has restated figures that it reported before."
MISSING = "Place has not reported for 2021/22 yet."


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, parsed_manifest: Path) -> Path:
    """Of three directorates one sent P07, without a line; one P06 alone, late and restated; one nothing."""
    scenario, first = the_council(), lines_of("AH")[0]
    later = [{**first, "projected_gbp": first["projected_gbp"] + 100_000}, *lines_of("AH")[1:-1]]
    for directorate, period, day, lines, return_type in (
        ("AH", "P06", "2021-10-12", lines_of("AH"), "Initial"),
        ("CH", "P06", "2021-10-18", lines_of("CH"), "Initial"),
        ("CH", "P06", "2021-10-20", lines_of("CH"), "Restatement"),
        ("AH", "P07", "2021-11-12", later, "Initial"),
    ):
        scenario.send(
            directorate, "2021/22", period, lines, received_at=datetime.fromisoformat(day), return_type=return_type
        )
    folder = released(scenario, tmp_path_factory.mktemp("release"), parsed_manifest, AS_AT)
    write_site(folder)
    return folder


@pytest.fixture(scope="module")
def said(release: Path) -> Callable[[str], str]:
    """Return what a page says, in one line."""

    def text(name: str) -> str:
        main = html.parse(release / "site" / f"{name}.html").getroot().find(".//main")
        return " ".join(main.text_content().split())

    return text


def test_the_first_page_names_each_directorate_whose_figures_are_not_of_the_period(said: Callable[[str], str]) -> None:
    page = said("index")
    lines = "Adults & Housing has lines with the figures of an earlier return."
    assert f"{lines} {CARRIED} {RESTATED} {MISSING}" in page
    assert page.index(CARRIED) < page.index("Table 1")


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("ch", CARRIED),
        ("pl", "£2,393,000 is planned for 2021/22. The directorate has not reported for P07 yet."),
        ("ah", "has lines with the figures of an earlier return."),
    ],
)
def test_the_page_of_a_directorate_says_it_of_that_one_alone(said: Callable[[str], str], code: str, note: str) -> None:
    page = said(f"directorate-{code}")
    assert note in page
    assert [each for each in (CARRIED, MISSING) if each != note and each in page] == []


def test_lines_are_as_reported_for_the_period_that_they_were_reported_for(said: Callable[[str], str]) -> None:
    carried, own = said("line-ch-21-001-2021-22"), said("line-ah-21-001-2021-22")
    assert "Carried into P07: the figures are those that were reported for P06." in carried
    assert "Amounts as reported for 2021/22 P06" in carried
    assert "Amounts as reported for 2021/22 P07" in own
    assert "Carried" not in own


@pytest.mark.parametrize("name", ["lines", "directorate-ah"])
def test_a_list_of_lines_says_for_each_which_period_it_was_reported_for(release: Path, name: str) -> None:
    (table,) = [
        each
        for each in html.parse(release / "site" / f"{name}.html").getroot().iterfind(".//table")
        if each.find("caption").text_content().startswith("Lines ")
    ]
    periods = {row[0].text_content().strip(): row[-1].text_content().strip() for row in table.iterfind("tbody/tr")}
    assert (periods["AH-21-001"], periods["AH-21-005"]) == ("2021/22 P07", "2021/22 P06")
    assert periods.get("CH-21-001") in (None, "2021/22 P06")


def test_no_page_says_of_a_carried_line_that_it_was_reported_for_the_latest_period(release: Path) -> None:
    with reader.connect(release) as connection:
        rows = "select lower(saving_ref) from marts.rpt_line_detail where is_carried_forward"
        carried = [reference for (reference,) in connection.execute(rows).fetchall()]
    pages = [(release / "site" / f"line-{reference}-2021-22.html").read_text("utf-8") for reference in carried]
    assert len(pages) == 4
    assert [page for page in pages if re.search("as reported for 2021/22 P07", page)] == []


def test_the_report_has_the_sentences_of_the_pages(release: Path) -> None:
    with reader.connect(release) as connection:
        facts = Facts(connection)
        latest = facts.period
        assert latest is not None
        found = [str(each) for each in notes(facts, table_1(facts, latest), latest)]
    assert found == ["Adults & Housing has lines with the figures of an earlier return.", CARRIED, RESTATED, MISSING]
    # Its printed figures are of P06, in which nothing is carried.
    assert [row["text"] for row in content(release, "CAB-2021-11-08").tables["notes"]] == [RESTATED, MISSING]


def test_the_first_page_says_what_changed_since_the_period_before_and_leads_to_it(release: Path) -> None:
    page = html.parse(release / "site" / "index.html").getroot()
    (item,) = [each for each in page.iterfind(".//main//li") if each.find(".//a[@href='changes.html']") is not None]
    said = " ".join(item.itertext()).split()
    wanted = "£4,897,000 was projected at P06, £4,997,000 at P07. 1 saving projects another amount."
    assert said == ["What", "changed", "since", "P06", *wanted.split()]


def test_the_page_of_returns_says_who_sent_in_time_and_right_the_first_time(release: Path) -> None:
    page = html.parse(release / "site" / "returns.html").getroot()
    text = " ".join(page.find(".//main").text_content().split())
    assert (
        "Of 6 returns for 2021/22 so far, 2 came in time, 1 late, and 3 have not come yet. Right the first time: 3."
        in text
    )
    (table,) = [each for each in page.iterfind(".//table") if "in time" in each.find("caption").text_content()]
    rows = [[cell.text_content().strip() for cell in row] for row in table.iterfind("tbody/tr")]
    assert [[row[0], row[1], row[2], row[4], row[5]] for row in rows] == [
        ["P07", "Adults & Housing", "In time", "12 November 2021", "Yes"],
        ["P07", "Children's", "Not sent yet", "none", "none"],
        ["P07", "Place", "Not sent yet", "none", "none"],
        ["P06", "Adults & Housing", "In time", "12 October 2021", "Yes"],
        ["P06", "Children's", "Late", "18 October 2021", "Yes"],
        ["P06", "Place", "Not sent yet", "none", "none"],
    ]


def test_the_pages_of_several_councils_name_the_same(release: Path, tmp_path: Path) -> None:
    """Ruling G4."""
    inputs = Inputs("", "", "", "")
    manifest = Manifest("R1", "", "", MADE_AT, AS_AT, inputs, {}, (), (), {}, {}, council="Dorset")
    brought = Brought("DOR", release, manifest, {TABLE_1: {}})
    standing = Standing(Council("dorset", None, "DOR"), State.JOINED, brought=brought)
    write_council_pages(tmp_path, "J1", [standing], brought)
    (row,) = html.parse(tmp_path / "site" / "index.html").iterfind(".//tbody/tr")
    assert row[3].text_content().strip() == "2021/22 P07, not all reported"
    page = html.parse(tmp_path / "site" / "council-dor.html").getroot()
    assert f"{CARRIED} {RESTATED} {MISSING}" in page.find(".//p[@class='govuk-inset-text']").text_content()
