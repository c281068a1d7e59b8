"""One alert: what happened, who must act, and how.

Here belongs its form and its text. Not here: when there is one (``occasions``), and sending it.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from orchestration.printouts.said import visible, visible_lines


@dataclass(frozen=True)
class Alert:
    """What somebody has to know.

    Attributes:
        key: The occasion: two alerts with the same key are one, and it is sent once.
        subject: What happened, in a line.
        what: What happened, in sentences.
        who: Who must act, a post or a team.
        how: What to do, in a sentence or two.
        council: Whose warehouse it is; empty where its reference data does not say.
    """

    key: str
    subject: str
    what: tuple[str, ...]
    who: str
    how: str
    council: str = ""

    @property
    def title(self) -> str:
        """Whose it is, and what happened."""
        return f"{self.council or 'Savings warehouse'}: {self.subject}"

    @property
    def name(self) -> str:
        """Return its name among files and messages: the same for the same occasion, on any machine."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]

    @property
    def text(self) -> str:
        """Return it as a person reads it."""
        what = "\n".join(self.what)
        return f"{what}\n\nWho must act: {self.who}\nWhat to do: {self.how}\n"

    def plain(self) -> Alert:
        """Return it as every receiver can show it: what a sender's file name or a path may hold is spelled out."""
        what = tuple(map(visible_lines, self.what))
        return Alert(
            visible(self.key), visible(self.subject), what, visible(self.who), visible(self.how), visible(self.council)
        )

    def as_json(self) -> dict[str, Any]:
        """Return it for a file."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Alert:
        """Return the alert that ``as_json`` wrote."""
        return cls(**{**document, "what": tuple(document["what"])})
