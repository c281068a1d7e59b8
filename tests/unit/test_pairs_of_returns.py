"""Rules about returns that stand in Python and in SQL (docs/pairs.md) give the same over generated ledgers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from dbt_project.candidate import to_table
from dbt_project.load_raw import submission_row
from dbt_project.raw_contract import RAW_TABLES
from sources.clock import LONDON
from sources.custody.submission import AcceptedSubmission, JudgedSubmission, State, in_force
from sources.findings.findings import Verdict
from sources.intake.standing import standing
from sources.judging.history import HistoryBefore
from tests.homes import REFERENCE
from tests.models_in_memory import Models, calculated, macros
from tests.pair_cases import FEW, NOBODYS_HOME, reference_of
from tests.scenarios import Scenario

DIRECTORATES, PERIODS = ("AH", "PL"), ("P04", "P05", "P06", "P13")
DUE = datetime(2021, 10, 15, 22, 59, 59, 999_999, tzinfo=UTC)  # the last moment of the due day of P06, in London
BEGIN = DUE - timedelta(days=90)

sent = st.fixed_dictionaries(
    {
        "directorate": st.sampled_from(DIRECTORATES),
        "folder": st.sampled_from(DIRECTORATES),
        "year": st.sampled_from(["2021/22", "2022/23"]),
        "period": st.sampled_from(PERIODS),
        "state": st.sampled_from([State.ACCEPTED] * 4 + [State.WITHDRAWN, State.BLOCKED, State.HELD, State.REJECTED]),
        "judged_after": st.integers(0, 20),
    }
)
courses = st.lists(sent, max_size=14)
expectations = st.dictionaries(
    st.tuples(st.sampled_from(DIRECTORATES), st.sampled_from(["2021/22", "2022/23"])),
    st.tuples(st.sampled_from(PERIODS), st.none() | st.sampled_from(PERIODS)),
)


def submission(number: int, each: dict[str, Any]) -> JudgedSubmission:
    """Return a submission received a day after the one before; held ones may be judged after later ones."""
    received_at = BEGIN + timedelta(days=number)
    judged_at = received_at + timedelta(days=each["judged_after"], seconds=number)  # no two events at once
    is_accepted = each["state"] in (State.ACCEPTED, State.WITHDRAWN)
    is_withdrawn = each["state"] is State.WITHDRAWN
    about: dict[str, Any] = {
        "submission_id": f"{each['folder']}-{number:016x}",
        "directorate_code": each["folder"],
        "file_name": "return.xlsx",
        "file_sha256": f"{number:064x}",
        "receipt_no": 1,
        "size": 1,
        "receipt_seq": number + 1,
        "received_at": received_at,
        "state": each["state"],
        "verdict": Verdict.ACCEPTED if is_accepted else Verdict.BLOCKED,
        "refusal_code": "",
        "fields": {
            "directorate_code": each["directorate"],
            "reporting_year": each["year"],
            "reporting_period": each["period"],
        },
        "certification": "Provisional",
        "version_no": number + 1,
        "findings": (),
        "contract_version": "1.0",
        "reference_sha256": REFERENCE,
        "judged_against": None,
        "judged_at": judged_at,
        "judged_seq": int((judged_at - BEGIN).total_seconds()),
    }
    if is_accepted:
        return AcceptedSubmission(**about, withdrawn_at=judged_at + timedelta(days=3) if is_withdrawn else None)
    return JudgedSubmission(**about)


def models(submissions: list[JudgedSubmission], scenario: Scenario) -> Models:
    """Return the models over what a load would have written of these submissions."""
    rows = to_table(RAW_TABLES["submission"], map(submission_row, submissions))
    return Models(scenario.raw_tables() | {"submission": rows}, scenario.reference_tables())


@FEW
@given(courses)
def test_what_is_in_force_in_the_ledger_is_in_force_in_the_warehouse(course: list[dict[str, Any]]) -> None:
    """R42, R54: now, and as it was when each verdict was given."""
    submissions = [submission(number, each) for number, each in enumerate(course)]
    warehouse = models(submissions, Scenario())

    found = warehouse.ask("""
        select directorate_code, period_key, submission_id, known_from_at, known_to_at
        from {{ ref('int_submission_in_force') }}
    """)

    assert {row[:3] for row in found if row[-1] is None} == {
        (directorate, _key(year, period), each.submission_id)
        for (directorate, year, period), each in in_force(submissions).items()
    }
    for judged in submissions:
        at = judged.judged_at.replace(tzinfo=None)
        then = HistoryBefore(NOBODYS_HOME, submissions, judged).returns()
        assert {row[2] for row in found if row[3] < at and (row[4] is None or at <= row[4])} == {
            each.submission_id for each in then
        }


@FEW
@given(courses, expectations)
def test_who_is_expected_and_whose_figures_are_carried_is_the_same_for_a_desk_and_for_the_warehouse(
    course: list[dict[str, Any]], expected: dict[tuple[str, str], tuple[str, str | None]]
) -> None:
    """R38, R39: for each directorate and period."""
    submissions = [submission(number, each) for number, each in enumerate(course)]
    rows = [
        {"directorate_code": code, "financial_year": year, "from_period": first, "to_period": last}
        for (code, year), (first, last) in expected.items()
    ]
    scenario = Scenario(expected_return=rows)
    reference = reference_of(scenario)
    cells = standing(submissions, reference, DUE)

    warehouse = models(submissions, scenario)
    found = warehouse.ask("""
        select directorate_code, period_key from {{ ref('int_expected_return') }} where known_to_at is null
    """)
    carried = warehouse.ask("""
        select directorate_code, period_key, source_period_key
        from {{ ref('int_return_standing') }}
        where known_to_at is null and is_carried_forward
    """)

    assert set(found) == {
        (each.directorate_code, _key(each.financial_year, each.reporting_period))
        for each in cells
        if reference.is_expected(each.directorate_code, each.financial_year, each.reporting_period)
    }
    places = {(each.directorate_code, _key(each.financial_year, each.reporting_period)) for each in cells}
    assert {row for row in carried if row[:2] in places} == {
        (
            each.directorate_code,
            _key(each.financial_year, each.reporting_period),
            _key(each.financial_year, each.carried_from),
        )
        for each in cells
        if each.carried_from
    }


def _key(year: str, period: str) -> int:
    return int(f"{year[:4]}{period[1:]}")


@given(st.datetimes(datetime(2019, 1, 1), datetime(2039, 12, 31)))  # noqa: DTZ001 - as in the candidate: UTC
@example(datetime(2021, 10, 15, 23))  # noqa: DTZ001 - midnight in London, summer time
@example(datetime(2021, 12, 15, 23, 59, 59, 999_999))  # noqa: DTZ001 - the last moment of a day in winter
def test_a_moment_falls_on_the_same_day_in_london_in_both(moment: datetime) -> None:
    """R55: a return is in time up to the end of the due day."""
    day = calculated(macros().day_in_london(f"timestamp '{moment}'"))

    assert day == moment.replace(tzinfo=UTC).astimezone(LONDON).date()
