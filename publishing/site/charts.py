"""Pictures of figures: specifications in Vega-Lite, drawn as SVG without a browser.

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
# How wide a letter or a digit is, in pixels: more than most are.
_LETTER = 7.5
ZERO = Decimal(0)
_LOOKS = {
    "font": "Arial, Helvetica, sans-serif",
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 14,
        "titleFontSize": 14,
        "titleFontWeight": "normal",
        "labelColor": _INK,
        "titleColor": _INK,
        "gridColor": "#E5E6E7",
        "domainColor": _RULE,
    },
}
_MILLIONS = {
    "title": "£ million",
    "titleAngle": 0,
    "titleAlign": "left",
    "titleAnchor": "end",
    "titleY": -12,
    "tickCount": 4,
}
_PERIODS = {"title": None, "labelAngle": 0, "labelOverlap": "greedy", "labelFontSize": 13, "grid": False}


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
    room = _room(rows, largest, width)
    y = _words("name", sort=None, axis=_names(width))
    scale = {"domain": [min([0, *(row["low"] for row in rows)]), largest / room], "nice": False}
    drawn = {
        "mark": {"type": "bar", "height": {"band": 0.7}},
        "encoding": {
            "x": _amount("low", scale=scale, axis=None),
            "x2": {"field": "high"},
            "y": y,
            "color": _words("colour", scale=None),
            "stroke": _words("stroke", scale=None),
            "strokeDash": _words("dash", scale={"domain": ["no", "yes"], "range": [[1, 0], [4, 3]]}, legend=None),
        },
    }
    label = {
        "mark": {"type": "text", "align": "left", "dx": 6, "color": _INK, "fontSize": 14},
        "encoding": {"x": _amount("high", scale=scale), "y": y, "text": _words("label")},
    }
    lines = max((row["name"].count("\n") + 1 for row in rows), default=1)
    return _finished([drawn, label], rows, width, max(34, 18 * lines + 6) * len(rows))


def _room(rows: Sequence[dict[str, Any]], largest: float, width: int) -> float:
    """Return how much of the picture the longest bar may take, so that the value at the end of each is whole."""
    letters = max((len(line) for row in rows for line in row["name"].split("\n")), default=0)
    plot = width - _LETTER * letters
    ends: list[float] = [
        (plot - _LETTER * (len(row["label"]) + 2)) / plot * largest / row["high"] for row in rows if row["high"] > 0
    ]
    return max(0.2, min(0.62 if width <= NARROW else 0.8, *ends))


def _names(width: int) -> dict[str, Any]:
    """Return the axis of names: one too long for its place goes on in the line below, and none is cut."""
    split = "split(datum.label, '\\n')"
    return {"title": None, "labelLimit": width, "labelExpr": split, "domain": False, "ticks": False, "labelPadding": 4}


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
    placed: dict[str, Any] = {
        "x": _words("at", sort=places, scale={"domain": places}, axis=_PERIODS),
        "y": _amount("value", scale={"zero": True}, axis=_MILLIONS),
        "color": _words("series", scale={"domain": names, "range": colours}, legend=None),
    }
    line = {"mark": {"type": "line", "strokeWidth": 3, "point": {"size": 40}}, "encoding": placed}
    lowest = min(last.values(), key=lambda row: row["value"], default=None)
    named = [_name_of(row, placed, is_below=row is lowest and len(last) > 1) for row in last.values()]
    return _finished([line, *named], rows, width, 300)


def _name_of(row: dict[str, Any], placed: dict[str, Any], *, is_below: bool) -> dict[str, Any]:
    """Return the name of a line at its last point, above it or below."""
    mark = {"type": "text", "align": "right", "dy": 20 if is_below else -12, "fontSize": 14, "fontWeight": "bold"}
    return {"data": {"values": [row]}, "mark": mark, "encoding": {**placed, "text": _words("series")}}


def _words(field: str, **more: object) -> dict[str, Any]:
    return {"field": field, "type": "nominal", **more}


def _amount(field: str, **more: object) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", **more}


def _finished(
    layers: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]], width: int, height: int
) -> dict[str, Any]:
    return {
        "data": {"values": rows},
        "layer": layers,
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": _LOOKS,
    }
