"""Adopting a reference folder: kept, recorded once, and its change in pounds told."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sources.custody.ledger import Ledger
from sources.custody.payloads import ReferenceAdopted
from sources.intake.adoption import (
    PostNeededError,
    adopt_by_post,
    adopt_folder,
    adopt_reference,
    changes_adopted_since,
    changes_in_pounds,
    judging_reference,
    plan_totals,
    printed_moves,
    reference_in_force,
    reference_of_next_load,
    why_not_in_force,
)
from sources.reference import reference as reference_module
from sources.reference.authority import AuthorityError, Signature
from sources.reference.governed import GOVERNED_TABLES
from sources.reference.reference import ReferenceProblem, bundled_reference, read_reference, reference_sha256
from tests.homes import NOON, SIGNED, fresh_home, send, tagged
from tests.reference_folder import add_rows, copy_of_bundled, replace_text, with_posts


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(fresh_home(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def bundled():
    return read_reference(bundled_reference())


def with_more_for_the_first_line(tmp_path, pounds):
    """Return a folder in which the plan's first line has a baseline that much higher."""
    folder = tmp_path / "council"
    shutil.copytree(bundled_reference(), folder)
    path = folder / "approved_plan.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    line = rows[0]
    line["baseline_gbp"] = str(Decimal(line["baseline_gbp"]) + pounds)
    write(path, rows)
    totals = folder / "printed_plan_total.csv"
    with totals.open(encoding="utf-8", newline="") as stream:
        printed = list(csv.DictReader(stream))
    for row in printed:
        same = ("directorate_code", "plan_year", "is_cashable")
        if all(row[name] == line[name] for name in same):
            row["baseline_gbp"] = str(Decimal(row["baseline_gbp"]) + pounds)
    write(totals, printed)
    return read_reference(folder), line


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_first_folder_is_kept_and_its_pounds_are_told(ledger, bundled):
    event = adopt_reference(bundled, ledger, NOON)
    assert event.payload.reference_sha256 == bundled.sha256
    assert reference_sha256(ledger.vault.reference_folder(bundled.sha256)) == bundled.sha256
    told = {(each["directorate_code"], each["plan_year"]): each["after_gbp"] for each in event.payload.changes}
    assert told["AH", "2021/22"] == "6582000.00"
    assert {each["before_gbp"] for each in event.payload.changes} == {None}


def test_the_folder_in_force_is_not_adopted_again(ledger, bundled):
    adopt_reference(bundled, ledger, NOON)
    assert adopt_reference(bundled, ledger, NOON) is None
    assert len(ledger.adoptions()) == 1


def with_a_line_of_the_next_year(tmp_path):
    """Return a folder that a load adopts by itself: its plan has £1,000 more, of a year that nothing is printed of."""
    folder = copy_of_bundled(tmp_path)
    add_rows(folder, "approved_plan", ["PL-22-001,2022/23,PL,true,1000,a test"])
    return read_reference(folder)


def test_a_changed_plan_is_told_in_pounds_by_directorate_and_plan_year(ledger, bundled, tmp_path):
    adopt_reference(bundled, ledger, NOON)
    changed, line = with_more_for_the_first_line(tmp_path, Decimal("1000.50"))
    key = (line["directorate_code"], line["plan_year"])
    before = plan_totals(bundled)[key]
    assert adopt_reference(changed, ledger, NOON, signed=SIGNED).payload.changes == [
        {
            "directorate_code": key[0],
            "plan_year": key[1],
            "before_gbp": str(before),
            "after_gbp": str(before + Decimal("1000.50")),
        }
    ]


def test_going_back_to_an_earlier_folder_is_an_adoption(ledger, bundled, tmp_path):
    changed = with_a_line_of_the_next_year(tmp_path)
    for reference in (bundled, changed, bundled):
        adopt_reference(reference, ledger, NOON)
    assert [event.payload.reference_sha256 for event in ledger.adoptions()] == [
        bundled.sha256,
        changed.sha256,
        bundled.sha256,
    ]


def test_before_a_history_list_the_adoption_precedes_the_first_declared_time(ledger, bundled, tmp_path):
    # R55.
    (tmp_path / "AH").mkdir()
    (tmp_path / "AH" / "v1.xlsx").write_bytes(b"v1")
    history = tmp_path / "history.csv"
    history.write_text("file,received_at\nAH/v1.xlsx,2021-10-08T09:00:00Z\n")
    event = adopt_reference(bundled, ledger, NOON, history)
    assert event.at == datetime(2021, 10, 8, 9, tzinfo=UTC) - timedelta(microseconds=1)


def test_a_history_list_dates_no_adoption_in_a_home_that_is_not_fresh(ledger, bundled, tmp_path):
    send(ledger)
    event = adopt_reference(bundled, ledger, NOON, tmp_path / "never read.csv")
    assert event.at > NOON()
    assert ledger.last_event(ReferenceAdopted) == event


ASKED = Signature("Chief accountant", "finance", "The plan was mended by decision of the Cabinet.")


def tag(ledger, report="CAB-2021-11-08"):
    ledger.record(NOON, tagged("R1", report))


def test_a_load_adopts_by_itself_and_says_so(ledger, bundled):
    payload = adopt_reference(bundled, ledger, NOON).payload
    assert [payload.post, payload.os_account, payload.reason] == [None, None, None]


def test_pounds_that_a_tagged_report_prints_move_by_a_named_post_alone(ledger, bundled, tmp_path):
    adopt_reference(bundled, ledger, NOON)
    tag(ledger)
    changed, line = with_more_for_the_first_line(tmp_path, Decimal("1000.50"))
    assert line["plan_year"] == "2021/22"
    before = ledger.last_seq()
    with pytest.raises(PostNeededError) as refused:
        adopt_reference(changed, ledger, NOON)
    for part in ("CAB-2021-11-08: AH 2021/22 from £6,582,000 to £6,583,000.50", "savings reference adopt"):
        assert part in str(refused.value)
    assert ledger.last_seq() == before
    event = adopt_by_post(changed, ledger, NOON, ASKED)
    assert (event.payload.post, event.payload.os_account) == ("Chief accountant", "finance")
    assert event.payload.changes[0]["after_gbp"] == "6583000.50"
    assert adopt_reference(changed, ledger, NOON) is None
    assert reference_in_force(ledger).sha256 == changed.sha256


def test_without_a_tag_or_for_another_report_a_load_adopts_by_itself(ledger, bundled, tmp_path):
    adopt_reference(bundled, ledger, NOON)
    tag(ledger, "CAB-2022-11-08")
    assert adopt_reference(with_a_line_of_the_next_year(tmp_path), ledger, NOON) is not None


def test_a_folder_that_moves_no_pounds_needs_no_post(ledger, bundled, tmp_path):
    adopt_reference(bundled, ledger, NOON)
    tag(ledger)
    folder = copy_of_bundled(tmp_path)
    add_rows(folder, "theme", ["T9,A ninth theme,9,a test"])
    event = adopt_reference(read_reference(folder), ledger, NOON)
    assert event.payload.changes == []


def test_a_plan_year_that_no_testable_claim_is_of_needs_no_post(ledger, bundled, tmp_path):
    adopt_reference(bundled, ledger, NOON)
    tag(ledger)
    folder = copy_of_bundled(tmp_path)
    add_rows(folder, "approved_plan", ["PL-22-001,2022/23,PL,true,1000,a test"])
    event = adopt_reference(read_reference(folder), ledger, NOON)
    assert [change["plan_year"] for change in event.payload.changes] == ["2022/23"]


def test_a_decided_change_of_another_period_moves_what_the_report_prints(ledger, bundled, tmp_path):
    # The plan with all that is decided stays the same; as at P06 it does not.
    def folder(name, period):
        folder = copy_of_bundled(tmp_path / name)
        add_rows(folder, "decision", ["CAB-1,Cabinet,2021-09-01,A decision"])
        add_rows(folder, "plan_change", [f"CH-1,PL-21-001,2021/22,Increase,1000,,,,2021/22,{period},CAB-1"])
        return read_reference(folder)

    adopt_reference(folder("first", "P07"), ledger, NOON)
    tag(ledger)
    earlier = folder("second", "P06")
    assert changes_in_pounds(earlier, ledger) == []
    assert printed_moves(earlier, ledger) == ["CAB-2021-11-08: PL 2021/22 from £2,393,000 to £2,394,000"]
    with pytest.raises(PostNeededError):
        adopt_reference(earlier, ledger, NOON)
    assert adopt_reference(folder("third", "P08"), ledger, NOON) is not None


def test_what_a_run_adopted_is_told_but_not_the_first_folder_of_all(ledger, bundled, tmp_path):
    adopt_reference(bundled, ledger, NOON)
    assert changes_adopted_since(ledger, 0) is None
    started_after = ledger.last_seq()
    event = adopt_reference(with_a_line_of_the_next_year(tmp_path), ledger, NOON)
    assert changes_adopted_since(ledger, started_after) == event.payload.changes
    assert changes_adopted_since(ledger, ledger.last_seq()) is None


def test_a_folder_that_leaves_the_reports_claims_out_is_measured_by_those_in_force(ledger, bundled, tmp_path):
    adopt_reference(bundled, ledger, NOON)
    tag(ledger)
    changed, _ = with_more_for_the_first_line(tmp_path, Decimal(1))
    claims = changed.folder / "published_claim.csv"
    claims.write_text(claims.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(PostNeededError):
        adopt_reference(read_reference(changed.folder), ledger, NOON)


def test_who_may_adopt_is_what_the_folder_in_force_says(ledger, bundled, tmp_path):
    changed, _ = with_more_for_the_first_line(tmp_path, Decimal(1))
    with_posts(changed.folder, "Self-made post,,adopt,me")
    changed = read_reference(changed.folder)
    with pytest.raises(AuthorityError, match="No reference folder is in force yet"):
        adopt_by_post(changed, ledger, NOON, ASKED)
    adopt_reference(bundled, ledger, NOON)
    with pytest.raises(AuthorityError, match="may not adopt reference data"):
        adopt_by_post(changed, ledger, NOON, Signature("Self-made post", "me", ASKED.reason))
    assert adopt_by_post(changed, ledger, NOON, ASKED) is not None


# A row of each file that only a post may change, which leaves the folder sound.
GOVERNED_ROWS = {
    "post": "Self-made post,,hold;withdraw;override;tag;waive;adopt,me",
    "finance_bp": "AH,Anybody at all,A post,2019-04-01,",
    "setting": "landing_path,/mnt/savings,a test",
    "decision": "CAB-1,Cabinet,2021-09-01,A decision",
    "report": "CAB-2030-01-01,A report,2030-01-01",
    "fund": "TF-0099,PRJ-0001,1,1000,2021/22,2021/22,a test",
    "printed_plan_total": "CH,2030/31,false,0,a test",
}


@pytest.mark.parametrize("name", GOVERNED_TABLES)
def test_what_gives_authority_or_measures_figures_is_changed_by_a_post_alone(ledger, bundled, tmp_path, name):
    """Ruling D-1."""
    adopt_reference(bundled, ledger, NOON)
    folder = copy_of_bundled(tmp_path)
    if name in GOVERNED_ROWS:
        add_rows(folder, name, [GOVERNED_ROWS[name]])
    else:
        path = folder / f"{name}.csv"
        path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    changed = read_reference(folder)
    with pytest.raises(PostNeededError, match=rf"they change {name}\.csv"):
        adopt_reference(changed, ledger, NOON)
    assert adopt_by_post(changed, ledger, NOON, ASKED).payload.post == "Chief accountant"


def test_who_succeeds_whom_is_changed_by_a_post_alone(ledger, bundled, tmp_path):
    """Ruling D-1: a successor sends for the directorate before it, and its posts decide nothing about either."""
    adopt_reference(bundled, ledger, NOON)
    folder = copy_of_bundled(tmp_path)
    directorates = folder / "directorate.csv"
    text = directorates.read_text(encoding="utf-8")
    succeeded = [f"{line.rstrip(',')},2040-03-31,PL" if line.startswith("AH,") else line for line in text.splitlines()]
    directorates.write_text("\n".join(succeeded) + "\n", encoding="utf-8")
    announced = read_reference(folder)
    assert announced.leads_to("AH", "PL")
    with pytest.raises(PostNeededError, match=r"they change successor_code of directorate\.csv"):
        adopt_reference(announced, ledger, NOON)
    assert adopt_by_post(announced, ledger, NOON, ASKED) is not None
    with pytest.raises(PostNeededError, match=r"they change successor_code of directorate\.csv"):
        adopt_reference(bundled, ledger, NOON)


def test_the_order_of_rows_and_further_columns_are_no_change_of_authority(ledger, bundled, tmp_path):
    """Ruling D-1."""
    adopt_reference(bundled, ledger, NOON)
    folder = copy_of_bundled(tmp_path)
    header, *rows = (folder / "post.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{header},note", *(f"{row},a note" for row in reversed(rows))]
    (folder / "post.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert adopt_reference(read_reference(folder), ledger, NOON) is not None


def test_a_copy_of_the_posts_with_ones_own_account_gives_no_authority(ledger, bundled, tmp_path):
    """Ruling D-1: not by the load that meets the folder, nor by any after it."""
    adopt_reference(bundled, ledger, NOON)
    folder = copy_of_bundled(tmp_path)
    posts = folder / "post.csv"
    posts.write_text(posts.read_text(encoding="utf-8").replace(",s151", ",me"), encoding="utf-8")
    usurper = Signature("Section 151 officer", "me", ASKED.reason)
    for _ in range(2):
        assert adopt_folder(folder, ledger, NOON) is None
        with pytest.raises(AuthorityError, match="under the account 'me'"):
            adopt_by_post(read_reference(folder), ledger, NOON, usurper)
    assert judging_reference(ledger).sha256 == bundled.sha256
    said = why_not_in_force(folder, ledger)
    for part in ("they change post.csv", "savings reference adopt", "the folder adopted on 12 October 2021 judges"):
        assert part in said


def test_a_folder_that_cannot_be_read_changes_nothing_and_is_named(ledger, bundled, tmp_path):
    """Ruling D-1."""
    adopt_reference(bundled, ledger, NOON)
    folder = copy_of_bundled(tmp_path)
    (folder / "theme.csv").unlink()
    assert adopt_folder(folder, ledger, NOON) is None
    assert "theme.csv: the file is missing" in why_not_in_force(folder, ledger)
    assert "Until then the folder adopted on 12 October 2021 judges returns" in why_not_in_force(folder, ledger)
    assert judging_reference(ledger).sha256 == bundled.sha256
    assert why_not_in_force(bundled.folder, ledger) == ""


def test_without_a_folder_in_force_one_that_cannot_be_read_stops_the_load(ledger, tmp_path):
    """Ruling D-1."""
    folder = copy_of_bundled(tmp_path)
    (folder / "theme.csv").unlink()
    with pytest.raises(ReferenceProblem, match=r"theme\.csv"):
        adopt_folder(folder, ledger, NOON)
    assert ledger.last_seq() == 0


def _in_setting(old, new):
    return lambda folder: replace_text(folder, "setting", old, new)


# What a rule that came after the folder was put in force finds wrong with it.
LATER_RULES = {
    "a total that the plan does not come to": lambda folder: replace_text(folder, "approved_plan", ",300000,", ",1,"),
    "a line above the limit of lines": _in_setting("line_limit_gbp,100000000", "line_limit_gbp,1000"),
    "a year above the limit of the council": _in_setting("council_limit_gbp,1000000000", "council_limit_gbp,1000"),
    "a testable claim in another unit": lambda folder: replace_text(
        folder, "published_claim", "projected and deferred,GBP,2021/22", "projected and deferred,GBP m,2021/22"
    ),
    "a pattern with small letters": _in_setting(r"^PRJ-\d{4}$", r"^(PRJ|Prj)-\d{4}$"),
    "a reference with small letters": lambda folder: replace_text(folder, "approved_plan", "AH-21-003", "Ah-21-003"),
    "projects from after the last day": _in_setting("earliest_project_date,2009", "earliest_project_date,2062"),
    "a directorate of a kept name": lambda folder: add_rows(folder, "directorate", ["Recycler,Waste,2019-04-01,,"]),
}


@pytest.mark.parametrize("spoil", LATER_RULES.values(), ids=LATER_RULES)
def test_a_rule_that_came_later_leaves_the_folder_in_force_and_holds_for_the_next(ledger, tmp_path, monkeypatch, spoil):
    """Ruling D-1: nobody can correct the folder in the vault, and by its rules the council runs."""
    folder = copy_of_bundled(tmp_path)
    spoil(folder)
    with monkeypatch.context() as before:
        before.setattr(reference_module, "relation_problems", lambda *_: [])
        adopted = adopt_reference(read_reference(folder), ledger, NOON).payload.reference_sha256
    with pytest.raises(ReferenceProblem):
        read_reference(folder)
    assert adopt_folder(folder, ledger, NOON) is None
    assert why_not_in_force(folder, ledger) == ""
    assert judging_reference(ledger).sha256 == reference_of_next_load(folder, ledger).sha256 == adopted
    add_rows(folder, "theme", ["trees,99"])
    assert adopt_folder(folder, ledger, NOON) is None
    assert "The new reference data are not in force." in why_not_in_force(folder, ledger)
    assert judging_reference(ledger).sha256 == reference_of_next_load(folder, ledger).sha256 == adopted


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("movement_share,0.1", "movement_share,10%", "movement_share: '10%' cannot be read as decimal"),
        ("movement_share,0.1", "movements,0.1", "'movement_share' is missing"),
    ],
)
def test_a_folder_in_force_without_a_setting_that_can_be_read_judges_nothing(
    ledger, tmp_path, monkeypatch, old, new, said
):
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "setting", old, new)
    with monkeypatch.context() as before:
        before.setattr(reference_module, "relation_problems", lambda *_: [])
        adopt_reference(read_reference(folder), ledger, NOON)
    with pytest.raises(ReferenceProblem, match=re.escape(said)):
        judging_reference(ledger)
