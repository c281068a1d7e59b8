"""``savings init``: a council's own folder on its first day, and a home with its folders and modes on any.

Here belongs what an operator types and what is asked and said. Not here: which answers can be used
(``reference.answers``), and the lists that follow from them (``reference.first_folder``).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.account import os_account
from orchestration.commands.common import AsJson, stopped, told
from orchestration.exit_codes import Exit
from orchestration.lock import hold
from orchestration.printouts.said import say
from orchestration.settings import Settings, load_settings
from orchestration.settings_file import CONFIG, NAME
from sources.home import set_mode, write_durably

if TYPE_CHECKING:
    from sources.reference.answers import Answers

app = typer.Typer()

_READ_BY_ALL, _FOLDER_FOR_ALL = 0o644, 0o755
_FILE = """\
# The settings of the savings warehouse of {council}.
# A relative path begins at this folder. A variable of the environment wins: SAVINGS_HOME for home, and so on.
# `savings doctor` prints what is in force.
home = "home"
landing_dir = "landing"
reference_dir = "reference"
"""


@app.command()
def init(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="A new council's folder; without it, the home of the settings in force."),
    ] = None,
    council_name: Annotated[str | None, typer.Option("--name", help="Name of the council.")] = None,
    council_code: Annotated[str | None, typer.Option("--code", help="Code of the council.")] = None,
    email_domain: Annotated[str | None, typer.Option("--email-domain", help="As council.gov.uk.")] = None,
    directorates: Annotated[
        list[str] | None, typer.Option("--directorate", metavar="CODE=NAME", help="Once per directorate.")
    ] = None,
    first_year: Annotated[
        str | None, typer.Option("--first-year", help="First financial year, such as 2026/27.")
    ] = None,
    periods: Annotated[str | None, typer.Option("--periods", help="months or quarters.")] = None,
    posts: Annotated[
        list[str] | None,
        typer.Option("--post", metavar="POST=ACCOUNT", help="Once per post that decides; the first may do everything."),
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", exists=True, dir_okay=False, help="A TOML file with the answers.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set up a council in DIR: settings, reference data, home, landing; run as the service. Asks what no option says.

    Without DIR: make the home that the settings name, with its modes, and mark landing and its shares as its own.
    """
    from sources.reference.answers import AnswersProblem, pairs, read_answers

    said: dict[str, Any] = {
        "council_name": council_name,
        "council_code": council_code,
        "email_domain": email_domain,
        "first_year": first_year,
        "periods": periods,
    }
    try:
        said |= {"directorates": pairs(directorates or ()) or None, "posts": pairs(posts or ()) or None}
        given = (read_answers(answers) if answers else {}) | {name: each for name, each in said.items() if each}
        if folder is not None:
            _set_up(folder.absolute(), given)
        elif given:
            raise AnswersProblem("Name the folder to set the council up in: savings init DIR.")
    except AnswersProblem as problem:
        raise stopped(problem, Exit.WRONG_USE) from problem
    file = folder.absolute() / NAME if folder is not None else None
    _make_home(load_settings(file=file), as_json, folder)


def _set_up(folder: Path, given: dict[str, Any]) -> None:
    """Write settings and reference data of a new council; one that is set up stays as it is.

    Raises:
        AnswersProblem: If answers cannot be used, or there is something already.
    """
    from sources.reference.answers import AnswersProblem, checked

    there = [name for name in (NAME, "reference") if os.path.lexists(folder / name)]
    if NAME in there and not given:
        return
    if there:
        raise AnswersProblem(f"{folder} has {' and '.join(there)} already. Nothing was written. Choose another folder.")
    _write(checked(given | _asked(given)), folder)


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    """Ask what was not said."""
    from sources.reference.answers import QUESTIONS, AnswersProblem, pairs

    found: dict[str, Any] = {}
    for name, question in QUESTIONS.items():
        if name not in given:
            try:
                answer = typer.prompt(question.text, default=question.default, err=True)
            except typer.Abort:
                left = ", ".join(each for each in QUESTIONS if each not in given | found)
                raise AnswersProblem(f"Not answered: {left}. Nothing was written.") from None
            found[name] = pairs(answer.split(",")) if question.is_list else answer
    return found


def _write(answers: Answers, folder: Path) -> None:
    """Write all of it, or nothing; the settings come last."""
    from sources.reference.first_folder import write_first_folder
    from sources.reference.reference import bundled_reference, read_reference

    folder.mkdir(parents=True, exist_ok=True)
    set_mode(folder, _FOLDER_FOR_ALL)
    partial = Path(tempfile.mkdtemp(dir=folder, prefix=".reference."))
    try:
        write_first_folder(answers, partial, bundled_reference())
        read_reference(partial)
        for path in partial.iterdir():
            set_mode(path, _READ_BY_ALL)
        set_mode(partial, _FOLDER_FOR_ALL)
        partial.rename(folder / "reference")
    except BaseException:
        shutil.rmtree(partial)
        raise
    write_durably(folder / NAME, _FILE.format(council=answers.council_name).encode())


def _make_home(settings: Settings, as_json: bool, folder: Path | None) -> None:
    from sources.custody.event_chain import event_numbers
    from sources.custody.landing import make_folders
    from sources.custody.marker import establish
    from sources.custody.senders import not_let_in
    from sources.reference.reference import ReferenceProblem, read_reference

    home = settings.home
    with told():
        home.create()
        with hold(home.lock):
            identity, problems = establish(home), []
            try:
                groups = read_reference(settings.reference).desk_groups()
                if not event_numbers(home.events):
                    make_folders(home.landing, groups)
                    problems = not_let_in(groups)
            except ReferenceProblem as problem:
                problems = [str(problem)]
    if as_json:
        document = {"home": str(home.root), "landing": str(home.landing), "home_id": identity.home_id}
        typer.echo(json.dumps(document | {"shares": identity.marked, "problems": problems}, indent=2))
        return
    shares = ", ".join(identity.marked) or "none"
    say(f"Home: {home.root}, of the account {os_account()}\nLanding: {home.landing}, shares in it: {shares}")
    say("\n".join([*problems, *_next(settings, folder)]))


def _next(settings: Settings, folder: Path | None) -> list[str]:
    if folder is None:
        return ["Next: `savings doctor` says what the machine lacks; then `savings load`."]
    return [
        f"Reference data: {settings.reference}",
        f"Settings: {folder / NAME}. They hold in this folder and below it; elsewhere set {CONFIG} to that file.",
        f"Next: put your plan into {settings.reference / 'approved_plan.csv'}; `savings reference check` says whether "
        "it can be used; then `savings load`.",
    ]
