"""The dbt project keeps the field's rules: keys, descriptions, contracts, access, lineage, portable SQL.

Each rule is a question to the manifest whose answer is the list of what breaks it. Each is asked of
the project, and then of the project with one thing spoilt, where it has to name what was spoilt.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dbt_project.published import published_tables
from orchestration.settings import PROJECT

Manifest = dict[str, Any]
Node = dict[str, Any]

PREFIXES = {
    "staging": ("stg_raw__", "stg_reference__"),
    "intermediate": ("int_",),
    "marts": ("dim_", "fct_", "bridge_"),
    "reporting": ("rpt_",),
}
PUBLIC = ("marts", "reporting")
# Each reads its own room and those before it: no circle between them.
ORDER = tuple(PREFIXES)
PRODUCTS = {f"P{number}" for number in range(1, 14)}
SCHEMAS = ("raw", "reference", "staging", "intermediate", "marts")

# DuckDB has them and Spark has not, or means something else by them.
NOT_PORTABLE = re.compile(
    r"""
    \b(?:arg_max|arg_min|unnest|generate_series|list_\w+|struct_pack|string_agg|group_concat|hugeint
       |strftime|strptime|epoch\w*|date_diff|datediff|date_trunc|regexp_\w+|try_cast|any_value|sha256|median|quantile\w*
       |concat|printf|format)\s*\(
    | :: | // | \bexclude\b | \breplace\s*\(\s*\w+\s+as\b | \bilike\b | \basof\b | \bpositional\b
    | \bgroup\s+by\s+all\b | \border\s+by\s+all\b | \binterval\b | \bas\s+(?:text|varchar|hugeint|double)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# dbt's own that mean something else on Spark: without the order; only for a literal place.
NOT_ALIKE = re.compile(r"\bdbt\.(?:listagg|split_part)\b")
HARD_CODED = re.compile(rf"\b(?:from|join)\s+\"?(?:{'|'.join(SCHEMAS)})\"?\.", re.IGNORECASE)


def _models(manifest: Manifest) -> Iterator[Node]:
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "model")


def _tests(manifest: Manifest) -> Iterator[Node]:
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "test")


def _room(model: Node) -> str:
    return str(model["fqn"][1])


def _upstream(node: Node, kind: str) -> list[str]:
    return [unique_id for unique_id in node["depends_on"]["nodes"] if unique_id.startswith(f"{kind}.")]


def _sql(text: str) -> str:
    """Return SQL without comments, Jinja and strings."""
    return re.sub(r"--[^\n]*|\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|'[^']*'", " ", text, flags=re.DOTALL)


# --- the rules ---


def undescribed(manifest: Manifest) -> list[str]:
    """Every model, source, exposure and group says what it is, and so does each column that is declared."""
    kinds = ("nodes", "sources", "exposures", "groups", "metrics", "semantic_models")
    described = [node for kind in kinds for node in manifest[kind].values() if node["resource_type"] != "test"]
    columns = [
        {"name": f"{node['name']}.{column['name']}", "description": column["description"]}
        for node in described
        for column in node.get("columns", {}).values()
    ]
    return [item["name"] for item in [*described, *columns] if not item["description"]]


def undescribed_macros(manifest: Manifest) -> list[str]:
    """Every macro says what it gives, and what each argument is: in the comment above it (tests.macro_descriptions)."""
    return [
        macro["name"]
        for macro in _own_macros(manifest)
        if not macro["description"] or not all(argument["description"] for argument in macro["arguments"])
    ]


def without_primary_key(manifest: Manifest) -> list[str]:
    """Every model says of what it has one row each: the rows are tested, or DuckDB keeps the key."""
    tested = {test["attached_node"]: test["test_metadata"]["kwargs"] for test in _tests(manifest) if _is_of_rules(test)}
    in_rooms = {unique_id for test in _tests(manifest) for unique_id in _upstream(test, "model") if _is_of_room(test)}
    return [
        model["name"]
        for model in _models(manifest)
        if not (
            tested.get(model["unique_id"], {}).get("one_row_per")
            or (model["unique_id"] in in_rooms and model["config"]["meta"].get("holds", {}).get("one_row_per"))
            or any(c["type"] == "primary_key" for column in model["columns"].values() for c in column["constraints"])
        )
    ]


def _is_of_rules(test: Node) -> bool:
    return "test_metadata" in test and test["test_metadata"]["name"] == "holds"


def _is_of_room(test: Node) -> bool:
    """A test of the rules of every model of a room."""
    return bool(test["name"] in ("staging__holds", "intermediate__holds"))


def wrong_access(manifest: Manifest) -> list[str]:
    """Marts and reports are public and under contract; all else is private, in a group that a post answers for."""
    return [
        model["name"]
        for model in _models(manifest)
        if model["access"] != ("public" if _room(model) in PUBLIC else "private")
        or model["contract"]["enforced"] != (_room(model) in PUBLIC)
        or f"group.savings_warehouse.{model['group']}" not in manifest["groups"]
    ]


def wrong_names(manifest: Manifest) -> list[str]:
    """A model's name says in which room it is, that of a staging model of which source it is."""
    return [model["name"] for model in _models(manifest) if not model["name"].startswith(PREFIXES[_room(model)])]


def wrong_lineage(manifest: Manifest) -> list[str]:
    """A staging model reads its one source, every other model reads models alone."""
    return [
        model["name"]
        for model in _models(manifest)
        if (len(_upstream(model, "source")), bool(_upstream(model, "model")))
        != ((1, False) if _room(model) == "staging" else (0, True))
    ]


def against_the_order(manifest: Manifest) -> list[str]:
    """Staging, intermediate, marts, reporting: no model reads one of a later room."""
    models = {model["unique_id"]: model for model in _models(manifest)}
    return [
        f"{model['name']} reads {models[read]['name']}"
        for model in models.values()
        for read in _upstream(model, "model")
        if ORDER.index(_room(models[read])) > ORDER.index(_room(model))
    ]


def unused(manifest: Manifest) -> list[str]:
    """A table that no model reads is no source: loading it costs every night."""
    read = {unique_id for model in _models(manifest) for unique_id in _upstream(model, "source")}
    return [source["name"] for unique_id, source in manifest["sources"].items() if unique_id not in read]


def hard_coded(manifest: Manifest) -> list[str]:
    """No SQL names a relation: ref() and source() do, so that the lineage is whole."""
    nodes = [*_models(manifest), *_tests(manifest)]
    return [node["name"] for node in nodes if HARD_CODED.search(node["raw_code"])]


def not_portable(manifest: Manifest) -> list[str]:
    """What only one engine knows stands in a dispatched macro."""
    found = [(node["name"], node["raw_code"]) for node in [*_models(manifest), *_tests(manifest)]]
    found += [(macro["name"], macro["macro_sql"]) for macro in _own_macros(manifest) if "__" not in macro["name"]]
    hits = [(name, NOT_PORTABLE.search(_sql(text)) or NOT_ALIKE.search(text)) for name, text in found]
    return [f"{name}: {hit.group().strip()}" for name, hit in hits if hit]


def without_a_twin(manifest: Manifest) -> list[str]:
    """A macro that is dispatched is written for Spark too."""
    names = {macro["name"] for macro in _own_macros(manifest)}
    dispatched = {name.removeprefix("default__") for name in names if name.startswith("default__")}
    return sorted(name for name in dispatched if f"spark__{name}" not in names)


def _own_macros(manifest: Manifest) -> Iterator[Node]:
    return (macro for macro in manifest["macros"].values() if macro["package_name"] == "savings_warehouse")


def unread(manifest: Manifest) -> list[str]:
    """Every published table has a reader in models/exposures.yml, every product P1 to P13 stands there."""
    read = {unique_id for exposure in manifest["exposures"].values() for unique_id in _upstream(exposure, "model")}
    products = {exposure["config"]["meta"].get("product") for exposure in manifest["exposures"].values()}
    tables = [m["name"] for m in _models(manifest) if m["access"] == "public" and m["unique_id"] not in read]
    return [*tables, *sorted(PRODUCTS - products)]


def without_a_unit_test(manifest: Manifest) -> list[str]:
    """Every published table has a unit test, in the file that describes it: figures that it was agreed by."""
    tested = {(test["model"], test["original_file_path"]) for test in manifest["unit_tests"].values()}
    return [
        model["name"]
        for model in _models(manifest)
        if _room(model) in PUBLIC
        and (model["name"], str(Path(model["original_file_path"]).with_suffix(".yml"))) not in tested
    ]


def described_elsewhere(manifest: Manifest) -> list[str]:
    """What BI may ask a table for by name stands in the file that describes the table."""
    files = {model["name"]: str(Path(model["original_file_path"]).with_suffix(".yml")) for model in _models(manifest)}
    semantic = {each["name"]: each for each in manifest["semantic_models"].values()}
    measured_in = {
        measure["name"]: each["original_file_path"] for each in semantic.values() for measure in each["measures"]
    }
    return [
        *(name for name, each in semantic.items() if each["original_file_path"] != files[_table(each["model"])]),
        *(
            metric["name"]
            for metric in manifest["metrics"].values()
            for measure in metric["type_params"]["input_measures"]
            if metric["type"] == "simple" and metric["original_file_path"] != measured_in[measure["name"]]
        ),
    ]


def _table(reference: str) -> str:
    """Return the model that ``ref('name')`` is about."""
    return re.findall(r"\w+", reference)[-1]


def wrong_exposures(manifest: Manifest) -> list[str]:
    """An exposure has a post and its address as its owner, and depends on public models alone."""
    return [
        exposure["name"]
        for exposure in manifest["exposures"].values()
        if not (exposure["owner"]["name"] and re.fullmatch(r"[\w.]+@[\w.]+\.example", exposure["owner"]["email"]))
        or any(manifest["nodes"][unique_id]["access"] != "public" for unique_id in _upstream(exposure, "model"))
        or exposure["depends_on"]["nodes"] != _upstream(exposure, "model")
    ]


def silent_tests(manifest: Manifest) -> list[str]:
    """A test that is SQL of its own opens by saying what has to hold."""
    singular = [test for test in _tests(manifest) if "test_metadata" not in test]
    return [test["name"] for test in singular if not re.match(r"(-- |\{# ?)\w", test["raw_code"].strip())]


def unexplained_rules(manifest: Manifest) -> list[str]:
    """Every rule that a published description names stands in docs/rules.md."""
    listed = set(re.findall(r"^\| (R\d\d) \|", (PROJECT / "docs" / "rules.md").read_text("utf-8"), re.MULTILINE))
    texts = [
        text
        for model in _models(manifest)
        if model["access"] == "public"
        for text in (model["description"], *(column["description"] for column in model["columns"].values()))
    ]
    return sorted({rule for text in texts for rule in re.findall(r"\bR\d\d\b", text)} - listed)


RULES: tuple[Callable[[Manifest], list[str]], ...] = (
    undescribed,
    undescribed_macros,
    without_primary_key,
    wrong_access,
    wrong_names,
    wrong_lineage,
    against_the_order,
    unused,
    hard_coded,
    not_portable,
    without_a_twin,
    unread,
    without_a_unit_test,
    described_elsewhere,
    wrong_exposures,
    silent_tests,
    unexplained_rules,
)


# --- asked of the project ---


@pytest.fixture(scope="module")
def manifest(parsed_manifest: Path) -> Manifest:
    parsed: Manifest = json.loads(parsed_manifest.read_bytes())
    return parsed


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(manifest: Manifest, rule: Callable[[Manifest], list[str]]):
    assert rule(manifest) == [], rule.__doc__


def test_every_published_table_has_a_key_and_each_reference_leads_to_one(manifest: Manifest, tmp_path: Path):
    """Ruling G2: what PostgreSQL, Parquet and the descriptions of files are told."""
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest))
    tables = {table.name: table for table in published_tables(path)}
    references = [column.leads_to for table in tables.values() for column in table.columns if column.leads_to]
    assert [table.name for table in tables.values() if not table.key] == []
    assert [(name, column) for name, column in references if tables[name].key != (column,)] == []
    assert references


def test_what_checks_read_beside_published_tables_comes_back_from_spark(manifest: Manifest) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (PROJECT / "expectations").glob("*.py")]
    read = {name for text in texts for name in re.findall(r"\b(?:staging|intermediate)\.(\w+)", text)}
    marked = {model["name"] for model in _models(manifest) if model["config"]["meta"].get("read_by_checks")}
    assert read == marked


# --- asked of the project with one thing spoilt ---

LINE = "model.savings_warehouse.stg_raw__savings_line"
POSITION = "model.savings_warehouse.int_position"
FACT = "model.savings_warehouse.fct_savings_position"
REPORT = "model.savings_warehouse.rpt_cabinet_table_1"
TABLE_1 = "exposure.savings_warehouse.cabinet_table_1"
LINES = "semantic_model.savings_warehouse.savings_position"
METRIC = "metric.savings_warehouse.baseline"
SINGULAR = "test.savings_warehouse.rpt_cabinet_table_1__agrees"
STAGING = "test.savings_warehouse.staging__holds"
TWIN = "macro.savings_warehouse.spark__days_after"


def _change(kind: str, unique_id: str, **changed: Any) -> Callable[[Manifest], None]:
    return lambda manifest: manifest[kind][unique_id].update(changed)


def _append(unique_id: str, sql: str) -> Callable[[Manifest], None]:
    def spoil(manifest: Manifest) -> None:
        manifest["nodes"][unique_id]["raw_code"] += f"\n{sql}"

    return spoil


def _without_tests_named(kind: str, attached_node: str) -> Callable[[Manifest], None]:
    def spoil(manifest: Manifest) -> None:
        for unique_id, test in list(manifest["nodes"].items()):
            is_meant = test.get("attached_node") == attached_node and test["test_metadata"]["name"] == kind
            if is_meant:
                del manifest["nodes"][unique_id]

    return spoil


def _depending_on(kind: str, unique_id: str, *upstream: str) -> Callable[[Manifest], None]:
    return lambda manifest: manifest[kind][unique_id]["depends_on"].update(nodes=list(upstream))


@pytest.mark.parametrize(
    ("rule", "spoil", "named"),
    [
        (undescribed, _change("nodes", POSITION, description=""), "int_position"),
        (undescribed_macros, _change("macros", TWIN, description=""), "spark__days_after"),
        (without_primary_key, _without_tests_named("holds", FACT), "fct_savings_position"),
        (without_primary_key, _change("nodes", LINE, config={"meta": {}}), "stg_raw__savings_line"),
        (without_primary_key, _depending_on("nodes", STAGING, POSITION), "stg_raw__savings_line"),
        (wrong_access, _change("nodes", POSITION, access="public"), "int_position"),
        (wrong_access, _change("nodes", FACT, access="private"), "fct_savings_position"),
        (wrong_access, _change("nodes", FACT, contract={"enforced": False}), "fct_savings_position"),
        (wrong_access, _change("nodes", FACT, group=None), "fct_savings_position"),
        (wrong_names, _change("nodes", POSITION, name="position"), "position"),
        (wrong_lineage, _depending_on("nodes", LINE, "source.a", "source.b"), "stg_raw__savings_line"),
        (wrong_lineage, _depending_on("nodes", FACT, "source.a", POSITION), "fct_savings_position"),
        (against_the_order, _depending_on("nodes", FACT, REPORT), "fct_savings_position reads rpt_cabinet_table_1"),
        (against_the_order, _depending_on("nodes", POSITION, FACT), "int_position reads fct_savings_position"),
        (unused, _depending_on("nodes", LINE), "savings_line"),
        (hard_coded, _append(POSITION, "inner join marts.dim_date on true"), "int_position"),
        (not_portable, _append(POSITION, "select arg_max(a, b)"), "int_position: arg_max("),
        (not_portable, _append(POSITION, "select a::integer"), "int_position: ::"),
        (
            not_portable,
            _append(SINGULAR, "select * exclude (a)"),
            "rpt_cabinet_table_1__agrees: exclude",
        ),
        (not_portable, _append(POSITION, "select {{ dbt.listagg('a') }}"), "int_position: dbt.listagg"),
        (without_a_twin, lambda manifest: manifest["macros"].pop(TWIN), "days_after"),
        (unread, lambda manifest: manifest["exposures"].pop(TABLE_1), "rpt_cabinet_table_1"),
        (unread, lambda manifest: manifest["exposures"].pop(TABLE_1), "P1"),
        (without_a_unit_test, lambda manifest: manifest["unit_tests"].clear(), "fct_savings_position"),
        (described_elsewhere, _change("semantic_models", LINES, original_file_path="savings.yml"), "savings_position"),
        (described_elsewhere, _change("metrics", METRIC, original_file_path="metrics.yml"), "baseline"),
        (wrong_exposures, _depending_on("exposures", TABLE_1, POSITION), "cabinet_table_1"),
        (wrong_exposures, _change("exposures", TABLE_1, owner={"name": "", "email": ""}), "cabinet_table_1"),
        (silent_tests, _change("nodes", SINGULAR, raw_code="select 1"), "rpt_cabinet_table_1__agrees"),
        (unexplained_rules, _change("nodes", FACT, description="As R99 says."), "R99"),
    ],
)
def test_what_breaks_a_rule_is_named(
    manifest: Manifest, rule: Callable[[Manifest], list[str]], spoil: Callable[[Manifest], Any], named: str
):
    spoilt = copy.deepcopy(manifest)
    spoil(spoilt)
    assert named in rule(spoilt)
