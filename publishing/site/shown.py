"""How a value of the warehouse is shown to a reader.

Here belongs the one way to write pounds, dates, shares and what is not known. Not here: which values a page
shows (``pages``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sources.clock import LONDON

NOT_REPORTED = "not yet reported"
NOT_KNOWN = "not known"
NOTHING = "none"
_POUND = Decimal(1)


def shown(value: object, unit: str = "none", absent: str = NOT_KNOWN) -> str:
    """Return a value in words.

    Args:
        value: As the mart has it; null is said, never drawn as zero.
        unit: As the data dictionary names it.
        absent: What an amount is that the mart does not have.
    """
    if value is None:
        return absent if unit == "pounds" else NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if unit == "pounds" and isinstance(value, Decimal):
        return pounds(value)
    if unit == "ratio" and isinstance(value, Decimal):
        return share(value)
    if isinstance(value, Decimal):
        return _signed(f"{value:,f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}")
    if isinstance(value, int):
        return _signed(f"{value:,}")
    return str(value)


def pounds(amount: Decimal) -> str:
    """Return an amount to the pound, half up."""
    rounded = amount.quantize(_POUND, ROUND_HALF_UP)
    return _signed(f"{'-' if rounded < 0 else ''}£{abs(rounded):,}")


def share(ratio: Decimal) -> str:
    """Return a ratio as a percentage with one decimal, half up."""
    percentage = (ratio * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return _signed(f"{percentage:,}%")


def day(on: date) -> str:
    """Return a day, 30 September 2021."""
    return f"{on.day} {on:%B %Y}"


def moment(at: datetime) -> str:
    """Return a moment that the warehouse keeps in UTC by London's clock."""
    local = at.replace(tzinfo=UTC).astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"


def heading(column: str) -> str:
    """Return a column's name in words."""
    words = column.removeprefix("is_").removesuffix("_gbp").removesuffix("_name").replace("_", " ")
    return _HEADINGS.get(column, words.capitalize())


def _signed(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")


_HEADINGS = {
    "directorate_code": "Code",
    "baseline_gbp": "Plan",
    "original_baseline_gbp": "Plan as first approved",
    "projected_gbp": "Projected",
    "counted_projected_gbp": "Counted projected",
    "achieved_to_date_gbp": "Achieved to date",
    "over_achieved_gbp": "Over-achieved",
    "amount_gbp": "Amount",
    "saving_ref": "Reference",
    "saving_title": "Saving",
    "reporting_period": "Period",
    "received_at": "Received",
    "received_on": "Received",
    "due_on": "Due",
    "state": "What became of it",
    "version_no": "Version",
    "block_count": "To correct",
    "warn_count": "To check",
    "rag_submitted": "RAG as sent",
    "rag_derived": "RAG by its figures",
    "file_sha256": "File's SHA-256",
    "source_sheet": "Sheet",
    "source_row": "Row",
    "project_ref": "Project reference",
    "fund_ref": "Fund line",
    "gross_roi": "Return per pound",
    "net_roi": "Net return per pound",
    "milestone_rag": "RAG",
    "claim_ref": "Claim",
    "printed_text": "As printed",
    "planned_end_date": "Planned end",
    "start_date": "Start",
    "due_date": "Due",
}
