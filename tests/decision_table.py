"""The decision table of the return specification, row by row: each case a file, and what is told of it.

Here belongs a workbook a defect, named for it. Not here: reading and judging them
(``integration/test_parse_or_refuse``).
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sources.reader.cells import CellKind, SheetCells, Workbook
from sources.template.declaration import SAVINGS
from tests import hostile
from tests.hostile_files import MACRO_TYPE
from tests.returns import FUND_ROWS, LINES, PROJECT_ROWS, at, form_fields, good_return, made, moved
from tests.written_returns import Change, written

GOOD = good_return()
AFTER = len(LINES) + 2
BASELINE, PROJECTED, DEFERRED = (at("Savings", f"{name}_gbp") for name in ("baseline", "projected", "deferred"))
WHOLE = sum(line["baseline_gbp"] for line in LINES)


@dataclass(frozen=True)
class Row:
    """One case of the table.

    Attributes:
        name: The defect.
        data: The file's bytes, or the return to be written.
        says: What is told: rule, severity and address of each finding, or a refusal's code.
        change: Done to the workbook as it is written.
        file_name: What the file is called.
        holds: Column and value that the first line has to have in the end.
    """

    name: str
    data: Workbook | bytes | Callable[[], bytes]
    says: Sequence[tuple[str, str, str]] | str = ()
    change: Change | None = None
    file_name: str = "return.xlsx"
    holds: tuple[str, Any] | None = None

    def bytes(self) -> bytes:
        """Return the file's bytes."""
        data = self.data() if callable(self.data) else self.data
        return written(data, self.change) if isinstance(data, Workbook) else data


def edited(*says: tuple[str, str, str], name: str, holds: tuple[str, Any] | None = None, **edits: object) -> Row:
    """Return a case with cells of the first line changed, by column."""
    return Row(name, good_return({at("Savings", column): value for column, value in edits.items()}), says, holds=holds)


def first_line(**columns: Any) -> Workbook:
    return good_return(lines=[LINES[0] | columns, *LINES[1:]])


def number(text: str, number_format: str = "General", formula: str | None = None) -> object:
    return made(CellKind.NUMBER, text, formula, number_format)


def savings_copy(name: str) -> SheetCells:
    return replace(next(sheet for sheet in GOOD.sheets if sheet.name == "Savings"), name=name)


def total(row: int, label: str = "Total", **wrong: int) -> dict[str, object]:
    columns = {"saving_title": label, "baseline_gbp": WHOLE, **wrong}
    return {at("Savings", column, row): value for column, value in columns.items()}


def reordered(book: Workbook) -> Workbook:
    """Return the workbook with the columns of Savings in the opposite order."""
    last = len(SAVINGS.columns) + 1
    sheet = next(sheet for sheet in book.sheets if sheet.name == "Savings")
    cells = {(row, last - column): replace(cell, column=last - column) for (row, column), cell in sheet.cells.items()}
    return replace(book, sheets=tuple(replace(each, cells=cells) if each is sheet else each for each in book.sheets))


def on_savings(do: Callable[[Any], object]) -> Change:
    return lambda _, sheets: do(sheets["Savings"])


def files() -> Iterator[Row]:
    yield Row("an Excel workbook", GOOD)
    yield Row("macros", lambda: hostile.workbook(types=hostile.content_types(MACRO_TYPE)), "macro", None, "a.xlsm")
    for suffix, data in {
        "csv": b"saving_ref,baseline_gbp\n",
        "txt": b"saving_ref\tbaseline_gbp\n",
        "ods": hostile.zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
        "numbers": hostile.zipped({"Index/Document.iwa": b"x"}),
        "xls": hostile.ole_with_stream("Workbook"),
    }.items():
        yield Row(f"a file of the kind {suffix}", data, "format-not-supported", None, f"a.{suffix}")
    for kind, data in {"a web page": b"<html></html>", "text": b"a\tb\n", "PDF": b"%PDF-1.7\n"}.items():
        yield Row(f"{kind} named as a workbook", data, "format-mismatch")
    yield Row("a password", lambda: hostile.encrypted("a secret"), "encrypted")
    yield Row("no bytes at all", b"", "file-empty")
    yield Row("a file cut off", lambda: written(GOOD)[:-100], "zip-corrupt")
    yield Row("a link to another workbook that nothing uses", lambda: with_part("xl/externalLinks/a.xml"))
    yield Row("a protected sheet", GOOD, change=on_savings(lambda sheet: sheet.protect("secret")))


def with_part(name: str) -> bytes:
    """Return the good return's bytes with a part more."""
    stream = hostile.io.BytesIO(written(GOOD))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, "<a/>")
    return stream.getvalue()


def headers() -> Iterator[Row]:
    yield Row("fifteen rows of titles above the header", moved(GOOD, "Savings", rows=15))
    yield Row("sixteen rows of titles above the header", moved(GOOD, "Savings", rows=16), "header-not-found")
    yield Row("a spacer column before the first", moved(GOOD, "Savings", columns=1))
    split = {f"Savings!{letter}1": None for letter in "JKLMNOP"}
    yield Row("a header on two rows", moved_down(good_return(split), split), "header-split")
    merged = on_savings(lambda sheet: sheet.merge_range("J1:K1", "baseline_gbp"))
    yield Row("a column name in merged cells", good_return({"Savings!K1": None}), "header-split", merged)
    alias = ("D05", "W", "Savings!J1")
    yield Row("a renamed column that is known", good_return({"Savings!J1": "Baseline total"}), [alias])
    yield Row("a renamed column that nobody knows", good_return({"Savings!J1": "Target"}), "header-missing")
    yield Row("a column more, with text", good_return({"Savings!AC1": "Remarks"}), [("D05", "W", "Savings!AC1")])
    more = {"Savings!AC1": "Benefit", "Savings!AC3": 5}
    yield Row("a column more, with a number", good_return(more), [("D05", "B", "Savings!AC3")])
    yield Row("columns in another order", reordered(GOOD))


def moved_down(book: Workbook, names: dict[str, None]) -> Workbook:
    """Return the workbook with some of Savings' column names a row below the others."""
    below = moved(book, "Savings", rows=1)
    sheet = next(sheet for sheet in below.sheets if sheet.name == "Savings")
    original = next(sheet for sheet in GOOD.sheets if sheet.name == "Savings")
    up = {key: cell for key, cell in original.cells.items() if key[0] == 1 and f"Savings!{cell.ref}" not in names}
    down = {(2, key[1]): replace(cell, row=2) for key, cell in original.cells.items() if key[0] == 1 and key not in up}
    cells = {key: cell for key, cell in sheet.cells.items() if key[0] > 2} | up | down
    return replace(below, sheets=tuple(replace(s, cells=cells) if s is sheet else s for s in below.sheets))


def rows() -> Iterator[Row]:
    for label in ("Total", "Sub-total", "Grand total"):
        yield Row(f"a row labelled {label}", good_return(total(AFTER, label)))
    yield Row("amounts alone that equal the sums", good_return(total(AFTER, "")))
    wrong = total(AFTER, baseline_gbp=WHOLE - 1)
    yield Row("a total that does not add up", good_return(wrong), [("D24", "B", at("Savings", "baseline_gbp", AFTER))])
    yield Row("a line with an honest title", first_line(saving_title="Total"))
    yield Row("a blank row", good_return(lines=[LINES[0], {}, *LINES[1:]]))
    far = good_return(lines=[LINES[0], *[{}] * 51, *LINES[1:]])
    yield Row("fifty-one blank rows, then data", far, [("D44", "W", "Savings!A54")])
    hide = on_savings(lambda sheet: sheet.set_row(2, None, None, {"hidden": True}))
    yield Row("a hidden row", GOOD, [("D44", "W", "Savings")], hide)
    visible = good_return(total(AFTER, baseline_gbp=WHOLE - LINES[1]["baseline_gbp"]))
    says = [("D44", "W", "Savings"), ("D24", "B", at("Savings", "baseline_gbp", AFTER))]
    yield Row("a hidden row that makes a total wrong", visible, says, hide)
    hide_column = on_savings(lambda sheet: sheet.set_column(9, 9, None, None, {"hidden": True}))
    yield Row("a hidden column", GOOD, [("D44", "W", "Savings")], hide_column)
    for state, do in (("hidden", "hide"), ("very hidden", "very_hidden")):
        book = good_return(more_sheets=[savings_copy("Old")])
        change: Change = lambda _, sheets, do=do: getattr(sheets["Old"], do)()  # noqa: E731 - one a state
        yield Row(f"a {state} sheet with the same header", book, [("D44", "W", "Old")], change)
    yield Row("two visible sheets with lines", good_return(more_sheets=[savings_copy("Mine")]), "sheet-ambiguous")
    yield Row("a filter that is set", GOOD, [("D44", "W", "Savings")], on_savings(filtered))
    titles = on_savings(lambda sheet: sheet.merge_range("D2:D3", "Planning"))
    yield Row("a label in merged cells", good_return({"Savings!D3": None}), [("D45", "W", "Savings!D2")], titles)
    amounts = on_savings(lambda sheet: sheet.merge_range("P2:P3", 0))
    yield Row("an amount in merged cells", good_return({"Savings!P3": None}), [("D45", "B", "Savings!P2")], amounts)


def filtered(sheet: Any) -> None:
    sheet.autofilter("A1:Y5")
    sheet.filter_column("D", "x == Planning")


def amounts() -> Iterator[Row]:
    for text in ("780000", "780,000", "£780,000", "£780000.00", "780 000", "780\u00a0000", " 780,000 "):
        yield edited(name=f"an amount as {text!r}", projected_gbp=text, holds=("projected_gbp", Decimal(780_000)))
    for text in ("780,000-", "\u2212780,000", "\u2013780,000", "(780,000)", "(£780,000)", "-780000"):
        yield edited(("D11", "B", PROJECTED), name=f"a negative amount as {text!r}", projected_gbp=text)
    yield edited(("D11", "B", PROJECTED), name="a negative number", projected_gbp=-780_000)
    for text in ("780k", "0.78m", "£0.78m", "780K"):
        yield edited(("D09", "W", PROJECTED), name=f"shorthand {text}", projected_gbp=text)
    zero = at("Savings", "undeliverable_gbp")
    for text in ("-", "\u2013", "nil", "Nil", "zero"):
        yield edited(("D09", "W", zero), name=f"{text} for nothing", undeliverable_gbp=text)
        yield edited(("D09", "B", BASELINE), name=f"{text} for a baseline", baseline_gbp=text)
    yield edited(("D10", "B", PROJECTED), name="no projection", projected_gbp=None)
    yield edited(("D10", "B", BASELINE), name="no baseline", baseline_gbp=None)
    yield edited(("D10", "W", DEFERRED), name="nothing in deferred, all projected", deferred_gbp=None)
    yield edited(("D10", "W", zero), name="nothing in undeliverable, all projected", undeliverable_gbp=None)
    left = good_return({at("Savings", "undeliverable_gbp", 3): None})
    where = at("Savings", "undeliverable_gbp", 3)
    yield Row("nothing in undeliverable, something left to place", left, [("D10", "B", where)])
    for text in ("N/A", "n/a", "not applicable", "[z]"):
        yield edited(name=f"{text} in deferred", deferred_gbp=text, holds=("is_deferred_not_applicable", True))
        yield edited(("D09", "B", PROJECTED), name=f"{text} in projected", projected_gbp=text)
    for text in ("TBC", "TBA", "?", "see note", "ongoing", "[x]"):
        yield edited(("D09", "B", PROJECTED), name=f"{text} in projected", projected_gbp=text)
        yield edited(("D09", "B", BASELINE), name=f"{text} in baseline", baseline_gbp=text)
    optional = {"Investment": [FUND_ROWS[0] | {"annual_ongoing_cost_gbp": "TBC"}]}
    cost = at("Investment", "annual_ongoing_cost_gbp")
    yield Row("TBC where an amount is optional", good_return(rows=optional), [("D09", "W", cost)])
    for text in ("1,870 est", "c.£500k", "500 approx", "~500", "£8-10m", "8 to 10", "5%"):
        yield edited(("D09", "B", PROJECTED), name=f"an amount as {text!r}", projected_gbp=text)
    idea = {"idea_ref": "I1", "title": "An idea", "year": "2022/23", "low_gbp": 8_000_000, "likely_gbp": 9_000_000}
    pipeline = {"Pipeline": [idea | {"high_gbp": 10_000_000, "maturity": "Idea"}]}
    yield Row("a range on the Pipeline sheet", good_return(rows=pipeline))
    yield edited(("D09", "B", PROJECTED), name="a number shown in per cent", projected_gbp=number("0.5", "0%"))
    yield edited(("D09", "W", PROJECTED), name="a number shown in thousands", projected_gbp=number("780000", "#,##0,"))
    for code in ('#,##0 "FTE"', "[$€-2] #,##0", '#,##0"k"', "-#,##0"):
        shown = number("780000", code)
        yield edited(("D74", "B", PROJECTED), name=f"a number shown by {code!r}", projected_gbp=shown)
    applies_not = ("is_deferred_not_applicable", True)
    yield edited(name="a number shown as N/A", deferred_gbp=number("0", '0;0;"N/A"'), holds=applies_not)
    yield edited(("D09", "B", PROJECTED), name="a number shown as TBC", projected_gbp=number("780000", '"TBC"'))
    yield edited(("D09", "B", PROJECTED), name="a text with two readings", projected_gbp="780.000")
    for error in ("#REF!", "#DIV/0!", "#N/A", "#VALUE!"):
        yield edited(("D07", "B", PROJECTED), name=f"the error {error}", projected_gbp=made(CellKind.ERROR, error))
    result = number("780000", "General", "J2*1")
    yield edited(("D08", "W", PROJECTED), name="a formula with its result", projected_gbp=result)
    outside = number("780000", "General", "[1]Plan!J2")
    yield edited(("D08", "B", PROJECTED), name="a formula that needs another file", projected_gbp=outside)
    nothing = made(CellKind.EMPTY, "", "J2*1")
    yield edited(("D08", "B", PROJECTED), name="a formula without a result", projected_gbp=nothing)
    pence = ("achieved_to_date_gbp", Decimal("120500.01"))
    yield edited(name="parts of a penny", achieved_to_date_gbp=number("120500.005"), holds=pence)


def years_and_dates() -> Iterator[Row]:
    for text in ("2021/22", "2021-22", "21/22", "2021/2022", "FY21/22", "FY 2021-22", "2021\u201322", "2021 to 2022"):
        yield edited(name=f"a year as {text!r}", plan_year=text, holds=("plan_year", "2021/22"))
    for text in ("Yr 1", "year 1", "FYE March 2022"):
        yield edited(name=f"a year as {text!r}", plan_year=text, holds=("plan_year", "2021/22"))
    where = at("Savings", "plan_year")
    for value in ("FY22", "FYE 2022", "2022", 2022, date(2022, 3, 21), "Mar-21", "2021/23"):
        yield edited(("D17", "B", where), name=f"a year as {value!r}", plan_year=value)
    start = ("start_date", date(2021, 9, 30))
    for value in (date(2021, 9, 30), "30/09/2021", "30-Sep-21", "30 September 2021", "2021-09-30", "30.9.21"):
        yield edited(name=f"a date as {value!r}", start_date=value, holds=start)
    where = at("Savings", "start_date")
    for value in ("05/13/2021", date(1904, 1, 2), date(2041, 4, 1), "soon"):
        yield edited(("D48", "B", where), name=f"a date as {value!r}", start_date=value)
    old = [PROJECT_ROWS[0] | {"start_date": date(2008, 12, 31)}, *PROJECT_ROWS[1:]]
    says = [("D48", "B", at("Projects", "start_date"))]
    yield Row("a project from before 2009", good_return(rows={"Projects": old}), says)
    kept = [PROJECT_ROWS[0] | {"start_date": date(2009, 1, 1)}, *PROJECT_ROWS[1:]]
    yield Row("a project from 2009", good_return(rows={"Projects": kept}))


def names() -> Iterator[Row]:
    yield edited(name="noise in a word", status=" ON\u00a0 track ", holds=("status", "On track"))
    highways = ("service", "PL-HIG")
    yield edited(name="an ampersand for and", service="Highways, parking & travel", holds=highways)
    where = at("Savings", "saving_ref")
    for text in (" PL-21-001", "PL-21-001\u00a0", "PL\u201321\u2013001", "pl-21-001"):
        yield edited(("D46", "W", where), name=f"a reference as {text!r}", saving_ref=text)
    for text in ("PL-21-O01", "\u0420L-21-001", "PL-21-\u200b001", "PL/21/001"):
        yield edited(("D14", "B", where), name=f"a reference as {text!r}", saving_ref=text)
    for code in ("Place", "place", " PL "):
        yield Row(f"the directorate as {code!r}", good_return(form=form_fields() | {"directorate_code": code}))
    form = form_fields() | {"directorate_code": "Parks"}
    yield Row("a directorate that is none", good_return(form=form), "unknown-directorate")
    form = form_fields() | {"directorate_code": "AH"}
    yield Row("another directorate's name", good_return(form=form), "not-authorised-for")
    form = form_fields() | {"template_version": "0.9"}
    yield Row("an older template", good_return(form=form), "template-version")


def lines() -> Iterator[Row]:
    ref = at("Savings", "saving_ref", AFTER)
    twice = [*LINES, LINES[3] | {"saving_title": "The same again"}]
    yield Row("a line twice", good_return(lines=twice), [("D15", "B", ref)])
    again = {"saving_ref": "PL-21-009", "saving_title": "The same again"}
    says = [("D28", "W", ref), ("D58", "W", ref)]
    yield Row("the same amounts under another reference", good_return(lines=[*LINES, LINES[0] | again]), says)
    where = at("Savings", "project_ref")
    yield edited(("D16", "B", where), name="a project that is not there", project_ref="PRJ-0399")
    unknown = LINES[2] | {
        "saving_ref": "PL-21-777",
        "baseline_gbp": 1_234,
        "projected_gbp": 1_234,
        "saving_title": "New",
    }
    unknown |= {"achieved_to_date_gbp": 0, "full_year_effect_gbp": 1_234}
    yield Row("a line that no plan has", good_return(lines=[*LINES, unknown]), [("D28", "W", ref)])
    yield Row("an open line that is missing", good_return(lines=LINES[:3]), [("D27", "B", "Savings")])
    comment = on_savings(lambda sheet: sheet.write_comment("M2", "It may be £5m."))
    yield Row("a comment beside an amount", GOOD, (), comment, holds=("projected_gbp", Decimal(780_000)))
    for text in ("=1+1", "+441", "@SUM(A1)", "\tTab"):
        yield edited(name=f"text that would run, {text!r}", notes=text, holds=("notes", text.strip()))
    for text in ("ask jo@example.org", "number AB 12 34 56 C"):
        yield edited(("D65", "W", at("Savings", "notes")), name=f"personal data, {text!r}", notes=text)


TABLE = [*files(), *headers(), *rows(), *amounts(), *years_and_dates(), *names(), *lines()]
