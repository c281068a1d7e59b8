"""What was checked: the figures that reports print, and every check that ran before the release.

Here belongs what says how far the figures can be relied on. Not here: who sent what (``returns``).
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from publishing.plain_text import as_csv
from publishing.site.blocks import Block, Cell, Heading, Page, Paragraph, Table, Tag, table_of
from publishing.site.figures import Facts, Record

UNTESTED = "NOT_TESTABLE"
VERDICTS = {
    "MATCH": ("Matches", "green"),
    "MATCH_WITH_CAVEAT": ("Matches, with a reason", "green"),
    "NO_MATCH": ("Does not match", "red"),
    UNTESTED: ("Cannot be tested", "grey"),
}
_HEADINGS = {
    "check_name": "Check",
    "table_name": "Table",
    "engine": "Run by",
    "observed": "Seen",
    "failing_keys": "First rows",
    "who_acts": "Who acts",
    "reason": "Since when, and why",
    "status": "Outcome",
}
_ENGINES = {"dbt": "dbt", "gx": "Great Expectations", "duckdb": "DuckDB"}
_CLAIM_COLUMNS = ("claim_ref", "printed_text", "printed_value", "warehouse_value", "difference", "verdict", "reason")


def claims(facts: Facts) -> Page:
    """Return every figure that a report prints beside the warehouse's own."""
    found = facts.records("rpt_claim_check", order="report_code, sort_order, claim_ref")
    blocks: list[Block] = []
    for report, of_report in groupby(found, key=lambda row: row["report_code"]):
        rows = list(of_report)
        counted = Counter(row["verdict"] for row in rows)
        said = ", ".join(f"{words.lower()}: {counted[verdict]}" for verdict, (words, _) in VERDICTS.items())
        blocks += [
            Heading(f"Report {report}", f"report-{report.lower()}"),
            Paragraph(f"Figures by outcome: {said}."),
            *_claims([row for row in rows if row["verdict"] != UNTESTED], report, "claims"),
            *_claims(
                [row for row in rows if row["verdict"] == UNTESTED],
                report,
                "claims-not-tested",
                "Show the figures that cannot be tested",
            ),
        ]
    lead = "Every figure that a report prints, and whether it is the figure here."
    nothing = "No report's figures are on the council's list."
    return Page("claims", "Printed figures", lead if blocks else nothing, blocks)


def _claims(rows: list[Record], report: str, name: str, folded: str = "") -> list[Block]:
    if not rows:
        return []
    words = {"printed_value": "Printed", "warehouse_value": "Here"}
    caption = f"Figures that {report} prints{' and that cannot be tested' if folded else ''}"
    name, cells = f"{name}-{report.lower()}", {"verdict": _verdict}
    return [table_of(rows, list(_CLAIM_COLUMNS), caption, name, headings=words, cells=cells, folded=folded)]


def checks(facts: Facts) -> Page:
    """Return what each check found on this release: first what to look into, then what only warns, then all."""
    found = facts.ask("select * from marts.fct_check_result order by table_name, engine, check_name")
    not_passed = [row for row in found if row["status"] != "pass"]
    warns = [row for row in found if row["severity"] == "warn"]
    lead = f"{len(found) - len(not_passed)} of {len(found)} checks passed on the tables of this release."
    blocks: list[Block] = [
        Paragraph(
            "A check that fails stops publishing: readers keep the release before. Some only warn; a named post can "
            "let a release pass that holds much less than the one before."
        )
    ]
    if not_passed:
        columns = ["check_name", "table_name", "observed", "failing_keys", "who_acts", "status"]
        blocks.append(_checks(not_passed, columns, "Checks to look into", "checks-not-passed"))
    if warns:
        columns = ["check_name", "table_name", "reason", "who_acts", "status"]
        blocks.append(_checks(warns, columns, "Checks that only warn, since when and why", "checks-that-warn"))
    blocks.append(Heading("All checks", "all"))
    for table, of_table in groupby(found, key=lambda row: row["table_name"] or ""):
        columns = ["check_name", "engine", "observed", "status"]
        rows = list(of_table)
        folded = f"Show the {len(rows)} checks of {table}" if len(rows) > 1 else f"Show the check of {table}"
        blocks.append(_checks(rows, columns, table, f"checks-{table}", folded))
    return Page("checks", "Checks", lead, blocks)


def _checks(rows: list[dict[str, object]], columns: list[str], caption: str, name: str, folded: str = "") -> Table:
    return Table(
        caption=caption,
        headings=[_HEADINGS[column] for column in columns],
        numeric=frozenset(),
        rows=[[_cell(column, str(row[column] or "")) for column in columns] for row in rows],
        csv=as_csv(list(rows[0]), [list(row.values()) for row in rows]),
        name=name,
        folded=folded,
    )


def _cell(column: str, value: str) -> Cell:
    if column == "status":
        return Tag(*_status(value))
    if column == "check_name":
        return _sentence(value)
    if column == "engine":
        return _ENGINES.get(value, value)
    return value[:1].upper() + value[1:] if column == "who_acts" else value


def _sentence(check: str) -> str:
    """Return a check's name as the sentence that it is."""
    words = check.partition("__")[2].replace("_", " ") or check
    return words[:1].upper() + words[1:]


def _status(status: str) -> tuple[str, str]:
    return {"pass": ("Passed", "green"), "fail": ("Did not pass", "yellow")}.get(status, ("Let pass by a post", "red"))


def _verdict(record: Record) -> Cell:
    words, tone = VERDICTS.get(record["verdict"], (record["verdict"], "grey"))
    return Tag(words, tone)
