"""Schemas ``raw`` and ``reference`` of the candidate: the fixed Arrow schemas that dbt builds upon.

Here belongs what dbt's sources look like. Not here: filling them (``load_raw``).
"""

from __future__ import annotations

import pyarrow as pa

from dbt_project.name_keys import with_key_field
from sources.lines.line_files import MONEY, line_schema
from sources.lines.typed_lines import SUMMED
from sources.reference.folder_contract import REFERENCE_FILES, FieldKind, ReferenceFile
from sources.template.declaration import SHEETS

# UTC without a zone: DuckDB then needs no time zone data, and Spark reads the same.
MOMENT = pa.timestamp("us")

SUBMISSION = pa.schema(
    [
        pa.field("submission_id", pa.string(), False),
        # The ledger's order of receipt: versions and what is in force follow it, never a clock.
        pa.field("receipt_seq", pa.int64(), False),
        # Whose figures it has: the directorate on its Return sheet, else the folder it came from (R23);
        # may be no directorate at all.
        pa.field("directorate_code", pa.string(), False),
        pa.field("folder_code", pa.string(), False),
        pa.field("file_name", pa.string(), False),
        pa.field("file_sha256", pa.string(), False),
        pa.field("received_at", MOMENT, False),
        pa.field("is_receipt_declared", pa.bool_(), False),
        # accepted, held, rejected, blocked, refused, duplicate, withdrawn; superseded is dbt's to say.
        pa.field("state", pa.string(), False),
        pa.field("refusal_code", pa.string()),
        pa.field("duplicate_of", pa.string()),
        pa.field("financial_year", pa.string()),
        pa.field("reporting_period", pa.string()),
        pa.field("as_at_date", pa.date32()),
        pa.field("return_type", pa.string()),
        pa.field("supersedes_version", pa.int32()),
        pa.field("version_no", pa.int32()),
        # Provisional or Certified as accepted (R02).
        pa.field("certification", pa.string()),
        pa.field("template_version", pa.string()),
        pa.field("contract_version", pa.string()),
        pa.field("judged_at", MOMENT),
        # When its figures began to be known; null unless it was ever accepted.
        pa.field("accepted_at", MOMENT),
        pa.field("withdrawn_at", MOMENT),
        pa.field("rows_read", pa.int32(), False),
        pa.field("rows_quarantined", pa.int32(), False),
        pa.field("block_count", pa.int32(), False),
        pa.field("hold_count", pa.int32(), False),
        pa.field("warn_count", pa.int32(), False),
        pa.field("certify_count", pa.int32(), False),
        pa.field("control_row_count", pa.int32()),
        pa.field("control_baseline_gbp", MONEY),
        pa.field("control_achieved_gbp", MONEY),
        pa.field("control_projected_gbp", MONEY),
        pa.field("control_deferred_gbp", MONEY),
        pa.field("control_undeliverable_gbp", MONEY),
        # What its typed lines came to when it was judged; null where it has none.
        *(pa.field(f"judged_{column}", MONEY) for column in SUMMED),
    ]
)

FINDING = pa.schema(
    [
        pa.field("submission_id", pa.string(), False),
        pa.field("finding_no", pa.int32(), False),
        pa.field("rule_code", pa.string(), False),
        pa.field("severity", pa.string(), False),
        pa.field("sheet", pa.string()),
        pa.field("cell", pa.string()),
        # The reference in the cell's row; null where the row has none.
        pa.field("row_ref", pa.string()),
        pa.field("column_name", pa.string()),
        pa.field("raw_value", pa.string()),
        pa.field("message", pa.string(), False),
        pa.field("refusal_code", pa.string()),
    ]
)

RULE = pa.schema(
    [
        pa.field("rule_code", pa.string(), False),
        pa.field("rule_name", pa.string(), False),
        pa.field("severity", pa.string(), False),
        pa.field("who_fixes", pa.string(), False),
        pa.field("sort_order", pa.int32(), False),
    ]
)

_REFERENCE_TYPES = {
    FieldKind.MONEY: MONEY,
    FieldKind.DECIMAL: pa.decimal128(18, 6),
    FieldKind.INTEGER: pa.int32(),
    FieldKind.BOOLEAN: pa.bool_(),
    FieldKind.DATE: pa.date32(),
}


def reference_row_schema(file: ReferenceFile) -> pa.Schema:
    """Return the schema of one reference file as read: its fields alone."""
    return pa.schema(
        [
            pa.field(field.name, _REFERENCE_TYPES.get(field.kind, pa.string()), not field.is_required)
            for field in file.published_fields
        ]
    )


def reference_schema(file: ReferenceFile) -> pa.Schema:
    """Return the schema of table ``reference.<name>``.

    Every row that any adopted folder ever held is there once for each unbroken span in which it
    stood unchanged, ``known_from_at`` <= t < ``known_to_at``; the present ones have a null
    ``known_to_at``. That is what lets a build say what was known at t, reference included (R40).
    """
    spans = [pa.field("known_from_at", MOMENT, False), pa.field("known_to_at", MOMENT)]
    return pa.schema([*with_key_field(file.name, reference_row_schema(file)), *spans])


def sheet_schemas() -> dict[str, pa.Schema]:
    """Return the schema of each sheet's raw table by table name, ``submission_id`` first."""
    submission_id = pa.field("submission_id", pa.string(), False)
    return {
        sheet.table: with_key_field(sheet.table, pa.schema([submission_id, *line_schema(sheet)])) for sheet in SHEETS
    }


RAW_TABLES: dict[str, pa.Schema] = {
    "submission": SUBMISSION,
    "finding": FINDING,
    "rule": RULE,
    **sheet_schemas(),
}
REFERENCE_TABLES: dict[str, pa.Schema] = {
    file.name: reference_schema(file) for file in REFERENCE_FILES if file.is_published
}
