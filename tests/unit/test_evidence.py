"""Evidence that is wrong in any way refuses publication, and says by name in which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dbt_project.content import Fingerprint
from dbt_project.inputs import Inputs
from dbt_project.rules import FailingRow
from dbt_project.run_dbt import BuildResult, NodeResult
from expectations import evidence as record
from expectations.evidence import CheckResult, Evidence, EvidenceRefused
from expectations.lock import Declared, LockError, declared, read_lock, write_lock
from expectations.run_rules import rule_results
from expectations.suite import Suite
from expectations.suites import SUITES

SUM = Declared("dbt", "error", "fct_savings_position", "fct_savings_position__adds_up")
FLOOR = Declared("gx", "error", "dim_rag", "dim_rag__has_at_least_its_floor_of_rows")
NOTE = Declared("gx", "warn", "dim_rag", "dim_rag__is_colourful")
INPUTS = Inputs("s", "l", "r", "c")
FOUND = Fingerprint(content_sha256="content", exact_sha256="exact", tables={})


def _result(check: Declared, status: record.Status = "pass") -> CheckResult:
    return CheckResult(check.name, check.engine, check.table, check.severity, status, "3 failing rows")


def _evidence(*checks: CheckResult, known: tuple[Declared, ...] = (SUM, FLOOR, NOTE)) -> Evidence:
    return Evidence("content", "exact", INPUTS, "run-1", known, checks or tuple(map(_result, (SUM, FLOOR, NOTE))))


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "checks.lock"
    write_lock([SUM, FLOOR, NOTE], path)
    return path


def _problems(evidence: Evidence, lock: Path, found: Fingerprint = FOUND) -> tuple[str, ...]:
    """Return what is held against the evidence; nothing when it is accepted."""
    try:
        record.verify(evidence, found, lock)
    except EvidenceRefused as refused:
        return refused.problems
    return ()


def test_evidence_that_is_whole_and_passed_is_accepted(lock: Path):
    assert _problems(_evidence(), lock) == ()


def test_evidence_of_another_candidate_is_refused(lock: Path):
    (problem,) = _problems(_evidence(), lock, replace(FOUND, exact_sha256="other"))
    assert problem == "the checks were run on another candidate (exact) than this one (other)"


def test_evidence_of_the_same_content_at_another_clock_is_refused(lock: Path):
    assert len(_problems(_evidence(), lock, replace(FOUND, exact_sha256="later"))) == 1


def test_a_check_that_was_not_run_is_named(lock: Path):
    assert _problems(_evidence(_result(FLOOR), _result(NOTE)), lock) == (f"{SUM.name} was not run",)


def test_a_check_that_was_run_but_is_declared_nowhere_is_named(lock: Path):
    stranger = replace(SUM, name="fct_savings_position__is_nice")
    evidence = _evidence(*map(_result, (SUM, FLOOR, NOTE, stranger)))
    assert _problems(evidence, lock) == (f"{stranger.name} was run but is not declared",)


def test_a_check_that_was_run_twice_is_named(lock: Path):
    evidence = _evidence(*map(_result, (SUM, FLOOR, NOTE, SUM)))
    assert _problems(evidence, lock) == (f"{SUM.name} was run 2 times",)


def test_a_check_that_failed_is_named_with_what_was_seen(lock: Path):
    evidence = _evidence(_result(SUM, "fail"), _result(FLOOR), _result(NOTE))
    assert _problems(evidence, lock) == (f"{SUM.name} failed: 3 failing rows",)


def test_a_check_that_raised_is_refused_whatever_its_severity(lock: Path):
    evidence = _evidence(_result(SUM), _result(FLOOR, "error"), _result(NOTE, "error"))
    assert _problems(evidence, lock) == (
        f"{FLOOR.name} could not be run to its end: 3 failing rows",
        f"{NOTE.name} could not be run to its end: 3 failing rows",
    )


def test_a_failed_warning_does_not_refuse(lock: Path):
    evidence = _evidence(_result(SUM), _result(FLOOR), _result(NOTE, "fail"))
    assert _problems(evidence, lock) == ()


@pytest.mark.parametrize("status", ["passed", "skipped", "overridden", ""])
@pytest.mark.parametrize("check", [SUM, NOTE], ids=["error", "warn"])
def test_a_status_that_is_not_known_fails_whatever_the_severity(lock: Path, check: Declared, status: str):
    """Ruling E5: a file that somebody wrote by hand is no proof."""
    others = [_result(each) for each in (SUM, FLOOR, NOTE) if each != check]
    (problem,) = _problems(_evidence(_result(check, status), *others), lock)  # type: ignore[arg-type]  # not a status
    assert problem == f"{check.name} has the status '{status}', which no check ends with: 3 failing rows"


def test_a_status_that_is_not_known_fails_although_a_post_let_the_check_fail(lock: Path):
    """Ruling E5."""
    evidence = _evidence(_result(SUM, "passed"), _result(FLOOR), _result(NOTE))  # type: ignore[arg-type]  # likewise
    with pytest.raises(EvidenceRefused, match="'passed', which no check ends with"):
        record.verify(evidence, FOUND, lock, {SUM.name})


def test_a_check_that_was_dropped_from_the_declarations_is_refused_by_the_lock(lock: Path):
    evidence = _evidence(_result(FLOOR), _result(NOTE), known=(FLOOR, NOTE))
    assert _problems(evidence, lock) == (
        f"{SUM.name} (dbt, error, on fct_savings_position) is in checks.lock but not declared so",
        f"{SUM.name} was not run",
    )


def test_a_check_that_is_not_yet_in_the_lock_is_refused(tmp_path: Path):
    lock = tmp_path / "checks.lock"
    write_lock([SUM, FLOOR], lock)
    assert _problems(_evidence(), lock) == (f"{NOTE.name} (gx, warn, on dim_rag) is declared but not in checks.lock",)


def test_a_check_that_was_made_a_warning_is_refused_by_the_lock(lock: Path):
    softened = replace(SUM, severity="warn")
    evidence = _evidence(_result(softened, "fail"), _result(FLOOR), _result(NOTE), known=(softened, FLOOR, NOTE))
    assert f"{SUM.name} (dbt, error, on fct_savings_position) is in checks.lock but not declared so" in _problems(
        evidence, lock
    )


def test_every_difference_is_named_at_once(lock: Path):
    evidence = _evidence(_result(SUM, "fail"), _result(SUM))
    assert len(_problems(evidence, lock, replace(FOUND, exact_sha256="other"))) == 5


def test_the_record_reads_back_as_it_was_written(tmp_path: Path):
    path = tmp_path / "evidence.json"
    evidence = _evidence(replace(_result(SUM), failing_keys=("1", "2"), who_acts="finance", reason="2026-11-29: new"))
    record.write(evidence, path)
    assert record.read(path) == evidence
    assert record.read(path).sha256 == evidence.sha256


def test_no_record_is_no_evidence(tmp_path: Path):
    with pytest.raises(EvidenceRefused, match="no check has been run on this candidate"):
        record.read(tmp_path / "evidence.json")


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"checks": [{}]}', "null"])
def test_a_damaged_record_is_refused(tmp_path: Path, damage: str):
    (tmp_path / "evidence.json").write_text(damage)
    with pytest.raises(EvidenceRefused, match="cannot be read"):
        record.read(tmp_path / "evidence.json")


# --- binding dbt's results ---


def _manifest(folder: Path, *rules: str, severity: str = "ERROR", public: bool = False) -> Path:
    """A manifest as dbt writes it, of one model with a test that holds rules."""
    model = {
        "resource_type": "model",
        "unique_id": "model.dim_new",
        "name": "dim_new",
        "schema": "marts",
        "access": "public" if public else "protected",
        "contract": {"enforced": True},
        "columns": {"code": {"name": "code", "data_type": "varchar", "description": "", "config": {"meta": {}}}},
        "config": {"meta": {}},
        "description": "",
    }
    sql = " union all ".join(f"select '{rule}' as rule, 'k' as key, 'v' as value where false" for rule in rules)
    test = {
        "resource_type": "test",
        "name": "dim_new__holds",
        "config": {"severity": severity},
        "compiled_code": sql,
    }
    older = model | {"unique_id": "model.dim_new__old", "name": "dim_new__old", "access": "protected"}
    path = folder / "manifest.json"
    nodes = {"model.dim_new": model, "model.dim_new__old": older, "test.dim_new": test}
    path.write_text(json.dumps({"nodes": nodes if rules else {"model.dim_new": model}}))
    return path


def _build(
    manifest: Path, status: str, failures: int | None = 0, message: str = "", breaking: Sequence[str] = ()
) -> BuildResult:
    rows = tuple(FailingRow(rule, "k", "v") for rule in breaking)
    nodes = {
        "model.dim_new": NodeResult("dim_new", "model", "success", None, "", ""),
        "test.dim_new": NodeResult("dim_new__holds", "test", status, failures, message, "error", rows=rows),
    }
    return BuildResult("run-1", nodes, manifest, True)


def test_a_test_that_passes_is_one_result_for_each_of_its_rules(tmp_path: Path):
    manifest = _manifest(tmp_path, "dim_new__has_codes", "dim_new__has_names", severity="WARN")
    assert rule_results(_build(manifest, "pass")) == [
        CheckResult(f"dim_new__has_{what}", "dbt", "dim_new", "warn", "pass", "0 rows") for what in ("codes", "names")
    ]


def test_of_a_test_that_fails_each_rule_says_which_rows_break_it(tmp_path: Path):
    manifest = _manifest(tmp_path, "dim_new__has_codes", "dim_new__has_names")
    has_codes, has_names = rule_results(_build(manifest, "fail", failures=1, breaking=["dim_new__has_codes"]))
    assert (has_codes.status, has_codes.observed, has_codes.failing_keys) == ("fail", "1 row(s), the first: v", ("k",))
    assert has_names.status == "pass"


@pytest.mark.parametrize("status", ["error", "skipped", "runtime error", "no-op"])
def test_a_dbt_test_that_did_not_end_is_an_error_and_no_pass(tmp_path: Path, status: str):
    (result,) = rule_results(_build(_manifest(tmp_path, "dim_new__has_codes"), status, message="out of memory"))
    assert (result.status, result.observed) == ("error", "out of memory")


def test_rows_of_a_rule_that_the_test_does_not_name_are_an_error_of_all_its_rules(tmp_path: Path):
    manifest = _manifest(tmp_path, "dim_new__has_codes")
    (result,) = rule_results(_build(manifest, "fail", failures=1, breaking=["dim_new__is_strange"]))
    assert result.status == "error"
    assert result.observed == "dim_new__holds returns rows of dim_new__is_strange, which it does not name"


def test_a_test_that_finds_other_rows_than_in_the_build_is_an_error(tmp_path: Path):
    (result,) = rule_results(_build(_manifest(tmp_path, "dim_new__has_codes"), "fail", failures=2))
    assert (result.status, result.observed) == ("error", "dim_new__holds found 2 rows in the build and 0 after it")


def test_what_is_bound_is_what_was_found_by_engine_and_name(tmp_path: Path):
    manifest = _manifest(tmp_path, "dim_new__has_codes")
    of_dbt = rule_results(_build(manifest, "pass"))
    bound = record.bind(FOUND, INPUTS, _build(manifest, "pass"), [_result(FLOOR), *of_dbt])
    assert [check.name for check in bound.checks] == ["dim_new__has_codes", FLOOR.name]
    assert (bound.content_sha256, bound.exact_sha256, bound.invocation_id) == ("content", "exact", "run-1")


# --- the lock ---


def test_the_lock_lists_dbts_rules_and_every_check_of_the_suites(tmp_path: Path):
    listed = declared(_manifest(tmp_path, "dim_new__has_codes", severity="WARN"))
    assert listed[0] == Declared("dbt", "warn", "dim_new", "dim_new__has_codes")
    assert len(listed) == 1 + sum(len(suite.checks) for suite in SUITES)


def test_a_published_table_has_one_line_for_its_constraints(tmp_path: Path):
    suites = [*SUITES, Suite("dim_new", (SUITES[0].checks[0],))]
    listed = declared(_manifest(tmp_path, "dim_new__has_codes", public=True), suites)
    held = Declared("duckdb", "error", "dim_new", "dim_new__has_the_constraints_of_its_contract")
    assert [check for check in listed if check.engine == "duckdb"] == [held]


def test_a_rule_is_about_the_table_with_the_longest_name_that_it_begins_with(tmp_path: Path):
    assert declared(_manifest(tmp_path, "dim_new__old__has_codes"))[0].table == "dim_new__old"


def test_a_rule_whose_name_does_not_begin_with_its_table_is_refused(tmp_path: Path):
    with pytest.raises(LockError, match="Rule not_null_code is not named <table>__<sentence>"):
        declared(_manifest(tmp_path, "not_null_code"))


def test_a_test_that_names_no_rule_is_refused(tmp_path: Path):
    manifest = _manifest(tmp_path, "dim_new__has_codes")
    manifest.write_text(manifest.read_text().replace(" as rule", ""))
    with pytest.raises(LockError, match="Test dim_new__holds names no rule"):
        declared(manifest)


def test_a_rule_that_two_tests_hold_is_refused(tmp_path: Path):
    manifest = _manifest(tmp_path, "dim_new__has_codes")
    document = json.loads(manifest.read_text())
    document["nodes"]["test.again"] = document["nodes"]["test.dim_new"]
    manifest.write_text(json.dumps(document))
    with pytest.raises(LockError, match="More than one test holds dim_new__has_codes"):
        declared(manifest)


def test_a_published_table_without_a_suite_is_refused(tmp_path: Path):
    with pytest.raises(LockError, match="no suite expects anything of it: dim_new"):
        declared(_manifest(tmp_path, public=True))


def test_an_empty_suite_is_refused(tmp_path: Path):
    """Ruling E5: a suite without checks would be a table without evidence."""
    suites = [*SUITES[1:], replace(SUITES[0], checks=())]
    with pytest.raises(LockError, match="expects nothing proves nothing: bridge_project_theme"):
        declared(_manifest(tmp_path, "dim_new__has_codes"), suites)


@pytest.mark.parametrize("left", [[FLOOR, NOTE], [replace(SUM, severity="warn"), FLOOR, NOTE]], ids=["gone", "softer"])
def test_a_check_that_is_gone_or_softer_is_locked_only_where_it_is_named(lock: Path, left: list[Declared]):
    """Ruling E5."""
    before = lock.read_text()
    with pytest.raises(LockError, match=f"--remove {SUM.name}`"):
        write_lock(left, lock)
    assert lock.read_text() == before
    write_lock(left, lock, [SUM.name])
    assert read_lock(lock) == left


def test_a_check_that_is_still_declared_cannot_be_removed_by_name(lock: Path):
    """Ruling E5: a mistyped name must not look like a removal."""
    with pytest.raises(LockError, match=f"not to be removed: {NOTE.name}"):
        write_lock([SUM, FLOOR, NOTE], lock, [NOTE.name])


def test_the_lock_reads_back_as_it_was_written(lock: Path):
    assert read_lock(lock) == [SUM, FLOOR, NOTE]
    assert lock.read_text().splitlines()[1] == "dbt error fct_savings_position fct_savings_position__adds_up"


def test_a_missing_lock_is_refused(tmp_path: Path):
    with pytest.raises(LockError, match=r"There is no checks.lock"):
        read_lock(tmp_path / "checks.lock")


@pytest.mark.parametrize(
    "line", ["dbt error dim_rag", "pandas error dim_rag dim_rag__x", "dbt notice dim_rag dim_rag__x"]
)
def test_a_line_that_is_no_check_is_refused(tmp_path: Path, line: str):
    (tmp_path / "checks.lock").write_text(line + "\n")
    with pytest.raises(LockError, match=line):
        read_lock(tmp_path / "checks.lock")


def test_every_check_of_the_suites_has_a_name_of_its_own_that_begins_with_its_table():
    names = [(suite.table, check.name) for suite in SUITES for check in suite.checks]
    assert len({name for _, name in names}) == len(names)
    assert all(name.startswith(f"{table}__") for table, name in names)


def test_every_table_is_seen_to_have_rows():
    """An expectation passes on a table without rows, so the first of each table is one that does not."""
    fails_on_none = {
        "ExpectTableRowCountToBeBetween",
        "ExpectTableRowCountToEqual",
        "ExpectColumnDistinctValuesToContainSet",
    }
    first = {suite.table: suite.checks[0].expectation for suite in reversed(SUITES)}
    assert {table for table, expectation in first.items() if expectation not in fails_on_none} == set()


def test_a_warning_without_a_dated_reason_is_refused_and_so_is_a_reason_of_what_stops():
    for severity, reason in (("warn", ""), ("warn", "since today"), ("error", "2026-11-29: because")):
        with pytest.raises(ValueError, match="a warning has a reason that begins with its day"):
            replace(SUITES[0].checks[0], severity=severity, reason=reason)
