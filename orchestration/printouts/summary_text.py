"""How the summary of a night reads: its sections, in the order they are read.

Here belong its words and the rounding that is for display only (R25: half up). Not here: what is
said (``summary``), and how a section looks (``sections``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from rich.console import Console

from orchestration.printouts import plan_changes
from orchestration.printouts.sections import Section, print_sections
from orchestration.printouts.summary import NO_FOLDER, TOTAL, CheckSeen, Mismatch, Summary, Table1, Table1Row

_SEVERITIES = {"B": "blocking", "H": "holding", "W": "warning", "C": "against certifying"}
_UNKNOWN = "not known"


def print_summary(summary: Summary, console: Console) -> None:
    """Print the summary: as tables where somebody looks, as plain lines where a file or pipe does."""
    print_sections(sections(summary), console)


def pounds(amount: Decimal | None) -> str:
    """Return pounds as people read them: £5,407,500."""
    if amount is None:
        return _UNKNOWN
    whole = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{'-' if whole < 0 else ''}£{abs(whole):,}"


def share(part: Decimal, whole: Decimal) -> str:
    """Return a share with its numerator and denominator: £1 of £4 (25.0 %)."""
    if not whole:
        return f"{pounds(part)} of {pounds(whole)}"
    percent = (100 * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{pounds(part)} of {pounds(whole)} ({percent} %)"


def sections(summary: Summary) -> Iterator[Section]:
    """Yield what is said, in the order it is read."""
    if summary.problems:
        yield Section("Nothing was published", notes=summary.problems)
    if summary.release is not None:
        if summary.problems:
            # Nobody may take what follows for tonight's figures.
            yield _release(summary)
        yield _checks(summary.checks_passed, summary.checks_failed)
        for table in summary.table_1:
            yield _table_1(table)
        if summary.mismatches:
            yield _mismatches(summary.mismatches)
        if not summary.problems:
            yield _release(summary)
    if summary.arrivals:
        yield _arrivals(summary)
    if summary.plan_changes is not None:
        yield plan_changes.section_of(summary.plan_changes)
    yield Section("What to do next", notes=summary.next_steps or ("Nothing.",))


def _arrivals(summary: Summary) -> Section:
    rows = [
        (
            arrival.directorate_code or NO_FOLDER,
            arrival.file_name,
            arrival.state,
            ", ".join(f"{count} {_SEVERITIES[code]}" for code, count in arrival.findings.items() if count) or "none",
            arrival.receipt,
        )
        for arrival in summary.arrivals
    ]
    return Section("What came in", ("From", "File", "State", "Findings", "Receipt"), rows)


def _checks(passed: int, failed: Sequence[CheckSeen]) -> Section:
    rows = [(check.name, check.severity, check.status, check.observed) for check in failed]
    title = f"Checks: {passed} passed, {len(failed)} failed"
    return Section(title, ("Check", "Severity", "Status", "Seen") if rows else (), rows)


def _table_1(table: Table1) -> Section:
    is_incomplete = table.total.is_incomplete
    columns = ["Directorate", "Baseline", "Projected", "Deferred", "Undeliverable", "Unexplained"]
    columns += ["Not reported"] if is_incomplete else []
    return Section(
        f"Table 1: savings plan of {table.plan_year}, as at {table.as_at_date:%d %B %Y} "
        f"({table.reporting_period} {table.reporting_year})",
        columns,
        [_table_1_cells(row, is_incomplete) for row in table.rows],
        tuple(_shares(table.total)),
        numbers=len(columns) - 1,
    )


def _table_1_cells(row: Table1Row, shows_not_reported: bool) -> list[str]:
    name = row.directorate_name
    if row.directorate_code != TOTAL:
        name += " (not reported)" if row.is_incomplete else " (carried forward)" if row.is_carried_forward else ""
    amounts = [row.baseline_gbp, row.projected_gbp, row.deferred_gbp, row.undeliverable_gbp, row.unexplained_gbp]
    amounts += [row.not_reported_gbp] if shows_not_reported else []
    return [name, *map(pounds, amounts)]


def _shares(total: Table1Row) -> Iterator[str]:
    parts = {
        "Projected": total.projected_gbp,
        "Deferred": total.deferred_gbp,
        "Undeliverable": total.undeliverable_gbp,
        "Neither projected nor deferred nor decided undeliverable": total.unexplained_gbp,
        "Not reported": total.not_reported_gbp,
    }
    for name, part in parts.items():
        if part:
            yield f"{name}: {share(part, total.baseline_gbp)}"


def _mismatches(mismatches: Sequence[Mismatch]) -> Section:
    rows = [
        (
            claim.claim_ref,
            claim.paragraph,
            claim.printed_text,
            *(
                _in_unit(value, claim.unit)
                for value in (claim.printed_value, claim.warehouse_value, claim.difference, claim.beyond_rounding)
            ),
        )
        for claim in mismatches
    ]
    columns = ("Claim", "Paragraph", "As printed", "Printed", "Warehouse", "Difference", "Beyond rounding")
    return Section("Printed figures that do not match", columns, rows, numbers=4)


def _in_unit(value: Decimal, unit: str) -> str:
    return pounds(value) if unit == "GBP" else f"{value.normalize():f} {unit}"


def _release(summary: Summary) -> Section:
    if summary.problems:
        return Section("The release that readers keep; all that follows is of it", notes=(str(summary.release),))
    said = "Published" if summary.is_new else "The content is the same, readers keep"
    return Section("Release", notes=(f"{said}: {summary.release}",))
