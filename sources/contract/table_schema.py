"""The return as a Data Package with Table Schemas, for tools that read those.

Here belongs the translation of the declaration into the standard's words. Not here: the same for
people (``data_dictionary``), and writing the file (``documents``).

Words of ``vocabulary.csv`` are written out (``enum``), as the bundled reference data has them:
they are the template's own. Directorates, services, themes and workstreams come and go with the
years, so they are named by the file that has them (``vocabulary``).

Source: Data Package and Table Schema, version 2 (datapackage.org).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sources.contract.row_models import DECIMAL_PLACES, MAX_DIGITS, may_be_negative, pattern_of
from sources.reference.reference import Reference
from sources.template.declaration import (
    REFERS_TO,
    RETURN_FIELDS,
    RETURN_SHEET,
    SHEETS,
    TEMPLATE_NAME,
    TEMPLATE_VERSION,
    Column,
    Kind,
    Need,
    Sheet,
)

Json = dict[str, Any]

_SPECIFICATION = "https://datapackage.org/profiles/2.0/datapackage.json"
_FILE = "return.xlsx"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_TYPES = {
    Kind.DATE: "date",
    Kind.MONEY: "number",
    Kind.MONEY_OR_NA: "number",
    Kind.INTEGER: "integer",
    Kind.BOOLEAN: "boolean",
}
LARGEST_AMOUNT = Decimal(10) ** (MAX_DIGITS - DECIMAL_PLACES) - Decimal(1).scaleb(-DECIMAL_PLACES)


def data_package(reference: Reference) -> Json:
    """Return the descriptor: one resource a sheet of the return.

    Args:
        reference: Has the patterns of references and the words of the template's vocabularies.
    """
    return {
        "$schema": _SPECIFICATION,
        "name": TEMPLATE_NAME.lower(),
        "title": "A directorate's savings return",
        "version": TEMPLATE_VERSION,
        "resources": [
            _resource("return", RETURN_SHEET, RETURN_FIELDS, reference)
            | {"description": "One record: each field is a label in column A, with its value in column B."},
            *(_table(sheet, reference) for sheet in SHEETS),
        ],
    }


def field(sheet: str, column: Column, reference: Reference) -> Json:
    """Return a column as a field of a Table Schema.

    What the standard has no word for is said in ours: ``unit``, ``need``, ``vocabulary``,
    ``aliases``, ``private``.
    """
    described: Json = {"name": column.name, "title": column.heading, "type": _TYPES.get(column.kind, "string")}
    described |= {"description": column.guidance, "need": column.need.value}
    if column.is_money:
        described["unit"] = "GBP"
    if column.kind is Kind.MONEY_OR_NA:
        described["missingValues"] = ["", "N/A"]
    if column.kind is Kind.BOOLEAN:
        described |= {"trueValues": ["Yes"], "falseValues": ["No"]}
    if column.vocabulary:
        described["vocabulary"] = vocabulary_source(column.vocabulary, reference)
    if column.aliases:
        described["aliases"] = list(column.aliases)
    if column.is_private:
        described["private"] = True
    return described | {"constraints": _constraints(sheet, column, reference)}


def vocabulary_source(vocabulary: str, reference: Reference) -> str:
    """Return the file of reference data that has a vocabulary's words."""
    return "vocabulary.csv" if reference.vocabulary(vocabulary) else f"{vocabulary}.csv"


def _table(sheet: Sheet, reference: Reference) -> Json:
    resource = _resource(sheet.table, sheet.name, sheet.columns, reference)
    resource["schema"]["primaryKey"] = list(sheet.key)
    keys = [_foreign_key(sheet, target) for (name, _), target in REFERS_TO.items() if name == sheet.name]
    resource["schema"] |= {"foreignKeys": [key for key in keys if key]} if any(keys) else {}
    return resource


def _foreign_key(sheet: Sheet, target: Sheet) -> Json | None:
    """Return what a sheet names the whole of a target's row by; None where it names a part (Risks)."""
    if not set(target.key) <= {column.name for column in sheet.columns}:
        return None
    return {"fields": list(target.key), "reference": {"resource": target.table, "fields": list(target.key)}}


def _resource(name: str, sheet: str, columns: tuple[Column, ...], reference: Reference) -> Json:
    return {
        "name": name,
        "title": sheet,
        "path": _FILE,
        "format": "xlsx",
        "mediatype": _EXCEL,
        # The standard's name for it, and that of frictionless-py.
        "dialect": {"sheetName": sheet, "excel": {"sheet": sheet}},
        # Columns are found by name, in any order, and the template has some of its own.
        "schema": {"fieldsMatch": "subset", "fields": [field(sheet, column, reference) for column in columns]},
    }


def _constraints(sheet: str, column: Column, reference: Reference) -> Json:
    constraints: Json = {"required": column.need is Need.ALWAYS}
    pattern = pattern_of(column, reference)
    match column.kind:
        case Kind.MONEY | Kind.MONEY_OR_NA:
            smallest = -LARGEST_AMOUNT if may_be_negative(sheet) else 0
            constraints |= {"minimum": str(smallest), "maximum": str(LARGEST_AMOUNT)}
        case Kind.INTEGER:
            constraints["minimum"] = 0
        case Kind.LIST:
            words = reference.vocabulary(column.vocabulary or "")
            constraints |= {"enum": list(words)} if words else {}
        case Kind.TEXT | Kind.NARRATIVE:
            constraints["maxLength"] = column.max_length
    return constraints | ({"pattern": f"^({pattern.removeprefix('^').removesuffix('$')})$"} if pattern else {})
