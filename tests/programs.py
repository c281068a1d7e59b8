"""The programs of the machine that some tests work with: LibreOffice, a browser, PostgreSQL.

Here belongs where each is found, and which Debian package brings it; ``python3 tests/programs.py``
prints the packages that this machine lacks (``.ci/run`` installs them). A test that works with one
says ``@pytest.mark.needs(LIBREOFFICE)``: without it the test is skipped, and where ``CI`` is set it
fails (``conftest``). Not here: what is done with a program. No package is imported: this runs
before any is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A program of the machine.

    Attributes:
        name: How a person calls it.
        packages: The Debian packages that bring it.
        find: Returns where it is, or None.
    """

    name: str
    packages: tuple[str, ...]
    find: Callable[[], str | None]

    @property
    def path(self) -> str:
        """Where it is; a test that asks is marked with ``needs``."""
        found = self.find()
        assert found, f"{self.name} is not on this machine: mark the test with `needs`, or install {self.packages}"
        return found


def _command(*names: str) -> Callable[[], str | None]:
    return cache(lambda: next((found for name in names if (found := shutil.which(name))), None))


@cache
def _python_with_uno() -> str | None:
    """Return the Python that LibreOffice's bridge is installed for: the system's own, seldom the project's."""
    for python in ("/usr/bin/python3", "/usr/lib/libreoffice/program/python"):
        if Path(python).exists() and not subprocess.run([python, "-c", "import uno"], capture_output=True).returncode:
            return python
    return None


@cache
def _postgresql_server() -> str | None:
    """Return the folder of the newest server's programs, which Debian keeps off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return str(found[-1].parent) if found else str(Path(on_path).parent) if on_path else None


LIBREOFFICE = Program("LibreOffice Calc", ("libreoffice-calc", "fonts-liberation"), _command("soffice"))
UNO = Program("LibreOffice's Python bridge", ("python3-uno",), _python_with_uno)
CHROMIUM = Program("Chromium", ("chromium",), _command("chromium", "chromium-browser", "google-chrome"))
CHROMEDRIVER = Program("ChromeDriver", ("chromium-driver",), _command("chromedriver"))
PDFTOPPM = Program("pdftoppm", ("poppler-utils",), _command("pdftoppm"))
PSQL = Program("psql", ("postgresql-client",), _command("psql"))
POSTGRESQL = Program("a PostgreSQL server", ("postgresql",), _postgresql_server)

PROGRAMS = (LIBREOFFICE, UNO, CHROMIUM, CHROMEDRIVER, PDFTOPPM, PSQL, POSTGRESQL)


def missing() -> list[Program]:
    """Return the programs that this machine lacks."""
    return [program for program in PROGRAMS if program.find() is None]


if __name__ == "__main__":
    sys.stdout.write(" ".join(package for program in missing() for package in program.packages) + "\n")
