"""Which words a list column takes in one return, and which of them a cell means.

Here belongs the way from a column's list to reference data, for one directorate on one day. Not
here: the comparison of words (``values``) and the lists themselves (``reference``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from sources.findings.words import cells
from sources.grammar.values import (
    Note,
    NoteKind,
    NotParsed,
    Parsed,
    Problem,
    Suggestions,
    match_choice,
    normalise_code,
    normalise_name,
    parse_weights,
)
from sources.reference.reference import Reference
from sources.template.declaration import Column

MOST_WEIGHTS = 5
_WEIGHT_UNIT = Decimal("0.000001")


@dataclass(frozen=True)
class Choices:
    """The lists of one return.

    Attributes:
        reference: The reference data in force.
        directorate: Whose services there are to choose from; None while it is not known.
        day: On which directorates and services have to be in force; None while it is not known.
    """

    reference: Reference
    directorate: str | None = None
    day: date | None = None
    _known: dict[tuple[str, str], Parsed[str] | NotParsed] = field(default_factory=dict, repr=False)

    @cached_property
    def programme_years(self) -> Mapping[int, str]:
        """The financial year of each programme year, for "Yr 1"."""
        rows = self.reference.tables["financial_year"]
        return {row["programme_year_no"]: row["financial_year"] for row in rows if row["programme_year_no"] > 0}

    @cached_property
    def planned_refs(self) -> Suggestions:
        """The references of the approved plan, for one that is written otherwise."""
        return Suggestions(sorted({row["saving_ref"] for row in self.reference.tables["approved_plan"]}))

    def domain_of(self, column: Column) -> str | None:
        """Return what an address in this column ends in, asked of it next: filled in once, it has to do."""
        return self.reference.setting("email_domain") if column.name == "prepared_by_email" else None

    def can_match(self, column: Column) -> bool:
        """Return whether the column's list is known: services are only once directorate and day are."""
        return column.vocabulary != "service" or (self.directorate is not None and self.day is not None)

    def match(self, column: Column, text: str) -> Parsed[str] | NotParsed:
        """Return the canonical word or code of a list column that a text means."""
        key = (column.vocabulary or "", text)
        if key not in self._known:
            words, aliases = self._words(column.vocabulary or "")
            self._known[key] = _with_note(match_choice(text, words, aliases), column, text)
        return self._known[key]

    def weights(self, column: Column, text: str) -> Parsed[str] | NotParsed:
        """Return a list of codes with weights in its one form, ``T1:0.600000;T2:0.400000`` (R27).

        Codes without weights share equally, what is left over going to the first by code (R41).
        """
        parsed = _shared_equally(text) if ":" not in text else parse_weights(text)
        if isinstance(parsed, NotParsed):
            return parsed
        weights = parsed.value or ()
        known = {normalise_code(code): code for code in self.reference.codes(column.vocabulary or "")}
        unknown = [code for code, _ in weights if code not in known]
        if unknown:
            there = tuple(known.values())
            return NotParsed(Problem.NOT_IN_LIST, partial(cells.UnknownCode, unknown=unknown[0], known=there))
        if len(weights) > MOST_WEIGHTS:
            return NotParsed(Problem.NOT_WEIGHTS, partial(cells.TooManyWeights, most=MOST_WEIGHTS))
        total = sum(weight for _, weight in weights)
        if total != 1:
            return NotParsed(Problem.NOT_WEIGHTS, partial(cells.WeightsDoNotAddUp, total=Decimal(total)))
        return Parsed(";".join(f"{known[code]}:{weight.quantize(_WEIGHT_UNIT)}" for code, weight in weights))

    def _words(self, vocabulary: str) -> tuple[list[str], dict[str, str]]:
        """Return a list's words or codes, and by each other word the one that it stands for."""
        if vocabulary == "directorate":
            return self._directorates()
        if vocabulary == "service":
            if self.directorate is None or self.day is None:
                return [], {}
            services = self.reference.services_of(self.directorate, self.day)
            return list(services), {name: code for code, name in services.items()}
        rows = [row for row in self.reference.tables["vocabulary"] if row["vocabulary"] == vocabulary]
        aliases = {row["name"]: row["code"] for row in rows}
        if vocabulary == "status":
            aliases |= self.reference.status_aliases()
        return list(self.reference.vocabulary(vocabulary)), aliases

    def _directorates(self) -> tuple[list[str], dict[str, str]]:
        rows = self.reference.tables["directorate"]
        if self.day is not None:
            rows = list(self.reference.directorates_on(self.day).values())
        codes = list(dict.fromkeys(row["directorate_code"] for row in rows))
        names = {row["directorate_name"]: row["directorate_code"] for row in rows}
        aliases = {alias: code for alias, code in self.reference.directorate_aliases().items() if code in codes}
        return codes, {**aliases, **names}


def _with_note(matched: Parsed[str] | NotParsed, column: Column, text: str) -> Parsed[str] | NotParsed:
    """Say so where a word of another council's vocabulary was taken for one of ours (D46)."""
    is_other_word = (
        isinstance(matched, Parsed)
        and column.vocabulary == "status"
        and normalise_name(text) != normalise_name(matched.value or "")
    )
    if not is_other_word or isinstance(matched, NotParsed):
        return matched
    return Parsed(matched.value, (Note(NoteKind.TEXT_NOISE, partial(cells.ReadAsText, text=str(matched.value))),))


def _shared_equally(text: str) -> Parsed[tuple[tuple[str, Decimal], ...]] | NotParsed:
    codes = sorted(code.strip().upper() for code in text.replace(",", ";").split(";") if code.strip())
    if not codes or len(set(codes)) < len(codes):
        return NotParsed(Problem.NOT_WEIGHTS, cells.NotWeights)
    share = (1 / Decimal(len(codes))).quantize(_WEIGHT_UNIT, "ROUND_DOWN")
    left = 1 - share * len(codes)
    return Parsed(
        tuple((code, share + (_WEIGHT_UNIT if place < left / _WEIGHT_UNIT else 0)) for place, code in enumerate(codes))
    )
