"""The queries that the documentation shows, to be run as they stand there.

Here belongs taking them out of a page, and asking them of another period or moment than the page's
example. Not here: running and comparing them (the tests).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

from orchestration.settings import PROJECT
from publishing.questions.example import Example

QUESTIONS, HISTORY = PROJECT / "docs" / "questions.md", PROJECT / "docs" / "history.md"
ANALYST = PROJECT / "docs" / "analyst.md"

# What the pages' examples are about: the sample.
SAMPLE = Example(
    period_key=202106,
    plan_year="2021/22",
    directorate_code="AH",
    directorate_name="Adults & Housing",
    forecast_key=202106,
    close_key=202113,
    next_close_key=202213,
    report_code="CAB-2021-11-08",
    since=date(2021, 11, 8),
    window_from="2021/22",
    window_to="2022/23",
)
YEAR, PERIOD_KEY, MOMENT = "2021/22", 202106, datetime(2021, 11, 8, 10)  # noqa: DTZ001 - UTC, as in the release

_BLOCK = re.compile(r"^#+ (?P<title>[^\n]+)\n(?:(?!^#)[^\n]*\n)*?```sql\n(?P<sql>.*?)```", re.MULTILINE | re.DOTALL)


def queries(page: Path) -> dict[str, str]:
    """Return the SQL of each section of a page by its title; of a question by its number alone, of a way without."""
    text = page.read_text(encoding="utf-8")
    found = {match["title"]: match["sql"] for match in _BLOCK.finditer(text)}
    assert len(found) == text.count("```sql"), f"{page.name}: a section has two queries, or a query has no section"
    return {title.split()[0] if page == QUESTIONS else title.split(maxsplit=1)[1]: sql for title, sql in found.items()}


def asked_of(
    sql: str, *, period_key: int = PERIOD_KEY, plan_year: str | None = None, moment: datetime | None = None
) -> str:
    """Return a query with the example's period, plan year or moment replaced."""
    year, period = f"{period_key // 100}/{period_key // 100 % 100 + 1:02d}", f"P{period_key % 100:02d}"
    sql = sql.replace(str(PERIOD_KEY), str(period_key)).replace(
        f"reporting_year = '{YEAR}' and reporting_period = 'P06'",
        f"reporting_year = '{year}' and reporting_period = '{period}'",
    )
    if plan_year is not None:
        sql = sql.replace(f"plan_year.financial_year = '{YEAR}'", f"plan_year.financial_year = '{plan_year}'")
    return sql if moment is None else sql.replace(str(MOMENT), str(moment))


def asked_by_command(page: Path) -> list[str]:
    """Return the SQL of each ``savings query`` that a page shows."""
    return re.findall(r'^savings query "([^"]+)"', page.read_text(encoding="utf-8"), re.MULTILINE)
