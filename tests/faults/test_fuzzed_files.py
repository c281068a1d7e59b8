"""Good files with random damage: whatever was hit, the child answers with cells or with one code of ours.

The reading runs in the test's own process, since hundreds of children would take minutes; what a
child does to itself first is tested in ``test_reader_process``.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path

import pytest

from sources.reader import workbook_child
from sources.reader.cell_types import workbook_from_answer
from sources.reader.cells import Workbook
from sources.reader.limits import Limits
from sources.reader.refusals import CODES, Refused
from tests import hostile

SAMPLES = sorted((Path(__file__).parents[2] / "sources" / "samples" / "returns").rglob("*.xlsx"))
MUTANTS = 240
XML_BYTES = b'<>/"= :0123456789ABCx'


def damage_bytes(data: bytes, chance: random.Random) -> bytes:
    """The file with some bytes changed, and sometimes cut off."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.2 else changed)


def damage_part(data: bytes, chance: random.Random) -> bytes:
    """The file with one part's text changed, or the part gone, in a container that is sound."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
    name = chance.choice(list(parts))
    if chance.random() < 0.1:
        del parts[name]
        return hostile.zipped({name: bytes(part) for name, part in parts.items()})
    for _ in range(chance.randint(1, 4)):
        text, at = parts[name], chance.randrange(len(parts[name]))
        kind = chance.choice(("replace", "cut", "repeat"))
        if kind == "replace":
            text[at] = chance.choice(XML_BYTES)
        elif kind == "cut":
            del text[at : min(at + chance.randint(1, 40), len(text) - 1)]
        else:
            text[at:at] = text[at : at + chance.randint(1, 60)]
    return hostile.zipped({name: bytes(part) for name, part in parts.items()})


def outcome_of(data: bytes) -> str:
    """What the child and the parent make of the bytes: a code, or ``read``."""
    try:
        answer = workbook_child._read(io.BytesIO(data), "fuzzed.xlsx", Limits(), None)
    except Refused as refused:
        return refused.code
    read = workbook_from_answer(json.dumps(answer, ensure_ascii=False).encode())
    assert isinstance(read, Workbook)
    return "read"


def test_a_damaged_file_is_read_or_refused_with_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_child, "_close_all_doors", lambda: None)
    good = [path.read_bytes() for path in SAMPLES]
    outcomes = []
    for seed in range(MUTANTS):
        chance = random.Random(seed)  # noqa: S311 - the same damage every time
        damage = chance.choice((damage_bytes, damage_part, damage_part))
        outcomes.append(outcome_of(damage(chance.choice(good), chance)))
    assert set(outcomes) <= CODES | {"read"}
    assert {"read", "zip-corrupt", "xml-corrupt"} <= set(outcomes)


def test_a_damaged_file_under_a_password_is_read_or_refused_with_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_child, "_close_all_doors", lambda: None)
    good = hostile.ole_with_stream("Workbook")
    outcomes = {outcome_of(damage_bytes(good, random.Random(seed))) for seed in range(120)}  # noqa: S311
    assert outcomes <= CODES
    assert {"ole-corrupt", "format-mismatch"} <= outcomes
