"""In which unit a published column is, told by its name and type: the one place for that rule.

Here belongs the rule alone. Not here: the columns (``published``) and where readers find their
units (``publishing.release_tables``).

A name says its unit by its ending, so that nobody has to look it up. A decimal whose name says
nothing has to declare one (``config: {meta: {unit: …}}``): a number without a unit is no figure.
"""

from __future__ import annotations

from collections.abc import Mapping

NO_UNIT = "none"

_OF_ENDING: Mapping[str, str] = {
    "_gbp": "pounds",
    "_count": "count",
    "_months": "months",
    "_roi": "ratio",
    "_rate": "ratio",
    "_rate_low": "ratio",
    "_rate_high": "ratio",
    "_share": "ratio",
}
_OF_BEGINNING: Mapping[str, str] = {"rows_": "count", "times_": "count"}
_OF_NAME: Mapping[str, str] = {"weight": "ratio", "share": "ratio", "bias": "ratio", "mean_absolute_error": "ratio"}
_OF_TYPE: Mapping[str, str] = {"date": "day", "timestamp": "UTC"}


def unit_of(name: str, data_type: str, declared: str | None = None) -> str:
    """Return the unit of a published column, ``none`` for keys, codes, words and flags.

    Args:
        name: The column's published name.
        data_type: Its SQL type.
        declared: The unit that its declaration states, if it does.

    Raises:
        ValueError: If it is a decimal and neither its name nor its declaration says its unit.
    """
    unit = declared or _by_name(name) or _OF_TYPE.get(data_type)
    if unit is None and data_type.startswith("decimal"):
        raise ValueError(f"{name} is a number without a unit: declare `config: {{meta: {{unit: …}}}}`")
    return unit or NO_UNIT


def _by_name(name: str) -> str | None:
    by_ending = (unit for ending, unit in _OF_ENDING.items() if name.endswith(ending))
    by_beginning = (unit for beginning, unit in _OF_BEGINNING.items() if name.startswith(beginning))
    return _OF_NAME.get(name) or next(by_ending, None) or next(by_beginning, None)
