"""What a grammar's answer says to its reader, and every type of the catalogue."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from sources.findings import words
from sources.findings.fault import Fault
from sources.findings.findings import Finding
from sources.findings.place import Place
from sources.findings.unread_files import not_read, noted
from sources.grammar.values import Note, NotParsed
from sources.reader.cells import Refusal, Workbook


def said(answer: NotParsed | Note) -> Finding:
    """Return the finding of a grammar's answer, of a cell without a place."""
    assert answer.says is not None
    return answer.says(Place(), "D09").in_words()


def message(outcome: Workbook | Refusal) -> str:
    """Return what the sender of a file reads of it as such: why it was refused, or what was left alone."""
    if isinstance(outcome, Refusal):
        return not_read(outcome).in_words().message
    return " ".join(noted(name).in_words().message for name in outcome.notes)


def catalogue() -> list[type[Fault]]:
    """Return every type of finding that has words."""
    for module in pkgutil.iter_modules(words.__path__, f"{words.__name__}."):
        import_module(module.name)
    return [each for each in _below(Fault) if hasattr(each, "wrong")]


def _below(kind: type[Fault]) -> Iterator[type[Fault]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
