"""The declaration of the return template holds together."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sources import template
from sources.parsing.sheet_grid import label_key
from sources.template.declaration import (
    RETURN_FIELDS,
    RETURN_SHEET,
    SHEETS,
    TEMPLATE_VERSION,
    Column,
    fingerprint,
    heading,
)

TABLES = ((RETURN_SHEET, RETURN_FIELDS), *((sheet.name, sheet.columns) for sheet in SHEETS))
COLUMNS = [pytest.param(sheet, each, id=f"{sheet}-{each.name}") for sheet, columns in TABLES for each in columns]


@pytest.mark.parametrize(("sheet", "column"), COLUMNS)
def test_a_heading_is_what_a_person_says_with_its_unit(sheet: str, column: Column):
    """Ruling A1."""
    assert heading(sheet, column.name) == column.heading
    assert "_" not in column.heading
    assert column.heading[0].isupper()
    assert column.heading.endswith(" (£)") is column.is_money


@pytest.mark.parametrize(("sheet", "columns"), TABLES, ids=[name for name, _ in TABLES])
def test_no_two_columns_of_a_sheet_are_called_alike(sheet: str, columns: tuple[Column, ...]):
    words = [{label_key(word) for word in (each.name, each.heading, *each.aliases)} for each in columns]
    assert sum(map(len, words)) == len(set().union(*words)), sheet


def test_a_changed_declaration_has_a_new_version():
    """Ruling A1: officers have workbooks of each version, and what a version holds does not change under them."""
    with open(Path(template.__file__).parent / "versions.csv", encoding="utf-8", newline="") as stream:
        versions = {row["version"]: row["fingerprint"] for row in csv.DictReader(stream)}
    assert versions[TEMPLATE_VERSION] == fingerprint(), (
        f"the declaration is not that of version {TEMPLATE_VERSION} any more: give TEMPLATE_VERSION a new number, "
        f"and add '<version>,{fingerprint()}' to sources/template/versions.csv"
    )
