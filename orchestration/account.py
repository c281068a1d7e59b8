"""Whose account runs a command.

Here belongs that alone. It asks the kernel for the real user, never the environment, which anybody
may set. Not here: what an account may do (``reference.authority``).
"""

from __future__ import annotations

import os
import pwd


def os_account() -> str:
    """Return the account's name, or ``uid 1234`` where it has none."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
