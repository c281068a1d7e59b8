"""Every button of Dagster's pages does what it says, or cannot be pressed: pressed in Chromium, run by the daemon."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from playwright.sync_api import Browser, Locator, Page

from orchestration import night
from orchestration.alerts.occasions import LONGEST_PAUSE
from orchestration.freshness import RELEASE
from orchestration.instance import prepare
from orchestration.jobs import nightly
from orchestration.partitions import GRID
from publishing.manifest import read_manifest
from publishing.pointer import current
from sources.clock import system_clock
from sources.home import Home
from tests.dagster_pages import WITH_DAEMON, Pages, serving
from tests.edited_returns import sample_path
from tests.homes import drop
from tests.programs import CHROMIUM

pytestmark = [pytest.mark.browser, pytest.mark.needs(CHROMIUM)]

TABLE = "marts/fct_savings_position"
# A night on two busy cores, many times over.
LONGEST_RUN = 1200
PRESSED = 120_000
LAUNCH = """mutation Launch($cell: String!, $directorate: String!, $period: String!) {
  launchPipelineExecution(executionParams: {
    selector: {repositoryLocationName: "savings_warehouse", repositoryName: "__repository__",
      pipelineName: "__ASSET_JOB", assetSelection: [{path: ["directorate_return"]}]},
    runConfigData: "{}", mode: "default",
    executionMetadata: {tags: [{key: "dagster/partition", value: $cell},
      {key: "dagster/partition/directorate", value: $directorate}, {key: "dagster/partition/period", value: $period}]}
  }) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
TERMINATE = """mutation Terminate($run: String!) {
  terminateRun(runId: $run, terminatePolicy: SAFE_TERMINATE) { __typename } }"""


@dataclass
class Desk:
    """The pages of one home, a window on them, and what its runs come to."""

    home: Home
    pages: Pages
    window: Page
    instance: dg.DagsterInstance

    def open(self, path: str) -> None:
        """Show a page."""
        self.window.goto(f"{self.pages.address}/{path}", timeout=PRESSED)

    def button(self, name: str) -> Locator:
        """Return the first button of that name; an icon before it is read out too."""
        return self.window.get_by_role("button", name=re.compile(rf"(^| ){name}$")).first

    def press(self, name: str) -> None:
        """Press a button, once it can be."""
        self.button(name).click(timeout=PRESSED)

    def run_of(self, *buttons: str) -> str:
        """Press buttons one after the other and return the run that they ask for."""
        before = {run.run_id for run in self.instance.get_runs()}
        with self.window.expect_response(
            lambda answer: "mutation Launch" in (answer.request.post_data or ""), timeout=PRESSED
        ):
            for name in buttons:
                self.press(name)
        (asked,) = {run.run_id for run in self.instance.get_runs()} - before
        return asked

    def ended(self, run_id: str) -> dg.DagsterRun:
        """Return a run once it has ended."""
        return self._once(run_id, lambda run: run.is_finished)

    def begun(self, run_id: str) -> dg.DagsterRun:
        """Return a run once its process works on it."""
        return self._once(run_id, lambda run: run.status is dg.DagsterRunStatus.STARTED)

    def _once(self, run_id: str, is_so: Callable[[dg.DagsterRun], bool]) -> dg.DagsterRun:
        came = threading.Event()

        def hear(*_: object) -> None:
            if is_so(self._run(run_id)):
                came.set()

        self.instance.watch_event_logs(run_id, None, hear)
        hear()
        assert came.wait(timeout=LONGEST_RUN), self._run(run_id).status
        self.instance.end_watch_event_logs(run_id, hear)
        return self._run(run_id)

    def _run(self, run_id: str) -> dg.DagsterRun:
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A home with two returns that were loaded by the button of the night's job."""
    home = Home.at(tmp_path_factory.mktemp("buttons") / "var")
    home.create()
    for code in ("AH", "CH"):
        drop(home, code, "return.xlsx", sample_path(code).read_bytes())
    with serving(home, WITH_DAEMON) as pages, dg.DagsterInstance.from_config(str(prepare(home))) as instance:
        desk = Desk(home, pages, browser.new_page(viewport={"width": 1400, "height": 900}), instance)
        desk.open("locations/savings_warehouse/jobs/nightly_load")
        # Asks whether it is meant, since no return was ever read.
        first = desk.ended(desk.run_of("Materialize all", "Confirm"))
        assert first.status is dg.DagsterRunStatus.SUCCESS
        yield desk
        desk.window.close()


FRESH = """{ assetNodeOrError(assetKey: {path: ["release"]}) { ... on AssetNode {
  internalFreshnessPolicy { ... on TimeWindowFreshnessPolicy { failWindowSeconds } }
  freshnessStatusInfo { freshnessStatus } } } }"""


def _released(home: Home) -> Path:
    folder = current(home)
    assert folder is not None
    return folder


def test_the_button_of_the_night_s_job_takes_a_return_in_and_publishes_it(desk: Desk) -> None:
    manifest = read_manifest(_released(desk.home))
    assert manifest.tables["fct_savings_position"].rows > 0


def test_a_load_from_the_command_line_is_on_the_page_of_its_job(desk: Desk) -> None:
    # The page lists the runs that have the tag of its own location and repository.
    answer = desk.pages.ask(
        "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } } } } }"
    )
    (served,) = answer["data"]["repositoriesOrError"]["nodes"]
    assert f"{served['name']}@{served['location']['name']}" == night._TAGS[".dagster/repository"]


def test_a_table_has_its_rows_and_pounds_on_its_page(desk: Desk) -> None:
    manifest = read_manifest(_released(desk.home))
    event = desk.instance.get_latest_materialization_event(dg.AssetKey(TABLE.split("/")))
    assert event is not None
    assert event.asset_materialization is not None
    shown = event.asset_materialization.metadata
    expected = manifest.tables["fct_savings_position"]
    assert shown["dagster/row_count"].value == expected.rows
    assert {name: shown[name].value for name in expected.pounds} == {n: float(p) for n, p in expected.pounds.items()}


def test_a_run_that_is_terminated_ends(desk: Desk) -> None:
    desk.open(f"assets/{TABLE}")
    # One that works: while its process starts, Dagster says that it could not be stopped, and stops it.
    stopped = desk.begun(desk.run_of("Materialize", "Confirm")).run_id
    answer = desk.pages.ask(TERMINATE, {"run": stopped})
    assert answer["data"]["terminateRun"]["__typename"] == "TerminateRunSuccess", answer
    assert desk.ended(stopped).status is dg.DagsterRunStatus.CANCELED


def test_the_button_of_one_table_says_that_all_are_built_and_builds_them(desk: Desk) -> None:
    # Also what runs after a run that was terminated.
    before = _released(desk.home)
    desk.open(f"assets/{TABLE}")
    run = desk.ended(desk.run_of("Materialize", "Confirm"))
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert run.asset_selection is not None
    assert dg.AssetKey(["marts", "rpt_line_detail"]) in run.asset_selection
    assert _released(desk.home) == before


def test_a_check_cannot_be_run_without_its_table(desk: Desk) -> None:
    desk.open(f"assets/{TABLE}?view=checks")
    for name in ("Execute", "Execute all"):
        desk.button(name).wait_for(timeout=PRESSED)
        assert desk.button(name).is_disabled()


def test_one_cell_of_the_grid_is_copied_from_the_vault_again(desk: Desk) -> None:
    code, period = "CH", "2021-22 P06"
    answer = desk.pages.ask(LAUNCH, {"cell": f"{code}|{period}", "directorate": code, "period": period})
    assert answer["data"]["launchPipelineExecution"]["__typename"] == "LaunchRunSuccess", answer
    run = desk.ended(answer["data"]["launchPipelineExecution"]["run"]["runId"])
    assert run.status is dg.DagsterRunStatus.SUCCESS


BACKFILL = """mutation Backfill($cells: [String!]!) {
  launchPartitionBackfill(backfillParams: {assetSelection: [{path: ["directorate_return"]}], partitionNames: $cells}) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
ENDED = """query Ended($backfill: String!) { partitionBackfillOrError(backfillId: $backfill) {
  ... on PartitionBackfill { status runs(limit: 100) { runId tags { key value } } } } }"""


def test_several_cells_are_copied_again_by_one_run(desk: Desk) -> None:
    asked = ["AH|2021-22 P06", "CH|2021-22 P06"]
    before = _times(desk.instance, asked)
    answer = desk.pages.ask(BACKFILL, {"cells": asked})
    backfill = answer["data"]["launchPartitionBackfill"]
    assert backfill["__typename"] == "LaunchBackfillSuccess", answer
    desk.pages.wait_until_it_says(
        re.compile(f"{backfill['backfillId']} completed iteration with status .*COMPLETED"), LONGEST_RUN
    )
    done = desk.pages.ask(ENDED, {"backfill": backfill["backfillId"]})["data"]["partitionBackfillOrError"]
    assert done["status"] == "COMPLETED_SUCCESS"
    assert len(done["runs"]) == 1
    assert all(after > earlier for earlier, after in zip(before, _times(desk.instance, asked), strict=True))


def _times(instance: dg.DagsterInstance, cells: list[str]) -> list[float]:
    """Return when each cell was filled last."""
    return [
        instance.fetch_materializations(dg.AssetRecordsFilter(asset_key=GRID, asset_partitions=[each]), limit=1)
        .records[0]
        .timestamp
        for each in cells
    ]


def test_a_night_with_nothing_new_leaves_what_bi_reads_fresh(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAVINGS_HOME", str(desk.home.root))
    before = desk.instance.get_latest_materialization_event(RELEASE)
    with dg.build_schedule_context(instance=desk.instance, scheduled_execution_time=system_clock()) as context:
        quiet = nightly(context)
    release_id = _released(desk.home).name
    assert quiet == dg.SkipReason(f"Nothing is new since release {release_id}.")
    looked = desk.instance.get_latest_materialization_event(RELEASE)
    assert before is not None
    assert looked is not None
    assert looked.timestamp > before.timestamp
    assert looked.asset_materialization is not None
    assert looked.asset_materialization.metadata["release_id"].value == release_id
    shown = desk.pages.ask(FRESH)["data"]["assetNodeOrError"]
    assert shown["internalFreshnessPolicy"] == {"failWindowSeconds": LONGEST_PAUSE.total_seconds()}
    assert shown["freshnessStatusInfo"]["freshnessStatus"] == "HEALTHY"
