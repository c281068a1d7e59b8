"""Pictures of figures: Vega-Lite specifications by Altair, drawn as SVG without a browser.

Here belongs how bars, lines and waterfalls look: the palette of the Government Analysis Function, values
beside what they belong to instead of a legend, and what is not reported as an empty dashed outline. Not here:
which figures are drawn (``pages``).
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import altair as alt
import vl_convert

# https://analysisfunction.civilservice.gov.uk/policy-store/data-visualisation-colours-in-charts/
DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE = CATEGORICAL = (
    "#12436D",
    "#28A197",
    "#801650",
    "#F46A25",
    "#3D3D3D",
    "#A285D1",
)
QUIET = "#BFBFBF"
_INK, _RULE = "#0B0C0C", "#B1B4B6"
WIDE, NARROW = 720, 320
# How many letters of a bar's name there is room for in a line.
_LETTERS_WIDE, _LETTERS_NARROW = 40, 18
ZERO = Decimal(0)
_FONT = "Arial, Helvetica, sans-serif"


@dataclass(frozen=True)
class Bar:
    """One bar of a waterfall or of a bar chart.

    Attributes:
        name: What it is.
        start: Where it begins, in pounds.
        end: Where it ends.
        label: The value in words, written beside it.
        colour: Its colour; None for an outline of what is not reported.
    """

    name: str
    start: Decimal
    end: Decimal
    label: str
    colour: str | None = DARK_BLUE


def svg(specification: dict[str, Any]) -> str:
    """Return a specification as SVG: the same text each time."""
    drawn: str = vl_convert.vegalite_to_svg(specification)
    return drawn


def png(specification: dict[str, Any]) -> bytes:
    """Return a specification as a picture of pixels, for programs that draw no SVG."""
    drawn: bytes = vl_convert.vegalite_to_png(specification, scale=2)
    return drawn


def bars(steps: Sequence[Bar], width: int) -> dict[str, Any]:
    """Return bars from the left, one below the other, each with its value at its end."""
    is_narrow = width <= NARROW
    rows = [_bar_row(step, _LETTERS_NARROW if is_narrow else _LETTERS_WIDE) for step in steps]
    largest = max((abs(row["high"]) for row in rows), default=0) or 1
    room = 0.62 if is_narrow else 0.8
    # A name too long for its place goes on in the line below: none is cut.
    names = alt.Axis(
        title=None, labelLimit=width, labelExpr="split(datum.label, '\\n')", domain=False, ticks=False, labelPadding=4
    )
    scale = alt.Scale(domain=[min([0, *(row["low"] for row in rows)]), largest / room], nice=False)
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("name:N", sort=None, axis=names))
    mark = base.mark_bar(height={"band": 0.7}).encode(
        x=alt.X("low:Q", scale=scale, axis=None),
        x2="high:Q",
        color=alt.Color("colour:N", scale=None),
        stroke=alt.Stroke("stroke:N", scale=None),
        strokeDash=alt.StrokeDash("dash:N", scale=alt.Scale(domain=["no", "yes"], range=[[1, 0], [4, 3]]), legend=None),
    )
    label = base.mark_text(align="left", dx=6, color=_INK, fontSize=14).encode(
        x=alt.X("high:Q", scale=scale), text="label:N"
    )
    lines = max((row["name"].count("\n") + 1 for row in rows), default=1)
    return _finished(mark + label, width, max(34, 18 * lines + 6) * len(rows))


def in_words(drawn: Sequence[Bar]) -> str:
    """Return bars in words, for who does not see them."""
    return f"Bars, one below the other. {'. '.join(f'{bar.name}: {bar.label}' for bar in drawn)}."


def _bar_row(step: Bar, letters: int) -> dict[str, Any]:
    low, high = sorted((float(step.start), float(step.end)))
    is_drawn = step.colour is not None
    return {
        "name": "\n".join(line for part in step.name.split(", ") for line in textwrap.wrap(part, letters))
        if len(step.name) > letters
        else step.name,
        "low": low,
        "high": high,
        "label": step.label,
        "colour": step.colour or "#FFFFFF",
        "stroke": step.colour or DARK_GREY,
        "dash": "no" if is_drawn else "yes",
    }


@dataclass(frozen=True)
class Point:
    """A point of a line; a value that is not known leaves a gap.

    Attributes:
        series: Which line.
        at: Its place from the left, as the axis names it.
        value: In pounds; None leaves a gap.
    """

    series: str
    at: str
    value: Decimal | None


def lines(points: Sequence[Point], width: int) -> dict[str, Any]:
    """Return at most four lines over periods, each named at its end."""
    names = list(dict.fromkeys(point.series for point in points))
    places = list(dict.fromkeys(point.at for point in points))
    colours = [DARK_BLUE, ORANGE] if len(names) <= 2 else list(CATEGORICAL[: len(names)])
    rows: list[dict[str, Any]] = [
        {
            "series": point.series,
            "at": point.at,
            "value": None if point.value is None else float(point.value) / 1_000_000,
        }
        for point in points
    ]
    last = {row["series"]: row for row in rows if row["value"] is not None}
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=colours), legend=None)
    x = alt.X(
        "at:N",
        sort=places,
        scale=alt.Scale(domain=places),
        axis=alt.Axis(title=None, labelAngle=0, labelOverlap="greedy", labelFontSize=13, grid=False),
    )
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(zero=True),
        axis=alt.Axis(title="£ million", titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-12, tickCount=4),
    )
    drawn = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=3, point={"size": 40}).encode(x=x, y=y, color=colour)
    lowest = min(last.values(), key=lambda row: row["value"], default=None)
    for row in last.values():
        below = row is lowest and len(last) > 1
        drawn += (
            alt.Chart(alt.Data(values=[row]))
            .mark_text(align="right", dy=20 if below else -12, fontSize=14, fontWeight="bold")
            .encode(x=x, y=y, color=colour, text="series:N")
        )
    return _finished(drawn, width, 300)


def _finished(chart: alt.LayerChart, width: int, height: int) -> dict[str, Any]:
    finished = chart.properties(width=width, height=height, autosize=alt.AutoSizeParams(type="fit", contains="padding"))
    finished = finished.configure(font=_FONT, background="white").configure_view(stroke=None)
    finished = finished.configure_axis(
        labelFontSize=14,
        titleFontSize=14,
        titleFontWeight="normal",
        labelColor=_INK,
        titleColor=_INK,
        gridColor="#E5E6E7",
        domainColor=_RULE,
    )
    specification: dict[str, Any] = finished.to_dict()
    return specification
