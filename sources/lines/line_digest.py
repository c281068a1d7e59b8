"""The digest of a submission's typed lines: what its verdict records, and by which the vault keeps them.

Here belongs the digest alone, with nothing heavy imported, since a night with nothing new asks for
it. Not here: what is in the files (``line_files``).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sources.template.declaration import SHEETS


def line_files(folder: Path) -> list[Path]:
    """Return where the file of each sheet lies in a folder of typed lines, or would."""
    return [folder / f"{sheet.table}.parquet" for sheet in SHEETS]


def lines_sha256(folder: Path) -> str:
    """Return the digest over the files of a folder of typed lines, byte by byte.

    Raises:
        FileNotFoundError: If the folder or the file of a sheet is not there.
    """
    digest = hashlib.sha256()
    for sheet in SHEETS:
        name = f"{sheet.table}.parquet"
        # Seven small files of each return that there has been, twice a night: opened so, each takes half as long.
        with open(f"{folder}/{name}", "rb", buffering=0) as stream:
            digest.update(f"{name} {hashlib.sha256(stream.read()).hexdigest()}\n".encode())
    return digest.hexdigest()
