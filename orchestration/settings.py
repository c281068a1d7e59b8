"""Settings: the one module that reads the environment.

Here belongs every ``SAVINGS_*`` variable with its type and its default. Not here: anything that
acts on them. Light: every command imports it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sources.custody.survey import SETTLE
from sources.home import Home

PROJECT = Path(__file__).resolve().parent.parent
# What reads paths inside addresses and templates takes these for something else: Dagster "?" and "%", dbt "#" and "{".
_NOT_IN_A_HOME = re.compile(r"[?#%{\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# SQLite opens no path above 512 bytes, and what lies deepest in a home takes some 200.
LONGEST_HOME = 300


class SettingProblemError(ValueError):
    """A setting cannot be used; its text names it, and says how to correct it."""


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
    """Return the settings that an environment gives; an empty value counts as unset.

    Raises:
        SettingProblemError: If one of them cannot be used.
    """
    given = os.environ if environment is None else environment
    landing = given.get("SAVINGS_LANDING_DIR")
    home = _usable_home(Path(given.get("SAVINGS_HOME") or PROJECT / "var").absolute())
    return Settings(
        home=Home.at(home, Path(landing) if landing else None, given.get("SAVINGS_READERS_GROUP") or None),
        reference=Path(given.get("SAVINGS_REFERENCE_DIR") or PROJECT / "sources" / "reference" / "dorset").absolute(),
        settle=_settle(seconds) if (seconds := given.get("SAVINGS_SETTLE_SECONDS")) else SETTLE,
    )


def _usable_home(home: Path) -> Path:
    """Return a path that everything we rest on can keep files under (ruling C10).

    Raises:
        SettingProblemError: If it is not one.
    """
    if found := _NOT_IN_A_HOME.search(str(home)):
        raise SettingProblemError(
            f"SAVINGS_HOME may not hold the character {found[0]!r}: {str(home)!r}. Choose another path."
        )
    if (length := len(os.fsencode(home))) > LONGEST_HOME:
        raise SettingProblemError(
            f"SAVINGS_HOME is {length} bytes long, and may be {LONGEST_HOME}. Choose a shorter path."
        )
    try:
        there = next(path for path in (home, *home.parents) if path.exists())
    except OSError as error:
        raise SettingProblemError(
            f"SAVINGS_HOME cannot be used: {error.strerror} ({home}). Choose another path."
        ) from error
    if not there.is_dir():
        raise SettingProblemError(f"SAVINGS_HOME is {home}, but {there} is a file. Choose another path.")
    return home


def _settle(seconds: str) -> timedelta:
    try:
        settle = timedelta(seconds=float(seconds))
    except (ValueError, OverflowError):
        settle = timedelta(-1)
    if settle < timedelta():
        raise SettingProblemError(
            f"SAVINGS_SETTLE_SECONDS is {seconds!r}, and has to be a number of seconds, such as 60."
        )
    return settle
