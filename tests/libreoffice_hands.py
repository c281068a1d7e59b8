"""A person's hands in LibreOffice: opens a file, does one thing to it, saves it as an Excel Workbook.

Here belongs what a remedy asks a person to do. Run by the Python that has LibreOffice's bridge, as
``python3 libreoffice_hands.py PIPE``, with the work as JSON on its standard input: a list of
``{"from": path, "to": path, "filter": name, "do": name, "sheet": name, "cell": address, "text": text,
"password": text}``. Not here: the files and what is read of them afterwards. No package
of the project is imported.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

_TRIES = 600
_EXCEL = "Calc MS Excel 2007 XML"


def connected(pipe: str) -> Any:
    """Return the desktop of the LibreOffice that listens at a pipe, as soon as it answers."""
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(_TRIES):
        try:
            there = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
        else:
            return there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)
    raise SystemExit("LibreOffice did not answer")


def property_of(name: str, value: object) -> PropertyValue:
    prop = PropertyValue()
    prop.Name, prop.Value = name, value
    return prop


def take_line_off(sheet: Any, cell: Any, text: str) -> None:
    cell.CharStrikeout = 0


def type_again(sheet: Any, cell: Any, text: str) -> None:
    """Empty the cell, make its font plain, and type."""
    cell.clearContents(1023)
    cell.setFormula(text)


def format_as_number(sheet: Any, cell: Any, text: str) -> None:
    cell.NumberFormat = 3  # 1,234, one of LibreOffice's own


def unhide_sheet(sheet: Any, cell: Any, text: str) -> None:
    sheet.IsVisible = True


def unhide_row(sheet: Any, cell: Any, text: str) -> None:
    cell.getRows().IsVisible = True


def delete_pictures(sheet: Any, cell: Any, text: str) -> None:
    page = sheet.getDrawPage()
    while page.getCount():
        page.remove(page.getByIndex(0))


def only_save(sheet: Any, cell: Any, text: str) -> None:
    """Save it, and that is all."""


HANDS = {
    hand.__name__: hand
    for hand in (take_line_off, type_again, format_as_number, unhide_sheet, unhide_row, delete_pictures, only_save)
}


def work(desktop: Any, job: dict[str, str]) -> None:
    """Open, do, save."""
    opened = [property_of("Hidden", True), property_of("UpdateDocMode", 0)]
    if job.get("password"):
        opened.append(property_of("Password", job["password"]))
    document = desktop.loadComponentFromURL(Path(job["from"]).as_uri(), "_blank", 0, tuple(opened))
    if document is None:
        raise SystemExit(f"LibreOffice does not open {job['from']}")
    sheet = document.Sheets.getByName(job["sheet"]) if job.get("sheet") else document.Sheets.getByIndex(0)
    HANDS[job["do"]](sheet, sheet.getCellRangeByName(job.get("cell", "A1")), job.get("text", ""))
    stored = (property_of("FilterName", job.get("filter", _EXCEL)),)
    document.storeToURL(Path(job["to"]).as_uri(), stored)
    document.close(True)


def main() -> None:
    """Do all the work in one LibreOffice, and end it."""
    desktop = connected(sys.argv[1])
    for job in json.load(sys.stdin):
        work(desktop, job)
    desktop.terminate()


if __name__ == "__main__":
    main()
