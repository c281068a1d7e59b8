"""Does what a person does in LibreOffice Calc, as a file of jobs says: ``python3 office_script.py JOBS RESULT``.

Here belongs what needs LibreOffice's own bridge, which the system's Python has and the project's has
not: so this imports nothing of the project. Not here: the jobs (``libreoffice``).
"""

from __future__ import annotations

import json
import os
import sys

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def connect(pipe):
    """Return the office that listens at a pipe, once it does."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            os.sched_yield()


def properties(**values):
    """Return values as the office takes them."""
    made = []
    for name, value in values.items():
        each = PropertyValue()
        each.Name, each.Value = name, value
        made.append(each)
    return tuple(made)


def type_in(context, document, entries):
    """Type each text into its cell as at the keyboard: the sheet's protection has its say."""
    dispatcher = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    controller = document.getCurrentController()
    seen = {}
    for sheet, address, text in entries:
        page = document.Sheets.getByName(sheet)
        cell = page.getCellRangeByName(address)
        before = cell.getFormula()
        controller.setActiveSheet(page)
        controller.select(cell)
        dispatcher.executeDispatch(controller.Frame, ".uno:EnterString", "", 0, properties(StringName=text))
        seen[f"{sheet}!{address}"] = cell.getFormula() != before
    return seen


def sort(context, document, ranges):
    """Sort each range by its first column, the last first, as from the menu: the protection has its say."""
    dispatcher = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    controller = document.getCurrentController()
    seen = {}
    for sheet, address in ranges:
        page = document.Sheets.getByName(sheet)
        cells = page.getCellRangeByName(address)
        before = cells.getDataArray()
        controller.setActiveSheet(page)
        controller.select(cells)
        how = properties(ByRows=True, HasHeader=True, Col1=1, Ascending1=False)
        dispatcher.executeDispatch(controller.Frame, ".uno:DataSort", "", 0, how)
        seen[f"{sheet}!{address}"] = cells.getDataArray() != before
    return seen


def main(jobs_file, result_file):
    """Do the jobs, then end the office."""
    with open(jobs_file, encoding="utf-8") as stream:
        told = json.load(stream)
    context = connect(told["pipe"])
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    results = []
    for job in told["jobs"]:
        document = desktop.loadComponentFromURL(job["open"], "_blank", 0, properties(Hidden=False))
        results.append({**type_in(context, document, job["type"]), **sort(context, document, job["sort"])})
        for url, kind in job["save"]:
            document.storeToURL(url, properties(FilterName=kind))
        document.close(True)
    with open(result_file, "w", encoding="utf-8") as stream:
        json.dump(results, stream)
    desktop.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])
