"""Two years of a council that is not the sample's, through real workbooks, with a reorganisation between them.

Here belong its lists, what its directorates report, and the course of those years in a home. It is small and
quarterly, has a directorate of 1 % of the plan, codes of two lengths, references without a directorate's code, and
every list empty that may be. On 1 October 2025, within its second year, Homes and communities ends: housing goes to
Environment, leisure to the new People, which sends what was still owed.
Not here: what is expected of it (``golden/test_second_council``).
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.load import load
from orchestration.settings import Settings
from sources.clock import fixed_clock
from sources.contract.writer import write_template
from sources.custody.ledger import Ledger
from sources.custody.marker import establish
from sources.home import Home
from sources.intake.adoption import adopt_by_post, adopt_reference
from sources.intake.intake import take_in_history
from sources.reference.answers import Answers, Rhythm
from sources.reference.authority import Signature
from sources.reference.first_folder import write_first_folder
from sources.reference.folder_writer import read_list, write_list
from sources.reference.reference import Reference, bundled_reference, read_reference
from tests.homes import SIGNED

Row = dict[str, Any]
COUNCIL = "Ashcombe Borough Council"
ENDED, BEGUN = "HC", "PEO"
REORGANISED = "reference_reorganised"
FIRST, SECOND = "2024/25", "2025/26"
YEARS = (FIRST, SECOND)
ANSWERS = Answers(
    council_name=COUNCIL,
    council_code="E99000077",
    email_domain="ashcombe.example",
    directorates={"ENV": "Environment", ENDED: "Homes and communities", "FIN": "Finance and law"},
    first_year=FIRST,
    periods=Rhythm.QUARTERS,
    posts={"Section 151 officer": "s151", "Chief accountant": "finance"},
)
SET_UP_AT = datetime(2024, 4, 2, 9, tzinfo=UTC)
PLANNED_AT = datetime(2025, 3, 6, 9, tzinfo=UTC)
REORGANISED_AT = datetime(2025, 10, 6, 9, tzinfo=UTC)
AFTERWARDS = datetime(2026, 1, 20, 3, 30, tzinfo=UTC)
_LAST_DAY, _NEXT_DAY = date(2025, 9, 30), date(2025, 10, 1)
_DECISION = "C-2025-10"

# By reference: plan year, directorate, pounds, whether they reduce a budget. Finance's is 1 % of the first year.
_PLAN: Mapping[str, tuple[str, str, str, bool]] = {
    "S-24-0001": (FIRST, "ENV", "200000.00", True),
    "S-24-0002": (FIRST, "ENV", "145000.50", True),
    "S-24-0003": (FIRST, ENDED, "301000.00", True),
    "S-24-0004": (FIRST, ENDED, "244999.50", True),
    "S-24-0005": (FIRST, ENDED, "40000.00", False),
    "S-24-0006": (FIRST, "FIN", "9000.00", True),
    "S-25-0001": (SECOND, "ENV", "120000.00", True),
    "S-25-0002": (SECOND, ENDED, "80000.25", True),
    "S-25-0003": (SECOND, "FIN", "2000.00", True),
}
_MOVED = {"S-24-0003": "ENV", "S-24-0004": BEGUN, "S-24-0005": BEGUN, "S-25-0002": BEGUN}
_SERVICES = {
    "S-24-0001": "ENV-WST", "S-24-0002": "ENV-WST", "S-24-0003": "HC-HOU", "S-24-0004": "HC-LEI",
    "S-24-0005": "HC-LEI", "S-24-0006": "FIN-LEG", "S-25-0001": "ENV-WST", "S-25-0002": "HC-LEI",
    "S-25-0003": "FIN-LEG",
}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A return: who sends it and when, whose it is, and its lines: projected, achieved, deferred and undeliverable."""

    folder: str
    directorate: str
    year: str
    period: str
    at: datetime
    lines: Mapping[str, tuple[str, str, str]]

    @property
    def path(self) -> Path:
        """Where its workbook lies, below the folder of returns."""
        return Path(self.folder) / f"{self.directorate} {self.year.replace('/', '-')} {self.period}.xlsx"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Projected, achieved and deferred, in pounds.
SENT = (
    Sent("ENV", "ENV", FIRST, "P03", _at("2024-07-08T10:00"),
         {"S-24-0001": ("190000", "20000", "0"), "S-24-0002": ("145000.50", "30000.25", "0")}),
    Sent("HC", "HC", FIRST, "P03", _at("2024-07-14T10:00"),
         {"S-24-0003": ("301000", "0", "0"), "S-24-0004": ("100000", "0", "144999.50"),
          "S-24-0005": ("40000", "0", "0")}),
    Sent("ENV", "ENV", FIRST, "P06", _at("2024-10-07T10:00"),
         {"S-24-0001": ("180000", "60000", "0"), "S-24-0002": ("150000", "60000", "0")}),
    Sent("HC", "HC", FIRST, "P06", _at("2024-10-20T10:00"),  # late
         {"S-24-0003": ("260000", "10000", "0"), "S-24-0004": ("90000.75", "0", "154998.75"),
          "S-24-0005": ("30000", "0", "0")}),
    Sent("FIN", "FIN", FIRST, "P06", _at("2024-10-09T10:00"), {"S-24-0006": ("7500", "1000", "0")}),
    Sent("ENV", "ENV", FIRST, "P13", _at("2025-05-20T10:00"),
         {"S-24-0001": ("181000", "181000", "19000"), "S-24-0002": ("145000.50", "145000.50", "0")}),
    Sent("FIN", "FIN", FIRST, "P13", _at("2025-05-21T10:00"), {"S-24-0006": ("9000", "9000", "0")}),
    Sent("HC", "HC", FIRST, "P13", _at("2025-05-22T10:00"),
         {"S-24-0003": ("250000", "250000", "51000"), "S-24-0004": ("90000", "90000", "154999.50"),
          "S-24-0005": ("40000", "40000", "0")}),
    Sent("ENV", "ENV", SECOND, "P03", _at("2025-07-09T10:00"),
         {"S-24-0001": ("195000", "185000", "0"), "S-25-0001": ("110000", "0", "0")}),
    Sent("HC", "HC", SECOND, "P03", _at("2025-07-10T10:00"),
         {"S-24-0003": ("270000", "255000", "0"), "S-24-0004": ("180000", "120000", "64999.50"),
          "S-25-0002": ("80000.25", "0", "0")}),
    Sent("FIN", "FIN", SECOND, "P03", _at("2025-07-13T10:00"), {"S-25-0003": ("2000", "0", "0")}),
    Sent("ENV", "ENV", SECOND, "P06", _at("2025-10-08T10:00"),
         {"S-24-0001": ("200000", "190000", "0"), "S-25-0001": ("100000.50", "20000", "0")}),
    # The directorate has ended: who goes on with it sends its last return.
    Sent(BEGUN, ENDED, SECOND, "P06", _at("2025-10-13T10:00"),
         {"S-24-0003": ("290000", "275000", "0"), "S-24-0004": ("200000", "150000", "44999.50"),
          "S-25-0002": ("75000.25", "0", "0")}),
    Sent("ENV", "ENV", SECOND, "P09", _at("2026-01-12T10:00"),
         {"S-24-0001": ("200000", "195000", "0"), "S-24-0003": ("301000", "290000", "0"),
          "S-25-0001": ("100000.50", "60000", "0")}),
    Sent(BEGUN, BEGUN, SECOND, "P09", _at("2026-01-13T10:00"),
         {"S-24-0004": ("210000.25", "170000", "34999.25"), "S-25-0002": ("70000", "10000", "0")}),
)  # fmt: skip


@dataclass(frozen=True)
class TwoYears:
    """A home that went through both years.

    Attributes:
        files: Where the lists and the workbooks lie.
        home: The home, with a release.
        night: What the load said.
    """

    files: Path
    home: Home
    night: Mapping[str, Any]


def live_through(root: Path) -> TwoYears:
    """Write lists and workbooks, take them in at their times, build and publish."""
    files, home = root / "files", Home.at(root / "var")
    first = read_reference(first_lists(files / "reference"))
    second = read_reference(lists_of_the_second_year(first.folder, files / "reference_second_year"))
    after = read_reference(lists_after(second.folder, files / REORGANISED))
    home.create()
    establish(home)
    with Ledger.open(home) as ledger:
        adopt_reference(first, ledger, fixed_clock(SET_UP_AT))
        _take_in(files, home, ledger, first, [each for each in SENT if each.at < PLANNED_AT])
        adopt_reference(second, ledger, fixed_clock(PLANNED_AT))
        _take_in(files, home, ledger, second, [each for each in SENT if PLANNED_AT < each.at < REORGANISED_AT])
        adopt_by_post(after, ledger, fixed_clock(REORGANISED_AT), Signature(**SIGNED))
        _take_in(files, home, ledger, after, [each for each in SENT if each.at > REORGANISED_AT])
    settings = Settings(home, after.folder)
    night = load(settings, history=None, is_forced=False, clock=fixed_clock(AFTERWARDS))
    return TwoYears(files, home, night.as_json())


def _take_in(files: Path, home: Home, ledger: Ledger, reference: Reference, sent: Sequence[Sent]) -> None:
    for each in sent:
        _write(files / each.path, each, reference)
    take_in_history(_list(files, sent), home, ledger, reference)


def first_lists(folder: Path) -> Path:
    """Write what the council decides before its first year."""
    folder.mkdir(parents=True)
    write_first_folder(ANSWERS, folder, bundled_reference())
    write_list(folder, "service", [
        _service("ENV-WST", "Waste", "ENV"), _service("HC-HOU", "Housing", ENDED),
        _service("HC-LEI", "Leisure", ENDED), _service("FIN-LEG", "Legal", "FIN"),
    ])  # fmt: skip
    write_list(folder, "approved_plan", _planned(FIRST))
    return folder


def lists_of_the_second_year(before: Path, folder: Path) -> Path:
    """Write the lists with the plan of the second year."""
    shutil.copytree(before, folder)
    write_list(folder, "approved_plan", [*_planned(FIRST), *_planned(SECOND)])
    return folder


def lists_after(before: Path, folder: Path) -> Path:
    """Write the lists as they are after the reorganisation: what was is kept, with its last day."""
    shutil.copytree(before, folder)
    directorates = [
        row | ({"valid_to": _LAST_DAY, "successor_code": BEGUN} if row["directorate_code"] == ENDED else {})
        for row in read_list(before, "directorate")
    ]
    begun = {"directorate_code": BEGUN, "directorate_name": "People", "valid_from": _NEXT_DAY}
    write_list(folder, "directorate", [*directorates, begun])
    services = [
        row | ({"valid_to": _LAST_DAY} if row["directorate_code"] == ENDED else {})
        for row in read_list(before, "service")
    ]
    moved = [_service("HC-HOU", "Housing", "ENV", _NEXT_DAY), _service("HC-LEI", "Leisure", BEGUN, _NEXT_DAY)]
    write_list(folder, "service", [*services, *moved])
    expected = [_expected_after(row) for row in read_list(before, "expected_return")]
    new = {"directorate_code": BEGUN, "financial_year": SECOND, "from_period": "P09"}
    write_list(folder, "expected_return", [*expected, new])
    partner = "Finance business partner, People"
    partners = read_list(before, "finance_bp")
    new_partner = {
        "directorate_code": BEGUN, "finance_bp_name": partner, "post": partner, "valid_from": _NEXT_DAY
    }  # fmt: skip
    write_list(folder, "finance_bp", [*partners, new_partner])
    write_list(folder, "plan_change", [_move(*each) for each in _MOVED.items()])
    decided = {"decision_ref": _DECISION, "body": "Council", "decided_on": date(2025, 9, 4), "title": "Reorganisation"}
    write_list(folder, "decision", [decided])
    return folder


def _expected_after(row: Row) -> Row:
    """Return who is expected now: of who has ended the last period of its last year, then who goes on."""
    if row["directorate_code"] != ENDED or row["financial_year"] < SECOND:
        return row
    return row | ({"to_period": "P06"} if row["financial_year"] == SECOND else {"directorate_code": BEGUN})


def _service(code: str, name: str, directorate: str, since: date = date(2022, 4, 1)) -> Row:
    return {"service_code": code, "service_name": name, "directorate_code": directorate, "valid_from": since}


def _planned(year: str) -> list[Row]:
    return [
        {
            "saving_ref": reference,
            "plan_year": plan_year,
            "directorate_code": directorate,
            "is_cashable": str(is_cashable).lower(),
            "baseline_gbp": pounds,
            "budget_document": f"Budget {plan_year}",
        }
        for reference, (plan_year, directorate, pounds, is_cashable) in _PLAN.items()
        if plan_year == year
    ]


def _move(reference: str, to: str) -> Row:
    return {
        "change_ref": f"M-{reference}",
        "saving_ref": reference,
        "plan_year": _PLAN[reference][0],
        "change_type": "Move",
        "amount_gbp": "0",
        "directorate_code": to,
        "effective_year": SECOND,
        "effective_period": "P09",
        "decision_ref": _DECISION,
    }


def _list(files: Path, sent: Iterable[Sent]) -> Path:
    path = files / "received.csv"
    rows = [(each.path.as_posix(), each.at.isoformat()) for each in sent]
    with open(path, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("file", "received_at"), *rows])
    return path


def _write(path: Path, sent: Sent, reference: Reference) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_template(
        path, sent.directorate, sent.year, sent.period, reference,
        rows=[_line(sent, name, *amounts) for name, amounts in sent.lines.items()],
        projects=[_project(sent)], return_fields=_fields(sent), spare_rows=0,
    )  # fmt: skip


def _fields(sent: Sent) -> Row:
    prepared = (sent.at - timedelta(days=1)).date()
    fields: Row = {
        "return_type": "Initial",
        "prepared_by": "Business support officer",
        "prepared_by_email": f"returns@{ANSWERS.email_domain}",
        "prepared_date": prepared,
    }
    if sent.period == "P13":
        fields |= {
            "status": "Certified",
            "director_name": "Executive director",
            "director_signoff_date": prepared,
            "finance_bp_name": f"Finance business partner, {ANSWERS.directorates[sent.directorate]}",
            "finance_bp_signoff_date": prepared,
        }
    return fields


def _project(sent: Sent) -> Row:
    return {
        "project_ref": "P-0001",
        "project_name": f"Changes in {sent.directorate}",
        "directorate_code": sent.directorate,
        "owner_post": "Head of service",
        "stage": "Delivery",
    }


def _line(sent: Sent, reference: str, projected: str, achieved: str, deferred: str) -> Row:
    plan_year, _, planned, is_cashable = _PLAN[reference]
    baseline, later = Decimal(planned), Decimal(deferred)
    start = int(plan_year[:4])
    return {
        "saving_ref": reference,
        "project_ref": "P-0001",
        "saving_title": f"Saving {reference}",
        "plan_year": plan_year,
        "service": _SERVICES[reference],
        "benefit_type": "Efficiency" if is_cashable else "Cost avoidance",
        "cashable": "Cashable" if is_cashable else "Non-cashable",
        "recurrence": "Recurrent",
        "start_date": date(start, 4, 1),
        "baseline_gbp": baseline,
        "full_year_effect_gbp": Decimal(projected) + later,
        "achieved_to_date_gbp": Decimal(achieved),
        "projected_gbp": Decimal(projected),
        "deferred_gbp": later,
        "deferred_to_year": f"{int(sent.year[:4]) + 1}/{(int(sent.year[:4]) + 2) % 100:02d}" if later else None,
        "undeliverable_gbp": Decimal(0),
        "status": "Delayed" if later else "Delivered" if Decimal(achieved) >= baseline else "On track",
        "rag": "Green" if Decimal(projected) >= baseline else "Amber",
        "maturity": "Delivering",
        "budget_code": "A1234",
        "variance_explanation": "The change began a quarter later than it was planned to begin.",
    }
