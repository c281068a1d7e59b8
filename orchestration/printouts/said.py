"""Sentences as they reach a terminal, a log or a mail: whatever a sender wrote in them is text, and nothing else.

Here belongs spelling out what would steer a terminal or forge a line (F-C28), and printing a sentence so. Not
here: sections (``sections``), and what is printed for a machine: JSON and CSV are exact.
"""

from __future__ import annotations

import typer


def visible(text: str) -> str:
    """Return a sender's text on one line, with what would steer a terminal spelled out."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def visible_lines(text: str) -> str:
    """Return a text of ours that may have several lines, each as ``visible`` has it."""
    return "\n".join(map(visible, text.split("\n")))


def say(text: str, *, err: bool = False, color: str | None = None) -> None:
    """Print a text for a person, on standard output or where errors go."""
    typer.secho(visible_lines(text), err=err, fg=color)
