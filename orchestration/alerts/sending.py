"""Handing one alert over: by mail, and to an address that takes JSON.

Here belongs the form of a message and the talk with a server. Not here: which alerts were handed over
(``outbox``), and when it is tried again (``delivery``).
"""

from __future__ import annotations

import contextlib
import json
import smtplib
import ssl
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from orchestration.alerts.channels import Relay
from orchestration.alerts.outbox import Waiting

_SECONDS = 20


@contextlib.contextmanager
def connected(relay: Relay) -> Iterator[smtplib.SMTP]:
    """Yield a session with a relay, logged in where it has an account.

    Raises:
        OSError: If it cannot be reached (``smtplib.SMTPException`` is one), or the password cannot be read.
        ValueError: If the password is not text.
    """
    with _session(relay) as session:
        if relay.security == "starttls":
            session.starttls(context=ssl.create_default_context())
        if relay.account:
            session.login(relay.account, relay.password.read_text("utf-8").strip() if relay.password else "")
        yield session


def _session(relay: Relay) -> smtplib.SMTP:
    if relay.security == "tls":
        return smtplib.SMTP_SSL(relay.host, relay.port, timeout=_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(relay.host, relay.port, timeout=_SECONDS)


def message(waiting: Waiting, sender: str, receiver: str) -> EmailMessage:
    """Return an alert as mail to one receiver.

    Its id follows from the alert and the receiver: should a relay have taken it and the line broken before it
    said so, the message that is sent again is the same one to every mail program.
    """
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, receiver
    mail["Subject"] = waiting.alert.title
    mail["Date"] = format_datetime(datetime.fromisoformat(waiting.raised_at))
    mail["Message-ID"] = f"<{waiting.alert.name}.{receiver.replace('@', '=')}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(waiting.alert.text)
    return mail


def post(waiting: Waiting, url: str) -> None:
    """Hand an alert to an address that takes JSON; ``Idempotency-Key`` tells it one that it has already.

    Raises:
        OSError: If it is not taken.
        http.client.HTTPException: If what answers does not speak HTTP.
    """
    text = f"{waiting.alert.title}\n\n{waiting.alert.text}"
    body = json.dumps({"text": text, **waiting.alert.as_json()}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": waiting.alert.name}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - settings allow http and https alone
    with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - likewise
        pass
