"""The lines of all returns, by reference; files whose bytes are known are not read."""

from __future__ import annotations

import hashlib
import os
import sys
import typing as t
from pathlib import Path

import pandas as pd
from sqlmesh import ExecutionContext, model
from sqlmesh.core.model import ModelKindName


@model(
    "raw.savings_line",
    kind={"name": ModelKindName.INCREMENTAL_BY_UNIQUE_KEY, "unique_key": ["saving_ref"]},
    columns={
        "saving_ref": "text",
        "directorate_code": "text",
        "baseline_gbp": "double",
        "projected_gbp": "double",
        "deferred_gbp": "double",
        "undeliverable_gbp": "double",
    },
)
def execute(context: ExecutionContext, **kwargs: t.Any) -> t.Iterator[pd.DataFrame]:  # noqa: ANN401 - SQLMesh's signature
    """Yield the lines of the files that are new."""
    sys.path.insert(0, str(Path(os.environ["PEER_CODE"])))
    from savings_sheet import lines_of

    known = Path(os.environ["PEER_WORK"]) / "known"
    known.mkdir(exist_ok=True)
    for path in sorted(Path(os.environ["PEER_LANDED"]).rglob("*.xlsx")):
        mark = known / hashlib.sha256(path.read_bytes()).hexdigest()
        if not mark.exists():
            yield pd.DataFrame(lines_of(path))
            mark.touch()
