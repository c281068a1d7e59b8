"""Whose account runs a command: the kernel's word, not the environment's."""

from __future__ import annotations

import os
import pwd

import pytest

from orchestration.account import os_account


def test_the_environment_cannot_claim_another_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "s151")
    assert pwd.getpwnam(os_account()).pw_uid == os.getuid()


def test_a_user_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)
    assert os_account() == "uid 4000000001"
