"""Where a person's browser finds a file of the home: under the address at which the proxy serves it.

Here belongs the address of a desk, a receipt, a release. Not here: who may read it (``deploy/nginx``), and which
links stand in what is served (those between a desk and its receipts are relative). Light: alerts import it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sources.home import Home

# Dagster's own pages have all other addresses.
SERVED_UNDER = "files"


@dataclass(frozen=True)
class Links:
    """What leads from a page or a mail to a file.

    Attributes:
        home: Where the files lie.
        public_url: The address of Dagster's pages for a browser (SAVINGS_PUBLIC_URL); empty where nobody serves them.
    """

    home: Home
    public_url: str = ""

    def to(self, path: Path) -> str:
        """Return the web address of a file of the home, or its path where nothing is served."""
        if not self.public_url:
            return str(path)
        below = path.relative_to(self.home.root).as_posix()
        return f"{self.public_url.rstrip('/')}/{SERVED_UNDER}/{quote(below)}"
