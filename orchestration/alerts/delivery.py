"""Emptying the outbox: each alert to each receiver, once; what does not go out stays, and is tried next time.

Here belongs the order of trying and noting. Not here: how one is handed over (``sending``). There is no
waiting and no second try: every load, every tick of the sensor and the watchdog come by again.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from functools import partial
from http.client import HTTPException

from orchestration.alerts.channels import Channels
from orchestration.alerts.outbox import OUTBOX_LOCK, Outbox, Waiting
from orchestration.alerts.sending import connected, message, post
from orchestration.lock import LockBusyError, hold
from sources.clock import Clock

_HandOver = Callable[[Waiting], object]
# What servers, the network and a password file can fail with; smtplib's errors are OSErrors, http's are not, and
# what cannot be written as the protocol wants it is a ValueError.
_FAILURES = (OSError, HTTPException, ValueError)


def deliver(outbox: Outbox, channels: Channels, clock: Clock) -> list[str]:
    """Hand every alert that waits to whoever does not have it yet.

    Returns:
        Why something stays, a sentence per receiver; empty when all is sent, or another process is at it.
    """
    broken = [f"The alert {path} cannot be read. Look at it, then remove it." for path in outbox.unreadable()]
    if not channels.everybody or not any(outbox.waiting()):
        return broken
    try:
        with hold(outbox.folder / OUTBOX_LOCK):
            problems = [*_by_mail(outbox, channels, clock), *_by_webhook(outbox, channels, clock)]
            _close_what_all_have(outbox, channels)
            return [*broken, *problems]
    except LockBusyError:
        return broken


def _by_mail(outbox: Outbox, channels: Channels, clock: Clock) -> list[str]:
    lacking = [receiver for receiver in channels.receivers if _lacking(outbox, receiver)] if channels.relay else []
    if channels.relay is None or not lacking:
        return []
    problems: list[str] = []
    try:
        with connected(channels.relay) as session:
            for receiver in lacking:
                problems += _to_each(outbox, receiver, partial(_mail, session, channels.sender, receiver), clock)
    except _FAILURES as error:
        problems.append(f"The mail server {channels.relay.host}:{channels.relay.port} takes no alerts: {error}.")
    return problems


def _mail(session: smtplib.SMTP, sender: str, receiver: str, waiting: Waiting) -> None:
    session.send_message(message(waiting, sender, receiver))


def _by_webhook(outbox: Outbox, channels: Channels, clock: Clock) -> list[str]:
    return _to_each(outbox, channels.webhook, partial(_post, channels.webhook), clock) if channels.webhook else []


def _post(url: str, waiting: Waiting) -> None:
    post(waiting, url)


def _to_each(outbox: Outbox, receiver: str, hand_over: _HandOver, clock: Clock) -> list[str]:
    """Hand over all that a receiver lacks; one that is refused does not keep the others back."""
    refused: list[str] = []
    for waiting in _lacking(outbox, receiver):
        try:
            hand_over(waiting)
        except smtplib.SMTPServerDisconnected:
            raise
        except _FAILURES as error:
            refused.append(f"{waiting.alert.subject!r} ({error})")
            continue
        outbox.note(waiting, receiver, clock())
    if not refused:
        return []
    return [f"{len(refused)} alert(s) wait, because {receiver} was not reached: {refused[0]}. They are sent again."]


def _lacking(outbox: Outbox, receiver: str) -> list[Waiting]:
    return [waiting for waiting in outbox.waiting() if receiver not in waiting.received]


def _close_what_all_have(outbox: Outbox, channels: Channels) -> None:
    for waiting in list(outbox.waiting()):
        if set(channels.everybody) <= set(waiting.received):
            outbox.close(waiting)
