"""Who may decide: a post, under its own account, with a reason, and never of its own directorate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sources.reference.authority import SHORTEST_REASON, AuthorityError, Signature, authorise
from sources.reference.reference import Reference, bundled_reference, read_kept_reference, read_reference
from tests.reference_folder import copy_of_bundled, with_posts

ASKED = Signature("Section 151 officer", "s151", "Confirmed with the service by telephone.")
PLACE = Signature("Place finance partner", "pl", ASKED.reason)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    rows = (
        "Section 151 officer,,hold;withdraw;adopt,s151",
        "Place finance partner,PL,hold,pl",
        "Auditor,,tag,audit",
    )
    return read_reference(with_posts(copy_of_bundled(tmp_path_factory.mktemp("posts")), *rows))


def test_a_post_that_may_signs_with_its_account_and_reason(reference: Reference) -> None:
    signed = authorise(reference, "hold", replace(ASKED, reason="  Confirmed with\nthe service. "))
    assert signed == {
        "post": "Section 151 officer",
        "os_account": "s151",
        "reason": "Confirmed with the service.",
    }


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        (replace(ASKED, os_account="pl"), "hold"),
        (replace(ASKED, post="Head of nothing"), "hold"),
        (replace(ASKED, post="Auditor", os_account="audit"), "hold"),
    ],
    ids=["another account", "no such post", "another permission"],
)
def test_who_may_not_is_told_in_one_sentence_which_posts_may(
    reference: Reference, asked: Signature, action: str
) -> None:
    with pytest.raises(AuthorityError) as refused:
        authorise(reference, action, asked)
    assert str(refused.value) == (
        f"'{asked.post}' may not release or reject what is held under the account '{asked.os_account}': these posts "
        "may, each under its own account: Section 151 officer (account s151), Place finance partner (account pl)."
    )


def test_nobody_decides_on_what_their_own_directorate_sent(reference: Reference) -> None:
    assert authorise(reference, "hold", PLACE, ("AH", "AH"))["post"] == PLACE.post
    with pytest.raises(AuthorityError) as refused:
        authorise(reference, "hold", PLACE, ("AH", "PL"))
    assert "being a post of PL, may not" in str(refused.value)
    assert str(refused.value).endswith("its own account: Section 151 officer (account s151).")


def test_a_directorate_and_its_successor_are_one_in_this(tmp_path: Path) -> None:
    # R23: neither did somebody of the old directorate stop being of it, nor is the new one another.
    folder = with_posts(copy_of_bundled(tmp_path), "Place finance partner,PL,hold,pl")
    directorates = folder / "directorate.csv"
    lines = directorates.read_text(encoding="utf-8").splitlines()
    succeeded = [f"{line.rstrip(',')},2040-03-31,PL" if line.startswith("CO,") else line for line in lines]
    assert succeeded != lines
    directorates.write_text("\n".join(succeeded) + "\n", encoding="utf-8")
    reference = read_reference(folder)
    with pytest.raises(AuthorityError, match=r"no post of post\.csv may"):
        authorise(reference, "hold", PLACE, ("CO",))


@pytest.mark.parametrize(
    "reason", ["", "ok", " " * 40, "x" * (SHORTEST_REASON - 1), "mistake \u202e of the sender \udcff"]
)
def test_a_reason_says_something_that_can_be_read(reference: Reference, reason: str) -> None:
    with pytest.raises(AuthorityError, match="A reason has at least 20 characters"):
        authorise(reference, "hold", replace(ASKED, reason=reason))


def test_before_the_first_folder_nobody_may() -> None:
    with pytest.raises(AuthorityError, match="No reference folder is in force yet"):
        authorise(None, "hold", ASKED)


def test_posts_are_read_from_a_folder_that_no_longer_reads_whole(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    (folder / "setting.csv").write_text("an,older,contract\n", encoding="utf-8")
    kept = read_kept_reference(folder, "a" * 64)
    assert authorise(kept, "adopt", ASKED)["post"] == "Section 151 officer"
    assert len(read_reference(bundled_reference()).tables["post"]) == len(kept.tables["post"])
