"""What a release of many councils says of each, held to the plain calculation of that council's own year.

Here belongs the comparison, council by council and of all of them. Not here: the calculation (``history_oracle``),
and the years (``council_years``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb

from publishing import reader
from publishing.database import SCHEMA, attached
from publishing.manifest import DATABASE
from tests import history_reports as reports
from tests.council_years import YEARS, CouncilYear
from tests.history_facts import Warehouse, compare
from tests.history_figures import ZERO
from tests.history_oracle import Known

# Of every line in every period, as it is known now.
_SUMS = """
    select sum(baseline_gbp), sum(counted_projected_gbp), sum(unexplained_gbp), sum(delivered_gbp)
    from marts.fct_savings_position
    where valid_to_at is null
"""
_TABLE_1 = """
    select
        plan_year, directorate_code, baseline_gbp, projected_gbp, deferred_gbp, undeliverable_gbp, unexplained_gbp,
        not_reported_gbp
    from marts.rpt_cabinet_table_1
    where is_latest_period and not is_total
"""


def compare_all(joined: Path, years: Mapping[str, CouncilYear]) -> int:
    """Compare a release of many councils with the years that are in it, by their codes.

    Returns:
        How many positions were compared.

    Raises:
        AssertionError: If anything differs by a penny; it says what, and of which council.
    """
    compared, of_all = 0, []
    for code, year in years.items():
        known = year.known()
        of_all.append(_sums(known))
        with _alone(joined, code) as council:
            compared += compare(Warehouse(council), known, known, YEARS, f"of {code}")
            expected = reports.table_1(known, reports.latest_period(known))
            assert {row[:2]: row[2:] for row in council.execute(_TABLE_1).fetchall()} == expected, code
    with reader.connect(joined) as release:
        found = release.execute(
            "select council_code from marts.dim_council where state in ('joined', 'built')"
        ).fetchall()
        assert {code for (code,) in found} == years.keys()
        assert release.execute(_SUMS).fetchone() == tuple(sum(each, ZERO) for each in zip(*of_all, strict=True))
    return compared


def _sums(known: Known) -> tuple[Decimal, ...]:
    measures = [(p.baseline, p.counted, p.unexplained, p.delivered) for p in known.positions.values()]
    return tuple(sum(each, ZERO) for each in zip(*measures, strict=True))


@contextmanager
def _alone(joined: Path, code: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection to the rows of one council alone, under the names that its own release has."""
    with duckdb.connect() as connection, attached(connection, joined / DATABASE, "joined"):
        connection.execute(f"create schema {SCHEMA}")
        tables = connection.execute("select table_name from duckdb_tables() where database_name = 'joined'").fetchall()
        for (table,) in tables:
            rows = f"select * from joined.{SCHEMA}.{table} where council_code = '{code}'"  # noqa: S608 - ours
            connection.execute(f"create view {SCHEMA}.{table} as {rows}")
        yield connection
