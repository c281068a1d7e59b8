"""One small history that leaves rows in every table, for tests that spoil them.

Here belongs the history alone. Not here: what is spoilt (``test_every_rule_is_seen_to_fail``).
"""

from __future__ import annotations

from sources.reference.reference import bundled_reference, read_reference
from tests.scenarios import Scenario, line

# Tables that the small council leaves empty, as the bundled folder has them.
_AS_BUNDLED = ("published_claim", "report", "budget_gap", "theme", "workstream", "council_value", "printed_project")
_TRANSFER = {"change_ref": "T", "change_type": "Transfer", "effective_period": "P13", "decision_ref": "D-1"}


def history() -> Scenario:
    """Return two years: changes of the plan, a decision, later versions, a close at half of the forecast."""
    scenario = _council()
    _first_period(scenario)
    _close(scenario)
    _next_year(scenario)
    return scenario


def _council() -> Scenario:
    bundled = read_reference(bundled_reference()).tables
    plan = {"AH-21-001": "AH", "AH-21-002": "AH", "AH-21-003": "AH", "AH-22-001": "AH", "CO-21-001": "CO"}
    return Scenario(
        **{name: bundled[name] for name in _AS_BUNDLED},
        approved_plan=[
            {
                "saving_ref": saving_ref,
                "plan_year": f"20{saving_ref[3:5]}/{int(saving_ref[3:5]) + 1}",
                "directorate_code": directorate,
                "is_cashable": saving_ref != "AH-21-003",
                "baseline_gbp": 50 if saving_ref == "AH-21-003" else 100,
            }
            for saving_ref, directorate in plan.items()
        ],
        plan_change=[
            {**_TRANSFER, "saving_ref": "CO-21-001", "amount_gbp": 5, "counterpart_ref": "AH-21-002"},
            {**_TRANSFER, "saving_ref": "AH-21-002", "amount_gbp": -5, "counterpart_ref": "CO-21-001"},
        ],
        decision=[{"decision_ref": "D-1"}],
        fund=[{"fund_ref": "TF-0001", "project_ref": "PRJ-0001"}],
        printed_plan_total=[{"directorate_code": "AH", "plan_year": "2021/22", "baseline_gbp": 200}],
        # Of 2022/23 P06 all is there, of 2021/22 nothing of Corporate.
        expected_return=[
            *({"directorate_code": code, "financial_year": "2021/22"} for code in ("AH", "CO")),
            {"directorate_code": "AH", "financial_year": "2022/23", "from_period": "P06"},
        ],
    )


def _first_period(scenario: Scenario) -> None:
    lines = [
        line("AH-21-001", 100, 60, deferred=30, undeliverable=10, decision_ref="D-1", deferred_to_year="Multiple"),
        line("AH-21-002", 100, 130, fund_ref="TF-0001"),
        line("AH-21-003", 50, 40, cashable="Non-cashable"),
        line("AH-21-099", 70, 60),
    ]
    parts = [
        {"saving_ref": "AH-21-001", "deferred_to_year": year, "deferred_gbp": 15} for year in ("2022/23", "2023/24")
    ]
    sheets = {"Deferrals": parts, **_other_sheets("AH-21-001")}
    for _ in range(2):
        scenario.send("AH", "2021/22", "P06", lines, sheets=sheets, findings=[{"severity": "W"}])


def _close(scenario: Scenario) -> None:
    lines = [
        line("AH-21-001", 100, 40, deferred=60),
        line("AH-21-002", 100, 30, recurrence="One-off"),
        line("AH-21-003", 50, 40, cashable="Non-cashable"),
    ]
    scenario.send("AH", "2021/22", "P13", lines, findings=[{"severity": "W"}])


def _next_year(scenario: Scenario) -> None:
    lines = [
        line("AH-21-001", 100, 80, deferred=20, plan_year="2021/22"),
        line("AH-21-002", 95, 30, recurrence="One-off", plan_year="2021/22"),
        line("AH-21-003", 50, 40, cashable="Non-cashable", plan_year="2021/22"),
        line("AH-22-001", 100, 60, fund_ref="TF-0001"),
    ]
    projects = [
        {"project_ref": "PRJ-0001", "project_name": "Beds", "theme_code": "T1:0.600000;T2:0.400000"},
        {"project_ref": "PRJ-0002", "project_name": "An idea without lines"},
    ]
    sheets = {"Projects": projects, **_other_sheets("AH-22-001")}
    scenario.send("AH", "2022/23", "P06", lines, sheets=sheets, findings=[{"severity": "W"}])


def _other_sheets(saving_ref: str) -> dict[str, list[dict[str, object]]]:
    return {
        "Investment": [{"fund_ref": "TF-0001", "project_ref": "PRJ-0001", "approved_gbp": 60, "committed_gbp": 50}],
        "Pipeline": [{"idea_ref": "I-1", "low_gbp": 1, "likely_gbp": 1, "high_gbp": 2}],
        "Risks": [{"risk_ref": f"R-{n}", "saving_ref": saving_ref, "impact_gbp": n} for n in (1, 2)],
        "PlanChanges": [{"change_ref": "P-1", "saving_ref": saving_ref, "amount_gbp": 1, "to_directorate": "CO"}],
    }
