"""Settings: the one module that reads the environment.

Here belongs every ``SAVINGS_*`` variable with its type and its default. Not here: anything that
acts on them. Light: every command imports it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sources.custody.survey import SETTLE
from sources.home import Home

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """What a run of the warehouse is told from outside.

    Attributes:
        home: SAVINGS_HOME, ``var/`` beside the project by default, with SAVINGS_LANDING_DIR as
            its landing folder where that is set, and SAVINGS_READERS_GROUP as the group that reads releases.
        reference: SAVINGS_REFERENCE_DIR, the bundled folder by default.
        settle: SAVINGS_SETTLE_SECONDS: how long a file in landing has to look the same where the
            file system does not say whether it is still being written.
    """

    home: Home
    reference: Path
    settle: timedelta = SETTLE


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that an environment gives; an empty value counts as unset."""
    given = os.environ if environment is None else environment
    landing = given.get("SAVINGS_LANDING_DIR")
    home = Path(given.get("SAVINGS_HOME") or PROJECT / "var")
    return Settings(
        home=Home.at(home, Path(landing) if landing else None, given.get("SAVINGS_READERS_GROUP") or None),
        reference=Path(given.get("SAVINGS_REFERENCE_DIR") or PROJECT / "sources" / "reference" / "dorset").absolute(),
        settle=timedelta(seconds=float(seconds)) if (seconds := given.get("SAVINGS_SETTLE_SECONDS")) else SETTLE,
    )
