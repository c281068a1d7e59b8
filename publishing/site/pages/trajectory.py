"""How the forecast of one plan year moved from period to period: a picture and its table.

Here belongs what the council's page and each directorate's share. Not here: which rows they show.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from publishing.site import charts
from publishing.site.blocks import FOLDED, Block, Chart, table_of
from publishing.site.figures import Record, Sentence

_SERIES = {"baseline_gbp": "Plan"}


def trajectory(found: Sequence[Record], year: str, whose: str, projected: str, name: str) -> list[Block]:
    """Return the blocks.

    Args:
        found: A row for each period, in order.
        year: The plan year.
        whose: Whom the rows are of.
        projected: The column that holds what is projected.
        name: Of the files.
    """
    series = {**_SERIES, projected: "Projected"}
    points = [
        charts.Point(words, row["reporting_period"], row[column]) for column, words in series.items() for row in found
    ]
    known = [row for row in found if row[projected] is not None]
    finding: str | Sentence = f"Nothing is reported for {year} yet"
    if known:
        finding = Sentence(
            "At {period}, {projected} of {plan} planned for {year} was projected",
            period=known[-1]["reporting_period"],
            projected=known[-1].figure(projected),
            plan=known[-1].figure("baseline_gbp"),
            year=year,
        )
    said = "; ".join(f"{row['reporting_period']} {row.figure(projected)}" for row in found)
    columns = ["reporting_period", "baseline_gbp", projected]
    columns += [column for column in ("achieved_to_date_gbp", "is_carried_forward") if column in found[0].units]
    caption = f"Forecast of the plan for {year}, by period"
    words = {"is_carried_forward": "Earlier return carried forward"}
    if len(found) < 2:
        return [table_of(found, columns, caption, name, headings=words)]
    table = table_of(found, columns, caption, name, headings=words, folded=FOLDED)
    about = f"£ million by reporting period of {year}, {whose}"
    alt = f"Two lines over the periods: the plan, and what was projected. Projected: {said}."
    return [Chart(finding, about, alt, name, partial(charts.lines, points)), table]
