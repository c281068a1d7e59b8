"""The unit of a published column follows from its name and type."""

from __future__ import annotations

import pytest

from dbt_project.units import unit_of


@pytest.mark.parametrize(
    ("name", "data_type", "unit"),
    [
        ("baseline_gbp", "decimal(14,2)", "pounds"),
        ("valid_from_at", "timestamp", "UTC"),
        ("valid_from", "date", "day"),
        ("data_as_at", "date", "day"),
        ("line_count", "integer", "count"),
        ("rows_read", "integer", "count"),
        ("times_deferred", "integer", "count"),
        ("outturn_rate_low", "decimal(18,6)", "ratio"),
        ("weight", "decimal(9,6)", "ratio"),
        ("payback_months", "integer", "months"),
        ("period_key", "integer", "none"),
        ("saving_ref", "varchar", "none"),
        ("is_current", "boolean", "none"),
    ],
)
def test_a_name_or_a_type_says_the_unit(name: str, data_type: str, unit: str):
    assert unit_of(name, data_type) == unit


def test_a_declared_unit_goes_first():
    assert unit_of("printed_value", "decimal(18,6)", "as the column unit says") == "as the column unit says"


def test_a_number_without_a_unit_is_refused_by_name():
    with pytest.raises(ValueError, match="printed_value is a number without a unit"):
        unit_of("printed_value", "decimal(18,6)")
