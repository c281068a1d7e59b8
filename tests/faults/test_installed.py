"""A machine is set up as the operator's pages say, and every account finds the warehouse and its settings.

The pages' own lines are run, with the real paths, on a machine whose accounts and folders are this test's own. Not
there: systemd, sudo and a repository to clone.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from orchestration.exit_codes import Exit
from orchestration.settings import PROJECT
from sources.reference.folder_hash import reference_sha256
from tests.machines import needs_root, on_a_machine_of_its_own
from tests.reference_folder import copy_of_bundled, with_posts

pytestmark = needs_root

OPERATOR = PROJECT / "docs" / "operator"
WEBHOOK = "https://chat.example/hook?who=a&secret=b"
STAND_INS = f"""
git() {{
    mkdir -p "$3"; mount --bind '{PROJECT}' "$3"
    # What was loaded in the checkout under test is in no clone.
    [ ! -d "$3/var" ] || mount -t tmpfs tmpfs "$3/var"
}}
systemctl() {{ :; }}
sudo() {{
    account=$2; shift 2
    setpriv --reuid="$account" --regid="$account" --init-groups env -i PATH=/usr/local/bin:/usr/bin:/bin "$@"
}}
"""
# Between the install and the first look: what an operator writes into the settings.
EDITED = f"""
sed -i '/^smtp_\\|^alerts_/d' /etc/savings/savings.toml
echo 'SAVINGS_ALERTS_WEBHOOK={WEBHOOK}' >> /etc/savings/savings.env
"""
# Typed where a settings file of the sample's lies, as after an upgrade.
TYPED = """
useradd --system --user-group s151
cd /opt/savings/1.0
as() {
    name=$1; shift
    sudo -u "$@" >"$TOLD/$name" 2>&1 || echo "ends with $?" >>"$TOLD/$name"
}
as doctor savings savings doctor --json
as "doctor of a post" s151 savings doctor --json
as adopt s151 savings reference adopt --post "Section 151 officer" --reason "Agreed with the director by telephone."
as hold s151 savings hold release AH-3f --post "Section 151 officer" --reason "Agreed with the director by telephone."
as query s151 savings query "select 1"
as secret s151 cat /etc/savings/savings.env
as another s151 env SAVINGS_CONFIG=/opt/savings/1.0/savings.toml savings query "select 1"
cat /srv/savings/decisions/* >"$TOLD/decisions"
"""


def blocks(page: str, heading: str) -> list[str]:
    """Return the shell blocks below a heading of an operator's page."""
    section = (OPERATOR / page).read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each account was told on the machine, by name."""
    folder = tmp_path_factory.mktemp("told")
    reference = with_posts(copy_of_bundled(tmp_path_factory.mktemp("council")), "Section 151 officer,,adopt;hold,s151")
    (accounts,) = blocks("README.md", "Accounts and groups")
    install, checked = blocks("deploy.md", "Install")
    install = install.replace("COUNCIL/reference", str(reference))
    script = "\n".join([STAND_INS, accounts, install, EDITED, checked])
    done = on_a_machine_of_its_own(f"TOLD='{folder}'\n{script}\n{TYPED}")
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()} | {
        "reference": reference_sha256(reference)
    }


def test_the_service_finds_its_settings_and_what_is_secret_in_them(told: dict[str, str]) -> None:
    found = json.loads(told["doctor"].partition("ends with")[0])
    settings = {name: (value, where) for name, value, where in found["settings"]}
    assert found["home"] == "/srv/savings"
    assert settings["reference_dir"] == ("/etc/savings/reference", "/etc/savings/savings.toml")
    assert settings["readers_group"] == ("savings-readers", "/etc/savings/savings.toml")
    assert settings["alerts_webhook"] == (WEBHOOK, "SAVINGS_ALERTS_WEBHOOK")


def test_the_install_leaves_nothing_that_stops_a_load(told: dict[str, str]) -> None:
    found = json.loads(told["doctor"].partition("ends with")[0])
    assert [each for each in found["found"] if each["weight"] != "to know"] == []
    assert found["exit_code"] == Exit.DONE


def test_a_post_decides_of_the_councils_warehouse_and_lists(told: dict[str, str]) -> None:
    """Ruling D-5: under its own account, in whatever folder it stands."""
    for command in ("adopt", "hold"):
        assert "Your decision is left for the service under the account s151." in " ".join(told[command].split())
    assert told["reference"] in told["decisions"]
    assert "AH-3f" in told["decisions"]


def test_an_analyst_asks_the_councils_release(told: dict[str, str]) -> None:
    assert "There is no release at /srv/savings yet." in " ".join(told["query"].split())


def test_no_other_account_reads_what_is_secret(told: dict[str, str]) -> None:
    assert "Permission denied" in told["secret"]
    post = json.loads(told["doctor of a post"].partition("ends with")[0])
    assert post["home"] == "/srv/savings"
    assert "secret" not in told["doctor of a post"]


def test_settings_that_are_named_come_before_the_machines(told: dict[str, str]) -> None:
    wanted = "There is no release at /opt/savings/1.0/var yet. Run `savings load`, or check home in "
    assert f"{wanted}/opt/savings/1.0/savings.toml." in " ".join(told["another"].split())


# A machine as an earlier version's page left it: settings that the service alone reads, a secret among them.
EARLIER = f"""
umask 077
mkdir /etc/savings
cp '{PROJECT}/deploy/savings.toml' '{PROJECT}/deploy/savings.env' /etc/savings
cp -r "$REFERENCE" /etc/savings/reference
sed -i '/^smtp_\\|^alerts_/d' /etc/savings/savings.toml
echo 'alerts_webhook = "{WEBHOOK}"' >>/etc/savings/savings.toml
chown -R root:savings /etc/savings && chmod 0750 /etc/savings && chmod 0640 /etc/savings/savings.*
install --directory --mode=0711 --owner=savings --group=savings /srv/savings /srv/landing
umask 022
git clone REPOSITORY /opt/savings/1.1 && ln -sfn /opt/savings/1.1 /opt/savings/current
"""
AFTER = """
useradd --system --user-group s151
cd /
sudo -u savings savings init
sudo -u savings savings doctor --json >"$TOLD/service" || :
sudo -u s151 savings doctor --json >"$TOLD/post" || :
cat /etc/savings/savings.toml >"$TOLD/toml"
sudo -u s151 cat /etc/savings/savings.env >"$TOLD/env" 2>&1 || :
"""


def test_a_machine_of_a_version_without_the_command_keeps_its_secret_and_opens_the_rest(tmp_path: Path) -> None:
    (accounts,) = blocks("README.md", "Accounts and groups")
    (once,) = blocks("deploy.md", "Once, from a version without the command")
    reference, folder = copy_of_bundled(tmp_path), tmp_path / "told"
    folder.mkdir()
    places = f"TOLD='{folder}' REFERENCE='{reference}'"
    done = on_a_machine_of_its_own(f"{places}\n{STAND_INS}\n{accounts}\n{EARLIER}\n{once}\n{AFTER}")
    assert done.returncode == 0, done.stdout + done.stderr
    told = {path.name: path.read_text("utf-8") for path in folder.iterdir()}

    of_service, of_post = (json.loads(told[name]) for name in ("service", "post"))
    assert ["alerts_webhook", WEBHOOK, "SAVINGS_ALERTS_WEBHOOK"] in of_service["settings"]
    assert of_post["home"] == "/srv/savings"
    assert WEBHOOK not in told["toml"] + told["post"]
    assert "Permission denied" in told["env"]
