"""What is printed for a person goes through one place, which spells out what would steer a terminal."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.printouts.said import say, visible, visible_lines

ORCHESTRATION = Path(__file__).resolve().parents[2] / "orchestration"
HOSTILE = "a\x1b]0;owned\x07\r\nPL: fine\u202e\x9b2J\udcff"
# Exact for a machine, and an address without anything of a sender's.
FOR_A_MACHINE = {"json.dumps", "as_csv", "manifest.as_bytes.decode"}


def test_a_text_of_others_is_one_line_that_steers_nothing():
    """F-C28."""
    assert visible(HOSTILE) == "a\\x1b]0;owned\\x07\\r\\nPL: fine\\u202e\\x9b2J\\udcff"
    assert visible(visible(HOSTILE)) == visible(HOSTILE)


def test_a_text_of_ours_keeps_its_lines():
    assert visible_lines("£5m\nof Place\x1b") == "£5m\nof Place\\x1b"


@pytest.mark.parametrize("err", [False, True])
def test_what_is_said_steers_no_terminal(capsys: pytest.CaptureFixture[str], err: bool):
    """F-C28."""
    say(HOSTILE, err=err)
    printed = capsys.readouterr()
    assert (printed.err if err else printed.out) == "a\\x1b]0;owned\\x07\\r\nPL: fine\\u202e\\x9b2J\\udcff\n"


def printed_past_it() -> Iterator[str]:
    for path in sorted(ORCHESTRATION.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in ("typer.echo", "typer.secho", "print", "click.echo"):
                what = _called(node.args[0]) if isinstance(node.args[0], ast.Call) else ast.unparse(node.args[0])
                if what not in FOR_A_MACHINE:
                    yield f"{path.relative_to(ORCHESTRATION)}: {ast.unparse(node)}"


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).replace("()", "")


def test_nothing_is_printed_for_a_person_past_it():
    """F-C28: whatever a command says may hold a file's name or a cell's text."""
    assert list(printed_past_it()) == ["printouts/said.py: typer.secho(visible_lines(text), err=err, fg=color)"]
