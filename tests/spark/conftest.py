"""Spark for the tests of this tier, on this machine alone; what it lacks is said as ``savings doctor`` says it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbt_project.engines import Spark, lack_of


@pytest.fixture(scope="session")
def spark() -> Iterator[Spark]:
    """Spark on two cores of this machine."""
    engine = Spark("local[2]")
    if lack := lack_of(engine):
        end = pytest.fail if os.environ.get("CI") else pytest.skip
        end(f"{lack.what} {lack.remedy}")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SPARK_CONF_DIR", str(Path(__file__).parent))  # its spark-defaults.conf
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        yield engine
