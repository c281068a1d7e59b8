"""A test without its program is skipped, and the run says so; in CI it fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import conftest, programs

GONE = replace(programs.CHROMIUM, name="The missing program", find=lambda: None)
HOW = "The missing program is missing: `apt-get install chromium`"


@pytest.fixture
def item(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> pytest.Item:
    """This very test, on a machine without the program."""
    monkeypatch.setattr(programs, "PROGRAMS", (GONE,))
    monkeypatch.delenv("CI", raising=False)
    return request.node


def test_a_test_that_needs_nothing_runs(item: pytest.Item):
    assert conftest.pytest_runtest_setup(item) is None


def test_a_test_without_its_program_is_skipped_with_the_remedy(item: pytest.Item):
    item.add_marker(pytest.mark.needs(GONE))
    with pytest.raises(pytest.skip.Exception, match=HOW):
        conftest.pytest_runtest_setup(item)


def test_in_ci_it_fails(item: pytest.Item, monkeypatch: pytest.MonkeyPatch):
    item.add_marker(pytest.mark.needs(GONE))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=HOW):
        conftest.pytest_runtest_setup(item)


def test_the_first_lines_of_a_run_name_what_is_missing(item: pytest.Item):
    assert conftest.pytest_report_header() == [
        "The missing program is missing: tests that need it are skipped. `apt-get install chromium`"
    ]


def test_what_debian_does_not_bring_names_the_command_that_does():
    assert programs.NU_HTML_CHECKER.packages == ()
    assert programs.NU_HTML_CHECKER.remedy == "requirements/install dev"
