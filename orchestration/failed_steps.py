"""What a failed step says for a person.

Here belongs choosing the words. Not here: which runs failed (``night``, ``sensors``).
"""

from __future__ import annotations

from dagster._core.execution.plan.objects import StepFailureData


def words_of(failure: StepFailureData) -> str:
    """Return a failed step's own words, without the trace (Dagster keeps that)."""
    if failure.user_failure_data is not None and failure.user_failure_data.description:
        return str(failure.user_failure_data.description)
    error = failure.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else "a step failed without saying why"
