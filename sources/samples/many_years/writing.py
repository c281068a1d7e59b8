"""The three years as files: two reference folders, workbooks, and the list of their receipt times.

Here belongs the folder that a warehouse is loaded from. Not here: what is in it (``council``,
``returns``).
"""

from __future__ import annotations

import csv
from pathlib import Path

from sources.contract.writer import write_template
from sources.reference.reference import Reference, read_reference
from sources.samples.many_years.council import write_reference
from sources.samples.many_years.returns import Sent, returns
from sources.template.declaration import DEFERRALS, INVESTMENT, PIPELINE, PLAN_CHANGES, PROJECTS, RISKS, SAVINGS

NOTE = ("ILLUSTRATIVE. Everything on these sheets is invented: lines, amounts, dates, posts and wording.",)
REFERENCE, REFERENCE_LATER, HISTORY, EXPECTED = "reference", "reference_later", "history.csv", "expected.csv"


def write_many_years(target: Path, seed: int) -> list[Sent]:
    """Write the three years into a folder.

    Args:
        target: A folder that does not exist or is empty.
        seed: Decides the amounts on the way; the same seed gives the same bytes.

    Returns:
        What was sent, in order of receipt.

    Raises:
        FileExistsError: If the folder holds something.
    """
    if target.exists() and any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty: choose a folder that does not exist yet")
    target.mkdir(parents=True, exist_ok=True)
    for name in (REFERENCE, REFERENCE_LATER):
        write_reference(target / name, is_later=name == REFERENCE_LATER)
    reference = read_reference(target / REFERENCE_LATER)
    sent = returns(reference, seed)
    for each in sent:
        if each.event != "sent twice":
            _write(path_of(target, each), each, reference)
    _write_list(target / HISTORY, ("file", "received_at"), [[*_listed(target, each)] for each in sent])
    _write_list(
        target / EXPECTED,
        ("file", "received_at", "event", "verdict", "certification", "settled_at"),
        [[*_listed(target, each), each.event, each.verdict, each.certification, each.settled_at] for each in sent],
    )
    return sent


def path_of(target: Path, sent: Sent) -> Path:
    """Return where a return lies: in its sender's folder."""
    return target / "returns" / sent.folder / sent.file_name


def _listed(target: Path, sent: Sent) -> tuple[str, str]:
    return path_of(target, sent).relative_to(target).as_posix(), sent.received_at.isoformat()


def _write(path: Path, sent: Sent, reference: Reference) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if sent.event == "refused":
        path.write_text("saving_ref\tprojected_gbp\n", encoding="utf-8")
        return
    write_template(
        path,
        sent.directorate,
        sent.moment.year,
        sent.moment.period,
        reference,
        rows=sent.tables[SAVINGS],
        projects=sent.tables[PROJECTS],
        investment=sent.tables[INVESTMENT],
        risks=sent.tables[RISKS],
        pipeline=sent.tables[PIPELINE],
        deferrals=sent.tables[DEFERRALS],
        plan_changes=sent.tables[PLAN_CHANGES],
        return_fields=sent.fields,
        note=NOTE,
        spare_rows=0,
    )


def _write_list(path: Path, header: tuple[str, ...], rows: list[list[object]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])
