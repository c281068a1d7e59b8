"""The page of a release that says what every check found, who acts on it, and why some only warn.

Here belongs what the page says, from the stored results alone. Not here: running checks
(``expectations``), the same results as rows (``release_tables``), how a page looks
(``sources.receipts.pages``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from expectations.evidence import CheckResult
from sources.receipts.pages import render_page

CHECKS_PAGE = "checks.html"
_TEMPLATES = Path(__file__).parent / "page_templates"
_ENGINES = {"dbt": "dbt", "gx": "Great Expectations", "duckdb": "DuckDB"}
_RESULTS = {"pass": "Passed", "fail": "Failed, warns", "overridden": "Failed, let pass"}


@dataclass(frozen=True)
class _Table:
    caption: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    amounts: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Page:
    release_id: str
    heading: str
    lead: str
    failed: _Table
    warnings: _Table
    tables: list[_Table]


def checks_page(release_id: str, checks: Sequence[CheckResult]) -> bytes:
    """Return the page of a release.

    Args:
        release_id: The release.
        checks: As the release states them.
    """
    return render_page("checks.html", templates=_TEMPLATES, page=_page(release_id, checks))


def _page(release_id: str, checks: Sequence[CheckResult]) -> _Page:
    failed = [check for check in checks if check.status != "pass"]
    by_table = sorted(checks, key=lambda check: (check.table, check.engine, check.name))
    return _Page(
        release_id=release_id,
        heading=f"{len(checks) - len(failed)} of {len(checks)} checks passed",
        lead=_lead(failed),
        failed=_Table(
            "Checks that failed",
            ("Check", "Table", "What was seen", "First rows", "Who acts"),
            [(_sentence(c), c.table, c.observed, "; ".join(c.failing_keys) or "None", _post(c)) for c in failed],
        ),
        warnings=_Table(
            "Checks that warn, and why",
            ("Check", "Table", "Since when, and why", "Who acts", "Result"),
            [(_sentence(c), c.table, c.reason, _post(c), _RESULTS[c.status]) for c in by_table if c.severity == "warn"],
        ),
        tables=[
            _Table(
                table,
                ("Check", "Run by", "What was seen", "Result"),
                [(_sentence(c), _ENGINES[c.engine], c.observed, _RESULTS[c.status]) for c in of_table],
            )
            for table, of_table in groupby(by_table, key=lambda check: check.table)
        ],
    )


def _lead(failed: Sequence[CheckResult]) -> str:
    if not failed:
        return "Nothing has to be looked into."
    posts = sorted({_post(check) for check in failed})
    return f"Look into {len(failed)} of them: {', '.join(posts)}."


def _sentence(check: CheckResult) -> str:
    return check.name.rpartition("__")[2].replace("_", " ").capitalize()


def _post(check: CheckResult) -> str:
    return check.who_acts.capitalize()
