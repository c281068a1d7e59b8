"""What the exit code of a command says; the same for all commands.

Here belong the numbers alone.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended.

    Attributes:
        DONE: Done, or nothing new.
        REFUSED: Something was refused or held; the rest is published, nothing is lost.
        WRONG_USE: The command was used wrongly.
        NOT_PUBLISHED: Nothing was published although something is new: evidence, input and output,
            or reference data.
        BUSY: Another load holds the lock.
    """

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2
    NOT_PUBLISHED = 3
    BUSY = 4
