"""What a council says of itself on its first day, checked before anything is written.

Here belongs which questions there are, and when an answer can be used. Not here: asking them
(``orchestration.commands``), and the lists that follow from them (``first_folder``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sources.reference.folder_cells import NotTypedError, typed
from sources.reference.folder_contract import FieldKind
from sources.reference.folder_required import KEPT_NAMES

# What one post tags another confirms.
_LEAST_POSTS = 2
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,31}\$?")


class Rhythm(StrEnum):
    """How often a council collects returns."""

    MONTHS = "months"
    QUARTERS = "quarters"


class AnswersProblem(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """Answers cannot be used; a line each says which and how to correct it."""


def _of(kind: FieldKind) -> AfterValidator:
    def check(text: str) -> str:
        try:
            typed(kind, text)
        except NotTypedError as error:
            raise ValueError(f"{error}. {error.remedy}.") from None
        if not text:
            raise ValueError("it is empty. Fill it in.")
        return text

    return AfterValidator(check)


def _no_name_of_the_warehouse(codes: Mapping[str, str]) -> Mapping[str, str]:
    for code in codes:
        if why := KEPT_NAMES.get(code.lower()):
            raise ValueError(f"'{code}' {why}. Choose another code.")
    if len({code.upper() for code in codes}) < len(codes):
        raise ValueError("two codes differ in capitals alone. Choose another code for one.")
    return codes


def _enough_posts(posts: Mapping[str, str]) -> Mapping[str, str]:
    if len(posts) < _LEAST_POSTS or len(set(posts.values())) < _LEAST_POSTS:
        raise ValueError("name two posts with an account each: what one tags, the other confirms.")
    return posts


def _is_account(text: str) -> str:
    if not _ACCOUNT.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of an account on this machine. Write small letters, such as s151.")
    return text


_Text = Annotated[str, _of(FieldKind.TEXT)]
_Code = Annotated[str, _of(FieldKind.CODE)]


class Answers(BaseModel):
    """What a council says of itself.

    Attributes:
        council_name: Its name, as pages and workbooks give it.
        council_code: Its code, which is part of every key in the warehouse.
        email_domain: What its addresses have after the @.
        directorates: Names by code.
        first_year: The first financial year whose returns are collected.
        periods: Months or quarters.
        posts: The account of each post that decides. The first may do everything; the others may
            release what is held, confirm a release and adopt reference data.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    council_name: _Text
    council_code: _Code
    email_domain: Annotated[str, _of(FieldKind.DOMAIN)]
    directorates: Annotated[dict[_Code, _Text], Field(min_length=1), AfterValidator(_no_name_of_the_warehouse)]
    first_year: Annotated[str, _of(FieldKind.YEAR)]
    periods: Rhythm
    posts: Annotated[dict[_Text, Annotated[str, AfterValidator(_is_account)]], AfterValidator(_enough_posts)]


@dataclass(frozen=True)
class Question:
    """One question, as it is asked.

    Attributes:
        text: What is asked.
        default: What is taken where nothing is entered.
        is_list: Whether several are given, as CODE=Name with commas between them.
    """

    text: str
    default: str | None = None
    is_list: bool = False


QUESTIONS: dict[str, Question] = {
    "council_name": Question("Name of the council"),
    "council_code": Question("Its code (that of the Office for National Statistics, or one of your own)"),
    "email_domain": Question("What its email addresses have after the @"),
    "directorates": Question("Directorates, as AD=Adults, CH=Children", is_list=True),
    "first_year": Question("First financial year, such as 2026/27"),
    "periods": Question("Returns for months or quarters?", "months"),
    "posts": Question(
        "Posts that decide, and the account of each on this machine",
        "Section 151 officer=s151, Chief accountant=finance",
        is_list=True,
    ),
}


def pairs(texts: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Return what texts such as ``AD=Adults`` say.

    Raises:
        AnswersProblem: If one of them has no ``=``, or two have the same before it.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, between, value = (part.strip() for part in text.partition("="))
        if not between or name in found:
            why = "is there twice" if between else "has no ="
            raise AnswersProblem(f"'{text}' {why}. Write each once, such as AD=Adults.")
        found[name] = value
    return found


def read_answers(path: Path) -> dict[str, Any]:
    """Return what a file of answers (TOML) says, unchecked.

    Raises:
        AnswersProblem: If it cannot be read.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise AnswersProblem(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise AnswersProblem(f'{path} is not TOML: {error}. Write each answer as name = "value".') from error


def checked(given: Mapping[str, Any]) -> Answers:
    """Return answers that can be used.

    Raises:
        AnswersProblem: If some cannot.
    """
    try:
        return Answers.model_validate(given)
    except ValidationError as error:
        lines = []
        for wrong in error.errors():
            where = " ".join(str(part) for part in wrong["loc"] if part != "[key]")
            what = str(wrong["ctx"]["error"]) if wrong["type"] == "value_error" else f"{wrong['msg']}."
            if wrong["type"] == "extra_forbidden":
                what = f"there is no such question. The answers are {', '.join(QUESTIONS)}."
            lines.append(f"{where}: {what}")
        raise AnswersProblem("\n".join(lines)) from None
