"""A second council, made as anybody makes theirs: small, quarterly, every optional list empty, its own codes.

Here belong its answers and what its first directorate enters. Not here: what is expected of it.
"""

from __future__ import annotations

from sources.contract.places import FIRST_ROW
from sources.template.declaration import PROJECTS, RETURN_SHEET, SAVINGS
from tests.edited_returns import at

YEAR, PERIOD = "2025/26", "P03"
# Baseline and projected of what Operations reports, in pounds; its plan has the same baselines.
REPORTED = {"OPS-25-001": (120_000, 90_000), "OPS-25-002": (80_000, 95_000)}

OPTIONS = (
    "--name",
    "Northmoor Council",
    "--code",
    "E99000001",
    "--email-domain",
    "northmoor.example",
    "--directorate",
    "OPS=Operations",
    "--directorate",
    "GRO=Growth and skills",
    "--first-year",
    "2025/26",
    "--periods",
    "quarters",
    "--post",
    "Section 151 officer=s151",
    "--post",
    "Chief accountant=finance",
)
ANSWERS = """\
council_name = "Northmoor Council"
council_code = "E99000001"
email_domain = "northmoor.example"
first_year = "2025/26"
periods = "quarters"

[directorates]
OPS = "Operations"
GRO = "Growth and skills"

[posts]
"Section 151 officer" = "s151"
"Chief accountant" = "finance"
"""


# As docs/first-day.md has them.
PLAN = tuple(
    (reference, YEAR, reference[:3], "true", str(baseline), f"Budget {YEAR}")
    for reference, baseline in (*((name, planned) for name, (planned, _) in REPORTED.items()), ("GRO-25-001", 2_000))
)


def typed_by_finance() -> list[tuple[str, str, str]]:
    """Return what is typed into the workbook of lists: sheet, cell and text."""
    return [
        ("approved_plan", f"{letter}{row}", text)
        for row, texts in enumerate(PLAN, start=2)
        for letter, text in zip("ABCDEF", texts, strict=True)
    ]


def typed_by_operations() -> list[tuple[str, str, str]]:
    """Return what an officer types into the pre-filled template: sheet, cell and text."""
    return [
        *(_typed(RETURN_SHEET, name, text) for name, text in _RETURN.items()),
        *(_typed(PROJECTS.name, name, text) for name, text in _PROJECT.items()),
        *(
            _typed(SAVINGS.name, name, text, FIRST_ROW + number)
            for number, (_, projected) in enumerate(REPORTED.values())
            for name, text in {**_LINE, "projected_gbp": str(projected)}.items()
        ),
    ]


def _typed(sheet: str, name: str, text: str, row: int = FIRST_ROW) -> tuple[str, str, str]:
    return (sheet, at(sheet, name, row).partition("!")[2], text)


_RETURN = {
    "prepared_by": "Head of operations",
    "prepared_by_email": "operations@northmoor.example",
    "prepared_date": "2025-07-10",
}
_LINE = {
    "project_ref": "P-0001",
    "saving_title": "Fewer depots",
    "service": "OPS-ALL",
    "benefit_type": "Efficiency",
    "recurrence": "Recurrent",
    "start_date": "2025-04-01",
    "achieved_to_date_gbp": "20000",
    "full_year_effect_gbp": "100000",
    "status": "On track",
    "rag": "Green",
    "maturity": "Delivering",
    "budget_code": "A1234",
    "variance_explanation": "The second depot closes a quarter later than planned.",
}
_PROJECT = {
    "project_ref": "P-0001",
    "project_name": "Depots",
    "directorate_code": "OPS",
    "owner_post": "Head of operations",
    "stage": "Delivery",
}
