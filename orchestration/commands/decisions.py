"""The commands by which a named post decides: what is held, and what was sent by mistake.

Here belongs what a person types and what is told. Not here: the work (``orchestration.actions``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from orchestration.commands.common import (
    AsJson,
    Post,
    Reason,
    at_work,
    left,
    settings_of_a_warehouse,
    signature,
    stopped,
    told,
)
from orchestration.exit_codes import Exit
from orchestration.printouts.said import say, visible
from sources.custody.events import EventKind

if TYPE_CHECKING:
    from orchestration.printouts.sections import Section
    from sources.custody.submission import Submission
    from sources.findings.findings import Finding
    from sources.intake.decisions import Decided, Held

app = typer.Typer()
_hold = typer.Typer(no_args_is_help=True, help="What is held: list it, release it, reject it.")
app.add_typer(_hold, name="hold")

_Id = Annotated[str, typer.Argument(metavar="SUBMISSION", help="Its id, or a start that no other id has.")]

_ACTIONS = {
    EventKind.RELEASED: "hold release",
    EventKind.REJECTED: "hold reject",
    EventKind.WITHDRAWN: "withdraw",
}
_NEXT = {
    EventKind.RELEASED: "The next load judges it again, and takes it in unless something blocks it.",
    EventKind.REJECTED: "Nothing of it is loaded. The same file, sent again, is judged as new.",
    EventKind.WITHDRAWN: "The next load builds without it. The same file, sent again, is judged as new.",
}


@_hold.command("list")
def list_held(as_json: AsJson = False) -> None:
    """Show what waits for a post, what holds it, and what can be done; also during a load."""
    from orchestration.printouts.sections import print_sections
    from sources.custody.ledger import LedgerView
    from sources.findings.findings import Severity
    from sources.intake.decisions import held

    with told(), LedgerView.of(settings_of_a_warehouse().home) as ledger:
        found = [
            (each, [finding for finding in each.submission.findings if finding.severity is Severity.HOLD])
            for each in held(ledger)
        ]
    if as_json:
        typer.echo(json.dumps([_held_json(*each) for each in found], indent=2, ensure_ascii=False))
    else:
        print_sections([_held_section(found)], Console())


@_hold.command()
def release(submission: _Id, post: Post, reason: Reason, as_json: AsJson = False) -> None:
    """Let what is held be loaded: the next load judges it again."""
    _decide(EventKind.RELEASED, submission, post, reason, as_json)


@_hold.command()
def reject(submission: _Id, post: Post, reason: Reason, as_json: AsJson = False) -> None:
    """Turn what is held away: nothing of it is loaded."""
    _decide(EventKind.REJECTED, submission, post, reason, as_json)


@app.command()
def withdraw(submission: _Id, post: Post, reason: Reason, as_json: AsJson = False) -> None:
    """Take back a return that was accepted: the one before it is in force again."""
    _decide(EventKind.WITHDRAWN, submission, post, reason, as_json)


def _decide(kind: EventKind, start: str, post: str, reason: str, as_json: bool) -> None:
    from orchestration import actions
    from orchestration.nothing_new import keep_desks
    from sources.intake.decisions import DecisionRefusedError

    if left(_ACTIONS[kind], {"submission": start}, post, reason, as_json):
        return
    with at_work() as desk:
        try:
            decided = actions.decide(desk, signature(post, reason), kind=kind, submission=start)
        except DecisionRefusedError as problem:
            raise stopped(problem, Exit.WRONG_USE) from problem
        keep_desks(desk.home, desk.ledger, desk.clock)
    if as_json:
        typer.echo(json.dumps(_decided_json(kind, decided), indent=2, ensure_ascii=False))
    else:
        say("\n".join(_decided_lines(kind, decided)))


def _decided_lines(kind: EventKind, decided: Decided) -> list[str]:
    submission, now = decided.submission, decided.in_force
    stands = f"version {now.version_no} ({now.submission_id})" if now else "nothing"
    return [
        f"{submission.submission_id} is {kind.value}: {_period(submission)}, version {submission.version_no}.",
        f"In force for that period: {stands}.",
        _NEXT[kind],
        f"Its sender is told: {decided.receipt}",
    ]


def _decided_json(kind: EventKind, decided: Decided) -> dict[str, Any]:
    return {
        "submission_id": decided.submission.submission_id,
        "decision": kind.value,
        "state": decided.submission.state.value,
        "in_force": decided.in_force.submission_id if decided.in_force else None,
        "receipt": str(decided.receipt),
    }


def _held_section(found: list[tuple[Held, list[Finding]]]) -> Section:
    from orchestration.printouts.sections import Section

    if not found:
        return Section("Nothing is held")
    columns = ("Submission", "Return", "Version", "Received (UTC)", "Held by", "Can be")
    rows = [
        (
            each.submission.submission_id,
            _period(each.submission),
            str(each.submission.version_no),
            f"{each.submission.received_at:%Y-%m-%d %H:%M}",
            ", ".join(f"{finding.rule} {_place(finding)}" for finding in findings),
            f"rejected: version {each.overtaken_by.version_no} is in force"
            if each.overtaken_by
            else "released or rejected",
        )
        for each, findings in found
    ]
    notes = [
        f"{each.submission.submission_id}: {visible(finding.message)}"
        for each, findings in found
        for finding in findings
    ]
    return Section("Held until a named post decides", columns, rows, notes)


def _held_json(each: Held, findings: list[Finding]) -> dict[str, Any]:
    submission = each.submission
    return {
        "submission_id": submission.submission_id,
        "sent_by": submission.directorate_code,
        "directorate_code": submission.reports_for,
        "financial_year": submission.financial_year,
        "reporting_period": submission.reporting_period,
        "version_no": submission.version_no,
        "file_name": submission.file_name,
        "received_at": submission.received_at.isoformat(),
        "held_by": [finding.as_json() for finding in findings],
        "overtaken_by": each.overtaken_by.submission_id if each.overtaken_by else None,
    }


def _period(submission: Submission) -> str:
    return f"{submission.reports_for} {submission.financial_year} {submission.reporting_period}"


def _place(finding: Finding) -> str:
    return f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
