"""What returns use may end, and may not vanish from the reference data; what nobody used may go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sources.custody.ledger import Ledger
from sources.custody.payloads import ReferenceAdopted
from sources.home import Home
from sources.intake import intake
from sources.intake.adoption import StillUsedError, adopt_reference, why_not_in_force
from sources.reference.reference import bundled_reference, read_reference
from tests.edited_returns import sample_path
from tests.homes import NOON, SIGNED, drop, fresh_home
from tests.reference_folder import copy_of_bundled, replace_text


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that has the sample return of Place, and a held one."""
    home = fresh_home(tmp_path_factory.mktemp("used") / "home")
    drop(home, "PL", "return.xlsx", sample_path("PL").read_bytes())
    with Ledger.open(home) as ledger:
        intake.adopt_folder(bundled_reference(), ledger, NOON)
        reference = intake.judging_reference(ledger)
        intake.receive(home, ledger, NOON, ["PL"], timedelta())
        intake.judge_waiting(home, ledger, reference, NOON)
    return home


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home) as ledger:
        yield ledger


def without(folder: Path, file: str, start: str) -> Path:
    """Take the rows of a file that begin so away."""
    path = folder / f"{file}.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if not row.startswith(start)]
    assert len(kept) < len(rows)
    path.write_text("".join(kept), encoding="utf-8")
    return folder


USED = {
    "a period": ("reporting_calendar", "2021/22,P06", "2021/22 P06 is missing in reporting_calendar.csv; put it back"),
    "a service": ("service", "PL-", "is missing in service.csv; end it with valid_to instead"),
    "a word": ("vocabulary", "benefit_type,Efficiency", "'Efficiency' is missing in vocabulary 'benefit_type'"),
    "a theme": ("theme", "T1,", "'T1' is missing in theme.csv; put it back"),
}


@pytest.mark.parametrize(("file", "start", "said"), USED.values(), ids=USED)
def test_what_a_return_uses_and_a_new_folder_leaves_out_is_named_with_who_uses_it(
    ledger: Ledger, tmp_path: Path, file: str, start: str, said: str
) -> None:
    folder = without(copy_of_bundled(tmp_path), file, start)
    if file == "service":
        folder = with_a_new_service(folder)
    (submission,) = ledger.judged()

    told = why_not_in_force(folder, ledger)
    assert said in told
    assert f"(used by {submission.submission_id})" in told
    assert told.startswith("The new reference data are not in force: they leave out what returns use.")


def with_a_new_service(folder: Path) -> Path:
    with (folder / "service.csv").open("a", encoding="utf-8") as stream:
        stream.write("PL-NEW,A new service,PL,2019-04-01,\n")
    return folder


def test_no_post_may_put_such_a_folder_in_force(ledger: Ledger, tmp_path: Path) -> None:
    folder = without(copy_of_bundled(tmp_path), "theme", "T1,")
    before = ledger.last_seq()

    with pytest.raises(StillUsedError, match="leave out what returns use"):
        adopt_reference(read_reference(folder), ledger, NOON, signed=SIGNED)
    assert ledger.last_seq() == before


def test_what_ended_may_stay_and_what_nobody_used_may_go(ledger: Ledger, tmp_path: Path) -> None:
    folder = without(copy_of_bundled(tmp_path), "council_value", "V1,")
    rows = [row for row in (folder / "service.csv").read_text(encoding="utf-8").splitlines() if row.startswith("AH-")]
    replace_text(folder, "service", rows[0], f"{rows[0].rstrip(',')},2030-03-31")
    without(folder, "service", rows[1])
    without(folder, "reporting_calendar", "2021/22,P07")

    assert why_not_in_force(folder, ledger) == ""


def test_the_folder_in_force_is_the_one_of_before(ledger: Ledger, home: Home, tmp_path: Path) -> None:
    folder = without(copy_of_bundled(tmp_path), "theme", "T1,")
    in_force = ledger.last_event(ReferenceAdopted)
    assert intake.adopt_folder(folder, ledger, NOON) is None
    assert ledger.last_event(ReferenceAdopted) == in_force
