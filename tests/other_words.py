"""All that people of a council read, and what of it only the sample's council says.

Here belongs reading pages, workbooks and releases as texts, and which words are the sample's. Not here: whose home it
is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from publishing import reader
from sources.reader.cells import Workbook
from sources.reader.workbook import read_cells
from sources.reference.reference import bundled_reference, read_reference

# Names of the sample that are words of the language too.
_EVERYDAY_WORDS = frozenset({"Place", "Corporate"})
_TEXT_FILES = frozenset({".html", ".json", ".csv", ".md", ".yaml", ".toml", ".txt", ".svg", ".tmdl", ".pbir", ".pbism"})
# Of libraries, and for nobody to read.
_LIBRARIES = frozenset({"build", "dagster", "assets"})


def words_of_the_sample_in(texts: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return where a text has a word of the sample, with what is around it."""
    found: dict[str, str] = {}
    for where, text in texts:
        for pattern in _words_of_the_sample():
            if match := pattern.search(text):
                found.setdefault(where, text[max(0, match.start() - 60) : match.end() + 60])
    return found


@cache
def _words_of_the_sample() -> list[re.Pattern[str]]:
    """Return what only the sample's council says: its name and codes, its references, its report, its year."""
    tables = read_reference(bundled_reference()).tables
    names = [row["directorate_name"] for row in tables["directorate"]] + [row["title"] for row in tables["report"]]
    names += [row["project_name"] for row in tables["printed_project"]] + [row["name"] for row in tables["theme"]]
    whole = [rf"\b{re.escape(name)}\b" for name in names if name not in _EVERYDAY_WORDS]
    return [
        re.compile(each) for each in (*whole, r"(?i)dorset", r"\b(AH|CH|PL)-", r"\bPRJ-", r"\bTF-0", "CAB-", "2021/22")
    ]


def texts_of_a_home(home: Path) -> Iterator[tuple[str, str]]:
    """Yield all that a person of the council reads in a home, with where: pages, workbooks, the release."""
    for path in home.rglob("*"):
        if path.suffix in _TEXT_FILES and path.is_file() and _LIBRARIES.isdisjoint(path.relative_to(home).parts):
            yield str(path.relative_to(home)), path.read_text("utf-8")
    for path in home.glob("desk/**/*.xlsx"):
        yield from texts_of_a_workbook(path)
    for path in (home / "current").resolve().glob("*.xlsx"):
        yield from texts_of_a_workbook(path)
    with reader.connect(home / "current") as release:
        for kind in ("tables", "columns", "views"):
            for row in release.execute(f"select * from duckdb_{kind}() where not internal").fetchall():  # noqa: S608 - two words of ours
                yield f"comments of {kind}", " ".join(map(str, row))
        tables = release.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        for schema, table in tables:
            for row in release.execute(f'select * from "{schema}"."{table}"').fetchall():  # noqa: S608 - the release's own names
                yield f"{schema}.{table}", " ".join(map(str, row))


def texts_of_a_workbook(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the text of each cell, with where it is."""
    book = read_cells(path, path.name)
    if not isinstance(book, Workbook):
        return
    for sheet in book.sheets:
        yield from ((f"{path.name} {sheet.name}!{cell.ref}", cell.text) for cell in sheet.cells.values())
