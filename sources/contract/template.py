"""The one declaration of the return template, ``TRR``: its sheets, columns, kinds and limits.

Here belongs what a return *is*: the blank workbook, the typed rows, the guidance and the data
dictionary are all generated from this module. Not here: how a cell is read (``values``,
``sheets``), what makes a row wrong against other rows or other returns (``checks``), and the
lists that a council decides (``reference``).

Source: the return template, version 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TEMPLATE_NAME = "TRR"
TEMPLATE_VERSION = "1.0"
# The version before the current one is read with a warning; anything older is refused (D02).
PREVIOUS_TEMPLATE_VERSION: str | None = None
# What a parsed file is filed under together with its hash: a new contract reads files anew.
CONTRACT_VERSION = "1"

SIGN_CONVENTION = "saving_positive"
MULTIPLE_YEARS = "Multiple"
NOT_YET_QUANTIFIED = "Not yet quantified"

# In characters. Shorter than this an explanation names no causes with amounts (D51), and the reason
# for a restatement no reason (D03).
SHORTEST_EXPLANATION = 30
SHORTEST_RESTATEMENT_REASON = 20


def workbook_name(directorate_code: str, year: str, period: str, version_no: int) -> str:
    """Return the name that a return is given; it is a hint only, what counts stands on the Return sheet."""
    return f"{TEMPLATE_NAME}_{directorate_code}_{year.replace('/', '-')}_{period}_v{version_no}.xlsx"


class Kind(StrEnum):
    """What a cell of a column may hold; each kind has one grammar in ``values``."""

    TEXT = "text"
    NARRATIVE = "narrative"
    REF = "ref"
    REF_LIST = "ref list"
    LIST = "list"
    YEAR = "financial year"
    YEAR_OR_MULTIPLE = "financial year or Multiple"
    PERIOD = "reporting period"
    DATE = "date"
    MONEY = "money"
    MONEY_OR_NA = "money or N/A"
    INTEGER = "whole number"
    BOOLEAN = "yes or no"


MONEY_KINDS = frozenset({Kind.MONEY, Kind.MONEY_OR_NA})


class Need(StrEnum):
    """When a column has to be filled. ``CONDITIONAL`` columns are judged by a check of their own."""

    ALWAYS = "always"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Column:
    """One column of a sheet, or one label of the Return sheet.

    Attributes:
        name: Header in the workbook and name in every table made from it.
        kind: Which grammar its cells follow.
        need: Whether it has to be filled.
        guidance: One sentence for the officer who fills it in.
        vocabulary: For ``LIST``: a vocabulary of ``vocabulary.csv``, or ``directorate``,
            ``service`` or ``theme``-like reference tables.
        pattern: For ``REF``: the name of the setting that holds the pattern.
        max_length: Longest text accepted.
        aliases: Other headers that are recognised, with a warning.
        is_private: True for what never leaves the ledger (names of people).
    """

    name: str
    kind: Kind
    need: Need
    guidance: str
    vocabulary: str | None = None
    pattern: str | None = None
    max_length: int = 200
    aliases: tuple[str, ...] = ()
    is_private: bool = False

    @property
    def is_money(self) -> bool:
        """Whether the column holds pounds."""
        return self.kind in MONEY_KINDS


@dataclass(frozen=True)
class Sheet:
    """One table sheet: a header row and one row an item.

    Attributes:
        name: Tab name in the workbook.
        table: Name of the typed lines' table made from it (``raw.<table>``).
        key: Columns that identify a row within a file.
        columns: In template order.
        is_required: Whether a return that is not Nil must have it.
        own_columns: The template's own formula columns: written, protected, never read.
    """

    name: str
    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_required: bool = False
    own_columns: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises:
            KeyError: If the sheet has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"sheet {self.name} has no column {name}")


def _column(name: str, kind: Kind, need: Need, guidance: str, **more: object) -> Column:
    return Column(name=name, kind=kind, need=need, guidance=guidance, **more)  # type: ignore[arg-type]


_A, _C, _O = Need.ALWAYS, Need.CONDITIONAL, Need.OPTIONAL

RETURN_SHEET = "Return"

# Label in column A, value in column B.
RETURN_FIELDS: tuple[Column, ...] = (
    _column("template_version", Kind.TEXT, _A, "Filled in by the template; leave it."),
    _column("directorate_code", Kind.LIST, _A, "Your directorate.", vocabulary="directorate"),
    _column("reporting_year", Kind.YEAR, _A, "The financial year you report in, as 2021/22."),
    _column("reporting_period", Kind.PERIOD, _A, "P01 (April) to P13 (closedown); quarter 2 is P06."),
    _column("as_at_date", Kind.DATE, _A, "The last day of the period; 31 March for P13."),
    _column("return_type", Kind.LIST, _A, "Initial unless a version is in force already.", vocabulary="return_type"),
    _column("supersedes_version", Kind.INTEGER, _C, "The version now in force, unless Initial."),
    _column(
        "restatement_reason", Kind.NARRATIVE, _C, "For a Restatement: why an earlier period changes.", max_length=2000
    ),
    _column("value_unit", Kind.LIST, _A, "GBP: whole pounds or pence, never thousands.", vocabulary="value_unit"),
    _column(
        "sign_convention",
        Kind.LIST,
        _A,
        "saving_positive: a saving is a positive number.",
        vocabulary="sign_convention",
    ),
    _column("control_row_count", Kind.INTEGER, _A, "How many rows the Savings sheet has (a formula)."),
    _column("control_baseline", Kind.MONEY, _A, "Sum of baseline_gbp (a formula)."),
    _column("control_achieved", Kind.MONEY, _A, "Sum of achieved_to_date_gbp (a formula)."),
    _column("control_projected", Kind.MONEY, _A, "Sum of projected_gbp as entered, before any cap (a formula)."),
    _column("control_deferred", Kind.MONEY, _A, "Sum of deferred_gbp (a formula)."),
    _column("control_undeliverable", Kind.MONEY, _A, "Sum of undeliverable_gbp (a formula)."),
    _column("prepared_by", Kind.TEXT, _A, "Who prepared this return.", is_private=True),
    _column("prepared_by_email", Kind.TEXT, _A, "Council e-mail address for questions.", is_private=True),
    _column("prepared_date", Kind.DATE, _A, "The day it was prepared."),
    _column("director_name", Kind.TEXT, _C, "For a Certified return: the director who signs.", is_private=True),
    _column("director_signoff_date", Kind.DATE, _C, "For a Certified return: when the director signed."),
    _column("finance_bp_name", Kind.TEXT, _C, "For a Certified return: the finance business partner.", is_private=True),
    _column("finance_bp_signoff_date", Kind.DATE, _C, "For a Certified return: when they signed."),
    _column("status", Kind.LIST, _A, "Provisional or Certified.", vocabulary="certification"),
)

ROW_COUNT = "control_row_count"
# Label of the Return sheet to the column of Savings that it adds up.
CONTROL_TOTALS = {
    "control_baseline": "baseline_gbp",
    "control_achieved": "achieved_to_date_gbp",
    "control_projected": "projected_gbp",
    "control_deferred": "deferred_gbp",
    "control_undeliverable": "undeliverable_gbp",
}

SAVINGS = Sheet(
    name="Savings",
    table="savings_line",
    key=("saving_ref", "plan_year"),
    is_required=True,
    own_columns=("unexplained", "projected_last_period_gbp", "explanation_needed"),
    columns=(
        _column(
            "saving_ref",
            Kind.REF,
            _A,
            "Looks like AH-21-003; never changed, never used again.",
            pattern="saving_ref_pattern",
            aliases=("Saving reference", "Savings reference"),
        ),
        _column(
            "project_ref",
            Kind.REF,
            _A,
            "A project of the Projects sheet.",
            pattern="project_ref_pattern",
            aliases=("Project reference",),
        ),
        _column(
            "saving_title",
            Kind.TEXT,
            _A,
            "A short title, 120 characters at most.",
            max_length=120,
            aliases=("Title", "Title of saving"),
        ),
        _column(
            "service", Kind.LIST, _A, "A service of your directorate.", vocabulary="service", aliases=("Service area",)
        ),
        _column(
            "plan_year",
            Kind.YEAR,
            _A,
            "The year in which the saving was first budgeted.",
            aliases=("Year of plan", "Year first budgeted"),
        ),
        _column(
            "benefit_type",
            Kind.LIST,
            _A,
            "What kind of benefit it is.",
            vocabulary="benefit_type",
            aliases=("Type of benefit",),
        ),
        _column(
            "cashable",
            Kind.LIST,
            _A,
            "Cashable: a budget is reduced by it.",
            vocabulary="cashable",
            aliases=("Cashability",),
        ),
        _column(
            "recurrence",
            Kind.LIST,
            _A,
            "Recurrent goes on each year; One-off is this year only.",
            vocabulary="recurrence",
            aliases=("Recurrent or one-off",),
        ),
        _column("start_date", Kind.DATE, _A, "When the saving starts.", aliases=("Date of start",)),
        _column(
            "baseline_gbp",
            Kind.MONEY,
            _A,
            "From the approved plan; finance changes it, not you.",
            aliases=("Baseline", "Baseline total"),
        ),
        _column(
            "full_year_effect_gbp",
            Kind.MONEY,
            _C,
            "Twelve months' effect of what is projected and deferred here.",
            aliases=("Full year effect",),
        ),
        _column(
            "achieved_to_date_gbp",
            Kind.MONEY,
            _A,
            "Achieved since the plan year began.",
            aliases=("Achieved", "Achieved to date", "Savings achieved"),
        ),
        _column(
            "projected_gbp",
            Kind.MONEY,
            _C,
            "Expected by the end of the reporting year, achieved included.",
            aliases=("Projected", "Projected saving", "Projected savings"),
        ),
        _column(
            "deferred_gbp",
            Kind.MONEY_OR_NA,
            _A,
            "Moved to a later year; N/A if the line cannot be deferred.",
            aliases=("Deferred", "Deferred savings", "Savings deferred"),
        ),
        _column(
            "deferred_to_year",
            Kind.YEAR_OR_MULTIPLE,
            _C,
            "The later year, or Multiple with rows on Deferrals.",
            aliases=("Deferred to",),
        ),
        _column(
            "undeliverable_gbp",
            Kind.MONEY,
            _A,
            "Declared undeliverable; needs a recorded decision.",
            aliases=("Undeliverable", "Undeliverable savings", "Savings undeliverable"),
        ),
        _column(
            "status",
            Kind.LIST,
            _A,
            "Where the saving stands.",
            vocabulary="status",
            aliases=("Saving status", "Status of saving"),
        ),
        _column(
            "rag",
            Kind.LIST,
            _A,
            "The RAG word; colour alone is not read.",
            vocabulary="rag",
            aliases=("RAG rating", "RAG status"),
        ),
        _column(
            "variance_explanation",
            Kind.NARRATIVE,
            _C,
            "Causes and their sizes, wherever a check asks.",
            max_length=2000,
            aliases=("Explanation", "Explanation of variance"),
        ),
        _column(
            "replaces_ref",
            Kind.REF,
            _O,
            "The line this one replaces; then the baseline is 0.",
            pattern="saving_ref_pattern",
            aliases=("Replaces",),
        ),
        _column(
            "fund_ref",
            Kind.REF,
            _O,
            "A fund line of the Investment sheet.",
            pattern="fund_ref_pattern",
            aliases=("Fund reference",),
        ),
        _column(
            "budget_code",
            Kind.REF,
            _C,
            "The budget that was reduced, once a cashable saving is achieved.",
            pattern="budget_code_pattern",
        ),
        _column(
            "maturity",
            Kind.LIST,
            _A,
            "How far the proposal is developed.",
            vocabulary="maturity",
            aliases=("Maturity of proposal",),
        ),
        _column(
            "decision_ref",
            Kind.TEXT,
            _C,
            "The decision that wrote the saving off.",
            max_length=60,
            aliases=("Decision reference",),
        ),
        _column("notes", Kind.NARRATIVE, _O, "Anything else; no personal data.", max_length=2000),
    ),
)

DEFERRALS = Sheet(
    name="Deferrals",
    table="deferral",
    key=("saving_ref", "plan_year", "deferred_to_year"),
    columns=(
        _column("saving_ref", Kind.REF, _A, "A line of the Savings sheet.", pattern="saving_ref_pattern"),
        _column("plan_year", Kind.YEAR, _A, "Its plan year."),
        _column("deferred_to_year", Kind.YEAR, _A, "One later year a row."),
        _column("deferred_gbp", Kind.MONEY, _A, "What moves to that year."),
        _column("reason", Kind.LIST, _A, "The main reason.", vocabulary="deferral_reason"),
        _column("approved_by", Kind.TEXT, _O, "The post that approved it."),
    ),
)

PROJECTS = Sheet(
    name="Projects",
    table="project",
    key=("project_ref",),
    is_required=True,
    columns=(
        _column("project_ref", Kind.REF, _A, "Looks like PRJ-0001.", pattern="project_ref_pattern"),
        _column("project_name", Kind.TEXT, _A, "The project's name."),
        _column("programme", Kind.TEXT, _O, "The programme it belongs to."),
        _column("phase_no", Kind.INTEGER, _O, "Phase 1, 2, 3."),
        _column("directorate_code", Kind.LIST, _A, "The directorate that leads it.", vocabulary="directorate"),
        _column("theme_code", Kind.REF_LIST, _O, "Up to five themes with weights: T1:0.6;T2:0.4.", vocabulary="theme"),
        _column(
            "workstream_code", Kind.REF_LIST, _O, "Likewise for the enabling workstreams.", vocabulary="workstream"
        ),
        _column("owner_post", Kind.TEXT, _A, "The post that owns it, never a person's name."),
        _column("start_date", Kind.DATE, _O, "When it started."),
        _column("planned_end", Kind.DATE, _O, "When it is planned to end."),
        _column("actual_end", Kind.DATE, _O, "When it ended; needed for Closed."),
        _column("stage", Kind.LIST, _A, "Where the project is.", vocabulary="project_stage"),
        _column("milestone_rag", Kind.LIST, _O, "RAG of its milestones.", vocabulary="rag"),
        _column("next_milestone_date", Kind.DATE, _O, "The next milestone still to come."),
        _column("eqia_status", Kind.LIST, _O, "Equality impact assessment.", vocabulary="eqia_status"),
        _column("climate_flag", Kind.BOOLEAN, _O, "Yes if it serves the climate strategy."),
    ),
)

INVESTMENT = Sheet(
    name="Investment",
    table="investment",
    key=("fund_ref",),
    columns=(
        _column("fund_ref", Kind.REF, _A, "Looks like TF-0001.", pattern="fund_ref_pattern"),
        _column("project_ref", Kind.REF, _A, "The project it pays for.", pattern="project_ref_pattern"),
        _column("funding_source", Kind.LIST, _A, "Where the money comes from.", vocabulary="funding_source"),
        _column("approved_gbp", Kind.MONEY, _A, "Approved so far."),
        _column("committed_gbp", Kind.MONEY, _A, "Committed so far."),
        _column("drawn_to_date_gbp", Kind.MONEY, _A, "Drawn so far."),
        _column("forecast_gbp", Kind.MONEY, _O, "Expected in all."),
        _column("annual_ongoing_cost_gbp", Kind.MONEY, _O, "What it costs each year from now on."),
        _column("year", Kind.YEAR, _A, "The financial year of the figures."),
        _column("is_enabling", Kind.BOOLEAN, _A, "Yes if it brings no saving of its own."),
        _column("approval_body", Kind.TEXT, _O, "The body that approved it."),
        _column("approval_date", Kind.DATE, _O, "When it was approved."),
        _column("expected_payback_months", Kind.INTEGER, _O, "Months until it has paid for itself."),
    ),
)

RISKS = Sheet(
    name="Risks",
    table="risk",
    key=("risk_ref",),
    columns=(
        _column("risk_ref", Kind.TEXT, _A, "Your reference.", max_length=40),
        _column("saving_ref", Kind.REF, _A, "The line at risk.", pattern="saving_ref_pattern"),
        _column("description", Kind.NARRATIVE, _A, "What may happen.", max_length=2000),
        _column("likelihood", Kind.INTEGER, _A, "1 (rare) to 5 (almost certain)."),
        _column("impact_gbp", Kind.MONEY, _A, "Pounds at risk."),
        _column("current_rating", Kind.LIST, _A, "Rating now.", vocabulary="risk_rating"),
        _column("residual_rating", Kind.LIST, _A, "Rating after mitigation.", vocabulary="risk_rating"),
        _column("owner_post", Kind.TEXT, _A, "The post that owns it, never a person's name."),
        _column("mitigation", Kind.NARRATIVE, _O, "What is done about it.", max_length=2000),
        _column("due_date", Kind.DATE, _O, "When the next action is due."),
    ),
)

PLAN_CHANGES = Sheet(
    name="PlanChanges",
    table="plan_change_proposal",
    key=("change_ref",),
    columns=(
        _column("change_ref", Kind.TEXT, _A, "Your reference.", max_length=40),
        _column("saving_ref", Kind.REF, _A, "The line to change.", pattern="saving_ref_pattern"),
        _column("plan_year", Kind.YEAR, _A, "Its plan year."),
        _column("type", Kind.LIST, _A, "What you propose; finance decides.", vocabulary="plan_change_type"),
        _column("amount_gbp", Kind.MONEY, _A, "By how much, as a positive number."),
        _column("to_directorate", Kind.LIST, _C, "For a Transfer: who receives it.", vocabulary="directorate"),
        _column("reason", Kind.NARRATIVE, _A, "Why.", max_length=2000),
    ),
)

PIPELINE = Sheet(
    name="Pipeline",
    table="pipeline",
    key=("idea_ref",),
    columns=(
        _column("idea_ref", Kind.TEXT, _A, "Your reference.", max_length=40),
        _column("title", Kind.TEXT, _A, "A short title."),
        _column("year", Kind.YEAR, _A, "The year it would deliver in."),
        _column("low_gbp", Kind.MONEY, _A, "The low estimate."),
        _column("likely_gbp", Kind.MONEY, _O, "The likely estimate."),
        _column("high_gbp", Kind.MONEY, _A, "The high estimate."),
        _column("maturity", Kind.LIST, _A, "How far it is developed.", vocabulary="maturity"),
    ),
)

LISTS_SHEET = "Lists"
GUIDANCE_SHEET = "Guidance"

SHEETS: tuple[Sheet, ...] = (SAVINGS, DEFERRALS, PROJECTS, INVESTMENT, RISKS, PLAN_CHANGES, PIPELINE)


def sheet_named(name: str) -> Sheet:
    """Return the table sheet of that name.

    Raises:
        KeyError: If the template has no such sheet.
    """
    for sheet in SHEETS:
        if sheet.name == name:
            return sheet
    raise KeyError(f"the template has no sheet {name}")
