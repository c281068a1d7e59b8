"""The names that people see in Power BI, from those of the contract.

Here belongs one way to name a table and a column in words. Not here: measures, whose names are the metrics' labels
(``metrics``).
"""

from __future__ import annotations

import re

_NEEDS_QUOTES = re.compile(r"[\s.=:']")
# Two tables may not have one name, in capitals or not.
_NAMED_APART = {"fct_submission": "Return received"}


def table_name(table: str) -> str:
    """Return a table's name in words: Savings position for ``fct_savings_position``."""
    if table in _NAMED_APART:
        return _NAMED_APART[table]
    kind, _, rest = table.partition("_")
    words = _words(rest)
    return f"{words} (shared)" if kind == "bridge" else words


def column_name(column: str) -> str:
    """Return a column's name in words: Baseline amount for ``baseline_gbp``.

    A measure has the name without "amount": in Power BI the two may not be the same.
    """
    bare, ending = column, ""
    if column.endswith("_gbp"):
        bare, ending = column.removesuffix("_gbp").removesuffix("amount").removesuffix("_"), "amount"
    elif column.endswith("_gbp_cell"):
        bare, ending = column.removesuffix("_gbp_cell"), "cell"
    return _words(f"{bare}_{ending}".strip("_"))


def in_tmdl(name: str) -> str:
    """Return a name as TMDL writes it: in quotes where it would be read as more than a name."""
    return _in_quotes(name) if _NEEDS_QUOTES.search(name) else name


def in_dax(table: str, column: str = "") -> str:
    """Return a table of the contract, or a column of it, as DAX names it: always in quotes, for Date is a function."""
    of_table = _in_quotes(table_name(table))
    return f"{of_table}[{column_name(column)}]" if column else of_table


def _in_quotes(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _words(name: str) -> str:
    words = [_CAPITALS.get(word, word) for word in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


_CAPITALS = {"rag": "RAG", "id": "ID", "sha256": "SHA-256", "no": "number", "ref": "reference"}
