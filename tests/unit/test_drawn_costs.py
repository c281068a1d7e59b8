"""The pictures of what it costs say what the tables beside them say."""

from __future__ import annotations

import re

import pytest

from tests import drawn_costs, quoted_costs


def _ratios(text: str) -> set[str]:
    return set(re.findall(r"\d+\.\d+", text))


@pytest.mark.parametrize(("name", "picture"), drawn_costs.drawn().items(), ids=lambda each: getattr(each, "name", each))
def test_a_picture_has_every_ratio_of_its_table_drawn_and_in_words(name: str, picture: drawn_costs.Picture):
    table = quoted_costs.quoted()[name]
    description = picture.markdown.partition("![")[2]
    assert _ratios(table)
    assert _ratios(description) == _ratios(table)
    assert _ratios(" ".join(re.findall(r">([^<]+)</text>", picture.svg.decode()))) == _ratios(table)
    assert _ratios(picture.finding) <= _ratios(table)
