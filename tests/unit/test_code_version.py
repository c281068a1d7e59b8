"""The code's version changes with every file that decides what a build comes to, and with no other."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestration.code_version import code_sha256


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "sources/judging/checks.py",
        "dbt_project/models/fct.sql",
        "expectations/checks.lock",
        "publishing/site/assets/site.css",
        "requirements/run.lock",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "sources/judging/checks.py",
        "dbt_project/models/fct.sql",
        "expectations/checks.lock",
        "publishing/site/assets/site.css",
        "requirements/run.lock",
    ],
)
def test_a_change_of_code_or_of_a_locked_version_changes_it(project: Path, name: str) -> None:
    before = code_sha256(project)
    (project / name).write_text("two")
    assert code_sha256(project) != before


def test_a_file_that_moves_changes_it(project: Path) -> None:
    before = code_sha256(project)
    shutil.move(project / "sources/judging/checks.py", project / "sources/other.py")
    assert code_sha256(project) != before


@pytest.mark.parametrize(
    "name", ["dbt_project/target/run.sql", "sources/__pycache__/x.py", "tests/test_x.py", "README.md"]
)
def test_what_a_build_does_not_follow_from_does_not_change_it(project: Path, name: str) -> None:
    before = code_sha256(project)
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("anything")
    assert code_sha256(project) == before


def test_a_parse_that_is_at_work_disturbs_nobody(project: Path) -> None:
    """An installation parses while the daemon of the version before starts a night."""
    before, scratch = code_sha256(project), project / "dbt_project" / "target"

    def comes_and_goes() -> None:
        for number in range(200):
            (scratch / f"tmp{number}" / "compiled" / "models.yml").mkdir(parents=True)
            shutil.rmtree(scratch)

    with ThreadPoolExecutor(1) as pool:
        at_work = pool.submit(comes_and_goes)
        seen = {code_sha256(project)}
        while not at_work.done():
            seen.add(code_sha256(project))
        at_work.result()
    assert seen == {before}
