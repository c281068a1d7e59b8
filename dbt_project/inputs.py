"""What a build reads: the ledger's judged submissions, their typed lines, reference data, code.

Here belongs the record that travels with candidate, evidence and release, and how two of them
differ. Not here: where a candidate keeps its own (``origin``), and what follows from a difference
(``orchestration.nothing_new``, ``publishing.release``). Light: the standard library alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

from sources.custody.ledger import LedgerView
from sources.custody.submission import AcceptedSubmission, State

_NAMES = {
    "submissions_sha256": "the submissions or their states",
    "lines_sha256": "the typed lines",
    "reference_sha256": "the reference data",
    "code_sha256": "the code",
}


@dataclass(frozen=True)
class Inputs:
    """All that a release's content follows from; equal inputs build equal content.

    Attributes:
        submissions_sha256: Over every judged submission as the ledger has it, in order of receipt,
            and over the adoptions of reference folders. What waits for a verdict is in no table.
        lines_sha256: Over the digests of the typed lines of every accepted submission.
        reference_sha256: Of the reference folder in force.
        code_sha256: Of the code and the versions it runs on.
    """

    submissions_sha256: str
    lines_sha256: str
    reference_sha256: str
    code_sha256: str

    def as_json(self) -> dict[str, str]:
        """Return the inputs as candidate, evidence, event and manifest carry them."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Inputs:
        """Return the inputs that ``as_json`` wrote.

        Raises:
            TypeError: If a hash is missing, or one is unknown.
        """
        return cls(**data)

    def changed_since(self, earlier: Inputs) -> list[str]:
        """Return in words what differs from earlier inputs; nothing when they are the same."""
        names = [field.name for field in fields(self)]
        return [_NAMES[name] for name in names if getattr(self, name) != getattr(earlier, name)]


def inputs_of(ledger: LedgerView, reference_sha256: str, code_sha256: str) -> Inputs:
    """Return what a build at this moment would be made from.

    Args:
        ledger: The ledger, caught up.
        reference_sha256: Hash of the reference folder in force.
        code_sha256: Hash of the code.
    """
    accepted = (each for each in ledger.judged() if isinstance(each, AcceptedSubmission))
    return Inputs(
        submissions_sha256=_digest([*ledger.rows_but(State.WAITING), *ledger.adoption_hashes()]),
        lines_sha256=_digest((each.submission_id, each.lines_sha256) for each in accepted),
        reference_sha256=reference_sha256,
        code_sha256=code_sha256,
    )


def inputs_in_force(ledger: LedgerView, code_sha256: str) -> Inputs:
    """Return what a build at this moment would be made from, with the folder adopted last."""
    adoptions = ledger.adoptions()
    reference_sha256 = adoptions[-1].payload.reference_sha256 if adoptions else ""
    return inputs_of(ledger, reference_sha256, code_sha256)


def _digest(rows: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(rows)).encode()).hexdigest()
