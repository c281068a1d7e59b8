"""The live checks of the reference workbook: what a folder would be refused for, as far as a formula can tell.

Here belong the formulas, made from the contract of the folder. Not here: the judgement of a folder
(``reference.folder_checks``), which stands over them, and where they are shown (``folder_workbook``).

A formula names columns in braces and works on a row as on whole columns, as those of the return do
(``live_checks``): ``*`` is "and", ``+`` is "or".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sources.contract.live_patterns import shape_formula
from sources.reference.folder_checks import FOREIGN, NEVER_NEGATIVE, PATTERNED
from sources.reference.folder_contract import Field, FieldKind, ReferenceFile

# Of a list and a column of it: the cells that hold its values, as ``directorate!$A$2:$A$1001``.
RangeOf = Callable[[str, str], str]

_NUMBERS = frozenset({FieldKind.MONEY, FieldKind.DECIMAL, FieldKind.INTEGER, FieldKind.DATE})
_SHAPES = {FieldKind.YEAR: r"^\d{4}/\d{2}$", FieldKind.PERIOD: r"^P\d{2}$"}


def is_wrong(file: ReferenceFile, field: Field, settings: Mapping[str, str], range_of: RangeOf) -> str:
    """Return the formula that is more than 0 where a cell of a column has something wrong with it."""
    return "+".join(f"({each})" for each in _checks(file, field, settings, range_of))


def _checks(file: ReferenceFile, field: Field, settings: Mapping[str, str], range_of: RangeOf) -> Iterator[str]:
    cell = f"{{{field.name}}}"
    filled = f'({cell}<>"")'
    yield f"ISERROR({cell})"
    if field.is_required:
        anything = "+".join(f'({{{each.name}}}<>"")' for each in file.fields)
        yield f'({cell}="")*(({anything})>0)'
    yield from (f"{filled}*({wrong})" for wrong in _of_its_kind(field, cell))
    if (file.name, field.name) in NEVER_NEGATIVE:
        yield f"ISNUMBER({cell})*({cell}<0)"
    if target := FOREIGN.get((file.name, field.name)):
        yield f"{filled}*ISNA(MATCH({cell},{range_of(*target)},0))"
    pattern = settings.get(PATTERNED.get((file.name, field.name), ""))
    if pattern and (shape := shape_formula(pattern, cell)):
        yield f"{filled}*(({shape})=0)"
    if field.name == file.key[0]:
        pairs = ",".join(f"{range_of(file.name, name)},{{{name}}}" for name in file.key)
        yield f"{filled}*(COUNTIFS({pairs})>1)"


def _of_its_kind(field: Field, cell: str) -> Iterator[str]:
    if field.kind in _NUMBERS:
        yield f"NOT(ISNUMBER({cell}))"
    elif field.kind is FieldKind.BOOLEAN:
        yield f'ISNA(MATCH(LOWER({cell}&""),{{{{"true","false"}}}},0))'
    elif field.kind in _SHAPES:
        yield f"({shape_formula(_SHAPES[field.kind], cell)})=0"
    if field.kind in (FieldKind.INTEGER, FieldKind.DATE):
        yield f"IF(ISNUMBER({cell}),{cell}<>INT({cell}),FALSE)"
    if field.kind is FieldKind.MONEY:
        yield f"IF(ISNUMBER({cell}),ABS({cell}-ROUND({cell},2))>0.000001,FALSE)"
