"""How what a command tells looks: headings with tables and notes; tables on a terminal, plain lines elsewhere.

Here belongs layout alone. Not here: what is told, and what of it is spelled out (``said``). Light:
`savings status` imports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.printouts.said import visible, visible_lines


@dataclass(frozen=True)
class Section:
    """A heading with a table, notes, or both.

    Attributes:
        title: The heading.
        columns: Names of the table's columns; those of ``numbers`` are set to the right.
        rows: Its cells.
        notes: Lines under it.
        numbers: How many columns at the end hold numbers.
    """

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = ()
    numbers: int = 0


def print_sections(sections: Iterable[Section], console: Console) -> None:
    """Print sections: as tables where somebody looks, as plain lines where a file or pipe does."""
    for section in map(_spelled_out, sections):
        if console.is_terminal:
            _print_rich(section, console)
        else:
            console.file.write("\n".join(_plain_lines(section)) + "\n\n")


def _spelled_out(section: Section) -> Section:
    rows = [tuple(map(visible, row)) for row in section.rows]
    notes = tuple(map(visible_lines, section.notes))
    return replace(
        section, title=visible(section.title), columns=tuple(map(visible, section.columns)), rows=rows, notes=notes
    )


def _print_rich(section: Section, console: Console) -> None:
    console.print(Text(section.title, style="bold"))
    if section.columns:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        first_number = len(section.columns) - section.numbers
        for number, column in enumerate(section.columns):
            # A path is whole or useless; text of files is printed as it is, never as markup.
            table.add_column(column, justify="right" if number >= first_number else "left", overflow="fold")
        for row in section.rows:
            table.add_row(*map(Text, row))
        console.print(table)
    for note in section.notes:
        console.print(Text(f"  {note}"), soft_wrap=True)
    console.print()


def _plain_lines(section: Section) -> Iterator[str]:
    """Yield a section as plain lines: columns lined up by spaces, nothing cut."""
    yield section.title
    table = [section.columns, *section.rows] if section.columns else []
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    first_number = len(section.columns) - section.numbers
    for row in table:
        cells = [
            cell.rjust(width) if number >= first_number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"  {'  '.join(cells)}".rstrip()
    for note in section.notes:
        yield f"  {note}"
