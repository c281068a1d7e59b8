"""The one place that owns dbt, on a project of two models: what it believes, and what it lets go of."""

from __future__ import annotations

import json
import pickle
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunnerResult
from dbt_common.events.base_types import EventMsg

from dbt_project import candidate as scratch
from dbt_project import lineage, parsed
from dbt_project.invocation import PROJECT, DbtFailed, Invocation
from dbt_project.parsed import parse, parse_installed
from dbt_project.rules import FailingRow
from dbt_project.run_dbt import BuildResult, build, result_of, run_unit_tests

FILES = {
    "dbt_project.yml": """
        {name: tiny, profile: tiny, models: {tiny: {+materialized: table}}}
    """,
    "profiles.yml": """
        tiny:
          target: duckdb
          outputs: {duckdb: {type: duckdb, path: "{{ var('candidate') }}", schema: marts, threads: 1}}
    """,
    "models/plan.sql": "select 1 as line_key, cast(100.00 as decimal(14,2)) as baseline_gbp",
    "models/half.sql": "select line_key, baseline_gbp - 50 as half_gbp from {{ ref('plan') }}",
    "models/plan_contract.yml": "models: [{name: plan}]",
    "tests/plan__has_one_row_a_line.sql": """
        select 'plan__has_one_row_a_line' as rule, cast(line_key as varchar) as key, cast(count(*) as varchar) as value
        from {{ ref('plan') }}
        group by line_key
        having count(*) > 1
    """,
    "models/half_tests.yml": """
        unit_tests:
          - name: half_takes_fifty_pounds_away
            model: half
            given: [{input: ref('plan'), rows: [{line_key: 1, baseline_gbp: 80}]}]
            expect: {rows: [{line_key: 1, half_gbp: 30}]}
    """,
}
TESTED_TWICE = "{plan} union all {plan}".format(plan=FILES["models/plan.sql"])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project")


def write_project(folder: Path, **changed: str) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text))
    return folder


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    return new_candidate(tmp_path / "build")


def new_candidate(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    with duckdb.connect(folder / "candidate.duckdb") as connection:
        connection.execute("create schema reference")
        connection.execute("create table reference.setting (name text, value text, known_to_at timestamp)")
    return folder / "candidate.duckdb"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, BuildResult]:
    """A project, a candidate and the result of building it, for tests that only look."""
    folder = tmp_path_factory.mktemp("built")
    project, candidate = write_project(folder / "project"), new_candidate(folder / "build")
    return project, candidate, build(candidate, project=project)


def when_dbt_is_done(act: Callable[[], object]) -> Callable[[EventMsg], None]:
    """Return a listener that acts once dbt has written all it writes."""

    def listen(event: EventMsg) -> None:
        if event.info.name == "CommandCompleted":
            act()

    return listen


def test_every_model_and_test_of_the_project_has_a_result(built: tuple[Path, Path, BuildResult]):
    _, _, result = built

    assert result.success
    assert {(node.name, node.resource_type, node.status) for node in result.nodes.values()} == {
        ("plan", "model", "success"),
        ("half", "model", "success"),
        ("plan__has_one_row_a_line", "test", "pass"),
    }
    assert {node.severity for node in result.nodes.values() if node.resource_type == "test"} == {"error"}
    assert json.loads(result.manifest.read_bytes())["nodes"].keys() == result.nodes.keys()


def test_the_candidate_is_let_go_of(built: tuple[Path, Path, BuildResult]):
    _, candidate, _ = built

    assert not scratch.wal_of(candidate).exists()
    with scratch.read(candidate) as connection:
        assert connection.sql("select half_gbp from marts.half").fetchall() == [(50,)]


def test_a_later_step_reads_the_same_result(built: tuple[Path, Path, BuildResult]):
    _, candidate, result = built

    assert result_of(candidate) == result


def test_a_candidate_that_was_never_built_has_no_result(candidate: Path):
    """F-E06."""
    with pytest.raises(DbtFailed, match="build it again"):
        result_of(candidate)


def test_a_candidate_that_was_written_since_has_no_result(project: Path, candidate: Path):
    """F-F15."""
    build(candidate, project=project)
    with duckdb.connect(candidate) as connection:
        connection.execute("update marts.half set half_gbp = 49")

    with pytest.raises(DbtFailed, match="build it again"):
        result_of(candidate)
    candidate.unlink()
    with pytest.raises(DbtFailed, match="build it again"):
        result_of(candidate)


def test_nothing_is_written_into_the_project(built: tuple[Path, Path, BuildResult]):
    project, _, _ = built

    assert {str(path.relative_to(project)) for path in project.rglob("*") if path.is_file()} == set(FILES)


def test_the_events_of_the_run_are_handed_on(project: Path, candidate: Path):
    seen: list[str] = []
    result = build(candidate, lambda event: seen.append(event.info.name), project=project)

    assert result.success
    assert seen.count("LogModelResult") == 2
    assert seen.count("LogTestResult") == 1


def test_nothing_reaches_for_the_network(project: Path, candidate: Path, monkeypatch: pytest.MonkeyPatch):
    """F-F13."""
    reached: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: reached.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **_: reached.append(where))

    assert build(candidate, project=project).success
    assert reached == []


def test_a_failing_model_is_a_result_and_leaves_no_wal(tmp_path: Path, candidate: Path):
    """F-E09."""
    project = write_project(
        tmp_path / "project", half="select line_key, error('no half') as half_gbp from {{ ref('plan') }}"
    )
    result = build(candidate, project=project)

    assert not result.success
    assert result.nodes["model.tiny.plan"].status == "success"
    assert result.nodes["model.tiny.half"].status == "error"
    assert "no half" in result.nodes["model.tiny.half"].message
    assert not scratch.wal_of(candidate).exists()


def test_a_model_that_outgrows_its_memory_is_a_result(tmp_path: Path, candidate: Path):
    """F-D35: the limit is DuckDB's own, so the process lives on."""
    profiles = FILES["profiles.yml"].replace("threads: 1", "threads: 1, config_options: {memory_limit: 20MB}")
    large = "select i as line_key, list(i + j) as all_of_them from range(2000) a(i), range(20000) b(j) group by i"

    result = build(candidate, project=write_project(tmp_path / "large", profiles=profiles, plan=large))
    assert not result.success
    assert "Out of Memory" in next(node.message for node in result.nodes.values() if node.name == "plan")


def test_a_table_that_is_no_longer_what_its_contract_says_fails_the_build(tmp_path: Path, candidate: Path):
    """F-E08: a developer gives a published column another type."""
    contract = """
        models:
          - name: plan
            config: {contract: {enforced: true}}
            columns: [{name: line_key, data_type: integer}, {name: baseline_gbp, data_type: "decimal(14,2)"}]
    """
    project = write_project(
        tmp_path / "project", plan_contract=contract, plan="select 1 as line_key, '100' as baseline_gbp"
    )

    result = build(candidate, project=project)
    assert not result.success
    assert "success" not in {node.status for node in result.nodes.values()}


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("{name: line_key, data_type: integer}, {name: baseline_gbp, data_type: 'decimal(14,2)'}", ""),
        # Not as DuckDB names it; dbt's own comparison knows that it is the same.
        ("{name: baseline_gbp, data_type: 'numeric(14,2)'}, {name: line_key, data_type: int}", ""),
        ("{name: line_key, data_type: integer}, {name: baseline_gbp, data_type: varchar}", "data type mismatch"),
        ("{name: line_key, data_type: integer}", "missing in contract"),
    ],
)
def test_a_query_is_held_to_its_contract_as_dbt_holds_it(tmp_path: Path, candidate: Path, declared: str, said: str):
    """F-E08: a query is asked for its columns once, not beside an empty one of the contract's."""
    contract = f"models: [{{name: plan, config: {{contract: {{enforced: true}}}}, columns: [{declared}]}}]"
    project = write_project(tmp_path / "project", plan_contract=contract)
    (project / "macros").mkdir()
    shutil.copy(PROJECT / "macros" / "constraints.sql", project / "macros")

    result = build(candidate, project=project)
    assert (result.success, said in result.nodes["model.tiny.plan"].message) == (not said, True)


def test_a_failing_test_of_severity_error_fails_the_build_and_skips_what_is_downstream(tmp_path: Path, candidate: Path):
    """F-E10."""
    result = build(candidate, project=write_project(tmp_path / "project", plan=TESTED_TWICE))
    test = next(node for node in result.nodes.values() if node.resource_type == "test")

    assert not result.success
    assert (test.status, test.failures) == ("fail", 1)
    assert test.rows == (FailingRow("plan__has_one_row_a_line", "1", "2"),)
    assert result.nodes["model.tiny.half"].status == "skipped"


def test_a_project_that_does_not_parse_is_an_error(tmp_path: Path, candidate: Path):
    project = write_project(tmp_path / "project", half="select * from {{ ref('nothing') }}")

    with pytest.raises(DbtFailed, match="depends on a node named 'nothing'"):
        build(candidate, project=project)


def test_results_of_an_earlier_run_are_not_believed(tmp_path: Path, built: tuple[Path, Path, BuildResult]):
    """F-E16: what dbt returns is believed, and a record of a build only with the candidate that it left."""
    project, _, earlier = built
    candidate = new_candidate(tmp_path / "build")
    target = candidate.parent / "dbt" / "target"
    target.mkdir(parents=True)
    shutil.copy(earlier.manifest.with_name("build_result.json"), target)

    with pytest.raises(DbtFailed, match="build it again"):
        result_of(candidate)
    assert build(candidate, project=project).invocation_id != earlier.invocation_id


def test_a_run_without_results_is_an_error(project: Path, candidate: Path, monkeypatch: pytest.MonkeyPatch):
    """F-D05."""
    let_dbt_return_only(monkeypatch, lambda _: False)

    with pytest.raises(DbtFailed, match=r"not run: \['model\.tiny\.half', 'model\.tiny\.plan', 'test\."):
        build(candidate, project=project)


def test_a_node_without_a_result_is_named(project: Path, candidate: Path, monkeypatch: pytest.MonkeyPatch):
    let_dbt_return_only(monkeypatch, lambda name: name != "half")

    with pytest.raises(DbtFailed, match=r"not run: \['model\.tiny\.half'\]"):
        build(candidate, project=project)


def let_dbt_return_only(monkeypatch: pytest.MonkeyPatch, is_returned: Callable[[str], bool]) -> None:
    run = Invocation.run

    def less(*asked: Any) -> dbtRunnerResult:
        outcome = run(*asked)
        if isinstance(outcome.result, RunExecutionResult):
            outcome.result.results = [each for each in outcome.result.results if is_returned(each.node.name)]
        return outcome

    monkeypatch.setattr(Invocation, "run", less)


def test_what_is_rendered_once_for_all_councils_is_the_sql_of_one(project: Path):
    """A code with a quote is no end of a text; what follows the data is rendered when it is built."""
    (project / "models" / "plan.sql").write_text('select \'{{ var("council_code") | replace("\'", "\'\'") }}\' as of')
    (project / "models" / "half.sql").write_text("{% if execute %}select 1 as of{% endif %}")
    manifest = parsed.rendered(parse_installed(project=project), "O'Neill")

    assert manifest.nodes["model.tiny.plan"].raw_code == "select 'O''Neill' as of"
    assert manifest.nodes["model.tiny.half"].raw_code == "{% if execute %}select 1 as of{% endif %}"


def test_a_candidate_that_somebody_still_writes_is_an_error(project: Path, candidate: Path):
    held: list[object] = []

    with pytest.raises(DbtFailed, match=r"a \.wal is left beside candidate\.duckdb"):
        build(candidate, when_dbt_is_done(lambda: held.append(DuckDBConnectionManager.env())), project=project)


def test_a_candidate_that_another_process_reads_is_an_error_that_says_so(project: Path, candidate: Path):
    """F-E02."""
    hold = "import duckdb, sys; held = duckdb.connect(sys.argv[1], read_only=True); print('held'); sys.stdin.read()"
    command = [sys.executable, "-u", "-c", hold, str(candidate)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "held\n"
        with pytest.raises(DbtFailed, match="lock"):
            build(candidate, project=project)
        reader.communicate("")

    assert build(candidate, project=project).success


def test_who_stops_the_process_is_not_taken_for_a_failure_of_dbt(project: Path, candidate: Path):
    """F-D10."""

    def stop(_: EventMsg) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(candidate, stop, project=project)


def test_unit_tests_run_on_their_own(built: tuple[Path, Path, BuildResult]):
    project, candidate, _ = built
    result = run_unit_tests(candidate, project=project)

    assert result.success
    assert [(node.name, node.resource_type, node.status) for node in result.nodes.values()] == [
        ("half_takes_fifty_pounds_away", "unit_test", "pass")
    ]


def test_a_failing_unit_test_is_a_result(tmp_path: Path, candidate: Path):
    project = write_project(
        tmp_path / "project", half="select line_key, baseline_gbp - 51 as half_gbp from {{ ref('plan') }}"
    )

    assert build(candidate, project=project).success
    assert not run_unit_tests(candidate, ["half"], project=project).success


def test_a_selection_that_matches_nothing_is_an_error(built: tuple[Path, Path, BuildResult]):
    """F-E15."""
    project, candidate, _ = built

    with pytest.raises(DbtFailed, match="'halff' does not match any"):
        run_unit_tests(candidate, ["halff"], project=project)


def test_a_project_is_parsed_once_a_state(project: Path, candidate: Path):
    first = parse(candidate, project=project)
    written = first.stat().st_mtime_ns
    assert build(candidate, project=project).success
    assert parse(candidate, project=project) == first
    assert first.stat().st_mtime_ns == written
    assert set(json.loads(first.read_bytes())["nodes"]) > {"model.tiny.plan", "model.tiny.half"}

    (project / "models" / "half.sql").write_text("select 2 as line_key")
    changed = parse(candidate, project=project)
    assert changed != first
    assert {path.stem for path in changed.parent.iterdir()} == {changed.stem}, "an older state is no longer needed"


def test_a_parse_that_is_at_work_is_no_part_of_the_state(project: Path, candidate: Path):
    """dbt writes folders there that are called like files of the project."""
    first = parse(candidate, project=project)
    at_work = project / "target" / "parsed" / "tmp" / "compiled" / "models" / "dim_rag.yml"
    at_work.mkdir(parents=True)
    (at_work / "dim_rag__every_rag.sql").write_text("select 1")
    assert parse(candidate, project=project) == first


def test_a_night_finds_what_whoever_installed_the_project_parsed(project: Path, candidate: Path):
    installed = parse_installed(project=project)
    made_of = lineage.read(parsed.lineage_beside(installed))

    assert made_of["marts", "half"]["half_gbp"] == [("marts", "plan", "baseline_gbp")]
    assert made_of["marts", "plan"]["line_key"] == [], "it is made of no column"
    assert parse(candidate, project=project) == installed
    assert build(candidate, project=project).success
    assert not parsed.beside(candidate).exists()


def test_only_where_the_code_lies_is_a_manifest_read_in_a_way_that_may_run_code(project: Path, candidate: Path):
    ours = parsed.loaded(parse_installed())
    manifest = parse(candidate, project=project)
    parsed._pickled_of(manifest).write_bytes(pickle.dumps(ours))

    assert ours.metadata.project_name == "savings_warehouse"
    assert parsed.loaded(manifest).metadata.project_name == "tiny"


def test_a_manifest_as_python_keeps_it_that_was_damaged_is_named_and_its_remedy_works(
    project: Path, candidate: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(parsed, "PROJECT", project)
    damaged = parsed._pickled_of(parse_installed(project=project))
    damaged.write_bytes(damaged.read_bytes()[:-100])

    with pytest.raises(DbtFailed, match=rf"{damaged.name} cannot be read\. Delete the folder .*parsed;"):
        build(candidate, project=project)
    shutil.rmtree(damaged.parent)
    assert build(candidate, project=project).success


def test_duckdb_keeps_no_rows_of_a_model_that_is_part_of_a_query():
    """Decision 0026: it would, of each that a query reads twice, and hold all of it in memory."""
    compiled = parse_installed().read_text("utf-8")
    parts = re.findall(r"__dbt__cte__\w+ as (?:not materialized )?\(", compiled)
    assert len(parts) > 100
    assert [part for part in parts if "not materialized" not in part] == []


def test_a_kept_manifest_that_was_damaged_is_named_and_its_remedy_works(project: Path, candidate: Path):
    damaged = parse(candidate, project=project).with_suffix(".msgpack")
    damaged.write_bytes(damaged.read_bytes()[:-100])

    with pytest.raises(DbtFailed, match=rf"{damaged.name} cannot be read\. Delete the folder .*parsed;"):
        build(candidate, project=project)
    shutil.rmtree(damaged.parent)
    assert build(candidate, project=project).success


def test_a_manifest_of_another_state_of_the_project_is_never_built(project: Path, candidate: Path):
    parse_installed(project=project)
    (project / "models" / "half.sql").write_text(
        "select line_key, baseline_gbp - 60 as half_gbp from {{ ref('plan') }}"
    )

    assert build(candidate, project=project).success
    with scratch.read(candidate) as connection:
        assert connection.sql("select half_gbp from marts.half").fetchall() == [(40,)]
