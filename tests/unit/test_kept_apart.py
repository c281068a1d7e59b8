"""SQL about one council, rewritten to be about many (issue 15, item 2; decision 0024)."""
# ruff: noqa: S608 - the SQL here is the project's own

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_project.kept_apart import NotKeptApart, kept_apart
from dbt_project.parsed import ANY_COUNCIL
from sources.reference.whose import COUNCIL_CODE as COUNCIL
from tests.council_years import code_of, council_year
from tests.models_in_memory import Models, models_of

LAYERS = [
    (schema, model)
    for layer, schema in (
        ("staging", "staging"),
        ("intermediate", "intermediate"),
        ("marts", "marts"),
        ("reporting", "marts"),
    )
    for model in models_of(layer)
]
QUERIES = [
    "select code, amount from one",
    "select * from one",
    "select *, amount + 1 as more from one where amount > 0",
    "select distinct code from one",
    "select one.*, other.amount as theirs from one inner join other on one.code = other.code",
    "select one.code, other.amount from one left join other on one.code = other.code and other.amount > 1",
    "select coalesce(one.code, other.code) as code, other.amount from one full join other on one.code = other.code",
    "select one.code, other.amount from one cross join other",
    "select code, sum(amount) as amount from one group by code",
    "select code from one group by code having count(*) > 1",
    "select code, amount, count(*) as rows from one group by code, rollup (amount)",
    "select max(amount) as most, coalesce(sum(amount), 0) as total, count(*) as rows from one",
    "select count(*) as rows from one where amount > 1",
    "select max(one.amount) as most from one inner join other on one.amount > other.amount where other.amount > 0",
    "select code, sum(amount) over (order by amount, code) as so_far from one",
    "select code, lag(amount) over w as before from one window w as (partition by code order by amount)",
    "select code from one qualify row_number() over (order by amount desc, code) = 1",
    "select code from one union select code from other",
    "select code from one union all select code from other",
    "select code, exists (select 1 from other) as is_other from one",
    "select code, exists (select 1 from other where other.code = one.code) as is_other from one",
    "select code from one where amount = (select max(amount) from other)",
    "select code from one where code in (select code from other)",
    "with one as (select * from other), two as (with one as (select code from one) select * from one) "
    "select * from two",
    "with recursive steps as (select code, 0 as step from one union all "
    "select one.code, step + 1 as step from steps inner join one on steps.code < one.code where step < 3) "
    "select distinct * from steps",
    "with numbers(number) as (select amount as number from one) select number from numbers",
    f"select md5('{ANY_COUNCIL}|line' || '|' || code) as line_key from one",
    f"select 'None' as code, '{ANY_COUNCIL}|none' as found",
    "select place, code from one cross join (select 1 as place union all select 2 as place) as places",
]
Council = Mapping[str, Sequence[tuple[str, int]]]
TABLE = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=5)
COUNCIL_OF_TWO_TABLES = st.fixed_dictionaries({"one": TABLE, "other": TABLE})


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def found(
    duck: duckdb.DuckDBPyConnection, sql: str, tables: Mapping[str, Sequence[tuple[object, ...]]], columns: str
) -> list[tuple[object, ...]]:
    """Return what a query finds in tables of these rows."""
    for name, rows in tables.items():
        duck.execute(f"create or replace table {name} ({columns})")
        if rows:
            places = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
            duck.execute(f"insert into {name} values {places}", [value for row in rows for value in row])
    return sorted(duck.execute(sql).fetchall(), key=repr)


def of_all(duck: duckdb.DuckDBPyConnection, sql: str, councils: Mapping[str, Council]) -> list[tuple[object, ...]]:
    """Return what a query about many finds where each council has these rows."""
    tables = {
        name: [(code, *row) for code, each in councils.items() for row in each[name]] for name in ("one", "other")
    }
    duck.execute("create or replace table councils as select unnest(?) as council_code", [list(councils)])
    return found(duck, sql, tables, "council_code varchar, code varchar, amount integer")


@pytest.mark.parametrize("sql", QUERIES)
@given(north=COUNCIL_OF_TWO_TABLES, south=COUNCIL_OF_TWO_TABLES)
@settings(max_examples=25)
def test_a_query_finds_of_many_councils_what_it_finds_of_each(
    duck: duckdb.DuckDBPyConnection, sql: str, north: Council, south: Council
) -> None:
    councils = {"N": north, "S": south}
    alone = [
        (council, *row)
        for council, tables in councils.items()
        for row in found(duck, sql.replace(ANY_COUNCIL, council), tables, "code varchar, amount integer")
    ]
    assert of_all(duck, kept_apart(sql, "duckdb", "councils"), councils) == sorted(alone, key=repr)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("select code from one limit 1", "limit"),
        ("select code from one right join other using (code)", "RIGHT"),
        ("select code from one inner join other using (code)", "INNER"),
        ("select code from one natural join other", "join"),
        ("select distinct on (code) code, amount from one", "distinct on"),
        ("select code, amount from one group by all", "grouping"),
        ("select code from one group by rollup (code)", "grouping"),
        ("select code from one, lateral (select one.amount) as of_it", "lateral"),
        ("select code from one where amount in (select amount from other limit 1)", "limit"),
        ("select code from one union by name select code from other", "by name"),
        ("select code from one asof join other on one.amount >= other.amount", "join"),
        ("select code from one using sample 1", "sample"),
        ("select code from (values ('a')) as given(code)", "values"),
        ("select * from range(3)", "series"),
        ("select 1 as one from one having count(*) > 1", "having"),
        (f"select 'of {ANY_COUNCIL}' as whose from one", "beginning"),
    ],
)
def test_what_nobody_has_thought_through_is_refused_with_its_sql(sql: str, named: str) -> None:
    with pytest.raises(NotKeptApart, match=f"(?i){named}"):
        kept_apart(sql, "duckdb", "councils")


class Together(Models):
    """The models of many councils: their inputs have the code as their first column, and so has what is made."""

    def _rendered(self, sql: str) -> str:
        return kept_apart(super()._rendered(sql), "duckdb", "reference.setting")


@pytest.fixture(scope="module")
def years(
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, tuple[Mapping[str, pa.Table], Mapping[str, pa.Table]]]:
    """Three councils whose directorates, savings, projects and submissions share names."""
    folder = tmp_path_factory.mktemp("years")
    made = {code_of(seed): council_year(seed, folder / str(seed)).scenario for seed in (1, 2, 3)}
    return {code: (each.raw_tables(), each.reference_tables()) for code, each in made.items()}


def test_each_model_makes_of_many_councils_what_it_makes_of_each(
    years: Mapping[str, tuple[Mapping[str, pa.Table], Mapping[str, pa.Table]]],
) -> None:
    """All layers: nothing that is wrong below may be made good above."""
    raw, reference = ({code: tables[part] for code, tables in years.items()} for part in (0, 1))
    together = Together(_together(raw), _together(reference), council_code=ANY_COUNCIL).whole()
    compared = 0
    for code, tables in years.items():
        alone = Models(*tables, council_code=code).whole()
        for name in (f"{schema}.{model}" for schema, model in LAYERS):
            found = together.execute(f"select * exclude ({COUNCIL}) from {name} where {COUNCIL} = ?", [code]).fetchall()
            expected = alone.execute(f"select * from {name}").fetchall()
            assert sorted(found, key=repr) == sorted(expected, key=repr), (code, name)
            compared += len(expected)
    assert compared > 5_000


def _together(tables: Mapping[str, Mapping[str, pa.Table]]) -> Mapping[str, pa.Table]:
    names = next(iter(tables.values()))
    return {name: pa.concat_tables(_with_code(code, each[name]) for code, each in tables.items()) for name in names}


def _with_code(code: str, table: pa.Table) -> pa.Table:
    return table.add_column(0, COUNCIL, pa.array([code] * len(table), pa.string()))
