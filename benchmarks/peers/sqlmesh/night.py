"""One night with SQLMesh: ``night.py LANDED WORK``; the first one plans, later ones run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

LANDED, WORK = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
os.environ |= {"SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true", "PEER_LANDED": str(LANDED), "PEER_WORK": str(WORK)}
os.environ |= {"MAX_FORK_WORKERS": "1", "PEER_CODE": str(Path(__file__).parents[1])}

from sqlmesh import Context  # noqa: E402 - it reads the settings above
from sqlmesh.core.config import Config, DuckDBConnectionConfig, GatewayConfig, ModelDefaultsConfig  # noqa: E402 - it reads the settings above

is_first = not (WORK / "returns.duckdb").exists()
config = Config(
    gateways={"duckdb": GatewayConfig(connection=DuckDBConnectionConfig(database=str(WORK / "returns.duckdb")))},
    model_defaults=ModelDefaultsConfig(dialect="duckdb", start="2021-04-01"),
    cache_dir=str(WORK / "cache"),
)
context = Context(paths=[str(Path(__file__).parent)], config=config)
if is_first:
    context.plan(auto_apply=True, no_prompts=True)
else:
    context.run(ignore_cron=True)
