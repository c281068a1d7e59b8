"""Dagster's own home: its settings file and where its records lie, inside SAVINGS_HOME.

Here belongs preparing DAGSTER_HOME. ``python -m orchestration.instance`` prepares it and prints its
path, for those who start the webserver and the daemon by hand (``make ui`` does).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from orchestration.settings import load_settings
from sources import home as layout
from sources.home import Home

# The pool that all runs which write share.
POOL = "warehouse"


def prepare(home: Home) -> Path:
    """Put ``dagster.yaml`` into the home's Dagster folder and return that folder."""
    settings = Path(__file__).with_name("dagster.yaml").read_text("utf-8")
    # Where Dagster keeps events unless it is told; a JSON string is one in YAML too, whatever the path holds.
    events = json.dumps(str(home.dagster / "history" / "runs"))
    layout.write_durably(home.dagster / "dagster.yaml", settings.replace("EVENTS_FOLDER", events).encode())
    return home.dagster


if __name__ == "__main__":
    sys.stdout.write(f"{prepare(load_settings().home)}\n")
