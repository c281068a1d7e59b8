"""What was taken from a council's budget sheet and what was left out, laid out for a person and for a machine.

Here belongs the layout. Not here: the import (``sources.intake.plan_import``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.printouts.sections import Section
from sources.findings.wording import pounds

if TYPE_CHECKING:
    from decimal import Decimal

    from sources.intake.plan_import import PlanImport


def sections_of(done: PlanImport, year: str, folder: Path) -> list[Section]:
    """Return what is printed."""
    rows = [
        (str(row.number), row.reference, row.why, "" if row.pounds is None else _told(row.pounds))
        for row in done.left_out
    ]
    replaced = [f"They replace {done.replaced} of {year} that were there."] if done.replaced else []
    sums = (done.pounds_taken + done.pounds_left_out, done.pounds_taken, done.pounds_left_out)
    whole, in_the_plan, outside = map(_told, sums)
    taken = Section(
        f"Taken into the plan of {year}: {len(done.taken)} rows, {in_the_plan}",
        notes=[f"Written to {folder / 'approved_plan.csv'}. `savings reference show` says what changes.", *replaced],
    )
    left_out = Section(
        f"Left out: {len(rows)} rows, {outside}",
        ("Row", "Reference", "Why", "Pounds") if rows else (),
        rows,
        [f"Pounds of the sheet: {whole} = {in_the_plan} + {outside}"],
        numbers=1,
    )
    return [taken, left_out]


def as_document(done: PlanImport) -> dict[str, Any]:
    """Return the same for a machine; pounds are texts, exact."""
    return {
        "taken": [dict(row.plan) | {"row": row.number} for row in done.taken],
        "left_out": [
            {"row": row.number, "reference": row.reference, "why": row.why, "pounds": _exact(row.pounds)}
            for row in done.left_out
        ],
        "pounds_taken": _exact(done.pounds_taken),
        "pounds_left_out": _exact(done.pounds_left_out),
        "replaced": done.replaced,
    }


def _told(amount: Decimal) -> str:
    """Return pounds to the penny, or exactly where the sheet has parts of one."""
    return pounds(amount) if amount == round(amount, 2) else f"£{amount:,f}"


def _exact(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
