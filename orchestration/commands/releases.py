"""The commands about releases: which there are, what moved between two, going back, freezing one for a report.

Here belongs what a person types and what is told. Not here: the work (``publishing``, and of a decision
``orchestration.actions``).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
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
from orchestration.printouts.said import say

if TYPE_CHECKING:
    from orchestration.printouts.sections import Section
    from publishing.catalogue import ReleaseEntry
    from publishing.manifest import Manifest
    from sources.home import Home

app = typer.Typer()
_release = typer.Typer(no_args_is_help=True, help="Releases: list, compare, go back, freeze for a report.")
_claim = typer.Typer(no_args_is_help=True, help="Figures that a report prints.")
app.add_typer(_release, name="release")
app.add_typer(_claim, name="claim")

_Id = Annotated[str, typer.Argument(metavar="RELEASE", help="Its id, or the number that it starts with.")]
_Report = Annotated[str, typer.Argument(metavar="REPORT", help="As report.csv codes it.")]


@_release.command("list")
def list_releases(as_json: AsJson = False) -> None:
    """Show every release: when it was published, whether it is here, and which report it was frozen for."""
    from orchestration.printouts.sections import print_sections

    with told():
        found = _catalogue(settings_of_a_warehouse().home)
    if as_json:
        _print_json([_entry_json(entry) for entry in found])
    else:
        print_sections([_list_section(found)], Console())


@_release.command()
def show(release: _Id, as_json: AsJson = False) -> None:
    """Show what a release says of itself: its content, its tables, its checks."""
    from orchestration.printouts.sections import print_sections

    with told(), _refusals_told():
        home = settings_of_a_warehouse().home
        manifest = _manifest(home, release)
    if as_json:
        typer.echo(manifest.as_bytes().decode(), nl=False)
    else:
        print_sections(_manifest_sections(manifest), Console())


@_release.command()
def diff(earlier: _Id, later: _Id, as_json: AsJson = False) -> None:
    """Show which amounts of which savings differ between two releases, and why."""
    from orchestration.printouts.sections import print_sections
    from publishing.difference import movements
    from publishing.manifest import DATABASE
    from publishing.retention import find_release

    with told(), _refusals_told():
        home = settings_of_a_warehouse().home
        moved = movements(*(find_release(home, each) / DATABASE for each in (earlier, later))).to_pylist()
    if as_json:
        _print_json(moved)
    else:
        print_sections([_moved_section(moved)], Console())


@_release.command()
def rollback(release: _Id, post: Post, reason: Reason, as_json: AsJson = False) -> None:
    """Give readers an earlier release again; it stays until something is new."""
    from orchestration import actions

    if left("release rollback", {"release": release}, post, reason, as_json):
        return
    with _refusals_told(), at_work() as desk:
        release_id = actions.roll_back(desk, signature(post, reason), release=release)
    _done(as_json, {"release_id": release_id}, f"Readers have {release_id} again, until something is new.")


@_release.command()
def tag(release: _Id, report: _Report, post: Post, reason: Reason, as_json: AsJson = False) -> None:
    """Freeze a release for a report: it is kept for ever. Another post confirms it."""
    from orchestration import actions

    if left("release tag", {"release": release, "report": report}, post, reason, as_json):
        return
    with _refusals_told(), at_work() as desk:
        release_id = actions.tag(desk, signature(post, reason), release=release, report=report)
    sentence = f"{report} is frozen with {release_id}. Another post has to confirm it: `savings release confirm`."
    _done(as_json, {"release_id": release_id, "report_code": report}, sentence)


@_release.command()
def confirm(release: _Id, report: _Report, post: Post, reason: Reason, as_json: AsJson = False) -> None:
    """Let a release that another post tagged be what the report has published; later ones are compared with it."""
    from orchestration import actions

    if left("release confirm", {"release": release, "report": report}, post, reason, as_json):
        return
    with _refusals_told(), at_work() as desk:
        release_id = actions.confirm(desk, signature(post, reason), release=release, report=report)
    sentence = f"{report} has published {release_id}."
    _done(as_json, {"release_id": release_id, "report_code": report}, sentence)


@_release.command()
def override(post: Post, reason: Reason, as_json: AsJson = False) -> None:
    """Let the last build be published although it holds much less than the current release."""
    from orchestration import actions
    from sources.custody.events import payload_as_json

    if left("release override", {}, post, reason, as_json):
        return
    with _refusals_told(), at_work() as desk:
        event = actions.override(desk, signature(post, reason))
    told_of = f"Let pass: {', '.join(event.payload.checks)}. Run `savings load` to publish."
    _done(as_json, payload_as_json(event.payload), told_of)


@_claim.command()
def waive(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="The printed figure, C02.")],
    report: _Report,
    post: Post,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Let a report keep a printed figure that is not the warehouse's."""
    from orchestration import actions

    if left("claim waive", {"claim": claim, "report": report}, post, reason, as_json):
        return
    with _refusals_told(), at_work() as desk:
        actions.waive(desk, signature(post, reason), claim=claim, report=report)
    _done(as_json, {"claim": claim, "report_code": report}, f"{claim} no longer stops a release from being tagged.")


@contextlib.contextmanager
def _refusals_told() -> Iterator[None]:
    from expectations.evidence import EvidenceRefused
    from publishing.difference import NotComparableError
    from publishing.manifest import ManifestUnreadableError
    from publishing.overrides import NothingToOverrideError
    from publishing.pointer import NoSuchReleaseError
    from publishing.rollback import DamagedReleaseError
    from publishing.tags import TagRefusedError

    try:
        yield
    except (NoSuchReleaseError, TagRefusedError, NothingToOverrideError, EvidenceRefused) as problem:
        raise stopped(problem, Exit.WRONG_USE) from problem
    except (DamagedReleaseError, ManifestUnreadableError, NotComparableError) as problem:
        raise stopped(problem, Exit.NOT_PUBLISHED) from problem


def _catalogue(home: Home) -> list[ReleaseEntry]:
    from publishing.catalogue import catalogue
    from sources.custody.ledger import LedgerView

    with LedgerView.of(home) as ledger:
        return catalogue(home, ledger)


def _manifest(home: Home, start: str) -> Manifest:
    from publishing.manifest import read_manifest
    from publishing.retention import find_release

    return read_manifest(find_release(home, start))


def _list_section(found: list[ReleaseEntry]) -> Section:
    from orchestration.printouts.sections import Section

    rows = [
        (
            entry.release_id,
            entry.version,
            f"{entry.published_at:%Y-%m-%d %H:%M}",
            "readers have it" if entry.is_current else "here" if entry.is_here else "no longer here",
            ", ".join([*entry.reports, *(f"{report} (waits to be confirmed)" for report in entry.waits_for)]),
        )
        for entry in found
    ]
    if not rows:
        return Section("Nothing is published yet")
    return Section("Releases", ("Release", "Version", "Published (UTC)", "Is", "Frozen for"), rows)


def _manifest_sections(manifest: Manifest) -> Iterator[Section]:
    from orchestration.printouts.sections import Section

    yield Section(
        f"Release {manifest.release_id}",
        notes=(
            f"Version: {manifest.version or 'none'}",
            f"Content: {manifest.content_sha256}",
            f"Published: {manifest.created_at:%Y-%m-%d %H:%M} UTC",
            f"Figures as at: {manifest.data_as_at or 'no return is accepted'}",
            f"Files received: {len(manifest.submissions)}",
        ),
    )
    tables = [(name, str(table.rows)) for name, table in sorted(manifest.tables.items())]
    yield Section("Tables", ("Table", "Rows"), tables, numbers=1)
    not_passed = [check for check in manifest.checks if check.status != "pass"]
    rows = [(check.name, check.severity, check.status, check.observed) for check in not_passed]
    title = f"Checks: {len(manifest.checks) - len(rows)} passed, {len(rows)} did not"
    yield Section(title, ("Check", "Severity", "Status", "Seen") if rows else (), rows)


def _moved_section(moved: list[dict[str, Any]]) -> Section:
    from orchestration.printouts.sections import Section
    from orchestration.printouts.summary_text import pounds

    rows = [
        (
            f"{row['saving_ref'] or 'Not reported'} of {row['plan_year']}",
            row["directorate_code"],
            " to ".join(dict.fromkeys(f"{row[name]}" for name in ("from_period_key", "to_period_key"))),
            row["measure"],
            " ".join(filter(None, (row["cause"], row["decision_ref"]))),
            *(pounds(row[name]) for name in ("before_gbp", "after_gbp", "difference_gbp")),
        )
        for row in moved
    ]
    if not rows:
        return Section("The two releases have the same amounts")
    columns = ("Saving", "Directorate", "Periods", "Measure", "Why", "Before", "After", "Difference")
    return Section("What differs between the two releases", columns, rows, numbers=3)


def _entry_json(entry: ReleaseEntry) -> dict[str, Any]:
    return {
        "release_id": entry.release_id,
        "published_at": entry.published_at.isoformat(),
        "version": entry.version,
        "content_sha256": entry.content_sha256,
        "reports": list(entry.reports),
        "waits_for": list(entry.waits_for),
        "is_current": entry.is_current,
        "is_here": entry.is_here,
    }


def _done(as_json: bool, document: dict[str, Any], sentence: str) -> None:
    if as_json:
        _print_json(document)
    else:
        say(sentence)


def _print_json(document: object) -> None:
    # Amounts are told as texts: JSON has no decimals.
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))
