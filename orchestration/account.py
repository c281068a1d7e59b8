"""Whose account runs a command.

Here belongs that alone. It asks the kernel for the real user, never the environment, which anybody
may set. Not here: what an account may do (``reference.authority``).
"""

from __future__ import annotations

import os

from sources.home import account_of


def os_account() -> str:
    """Return the account's name, or ``uid 1234`` where it has none."""
    return account_of(os.getuid())
