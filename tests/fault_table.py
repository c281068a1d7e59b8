"""Writes ``docs/faults.md``: each scenario and ruling with the tests that name it.

Here belongs finding the names in the tests' own texts: a test's docstring or comments say ``F-C03`` or
``ruling B2``; so does a case of a table, which counts for the tests that use the table, and the
description of one of dbt's unit tests, which stand with the models. Not here: the
scenarios (``tests/faults/scenarios.csv``), and injecting them (the tests).
"""

from __future__ import annotations

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

TESTS = Path(__file__).parent
SCENARIOS = TESTS / "faults" / "scenarios.csv"
MODELS = TESTS.parent / "dbt_project" / "models"
PAGE = TESTS.parent / "docs" / "faults.md"

_HEAD = """# Faults, and the tests that inject them

What the warehouse has to survive, and the tests that make it happen. Scenarios `F-A` are malformed files, `F-B` wrong
returns, `F-C` hostile files, `F-D` faults of the machine, `F-E` faults of the warehouse, `F-F` access and privacy; a
ruling is a decision about how the product behaves. A test names what it injects in its docstring, and
`make generated` writes this page from there.

| Scenario | What happens | Injected by |
|---|---|---|
"""
_RANGE = re.compile(r"F-([A-F])(\d\d) to F-\1(\d\d)")
_NAME = re.compile(r"F-[A-F]\d\d|(?<=[Rr]uling )[A-F]-?\d+")
_MOST_TESTS = 3


def scenarios() -> list[dict[str, str]]:
    """Return every scenario with what happens and, where no test injects it, why not."""
    with SCENARIOS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def injecting_tests() -> Mapping[str, list[str]]:
    """Return by scenario the tests that name it or run a case that does, as ``file::test``; else the ``file``."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    texts = _texts(path for path in sorted(TESTS.rglob("*.py")) if path != Path(__file__))
    for where, text in (*texts, *_unit_tests_of_models(sorted(MODELS.rglob("*.yml")))):
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


def _texts(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Yield what each statement of the tests says of scenarios, with the tests that it is a part of or that run it."""
    pieces = [piece for path in paths for piece in _pieces(path)]
    for piece in pieces:
        if _NAME.search(piece.text):
            for where in piece.tests or _running(piece, pieces) or [piece.file]:
                yield where, piece.text


def _unit_tests_of_models(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Yield the description of each of dbt's unit tests, with its name."""
    for path in paths:
        for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("unit_tests", ()):
            yield f"{path.name}::{test['name']}", test["description"]


@dataclass(frozen=True)
class _Piece:
    """A statement of a file of tests, with the comments above it."""

    file: str
    names: frozenset[str]
    """What it defines."""
    uses: frozenset[tuple[str, str]]
    """What it speaks of, as file and name."""
    is_run_over: frozenset[tuple[str, str]]
    """What of that its decorators speak of: a test is run once for each case."""
    text: str

    @property
    def tests(self) -> list[str]:
        return [f"{self.file}::{name}" for name in self.names if name.startswith("test_")]

    @property
    def places(self) -> set[tuple[str, str]]:
        return {(self.file, name) for name in self.names}


def _pieces(path: Path) -> Iterator[_Piece]:
    source = path.read_text(encoding="utf-8")
    lines, file = source.splitlines(), path.relative_to(TESTS).as_posix()
    nodes = ast.parse(source).body
    elsewhere = {name: place for node in nodes for name, place in _imported(node)}

    def places(node: ast.AST) -> frozenset[tuple[str, str]]:
        return frozenset(elsewhere.get(word, (file, word)) for word in _words(node))

    end = 0
    for node in nodes:
        run_over = [places(each) for each in getattr(node, "decorator_list", [])]
        text = "\n".join(lines[end : node.end_lineno])
        yield _Piece(file, frozenset(_defined(node)), places(node), frozenset().union(*run_over), text)
        end = node.end_lineno or end


def _words(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.arg):  # A fixture is used by its name among the arguments.
            yield each.arg


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        yield from (
            each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        )


def _imported(node: ast.stmt) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield by the name that it has here what a statement takes from another file of tests."""
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
        file = (node.module or "").removeprefix("tests.").replace(".", "/") + ".py"
        yield from ((each.asname or each.name, (file, each.name)) for each in node.names)


def _running(used: _Piece, pieces: Sequence[_Piece]) -> list[str]:
    """Return the tests that are run over what is defined here, or else those that use it, however far away."""
    if run_over := [test for piece in pieces if piece.is_run_over & used.places for test in piece.tests]:
        return run_over
    reached, found = used.places, set[_Piece]()
    while new := {piece for piece in pieces if piece.uses & reached} - found:
        found |= new
        reached = {place for piece in new for place in piece.places}
    return sorted(test for piece in found for test in piece.tests)


def _named(text: str) -> Iterator[str]:
    for letter, first, last in _RANGE.findall(text):
        yield from (f"F-{letter}{number:02d}" for number in range(int(first), int(last) + 1))
    for name in _NAME.findall(text):
        yield name if name.startswith("F-") else f"ruling {name}"
