"""What the declaration says of the return, for people and tools: the files of ``docs/return`` (`make generated`).

Here belongs which files there are. Not here: what they say (``data_dictionary``,
``table_schema``).
"""

from __future__ import annotations

import json
from pathlib import Path

from sources.contract.data_dictionary import page
from sources.contract.table_schema import data_package
from sources.reference.reference import bundled_reference, read_reference

DOCUMENTS = Path(__file__).parents[2] / "docs" / "return"


def documents() -> dict[str, str]:
    """Return the content of each file by its name."""
    reference = read_reference(bundled_reference())
    package = json.dumps(data_package(reference), indent=2, ensure_ascii=False)
    return {"data-dictionary.md": page(reference), "datapackage.json": f"{package}\n"}
