"""The contract of the reference folder: its files, their columns, and what each column holds.

Here belongs the shape of what the council decides. Not here: reading and checking a folder
(``reference``), and the values themselves (``reference/dorset``).

``valid_from`` and ``valid_to`` are the first and the last day on which a row holds; no ``valid_to``
means that it still does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """How a reference cell is typed; each is read from text, never guessed."""

    TEXT = "text"
    MONEY = "money"  # decimal(14,2)
    DECIMAL = "decimal"  # decimal(18,6): shares, printed values
    INTEGER = "integer"
    BOOLEAN = "boolean"  # true or false
    DATE = "date"  # ISO
    YEAR = "financial year"  # 2021/22
    PERIOD = "reporting period"  # P00 to P13
    PATTERN = "regular expression"
    CODE = "code"  # AH, AH-ASC: part of names of folders, files and keys
    DOMAIN = "domain of e-mail addresses"


@dataclass(frozen=True)
class Field:
    """One column of a reference file.

    Attributes:
        name: Its heading.
        kind: How its cells are typed.
        is_required: Whether no cell of it may be empty.
        default: What each cell counts as in a folder from before there was this column; None where the column
            has always been there.
        is_published: False for what the warehouse does without.
    """

    name: str
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = True
    default: str | None = None
    is_published: bool = True


@dataclass(frozen=True)
class ReferenceFile:
    """One CSV of the reference folder, which is also table ``reference.<name>`` where it is published.

    Attributes:
        name: File name without ``.csv``.
        key: Columns that identify a row; for dated tables ``valid_from`` is among them.
        fields: The columns under contract; further ones are allowed and not loaded.
        is_published: False for what the warehouse does without, and what never leaves the ledger.
    """

    name: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    is_published: bool = True

    @property
    def published_fields(self) -> tuple[Field, ...]:
        """The columns that are loaded into the warehouse."""
        return tuple(field for field in self.fields if field.is_published)


_T, _M, _D, _I = FieldKind.TEXT, FieldKind.MONEY, FieldKind.DECIMAL, FieldKind.INTEGER
_B, _DATE, _Y, _P = FieldKind.BOOLEAN, FieldKind.DATE, FieldKind.YEAR, FieldKind.PERIOD
_C = FieldKind.CODE


def _opt(name: str, kind: FieldKind = _T) -> Field:
    return Field(name, kind, is_required=False)


_WORD = (Field("code"), Field("name"), Field("sort_order", _I))
# Where the name was taken from, or that it was inferred: the report prints its themes as images.
_SOURCED = (Field("code", _C), Field("name"), Field("sort_order", _I), Field("source"))

REFERENCE_FILES: tuple[ReferenceFile, ...] = (
    ReferenceFile(
        "directorate",
        ("directorate_code", "valid_from"),
        (
            Field("directorate_code", _C),
            Field("directorate_name"),
            Field("valid_from", _DATE),
            _opt("valid_to", _DATE),
            _opt("successor_code"),
            # The group of the machine that reads the directorate's desk; blank: the service alone.
            Field("os_group", is_required=False, default="", is_published=False),
        ),
    ),
    # What people write is read by them; the warehouse has the words themselves.
    ReferenceFile("directorate_alias", ("alias",), (Field("alias"), Field("code")), is_published=False),
    ReferenceFile("status_alias", ("alias",), (Field("alias"), Field("code")), is_published=False),
    ReferenceFile(
        "service",
        ("service_code", "valid_from"),
        (
            Field("service_code", _C),
            Field("service_name"),
            Field("directorate_code"),
            Field("valid_from", _DATE),
            _opt("valid_to", _DATE),
        ),
    ),
    ReferenceFile(
        "financial_year",
        ("financial_year",),
        (
            Field("financial_year", _Y),
            Field("start_date", _DATE),
            Field("end_date", _DATE),
            Field("programme_year_no", _I),
        ),
    ),
    ReferenceFile(
        "programme_phase",
        ("phase_code",),
        (Field("phase_code", _C), Field("phase_name"), Field("description"), Field("sort_order", _I)),
    ),
    ReferenceFile("year_phase", ("financial_year", "phase_code"), (Field("financial_year", _Y), Field("phase_code"))),
    ReferenceFile(
        "reporting_calendar",
        ("financial_year", "reporting_period"),
        (
            Field("financial_year", _Y),
            Field("reporting_period", _P),
            Field("as_at_date", _DATE),
            Field("return_due_date", _DATE),
        ),
    ),
    ReferenceFile(
        "expected_return",
        ("directorate_code", "financial_year"),
        (
            Field("directorate_code"),
            Field("financial_year", _Y),
            Field("from_period", _P),
            # For a directorate that ends within the year; blank: to the year's end.
            Field("to_period", _P, is_required=False, default=""),
        ),
    ),
    ReferenceFile(
        "approved_plan",
        ("saving_ref", "plan_year"),
        (
            Field("saving_ref"),
            Field("plan_year", _Y),
            Field("directorate_code"),
            Field("is_cashable", _B),
            Field("baseline_gbp", _M),
            Field("budget_document"),
        ),
    ),
    ReferenceFile(
        "plan_change",
        ("change_ref", "saving_ref", "plan_year"),
        (
            Field("change_ref"),
            Field("saving_ref"),
            Field("plan_year", _Y),
            Field("change_type"),
            Field("amount_gbp", _M),
            _opt("directorate_code"),
            _opt("is_cashable", _B),
            _opt("counterpart_ref"),
            Field("effective_year", _Y),
            Field("effective_period", _P),
            Field("decision_ref"),
        ),
    ),
    ReferenceFile(
        "decision",
        ("decision_ref",),
        (Field("decision_ref"), Field("body"), Field("decided_on", _DATE), Field("title")),
    ),
    ReferenceFile(
        "finance_bp",
        ("directorate_code", "finance_bp_name", "valid_from"),
        (
            Field("directorate_code"),
            Field("finance_bp_name"),
            Field("post"),
            Field("valid_from", _DATE),
            _opt("valid_to", _DATE),
        ),
        is_published=False,
    ),
    ReferenceFile(
        "post",
        ("post",),
        (Field("post"), _opt("directorate_code"), Field("may"), Field("os_account")),
        is_published=False,
    ),
    ReferenceFile("printed_project", ("project_name", "list"), (Field("project_name"), Field("list"), Field("owner"))),
    ReferenceFile("setting", ("name",), (Field("name"), Field("value"), Field("meaning"))),
    ReferenceFile(
        "printed_plan_total",
        ("directorate_code", "plan_year", "is_cashable"),
        (
            Field("directorate_code"),
            Field("plan_year", _Y),
            Field("is_cashable", _B),
            Field("baseline_gbp", _M),
            Field("source"),
        ),
    ),
    ReferenceFile("theme", ("code",), _SOURCED),
    ReferenceFile("workstream", ("code",), _SOURCED),
    ReferenceFile("council_value", ("code",), _SOURCED),
    ReferenceFile("vocabulary", ("vocabulary", "code"), (Field("vocabulary"), *_WORD, _opt("definition"))),
    ReferenceFile(
        "fund",
        ("fund_ref", "project_ref"),
        (
            Field("fund_ref"),
            Field("project_ref"),
            Field("share", _D),
            Field("approved_gbp", _M),
            Field("window_from", _Y),
            Field("window_to", _Y),
            Field("source"),
        ),
    ),
    ReferenceFile(
        "published_claim",
        ("claim_ref", "measure", "directorate_code"),
        (
            Field("claim_ref"),
            Field("report_code"),
            Field("paragraph"),
            Field("printed_text"),
            Field("measure"),
            Field("unit"),
            Field("financial_year"),
            Field("status_word"),
            Field("as_at"),
            Field("basis"),
            Field("directorate_code"),
            _opt("printed_value", _D),
            _opt("value_low", _D),
            _opt("value_high", _D),
            _opt("warehouse_measure"),
            _opt("warehouse_period"),
            Field("is_testable", _B),
            _opt("caveat"),
            Field("sort_order", _I),
        ),
    ),
    ReferenceFile("report", ("report_code",), (Field("report_code", _C), Field("title"), Field("meeting_date", _DATE))),
    ReferenceFile(
        "budget_gap",
        ("plan_version", "financial_year", "component"),
        (
            Field("plan_version"),
            Field("financial_year", _Y),
            Field("component"),
            _opt("amount_gbp", _M),
            _opt("low_gbp", _M),
            _opt("high_gbp", _M),
            Field("basis"),
            Field("is_unidentified", _B),
            Field("source"),
        ),
    ),
)


def reference_file(name: str) -> ReferenceFile:
    """Return the file of that name.

    Raises:
        KeyError: If the contract has no such file.
    """
    for file in REFERENCE_FILES:
        if file.name == name:
            return file
    raise KeyError(f"the reference contract has no file {name}.csv")
