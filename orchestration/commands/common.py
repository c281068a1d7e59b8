"""What all commands share: their options, and how they end when they cannot go on.

Here belongs what turns a problem into a sentence and an exit code. Not here: any command.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.account import os_account
from orchestration.exit_codes import Exit
from orchestration.lock import LockBusyError
from orchestration.printouts.said import say
from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:
    from orchestration.actions import Desk
    from sources.custody.ledger import LedgerView
    from sources.reference.authority import Signature
    from sources.reference.reference import Reference

# Who is told why a command stopped is not the command's own affair.
_wants_json = ContextVar("wants_json", default=False)


def _noted(as_json: bool) -> bool:
    _wants_json.set(as_json)
    return as_json


AsJson = Annotated[bool, typer.Option("--json", callback=_noted, help="Print JSON for a machine instead of tables.")]
Post = Annotated[str, typer.Option("--post", help="The post that decides, as post.csv of the reference data names it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence: it is kept for ever.")]


def settings_of_a_warehouse() -> Settings:
    """Return the settings, if there is a vault where they point: a mistyped home must not look like an empty one."""
    from sources.custody.event_chain import event_numbers

    settings = load_settings()
    if settings.home.events.is_dir() and event_numbers(settings.home.events):
        return settings
    missing = f"There is no warehouse at {settings.home.root}: its vault holds no event. Check {settings.home_is_said}."
    raise stopped(ValueError(missing), Exit.WRONG_USE)


def left(action: str, arguments: Mapping[str, str], post: str, reason: str, as_json: bool) -> bool:
    """Leave a decision for the service, if this account is not the service's; return whether that was done.

    The service carries out its own at once. Nobody else writes its ledger.
    """
    from sources.custody.requests import is_service, leave
    from sources.reference.authority import as_reason

    home = load_settings().home
    with told():
        if not home.decisions.is_dir() or is_service(home):
            return False
        name = leave(home, action, arguments, post, as_reason(reason))
    sentence = (
        f"Your decision is left for the service under the account {os_account()}. The next load carries it out, "
        "or names it with the reason why not."
    )
    if as_json:
        typer.echo(json.dumps({"left": name, "action": action}, indent=2))
    else:
        say(sentence)
    return True


@contextlib.contextmanager
def at_work() -> Iterator[Desk]:
    """Give what a decision is carried out with, under the lock; what stops it becomes a sentence and an exit code."""
    from orchestration.actions import Desk
    from orchestration.lock import hold
    from sources.clock import system_clock
    from sources.custody.ledger import Ledger

    with told():
        settings = settings_of_a_warehouse()
        with hold(settings.home.lock), Ledger.open(settings.home) as ledger:
            yield Desk(settings, ledger, system_clock)


def signature(post: str, reason: str) -> Signature:
    """Return who decides: the post, under the account that runs the command."""
    from sources.reference.authority import Signature

    return Signature(post, os_account(), reason)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn what a command cannot go on from into a sentence and an exit code."""
    from sources.custody.history_list import HistoryProblem
    from sources.custody.problems import CustodyProblem, VaultDamaged
    from sources.reference.authority import AuthorityError

    try:
        yield
    except LockBusyError as busy:
        raise stopped(busy, Exit.BUSY) from busy
    except (AuthorityError, HistoryProblem) as problem:
        raise stopped(problem, Exit.WRONG_USE) from problem
    except (CustodyProblem, VaultDamaged) as problem:
        raise stopped(problem, Exit.NOT_PUBLISHED) from problem
    except PermissionError as denied:
        named = PermissionError(f"{denied.strerror}: {denied.filename} (as uid {os.geteuid()}). Nothing was done.")
        raise stopped(named, Exit.NOT_PUBLISHED) from denied


def reference_in_force(settings: Settings, ledger: LedgerView) -> Reference:
    """Return the reference data that the next load would judge by, or say what is wrong with its folder."""
    from sources.intake.adoption import reference_of_next_load
    from sources.reference.reference import ReferenceProblem

    try:
        return reference_of_next_load(settings.reference, ledger)
    except ReferenceProblem as problem:
        raise stopped(problem, Exit.NOT_PUBLISHED) from problem


def stopped(problem: Exception, code: Exit) -> typer.Exit:
    """Say why a command cannot go on, to a person and where JSON was asked for to the machine; return what ends it."""
    say(str(problem), err=True, color=typer.colors.RED)
    if _wants_json.get():
        typer.echo(json.dumps({"stopped": str(problem), "exit_code": int(code)}, indent=2, ensure_ascii=False))
    return typer.Exit(code)
