"""The programs of the machine that some tests work with: LibreOffice, a browser, file systems.

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
        packages: The Debian packages that bring it; none if it is no program of Debian's.
        find: Returns where it is, or None.
        brought_by: The command that brings it, if ``packages`` do not.
    """

    name: str
    packages: tuple[str, ...]
    find: Callable[[], str | None]
    brought_by: str = ""

    @property
    def remedy(self) -> str:
        """The command that brings it."""
        return self.brought_by or f"apt-get install {' '.join(self.packages)}"

    @property
    def path(self) -> str:
        """Where it is; a test that asks is marked with ``needs``."""
        found = self.find()
        assert found, f"{self.name} is not on this machine: mark the test with `needs`, or run `{self.remedy}`"
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
def _file_transfer_over_ssh() -> str | None:
    """Return sshfs, if the server that it speaks to is here too."""
    return shutil.which("sshfs") if Path("/usr/lib/openssh/sftp-server").exists() else None


@cache
def _server_of_postgresql() -> str | None:
    """Return where Debian keeps the newest server's programs, which are on no path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return str(found[-1].parent) if found else None


@cache
def _driver_for_odbc() -> str | None:
    """Return PostgreSQL's driver for ODBC, which is on no path either, if what loads drivers is here too."""
    has_manager = any(Path("/usr/lib").glob("*/libodbc.so.2"))
    return next((str(path) for path in sorted(Path("/usr/lib").glob("*/odbc/psqlodbcw.so")) if has_manager), None)


@cache
def _writer() -> str | None:
    """Return LibreOffice's part for texts, which it starts without as well."""
    found = sorted(Path("/").glob("usr/lib*/libreoffice/program/libswlo.so"))
    return str(found[0]) if found else None


@cache
def _nu_html_checker() -> str | None:
    """Return the archive of Java that `requirements/install dev` took from the npm registry."""
    found = Path(__file__).parents[1] / ".venv/node/node_modules/vnu-jar/build/dist/vnu.jar"
    return str(found) if found.exists() else None


LIBREOFFICE = Program("LibreOffice Calc", ("libreoffice-calc", "fonts-liberation"), _command("soffice"))
WRITER = Program("LibreOffice Writer", ("libreoffice-writer",), _writer)
UNO = Program("LibreOffice's Python bridge", ("python3-uno",), _python_with_uno)
CHROMIUM = Program("Chromium", ("chromium",), _command("chromium", "chromium-browser", "google-chrome"))
EXT4 = Program("mkfs.ext4", ("e2fsprogs",), _command("mkfs.ext4"))
SSHFS = Program("sshfs", ("sshfs", "openssh-sftp-server"), _file_transfer_over_ssh)
POSTGRESQL = Program("PostgreSQL", ("postgresql",), _server_of_postgresql)
ODBC = Program("PostgreSQL's ODBC driver", ("odbc-postgresql", "libodbc2"), _driver_for_odbc)
POPPLER = Program("pdftotext", ("poppler-utils",), _command("pdftotext"))
OPENSSL = Program("openssl", ("openssl",), _command("openssl"))
NGINX = Program("nginx", ("nginx-light",), _command("nginx", "/usr/sbin/nginx"))
STRACE = Program("strace", ("strace",), _command("strace"))
SYSTEMD = Program("systemd-analyze", ("systemd",), _command("systemd-analyze"))
JAVA = Program("Java", ("openjdk-17-jre-headless",), _command("java"))
NPM = Program("npm", ("npm",), _command("npm"))
NU_HTML_CHECKER = Program("the Nu HTML checker", (), _nu_html_checker, "requirements/install dev")

PROGRAMS = (
    *(LIBREOFFICE, WRITER, UNO, CHROMIUM, EXT4, SSHFS, POSTGRESQL, ODBC, POPPLER, OPENSSL, NGINX),
    *(STRACE, SYSTEMD, JAVA, NPM, NU_HTML_CHECKER),
)


def missing() -> list[Program]:
    """Return the programs that this machine lacks."""
    return [program for program in PROGRAMS if program.find() is None]


if __name__ == "__main__":
    sys.stdout.write(" ".join(package for program in missing() for package in program.packages) + "\n")
