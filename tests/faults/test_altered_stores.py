"""One store of a home altered behind the service's back: the next night names it, and publishes the right figures.

Here belong whole nights, by the command. What each store does by itself is with its own tests.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from orchestration.exit_codes import Exit
from sources.home import Home
from tests.command_line import savings
from tests.golden.test_the_night import TABLE_1, table_1
from tests.homes import tree_of
from tests.invariants import assert_nothing_lost
from tests.small_warehouse import forge_a_figure

Alter = Callable[[Home], str]


def _typed_lines(home: Home) -> str:
    """Take £1,000 off every projection of Place, on disk alone."""
    (lines,) = home.lines.glob("PL-*/savings_line.parquet")
    table = pq.read_table(lines)
    at = table.column_names.index("projected_gbp")
    lower = pc.subtract(table["projected_gbp"], pa.scalar(Decimal("1000.00"))).cast(table.schema.field(at).type)
    lines.chmod(0o640)
    pq.write_table(table.set_column(at, table.schema.field(at), lower), lines)
    return f"The typed lines of {lines.parent.name} were missing or altered"


def _ledger(home: Home) -> str:
    """Make a provisional return a certified one."""
    with sqlite3.connect(home.ledger) as connection:
        changed = connection.execute(
            """update submission set document = replace(document, '"Provisional"', '"Certified"')"""
            " where directorate_code = 'PL' and document like '%\"Provisional\"%'"
        ).rowcount
    assert changed == 1
    return "What the ledger holds of submission PL-"


def _release(home: Home) -> str:
    """Double a figure that readers see, and let the manifest say the hash that the file has then."""
    forge_a_figure(home.current.resolve(), "update marts.rpt_cabinet_table_1 set projected_gbp = 2 * projected_gbp")
    return "manifest.json of R000001"


@pytest.mark.parametrize(
    ("alters", "options"),
    [([_typed_lines], ["--force"]), ([_ledger, _release], [])],
    ids=["typed lines", "ledger and release in force"],
)
def test_what_was_altered_is_named_and_made_again_and_the_figures_are_the_report_s(
    home_to_alter: Path, alters: list[Alter], options: list[str]
) -> None:
    """Ruling E1, ruling E2, ruling E4: a build reads what events say, and nothing of the build before."""
    home = Home.at(home_to_alter)
    named = [alter(home) for alter in alters]
    os.truncate(home.candidate, home.candidate.stat().st_size // 2)
    done = savings(home_to_alter, "load", *options)
    assert done.returncode == Exit.REFUSED, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert [each for each in named if each not in said] == []
    assert table_1(home_to_alter) == _as_reported()
    assert_nothing_lost(home)
    assert savings(home_to_alter, "load").returncode == Exit.DONE


def _as_reported() -> list[tuple[object, ...]]:
    return [tuple(Decimal(value) if isinstance(value, int) else value for value in row) for row in TABLE_1]


@pytest.mark.parametrize("leads_to", ["releases/R000009", "build"])
def test_a_pointer_to_nothing_is_named_and_moved_back_by_a_night_with_nothing_new(
    home_to_alter: Path, leads_to: str
) -> None:
    """Ruling E4."""
    home = Home.at(home_to_alter)
    home.current.unlink()
    home.current.symlink_to(leads_to)
    done = savings(home_to_alter, "load")
    assert done.returncode == Exit.REFUSED, done.stdout + done.stderr
    assert "It leads to R000001" in done.stdout
    assert table_1(home_to_alter) == _as_reported()
    assert savings(home_to_alter, "load").returncode == Exit.DONE


def test_a_folder_in_place_of_the_pointer_stops_the_load_with_what_to_do(home_to_alter: Path) -> None:
    """Ruling E7."""
    home = Home.at(home_to_alter)
    led = home.current.readlink()
    home.current.unlink()
    home.current.mkdir()
    done = savings(home_to_alter, "load", "--json")
    assert done.returncode == Exit.NOT_PUBLISHED, done.stdout + done.stderr
    assert f"{home.current} is not the link to the release in force: move it elsewhere." in done.stdout
    home.current.rmdir()
    assert savings(home_to_alter, "load").returncode == Exit.DONE
    assert home.current.readlink() == led
    assert table_1(home_to_alter) == _as_reported()


def _a_file_name(event: bytes) -> bytes:
    return event.replace(b"TRR_PL", b"TRR_XX")


def _half(event: bytes) -> bytes:
    return event[: len(event) // 2]


@pytest.mark.parametrize("how", [_a_file_name, _half])
@pytest.mark.parametrize("options", [[], ["--force"]], ids=["nothing new", "forced"])
def test_an_altered_event_stops_the_load_and_changes_nothing(
    home_to_alter: Path, how: Callable[[bytes], bytes], options: list[str]
) -> None:
    """Ruling E2, ruling E4: named, until the vault is restored; readers keep what they have."""
    home = Home.at(home_to_alter)
    event = next(path for path in sorted(home.events.glob("*.json")) if b"TRR_PL" in path.read_bytes())
    sound, mode = event.read_bytes(), event.stat().st_mode
    event.chmod(0o600)
    event.write_bytes(how(sound))
    before = tree_of(home.releases), tree_of(home.events)
    done = savings(home_to_alter, "load", "--json", *options)
    assert done.returncode == Exit.NOT_PUBLISHED, done.stdout + done.stderr
    said = json.loads(done.stdout)["stopped"]
    assert re.search(rf"\b0*{int(event.stem)}\b", said), said
    assert (tree_of(home.releases), tree_of(home.events)) == before
    assert table_1(home_to_alter) == _as_reported()
    event.write_bytes(sound)
    event.chmod(mode)
    assert savings(home_to_alter, "load").returncode == Exit.DONE
    assert_nothing_lost(home)
