"""SQL that is about one council, rewritten so that it is about many: no row of one meets a row of another.

Here belongs the rewriting of one query. Not here: the models and tests that it is done to (``many_councils``), which
know of one council and stay that simple.

Every relation has the council's code as its first column, so the same holds for each query: it has the code as its
first column, joins by it, groups by it, and each of its windows is within it. What a query means for one council, it
then means for each. A construct for which this was not thought through is refused, never passed on.
"""

from __future__ import annotations

from sqlglot import exp, parse_one

from dbt_project.parsed import ANY_COUNCIL
from sources.reference.whose import COUNCIL_CODE as COUNCIL

_THE_COUNCIL = "of_council"
_IN_TEXT = f"{ANY_COUNCIL}|"
_SUBTOTALS = (exp.Rollup, exp.Cube, exp.GroupingSets)
_KINDS_OF_JOIN = {("", ""), ("", "INNER"), ("LEFT", ""), ("", "CROSS"), ("FULL", ""), ("FULL", "OUTER")}
# sqlglot takes QUALIFY apart for Spark, as earlier ones need it; for Databricks, which speaks the same, it stays.
_DIALECTS = {"duckdb": "duckdb", "spark": "databricks"}


class NotKeptApart(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """A query has a construct of which nobody has said how it keeps councils apart."""


def kept_apart(sql: str, engine: str, councils: str) -> str:
    """Return a query about one council as one about many.

    Args:
        sql: The query.
        engine: Whose SQL it is.
        councils: The table, as SQL names it, in which each council has a row or more.

    Raises:
        NotKeptApart: If it cannot be said of a construct in it.
    """
    dialect = _DIALECTS[engine]
    query = parse_one(sql, dialect=dialect)
    all_councils = exp.select(COUNCIL).distinct().from_(parse_one(councils, dialect=dialect, into=exp.Table))
    _name_once(query)
    for select in list(query.find_all(exp.Select)):
        _refuse_unknown(select)
        _apart(select, all_councils)
    for alias in query.find_all(exp.TableAlias):
        if alias.columns and isinstance(alias.parent, exp.CTE):
            alias.set("columns", [exp.to_identifier(COUNCIL), *alias.columns])
    apart = query.sql(dialect=dialect)
    if ANY_COUNCIL in apart:
        raise NotKeptApart(f"the council's code is not at the beginning of a text: {apart}")
    return apart


def _name_once(query: exp.Expr) -> None:
    """Give each CTE within a CTE a name of its own: for Spark they are written side by side."""
    for number, inner in enumerate(query.find_all(exp.With)):
        if inner.parent is None or inner.parent is query:
            continue
        places = {cte.alias: place for place, cte in enumerate(inner.expressions)}
        for table in list(inner.parent.find_all(exp.Table)):
            # A CTE knows those before it, and itself if it may; any other name is of something outside.
            known = _place_in(inner, table) + bool(inner.recursive)
            if not table.db and places.get(table.name, known) < known:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.alias_or_name)))
                table.set("this", exp.to_identifier(f"{table.name}_{number}"))
        for cte in inner.expressions:
            cte.args["alias"].set("this", exp.to_identifier(f"{cte.alias}_{number}"))


def _place_in(with_: exp.With, table: exp.Table) -> int:
    """Return in which of its CTEs a table is named; after all of them, if it is in the query itself."""
    inside: exp.Expr | None = table
    while inside is not None and inside.parent is not with_:
        inside = inside.parent
    return next((place for place, cte in enumerate(with_.expressions) if cte is inside), len(with_.expressions))


def _refuse_unknown(select: exp.Select) -> None:
    unknown = [part for part in ("laterals", "limit", "offset", "pivots", "sample") if select.args.get(part)]
    unknown += [f"{join.side} {join.method} {join.kind} join" for join in _joins(select) if not _is_known(join)]
    relations = [join.this for join in _joins(select)] + ([_source(select)] if select.args.get("from_") else [])
    unknown += [f"from {each.sql()}" for each in relations if not _is_table(each)]
    if grouping := select.args.get("group"):
        # Subtotals are of a council where something else is grouped by too; alone, they have a row of nothing.
        is_of_subtotals = all(isinstance(each, _SUBTOTALS) for each in grouping.expressions)
        unknown += ["a grouping that is not by columns"] if is_of_subtotals else []
    elif select.args.get("having"):
        unknown.append("having without a grouping")
    if select.args.get("distinct") and select.args["distinct"].args.get("on"):
        unknown.append("distinct on")
    if isinstance(select.parent, exp.SetOperation) and select.parent.args.get("by_name"):
        unknown.append("by name")
    if unknown:
        raise NotKeptApart(f"{', '.join(unknown)}: {select.sql()}")


def _is_table(relation: exp.Expr) -> bool:
    is_named = isinstance(relation, exp.Table) and isinstance(relation.this, exp.Identifier)
    return is_named or (isinstance(relation, exp.Subquery) and isinstance(relation.this, exp.Query))


def _is_known(join: exp.Join) -> bool:
    return (join.side, join.kind) in _KINDS_OF_JOIN and not join.args.get("using") and not join.method


def _apart(select: exp.Select, all_councils: exp.Select) -> None:
    """Let one select of a query keep councils apart."""
    if not select.args.get("from_"):
        select.set("from_", exp.From(this=all_councils.copy().subquery(_THE_COUNCIL)))
    own = _join_within(select)
    if outer := _asked_by(select):
        select.where(own.eq(_code_of_source(outer)), copy=False)
    elif _is_one_row(select):
        own = _one_row_each(select, all_councils)
    elif grouping := select.args.get("group"):
        grouping.append("expressions", own.copy())
    _in_expressions(select, own)
    if not outer:
        _project(select, own)


def _join_within(select: exp.Select) -> exp.Expr:
    """Let each join be within a council; return the code of a row, which a full join may have from either side."""
    own: exp.Expr = _code_of_source(select)
    for join in _joins(select):
        theirs = _code_of(join.this)
        join.on(own.eq(theirs), copy=False)
        if join.kind == "CROSS":
            join.set("kind", "INNER")
        if join.side == "FULL":
            own = exp.func("coalesce", own, theirs)
    return own


def _in_expressions(select: exp.Select, own: exp.Expr) -> None:
    """Let windows be within a council, and keys be made of its code."""
    for window in select.find_all(exp.Window):
        is_only_named = window.args.get("alias") is not None
        if window.find_ancestor(exp.Select) is select and not is_only_named:
            window.append("partition_by", own.copy())
    for text in list(select.find_all(exp.Literal)):
        if text.is_string and text.this.startswith(_IN_TEXT) and text.find_ancestor(exp.Select) is select:
            text.replace(
                exp.paren(exp.DPipe(this=own.copy(), expression=exp.Literal.string(text.this[len(ANY_COUNCIL) :])))
            )


def _project(select: exp.Select, own: exp.Expr) -> None:
    """Put the code before the columns; a star stands for all but it."""
    for each in select.expressions:
        star = each if isinstance(each, exp.Star) else each.this if isinstance(each, exp.Column) else None
        if isinstance(star, exp.Star):
            star.append("except_", exp.column(COUNCIL))
    select.set("expressions", [exp.alias_(own.copy(), COUNCIL), *select.expressions])


def _one_row_each(select: exp.Select, all_councils: exp.Select) -> exp.Column:
    """Let an aggregate over everything have a row for each council, also for one that has no row to add up."""
    own, source, of_a_row = exp.column(COUNCIL, table=_THE_COUNCIL), _source(select), _code_of_source(select)
    for count in select.find_all(exp.Count):
        if isinstance(count.this, exp.Star) and count.find_ancestor(exp.Select) is select:
            count.set("this", of_a_row.copy())
    rows = source
    if joins := _joins(select):
        source.set("joins", joins)
        rows = exp.Paren(this=source)
    where = select.args.get("where")
    select.set("from_", exp.From(this=all_councils.copy().subquery(_THE_COUNCIL)))
    select.set(
        "joins", [exp.Join(this=rows, side="LEFT", on=exp.and_(own.eq(of_a_row), *([where.this] if where else [])))]
    )
    select.set("where", None)
    select.set("group", exp.Group(expressions=[own.copy()]))
    return own


def _is_one_row(select: exp.Select) -> bool:
    """Return whether a select adds everything up, without grouping."""
    return not select.args.get("group") and any(
        found.find_ancestor(exp.Select) is select and not found.find_ancestor(exp.Window)
        for each in select.expressions
        for found in each.find_all(exp.AggFunc)
    )


def _asked_by(select: exp.Select) -> exp.Select | None:
    """Return the select in one of whose expressions this one is asked; None where its rows are a relation."""
    above = select.parent
    while isinstance(above, (exp.SetOperation, exp.Subquery)) and not isinstance(above.parent, (exp.From, exp.Join)):
        above = above.parent
    if above is None or isinstance(above, (exp.CTE, exp.Subquery)):
        return None
    return above.find_ancestor(exp.Select)


def _code_of_source(select: exp.Select) -> exp.Column:
    return _code_of(_source(select))


def _code_of(relation: exp.Expr) -> exp.Column:
    if not relation.alias_or_name:
        raise NotKeptApart(f"a relation without a name: {relation.sql()}")
    return exp.column(COUNCIL, table=relation.alias_or_name)


def _source(select: exp.Select) -> exp.Expr:
    source: exp.Expr = select.args["from_"].this
    return source


def _joins(select: exp.Select) -> list[exp.Join]:
    return select.args.get("joins") or []
