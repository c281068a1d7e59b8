"""What a folder that can be used makes possible, and what not: what its empty lists turn off, what nobody can do.

Here belongs what a council should know of a sound folder. Not here: what makes a folder wrong (``folder_checks``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sources.reference.folder_required import OPTIONAL_LISTS
from sources.reference.plan import AFTER_EVERYTHING
from sources.reference.reference import Reference

# Lines that are named; of more it is said how many.
_MOST = 5


def remarks_on(reference: Reference) -> list[str]:
    """Return each remark as a sentence or two."""
    off = [what for file, what in OPTIONAL_LISTS.items() if not reference.tables[file]]
    return [
        *off,
        *_without_a_second_account(reference),
        *_without_a_partner(reference),
        *_left_with_who_has_ended(reference),
    ]


def _without_a_second_account(reference: Reference) -> Iterator[str]:
    posts = [row for row in reference.tables["post"] if {"tag", "confirm"} & set(row["may"].split(";"))]
    if len({row["os_account"] for row in posts}) == 1:
        only = f"Only the account {posts[0]['os_account']} tags and confirms releases"
        yield f"{only}: no tag can be confirmed, for another has to do it."


def _without_a_partner(reference: Reference) -> Iterator[str]:
    able = {row["directorate_code"] for row in reference.tables["finance_bp"]}
    for code in sorted({row["directorate_code"] for row in reference.tables["expected_return"]} - able):
        yield f"{code} has no finance business partner in finance_bp.csv: its returns cannot be certified."


def _left_with_who_has_ended(reference: Reference) -> Iterator[str]:
    """Yield the lines that the plan leaves with a directorate after its last day: no return has them from then on."""
    last: dict[str, date] = {}
    for row in reference.tables["directorate"]:
        last[row["directorate_code"]] = max(last.get(row["directorate_code"], row["valid_from"]), row["valid_from"])
    for row in reference.tables["directorate"]:
        code = row["directorate_code"]
        lines = reference.plan_lines(code, *AFTER_EVERYTHING) if row["valid_to"] else []
        if lines and last[code] == row["valid_from"]:
            refs = ", ".join(line.saving_ref for line in lines[:_MOST])
            more = f" and {len(lines) - _MOST} more" if len(lines) > _MOST else ""
            ends = f"{code} ends on {row['valid_to']:%d/%m/%Y}, and the plan leaves it {refs}{more}"
            remedy = "Add a Move to plan_change.csv for each that is still open."
            yield f"{ends}: no return reports them after that. {remedy}"
