"""Landing: what is listed, in which order, what may be opened, and where it is set aside."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.custody import aside, landed_file, landing, litter, settling
from sources.custody.aside import aside_name
from sources.custody.landed_file import Landed, LeftWaitingError, Mark, NotAFileError, open_landed
from sources.custody.landing import FolderProblemError, natural_order, open_folder, waiting
from sources.custody.marker import MARKER
from sources.custody.settling import State
from sources.home import GROUP_WRITES
from sources.receipts.receipt import RECEIPTS
from sources.reference.folder_cells import NotTypedError, typed
from sources.reference.folder_contract import FieldKind
from sources.reference.folder_required import KEPT_NAMES
from tests.homes import drop, fresh_home
from tests.machines import group, needs_root


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


def listed(home):
    return [(landed.directorate_code, landed.name) for landed in waiting(home.landing)]


def only(home):
    (landed,) = waiting(home.landing)
    return landed


@contextlib.contextmanager
def opened(home, landed):
    with open_folder(home.landing, landed.folder) as folder, open_landed(folder, landed) as stream:
        yield stream


def set_aside(home, landed, seq):
    with open_folder(home.landing, landed.folder) as folder:
        aside.set_aside(folder, landed, seq)


def test_v2_comes_before_v10():
    names = ["TRR_v10.xlsx", "TRR_v2.xlsx", "trr_V1.xlsx"]
    assert sorted(names, key=natural_order) == ["trr_V1.xlsx", "TRR_v2.xlsx", "TRR_v10.xlsx"]


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_names_can_be_put_in_order(names):
    assert len(sorted(names, key=natural_order)) == len(names)


def test_files_are_listed_by_folder_and_in_natural_order(home):
    for folder, name in [("PL", "a.xlsx"), ("AH", "v10.xlsx"), ("AH", "v9.xlsx")]:
        drop(home, folder, name)
    assert listed(home) == [("AH", "v9.xlsx"), ("AH", "v10.xlsx"), ("PL", "a.xlsx")]


def test_a_file_in_no_folder_and_one_in_an_unknown_folder_are_listed_too(home):
    drop(home, "", "stray.xlsx")
    drop(home, "Nobody", "a.xlsx")
    assert listed(home) == [("", "stray.xlsx"), ("Nobody", "a.xlsx")]


def test_each_directorate_has_a_folder_and_what_lies_in_one_stays(home):
    landing.make_folders(home.landing, {"AH": None, "CH": None})
    (home.landing / "AH" / "kept.xlsx").write_bytes(b"x")
    landing.make_folders(home.landing, {"AH": None, "CH": None, "PL": None})
    assert sorted(path.name for path in home.landing.iterdir() if path.is_dir()) == ["AH", "CH", "PL"]
    assert (home.landing / "AH" / "kept.xlsx").read_bytes() == b"x"


@needs_root
@pytest.mark.parametrize("stops", [KeyError, KeyboardInterrupt])
def test_a_directorate_has_a_folder_once_its_people_can_write_in_it_and_not_before(home, monkeypatch, stops):
    """Ruling D-5: where its group is not there yet, or a kill came between, a later load makes it."""

    def fails(name):
        raise stops

    with group() as (name, gid):
        with monkeypatch.context() as patched, contextlib.suppress(KeyboardInterrupt):
            patched.setattr("sources.home.grp.getgrnam", fails)
            landing.make_folders(home.landing, {"CH": None, "AH": name})
        assert landing.folders_of(home.landing) == ["CH"]
        landing.make_folders(home.landing, {"CH": None, "AH": name})
        found = (home.landing / "AH").stat()
    assert (found.st_gid, stat.S_IMODE(found.st_mode)) == (gid, GROUP_WRITES)
    assert sorted(path.name for path in home.landing.iterdir()) == [MARKER, "AH", "CH"]


def test_a_share_that_gives_no_group_anything_has_its_folders_all_the_same(home, monkeypatch):
    """It lets people in by rules of its own, and what it refuses keeps no other from its folder."""

    def refused(*_):
        raise PermissionError(errno.EPERM, "not on this share")

    monkeypatch.setattr(landing, "open_to", refused)
    landing.make_folders(home.landing, {"AH": "a group", "CH": None})
    assert landing.folders_of(home.landing) == ["AH", "CH"]


LITTER = (
    "~$TRR_AH.xlsx",
    ".hidden.xlsx",
    "._TRR_AH.xlsx",
    ".~lock.a.xlsx#",
    "copying.xlsx.tmp",
    "copy.XLSX.PART",
    "Thumbs.db",
    "DESKTOP.INI",
    "TRR_AH.xlsx:Zone.Identifier",
    "TRR_AH.xlsx\uf022Zone.Identifier",
    "8C3F2A10",
)
LITTER_FOLDERS = ("lost+found", "@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information", ".Trash-1000")


def test_a_return_whose_name_is_nearly_that_of_litter_is_none(home):
    for name in ("8C3F2A10.xlsx", "thumbs.db.xlsx", "AH~$.xlsx"):
        drop(home, "AH", name)
    assert len(listed(home)) == 3


@pytest.mark.parametrize(
    "code",
    ["10002000", "FACADE01", *sorted(litter._NAMES), aside.RECEIVED, RECEIPTS, "AH", "12ab", "temp", "tmp", "part"],
)
def test_a_directorate_of_any_code_that_it_may_have_is_received(home, code):
    """Rulings C2, C3: a code may look like what Excel leaves, and no code is a folder that is left alone."""
    try:
        typed(FieldKind.CODE, code)
    except NotTypedError:
        return
    drop(home, code, "a.xlsx")
    is_received = listed(home) == [(code, "a.xlsx")] and code != RECEIPTS
    assert is_received == (code not in KEPT_NAMES)


def test_what_is_not_meant_to_be_sent_is_left_alone(home):
    # Ruling C3.
    for name in LITTER:
        drop(home, "AH", name)
        drop(home, "", name)
    for folder in LITTER_FOLDERS:
        drop(home, folder, "a.xlsx")
        drop(home, f"AH/{folder}", "a.xlsx")
    drop(home, "AH/received", "000001_old.xlsx")
    drop(home, "received", "000002_old.xlsx")
    drop(home, ".snapshot", "a.xlsx")
    assert listed(home) == []


def test_names_that_are_no_text_can_be_listed_and_taken(home):
    raw = os.fsdecode(b"caf\xe9\n.xlsx")
    drop(home, "AH", raw)
    landed = only(home)
    assert landed.name == "caf\\xe9\n.xlsx"
    with opened(home, landed) as stream:
        assert stream.read() == b"a return"
    set_aside(home, landed, 7)
    assert (home.landing / "AH" / "received" / f"000007_{raw}").exists()


def make_link(path):
    target = path.parent.parent / "secret"
    target.write_bytes(b"another council's return")
    path.symlink_to(target)


def make_pipe(path):
    os.mkfifo(path)


def make_hard_link(path):
    target = path.parent.parent / "elsewhere"
    target.write_bytes(b"bytes of somebody else")
    os.link(target, path)


def make_folder(path):
    path.mkdir()


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (make_link, "symbolic link"),
        (make_pipe, "named pipe"),
        (make_hard_link, "hard link"),
        (make_folder, "folder"),
        (make_socket, "socket"),
    ],
)
def test_only_plain_files_are_opened(home, make, what):
    # F-C20, F-C21: none of them blocks, and a link is not followed.
    (home.landing / "AH").mkdir()
    make(home.landing / "AH" / "x.xlsx")
    if what == "hard link":
        (home.landing / "elsewhere").rename(home.root / "elsewhere")
    landed = next(each for each in waiting(home.landing) if each.name == "x.xlsx")
    with pytest.raises(NotAFileError, match=f"^{what}$"), opened(home, landed):
        pass


def test_a_hard_link_to_a_file_of_somebody_else_is_a_file(home, monkeypatch):
    # Ruling C7, F-C21.
    (home.landing / "AH").mkdir()
    make_hard_link(home.landing / "AH" / "x.xlsx")
    monkeypatch.setattr(landed_file.os, "geteuid", lambda: os.getuid() + 1)
    landed = next(each for each in waiting(home.landing) if each.name == "x.xlsx")
    with opened(home, landed) as stream:
        assert stream.read() == b"bytes of somebody else"


def test_a_file_bigger_than_any_return_is_not_copied(home, monkeypatch):
    monkeypatch.setattr(landed_file, "MOST_BYTES_TAKEN", 4)
    drop(home, "AH", "a.xlsx", b"12345")
    with pytest.raises(NotAFileError, match="more than 1 GiB"), opened(home, only(home)):
        pass


def test_a_file_that_somebody_has_open_for_writing_is_left_waiting(home):
    # F-D26.
    path = drop(home, "AH", "a.xlsx")
    with path.open("ab"), pytest.raises(LeftWaitingError, match="still being written"), opened(home, only(home)):
        pass
    with opened(home, only(home)) as stream:
        assert stream.read() == b"a return"


def test_where_leases_cannot_be_had_only_a_change_tells_of_a_writer(home, monkeypatch):
    # F-D26 on a network share: what is said to be the limit of it, and what still holds.
    def has_no_leases(*_):
        raise OSError(errno.EINVAL, "no leases here")

    monkeypatch.setattr(settling.fcntl, "fcntl", has_no_leases)
    path = drop(home, "AH", "a.xlsx", b"half")
    with path.open("ab", buffering=0) as sender:
        with opened(home, only(home)) as stream:
            assert stream.read() == b"half"
        landed = only(home)
        sender.write(b" and the rest")
        with pytest.raises(LeftWaitingError, match="changed"), opened(home, landed):
            pass


def test_a_file_that_was_changed_since_it_was_listed_is_left_waiting(home):
    path = drop(home, "AH", "a.xlsx")
    landed = only(home)
    path.write_bytes(b"a longer return")
    with pytest.raises(LeftWaitingError, match="changed"), opened(home, landed):
        pass


def test_a_file_that_is_changed_while_it_is_read_is_left_waiting(home):
    path = drop(home, "AH", "a.xlsx")
    with pytest.raises(LeftWaitingError, match="changed"), opened(home, only(home)):
        path.write_bytes(b"a longer return")


def test_a_file_swapped_for_a_link_is_not_followed(home, tmp_path):
    # F-C22.
    path = drop(home, "AH", "a.xlsx")
    landed = only(home)
    path.unlink()
    make_link(path)
    with pytest.raises(NotAFileError, match="symbolic link"), opened(home, landed):
        pass


def test_a_file_that_vanished_is_not_found(home):
    # F-D30.
    path = drop(home, "AH", "a.xlsx")
    landed = only(home)
    path.unlink()
    with open_folder(home.landing, "AH") as folder, pytest.raises(FileNotFoundError), open_landed(folder, landed):
        pass


def test_what_was_taken_is_set_aside_under_its_number(home):
    drop(home, "AH", "a.xlsx")
    landed = only(home)
    set_aside(home, landed, 12)
    assert (home.landing / "AH" / "received" / "000012_a.xlsx").read_bytes() == b"a return"
    assert listed(home) == []


def test_what_was_set_aside_before_is_never_replaced_when_numbers_come_again(home):
    """After a restore of an older vault the copy in received/ is all that is left of the events that were lost."""
    for sent in (b"of an event that was lost", b"a return", b"another"):
        drop(home, "AH", "a.xlsx", sent)
        set_aside(home, only(home), 12)
    kept = {path.read_bytes(): path.name for path in (home.landing / "AH" / "received").iterdir()}
    assert sorted(kept) == [b"a return", b"another", b"of an event that was lost"]
    assert kept[b"of an event that was lost"] == "000012_a.xlsx"
    assert all(name.startswith("000012_") and name.endswith("_a.xlsx") for name in kept.values())


def test_a_file_that_took_the_name_meanwhile_waits_again(home):
    path = drop(home, "AH", "a.xlsx", b"first")
    landed = only(home)
    path.unlink()
    drop(home, "AH", "a.xlsx", b"second, not yet taken")
    with pytest.raises(LeftWaitingError, match="changed after it was taken"):
        set_aside(home, landed, 1)
    assert path.read_bytes() == b"second, not yet taken"
    assert not (home.landing / "AH" / "received").exists()


def test_a_file_written_to_while_it_was_taken_waits_again(home):
    path = drop(home, "AH", "a.xlsx", b"first")
    landed = only(home)
    with path.open("ab"), pytest.raises(LeftWaitingError):
        set_aside(home, landed, 1)
    assert listed(home) == [("AH", "a.xlsx")]


@pytest.mark.parametrize("has_hard_links", [True, False])
def test_putting_back_never_replaces_what_landed_since(home, monkeypatch, has_hard_links):
    # Ruling C1: a share has no hard links, and a file of another owner may not have one.
    drop(home, "AH", "a.xlsx", b"second")
    landed = only(home)

    def lands_meanwhile(received, name, landed):
        drop(home, "AH", "a.xlsx", b"third")
        return False

    def refused(*_, **__):
        raise PermissionError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(aside, "_is_still", lands_meanwhile)
    if not has_hard_links:
        monkeypatch.setattr(aside.os, "link", refused)
    with pytest.raises(LeftWaitingError):
        set_aside(home, landed, 1)
    assert sorted(each.read_bytes() for each in (home.landing / "AH").iterdir() if each.is_file()) == [
        b"second",
        b"third",
    ]


def make_received_a_link(folder):
    (folder.parent.parent / "elsewhere").mkdir()
    (folder / "received").symlink_to(folder.parent.parent / "elsewhere")


def make_received_a_file(folder):
    (folder / "received").write_text("see my mail")


@pytest.mark.parametrize("make", [make_received_a_link, make_received_a_file])
def test_a_file_or_link_named_received_is_a_problem_of_its_folder(home, make):
    # Ruling C2; a link would send what is moved elsewhere.
    drop(home, "AH", "a.xlsx")
    make(home.landing / "AH")
    with pytest.raises(FolderProblemError, match="'received' in it is no folder"), open_folder(home.landing, "AH"):
        pass
    assert listed(home) == [("AH", "a.xlsx")]


def test_a_folder_that_is_a_link_is_not_entered(home, tmp_path, monkeypatch):
    # F-C20: a link that a sender made; one that the operator made is followed (ruling C4).
    monkeypatch.setattr(landing, "is_trusted_link", lambda found: False)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.xlsx").write_bytes(b"another council's return")
    (home.landing / "AH").symlink_to(elsewhere)
    assert listed(home) == [("", "AH")]
    with pytest.raises(FolderProblemError, match="cannot be read by uid"), open_folder(home.landing, "AH"):
        pass


@given(st.binary(min_size=1, max_size=255).filter(lambda data: b"\0" not in data and b"/" not in data))
def test_a_name_set_aside_never_outgrows_the_file_system(data):
    name = os.fsencode(aside_name(1_234_567, os.fsdecode(data)))
    assert len(name) <= 255
    assert name.startswith(b"1234567_")
    assert name.endswith(data[-20:])


def test_a_time_that_no_calendar_has_is_no_fault(tmp_path):
    def written(moment):
        return Landed("AH", "a.xlsx", Mark(0, 0, State(0, moment, 0))).last_written

    assert written(2**63 - 1).year == 2262
    assert written(-(2**62)).year == 1970
