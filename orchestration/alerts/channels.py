"""The ways out of the outbox: mail through the council's relay, and one address that takes JSON.

Here belongs where alerts go. Not here: handing one over (``sending``). Light: the settings hold them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

Security = Literal["starttls", "tls", "plain"]
_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("plain", 25),
}


class ChannelProblemError(ValueError):
    """What a setting says of a way out cannot be used; its text says how to correct it."""


@dataclass(frozen=True)
class Relay:
    """A mail server that takes messages from this machine.

    Attributes:
        host: Its name.
        port: Its port.
        security: ``starttls``, ``tls``, or ``plain`` for a relay on this machine.
        account: Whom to log in as; empty for a relay that asks for nobody.
        password: The file that holds the password.
    """

    host: str
    port: int
    security: Security
    account: str = ""
    password: Path | None = None

    @classmethod
    def at(cls, url: str, password: Path | None = None) -> Relay:
        """Return the relay that an address names, such as ``smtp://account@relay.example:587``.

        Raises:
            ChannelProblemError: If it names none.
        """
        try:
            parts = urlsplit(url)
            security, port = _SCHEMES[parts.scheme]
            host, port = parts.hostname or "", parts.port or port
        except (KeyError, ValueError):
            host = ""
        if not host or parts.password:
            raise ChannelProblemError(
                "Write smtp://account@relay.example:587 (or smtps://, or smtp+plain:// for a relay on this machine); "
                "a password belongs in the file that SAVINGS_SMTP_PASSWORD_FILE names."
            )
        return cls(host, port, security, unquote(parts.username or ""), password)


@dataclass(frozen=True)
class Channels:
    """Where alerts go.

    Attributes:
        relay: The mail server; None: no mail.
        sender: The address that mail comes from.
        receivers: Whom it goes to.
        webhook: An address that takes each alert as JSON; empty: none.
    """

    relay: Relay | None = None
    sender: str = ""
    receivers: tuple[str, ...] = ()
    webhook: str = ""

    @property
    def everybody(self) -> tuple[str, ...]:
        """Return all who are to have each alert, by the names that the outbox notes."""
        return (*(self.receivers if self.relay else ()), *((self.webhook,) if self.webhook else ()))


NOWHERE = Channels()
