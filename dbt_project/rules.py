"""The rules that dbt's tests hold: which there are, and which rows break them.

A test holds several rules of one table and returns a row for each row that breaks one: rule, key and
value. Here belongs reading the rules from the compiled SQL of the tests, where each is written as
``'<table>__<sentence>' as rule``, and asking a failed test again for its rows. Not here: the rules
themselves (``models``, ``tests``, ``macros/rules.sql``), and what follows from them
(``expectations.evidence``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dbt_project.engines import Rows
from dbt_project.nodes import nodes_of

Ask = Callable[[str], Rows]
_NAMED = re.compile(r"'(\w+)' as rule\b")
# Enough to find the cause, few enough to print.
ROWS_SHOWN = 10


class RulesUnknown(Exception):  # noqa: N818 - it names what happened, as the other modules' errors do
    """A test does not say which rules it holds, or a rule not which table it is about."""


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        name: ``<table>__<sentence>``.
        table: The model that it is about.
        severity: ``error`` stops publishing, ``warn`` is stated.
        test: The unique id of the test that holds it.
    """

    name: str
    table: str
    severity: Literal["error", "warn"]
    test: str


@dataclass(frozen=True)
class FailingRow:
    """One row that breaks a rule.

    Attributes:
        rule: The rule's name.
        key: By what the row is found.
        value: What is there.
    """

    rule: str
    key: str
    value: str


def rules_of(manifest: Path) -> list[Rule]:
    """Return every rule that the tests of a manifest hold.

    Args:
        manifest: One that has the SQL of the tests, as those that are kept have (``parsed``).

    Raises:
        RulesUnknown: If a test names no rule, two name the same, or a rule's name begins with no model.
    """
    nodes = nodes_of(manifest)
    models = {node["name"] for node in nodes.values() if node["resource_type"] == "model"}
    rules = [
        rule
        for unique_id, node in nodes.items()
        if node["resource_type"] == "test"
        for rule in _rules_in(unique_id, node, models)
    ]
    names = [rule.name for rule in rules]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RulesUnknown(f"More than one test holds {', '.join(twice)}: give each rule a name of its own.")
    return sorted(rules, key=lambda rule: rule.name)


def _rules_in(unique_id: str, node: Mapping[str, Any], models: Iterable[str]) -> list[Rule]:
    names = dict.fromkeys(_NAMED.findall(node.get("compiled_code") or ""))
    if not names:
        raise RulesUnknown(f"Test {node['name']} names no rule: write each as '<table>__<sentence>' as rule.")
    severity: Literal["error", "warn"] = "warn" if node["config"]["severity"].lower() == "warn" else "error"
    return [Rule(name, _table_of(name, models), severity, unique_id) for name in names]


def _table_of(rule: str, models: Iterable[str]) -> str:
    """Return the model that a rule's name begins with; the longest, as some names hold ``__``."""
    begun = [model for model in models if rule.startswith(f"{model}__")]
    if not begun:
        raise RulesUnknown(f"Rule {rule} is not named <table>__<sentence>: let it begin with its table.")
    return max(begun, key=len)


def failing_rows(ask: Ask, sql: str) -> list[FailingRow]:
    """Return the rows that break the rules of a test, of what a build has just built.

    They are asked for again, since dbt counts them only, and keeping them costs a table for each test that passes.

    Args:
        ask: Asks the engine that built.
        sql: The test's query.
    """
    rows = ask(f"select rule, key, value from ({sql}) as found order by rule, key, value")  # noqa: S608 - dbt's own
    return [FailingRow(*row) for row in rows]


def first_of_each_rule(rows: Iterable[FailingRow], shown: int = ROWS_SHOWN) -> list[FailingRow]:
    """Return the first few rows of each rule."""
    counted: dict[str, int] = {}
    first = []
    for row in rows:
        counted[row.rule] = counted.get(row.rule, 0) + 1
        if counted[row.rule] <= shown:
            first.append(row)
    return first
