"""The pages that people read: their links lead somewhere, and every command that they show is one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from orchestration.cli import app
from orchestration.settings import PROJECT

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
MOST_LINES = 120
_LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#]*)(#(?P<anchor>[^)]+))?\)")
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_SPAN = re.compile(r"`(savings [a-z][^`]*)`")


def name_of(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that a page's headings get."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands_of(page: Path) -> Iterator[list[str]]:
    """Yield the words of each ``savings`` command that a page shows, in a block or in a sentence."""
    text = page.read_text("utf-8")
    lines = [line for block in _BLOCK.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    for line in [*lines, *_SPAN.findall(text)]:
        found = re.search(r"(?:^|.*[ /])(savings [a-z].*)", line.strip())
        if found and not line.strip().startswith("#"):
            yield shlex.split(found[1], comments=True)[1:]


def all_commands() -> Any:
    """Return ``savings`` with every command below it, as its list of them has them."""
    command: Any = typer.main.get_command(app)
    command.list_commands(typer.Context(command))
    return command


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that the words call, and the words after its name."""
    command = all_commands()
    while inner := getattr(command, "commands", {}):
        if not words or words[0].startswith("-"):
            break
        assert words[0] in inner, f"there is no command {words[0]}"
        command, words = inner[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Path):
    for link in _LINK.finditer(page.read_text("utf-8")):
        target = (page.parent / link["path"]).resolve() if link["path"] else page
        assert target.exists(), link[0]
        assert link["anchor"] is None or link["anchor"] in anchors_of(target), link[0]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_a_page_shows_is_there_with_its_options(page: Path):
    for words in commands_of(page):
        command, arguments = command_of(words)
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        used = {word.partition("=")[0] for word in arguments if word.startswith("-") and word != "-"}
        assert used <= known | {"--help"}, f"savings {' '.join(words)}"


def names_of(command: Any, path: str = "savings") -> Iterator[str]:
    """Yield the full name of every command below one."""
    if not (inner := getattr(command, "commands", {})):
        yield path
    for name, each in inner.items():
        yield from names_of(each, f"{path} {name}")


def test_the_page_of_commands_has_every_command():
    page = (PROJECT / "docs" / "commands.md").read_text("utf-8")
    named = [name for name in names_of(all_commands()) if name not in page]
    # Of those of one kind, the row names the first in full.
    assert [name for name in named if f"`{name.split()[-1]}`" not in page] == []


def test_the_commands_are_found_at_all():
    assert sum(len(list(commands_of(page))) for page in PAGES) > 50


def test_the_readme_is_a_page():
    assert len((PROJECT / "README.md").read_text("utf-8").splitlines()) <= MOST_LINES
