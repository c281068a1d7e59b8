"""Who sent a return, when, and what became of it; and how good the returns are.

Here belongs what was sent. Not here: what was checked before publishing (``checks``).
"""

from __future__ import annotations

from publishing.site.blocks import Block, Cell, Heading, Page, Paragraph, Tag, table_of
from publishing.site.figures import Facts, Period, Record, Sentence
from publishing.site.shown import NOTHING

STATUS = "rpt_submission_status"
_TAGS = {
    "accepted": ("Accepted", "green"),
    "held": ("Held for a decision", "yellow"),
    "blocked": ("Not accepted", "red"),
    "refused": ("Not read", "red"),
    "NOT_RECEIVED": ("Not sent yet", "grey"),
}
_COLUMNS = (
    "reporting_year",
    "reporting_period",
    "directorate_name",
    "state",
    "certification",
    "due_on",
    "received_on",
    "version_no",
    "block_count",
    "warn_count",
)
_IN_TIME = {"is_on_time": ("In time", "green"), "is_late": ("Late", "yellow"), "is_missing": ("Not sent yet", "grey")}
_TIMELINESS = (
    "reporting_period",
    "directorate_name",
    "is_on_time",
    "due_on",
    "first_received_on",
    "is_first_time_right",
    "return_count",
)
_QUALITY = (
    "directorate_name",
    "return_count",
    "resubmission_count",
    "block_count",
    "warn_count",
    "unresolved_count",
    "quarantined_line_count",
    "plan_difference_gbp",
)


def page(facts: Facts) -> Page:
    """Return the page."""
    period = facts.period
    if period is None:
        return Page("returns", "Returns", "No return has been accepted yet.", [])
    now = _status(facts, "period_key = ?", period.key)
    earlier = _status(facts, "period_key < ?", period.key)
    sent = [each for each in now if each["received_on"] is not None]
    lead = f"{len(sent)} of {len(now)} directorates have sent a return for {period}."
    blocks: list[Block] = [
        table_of(now, list(_COLUMNS[2:]), f"Returns for {period}", "returns-now", cells={"state": _state}),
        *_timeliness(facts, period),
        *_quality(facts, period),
    ]
    if earlier:
        caption = "Returns of earlier periods, the latest first"
        blocks.append(Heading("Earlier periods", "earlier"))
        folded = "Show returns of earlier periods"
        blocks.append(
            table_of(earlier, list(_COLUMNS), caption, "returns-earlier", cells={"state": _state}, folded=folded)
        )
    return Page("returns", "Returns: who has sent", lead, blocks)


def of_directorate(facts: Facts, period: Period, code: str) -> list[Block]:
    """Return the returns of one directorate, the latest first."""
    found = _status(facts, "period_key <= ? and directorate_code = ?", period.key, code)
    this_year = [each for each in found if each["reporting_year"] == period.financial_year]
    earlier = found[len(this_year) :]
    columns = [column for column in _COLUMNS if column != "directorate_name"]
    blocks: list[Block] = [Heading("Returns", "returns")] if found else []
    for rows, caption, name, folded in (
        (this_year, f"Returns of {period.financial_year}, the latest first", "returns", ""),
        (earlier, "Returns of earlier years, the latest first", "earlier-returns", "Show returns of earlier years"),
    ):
        if rows:
            blocks.append(
                table_of(rows, columns, caption, f"{name}-{code.lower()}", cells={"state": _state}, folded=folded)
            )
    return blocks


def _status(facts: Facts, where: str, *parameters: object) -> list[Record]:
    return facts.records(STATUS, where, *parameters, order="period_key desc, directorate_name")


def _timeliness(facts: Facts, period: Period) -> list[Block]:
    """Return who sent in time, and right the first time, in the year so far."""
    where = "reporting_year = ? and period_key <= ?"
    order = "period_key desc, directorate_name"
    found = facts.records("rpt_timeliness", where, period.financial_year, period.key, order=order)
    if not found:
        return []
    counted = {flag: sum(row[flag] for row in found) for flag in (*_IN_TIME, "is_first_time_right")}
    caption = f"Returns for {period.financial_year} so far: sent in time, and right the first time"
    said = (
        f"Of {len(found)} returns for {period.financial_year} so far, {counted['is_on_time']} came in time, "
        f"{counted['is_late']} late, and {counted['is_missing']} have not come yet. Right the first time: "
        f"{counted['is_first_time_right']}. That means accepted as first sent, and no resubmission since. A "
        "restatement says new figures, and does not count as one."
    )
    return [
        Heading("Sent in time, and right the first time", "timeliness"),
        Paragraph(said),
        table_of(
            found,
            list(_TIMELINESS),
            caption,
            "returns-in-time",
            headings={"is_on_time": "In time", "return_count": "Files sent"},
            cells={"is_on_time": _in_time, "is_first_time_right": _right},
        ),
    ]


def _in_time(record: Record) -> Cell:
    return next(Tag(*said) for flag, said in _IN_TIME.items() if record[flag])


def _right(record: Record) -> Cell:
    return NOTHING if record["is_missing"] else record.figure("is_first_time_right")


def _quality(facts: Facts, period: Period) -> list[Block]:
    found = facts.records("rpt_quality_scorecard", "period_key = ?", period.key, order="directorate_name")
    if not found:
        return []
    return [
        Heading("How good the returns are", "quality"),
        Paragraph(
            Sentence(
                "To correct: what stopped a return. To check: what the sender was asked to look at. Quarantined: lines "
                "that are shown apart until they are corrected."
            )
        ),
        table_of(found, list(_QUALITY), f"Quality of the returns for {period}", "quality"),
    ]


def _state(record: Record) -> Cell:
    words, tone = _TAGS.get(record["state"], (record["state"].capitalize(), "grey"))
    return Tag(words, tone)
