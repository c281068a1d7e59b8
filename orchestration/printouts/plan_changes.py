"""What reference data changed in pounds, laid out for a person.

Here belongs the section that a load and ``savings reference`` print alike. Not here: what changed
(``sources.intake.adoption``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from orchestration.printouts.sections import Section
from sources.findings.wording import pounds

_NO_PLAN = "none"


def section_of(changes: Sequence[Mapping[str, str | None]], notes: Sequence[str] = ()) -> Section:
    """Return the section.

    Args:
        changes: By directorate and plan year, as REFERENCE_ADOPTED has them.
        notes: Lines to put under it.
    """
    if not changes:
        return Section("Reference data: no pounds of the plan changed", notes=notes)
    columns = ("Directorate", "Plan year", "Before", "After", "Change")
    return Section("Reference data: what changed", columns, [_cells(change) for change in changes], notes, numbers=3)


def _cells(change: Mapping[str, str | None]) -> tuple[str, ...]:
    before, after = (None if (text := change[name]) is None else Decimal(text) for name in ("before_gbp", "after_gbp"))
    amounts = (_NO_PLAN if amount is None else pounds(amount) for amount in (before, after))
    moved = (after or Decimal(0)) - (before or Decimal(0))
    return str(change["directorate_code"]), str(change["plan_year"]), *amounts, pounds(moved)
