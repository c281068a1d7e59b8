"""All that is made from the project and committed with it: `make generated` writes it.

Here belongs the list of what is made, in the order in which one needs the other. Not here: how each
is made (its own module). ``tests/integration/test_generated.py`` names what is stale.

What LibreOffice saves is never the same bytes twice: a file of hashes says which workbooks it was
given, so that no LibreOffice is needed to see that one has changed.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dbt_project import parsed
from expectations import lock
from orchestration import picture
from orchestration.definitions import build_definitions
from orchestration.settings import PROJECT, load_settings
from publishing.questions import questions
from sources.contract.documents import DOCUMENTS, documents
from sources.reference.reference import bundled_reference
from sources.samples.published import SAMPLES, write_samples
from tests import (
    definitions_outline,
    documented,
    drawn_costs,
    fault_table,
    libreoffice_fixtures,
    macro_descriptions,
    powerbi_sample,
    quoted_costs,
)
from tests.marked import with_part

REMEDY = "run `make generated`, and look at what changed before you commit it"


@dataclass(frozen=True)
class Generated:
    """Some files that are made from the project.

    Attributes:
        name: What they are.
        content: Returns what each file has to hold now.
        write: Writes them.
    """

    name: str
    content: Callable[[], Mapping[Path, bytes]]
    write: Callable[[], None]

    @classmethod
    def of_files(cls, name: str, content: Callable[[], Mapping[Path, bytes]]) -> Generated:
        """Return what is written as it has to be, byte by byte."""

        def write() -> None:
            for path, data in content().items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)

        return cls(name, content, write)

    def stale(self) -> list[str]:
        """Return the files that do not hold what they have to."""
        wanted = self.content()
        return [_short(path) for path, data in wanted.items() if not path.exists() or not _is_same(path, data)]


def _is_same(path: Path, data: bytes) -> bool:
    """Return whether a file holds the same: a workbook the same parts, however they were packed."""
    if path.suffix != ".xlsx":
        return path.read_bytes() == data
    with zipfile.ZipFile(path) as there, zipfile.ZipFile(io.BytesIO(data)) as wanted:
        return {name: there.read(name) for name in there.namelist()} == {
            name: wanted.read(name) for name in wanted.namelist()
        }


def _short(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def _samples() -> Mapping[Path, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        made = [*write_samples(Path(folder)), Path(folder) / "history.csv"]
        return {SAMPLES / path.relative_to(folder): path.read_bytes() for path in made}


def _documents() -> Mapping[Path, bytes]:
    return {DOCUMENTS / name: text.encode() for name, text in documents().items()}


def _declared() -> list[lock.Declared]:
    return lock.declared(parsed.parse_installed())


def _checks() -> Mapping[Path, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        lock.write_lock(_declared(), Path(folder) / lock.LOCK.name)
        return {lock.LOCK: (Path(folder) / lock.LOCK.name).read_bytes()}


def _how_it_works() -> Mapping[Path, bytes]:
    page = PROJECT / "docs" / "engineer.md"
    text = with_part(page.read_text("utf-8"), "picture", picture.mermaid(build_definitions(load_settings())))
    pictures = drawn_costs.drawn()
    for name, quoted in quoted_costs.quoted().items():
        drawn = [pictures[name].markdown] if name in pictures else []
        text = with_part(text, name, "\n".join([*drawn, quoted]))
    return {page: text.encode(), **{each.path: each.svg for each in pictures.values()}}


def _costs() -> Mapping[Path, bytes]:
    page = PROJECT / "README.md"
    return {page: with_part(page.read_text("utf-8"), "night", quoted_costs.ratios()).encode()}


def _macros() -> Mapping[Path, bytes]:
    return {macro_descriptions.PAGE: macro_descriptions.page().encode()}


def _queries() -> Mapping[Path, bytes]:
    pages = {documented.QUESTIONS: questions.QUESTIONS, documented.HISTORY: questions.HISTORY}
    return {
        path: questions.page(template, documented.SAMPLE, is_of_the_sample=True).encode()
        for path, template in pages.items()
    }


def _outline() -> Mapping[Path, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        home = {"SAVINGS_HOME": folder, "SAVINGS_REFERENCE_DIR": str(bundled_reference())}
        return {definitions_outline.PAGE: definitions_outline.page(build_definitions(load_settings(home))).encode()}


GENERATED = (
    Generated.of_files("the sample returns", _samples),
    Generated.of_files("the documents of the return", _documents),
    Generated("the workbooks that LibreOffice saved", libreoffice_fixtures.made_from, libreoffice_fixtures.main),
    # A check leaves the list only by name (`python -m expectations.lock --remove NAME`).
    Generated("the list of checks", _checks, lambda: lock.write_lock(_declared(), lock.LOCK)),
    Generated.of_files("the pictures and the costs on the engineers' page", _how_it_works),
    Generated.of_files("the costs in the README", _costs),
    Generated.of_files("the pages of queries", _queries),
    Generated.of_files("the outline of Dagster's definitions", _outline),
    Generated.of_files("the Power BI project of a small model", powerbi_sample.files),
    Generated.of_files("the descriptions of the macros", _macros),
    Generated.of_files("the page of faults", lambda: {fault_table.PAGE: fault_table.page().encode()}),
)


def main() -> None:
    """Write what is stale, and say what was written."""
    for each in GENERATED:
        if stale := each.stale():
            try:
                each.write()
            except lock.LockError as refused:
                sys.exit(str(refused))
            sys.stdout.write(f"Written: {each.name} ({', '.join(stale)})\n")


if __name__ == "__main__":
    main()
