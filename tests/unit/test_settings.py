"""Settings come from the environment, with defaults beside the project."""

from __future__ import annotations

from pathlib import Path

from orchestration.settings import PROJECT, load_settings


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
