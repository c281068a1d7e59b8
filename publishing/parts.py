"""What a release has beside its database: files for other tools, and pages for people, in the order they are written.

Here belongs the list alone. Not here: writing any of them (the room's other modules), and releasing (``release``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from dbt_project.published import PublishedTable
from publishing.data_contract import write_data_contract
from publishing.files import write_files
from publishing.powerbi.metrics import SEMANTIC_MANIFEST
from publishing.powerbi.project import write_powerbi
from publishing.release import Part
from publishing.site.pictures import Pictures
from publishing.site.site import write_site
from publishing.spreadsheet import write_spreadsheet


def parts_of(tables: Sequence[PublishedTable], manifest: Path, pictures: Pictures) -> tuple[Part, ...]:
    """Return what writes each part into a release's folder, once its database lies there.

    Args:
        tables: The published tables.
        manifest: dbt's manifest of the build; its metrics lie beside it.
        pictures: Where those of the pages come from.
    """
    return (
        partial(write_files, tables=tables),
        partial(write_data_contract, tables=tables),
        write_spreadsheet,
        partial(write_powerbi, tables=tables, semantic_manifest=manifest.with_name(SEMANTIC_MANIFEST)),
        partial(write_site, pictures=pictures),
    )
