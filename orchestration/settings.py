"""Settings: the one module that reads the environment.

Here belongs every ``SAVINGS_*`` variable with its type and its default. Not here: anything that
acts on them. Light: every command imports it.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from orchestration.alerts.channels import NOWHERE, ChannelProblemError, Channels, Relay
from sources.custody.survey import SETTLE
from sources.home import Home

PROJECT = Path(__file__).resolve().parent.parent
# What reads paths inside addresses and templates takes these for something else: Dagster "?" and "%", dbt "#" and "{".
_NOT_IN_A_HOME = re.compile(r"[?#%{\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# SQLite opens no path above 512 bytes, and what lies deepest in a home takes some 200.
LONGEST_HOME = 300
BUILD_EVERY = timedelta(minutes=30)
# Of seconds or minutes: what is above is a mistake.
_MOST = 1_000_000


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
        channels: Where alerts go: SAVINGS_ALERTS_TO (addresses, with commas between them), from
            SAVINGS_ALERTS_FROM, through SAVINGS_SMTP_URL with the password in SAVINGS_SMTP_PASSWORD_FILE;
            and SAVINGS_ALERTS_WEBHOOK. Nowhere by default.
        build_every: SAVINGS_BUILD_EVERY_MINUTES: how often the daemon builds between two nights at most;
            0: it leaves all to the night, what landed too.
    """

    home: Home
    reference: Path
    settle: timedelta = SETTLE
    channels: Channels = NOWHERE
    build_every: timedelta | None = BUILD_EVERY


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
        channels=_channels(given),
        build_every=_build_every(given.get("SAVINGS_BUILD_EVERY_MINUTES")),
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
    return timedelta(seconds=_number("SAVINGS_SETTLE_SECONDS", seconds, "seconds, such as 60"))


def _build_every(minutes: str | None) -> timedelta | None:
    if not minutes:
        return BUILD_EVERY
    return timedelta(minutes=_number("SAVINGS_BUILD_EVERY_MINUTES", minutes, "minutes, such as 30")) or None


def _number(name: str, given: str, of_what: str) -> float:
    with contextlib.suppress(ValueError):
        number = float(given)
        if 0 <= number < _MOST:
            return number
    raise SettingProblemError(f"{name} is {given!r}, and has to be a number of {of_what}.")


def _channels(given: Mapping[str, str]) -> Channels:
    """Return where alerts go; what is set by halves would be found out on the night that somebody is to be told.

    Raises:
        SettingProblemError: If it cannot be used.
    """
    receivers = tuple(filter(None, (each.strip() for each in given.get("SAVINGS_ALERTS_TO", "").split(","))))
    sender, webhook = given.get("SAVINGS_ALERTS_FROM", ""), given.get("SAVINGS_ALERTS_WEBHOOK", "")
    if webhook and not _is_web_address(webhook):
        raise SettingProblemError(f"SAVINGS_ALERTS_WEBHOOK is {webhook!r}, and has to be an address with https://.")
    url = given.get("SAVINGS_SMTP_URL", "")
    if not (url or receivers or sender):
        return Channels(webhook=webhook)
    for name, addresses in (("SAVINGS_ALERTS_TO", receivers), ("SAVINGS_ALERTS_FROM", (sender,))):
        if not addresses or not all(map(_is_address, addresses)):
            raise SettingProblemError(
                f"{name} is {given.get(name, '')!r}. For alerts by mail, set SAVINGS_SMTP_URL, SAVINGS_ALERTS_FROM and "
                "SAVINGS_ALERTS_TO; write addresses such as data.team@council.example, with a comma between two."
            )
    password = given.get("SAVINGS_SMTP_PASSWORD_FILE")
    try:
        relay = Relay.at(url, Path(password).absolute() if password else None)
    except ChannelProblemError as problem:
        raise SettingProblemError(f"SAVINGS_SMTP_URL is {url!r}. {problem}") from None
    return Channels(relay, sender, receivers, webhook)


def _is_web_address(text: str) -> bool:
    with contextlib.suppress(ValueError):
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    return False


def _is_address(text: str) -> bool:
    name, _, domain = text.rpartition("@")
    return bool(name and domain) and parseaddr(text)[1] == text and text.isascii() and text.isprintable()
