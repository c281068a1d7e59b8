"""The Nu HTML checker of the W3C, as a program that reads finished files.

Here belongs how it is called and what of its words counts. Not here: which pages are checked. A test that calls it
is marked with ``needs(JAVA, NU_HTML_CHECKER)``.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.programs import JAVA, NU_HTML_CHECKER

# A page in a folder has no host, so the checker takes its own styles and pictures for those of another place. That
# a browser loads them is a test of its own (``tests/browser/test_site.py``).
_WITHOUT_A_HOST = "Resource violates Content Security Policy"


def complaints(files: Iterable[Path]) -> list[str]:
    """Return each error and warning about pages, styles and pictures, with its file and line."""
    given = list(files)
    assert given, "the checker was given nothing"
    checker = [JAVA.path, "-jar", NU_HTML_CHECKER.path, "--also-check-css", "--also-check-svg"]
    command = [*checker, "--format", "json", "--stdout", "--exit-zero-always", *given]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    messages: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return [_said(each) for each in messages if not each["message"].startswith(_WITHOUT_A_HOST)]


def _said(message: dict[str, Any]) -> str:
    name = message.get("url", "").rpartition("/")[2]
    return f"{name}:{message.get('lastLine', 0)}: {message['message']}"
