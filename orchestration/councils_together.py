"""One build of the models over the lines of all councils, instead of one for each.

Here belongs what is read of each council's home, building it together, and building again without a council whose
rows break a rule or are refused by the database. Not here: how the models keep councils apart
(``dbt_project.many_councils``), and the release (``publishing.councils``). Nothing is written into a council's home.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dbt_project import run_dbt
from dbt_project.candidate import Tables
from dbt_project.engines import Engine
from dbt_project.inputs import inputs_in_force
from dbt_project.invocation import DbtFailed
from dbt_project.load_raw import tables_of
from dbt_project.many_councils import council_of, put_together
from dbt_project.published import CONTRACT, published_tables
from dbt_project.run_dbt import BuildResult
from publishing.councils import releases
from publishing.councils.built import Part, held_to_their_own, with_own_release, write_built
from publishing.councils.standing import Council
from publishing.in_force import MANIFEST
from sources.clock import Clock
from sources.custody.ledger import LedgerView
from sources.custody.problems import CustodyProblem, VaultDamaged
from sources.home import Home
from sources.intake.restoring import are_as_judged
from sources.reference.folder_problems import ReferenceProblem
from sources.reference.whose import COUNCIL_CODE, said_of_council

# How DuckDB begins to say that a row has a key twice, or a null where none may be; of a null it does not say whose.
_REFUSES = "Constraint Error:"
_UNREADABLE = (CustodyProblem, VaultDamaged, ReferenceProblem, OSError)


class NothingBuiltError(Exception):
    """There is no council whose lines can be built."""


class ChangedMeanwhileError(Exception):
    """A council has taken a return in while its lines were read."""


class _NotReadableError(Exception):
    """A council's lines cannot be built, and why."""


@dataclass(frozen=True)
class Built:
    """What readers have after building.

    Attributes:
        release: The folder of the release.
        is_new: Whether it was made now.
        councils: The rows of its ``dim_council``.
    """

    release: Path
    is_new: bool
    councils: Sequence[Mapping[str, Any]]


def build_together(home: Home, councils: Sequence[Council], *, engine: Engine, code_sha256: str, clock: Clock) -> Built:
    """Build all councils in one run and make a release of it; the same lines as before make no new one.

    Args:
        home: Where the build works and its releases go.
        councils: The councils; their homes are only read.
        engine: What builds.
        code_sha256: Of the code of now.
        clock: What tells when.

    Raises:
        publishing.councils.releases.SharedCodeError: If two are of one council; nothing is written then.
        NothingBuiltError: If no council is left to be built.
        ChangedMeanwhileError: If a council has other lines than a moment before.
        DbtFailed: If the build fails for a cause that is no council's.
    """
    releases.refuse_shared_codes(councils)
    in_force = releases.prepare(home)
    parts = [_looked_at(each, code_sha256) for each in sorted(councils, key=lambda each: (each.code, each.folder))]
    said = {"contract": CONTRACT, "made_by": code_sha256, "made_of": [_made_of(part) for part in parts]}
    if in_force and releases.holds(in_force, said):
        return Built(in_force, False, json.loads((in_force / MANIFEST).read_bytes())["councils"])
    result, parts = _built(home.candidate, parts, engine)
    rows = [part.row for part in parts]

    def write(folder: Path, _: str) -> None:
        write_built(folder, home.candidate, published_tables(result.manifest), parts)

    return Built(releases.publish(home, "built", said | {"councils": rows}, write, clock), True, rows)


def _built(candidate: Path, parts: Sequence[Part], engine: Engine) -> tuple[BuildResult, list[Part]]:
    """Build, as often as there are councils to be left out; each time there is one less, or it is done."""
    while True:
        if not any(part.inputs and not part.reason for part in parts):
            raise NothingBuiltError("; ".join(f"{part.council.folder}: {part.reason}" for part in parts))
        result = _result_of(candidate, parts, engine)
        held = _held_to_the_rules(result, parts)
        if result.success:
            held = held_to_their_own(candidate, [with_own_release(part) for part in held])
        if [part.reason for part in held] == [part.reason for part in parts]:
            if result.success:
                return result, held
            held = _without_the_refused(candidate, parts, engine, result)
        parts = held


def _result_of(candidate: Path, parts: Sequence[Part], engine: Engine) -> BuildResult:
    put_together(candidate, _tables(parts))
    return run_dbt.build(candidate, engine=engine, of_many=True)


def _looked_at(council: Council, code_sha256: str) -> Part:
    """Return what a council's part would be made of, or why it cannot be."""
    if council.home is None or not council.code:
        return Part(council, council.problem or "Its lists have no council_code: see setting.csv.")
    try:
        with LedgerView.of(council.home) as ledger:
            _expect_readable(council, council.home, ledger)
            return Part(council, inputs=inputs_in_force(ledger, code_sha256))
    except (*_UNREADABLE, _NotReadableError) as problem:
        return Part(council, " ".join(str(problem).split()))


def _expect_readable(council: Council, home: Home, ledger: LedgerView) -> None:
    adoptions = ledger.adoptions()
    if not adoptions:
        raise _NotReadableError(f"{home.root} has adopted no lists yet: run `savings load` in its folder.")
    # All that were ever adopted are read.
    *_, last = [ledger.vault.checked_reference_folder(each.payload.reference_sha256) for each in adoptions]
    adopted = said_of_council(last, COUNCIL_CODE)
    if adopted != council.code:
        raise _NotReadableError(
            f"{home.root} is of council {adopted or 'without a code'}, its lists are of {council.code}."
        )
    altered = [each.submission_id for each in ledger.judged() if each.lines and not are_as_judged(home, each)]
    if altered:
        raise _NotReadableError(
            f"The typed lines of {altered[0]} are missing or altered: run `savings load` in its folder."
        )


def _tables(parts: Sequence[Part]) -> Iterator[tuple[str, Mapping[str, Tables]]]:
    for part in parts:
        if part.council.home and not part.reason:
            with LedgerView.of(part.council.home) as ledger:
                if part.inputs and part.inputs != inputs_in_force(ledger, part.inputs.code_sha256):
                    raise ChangedMeanwhileError(f"{part.council.folder} has just taken a return in. Build again.")
                raw, reference = tables_of(part.council.home, ledger, ledger.vault)
            yield part.council.code, {"raw": raw, "reference": reference}


def _held_to_the_rules(result: BuildResult, parts: Sequence[Part]) -> list[Part]:
    """Return the parts, those left out that have a row which breaks a rule."""
    codes = [part.council.code for part in parts if not part.reason]
    broken: dict[str | None, str] = {}
    for node in result.nodes.values():
        for row in node.rows if node.severity == "error" else ():
            broken.setdefault(council_of(row, codes), f"{row.rule}: {row.key}, {row.value}")
    return [
        replace(part, reason=f"Its rows break a rule. {broken[part.council.code]}")
        if part.council.code in broken
        else part
        for part in parts
    ]


def _without_the_refused(candidate: Path, parts: Sequence[Part], engine: Engine, result: BuildResult) -> list[Part]:
    """Return the parts, those left out whose rows the database refuses.

    Raises:
        DbtFailed: If that is not why the build has failed.
    """
    refused = _refused(candidate, [part for part in parts if not part.reason], engine, result)
    if not refused:
        raise DbtFailed(_failed(result))
    return [replace(part, reason=refused.get(part.council.code, part.reason)) for part in parts]


def _refused(candidate: Path, parts: Sequence[Part], engine: Engine, result: BuildResult) -> dict[str, str]:
    """Return by code what the database says of those that it refuses; it names none, so halves are built until one is.

    Args:
        candidate: Where halves are built.
        parts: The councils of a build.
        engine: What builds.
        result: What that build came to.
    """
    said = [node.message for node in result.nodes.values() if node.status == "error" and _REFUSES in node.message]
    if not said:
        return {}
    if len(parts) == 1:
        return {parts[0].council.code: f"The database refuses its rows. {said[0].partition(_REFUSES)[2].strip()}"}
    halves = (parts[: len(parts) // 2], parts[len(parts) // 2 :])
    found = (_refused(candidate, half, engine, _result_of(candidate, half, engine)) for half in halves)
    return {code: why for half in found for code, why in half.items()}


def _made_of(part: Part) -> dict[str, Any]:
    said = {"folder": part.council.folder, "council_name": part.council.name, COUNCIL_CODE: part.council.code}
    return said | (part.inputs.as_json() if part.inputs else {"reason": part.reason})


def _failed(result: BuildResult) -> str:
    failed = [f"{node.name}: {node.message}" for node in result.nodes.values() if node.status in ("error", "fail")]
    return f"The build failed. {'; '.join(failed)}"
