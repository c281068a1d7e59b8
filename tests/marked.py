"""Pages of the documentation that have a part which is made from the project, between two marks.

Here belongs putting such a part in. Not here: what it says (``orchestration.picture``, ``quoted_costs``).
"""

from __future__ import annotations

import re


def with_part(page: str, name: str, part: str) -> str:
    """Return a page with the part of that name between its marks, ``<!-- name -->`` and ``<!-- /name -->``.

    Raises:
        ValueError: If the marks are not there once.
    """
    between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    text, found = between.subn(lambda match: match[1] + part + match[2], page)
    if found != 1:
        raise ValueError(f"the page needs <!-- {name} --> and <!-- /{name} --> once")
    return text
