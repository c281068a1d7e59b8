"""A real mail server on loopback that can be down, greylist, refuse, or break the line after a message.

Here belongs the server and what it took. Not here: anything to assert.
"""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from orchestration.alerts.channels import Channels, Relay
from tests.ports import free_port

TEAM, OFFICE = "data.team@council.example", "s151.office@council.example"
OK = "250 OK"
GREYLISTED = "451 4.7.1 Greylisted, try again later"
REFUSED = "550 5.1.1 No such mailbox"


class Mailbox:
    """What arrived, and what the server answers.

    Attributes:
        arrived: Every message that the server took over, in order.
        answer: What it says to a receiver; may be changed at any time.
        breaks: Whether it takes a message and then breaks the line before it says so.
        accounts: Passwords by account; where there are any, nobody sends without one, nor before TLS.
        tls: What it proves itself with; None: it has no TLS.
    """

    def __init__(self) -> None:
        self.arrived: list[Message] = []
        self.answer: Callable[[str], str] = lambda receiver: OK
        self.breaks = False
        self.accounts: dict[str, str] = {}
        self.tls: ssl.SSLContext | None = None
        self._controller: Controller | None = None
        self.port = free_port()

    async def handle_RCPT(  # noqa: N802 - the server calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answer(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the server calls it by this name
        assert isinstance(envelope.content, bytes)
        self.arrived.append(message_from_bytes(envelope.content))
        if self.breaks:
            server.transport.abort()
        return OK

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, how: str, sent: Any) -> AuthResult:
        account, password = sent.login.decode(), sent.password.decode()
        return AuthResult(success=self.accounts.get(account) == password, handled=False)

    def start(self) -> None:
        """Begin to listen."""
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=self.tls,
            authenticator=self._authenticate,
            auth_required=bool(self.accounts),
        )
        self._controller.start()

    def stop(self) -> None:
        """Go down."""
        if self._controller is not None:
            self._controller.stop()
        self._controller = None

    def subjects(self) -> Counter[tuple[str, str]]:
        """Return how often each receiver got each subject."""
        return Counter((str(mail["To"]), str(mail["Subject"])) for mail in self.arrived)

    def ids(self) -> set[str]:
        """Return what tells the messages apart."""
        return {str(mail["Message-ID"]) for mail in self.arrived}


def by_mail(mailbox: Mailbox, *receivers: str) -> Channels:
    """Return alerts' way to the server: to the data team, unless other receivers are named."""
    return Channels(Relay("127.0.0.1", mailbox.port, "plain"), "savings@council.example", receivers or (TEAM,))
