"""The hash of a reference folder: what a release and a verdict say that they were made with.

Here belongs the hash alone, with nothing heavy imported, since a night with nothing new asks for
it. Not here: reading what the files say (``reference``).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sources.reference.folder_contract import REFERENCE_FILES


def reference_sha256(folder: Path) -> str:
    """Return the hash over the names and bytes of the folder's files under contract.

    A file that is missing counts as missing, other files as not there: so a folder that will be
    refused has a hash too, and one that was only given a README keeps its own.
    """
    digest = hashlib.sha256()
    for name in sorted(f"{file.name}.csv" for file in REFERENCE_FILES):
        path = Path(folder) / name
        if path.is_file():
            digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
