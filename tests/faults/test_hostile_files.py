"""Files that are broken, lie or attack: each ends in one refusal code, and the reader lives on."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.reader.cells import Refusal, Workbook
from sources.reader.limits import MEBIBYTE
from sources.reader.refusals import CODES
from sources.reader.workbook import read_cells, read_many
from tests import hostile
from tests.hostile_files import BINARY_TYPE, DOCTYPE_SHEET, MACRO_TYPE, REFUSED, SHEET_END, SHEET_START, text_cell
from tests.words import message

Read = Callable[..., Workbook | Refusal]


LINKED_PICTURE = hostile.workbook_with_sheet_links(
    hostile.relationship("rId9", "image", "https://example.org/a.png", ' TargetMode="External"')
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read bytes as if they had been sent under a name."""

    def read_bytes(data: bytes, name: str = "TRR_AH_2021-22_P06_v1.xlsx") -> Workbook | Refusal:
        path = tmp_path / "sent"
        path.write_bytes(data)
        return read_cells(path, name)

    return read_bytes


def peak_bytes() -> int:
    """The most memory that this process has used since ``forget_peak``."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


# Refused by limits of time, size and memory, or for a name that says what the content is.
REFUSED_ELSEWHERE = {"too-slow", "parser-failed", "file-too-big", "format-not-supported"}


def test_every_code_of_the_catalogue_has_a_file_that_brings_it_about() -> None:
    assert {code for code, _ in REFUSED.values()} | REFUSED_ELSEWHERE == CODES


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_file_is_refused_with_its_code(case: str, read: Read) -> None:
    code, make = REFUSED[case]
    outcome = read(make())
    assert isinstance(outcome, Refusal)
    assert (outcome.code, len(message(outcome)) < 600) == (code, True), outcome


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        ("a.xls", hostile.ole_with_stream("Workbook"), "format-not-supported", "an older Excel"),
        (
            "a.xlsb",
            hostile.workbook(types=hostile.content_types(BINARY_TYPE)),
            "format-not-supported",
            "an older Excel",
        ),
        ("a.xlsm", hostile.workbook(types=hostile.content_types(MACRO_TYPE)), "macro", "never open"),
        ("a.xls", hostile.ole_with_stream("_VBA_PROJECT_CUR"), "macro", "never open"),
        ("a.xls", hostile.ole_with_stream("BOOK"), "format-not-supported", "an older Excel"),
        ("a.xls", bytes.fromhex("0904060000001000"), "format-not-supported", "an older Excel"),
        ("a.csv", b"PK,ref,amount\n", "format-not-supported", "not an Excel workbook"),
        ("a.txt", "ref\tamount\n".encode("utf-16"), "format-not-supported", "not an Excel workbook"),
        ("a.txt", "Réf\n".encode("latin-1"), "format-not-supported", "not an Excel workbook"),
        ("a.fods", b'<?xml version="1.0"?><office:document/>', "format-not-supported", "not an Excel workbook"),
        ("a.numbers", hostile.zipped({"Index/Document.iwa": b"x"}), "format-not-supported", "not an Excel workbook"),
        (
            "a.gsheet",
            b'{"url": "https://docs.google.com/open?id=1"}',
            "format-not-supported",
            "not an Excel workbook",
        ),
        ("a.xls", hostile.workbook(), "format-mismatch", "an Excel Workbook (.xlsx)"),
        ("a.xls", b"<html></html>", "format-mismatch", "a web page"),
        ("a.csv", hostile.workbook(), "format-mismatch", "an Excel Workbook (.xlsx)"),
        ("a.xlsx", hostile.zipped({"a.txt": "x"}), "format-mismatch", "a zip archive"),
        ("a.xlsx", b"\x00\x01\x02", "format-mismatch", "no kind of file that we know"),
        # Ruling B12: named as what they are.
        ("a.xlsx", hostile.ole_with_stream("DRMContent"), "encrypted", "rights-managed"),
        ("a.xlsx", hostile.encrypted("a secret"), "encrypted", "has a password"),
        ("a.xlsx", hostile.as_zip64(hostile.workbook()), "zip-corrupt", "ZIP64"),
        ("a.xlsx", LINKED_PICTURE, "external-content", "a linked picture"),
    ],
)
def test_a_file_of_another_kind_is_named_in_the_refusal(
    name: str, data: bytes, code: str, words: str, read: Read
) -> None:
    """F-A04, F-A06, F-A09: text of every encoding is a kind that we do not take."""
    outcome = read(data, name)
    assert isinstance(outcome, Refusal)
    assert outcome.code == code
    assert words in message(outcome)


@pytest.mark.parametrize("cut", range(1, 21))
def test_a_workbook_that_was_cut_off_is_refused_whole(cut: int, read: Read) -> None:
    """F-A02, at each of twenty points."""
    data = hostile.workbook()
    outcome = read(data[: len(data) * cut // 21])
    assert isinstance(outcome, Refusal)
    assert outcome.code == "zip-corrupt"


def test_excels_own_password_is_opened_with_a_warning(read: Read) -> None:
    outcome = read(hostile.encrypted("VelvetSweatshop"))
    assert isinstance(outcome, Workbook)
    assert [cell.text for cell in outcome.sheets[0].cells.values()] == ["1"]
    assert "read-only recommended" in message(outcome)


def test_a_cell_that_is_too_long_is_named_and_not_echoed(read: Read) -> None:
    outcome = read(hostile.workbook(text_cell(1_000_000)))
    assert isinstance(outcome, Refusal)
    assert "Savings!B7 holds 1,000,000 characters" in message(outcome)
    assert "AAA" not in message(outcome)


def test_a_cell_at_excels_limit_is_read(read: Read) -> None:
    outcome = read(hostile.workbook(text_cell(32_767)))
    assert isinstance(outcome, Workbook)
    assert [len(cell.text) for cell in outcome.sheets[0].cells.values()] == [32_767]


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_an_external_entity_reads_no_file_and_opens_no_socket(scheme: str, read: Read, tmp_path: Path) -> None:
    """F-C08."""
    canary = tmp_path / "canary"
    canary.write_text("the canary's own words")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        target = canary.as_uri() if scheme == "file" else f"http://127.0.0.1:{port}/x"
        entity = f'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "{target}">]>'
        row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>'
        outcome = read(hostile.workbook(sheet=hostile.sheet_xml(row).replace("<worksheet", f"{entity}<worksheet")))
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert isinstance(outcome, Refusal)
    assert outcome.code == "xml-doctype"
    assert "canary" not in message(outcome)


def test_a_million_formatted_empty_rows_are_no_rows(read: Read) -> None:
    """F-A20: what is only formatted is passed over."""
    empty = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(2, 1_048_577))
    outcome = read(hostile.workbook('<row r="1"><c r="A1"><v>5</v></c></row>' + empty, styles=hostile.styles_xml("0")))
    assert isinstance(outcome, Workbook)
    assert [cell.ref for cell in outcome.sheets[0].cells.values()] == ["A1"]


def test_many_attributes_are_read_or_refused(read: Read) -> None:
    """F-C13: two hundred thousand attributes of one element."""
    attributes = "".join(f' a{number}="1"' for number in range(200_000))
    outcome = read(hostile.workbook(f'<row r="1"{attributes}><c r="A1"><v>1</v></c></row>'))
    assert isinstance(outcome, Workbook) or outcome.code in CODES


def test_one_killer_among_good_files_harms_none_of_them(tmp_path: Path) -> None:
    """F-A08: both good ones are read, in order, and the parent's memory does not follow the bad one."""
    bomb = hostile.with_repeated_piece(SHEET_START, b"<row/>", 8_000_000, SHEET_END)
    for name, data in (("1.xlsx", hostile.workbook()), ("2.xlsx", bomb), ("3.xlsx", hostile.workbook())):
        (tmp_path / name).write_bytes(data)
    list(read_many([(tmp_path / "1.xlsx", "1.xlsx")]))  # what a first reading loads is not the bomb's doing
    forget_peak()
    before = peak_bytes()
    outcomes = list(read_many([(tmp_path / f"{number}.xlsx", f"{number}.xlsx") for number in (1, 2, 3)]))
    after = peak_bytes()
    assert [type(outcome) for outcome in outcomes] == [Workbook, Refusal, Workbook]
    assert after - before < 32 * MEBIBYTE


def test_a_message_shows_nothing_that_cannot_be_printed(read: Read) -> None:
    name = "xl/worksheets/\u202esheet\x1b[31m.xml"
    outcome = read(hostile.zipped(hostile.parts() | {name: DOCTYPE_SHEET}))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "xml-doctype"
    assert re.search(r"[\x00-\x1f\u202e]", message(outcome)) is None
