"""Everything made from the declaration of the return agrees: documents, validator, workbook, guidance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from sources.contract.data_dictionary import entries
from sources.contract.documents import DOCUMENTS
from sources.contract.guidance import guidance_on
from sources.contract.lists import list_of
from sources.contract.row_models import value_problems
from sources.contract.table_schema import LARGEST_AMOUNT
from sources.contract.writer import write_template
from sources.grammar.choices import Choices
from sources.grammar.values import NotParsed, Parsed
from sources.parsing.return_form import RETURN_FORM
from sources.template.declaration import (
    CONTROL_TOTALS,
    FIXED_FIELDS,
    GUIDANCE_SHEET,
    REFERS_TO,
    RETURN_SHEET,
    ROW_COUNT,
    SHEETS,
    Column,
    Kind,
    Need,
    Sheet,
)
from tests.headings import cell_of
from tests.returns import reference

ALL_SHEETS = (RETURN_FORM, *SHEETS)
EVERY_SHEET = pytest.mark.parametrize("sheet", ALL_SHEETS, ids=lambda sheet: sheet.name)
PACKAGE = json.loads((DOCUMENTS / "datapackage.json").read_text(encoding="utf-8"))
NEEDS = {Need.ALWAYS: "always", Need.CONDITIONAL: "where it applies", Need.OPTIONAL: "if you want to"}
OF_THE_TEMPLATE = {ROW_COUNT, *CONTROL_TOTALS}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("template") / "AH.xlsx"
    write_template(path, "AH", "2021/22", "P06", reference())
    return load_workbook(path)


def described(sheet: Sheet) -> dict[str, dict[str, Any]]:
    """Return the fields of a sheet in the committed data package, by name."""
    (resource,) = [each for each in PACKAGE["resources"] if each["title"] == sheet.name]
    return {each["name"]: each for each in resource["schema"]["fields"]}


def errors(sheet: Sheet, column: str, value: object) -> list[str]:
    """Return what the validator finds wrong with one value."""
    return [problem.error for problem in value_problems(sheet, {column: value}, reference())]


@EVERY_SHEET
def test_package_dictionary_and_guidance_have_every_column_once_in_template_order(sheet: Sheet, book: Any) -> None:
    names = [column.name for column in sheet.columns]
    assert list(described(sheet)) == names
    assert [entry.column for entry in entries(reference()) if entry.sheet == sheet.name] == names
    rows = list(book[GUIDANCE_SHEET].iter_rows(min_col=1, max_col=4, values_only=True))
    headings = [column.heading for column in sheet.columns]
    guided = [row for row in rows if row[0] == sheet.name and row[1] in headings]
    assert guided == [
        (sheet.name, column.heading, guidance_on(column, reference(), "AH"), NEEDS[column.need])
        for column in sheet.columns
    ]
    if sheet is RETURN_FORM:
        labels = [cell.value for cell in book[RETURN_SHEET]["A"]]
        assert [label for label in labels if label in headings] == headings
    else:
        assert [cell.value for cell in book[sheet.name][1]] == [column.heading for column in sheet.layout]


@EVERY_SHEET
def test_what_has_to_be_filled_in_is_the_same_everywhere(sheet: Sheet) -> None:
    for name, field in described(sheet).items():
        assert (
            (errors(sheet, name, None) == ["missing"])
            == field["constraints"]["required"]
            == (field["need"] == "always")
        )
    needs = {entry.column: entry.need for entry in entries(reference()) if entry.sheet == sheet.name}
    assert needs == {name: field["need"] for name, field in described(sheet).items()}


@EVERY_SHEET
def test_amounts_have_the_same_limits_everywhere(sheet: Sheet, book: Any) -> None:
    for name, field in described(sheet).items():
        if field["type"] != "number":
            assert "unit" not in field
            continue
        assert field["unit"] == "GBP"
        least, most = Decimal(field["constraints"]["minimum"]), Decimal(field["constraints"]["maximum"])
        assert (errors(sheet, name, least), errors(sheet, name, most)) == ([], [])
        assert most == LARGEST_AMOUNT
        assert errors(sheet, name, most + Decimal("0.01")) == ["decimal_whole_digits"]
        below = "greater_than_equal" if least == 0 else "decimal_whole_digits"
        assert errors(sheet, name, least - Decimal("0.01")) == [below]
        if name not in OF_THE_TEMPLATE:
            accepted = validation(book, sheet, name)
            is_na_taken = "missingValues" in field
            assert accepted.type == ("custom" if is_na_taken else "decimal")
            assert (">=0" in accepted.formula1) if is_na_taken else (accepted.formula1 == "0")


@EVERY_SHEET
def test_words_are_the_same_everywhere(sheet: Sheet, book: Any) -> None:
    choices = Choices(reference(), "AH", date(2021, 9, 30))
    for column in sheet.columns:
        if column.kind is not Kind.LIST:
            assert "enum" not in described(sheet)[column.name]["constraints"]
            continue
        words = offered(book, sheet, column)
        assert all(choices.match(column, word) == Parsed(word) for word in words)
        assert isinstance(choices.match(column, "zzz"), NotParsed)
        field = described(sheet)[column.name]
        if field["vocabulary"] == "vocabulary.csv":
            assert field["constraints"]["enum"] == words
            assert ", ".join(words) in {entry.allowed for entry in entries(reference()) if entry.column == column.name}
        else:
            assert "enum" not in field["constraints"]
            assert (reference().folder / field["vocabulary"]).is_file()


@EVERY_SHEET
def test_patterns_and_lengths_are_the_same_everywhere(sheet: Sheet, book: Any) -> None:
    for column in sheet.columns:
        limits = described(sheet)[column.name]["constraints"]
        if "pattern" in limits:
            assert errors(sheet, column.name, "no such thing") == ["string_pattern_mismatch"]
            assert column.pattern is None or limits["pattern"] == f"^({reference().setting(column.pattern)[1:-1]})$"
        if "maxLength" in limits:
            longest = "x" * limits["maxLength"]
            assert errors(sheet, column.name, longest) == []
            assert errors(sheet, column.name, longest + "x") == ["string_too_long"]
        is_free = column.name not in (*sheet.key[:1], *FIXED_FIELDS)
        if column.kind in (Kind.TEXT, Kind.NARRATIVE) and is_free:
            accepted = validation(book, sheet, column.name)
            assert (accepted.type, accepted.formula1) == ("textLength", str(limits["maxLength"]))


def test_every_kind_of_cell_has_a_type_and_each_type_a_kind() -> None:
    types = {(column.kind, described(sheet)[column.name]["type"]) for sheet in ALL_SHEETS for column in sheet.columns}
    assert {kind for kind, _ in types} == set(Kind)
    assert {kind: type_ for kind, type_ in types if type_ != "string"} == {
        Kind.DATE: "date",
        Kind.MONEY: "number",
        Kind.MONEY_OR_NA: "number",
        Kind.INTEGER: "integer",
        Kind.BOOLEAN: "boolean",
    }


def test_keys_and_references_between_sheets_are_in_the_package() -> None:
    schemas = {resource["title"]: resource["schema"] for resource in PACKAGE["resources"]}
    assert {name: tuple(schema["primaryKey"]) for name, schema in schemas.items() if name != RETURN_SHEET} == {
        sheet.name: sheet.key for sheet in SHEETS
    }
    keys = {(name, key["fields"][0]) for name, schema in schemas.items() for key in schema.get("foreignKeys", ())}
    # A risk names a line without its plan year, which is no whole key.
    assert keys == set(REFERS_TO) - {("Risks", "saving_ref")}


def test_what_names_a_person_is_said_to_be_private() -> None:
    private = {name for sheet in ALL_SHEETS for name, field in described(sheet).items() if field.get("private")}
    assert private == {"prepared_by", "prepared_by_email", "director_name", "finance_bp_name"}
    assert {entry.column for entry in entries(reference()) if "never leaves the ledger" in entry.description} == private


def validation(book: Any, sheet: Sheet, column: str) -> Any:
    """Return what the first cell of a column accepts."""
    (found,) = validations(book, sheet, column)
    return found


def validations(book: Any, sheet: Sheet, column: str) -> Iterator[Any]:
    cell = cell_of(book, sheet.name, column).coordinate
    return (each for each in book[sheet.name].data_validations.dataValidation if cell in each.sqref)


def offered(book: Any, sheet: Sheet, column: Column) -> list[str]:
    """Return the words that a list column's drop-down offers."""
    found = list(validations(book, sheet, column.name))
    if not found:  # the template decides it, and the cell is locked
        return list(reference().vocabulary(list_of(column) or ""))
    page, _, cells = found[0].formula1.partition("!")
    return [str(cell.value) for (cell,) in book[page][cells.replace("$", "")]]
