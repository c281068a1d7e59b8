"""Settings come from the environment, with defaults beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_project.engines import DUCKDB, Spark
from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.settings import LONGEST_HOME, PROJECT, SettingProblemError, load_settings
from orchestration.unforeseen import run


def test_without_settings_the_home_is_var_beside_the_project() -> None:
    settings = load_settings({})
    assert settings.home.root == PROJECT / "var"
    assert settings.home.landing == PROJECT / "var" / "landing"
    assert settings.reference == PROJECT / "sources" / "reference" / "dorset"


def test_an_empty_setting_counts_as_unset() -> None:
    assert load_settings({"SAVINGS_HOME": "", "SAVINGS_LANDING_DIR": ""}) == load_settings({})


def test_each_folder_may_lie_elsewhere(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "SAVINGS_HOME": str(tmp_path / "home"),
            "SAVINGS_LANDING_DIR": str(tmp_path / "drop"),
            "SAVINGS_REFERENCE_DIR": str(tmp_path / "register"),
        }
    )
    assert settings.home.root == tmp_path / "home"
    assert settings.home.landing == tmp_path / "drop"
    assert settings.reference == tmp_path / "register"


@pytest.mark.parametrize("name", ["a b", 'it\'s "one"', "é", "a;b", "$HOME", "a[b]*", "a&b"])
def test_a_home_may_have_any_other_name(tmp_path: Path, name: str) -> None:
    """Ruling C10."""
    assert load_settings({"SAVINGS_HOME": str(tmp_path / name)}).home.root == tmp_path / name


@pytest.mark.parametrize("name", ["a#b", "a?b", "a%20b", "a{{b}}", "a\nb", "a\udcffb", "x" * (LONGEST_HOME + 1)])
def test_a_home_that_something_we_rest_on_cannot_use_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Ruling C10: with exit code 2, and nothing is made."""
    monkeypatch.setenv("SAVINGS_HOME", str(tmp_path / name))
    monkeypatch.setattr("sys.argv", ["savings", "load"])
    assert run(app) == Exit.WRONG_USE
    assert "SAVINGS_HOME" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["", "x", "x/y"])
def test_a_home_that_is_a_file_or_below_one_is_refused(tmp_path: Path, below: str) -> None:
    """Ruling C10."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingProblemError, match=f"{tmp_path}/file is a file"):
        load_settings({"SAVINGS_HOME": str(tmp_path / "file" / below)})


def test_duckdb_builds_unless_spark_is_named() -> None:
    assert load_settings({}).engine == DUCKDB
    assert load_settings({"SAVINGS_ENGINE": "duckdb", "SAVINGS_SPARK_MASTER": "local[2]"}).engine == DUCKDB
    assert load_settings({"SAVINGS_ENGINE": "spark"}).engine == Spark()


def test_a_cluster_has_an_address_and_a_folder_that_it_sees(tmp_path: Path) -> None:
    said = {"SAVINGS_SPARK_MASTER": "spark://cluster.example:7077", "SAVINGS_SPARK_FOLDER": str(tmp_path)}
    assert load_settings(said | {"SAVINGS_ENGINE": "spark"}).engine == Spark("spark://cluster.example:7077", tmp_path)


def test_an_engine_that_is_none_is_refused() -> None:
    with pytest.raises(SettingProblemError, match="SAVINGS_ENGINE is 'sparc', and has to be duckdb or spark"):
        load_settings({"SAVINGS_ENGINE": "sparc"})


@pytest.mark.parametrize(
    "said", ["local", "local[2]", "local[*, 4]", "local-cluster[2,1,1024]", "yarn", "k8s://https://x"]
)
def test_every_master_that_spark_knows_can_be_set(said: str) -> None:
    assert load_settings({"SAVINGS_ENGINE": "spark", "SAVINGS_SPARK_MASTER": said}).engine == Spark(said)


@pytest.mark.parametrize("said", ["locally", "cluster.example:7077", "spark://", "SC://spark.example", "http://x"])
def test_a_master_that_spark_does_not_know_is_refused(said: str) -> None:
    """Spark would say that its Java had ended before it sent a port."""
    with pytest.raises(SettingProblemError, match=r"SAVINGS_SPARK_MASTER is .*local\[\*\], .*spark://.* or .*sc://"):
        load_settings({"SAVINGS_SPARK_MASTER": said})


def test_a_token_is_no_part_of_an_address_that_is_printed() -> None:
    said = {"SAVINGS_SPARK_MASTER": "sc://spark.example/;use_ssl=true;token=abc"}
    with pytest.raises(SettingProblemError, match=r"SAVINGS_SPARK_MASTER .*SPARK_CONNECT_AUTHENTICATE_TOKEN") as told:
        load_settings(said)
    assert "abc" not in str(told.value)


@pytest.mark.parametrize("seconds", ["soon", "-1", "nan", "inf"])
def test_a_settling_time_that_is_none_is_refused(seconds: str) -> None:
    with pytest.raises(SettingProblemError, match="SAVINGS_SETTLE_SECONDS"):
        load_settings({"SAVINGS_SETTLE_SECONDS": seconds})
