"""Whole nights in one home, as its clock goes wrong, is set right, and passes a day on which returns are due.

The home is the oddest that there may be (ruling C10). The nights are told in their order; each test asks about
one of them. The clock is the test's own.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.exit_codes import Exit
from orchestration.load import FullNight, QuietNight, load
from orchestration.printouts.status import status_of
from orchestration.settings import LONGEST_HOME, Settings, load_settings
from publishing import reader
from publishing.verification import verify
from sources.clock import fixed_clock
from sources.custody.clock_check import ClockProblem
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.marker import establish
from sources.custody.payloads import Published
from sources.custody.submission import State
from sources.intake import intake
from sources.intake.adoption import judging_reference
from tests.edited_returns import sample_path
from tests.homes import drop
from tests.html_structure import text_of

# A machine that woke ten years ahead; then it has the right time. P06 was due on 15 October 2021.
YEARS_AHEAD = datetime(2031, 10, 12, 3, 30, tzinfo=UTC)
SET_RIGHT = datetime(2021, 10, 12, 3, 30, tzinfo=UTC)
BEFORE_IT_WAS_DUE = datetime(2021, 10, 15, 3, 30, tzinfo=UTC)
AFTER_IT_WAS_DUE = datetime(2021, 10, 16, 3, 30, tzinfo=UTC)


def night(settings: Settings, at: datetime, *, accepts_clock: bool = False) -> FullNight | QuietNight:
    return load(
        settings,
        history=None,
        is_forced=False,
        clock=fixed_clock(at),
        accepts_clock=accepts_clock,
    )


@dataclass(frozen=True)
class Course:
    """A home after its nights.

    Attributes:
        settings: Where it lies.
        said: What each night said, by its name.
        desks: Adults & Housing's page after each night.
    """

    settings: Settings
    said: dict[str, dict[str, Any]]
    desks: dict[str, str]

    @property
    def ledger(self) -> AbstractContextManager[LedgerView]:
        """Everything that happened."""
        return closing(LedgerView.of(self.settings.home))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Children's sends under the wrong clock, Place once it is right, Adults & Housing nothing."""
    settings = load_settings({"SAVINGS_HOME": str(_oddest_home(tmp_path_factory.mktemp("nights")))})
    home = settings.home
    course = Course(settings, {}, {})

    def lived(name: str, at: datetime, sent: str = "", *, accepts_clock: bool = False) -> None:
        if sent:
            drop(home, sent, "return.xlsx", sample_path(sent).read_bytes())
        done = night(settings, at, accepts_clock=accepts_clock)
        assert done.exit_code is Exit.DONE, done.as_json()
        course.said[name] = done.as_json()
        course.desks[name] = text_of((home.desk / "AH" / "index.html").read_text(encoding="utf-8"))

    _taken_in_years_ahead(settings)
    with pytest.raises(ClockProblem, match=r"last event of this home is of 12/10/2031.*--accept-clock"):
        night(settings, SET_RIGHT)
    lived("set right", SET_RIGHT, "PL", accepts_clock=True)
    lived("before it was due", BEFORE_IT_WAS_DUE)
    lived("after it was due", AFTER_IT_WAS_DUE)
    return course


def _oddest_home(root: Path) -> Path:
    """Return a home as long as one may be, with every kind of character that one may hold (ruling C10)."""
    odd = root / 'it\'s "Städt": ü; $HOME & [b]* }\\'
    return odd / ("x" * (LONGEST_HOME - len(os.fsencode(odd)) - 1))


def _taken_in_years_ahead(settings: Settings) -> None:
    """Let a return of Children's be received and judged under the wrong clock, by a night that came no further."""
    home, clock = settings.home, fixed_clock(YEARS_AHEAD)
    home.create()
    establish(home)
    drop(home, "CH", "return.xlsx", sample_path("CH").read_bytes())
    with Ledger.open(home) as ledger:
        intake.adopt_folder(settings.reference, ledger, clock)
        intake.receive(home, ledger, clock)
        (outcome,) = intake.judge_waiting(home, ledger, judging_reference(ledger), clock)
    assert outcome.submission.state is State.ACCEPTED


def test_a_night_whose_clock_was_set_back_builds_and_publishes_all_that_came(course: Course) -> None:
    """Ruling C9."""
    assert course.said["set right"]["is_new"]
    with reader.connect(course.settings.home.current) as release:
        accepted = release.sql(
            "select directorate_code from marts.fct_submission"
            " join marts.dim_directorate using (directorate_key) order by 1"
        ).fetchall()
        refreshed = release.sql("select refreshed_at from marts.meta_last_refreshed").fetchall()
    assert accepted == [("CH",), ("PL",)]
    assert refreshed == [(SET_RIGHT.replace(tzinfo=None),)]


def test_a_home_of_the_oddest_name_has_a_release_that_its_pointer_leads_to(course: Course) -> None:
    """Ruling C10."""
    home = course.settings.home
    assert len(os.fsencode(home.root)) == LONGEST_HOME
    assert home.current.resolve().parent == home.releases.resolve()
    with reader.connect(home.current) as release:
        assert release.sql("select count(*) > 0 from marts.rpt_cabinet_table_1").fetchall() == [(True,)]


def test_events_have_true_times_again_once_the_clock_is_accepted(course: Course) -> None:
    """Ruling C9."""
    with course.ledger as ledger:
        events = list(ledger.vault.events())
    kinds = [event.kind for event in events]
    accepted = kinds.index(EventKind.CLOCK_ACCEPTED)
    assert all(event.at >= YEARS_AHEAD for event in events[:accepted])
    assert all(SET_RIGHT <= event.at <= AFTER_IT_WAS_DUE for event in events[accepted:])


def test_a_build_takes_nothing_for_known_later_than_the_clock_was_set_right(course: Course) -> None:
    """Ruling C9: what was recorded under the wrong clock had happened by then."""
    with reader.connect(course.settings.home.current) as release:
        times = release.sql("select received_at, judged_at from marts.fct_submission order by received_at").fetchall()
    children, place = [[moment.replace(tzinfo=UTC) for moment in row] for row in times]
    assert max(children) < SET_RIGHT
    assert place[0] < place[1] <= SET_RIGHT + timedelta(minutes=1)


def test_what_two_clocks_recorded_verifies(course: Course) -> None:
    """Ruling C9."""
    found = verify(course.settings.home)
    assert (found.problems, found.unfinished) == ((), ())


def test_a_quiet_night_on_which_a_due_day_has_passed_builds_nothing(course: Course) -> None:
    """No published table asks what day it is, so that the release stays as it is."""
    for name in ("before it was due", "after it was due"):
        assert not course.said[name]["is_new"]
        assert course.said[name]["release_id"] == course.settings.home.current.resolve().name
    with course.ledger as ledger:
        assert len(ledger.events_of(Published)) == 1


def test_a_quiet_night_on_which_a_due_day_has_passed_says_so_on_the_desk(course: Course) -> None:
    """Ruling A9: the page says what is due when, without a file having come."""
    task = "Send your return for 2021/22 P06"
    assert f"{task} by 15 October 2021" in course.desks["before it was due"]
    overdue = course.desks["after it was due"]
    assert f"{task} by" not in overdue
    assert f"{task} It was due on 15 October 2021." in overdue


@pytest.mark.parametrize(("at", "is_overdue"), [(BEFORE_IT_WAS_DUE, False), (AFTER_IT_WAS_DUE, True)])
def test_status_says_what_is_overdue_on_the_day_it_is_asked(course: Course, at: datetime, is_overdue: bool) -> None:
    with course.ledger as ledger:
        cells = status_of(course.settings.home, ledger, judging_reference(ledger), at).cells
    period = ("2021/22", "P06")
    missing = {
        cell.directorate_code: cell.is_overdue
        for cell in cells
        if (cell.financial_year, cell.reporting_period) == period
    }
    assert missing["AH"] is is_overdue
    assert not missing["CH"]
