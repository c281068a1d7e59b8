"""The page of rules that stand in Python and in SQL (docs/pairs.md) names what is there, and the test that holds it."""

from __future__ import annotations

import re
from pathlib import Path
from pydoc import locate

import pytest

from dbt_project.invocation import PROJECT as MODELS
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from orchestration.settings import PROJECT

PAGE = (PROJECT / "docs" / "pairs.md").read_text("utf-8")
_ROW = re.compile(r"^\| R\d\d \| [^|]+ \| `(?P<python>[\w.]+)` \| `(?P<sql>\w+)` \| `(?P<test>\w+)` \|$", re.MULTILINE)
PAIRS = [match.groupdict() for match in _ROW.finditer(PAGE)]
_STORED = re.compile(r"\| `(?P<schema>raw|reference)\.(?P<table>\w+)\.(?P<column>\w+)` \|$", re.MULTILINE)
SQL = {path.stem: path.read_text("utf-8") for path in MODELS.rglob("*.sql")}
MACROS = "\n".join(path.read_text("utf-8") for path in (MODELS / "macros").glob("*.sql"))
TESTS = "\n".join(path.read_text("utf-8") for path in Path(__file__).parents[1].rglob("test_*.py"))


def test_every_row_of_the_page_is_read() -> None:
    assert len(PAIRS) + len(_STORED.findall(PAGE)) == PAGE.count("\n| ") - 2  # less the two headings


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["python"])
def test_both_homes_of_a_rule_are_there_and_a_test_holds_them_equal(pair: dict[str, str]) -> None:
    """Ruling G7."""
    assert locate(pair["python"]) is not None
    assert pair["sql"] in SQL or f"macro {pair['sql']}(" in MACROS
    assert f"def {pair['test']}(" in TESTS


@pytest.mark.parametrize("stored", _STORED.findall(PAGE), ids=".".join)
def test_what_is_stored_is_a_column_of_what_is_loaded(stored: tuple[str, str, str]) -> None:
    """Ruling G7."""
    schema, table, column = stored
    tables = {"raw": RAW_TABLES, "reference": REFERENCE_TABLES}[schema]
    assert column in tables[table].names
