"""The command line as a user runs it: a process of its own, in a home of the test's own.

Here belongs how it is started. Not here: what it is asked, and what it must answer.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestration.settings import PROJECT


def savings(
    home: Path, *arguments: str, through: Sequence[str] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``savings`` in a home, maybe through another program."""
    return subprocess.run(
        [*through, sys.executable, "-c", "from orchestration.cli import main; main()", *arguments],
        cwd=PROJECT,
        env={**os.environ, "SAVINGS_HOME": str(home), "DO_NOT_TRACK": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
