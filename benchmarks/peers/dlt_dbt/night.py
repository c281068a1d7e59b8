"""One night with dlt and dbt: ``night.py LANDED WORK [always]``.

With ``always`` dbt builds after each load, as the documentation of dlt shows; else it is not even imported where
nothing was loaded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

LANDED, WORK = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
IS_BUILT_ALWAYS = "always" in sys.argv[3:]
os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(WORK / "dlt"), "RUNTIME__LOG_LEVEL": "ERROR"}
sys.path.insert(0, str(Path(__file__).parents[1]))

import dlt  # noqa: E402 - it reads the settings above
from dlt.sources.filesystem import filesystem  # noqa: E402 - it reads the settings above
from savings_sheet import lines_of  # noqa: E402 - found by the path above


@dlt.transformer(name="savings_line", write_disposition="merge", primary_key="saving_ref")
def savings_line(files: list[dict[str, str]]) -> Iterator[dict[str, object]]:
    """Yield the lines of the files that are new."""
    for file in files:
        yield from lines_of(LANDED / file["relative_path"])


new = filesystem(str(LANDED), file_glob="**/*.xlsx", incremental=dlt.sources.incremental("modification_date"))
pipeline = dlt.pipeline(
    "returns", destination=dlt.destinations.duckdb(str(WORK / "returns.duckdb")), dataset_name="raw"
)
pipeline.run(new | savings_line)
if IS_BUILT_ALWAYS or "savings_line" in pipeline.last_trace.last_normalize_info.row_counts:
    from dbt.cli.main import dbtRunner

    project = str(Path(__file__).with_name("transform"))
    os.environ["RETURNS"] = str(WORK / "returns.duckdb")
    folders = ["--project-dir", project, "--profiles-dir", project, "--target-path", str(WORK / "target")]
    quiet = ["--log-path", str(WORK / "logs"), "--log-level", "none", "--no-send-anonymous-usage-stats"]
    built = dbtRunner().invoke(["build", *folders, *quiet])
    raise SystemExit(not built.success)
