"""The semantic model: tables, columns, relationships, measures, and where the rows come from.

Here belongs what the contract means in Power BI. Not here: the metrics' DAX (``metrics``), and the files around the
model (``project``). Between two tables one path of filters is active at most: from a fact to each of its dimensions.
The others are there, switched off, for a measure that asks for them (USERELATIONSHIP).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence

from dbt_project.published import CONTRACT, PublishedColumn, PublishedTable
from publishing.files import Described
from publishing.powerbi.metrics import Measure
from publishing.powerbi.names import column_name, in_tmdl, table_name
from publishing.powerbi.tmdl import Object, Value, as_file
from publishing.release_tables import META_LAST_REFRESHED, ReleaseColumn

DATES, DAY = "dim_date", "date_day"
_ORDER = "sort_order"
# Of no use to who makes a report.
_HIDDEN = frozenset({_ORDER, "row_hash", "span_no"})
_PLACES = 4
_FACTS = ("fct_", "bridge_")
_DIMENSION = "dim_"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, f"https://savings-warehouse/{CONTRACT}/powerbi")
_TYPES = {
    "varchar": "string",
    "boolean": "boolean",
    "integer": "int64",
    "bigint": "int64",
    "decimal": "decimal",
    "date": "dateTime",
    "timestamp": "dateTime",
}
_FORMATS = {"pounds": "£#,0;-£#,0;£0", "ratio": "0.0%", "day": "d mmmm yyyy", "UTC": "d mmmm yyyy hh:nn"}
_PARAMETERS = {
    "Where from": ("PostgreSQL", "PostgreSQL for the copy in the database, Folder for the files of a release."),
    "Server": ("localhost", "The PostgreSQL server; it counts where the rows are from PostgreSQL."),
    "Database": ("savings", "The database on that server."),
    "Folder": (
        "C:\\savings\\current\\parquet",
        "The folder with the Parquet files of a release, without a stroke at its end.",
    ),
}


def definition(
    tables: Sequence[PublishedTable], measures: Sequence[Measure], days: Mapping[str, str]
) -> dict[str, str]:
    """Return the files of the model's ``definition`` folder by their paths in it.

    Args:
        tables: The published tables; what reports are made of (``rpt_``) is left out: it is added up already.
        measures: What Power BI may add.
        days: The column of a table that says of which day its rows are.
    """
    shown: list[Described] = [table for table in tables if table.name.startswith((*_FACTS, _DIMENSION))]
    shown.append(META_LAST_REFRESHED)
    added = {(measure.table, measure.column) for measure in measures}
    files = {f"tables/{table_name(table.name)}.tmdl": as_file(_table(table, measures, added)) for table in shown}
    names = [in_tmdl(table_name(table.name)) for table in shown]
    return {
        "database.tmdl": "database\n\tcompatibilityLevel: 1600\n",
        "model.tmdl": as_file(_model()) + "\n" + "".join(f"ref table {name}\n" for name in names),
        "expressions.tmdl": as_file(*_parameters()),
        "relationships.tmdl": as_file(*_relationships(tables, days)),
        **files,
    }


def tag(*path: str) -> str:
    """Return an id that stays the same for the same thing."""
    return str(uuid.uuid5(_SPACE, "/".join(path)))


def _model() -> Object:
    return Object(
        "model",
        "Model",
        {
            "culture": "en-GB",
            "defaultPowerBIDataSourceVersion": "powerBI_V3",
            "discourageImplicitMeasures": True,
            "sourceQueryCulture": "en-GB",
        },
    )


def _parameters() -> Iterator[Object]:
    for name, (value, description) in _PARAMETERS.items():
        about = 'IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true'
        if name == "Where from":
            about = f'List={{"PostgreSQL", "Folder"}}, DefaultValue="{value}", {about}'
        properties = {"lineageTag": tag("expression", name)}
        yield Object("expression", name, properties, f'"{value}" meta [{about}]', description)


def _table(table: Described, measures: Sequence[Measure], added: set[tuple[str, str | None]]) -> Object:
    properties: dict[str, Value] = {
        "lineageTag": tag(table.name),
        "dataCategory": "Time" if table.name == DATES else False,
    }
    return Object(
        "table",
        table_name(table.name),
        properties,
        description=" ".join(table.description.split()),
        parts=[
            *(_measure(measure) for measure in measures if measure.table == table.name),
            *(_column(table, column, (table.name, column.name) in added) for column in table.columns),
            _partition(table),
        ],
    )


def _measure(measure: Measure) -> Object:
    return Object(
        "measure",
        measure.label,
        {
            "formatString": _FORMATS["ratio" if measure.is_ratio else "pounds"],
            "lineageTag": tag("measure", measure.label),
        },
        measure.dax,
        measure.description,
    )


def _column(table: Described, column: PublishedColumn | ReleaseColumn, is_added: bool) -> Object:
    key = (DAY,) if table.name == DATES else table.key if isinstance(table, PublishedTable) else ()
    properties: dict[str, Value] = {
        "dataType": _type_of(column.data_type),
        "isHidden": is_added or column.name.endswith("_key") or column.name in _HIDDEN,
        "isKey": key == (column.name,),
        "formatString": _FORMATS.get(column.unit, False),
        "lineageTag": tag(table.name, column.name),
        "summarizeBy": "none",
        "displayFolder": "Cells" if column.name.endswith("_cell") or column.name.startswith("source_") else False,
        "sortByColumn": in_tmdl(column_name(_ORDER)) if column.name == "name" and _is_ordered(table) else False,
        "sourceColumn": column.name,
    }
    return Object("column", column_name(column.name), properties, description=" ".join(column.description.split()))


def _type_of(data_type: str) -> str:
    # Power BI's decimal has four places.
    base, _, scale = data_type.partition("(")
    is_exact = base != "decimal" or int(scale.rstrip(")").split(",")[1]) <= _PLACES
    return _TYPES[base] if is_exact else "double"


def _is_ordered(table: Described) -> bool:
    return any(column.name == _ORDER for column in table.columns)


def _partition(table: Described) -> Object:
    source = (
        "let\n"
        '\tRows = if #"Where from" = "Folder"\n'
        f'\t\tthen Parquet.Document(File.Contents(Folder & "\\{table.name}.parquet"))\n'
        "\t\telse PostgreSQL.Database(Server, Database, [CreateNavigationProperties = false])"
        f'{{[Schema = "{CONTRACT}", Item = "{table.name}"]}}[Data]\n'
        "in\n"
        "\tRows"
    )
    return Object("partition", table_name(table.name), {"mode": "import", "source": source}, "m")


def _relationships(tables: Sequence[PublishedTable], days: Mapping[str, str]) -> Iterator[Object]:
    shown = {table.name for table in tables if table.name.startswith((*_FACTS, _DIMENSION))}
    for table in tables:
        if table.name not in shown:
            continue
        reached: set[str] = set()
        for column in table.columns:
            to = (DATES, DAY) if days.get(table.name) == column.name else column.leads_to
            if to is None or to[0] not in shown:
                continue
            is_active = table.name.startswith(_FACTS) and to[0].startswith(_DIMENSION) and to[0] not in reached
            reached.add(to[0])
            yield _relationship((table.name, column.name), to, is_active=is_active)


def _relationship(many: tuple[str, str], one: tuple[str, str], *, is_active: bool) -> Object:
    properties: dict[str, Value] = {} if is_active else {"isActive": "false"}
    properties |= {"fromColumn": _end(*many), "toColumn": _end(*one)}
    return Object("relationship", tag("relationship", *many, *one), properties)


def _end(table: str, column: str) -> str:
    return f"{in_tmdl(table_name(table))}.{in_tmdl(column_name(column))}"
