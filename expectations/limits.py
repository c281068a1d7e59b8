"""Limits of checks that the council sets, as queries over the candidate's own reference data.

Here belongs the way from a setting to a query. Not here: which settings there are, with their defaults
(``sources.reference.folder_required``), and the checks that have a limit (``figures``, ``kept``).
"""
# ruff: noqa: S608 - every query here is put together from declared names

from __future__ import annotations

from sources.reference.folder_required import SETTING_DEFAULTS


def setting(name: str) -> str:
    """Return an expression of a setting's text as it is in force; its default where the folder is from before it."""
    in_force = f"select max(value) from reference.setting where name = '{name}' and known_to_at is null"
    return f"coalesce(({in_force}), '{SETTING_DEFAULTS[name]}')"


def pence_of(name: str, sign: int = 1) -> str:
    """Return a query of a limit in pence, with a sign."""
    return f"select cast({100 * sign} * cast({setting(name)} as decimal(14, 2)) as bigint)"


def share_of(name: str) -> str:
    """Return a query of a limit that is a share, exactly."""
    return f"select cast({setting(name)} as decimal(18, 6))"
