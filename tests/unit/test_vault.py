"""The vault: bytes under their hash, reference folders, and that damage is found and named."""

from __future__ import annotations

import hashlib
import io
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from sources.custody.payloads import Received, ReferenceAdopted
from sources.custody.problems import CustodyProblem, VaultDamaged
from sources.custody.vault import NIGHTS_TO_REHASH_ALL, Vault, share_of_night
from sources.home import Home
from sources.reference.reference import bundled_reference, reference_sha256

NOON = datetime(2021, 10, 12, 12, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path):
    home = Home.at(tmp_path)
    home.create()
    return Vault(home)


def keep(vault, data):
    """Store bytes and record that they were received, as reception does."""
    stored = vault.store(io.BytesIO(data))
    payload = Received(
        submission_id="AH-1",
        directorate_code="AH",
        file_name="return.xlsx",
        file_sha256=stored.sha256,
        size=stored.size,
        receipt_no=1,
    )
    vault.append(NOON, payload)
    return stored.sha256


def spoil(path, data):
    path.chmod(0o640)
    path.write_bytes(data)


def test_stored_bytes_lie_under_their_hash(vault):
    stored = vault.store(io.BytesIO(b"a return"))
    assert stored.sha256 == hashlib.sha256(b"a return").hexdigest()
    assert stored.size == 8
    assert vault.path_of(stored.sha256).read_bytes() == b"a return"


def test_the_same_bytes_are_one_object(vault, tmp_path):
    first, second = (vault.store(io.BytesIO(b"twice")) for _ in range(2))
    assert first == second
    assert len([path for path in (tmp_path / "vault").rglob("*") if path.is_file()]) == 1


def test_storing_leaves_no_half_file(vault, tmp_path):
    class Breaks(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError(5, "the disk of the sender broke")
            return super().read(3)

    # Ruling C2: it is no problem of the vault's.
    with pytest.raises(OSError, match="the disk of the sender broke"):
        vault.store(Breaks(b"partly read"))
    assert [path for path in (tmp_path / "vault").rglob("*") if path.is_file()] == []


def test_a_sound_vault_says_how_much_it_looked_at(vault):
    for number in range(5):
        keep(vault, f"file {number}".encode())
    report = vault.verify()
    assert (report.events, report.objects, report.rehashed) == (5, 5, 5)


def test_every_share_together_re_hashes_everything_once(vault):
    for number in range(60):
        keep(vault, f"file {number}".encode())
    nights = [vault.verify(share_of_night(date(2026, 1, 1) + timedelta(days=n))) for n in range(NIGHTS_TO_REHASH_ALL)]
    assert sum(night.rehashed for night in nights) == 60
    assert {night.objects for night in nights} == {60}


def test_a_missing_object_is_named_on_any_night(vault):
    sha256 = keep(vault, b"gone")
    vault.path_of(sha256).unlink()
    not_its_night = (int(sha256[:16], 16) + 1) % 30
    with pytest.raises(VaultDamaged, match=f"Object {sha256} is missing"):
        vault.verify((not_its_night, 30))


def test_an_object_of_another_length_is_named_on_any_night(vault):
    sha256 = keep(vault, b"whole")
    spoil(vault.path_of(sha256), b"who")
    not_its_night = (int(sha256[:16], 16) + 1) % 30
    with pytest.raises(VaultDamaged, match="has 3 bytes, not the 5 that were received"):
        vault.verify((not_its_night, 30))


def test_a_flipped_bit_is_named_when_its_share_comes_and_by_a_whole_verification(vault):
    sha256 = keep(vault, b"4,607,500")
    spoil(vault.path_of(sha256), b"4,607,501")
    its_night = int(sha256[:16], 16) % 30
    vault.verify(((its_night + 1) % 30, 30))
    for share in ((its_night, 30), None):
        with pytest.raises(VaultDamaged, match=f"Object {sha256} was altered"):
            vault.verify(share)
    with pytest.raises(VaultDamaged, match=f"Object {sha256} was altered"):
        vault.checked_path_of(sha256)


def test_all_damage_is_named_at_once(vault):
    hashes = [keep(vault, data) for data in (b"one", b"two", b"three")]
    spoil(vault.path_of(hashes[0]), b"eno")
    vault.path_of(hashes[2]).unlink()
    with pytest.raises(VaultDamaged) as damage:
        vault.verify()
    assert len(damage.value.problems) == 2


def test_a_reference_folder_is_kept_by_hash_with_its_contract_files_alone(vault, tmp_path):
    folder = tmp_path / "council"
    shutil.copytree(bundled_reference(), folder)
    (folder / "README.txt").write_text("not under contract")
    sha256 = reference_sha256(folder)
    vault.keep_reference(folder, sha256)
    vault.keep_reference(folder, sha256)
    assert reference_sha256(vault.reference_folder(sha256)) == sha256
    assert not (vault.reference_folder(sha256) / "README.txt").exists()


def test_a_reference_folder_that_changes_meanwhile_is_not_kept(vault):
    with pytest.raises(CustodyProblem, match="was changed while it was read"):
        vault.keep_reference(bundled_reference(), "0" * 64)
    assert not vault.reference_folder("0" * 64).exists()


def test_an_altered_reference_folder_is_named(vault):
    sha256 = reference_sha256(bundled_reference())
    vault.keep_reference(bundled_reference(), sha256)
    vault.append(NOON, ReferenceAdopted(reference_sha256=sha256, changes=[]))
    vault.verify()
    (vault.reference_folder(sha256) / "setting.csv").write_text("name,value,meaning\n")
    with pytest.raises(VaultDamaged, match=f"Reference folder {sha256} was altered"):
        vault.verify()


def test_what_a_killed_run_left_half_written_is_swept_away(vault, tmp_path):
    leftovers = [
        tmp_path / "vault" / ".incoming.99.tmp",
        tmp_path / "vault" / "events" / ".000000000001.json.99.tmp",
        tmp_path / "vault" / "reference" / ".abc.tmp",
    ]
    for path in leftovers[:2]:
        path.write_bytes(b"half")
    leftovers[2].mkdir()
    sha256 = keep(vault, b"whole")
    vault.discard_partial_files()
    assert [path.exists() for path in leftovers] == [False, False, False]
    assert vault.checked_path_of(sha256).exists()
