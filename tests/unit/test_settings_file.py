"""One settings file binds home, reference folder and landing; a variable of the environment wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.settings import SettingProblemError, load_settings
from orchestration.settings_file import BUNDLED, NAME


def written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(text, encoding="utf-8")
    return folder / NAME


OWN = 'home = "home"\nreference_dir = "reference"\nlanding_dir = "/mnt/drop"\n'


def test_the_file_is_found_from_the_current_folder_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, OWN)
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    settings = load_settings({})
    assert settings.home.root == tmp_path / "home"
    assert settings.home.landing == Path("/mnt/drop")
    assert settings.reference == tmp_path / "reference"


def test_a_file_that_is_named_comes_before_the_one_that_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "here", OWN)
    named = written(tmp_path / "there", OWN)
    monkeypatch.chdir(tmp_path / "here")
    assert load_settings({"SAVINGS_CONFIG": str(named)}).home.root == tmp_path / "there" / "home"
    assert load_settings({"SAVINGS_CONFIG": "../there/savings.toml"}).home.root.resolve() == tmp_path / "there" / "home"


def test_where_there_is_no_file_the_sample_is_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert {said.source for said in settings.said} == {BUNDLED}


def test_a_variable_wins_over_the_file_and_each_setting_says_where_it_is_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, OWN + "settle_seconds = 5\n")
    monkeypatch.chdir(tmp_path)
    settings = load_settings({"SAVINGS_HOME": "elsewhere", "SAVINGS_LANDING_DIR": ""})
    assert settings.home.root == tmp_path / "elsewhere"
    assert settings.home.landing == Path("/mnt/drop")
    assert settings.settle.total_seconds() == 5
    assert {said.name: str(said) for said in settings.said} == {
        "home": "SAVINGS_HOME",
        "reference_dir": f"reference_dir in {file}",
        "landing_dir": f"landing_dir in {file}",
        "settle_seconds": f"settle_seconds in {file}",
    }


WRONG = {
    "a name with a slip": ('hom = "x"\n', ("hom in {file} is not a setting. Is home meant?",)),
    "a number for a path": ("home = 7\n", ("home in {file} is 7, and has to be a text in quotes.",)),
    "a number that is none": (
        'settle_seconds = "soon"\n',
        ("settle_seconds in {file} is 'soon', and has to be a number of seconds, such as 60.",),
    ),
    "a switch for a number": ("build_every_minutes = true\n", ("has to be a number of minutes",)),
    "an address that is none": ('alerts_webhook = "ftp://x"\n', ("alerts_webhook in {file} is 'ftp://x'",)),
    "pages nowhere": ('public_url = "savings"\n', ("public_url in {file} is 'savings', and has to be an address",)),
    "a table": ("[alerts]\n", ("alerts in {file} is not a setting.",)),
    "two at once": ('hom = "x"\nsettle_seconds = -1\n', ("hom in {file}", "settle_seconds in {file}")),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_each_wrong_setting_is_one_line_that_names_it(tmp_path: Path, text: str, expected: tuple[str, ...]) -> None:
    own = 'reference_dir = "reference"\n' + ("" if text.startswith("home") else 'home = "home"\n')
    file = written(tmp_path, own + text)
    with pytest.raises(SettingProblemError) as raised:
        load_settings({"SAVINGS_CONFIG": str(file)})
    lines = str(raised.value).splitlines()
    assert len(lines) == len(expected)
    for sentence in expected:
        assert any(sentence.format(file=file) in line for line in lines), lines


def test_a_council_of_its_own_never_falls_back_on_the_reference_data_of_the_sample(tmp_path: Path) -> None:
    file = written(tmp_path, 'home = "home"\n')
    with pytest.raises(SettingProblemError, match="reference_dir is not in the settings file"):
        load_settings({"SAVINGS_CONFIG": str(file)})


@pytest.mark.parametrize("spoilt", [b"home = ", b"home = '\xff'"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / NAME).write_bytes(spoilt)
    with pytest.raises(SettingProblemError, match=rf"{NAME} is not TOML"):
        load_settings({"SAVINGS_CONFIG": str(tmp_path / NAME)})


def test_a_named_file_that_is_not_there_is_no_reason_to_take_the_sample(tmp_path: Path) -> None:
    with pytest.raises(SettingProblemError, match="SAVINGS_CONFIG"):
        load_settings({"SAVINGS_CONFIG": str(tmp_path / "savings.tml")})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SAVINGS_LANDIND_DIR", "SAVINGS_LANDIND_DIR is not a setting. Is SAVINGS_LANDING_DIR meant?"),
        ("SAVINGS_REFERENCE", "SAVINGS_REFERENCE is not a setting. Is SAVINGS_REFERENCE_DIR meant?"),
        ("SAVINGS_XYZ", "SAVINGS_XYZ is not a setting. The settings are SAVINGS_HOME, SAVINGS_REFERENCE_DIR, "),
    ],
)
def test_a_misspelt_variable_is_told_and_not_passed_over(tmp_path: Path, name: str, said: str) -> None:
    file = written(tmp_path, OWN)
    with pytest.raises(SettingProblemError) as raised:
        load_settings({"SAVINGS_CONFIG": str(file), name: "/somewhere"})
    assert str(raised.value).startswith(said)
