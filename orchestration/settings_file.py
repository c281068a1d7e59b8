"""Where a setting is said: in the environment, else in the one settings file that a command finds.

Here belong finding ``savings.toml`` and reading it. Not here: which settings there are, and whether
what they say can be used (``orchestration.settings``). Light: every command imports it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
NAME = "savings.toml"
# The sample's own: in force where nobody has set up a council.
BUNDLED = PROJECT / NAME
CONFIG = "SAVINGS_CONFIG"
PREFIX = "SAVINGS_"
# What is said of these is a path; a relative one begins where it is said.
_PATHS = frozenset({"home", "landing_dir", "reference_dir", "smtp_password_file", "spark_folder"})


class SettingProblemError(ValueError):
    """Settings cannot be used; its text names each that cannot, and says how to correct it."""


@dataclass(frozen=True)
class Said:
    """One setting, where it was said.

    Attributes:
        name: As the settings file calls it, ``landing_dir``.
        value: What was said.
        source: The settings file; None for the environment.
    """

    name: str
    value: object
    source: Path | None = None

    def __str__(self) -> str:
        return f"{self.name} in {self.source}" if self.source else variable(self.name)

    @property
    def where(self) -> str:
        """The settings file, or the variable."""
        return str(self.source or variable(self.name))

    @property
    def text(self) -> str:
        """What was said, on one line; a path is whole, and a list has commas."""
        return ", ".join(map(str, self.value)) if isinstance(self.value, list) else str(self.placed)

    @property
    def placed(self) -> object:
        """What was said; a relative path from where it was said."""
        if self.name in _PATHS and isinstance(self.value, str) and self.value:
            return str(self.folder / self.value)
        return self.value

    @property
    def folder(self) -> Path:
        """Where a relative path begins that was said there."""
        return self.source.parent if self.source else Path.cwd()


def variable(name: str) -> str:
    """Return the environment variable that says a setting."""
    return PREFIX + name.upper()


def find(environment: Mapping[str, str]) -> Path:
    """Return the settings file: what SAVINGS_CONFIG names, else the nearest from here upwards, else the sample's.

    Raises:
        SettingProblemError: If SAVINGS_CONFIG names no file.
    """
    if named := environment.get(CONFIG):
        path = Path(named).absolute()
        if not path.is_file():
            raise SettingProblemError(f"{CONFIG} is {named!r}, and there is no such file. Name a {NAME}.")
        return path
    try:
        return nearest(Path.cwd()) or BUNDLED
    except OSError:  # the folder has been removed
        return BUNDLED


def nearest(folder: Path) -> Path | None:
    """Return the settings file of a folder, or of the nearest above it; None where there is none."""
    paths = (each / NAME for each in (folder, *folder.parents))
    return next((path for path in paths if os.access(path, os.F_OK)), None)


def read(path: Path) -> dict[str, Said]:
    """Return what a settings file says, by name.

    Raises:
        SettingProblemError: If it cannot be read.
    """
    try:
        with open(path, "rb") as stream:
            said = tomllib.load(stream)
    except OSError as error:
        raise SettingProblemError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # also where it is not UTF-8
        raise SettingProblemError(f'{path} is not TOML: {error}. Write each setting as name = "value".') from error
    return {name: Said(name, value, path) for name, value in said.items()}


def said_in(environment: Mapping[str, str], names: Iterator[str]) -> dict[str, Said]:
    """Return what an environment says, by name; an empty value counts as unset."""
    return {name: Said(name, value) for name in names if (value := environment.get(variable(name)))}


def unknown_in(environment: Mapping[str, str], names: Collection[str]) -> list[str]:
    """Return the variables of an environment that begin as settings do and are none: a slip would be passed over."""
    known = {CONFIG, *map(variable, names)}
    return sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
