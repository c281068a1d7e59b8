"""The metrics of the semantic layer, as MetricFlow has them, and each as a measure in DAX.

Here belongs reading dbt's ``semantic_manifest.json`` and saying the same in DAX. Not here: where a measure is written
(``model``). A metric that says something which is not translated here is an error, never left out.

A metric of money is added within one period. In DAX as in MetricFlow it takes the last period that the question
reaches: of all rows that date and period let through, whatever else is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishing.powerbi.names import in_dax

# Where dbt leaves them, next to its manifest.
SEMANTIC_MANIFEST = "semantic_manifest.json"
_CONDITION = re.compile(r"\{\{ Dimension\('(?P<entity>\w+)__(?P<name>\w+)'\) \}\}(?P<rest>.*)")
_EQUALS = re.compile(r"= '(?P<value>[^']*)'")
# When a row is: the day, and in its hour the period, for P12 and P13 end on one day.
_PERIOD = re.compile(r"(?P<day>\w+) \+ (?P<period>\w+) % 100 \* interval '1' hour")
# What chooses the period of a measure.
_WHEN = (("dim_date", "date_day"), ("dim_reporting_period", "period_key"))


class UntranslatedError(Exception):
    """A metric says what cannot be said in DAX yet; it names the metric."""


@dataclass(frozen=True)
class Measure:
    """A metric as Power BI has it.

    Attributes:
        label: Its name for people.
        description: What it means.
        table: The table that it is shown with.
        column: The column that it adds; None for a ratio.
        dax: Its expression.
        is_ratio: Whether it is one measure over another.
    """

    label: str
    description: str
    table: str
    column: str | None
    dax: str
    is_ratio: bool


def measures(semantic_manifest: Path) -> list[Measure]:
    """Return every metric as a measure, ratios after what they divide.

    Raises:
        UntranslatedError: If a metric cannot be said in DAX.
    """
    document = json.loads(semantic_manifest.read_bytes())
    models = {
        measure["name"]: (model, measure) for model in document["semantic_models"] for measure in model["measures"]
    }
    simple = {
        metric["name"]: _sum(metric, *models[metric["type_params"]["measure"]["name"]])
        for metric in document["metrics"]
        if metric["type"] == "simple"
    }
    ratios = [_ratio(metric, simple) for metric in document["metrics"] if metric["type"] != "simple"]
    return [*simple.values(), *ratios]


def days(semantic_manifest: Path) -> dict[str, str]:
    """Return the column of each table that says of which day its rows are."""
    document = json.loads(semantic_manifest.read_bytes())
    return {
        model["node_relation"]["alias"]: found["day"]
        for model in document["semantic_models"]
        for dimension in model["dimensions"]
        if (found := _PERIOD.fullmatch(dimension["expr"] or ""))
    }


def _sum(metric: Mapping[str, Any], model: Mapping[str, Any], measure: Mapping[str, Any]) -> Measure:
    table, period = model["node_relation"]["alias"], _period(metric, model, measure)
    if measure["agg"] != "sum":
        raise UntranslatedError(f"Metric {metric['name']}: only sums are translated, not {measure['agg']}.")
    column = measure["expr"] or measure["name"]
    conditions = [_condition(metric, model, each) for each in _conditions(metric)]
    at_any_of = [f"REMOVEFILTERS({in_dax(table)})", *(f"VALUES({in_dax(*each)})" for each in _WHEN)]
    last_period = _calculate(f"MAX({in_dax(table, period)})", *at_any_of, *conditions)
    held = [f"KEEPFILTERS({each})" for each in (*conditions, f"{in_dax(table, period)} = LastPeriod")]
    added = _calculate(f"SUM({in_dax(table, column)})", *held)
    dax = f"VAR LastPeriod =\n{last_period}\nRETURN\n{added}"
    return Measure(metric["label"], _on_one_line(metric["description"]), table, column, dax, is_ratio=False)


def _calculate(*arguments: str) -> str:
    return "\tCALCULATE(\n\t\t" + ",\n\t\t".join(arguments) + "\n\t)"


def _ratio(metric: Mapping[str, Any], simple: Mapping[str, Measure]) -> Measure:
    if metric["type"] != "ratio" or metric["filter"]:
        raise UntranslatedError(
            f"Metric {metric['name']} is {metric['type']}: only sums and plain ratios are translated."
        )
    above, below = (simple[metric["type_params"][part]["name"]] for part in ("numerator", "denominator"))
    dax = f"DIVIDE([{above.label}], [{below.label}])"
    return Measure(metric["label"], _on_one_line(metric["description"]), above.table, None, dax, is_ratio=True)


def _period(metric: Mapping[str, Any], model: Mapping[str, Any], measure: Mapping[str, Any]) -> str:
    """Return the column of whose last period a measure is added."""
    chosen = measure["non_additive_dimension"]
    found = chosen and _PERIOD.fullmatch(_column(model, chosen["name"]))
    if not found or chosen["window_choice"] != "max" or chosen.get("window_groupings"):
        raise UntranslatedError(f"Metric {metric['name']}: only the last period of all is translated.")
    return str(found["period"])


def _conditions(metric: Mapping[str, Any]) -> list[str]:
    filters = (metric["filter"] or {}).get("where_filters", ())
    return [part for each in filters for part in _on_one_line(each["where_sql_template"]).split(" and ")]


def _condition(metric: Mapping[str, Any], model: Mapping[str, Any], text: str) -> str:
    found = _CONDITION.fullmatch(text)
    primary = next(entity["name"] for entity in model["entities"] if entity["type"] == "primary")
    if not found or found["entity"] != primary:
        raise UntranslatedError(f"Metric {metric['name']}: its filter cannot be said in DAX: {text}")
    column = in_dax(model["node_relation"]["alias"], _column(model, found["name"]))
    rest = found["rest"].strip()
    if not rest:
        return f"{column} = TRUE()"
    if rest == "is not null":
        return f"NOT ISBLANK({column})"
    if equals := _EQUALS.fullmatch(rest):
        return f'{column} = "{equals["value"]}"'
    raise UntranslatedError(f"Metric {metric['name']}: its filter cannot be said in DAX: {text}")


def _column(model: Mapping[str, Any], dimension: str) -> str:
    (found,) = [each for each in model["dimensions"] if each["name"] == dimension]
    return str(found["expr"] or found["name"])


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
