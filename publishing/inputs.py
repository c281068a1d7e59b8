"""What a release is made from: submissions and their states, reference data, code.

Here belongs the record that "is anything new" compares and that a release keeps. Not here: the
comparison (``orchestration.nothing_new``). Light: the standard library alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sources.custody.ledger import Ledger


@dataclass(frozen=True)
class Inputs:
    """All that a release's content follows from; equal inputs build equal content.

    Attributes:
        submissions_sha256: Over every submission and its state, in order of receipt.
        reference_sha256: Of the reference folder in force.
        code_sha256: Of the code and the versions it runs on.
    """

    submissions_sha256: str
    reference_sha256: str
    code_sha256: str

    def as_json(self) -> dict[str, str]:
        """Return the inputs as an event and a manifest carry them."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Inputs:
        """Return the inputs that ``as_json`` wrote.

        Raises:
            TypeError: If a hash is missing, or one is unknown.
        """
        return cls(**data)


def submissions_sha256(states: Iterable[tuple[str, str]]) -> str:
    """Return the hash over (submission id, state) pairs, in the order given.

    Refused, blocked and duplicate files count too: they are rows of ``fct_submission``.
    """
    return hashlib.sha256(json.dumps(list(states)).encode()).hexdigest()


def inputs_of(ledger: Ledger, reference_sha256: str, code_sha256: str) -> Inputs:
    """Return what a build at this moment is made from.

    Args:
        ledger: The ledger, caught up.
        reference_sha256: Hash of the reference folder in force.
        code_sha256: Hash of the code.
    """
    states = ((submission.submission_id, submission.state) for submission in ledger.submissions())
    return Inputs(submissions_sha256(states), reference_sha256, code_sha256)
