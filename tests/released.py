"""A release of a scenario: its tables without dbt, what a release says of itself, and the pages.

Here belongs what tests of pages need that are about returns which the sample does not have. Not here: publishing
(``publishing.release``), and what the pages have to say.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from dbt_project.published import published_tables
from publishing.manifest import DATABASE
from publishing.release_tables import Council, release_rows
from tests.scenarios import Scenario

MADE_AT = datetime(2021, 11, 20, 3, 30, tzinfo=UTC)


def released(scenario: Scenario, folder: Path, manifest: Path, data_as_at: date) -> Path:
    """Write the database of a release into a folder; return the folder.

    Args:
        scenario: What was sent.
        folder: An empty folder.
        manifest: dbt's manifest of the project.
        data_as_at: The day of its figures.
    """
    tables = published_tables(manifest)
    rows = release_rows("R1", "2.0.0", Council("DOR", "Dorset"), MADE_AT, data_as_at, "run", (), (), tables)
    with scenario.work_out(folder / DATABASE) as connection:
        for table, its_rows in rows.items():
            connection.from_arrow(its_rows).create(f"marts.{table.name}")
    return folder
