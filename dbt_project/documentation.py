"""dbt's page about the warehouse: every model, column, test and reader, with the lineage between them.

Here belongs writing that page: ``python -m dbt_project.documentation CANDIDATE PAGE``. Not here: what
it says (descriptions stand beside the models), and what a release says of itself (``publishing``).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from dbt_project import run_dbt
from sources import home as layout


def write_page(candidate: Path, page: Path) -> None:
    """Write the page, one file that needs no network.

    A copy of the candidate is asked, so that what its build left beside it stays.

    Raises:
        dbt_project.invocation.DbtFailed: If dbt could not write it.
        OSError: If there is no candidate.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(candidate, folder))
        layout.write_durably(page, run_dbt.document(copy).read_bytes())


if __name__ == "__main__":
    write_page(Path(sys.argv[1]), Path(sys.argv[2]))
