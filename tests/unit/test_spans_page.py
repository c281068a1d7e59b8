"""The page about spans names every model that the macros build, with the macros that build it."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
MODELS = PROJECT / "dbt_project" / "models" / "intermediate"
# Those that make spans; joining two relations (overlap, common_span, holds_at) is everywhere.
MACROS = re.compile(r"{{ (first_standing|pieces|cuts|cut_up|running_totals|joined_up)\(")


def test_the_page_lists_the_models_that_each_macro_builds():
    used = {path.stem: set(MACROS.findall(path.read_text(encoding="utf-8"))) for path in MODELS.glob("*.sql")}
    page = (PROJECT / "docs" / "spans.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`int_.*?) \|.*\| (.*?) \|$", page, re.MULTILINE)
    listed = {model: set(re.findall(r"`(\w+)`", macros)) for models, macros in rows for model in _names(models)}

    assert listed == {model: macros for model, macros in used.items() if macros}


def _names(models: str) -> list[str]:
    return re.findall(r"`(\w+)`", models)
