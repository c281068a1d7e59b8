"""A certificate for this machine's own address, made when a test needs one.

Here belongs making it alone. Not here: who trusts it (the tests).
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.programs import OPENSSL


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as files."""

    path: Path
    key: Path


def for_loopback(folder: Path) -> Certificate:
    """Return a certificate for 127.0.0.1 that nobody trusts yet; a test that asks is marked with ``needs(OPENSSL)``."""
    made = Certificate(folder / "loopback.pem", folder / "loopback.key")
    named = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-out", str(made.path), "-keyout", str(made.key))
    subprocess.run(
        [OPENSSL.path, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *named, *files],
        check=True,
        capture_output=True,
    )
    return made
