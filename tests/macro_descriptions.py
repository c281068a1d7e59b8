"""The descriptions of the dbt project's macros, for its documentation: from the comment above each macro.

Here belongs turning comments into the YAML that dbt reads. Not here: what a macro does, which the
comment above it says.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from dbt_project.invocation import PROJECT

PAGE = PROJECT / "macros" / "macros.yml"
# A generic test is a macro too, named test_<name>; so is a materialisation, named materialization_<name>_<engine>.
_MACRO = re.compile(
    r"(?:\{#-?(?P<comment>(?:(?!#\}).)*)#\}\n)?\{%-? (?P<kind>macro|test|materialization) (?P<name>\w+)"
    r"(?:\((?P<arguments>[^)]*)\)|, adapter='(?P<engine>\w+)')",
    re.DOTALL,
)
_NAMES = {"macro": "{name}", "test": "test_{name}", "materialization": "materialization_{name}_{engine}"}
_ENGINES = {"default__": "DuckDB", "spark__": "Spark"}
_HEAD = "# Made from the comments above the macros (`make generated`); change those.\n"

# An argument means the same in every macro.
_ARGUMENTS = {
    "amount": "An expression: pounds.",
    "amounts": "Names of columns that are summed.",
    "attributes": "Names of the columns whose change makes another version.",
    "bridge": "The relation that holds the weights.",
    "candidates": "Name of a CTE or ref with the spans that compete.",
    "classification": "What pounds are shared over: theme or workstream.",
    "code": "Name of the column with the code of a share.",
    "column": "Name of a column.",
    "columns": "Names of columns.",
    "condition": "A condition that every row has to meet.",
    "conditions": "Conditions by the name of their rule.",
    "custom_schema_name": "The schema that is declared.",
    "cuts": "Name of a CTE with moments by key, as column cut_at.",
    "day": "An expression: a day.",
    "declared": "What the YAML of a table says of its rows.",
    "delimiter": "What stands between two texts.",
    "denominator": "An expression: pounds, never below 0.",
    "dimension": "The relation that names the members.",
    "dividend": "An expression: a whole number.",
    "divisor": "An expression: a whole number above 0.",
    "every_row": "Conditions by the name of their rule.",
    "expressions": "Names of columns, or expressions.",
    "factor": "An expression: a whole number, which may be negative.",
    "field": "Name of a column.",
    "financial_year": "An expression: a year in words, 2021/22.",
    "financial_year_key": "An expression: the year in which a financial year starts, 2021.",
    "first_by": "The order in which candidates are preferred.",
    "first_day": "An expression: the first day.",
    "identity": "Names of columns: neighbours that agree in all of them are one.",
    "is_in": "Columns that name a row of another relation, by the name of their rule.",
    "key": "Names of the columns that identify what the rows are about.",
    "kind": "Kind of a constraint: not_null, primary_key or foreign_key.",
    "last_day": "An expression: the last day.",
    "members": "Columns with the words that they may hold, by the name of their rule.",
    "model": "The relation that is tested.",
    "moment": "An expression: a moment in UTC.",
    "most": "An expression: pounds that nothing goes beyond.",
    "name": "What the key is of; keys of different things never meet.",
    "node": "A model, as the manifest has it.",
    "number_of_days": "A whole number; below 0 it goes back.",
    "numerator": "An expression: pounds.",
    "one": "An expression, or the name of a relation.",
    "one_row_per": "The columns that identify a row, by what they are.",
    "order_by": "By what texts are ordered; by themselves where nothing is given.",
    "other": "An expression, or the name of a relation.",
    "parent": "The relation in which a value has to be found.",
    "part": "An expression: pounds, a part of the whole.",
    "parts": "Names of columns, or of a CTE with the rows that are shared.",
    "pence": "An expression: a whole number of pence.",
    "period_key": "An expression: a period, 202106.",
    "plan": "Name of a relation with from_period_key and before_period_key.",
    "position": "Name of a relation with the amounts of a line.",
    "ratio": "An expression: a number with six decimal places.",
    "relation": "A ref, or the name of a CTE.",
    "relations": "Refs, or names of CTEs.",
    "report": "The relation of a report.",
    "reporting_period": "An expression: a period in words, P06.",
    "required": "Names of columns that may not be null.",
    "rows": "Name of a CTE with the rows of returns: submission_id, source_row, period_key, accepted_at,"
    " saving_ref and replaces_ref.",
    "row": "Names of the columns that identify the row that is shared.",
    "rule": "Name of a rule.",
    "sentence": "The rule, as a sentence in a name.",
    "shares": "Columns of weight and of the row that it is of, and its relation.",
    "span": "A ref, or the name of a CTE: whose span it is about.",
    "spans": "Name of a CTE or ref with known_from_at and known_to_at.",
    "sql": "A statement.",
    "states": "Name of a CTE with a row for each key and effective_date.",
    "supported_languages": "What its models are written in: SQL.",
    "tables": "Relations, each with what its YAML declares.",
    "text": "An expression: a text.",
    "type": "A type, as a contract says it.",
    "value": "What is there, as columns or expressions.",
    "version": "Name of a relation of versions.",
    "weights": "Columns of weights that sum to 1, by the name of their rule.",
    "whole": "An expression: pounds, the whole.",
}


def page() -> str:
    """Return the YAML that describes every macro."""
    files = [*PAGE.parent.glob("*.sql"), *(PROJECT / "tests" / "generic").glob("*.sql")]
    found = {name: (comment, arguments) for path in files for name, comment, arguments in _in(path)}
    comments = {name: comment for name, (comment, _) in found.items()}
    macros = [
        {
            "name": name,
            "description": _description(name, comments),
            **({"arguments": arguments} if arguments else {}),
        }
        for name, (_, arguments) in sorted(found.items())
    ]
    return _HEAD + yaml.safe_dump({"macros": macros}, sort_keys=False, allow_unicode=True, width=120)


def _in(path: Path) -> list[tuple[str, str, list[dict[str, str]]]]:
    """Return each macro of a file: its name, the comment above it in one line, and its arguments."""
    return [
        (
            _NAMES[match["kind"]].format(**match.groupdict()),
            " ".join((match["comment"] or "").split()),
            _described("supported_languages" if match["arguments"] is None else match["arguments"]),
        )
        for match in _MACRO.finditer(path.read_text("utf-8"))
    ]


def _described(arguments: str) -> list[dict[str, str]]:
    names = [argument.split("=")[0].strip() for argument in arguments.split(",") if argument.strip()]
    return [{"name": name, "description": _ARGUMENTS[name]} for name in names]


def _description(name: str, comments: dict[str, str]) -> str:
    """Return a macro's comment; of the writing for one engine that of the macro which dispatches to it."""
    for prefix, engine in _ENGINES.items():
        if name.startswith(prefix) and not comments[name]:
            return f"{name.removeprefix(prefix)}, as {engine} has it. {comments[name.removeprefix(prefix)]}"
    return comments[name]
