"""Writes ``docs/faults.md``: each scenario and ruling with the tests that name it.

Here belongs finding the names in the tests' own texts: a test's docstring or comments say ``F-C03`` or
``ruling B2``, so does the comment of a case in a table that a test runs through. Not here: the
scenarios (``tests/faults/scenarios.csv``), and injecting them (the tests).
"""

from __future__ import annotations

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

TESTS = Path(__file__).parent
SCENARIOS = TESTS / "faults" / "scenarios.csv"
PAGE = TESTS.parent / "docs" / "faults.md"
COMMAND = "python -m tests.fault_table"

_HEAD = """# Faults, and the tests that inject them

What the warehouse has to survive, and the tests that make it happen. Scenarios `F-A` are malformed files, `F-B` wrong returns, `F-C`
hostile files, `F-D` faults of the machine, `F-E` faults of the warehouse, `F-F` access and privacy; a ruling is a decision about how
the product behaves. A test names what it injects in its docstring, and `make generated` writes this page from there.

| Scenario | What happens | Injected by |
|---|---|---|
"""
_RANGE = re.compile(r"F-([A-F])(\d\d) to F-\1(\d\d)")
_NAME = re.compile(r"F-[A-F]\d\d|(?<=ruling )[A-E]-?\d+")
_MOST_TESTS = 3


def scenarios() -> list[dict[str, str]]:
    """Return every scenario with what happens and, where no test injects it, why not."""
    with SCENARIOS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def injecting_tests() -> Mapping[str, list[str]]:
    """Return by scenario the tests that name it, as ``file::test``, and the tables of cases, as ``file``."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("*.py")):
        if path != Path(__file__):
            for where, text in _texts(path):
                for scenario in _named(text):
                    found[scenario].append(where)
    return {scenario: list(dict.fromkeys(places)) for scenario, places in found.items()}


def page() -> str:
    """Return the page as the scenarios and the tests of now make it."""
    tests = injecting_tests()
    return _HEAD + "".join(
        f"| {each['scenario']} | {each['what_happens']} | {_injected_by(each, tests.get(each['scenario'], []))} |\n"
        for each in scenarios()
    )


def _injected_by(scenario: Mapping[str, str], places: list[str]) -> str:
    if not places:
        return f"not injected: {scenario['why_not_injected']}"
    more = f" and {len(places) - _MOST_TESTS} more" if len(places) > _MOST_TESTS else ""
    return "<br>".join(f"`{place}`" for place in places[:_MOST_TESTS]) + more


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each test of a file with its source, then what is left of the file."""
    source = path.read_text(encoding="utf-8")
    rest, name = source.splitlines(), path.relative_to(TESTS).as_posix()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
            yield f"{name}::{node.name}", "\n".join(rest[first : node.end_lineno])
            rest[first : node.end_lineno] = [""] * ((node.end_lineno or first) - first)
    yield name, "\n".join(rest)


def _named(text: str) -> Iterator[str]:
    for letter, first, last in _RANGE.findall(text):
        yield from (f"F-{letter}{number:02d}" for number in range(int(first), int(last) + 1))
    for name in _NAME.findall(text):
        yield name if name.startswith("F-") else f"ruling {name}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(TESTS.parent))
