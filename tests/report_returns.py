"""The returns that give the report's Table 1, declared as scenarios take them.

Here belong the amounts of the twelve lines, on the bundled reference data. Not here: the sample
workbooks (``sources/samples``), and what is asserted of either.
"""

from __future__ import annotations

from sources.reference.folder_contract import REFERENCE_FILES
from sources.reference.reference import bundled_reference, read_reference
from tests.scenario_reference import Row
from tests.scenarios import Scenario, line

SERVICES = {"AH": "AH-ASC", "CH": "CH-CAR", "PL": "PL-PLA"}

# Baseline, projected, deferred: the report's totals, split over lines for illustration.
LINES: dict[str, dict[str, tuple[int, int, int | str]]] = {
    "AH": {
        "AH-21-001": (2_412_600, 1_087_300, 0),
        "AH-21-002": (1_869_400, 899_700, 0),
        "AH-21-003": (300_000, 630_000, 0),
        "AH-21-004": (1_250_000, 490_000, 500_000),
        "AH-21-005": (750_000, 250_000, 0),
    },
    "CH": {
        "CH-21-001": (612_400, 612_400, "N/A"),
        "CH-21-002": (845_300, 845_300, "N/A"),
        "CH-21-003": (412_300, 412_300, "N/A"),
    },
    "PL": {
        "PL-21-001": (780_000, 120_500, 620_000),
        "PL-21-002": (365_000, 140_000, 225_000),
        "PL-21-003": (489_000, 250_000, 0),
        "PL-21-004": (759_000, 0, 759_000),
    },
}


def the_council() -> Scenario:
    """The bundled reference data: Dorset's 2021/22."""
    tables = read_reference(bundled_reference()).tables
    return Scenario(**{file.name: tables[file.name] for file in REFERENCE_FILES if file.is_published})


def lines_of(directorate: str) -> list[Row]:
    return [
        line(saving_ref, baseline, projected, deferred=deferred, service=SERVICES[directorate])
        for saving_ref, (baseline, projected, deferred) in LINES[directorate].items()
    ]
