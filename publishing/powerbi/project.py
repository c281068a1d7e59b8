"""The files of the Power BI project: the model, an empty report on it, and what Power BI Desktop opens.

Here belongs the JSON around the model, as Microsoft's schemas have it. Not here: the model (``model``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from dbt_project.published import PublishedTable
from publishing.powerbi.metrics import days, measures
from publishing.powerbi.model import definition, tag

FOLDER = "powerbi"
_NAME = "Savings"
_SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"
_PAGE = "overview"


def write_powerbi(release: Path, tables: Sequence[PublishedTable], semantic_manifest: Path) -> None:
    """Write ``powerbi/`` into a release's folder.

    Args:
        release: The folder.
        tables: The published tables.
        semantic_manifest: The metrics, as dbt left them.

    Raises:
        publishing.powerbi.metrics.UntranslatedError: If a metric cannot be said in DAX.
    """
    for name, text in project(tables, semantic_manifest).items():
        path = release / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def project(tables: Sequence[PublishedTable], semantic_manifest: Path) -> dict[str, str]:
    """Return the files of the project by their paths in it."""
    model = definition(tables, measures(semantic_manifest), days(semantic_manifest))
    return {
        f"{_NAME}.pbip": _json(
            "pbip/pbipProperties/1.0.0",
            {"version": "1.0", "artifacts": [{"report": {"path": f"{_NAME}.Report"}}], "settings": {}},
        ),
        **{f"{_NAME}.SemanticModel/definition/{name}": text for name, text in model.items()},
        f"{_NAME}.SemanticModel/definition.pbism": _json(
            "item/semanticModel/definitionProperties/1.0.0", {"version": "4.0", "settings": {}}
        ),
        f"{_NAME}.SemanticModel/.platform": _platform("SemanticModel"),
        f"{_NAME}.Report/definition.pbir": _json(
            "item/report/definitionProperties/2.0.0",
            {"version": "4.0", "datasetReference": {"byPath": {"path": f"../{_NAME}.SemanticModel"}}},
        ),
        f"{_NAME}.Report/.platform": _platform("Report"),
        **{f"{_NAME}.Report/definition/{name}": text for name, text in _report().items()},
    }


def _report() -> dict[str, str]:
    of_report = "item/report/definition"
    page = {"name": _PAGE, "displayName": "Overview", "displayOption": "FitToPage", "height": 720, "width": 1280}
    return {
        "version.json": _json(f"{of_report}/versionMetadata/1.0.0", {"version": "1.0.0"}),
        "report.json": _json(f"{of_report}/report/1.0.0", {"themeCollection": {}, "layoutOptimization": "None"}),
        "pages/pages.json": _json(f"{of_report}/pagesMetadata/1.0.0", {"pageOrder": [_PAGE], "activePageName": _PAGE}),
        f"pages/{_PAGE}/page.json": _json(f"{of_report}/page/1.0.0", page),
    }


def _platform(kind: str) -> str:
    about = {
        "metadata": {"type": kind, "displayName": _NAME},
        "config": {"version": "2.0", "logicalId": tag("item", kind)},
    }
    return _json("gitIntegration/platformProperties/2.0.0", about)


def _json(schema: str, document: Mapping[str, object]) -> str:
    return json.dumps({"$schema": f"{_SCHEMAS}/{schema}/schema.json", **document}, indent=2) + "\n"
