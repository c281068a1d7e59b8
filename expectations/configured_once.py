"""Has Great Expectations make the configuration of an expectation once: it makes it for each argument that it reads.

Here belongs that one property of its ``Expectation``, replaced while our suites run; a test says so of the version
installed. Not here: what is run (``run_suites``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration


@contextmanager
def configured_once() -> Iterator[None]:
    """Keep the configuration of the expectation that was asked last; nothing changes one while it is validated."""
    own: Any = vars(Expectation)["configuration"]
    last: tuple[Expectation | None, ExpectationConfiguration | None] = (None, None)

    def configuration(expectation: Expectation) -> ExpectationConfiguration | None:
        nonlocal last
        if last[0] is not expectation:
            last = (expectation, own.fget(expectation))
        return last[1]

    # A property of a library is replaced: that is all of this module, and no type allows it.
    Expectation.configuration = property(configuration)  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        Expectation.configuration = own  # type: ignore[method-assign]
