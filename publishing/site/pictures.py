"""The pictures of a site: each drawn, or taken from the last release where it shows the same.

Here belongs when a picture need not be drawn again: drawing is most of what the pages cost, and of each closed year
there are some. Not here: how they look (``charts``), and which there are (``pages``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from publishing.in_force import MANIFEST, SITE, altered_manifest
from publishing.site import charts
from publishing.version import parts_sha256
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Published
from sources.home import Home

PICTURES = "pictures"


@dataclass(frozen=True)
class Pictures:
    """Where pictures come from; without an earlier release each is drawn.

    Attributes:
        earlier: The folder of the last release.
        files: The SHA-256 of its files by path, as it was published.
    """

    earlier: Path = Path()
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_last_release(cls, home: Home, ledger: LedgerView) -> Pictures:
        """Return those of the last release, if its manifest is as it was published and the same code wrote it."""
        if (last := ledger.last_event(Published)) is None:
            return cls()
        release = home.releases / last.payload.release_id
        if altered_manifest(release, last.payload.manifest_sha256):
            return cls()
        manifest = json.loads((release / MANIFEST).read_bytes())
        return cls(release, manifest["files"]) if manifest.get("parts_sha256") == parts_sha256() else cls()

    def svg(self, name: str, specification: Mapping[str, Any]) -> str:
        """Return a picture, which ends with the hash of what it was drawn from.

        Args:
            name: Of its file.
            specification: What it shows, in Vega-Lite.
        """
        drawn_by = f"{version('vl-convert-python')}\n{json.dumps(specification)}"
        note = f"<!-- {hashlib.sha256(drawn_by.encode()).hexdigest()} -->\n"
        earlier = self._as_published(f"{SITE}/{PICTURES}/{name}")
        return earlier if earlier.endswith(note) else f"{charts.svg(dict(specification))}\n{note}"

    def _as_published(self, path: str) -> str:
        """Return a file of the last release; nothing where it is not there, or not as it was published."""
        if path not in self.files:
            return ""
        try:
            data = (self.earlier / path).read_bytes()
        except OSError:
            return ""
        return data.decode() if hashlib.sha256(data).hexdigest() == self.files[path] else ""
