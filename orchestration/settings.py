"""Settings: what a run of the warehouse is told from outside, checked before anything is done.

Here belongs every setting with its type and its default. Not here: where settings are said
(``orchestration.settings_file``), and anything that acts on them. Light: every command imports it.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from pydantic import model_validator as checked

from dbt_project.engines import DUCKDB, ENGINES, Engine, Spark, engine_named
from orchestration import settings_file
from orchestration.alerts.channels import NOWHERE, ChannelProblemError, Channels, Relay
from orchestration.settings_file import PREFIX, PROJECT, Said, SettingProblemError, variable
from sources.custody.survey import SETTLE
from sources.home import Home

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["LONGEST_HOME", "PROJECT", "SettingProblemError", "Settings", "load_settings"]

# What reads paths inside addresses and templates takes these for something else: Dagster "?" and "%", dbt "#" and "{".
# As Spark takes them.
_MASTER = re.compile(r"local(-cluster)?(\[.+\])?|yarn|(spark|k8s|sc)://.+")
_NOT_IN_A_HOME = re.compile(r"[?#%{\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# SQLite opens no path above 512 bytes, and what lies deepest in a home takes some 200.
LONGEST_HOME = 300
BUILD_EVERY = timedelta(minutes=30)
# Whatever else is installed has no say in what we validate; to look for it takes longer than to look into landing.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# Of seconds or minutes: what is above is a mistake.
_MOST = 1_000_000


@dataclass(frozen=True)
class Settings:
    """What a run of the warehouse is told from outside.

    Attributes:
        home: Where everything lies, with its landing folder and the group that reads releases.
        reference: What the council decides.
        settle: How long a file in landing has to look the same where the file system does not say
            whether it is still being written.
        channels: Where alerts go; nowhere by default.
        build_every: How often the daemon builds between two nights at most; None: it leaves all to the
            night, what landed too.
        public_url: Where a browser finds Dagster's pages and, beside them, desks and releases; empty: nowhere.
        engine: What builds the tables.
        postgres_url: The database that gets a copy of each release; empty for none.
        said: Each setting that was said, in the order of the model, where it was said.
    """

    home: Home
    reference: Path
    settle: timedelta = SETTLE
    channels: Channels = NOWHERE
    build_every: timedelta | None = BUILD_EVERY
    engine: Engine = DUCKDB
    postgres_url: str = ""
    public_url: str = ""
    said: tuple[Said, ...] = ()

    @property
    def home_is_said(self) -> str:
        """Where the home is said, as a sentence names it: the settings file may be another than is thought."""
        return next(str(each) for each in self.said if each.name == "home")


def load_settings(environment: Mapping[str, str] | None = None, *, file: Path | None = None) -> Settings:
    """Return the settings in force: a variable of the environment wins over the settings file.

    Args:
        environment: The variables; those of the process when left out.
        file: The settings file, where it is known; else it is looked for.

    Raises:
        SettingProblemError: If one of them cannot be used; it names all that cannot, a line each.
    """
    given = os.environ if environment is None else environment
    if unknown := settings_file.unknown_in(given, tuple(_Said.model_fields)):
        raise SettingProblemError("\n".join(_no_setting(name, name[len(PREFIX) :].lower()) for name in unknown))
    file = file or settings_file.find(given)
    said = settings_file.read(file) | settings_file.said_in(given, iter(_Said.model_fields))
    named = {name: str(said.get(name, variable(name))) for name in (*_Said.model_fields, *said)}
    try:
        values = _Said.model_validate({name: each.placed for name, each in said.items()}, context=named)
    except ValidationError as error:
        raise SettingProblemError("\n".join(_sentences(error, named))) from None
    return Settings(
        home=Home.at(values.home, values.landing_dir, values.readers_group),
        reference=values.reference_dir,
        settle=timedelta(seconds=values.settle_seconds),
        channels=_channels(values, named),
        build_every=timedelta(minutes=values.build_every_minutes) or None,
        engine=engine_named(values.engine, values.spark_master, values.spark_folder),
        postgres_url=values.postgres_url,
        public_url=values.public_url,
        said=tuple(said[name] for name in _Said.model_fields if name in said),
    )


def environment_of(file: Path) -> dict[str, str]:
    """Return the environment of a process that has the settings of one file, and none of this process's own."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "DAGSTER_"))}
    return {**ours, settings_file.CONFIG: str(file)}


def _sentences(error: ValidationError, named: Mapping[str, str]) -> list[str]:
    return [_sentence(each, str(each["loc"][0]) if each["loc"] else "", named) for each in error.errors()]


def _sentence(wrong: ErrorDetails, name: str, named: Mapping[str, str]) -> str:
    if wrong["type"] == "value_error":
        return str(wrong["ctx"]["error"])
    if wrong["type"] == "missing":
        return f"{named[name]} is not set, and {name} is not in the settings file. Add it there."
    if wrong["type"] == "extra_forbidden":
        return _no_setting(named[name], name)
    return f"{named[name]} is {wrong['input']!r}, and has to be a text in quotes."


def _no_setting(said: str, name: str) -> str:
    """Say that there is no such setting, and which may be meant, as it is called where this one was said."""
    names = {each: variable(each) if said.startswith(PREFIX) else each for each in _Said.model_fields}
    meant = difflib.get_close_matches(name, names, n=1)
    remedy = f"Is {names[meant[0]]} meant?" if meant else f"The settings are {', '.join(names.values())}."
    return f"{said} is not a setting. {remedy}"


def _name(info: ValidationInfo) -> str:
    """Return what a setting is called where it was said."""
    named: Mapping[str, str] = info.context or {}
    return named[str(info.field_name)]


def _usable_home(home: Path, info: ValidationInfo) -> Path:
    """Return a path that everything we rest on can keep files under (ruling C10)."""
    name = _name(info)
    if found := _NOT_IN_A_HOME.search(str(home)):
        raise ValueError(f"{name} may not hold the character {found[0]!r}: {str(home)!r}. Choose another path.")
    if (length := len(os.fsencode(home))) > LONGEST_HOME:
        raise ValueError(f"{name} is {length} bytes long, and may be {LONGEST_HOME}. Choose a shorter path.")
    try:
        there = next(path for path in (home, *home.parents) if path.exists())
    except OSError as error:
        raise ValueError(f"{name} cannot be used: {error.strerror} ({home}). Choose another path.") from error
    if not there.is_dir():
        raise ValueError(f"{name} is {home}, but {there} is a file. Choose another path.")
    return home


def _number(given: object, info: ValidationInfo) -> float:
    with contextlib.suppress(ValueError):
        number = float(str(given))
        if 0 <= number < _MOST:
            return number
    of_what = "seconds, such as 60" if str(info.field_name).endswith("seconds") else "minutes, such as 30"
    raise ValueError(f"{_name(info)} is {given!r}, and has to be a number of {of_what}.")


def _listed(given: object) -> object:
    """Return a list; a variable has it as one text with commas."""
    return tuple(filter(None, (each.strip() for each in given.split(",")))) if isinstance(given, str) else given


def _known_engine(text: str, info: ValidationInfo) -> str:
    if text not in ENGINES:
        raise ValueError(f"{_name(info)} is {text!r}, and has to be {' or '.join(ENGINES)}.")
    return text


def _web_address(text: str, info: ValidationInfo) -> str:
    with contextlib.suppress(ValueError):
        parts = urlsplit(text)
        if not text or (parts.scheme in ("http", "https") and parts.hostname):
            return text
    raise ValueError(f"{_name(info)} is {text!r}, and has to be an address with https://.")


def _database_address(text: str, info: ValidationInfo) -> str:
    return database_address(text, _name(info))


def database_address(text: str, name: str) -> str:
    """Return an address without a password: settings are printed, and listed among processes.

    Args:
        text: The address, or nothing.
        name: What it is called where it was said.

    Raises:
        ValueError: If it is no such address.
    """
    with contextlib.suppress(ValueError):
        parts = urlsplit(text)
        secrets = (parts.password, *(name.endswith("password") for name, _ in parse_qsl(parts.query)))
        if not text or (parts.scheme in ("postgresql", "postgres") and not any(secrets)):
            return text
    raise ValueError(
        f"{name} has to be an address such as postgresql://savings@bi.council.example/savings without a "
        "password: put that into a file and add ?passfile=/path/of/the/file."
    )


def _spark_master(text: str, info: ValidationInfo) -> str:
    return spark_master(text, _name(info))


def spark_master(text: str, name: str) -> str:
    """Return who does Spark's work, without a token: settings are printed, and listed among processes.

    Args:
        text: The address, or what stands for this machine.
        name: What it is called where it was said.

    Raises:
        ValueError: If there is a token in it, or Spark knows no such master.
    """
    if ";token=" in text:
        raise ValueError(f"{name} has a token in it: put that into the variable SPARK_CONNECT_AUTHENTICATE_TOKEN.")
    if not _MASTER.fullmatch(text):
        known = "local[*], local[2], yarn, or an address with spark://, k8s:// or sc://"
        raise ValueError(f"{name} is {text!r}, and has to be {known}.")
    return text


class _Said(BaseModel):
    """Each setting, as the settings file calls it; with SAVINGS_ before it and in capitals it is a variable."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Annotated[Path, AfterValidator(_usable_home)]
    reference_dir: Path
    landing_dir: Path | None = None
    readers_group: str | None = None
    settle_seconds: Annotated[float, BeforeValidator(_number)] = SETTLE.total_seconds()
    build_every_minutes: Annotated[float, BeforeValidator(_number)] = BUILD_EVERY.total_seconds() / 60
    engine: Annotated[str, AfterValidator(_known_engine)] = DUCKDB.target
    spark_master: Annotated[str, AfterValidator(_spark_master)] = Spark().master
    spark_folder: Path | None = None
    smtp_url: str = ""
    smtp_password_file: Path | None = None
    alerts_from: str = ""
    alerts_to: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    alerts_webhook: Annotated[str, AfterValidator(_web_address)] = ""
    postgres_url: Annotated[str, AfterValidator(_database_address)] = ""
    public_url: Annotated[str, AfterValidator(_web_address)] = ""

    @checked(mode="after")
    def _mail_is_set_whole(self, info: ValidationInfo) -> _Said:
        """What is set by halves would be found out on the night that somebody is to be told."""
        if self.smtp_url or self.alerts_to or self.alerts_from:
            named: Mapping[str, str] = info.context or {}
            both: tuple[tuple[str, Sequence[str]], ...] = (
                ("alerts_to", self.alerts_to),
                ("alerts_from", (self.alerts_from,)),
            )
            for name, addresses in both:
                if not addresses or not all(map(_is_address, addresses)):
                    raise ValueError(
                        f"{named[name]} is {', '.join(addresses)!r}. For alerts by mail, set {variable('smtp_url')}, "
                        f"{variable('alerts_from')} and {variable('alerts_to')}, or the same in the settings file; "
                        "write addresses such as data.team@council.example, with a comma between two."
                    )
            _relay(self, named)
        return self


def _channels(values: _Said, named: Mapping[str, str]) -> Channels:
    if not values.smtp_url:
        return Channels(webhook=values.alerts_webhook)
    return Channels(_relay(values, named), values.alerts_from, values.alerts_to, values.alerts_webhook)


def _relay(values: _Said, named: Mapping[str, str]) -> Relay:
    try:
        return Relay.at(values.smtp_url, values.smtp_password_file)
    except ChannelProblemError as problem:
        raise ValueError(f"{named['smtp_url']} is {values.smtp_url!r}. {problem}") from None


def _is_address(text: str) -> bool:
    from email.utils import parseaddr  # brings sockets along: not for who has no mail

    name, _, domain = text.rpartition("@")
    return bool(name and domain) and parseaddr(text)[1] == text and text.isascii() and text.isprintable()
