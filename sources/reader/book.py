"""What the sheets of one workbook share while they are read: texts, formats and counts against the limits.

Here belongs what grows over all sheets together, so that no number of small ones gets past a limit. Not
here: the limits themselves (``limits``), where texts and formats come from (``book_xml``), and the
elements of a sheet (``sheet_xml``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import InitVar, dataclass, field

from sources.reader.cells import Marks
from sources.reader.limits import Limits
from sources.reader.outside import OutsideNames
from sources.reader.refusals import Refused


@dataclass
class Book:
    """What all sheets of a workbook share: its texts, each kept once, and the counts so far.

    A cell names its text by number, so that one long shared text in a thousand cells is answered
    once and not a thousand times.
    """

    limits: Limits
    texts: list[str]
    text_marks: dict[int, Marks]
    names: OutsideNames
    striking: Collection[str]
    style_count: InitVar[int]
    cells: int = 0
    characters: int = 0
    ranges: int = 0
    shared_count: int = field(init=False)
    styles: dict[str | None, int] = field(init=False)
    _numbers: dict[tuple[str, Marks], int] = field(default_factory=dict)

    def __post_init__(self, style_count: int) -> None:
        self.shared_count = len(self.texts)
        # Format 0 is there even where the file has no list of formats.
        self.styles = {None: 0, "0": 0, **{str(number): number for number in range(style_count)}}

    def number_of(self, text: str, marks: Marks = Marks.PLAIN) -> int:
        """Return the number of a text, adding it if it is new."""
        if (text, marks) not in self._numbers:
            number = self._numbers[text, marks] = len(self.texts)
            self.texts.append(text)
            if marks:
                self.text_marks[number] = marks
        return self._numbers[text, marks]

    def count_cells(self, number: int) -> None:
        """Count filled cells, and the cells that an array formula claims.

        Raises:
            Refused: ``too-much-content``.
        """
        self.cells += number
        if self.cells > self.limits.cells:
            raise Refused("too-much-content", f"more than {self.limits.cells:,} cells")

    def count_characters(self, number: int) -> None:
        """Count the characters of one cell's text.

        Raises:
            Refused: ``too-much-content``.
        """
        self.characters += number
        if self.characters > self.limits.characters:
            raise Refused("too-much-content", f"more than {self.limits.characters:,} characters")

    def count_range(self) -> None:
        """Count a merged or hidden range, or an array formula.

        Raises:
            Refused: ``too-much-content``.
        """
        self.ranges += 1
        if self.ranges > self.limits.ranges:
            raise Refused("too-much-content", f"more than {self.limits.ranges:,} ranges")
