"""The look: is anything new since the last release?

Here belongs the comparison of what there is with what was last published, and the record that
somebody looked. Not here: taking anything in. Light: no Dagster, no dbt, no Great Expectations,
no pandas, no Arrow; a night with nothing new costs no more than this (a test looks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dbt_project.inputs import Inputs, inputs_of
from orchestration.code_version import code_sha256
from orchestration.settings import PROJECT, Settings
from publishing.in_force import recorded_manifest, seen_to_be_broken
from publishing.pointer import led_astray, settle
from sources.clock import Clock
from sources.custody.history_list import pending
from sources.custody.landing import make_folders
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import NightChecked, Published, Received, ReferenceAdopted, SameContent
from sources.custody.senders import known_directorates, not_let_in
from sources.custody.survey import Survey, survey
from sources.custody.vault import share_of_night
from sources.desk.desk_day import holds
from sources.home import Home
from sources.reference.folder_hash import reference_sha256


@dataclass(frozen=True)
class Look:
    """What a look at the warehouse found.

    Attributes:
        reasons: Why there is something to do; empty when nothing is new.
        release_id: The release that readers have; None before the first.
        attention: What somebody has to see to, although nothing is new; each is named by every load.
        broken: What of the release in force is not as it was published; empty when all seems so.
        corrected: How the pointer was led astray until this look moved it back; usually empty.
        is_before_the_first: Whether no return has come yet, so that there is nothing to publish.
    """

    reasons: tuple[str, ...]
    release_id: str | None
    attention: tuple[str, ...] = ()
    broken: str = ""
    corrected: tuple[str, ...] = ()
    is_before_the_first: bool = False


def survey_of(settings: Settings, ledger: LedgerView, clock: Clock) -> Survey:
    """Return what lies in landing now, and whose people cannot send.

    Raises:
        sources.custody.problems.CustodyProblem: If landing cannot be read.
    """
    directorates = known_directorates(ledger, settings.reference)
    found = survey(settings.home, directorates, clock, settings.settle)
    found.problems += not_let_in(directorates or {})
    return found


def look(settings: Settings, ledger: Ledger, landing: Survey, history: Path | None = None) -> Look:
    """Compare landing, history list, submissions, reference data and code with the last good end.

    The pointer is moved on first, should a crash have come between an event and it.
    A build that failed is no good end, so it is tried again; a rollback is one that stays until
    something is new.

    Args:
        settings: Where everything lies.
        ledger: The ledger, caught up.
        landing: What lies in landing.
        history: A list of files with declared receipt times, if one was given.
    """
    home = settings.home
    reasons = [f"{len(landing.ready)} file(s) waiting in landing"] if landing.ready else []
    if history and (entries := pending(history, ledger)):
        reasons.append(f"{len(entries)} file(s) of {history.name} not yet taken in")
    reference, not_in_force = _reference_of_next_load(settings, ledger)
    if due := ledger.to_judge(reference):
        reasons.append(f"{len(due)} file(s) to be judged")
    attention = [*([not_in_force] if not_in_force else []), *landing.problems]
    is_before_the_first = ledger.last_event(Received) is None and _last_good_inputs(ledger) is None
    if is_before_the_first and not reasons and _is_sound(settings):
        return Look((), None, tuple(attention), is_before_the_first=True)
    now = inputs_of(ledger, reference, code_sha256(PROJECT))
    reasons += _differences(now, _last_good_inputs(ledger))
    astray = led_astray(home, ledger)
    release = settle(home, ledger)
    if release is None and not reasons:
        reasons.append("there is no release on this disk")
    broken = _broken(release, ledger, astray)
    if broken:
        reasons.append(broken)
    corrected = [f"{each} It leads to {release.name} again." for each in astray] if release else []
    return Look(tuple(reasons), release.name if release else None, tuple(attention), broken, tuple(corrected))


def _is_sound(settings: Settings) -> bool:
    """Return whether the folder can be read: one that cannot is named by the night's job, which stops at it."""
    from sources.reference.reference import ReferenceProblem, read_reference

    try:
        read_reference(settings.reference)
    except ReferenceProblem:
        return False
    return True


def _broken(release: Path | None, ledger: Ledger, astray: Sequence[str]) -> str:
    return seen_to_be_broken(release, recorded_manifest(ledger, release.name)) if release else "".join(astray)


def _reference_of_next_load(settings: Settings, ledger: Ledger) -> tuple[str, str]:
    """Return the hash of the folder by which the next load judges, and why it is not the last; empty where it is."""
    found, adoption = reference_sha256(settings.reference), ledger.last_event(ReferenceAdopted)
    if adoption is None or adoption.payload.reference_sha256 == found:
        return found, ""
    # Here alone: it reads whole folders, and most nights find the one that is in force.
    from sources.intake.adoption import why_not_in_force

    not_in_force = why_not_in_force(settings.reference, ledger)
    return adoption.payload.reference_sha256 if not_in_force else found, not_in_force


def _last_good_inputs(ledger: Ledger) -> Inputs | None:
    event = ledger.last_event(Published, SameContent)
    return Inputs.from_json(event.payload.inputs) if event else None


def _differences(now: Inputs, last: Inputs | None) -> list[str]:
    if last is None:
        return ["nothing is published yet"]
    return [f"{what} changed" for what in now.changed_since(last)]


def record_quiet_night(settings: Settings, ledger: Ledger, found: Look, clock: Clock) -> int:
    """Keep folders and desks right, stat the vault, re-hash this night's share of it, and record that somebody looked.

    Before the first return the reference folder is adopted here, so that there are desks with templates to send.

    Returns:
        How many objects were re-hashed.

    Raises:
        sources.custody.vault.VaultDamaged: If an object is missing or is not what its name says.
    """
    home = settings.home
    if found.is_before_the_first:
        _open_up(settings, ledger, clock)
    make_folders(home.landing, known_directorates(ledger, settings.reference) or {})
    if not holds(home, ledger, clock()):
        keep_desks(home, ledger, clock)
    report = ledger.vault.verify(share=share_of_night(clock().date()))
    ledger.record(
        clock,
        NightChecked(release_id=found.release_id, vault_objects=report.objects, rehashed=report.rehashed),
    )
    return report.rehashed


def templates_on_desks(home: Home) -> tuple[Path, ...]:
    """Return the workbooks that lie on the desks."""
    from sources.desk.desk import WORKBOOKS

    return tuple(sorted(home.desk.glob(f"*/{WORKBOOKS}")))


def _open_up(settings: Settings, ledger: Ledger, clock: Clock) -> None:
    from sources.desk.desk import open_desks
    from sources.intake.adoption import adopt_folder, judging_reference

    adopt_folder(settings.reference, ledger, clock)
    open_desks(settings.home, judging_reference(ledger).desk_groups())


def keep_desks(home: Home, ledger: Ledger, clock: Clock) -> None:
    """Write on the desks what has changed since they were last written."""
    # Here alone: it fills workbooks in, and most nights need none.
    from sources.desk.desk import write_desks
    from sources.intake.adoption import judging_reference

    write_desks(home, ledger, judging_reference(ledger), code_sha256(PROJECT), clock)
