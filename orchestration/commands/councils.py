"""``savings councils``: the nights of many councils, whether they came, and one release joined from theirs.

Here belongs what an operator of many councils types and is told. Not here: the nights (``orchestration.councils``),
and joining (``publishing.councils``).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from dbt_project.engines import EngineMissing, Spark, engine_named
from orchestration.commands.common import AsJson, stopped, told
from orchestration.exit_codes import Exit
from orchestration.lock import hold
from orchestration.printouts.said import say
from orchestration.settings import database_address, spark_master
from sources.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.councils import Ended
    from orchestration.councils_together import Built
    from orchestration.printouts.sections import Section
    from publishing.councils.join import Joined

app = typer.Typer()
_councils = typer.Typer(no_args_is_help=True, help="Many councils: their nights, and one release joined from theirs.")
app.add_typer(_councils, name="councils")


def _held_to(check: Callable[[str, str], str]) -> Callable[[str], str]:
    """Return what refuses an option as the setting of that name is refused."""

    def checked(text: str) -> str:
        try:
            return check(text, "It")
        except ValueError as problem:
            raise typer.BadParameter(str(problem)) from None

    return checked


_Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", exists=True, file_okay=False, help="Has a folder per council.")
]
_AtOnce = Annotated[int, typer.Option("--at-once", min=1, help="How many councils are seen to at the same time.")]
_Readers = Annotated[
    str | None, typer.Option("--readers-group", help="The group that reads the joined release; else you alone do.")
]
_Postgres = Annotated[
    str,
    typer.Option(
        "--postgres-url",
        callback=_held_to(database_address),
        help="A database of its own that gets each joined release.",
    ),
]
_Engine = Annotated[Literal["duckdb", "spark"], typer.Option("--engine", help="What builds the tables.")]
_Master = Annotated[str, typer.Option("--spark-master", callback=_held_to(spark_master), help="Who does Spark's work.")]
_Shared = Annotated[Path | None, typer.Option("--spark-folder", help="A folder that Spark's machines share.")]
_ALL_WELL = "No council has missed a night, and nothing waits to be sent."
_ENDED = {
    Exit.DONE: "done",
    Exit.REFUSED: "something was refused or held",
    Exit.WRONG_USE: "its settings cannot be used",
    Exit.NOT_PUBLISHED: "nothing was published",
    Exit.BUSY: "another load was at work",
    None: "ended after too long",
}


@_councils.command()
def load(
    folder: _Folder,
    at_once: _AtOnce = 1,
    readers_group: _Readers = None,
    postgres_url: _Postgres = "",
    as_json: AsJson = False,
) -> None:
    """Run each council's night in a process of its own, then join their releases; one that fails stops no other."""
    from orchestration.councils import nights

    ended = []
    with told(), _refusals_told():
        for night in nights(folder.resolve(), at_once):
            ended.append(night)
            say(f"{night.folder}: {_ENDED[night.code]}", err=True)
    _join(folder, readers_group, postgres_url, as_json, ended)


@_councils.command()
def watchdog(folder: _Folder, at_once: _AtOnce = 1, as_json: AsJson = False) -> None:
    """Say of which councils no load came to a good end within the last day, and let each send its alerts that wait."""
    from orchestration.councils import looks, looks_at_joined

    with told(), _refusals_told():
        found = [each for each in looks(folder.resolve(), at_once) if each.code is not Exit.DONE]
        found += looks_at_joined(folder.resolve(), system_clock())
    missed = [each for each in found if each.code is not Exit.REFUSED]
    code = Exit.NOT_PUBLISHED if missed else Exit.REFUSED if found else Exit.DONE
    if as_json:
        typer.echo(json.dumps({"councils": [_ended_as_json(each) for each in found], "exit_code": code}, indent=2))
    else:
        say("\n".join(f"{each.folder}: {each.said.strip()}" for each in found) or _ALL_WELL)
    raise typer.Exit(code)


@_councils.command()
def join(
    folder: _Folder, readers_group: _Readers = None, postgres_url: _Postgres = "", as_json: AsJson = False
) -> None:
    """Join the releases in force of all councils into one, in FOLDER/joined; nothing new, nothing written."""
    _join(folder, readers_group, postgres_url, as_json, [])


@_councils.command()
def build(
    folder: _Folder,
    engine: _Engine = "duckdb",
    spark_master: _Master = Spark.master,
    spark_folder: _Shared = None,
    readers_group: _Readers = None,
    as_json: AsJson = False,
) -> None:
    """Build the tables of all councils in one run, from the returns that they have accepted, into FOLDER/built."""
    from orchestration.code_version import code_sha256
    from orchestration.councils import BUILT, councils_of, home_of_all
    from orchestration.councils_together import build_together
    from orchestration.printouts.sections import print_sections
    from orchestration.settings_file import PROJECT

    home = home_of_all(folder.resolve(), BUILT, readers_group)
    with told(), _refusals_told():
        councils = councils_of(folder.resolve())
        with hold(home.lock):
            chosen = engine_named(engine, spark_master, spark_folder)
            built = build_together(home, councils, engine=chosen, code_sha256=code_sha256(PROJECT), clock=system_clock)
    code = Exit.REFUSED if any(each["reason"] for each in built.councils) else Exit.DONE
    if as_json:
        said = {"release_id": built.release.name, "is_new": built.is_new, "councils": built.councils}
        typer.echo(json.dumps(said | {"exit_code": code}, indent=2, ensure_ascii=False))
    else:
        print_sections([_section_of(built)], Console())
    raise typer.Exit(code)


def _section_of(built: Built) -> Section:
    from orchestration.printouts.sections import Section

    what = f"Release {built.release.name}: {built.release.parent.parent / 'current'}"
    title = what if built.is_new else f"Nothing is new since release {built.release.name}"
    rows = [
        (each["council_code"] or "", each["folder"], each["release_id"] or "", each["state"]) for each in built.councils
    ]
    reasons = [f"{each['folder']}: {each['reason']}" for each in built.councils if each["reason"]]
    return Section(title, ("Council", "Folder", "Equals its release", "Is"), rows, notes=reasons)


def _join(folder: Path, readers_group: str | None, postgres_url: str, as_json: bool, ended: Sequence[Ended]) -> None:
    from orchestration.bi_copy import follow_joined
    from orchestration.code_version import code_sha256
    from orchestration.councils import JOINED, councils_of, home_of_all
    from orchestration.printouts.sections import print_sections
    from orchestration.settings_file import PROJECT
    from publishing.councils.join import join as run_join

    home = home_of_all(folder.resolve(), JOINED, readers_group)
    with told(), _refusals_told():
        councils = councils_of(folder.resolve())
        with hold(home.lock):
            joined = run_join(home, councils, code_sha256=code_sha256(PROJECT), clock=system_clock)
            behind = follow_joined(home, postgres_url)
    code = _exit_code(joined, ended, behind)
    if as_json:
        typer.echo(json.dumps(_as_json(joined, ended, behind, code), indent=2, ensure_ascii=False, default=str))
    else:
        print_sections(_sections(joined, ended, behind), Console())
    raise typer.Exit(code)


@contextlib.contextmanager
def _refusals_told() -> Iterator[None]:
    from dbt_project.invocation import DbtFailed
    from orchestration.councils import NoCouncilsError
    from orchestration.councils_together import ChangedMeanwhileError, NothingBuiltError
    from publishing.councils.releases import SharedCodeError
    from publishing.release import ReleaseDiffersError
    from sources.home import NoSuchGroupError

    try:
        yield
    except (NoCouncilsError, NoSuchGroupError, EngineMissing) as problem:
        raise stopped(problem, Exit.WRONG_USE) from problem
    except (SharedCodeError, ReleaseDiffersError, ChangedMeanwhileError, NothingBuiltError, DbtFailed) as problem:
        raise stopped(problem, Exit.NOT_PUBLISHED) from problem


def _exit_code(joined: Joined, ended: Sequence[Ended], behind: Sequence[str]) -> Exit:
    """Return 3 if every council was left out; 1 if one was, its night did not end well, or the copy is behind."""
    from publishing.councils.standing import State

    states = {each.state for each in joined.standings}
    if states == {State.LEFT_OUT}:
        return Exit.NOT_PUBLISHED
    has_failed = any(night.code is not Exit.DONE for night in ended)
    return Exit.REFUSED if State.LEFT_OUT in states or has_failed or behind else Exit.DONE


def _as_json(joined: Joined, ended: Sequence[Ended], behind: Sequence[str], code: Exit) -> dict[str, Any]:
    return {
        "release_id": joined.release.name if joined.release else None,
        "is_new": joined.is_new,
        "councils": [each.row for each in joined.standings],
        "nights": [_ended_as_json(each) for each in ended],
        "attention": list(behind),
        "exit_code": code,
    }


def _ended_as_json(each: Ended) -> dict[str, Any]:
    return {"folder": each.folder, "exit_code": each.code, "said": each.said}


def _sections(joined: Joined, ended: Sequence[Ended], behind: Sequence[str]) -> Iterator[Section]:
    from orchestration.printouts.sections import Section

    for night in ended:
        if night.code is not Exit.DONE:
            yield Section(f"{night.folder}: {_ENDED[night.code]}", notes=night.said.splitlines())
    rows = [
        (each.council.code, each.council.folder, each.row["release_id"] or "", each.state.value)
        for each in joined.standings
    ]
    reasons = [f"{each.council.folder}: {each.reason}" for each in joined.standings if each.reason]
    yield Section(_said_of(joined), ("Council", "Folder", "Release", "Is"), rows, notes=[*reasons, *behind])


def _said_of(joined: Joined) -> str:
    if joined.is_new and joined.release:
        return f"Joined release {joined.release.name}: {joined.release.parent.parent / 'current'}"
    if any(each.brought for each in joined.standings) and joined.release:
        return f"Nothing is new since joined release {joined.release.name}"
    kept = f"readers keep {joined.release.name}" if joined.release else "nothing was written"
    return f"No council has a release that can be joined: {kept}"
