"""How much of everything a file may hold: far above any honest return, far below what hurts.

Here belong the numbers alone; the gates (``zip_gate``, ``xml_gate``, ``book``) count against
them and ``workbook`` holds the child to time, memory and the size of its answer.
"""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The limits of one reading. A large real return has about 15,000 cells in 2 MB inflated.

    Attributes:
        file_bytes: Size of the file.
        inflated_bytes: Size of all its parts once inflated.
        ratio: Inflated over compressed size, of any part above 1 MiB. Sheets reach 20; a deflate
            bomb up to 1,000.
        parts: Parts in the container.
        sheets: Worksheets.
        cells: Filled cells, those of array formulas and the filled rows of merged ranges, over all sheets.
        ranges: Merged and hidden ranges and array formulas, over all sheets.
        rows: Last row that may hold a value.
        columns: Last column that may hold a value.
        text_length: Characters in one cell, which is Excel's own limit.
        characters: Characters in all cells: what is done to a text is done for each cell that has it, though
            the file stores it once. Both notes of 2,000 lines, as long as they may be, are 8 million.
        memory_bytes: Address space of the child.
        answer_bytes: Size of what the child may answer.
        seconds: Processor time of the child.
        patience_seconds: Wall clock after which a child is given up that has not used its processor time:
            a busy machine, and no fault of the file.
    """

    file_bytes: int = 20 * MEBIBYTE
    inflated_bytes: int = 128 * MEBIBYTE
    ratio: int = 100
    parts: int = 1_000
    sheets: int = 100
    cells: int = 100_000
    ranges: int = 10_000
    rows: int = 100_000
    columns: int = 1_000
    text_length: int = 32_767
    characters: int = 10_000_000
    memory_bytes: int = 768 * MEBIBYTE
    answer_bytes: int = 32 * MEBIBYTE
    seconds: int = 25
    patience_seconds: int = 600


DEFAULT_LIMITS = Limits()

# How the child ends when it has met its memory limit: it can answer nothing any more.
EXIT_OUT_OF_MEMORY = 71
# An order to read one file: its name, the limits and the names of sheets.
ORDER_BYTES = 64 * 1024
