"""What a council's pattern for a reference is made of, and an example that has it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.reference.patterns import example_of, parts_of
from tests.returns import reference

DIRECTORATES = ("AH", "CH", "PL", "CO")
_PARTS = st.one_of(
    st.sampled_from([r"\d", r"\d{3}", "[A-Z]", "[A-Z]{2}", "-", "PRJ-", "(AH|CH|PL)", "(?:A|B)"]),
    st.from_regex(r"[A-Z0-9]{1,4}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("pattern", "example"),
    [
        (r"^(AH|CH|PL|CO)-\d{2}-\d{3}$", "PL-01-001"),
        (r"^PRJ-\d{4}$", "PRJ-0001"),
        (r"^[A-Z]{2}\d{5}$", "AB00001"),
        (r"^(S|T)/\d$", "S/1"),
    ],
)
def test_an_example_is_of_the_directorate_where_the_pattern_names_it(pattern: str, example: str) -> None:
    assert example_of(pattern, "PL") == example


@pytest.mark.parametrize("pattern", [r"^.*$", r"^(A|BC)-\d$", r"^\w+$", r"^[a-z]{3}$"])
def test_of_a_pattern_that_leaves_much_open_there_is_no_example(pattern: str) -> None:
    assert parts_of(pattern) is None
    assert example_of(pattern, "PL") == ""


@pytest.mark.parametrize(
    "setting", ["saving_ref_pattern", "project_ref_pattern", "fund_ref_pattern", "budget_code_pattern"]
)
@pytest.mark.parametrize("directorate", [*DIRECTORATES, None])
def test_the_example_of_each_pattern_of_the_council_has_it(setting: str, directorate: str | None) -> None:
    pattern = reference().setting(setting)
    assert re.fullmatch(pattern, example_of(pattern, directorate))


@given(st.lists(_PARTS, min_size=1, max_size=5), st.sampled_from(DIRECTORATES))
def test_an_example_has_its_pattern(parts: list[str], directorate: str) -> None:
    pattern = f"^{''.join(parts)}$"
    assert re.fullmatch(pattern, example_of(pattern, directorate))
