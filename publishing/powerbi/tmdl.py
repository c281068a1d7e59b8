"""TMDL, the language of semantic models: objects, their properties and what is in them, by indentation.

Here belongs how an object is written. Not here: which objects a model has (``model``). TMDL has no comments; a
description stands above its object after three strokes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from publishing.powerbi.names import in_tmdl

Value = str | bool


@dataclass(frozen=True)
class Object:
    """One object of a model.

    Attributes:
        kind: As TMDL calls it, ``column``.
        name: As people see it.
        properties: By name; True is said by the name alone.
        expression: DAX or M; a partition's kind for a partition.
        description: What it means.
        parts: The objects in it.
    """

    kind: str
    name: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    expression: str = ""
    description: str = ""
    parts: Sequence[Object] = ()

    def as_tmdl(self) -> str:
        """Return it with all that is in it."""
        lines = [f"/// {line}" for line in textwrap.wrap(self.description, 110)]
        lines += self._opening()
        body = [_property(name, value) for name, value in self.properties.items() if value is not False]
        lines += [textwrap.indent(each, "\t") for each in body]
        for part in self.parts:
            lines += ["", textwrap.indent(part.as_tmdl(), "\t")]
        return "\n".join(lines)

    def _opening(self) -> list[str]:
        opening = f"{self.kind} {in_tmdl(self.name)}"
        if not self.expression:
            return [opening]
        if "\n" not in self.expression:
            return [f"{opening} = {self.expression}"]
        return [f"{opening} =", textwrap.indent(self.expression, "\t\t")]


def _property(name: str, value: Value) -> str:
    if value is True:
        return name
    if "\n" in str(value):
        return f"{name} =\n{textwrap.indent(str(value), chr(9) * 2)}"
    return f"{name}: {value}"


def as_file(*objects: Object) -> str:
    """Return a file with objects in it."""
    return "\n\n".join(each.as_tmdl() for each in objects) + "\n"
