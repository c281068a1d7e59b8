"""``savings init`` makes a home, and ``savings doctor`` says what it lacks and how to correct it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dbt_project import engines
from dbt_project.engines import Spark
from orchestration import doctor
from orchestration.cli import app
from orchestration.doctor import Found, Weight, diagnose
from orchestration.exit_codes import Exit
from orchestration.settings import Settings, load_settings
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.custody.marker import MARKER, establish
from sources.intake.adoption import adopt_reference
from sources.reference.reference import read_reference
from tests.file_systems import needs_fuse, share
from tests.homes import NOON, send
from tests.machines import account, folder_for_all, group, needs_root
from tests.programs import SSHFS
from tests.reference_folder import copy_of_bundled, give_group, replace_text, with_posts

NOW = fixed_clock(NOON() + timedelta(days=1))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of a home that ``savings init`` made, in which something has happened."""
    reference = with_posts(copy_of_bundled(tmp_path), "Chief accountant,,adopt,no such account")
    environment = {"SAVINGS_HOME": str(tmp_path / "var"), "SAVINGS_REFERENCE_DIR": str(reference)}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    made = CliRunner().invoke(app, ["init"])
    assert made.exit_code == Exit.DONE, made.output
    settings = load_settings(environment)
    with Ledger.open(settings.home) as ledger:
        adopt_reference(read_reference(reference), ledger, NOON)
        send(ledger)
    return settings


def found(settings: Settings, weight: Weight) -> list[Found]:
    return [each for each in diagnose(settings, NOW).found if each.weight is weight]


def test_a_home_is_made_with_its_folders_its_marker_and_no_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling C4: a list of declared receipt times may still be the first that is taken in."""
    monkeypatch.setenv("SAVINGS_HOME", str(tmp_path / "var"))
    made = json.loads(CliRunner().invoke(app, ["init", "--json"]).stdout)
    home = load_settings().home
    assert sorted(path.name for path in home.landing.iterdir()) == [MARKER, "AH", "CH", "CO", "PL"]
    assert (home.landing / MARKER).read_text().strip() == made["home_id"]
    assert list(home.events.iterdir()) == []
    assert json.loads(CliRunner().invoke(app, ["init", "--json"]).stdout) == made


def test_a_home_that_is_not_there_is_said_with_what_makes_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAVINGS_HOME", str(tmp_path / "none"))
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == Exit.WRONG_USE
    assert f"There is no home at {tmp_path / 'none'}" in told.stderr.replace("\n", " ")
    assert CliRunner().invoke(app, ["init"]).exit_code == Exit.DONE
    assert CliRunner().invoke(app, ["doctor"]).exit_code == Exit.DONE


def test_a_home_as_it_should_be_has_nothing_to_correct(settings: Settings) -> None:
    """Ruling D-5: what is only to be known is named all the same."""
    seen = diagnose(settings, NOW)
    assert seen.exit_code is Exit.DONE, seen.found
    notes = " ".join(each.what for each in seen.found)
    for part in ("Nobody but the service reads releases", "reads the desk of AH", "decides as no such account"):
        assert part in notes
    assert seen.stores["vault"] > 0


def test_the_doctor_prints_the_settings_in_force_and_where_each_is_from(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable wins over the settings file."""
    file = tmp_path / "savings.toml"
    file.write_text('home = "elsewhere"\nreference_dir = "reference"\nsettle_seconds = 5\n', encoding="utf-8")
    monkeypatch.delenv("SAVINGS_REFERENCE_DIR")
    monkeypatch.setenv("SAVINGS_CONFIG", str(file))
    told = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    assert told["settings"] == [
        ["home", str(settings.home.root), "SAVINGS_HOME"],
        ["reference_dir", str(tmp_path / "reference"), str(file)],
        ["settle_seconds", "5", str(file)],
    ]
    assert f"{tmp_path / 'reference'}" in CliRunner().invoke(app, ["doctor"]).stdout


def test_the_doctor_says_which_engine_builds_where_it_is_not_duckdb(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "lack_of", lambda engine: None)
    notes = found(replace(settings, engine=Spark("spark://cluster.example:7077")), Weight.NOTE)
    assert "Spark builds the tables (spark://cluster.example:7077)." in [each.what for each in notes]
    assert "engine" not in {each.part for each in diagnose(settings, NOW).found}


@pytest.mark.parametrize(
    ("packages", "java", "what", "remedy"),
    [
        ((), "", "Spark's Python packages are not installed", "requirements/install spark"),
        (("pyspark", "dbt.adapters.spark"), "", "no Java was found", "openjdk-17-jre-headless"),
        (("pyspark", "dbt.adapters.spark"), "11.0.2", "the Java found is version 11", "JAVA_HOME"),
    ],
)
def test_spark_that_is_not_installed_whole_stops_a_load_in_plain_words(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    packages: tuple[str, ...],
    java: str,
    what: str,
    remedy: str,
) -> None:
    monkeypatch.setattr(engines, "_is_installed", packages.__contains__)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if java:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "java").write_text(f"#!/bin/sh\necho 'openjdk version \"{java}\"' >&2\n")
        (tmp_path / "bin" / "java").chmod(0o755)
    (stops,) = found(replace(settings, engine=Spark()), Weight.STOPS)
    assert stops.part == "engine"
    assert what in stops.what
    assert remedy in stops.remedy
    with pytest.raises(engines.EngineMissing, match=what), Spark().at_work(settings.home.candidate):
        pass


def test_a_master_that_nobody_answers_for_stops_a_load_in_plain_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spark itself would ask for minutes. Of several that stand in for each other, one is enough."""
    monkeypatch.setattr(engines, "_is_installed", lambda module: True)
    monkeypatch.setattr(engines, "_java_version", lambda: 17)
    with socket.socket() as silent, socket.create_server(("127.0.0.1", 0)) as listens:
        silent.bind(("127.0.0.1", 0))
        here, gone = (f"127.0.0.1:{each.getsockname()[1]}" for each in (listens, silent))
        (stops,) = found(replace(settings, engine=Spark(f"spark://{gone}")), Weight.STOPS)
        assert stops.what == f"Nobody answers at spark://{gone}."
        assert "`spark_master`" in stops.remedy
        assert found(replace(settings, engine=Spark(f"spark://{gone},{here}")), Weight.STOPS) == []
    (stops,) = found(replace(settings, engine=Spark("spark://")), Weight.STOPS)


def test_a_server_of_others_needs_no_java_here_and_has_to_answer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_is_installed", lambda module: True)
    monkeypatch.setattr(engines, "_java_version", lambda: 0)
    with socket.create_server(("127.0.0.1", 0)) as listens:
        address = f"sc://127.0.0.1:{listens.getsockname()[1]}/;user_id=savings"
        server = replace(settings, engine=Spark(address))
        assert found(server, Weight.STOPS) == []
    (stops,) = found(server, Weight.STOPS)
    assert stops.what == f"Nobody answers at {address}."


def _a_setting_in_force_that_cannot_be_read(settings: Settings) -> None:
    (kept,) = settings.home.reference_store.iterdir()
    (kept / "setting.csv").chmod(0o600)
    replace_text(kept, "setting", "movement_share,0.1", "movement_share,10%")


def _old_clock(settings: Settings) -> None:
    with Ledger.open(settings.home) as ledger:
        send(ledger, "CH", clock=fixed_clock(datetime(2030, 1, 1, tzinfo=UTC)))


def _damage(settings: Settings) -> None:
    (settings.home.events / "000000000001.json").unlink()
    settings.home.ledger.unlink()


WRONG: dict[str, tuple[Callable[[Settings], object], Weight, str, str]] = {
    "a vault open to all": (lambda s: s.home.vault.chmod(0o755), Weight.WRONG, "vault has mode 755", "savings init"),
    "a ledger open to all": (lambda s: s.home.ledger.chmod(0o666), Weight.WRONG, "ledger.sqlite has mode 666", "init"),
    "a closed letter box": (lambda s: s.home.decisions.chmod(0o700), Weight.WRONG, "must have 3733", "savings init"),
    "a folder that is gone": (lambda s: s.home.outbox.rmdir(), Weight.WRONG, "outbox is not there", "savings init"),
    "landing not mounted": (lambda s: shutil.rmtree(s.home.landing), Weight.STOPS, "Is it mounted?", "Mount it"),
    "a link to nowhere": (
        lambda s: ((s.home.landing / "CH").rmdir(), (s.home.landing / "CH").symlink_to("/nowhere")),
        Weight.WRONG,
        "CH: the marker",
        "savings init",
    ),
    "a clock that is behind": (_old_clock, Weight.STOPS, "the last event is of 2030-01-01", "timedatectl"),
    "a damaged vault": (_damage, Weight.STOPS, "Event 1 is missing", "Correct it"),
    "a folder that cannot be read": (
        lambda s: (s.reference / "theme.csv").unlink(),
        Weight.WRONG,
        "theme.csv: the file is missing",
        "Correct the folder",
    ),
    "a folder in force that this version cannot read": (
        _a_setting_in_force_that_cannot_be_read,
        Weight.STOPS,
        "movement_share: '10%' cannot be read as decimal",
        "have a post adopt a folder that this one reads",
    ),
    "a folder that a post has to adopt": (
        lambda s: with_posts(s.reference, "Chief accountant,,adopt,me"),
        Weight.WRONG,
        "they change post.csv",
        "have a post adopt it",
    ),
}


@pytest.mark.parametrize(("spoil", "weight", "what", "remedy"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_remedy(
    settings: Settings, spoil: Callable[[Settings], object], weight: Weight, what: str, remedy: str
) -> None:
    """Ruling D-5."""
    spoil(settings)
    (named,) = found(settings, weight)
    assert what in named.what
    assert remedy in named.remedy


@pytest.mark.parametrize("lost", ["a vault open to all", "a closed letter box", "a folder that is gone"])
def test_the_remedy_for_modes_and_folders_is_one_command(settings: Settings, lost: str) -> None:
    """Ruling D-5: the remedy that is named has been followed."""
    WRONG[lost][0](settings)
    assert diagnose(settings, NOW).exit_code is Exit.REFUSED
    assert CliRunner().invoke(app, ["init"]).exit_code == Exit.DONE
    assert diagnose(settings, NOW).exit_code is Exit.DONE


def test_too_little_room_is_wrong(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ruling D-5."""
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", shutil.disk_usage(settings.home.root).free * 2)
    (named,) = found(settings, Weight.WRONG)
    assert "Make room" in named.remedy


@needs_root
def test_a_landing_folder_that_its_people_cannot_write_into_is_wrong(tmp_path: Path) -> None:
    """Ruling D-5: the remedy that is named has been followed."""
    reference = copy_of_bundled(tmp_path)
    settings = load_settings({"SAVINGS_HOME": str(tmp_path / "var"), "SAVINGS_REFERENCE_DIR": str(reference)})
    settings.home.create()
    establish(settings.home)
    folder = settings.home.landing / "AH"
    folder.mkdir(mode=0o700)
    assert found(settings, Weight.WRONG) == []
    with group() as (name, _):
        give_group(reference, "AH", name)
        (named,) = found(settings, Weight.WRONG)
        assert f"Nobody but the service can put files into {folder}" in named.what
        commands = named.remedy.removeprefix("As root: ").removesuffix(".")
        subprocess.run(["sh", "-ec", commands], check=True)
        assert found(settings, Weight.WRONG) == []


@needs_root
@pytest.mark.needs(SSHFS)
@needs_fuse
@pytest.mark.parametrize("mounted", [".", "AH"])
def test_a_share_that_shows_the_services_modes_alone_is_not_wrong(tmp_path: Path, mounted: str) -> None:
    """Ruling D-5: its people write at the server, and no chmod here changes what the mount shows."""
    reference, there, landing = copy_of_bundled(tmp_path), tmp_path / "there", tmp_path / "landing"
    places = {"SAVINGS_REFERENCE_DIR": str(reference), "SAVINGS_LANDING_DIR": str(landing)}
    settings = load_settings({"SAVINGS_HOME": str(tmp_path / "var"), **places})
    (there / "AH").mkdir(mode=0o700, parents=True)
    (there / "AH").chmod(0o700)
    if mounted != ".":
        landing.mkdir()
    with group() as (name, _), share(there / mounted, landing / mounted):
        settings.home.create()
        establish(settings.home)
        give_group(reference, "AH", name)
        assert found(settings, Weight.WRONG) == []


@needs_root
def test_a_group_that_is_not_there_and_a_post_with_the_services_account_are_wrong(tmp_path: Path) -> None:
    """Ruling D-5."""
    reference = with_posts(copy_of_bundled(tmp_path), "Chief accountant,,adopt,root")
    give_group(reference, "AH", "no-such-group")
    settings = load_settings({"SAVINGS_HOME": str(tmp_path / "var"), "SAVINGS_REFERENCE_DIR": str(reference)})
    settings.home.create()
    establish(settings.home)
    wrong = found(settings, Weight.WRONG)
    (missing,) = (each for each in wrong if "There is no group 'no-such-group'" in each.what)
    assert missing.remedy.endswith("usermod -aG no-such-group root; then start the service again.")
    assert [each for each in wrong if "has the service's own account" in each.what]


@needs_root
def test_what_a_command_of_roots_left_behind_stops_the_service_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ruling D-5."""
    with folder_for_all() as folder, account() as service:
        home = service.owns(folder) / "home"
        assert service.savings(home, "init", umask=0).returncode == Exit.DONE
        assert service.savings(home, "doctor").returncode == Exit.DONE
        os.chown(home / "vault" / "home.json", 0, 0)
        done = service.savings(home, "doctor")
        assert done.returncode == Exit.NOT_PUBLISHED
        monkeypatch.setenv("SAVINGS_HOME", str(home))
        told = CliRunner().invoke(app, ["doctor"])
        assert told.exit_code == Exit.REFUSED
        assert f"sudo -u {service.name} savings doctor" in told.stdout


@needs_root
def test_the_remedy_gives_the_service_what_is_its_own_and_takes_from_nobody_else() -> None:
    """Ruling D-5: releases stay the readers', landing its senders', and a decision that of the post that left it."""
    with folder_for_all() as folder, group() as readers, account(readers) as service, account() as post:
        home = service.owns(folder) / "a home"
        named = {"SAVINGS_READERS_GROUP": readers[0]}
        assert service.savings(home, "init", **named).returncode == Exit.DONE
        others = [home / "landing" / "AH" / "return.xlsx", home / "decisions" / "one", home / "begun" / "1-two"]
        for path in others:
            path.write_bytes(b"")
            os.chown(path, post.uid, post.gid)
        release = home / "releases" / "R1"
        release.mkdir()
        for path in (home / "vault" / "home.json", release, home / "decisions", home / "begun"):
            os.chown(path, 0, -1)
        (remedy,) = remedies_of_root(service.savings(home, "doctor", "--json", **named).stdout)
        subprocess.run(["sh", "-ec", remedy.removeprefix("As root: ").partition(". Run every")[0]], check=True)

        assert service.savings(home, "doctor", **named).returncode == Exit.DONE
        assert {path.stat().st_uid for path in others} == {post.uid}
        assert (release.stat().st_uid, release.stat().st_gid) == (service.uid, readers[1])


def remedies_of_root(printed: str) -> list[str]:
    """Return what the doctor asks root to do."""
    remedies = [each["remedy"] for each in json.loads(printed)["found"]]
    return [remedy for remedy in remedies if remedy.startswith("As root: ")]
