"""Which emails this process holds and which it has settled, without any input or output."""

from __future__ import annotations

import math
import weakref
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from ._generated import _int, _optional, _str, _time, _uuid
from ._wire import now
from .errors import MvpAuthError, ProtocolError

EVENTS = ("verification_email", "password_reset_email")
"""What is taken where nobody says otherwise."""
REMEMBERED = 1024
"""Of how many settled emails the ids are kept."""
LONGEST_REASON = 200
GOOD_SECONDS = 1.0
"""A subscription that lasted so long was a good one: the next one need not wait."""


class EmailOptions:
    """What a consumer asks for, checked."""

    def __init__(self, events: Iterable[str], prefetch: int, ack_timeout: float) -> None:
        if isinstance(events, str):
            raise TypeError("events are several names, not one text.")
        self.events = tuple(events)
        if not self.events:
            raise ValueError("events must name what is to be taken.")
        if not isinstance(prefetch, int) or not 1 <= prefetch <= 100:
            raise ValueError("prefetch is a number from 1 to 100.")
        if not 1 <= ack_timeout <= 600:
            raise ValueError("ack_timeout is in seconds, from 1 to 600.")
        self.prefetch = prefetch
        self.ack_timeout = float(ack_timeout)

    def params(self) -> dict[str, Any]:
        """The params of `hooks.subscribe`."""
        return {
            "events": list(self.events),
            "prefetch": self.prefetch,
            "ack_timeout_ms": math.ceil(self.ack_timeout * 1000),
        }


class Email:
    """An email that is to be sent, until it is settled."""

    delivery_id: str
    """Names the email, over all its deliveries."""
    attempt: int
    """1 for the first time that it is handed out."""
    event: str
    """What it is about: `verification_email`, `password_reset_email`, or a notice."""
    email: str
    """The address that it goes to."""
    token: str | None
    """For `verify_email` or `reset_password`: whoever has it has the account. Notices have none."""
    user_id: UUID | None
    app: str | None
    """The app in which the email arose, by the daemon's name for it."""
    link: str | None
    """A link with the token in it, where the daemon knows the address of the pages."""
    created_at: datetime | None
    expires_at: datetime | None
    """When the token ceases to work."""
    is_settled: bool

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.delivery_id = _str(params["delivery_id"])
        self.attempt = _int(params.get("attempt", 1))
        self.event = _str(params["event"])
        self.email = _str(params["email"])
        self.token = _optional(_str, params.get("token"))
        self.user_id = _optional(_uuid, params.get("user_id"))
        self.app = _optional(_str, params.get("app"))
        self.link = _optional(_str, params.get("link"))
        self.created_at = _optional(_time, params.get("created_at"))
        self.expires_at = _optional(_time, params.get("expires_at"))
        self.is_settled = False

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.event}, delivery_id={self.delivery_id!r},"
            f" attempt={self.attempt})"
        )

    def _outcome(
        self, status: str, delay: float | None = None, reason: str | None = None
    ) -> dict[str, Any] | None:
        """The params of `hooks.ack`, once: the first word counts."""
        if self.is_settled:
            return None
        self.is_settled = True
        said: dict[str, Any] = {"delivery_id": self.delivery_id, "status": status}
        if delay is not None:
            said["delay_ms"] = max(0, round(delay * 1000))
        if reason:
            said["reason"] = reason[:LONGEST_REASON]
        return said


class DropEmail(Exception):
    """Raised by a handler: this email is never to be sent. The text is for the daemon's operator."""


AnyEmail = TypeVar("AnyEmail", bound=Email)


class Deliveries:
    """The emails that wait here, those that are being sent, and the last ones that were settled.

    The daemon hands an email out at least once. By this it is handled once in a process, unless
    whoever had it let go of it without a word: then it is handled when it comes again.
    """

    def __init__(self, ack_timeout: float) -> None:
        self._ack_timeout = ack_timeout
        self._waiting: deque[tuple[float, Email]] = deque()
        self._held: weakref.WeakValueDictionary[str, Email] = weakref.WeakValueDictionary()
        self._settled: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def receive(self, email: Email) -> dict[str, Any] | None:
        """Takes what the daemon hands out. The params of the `hooks.ack` that it did not hear of,
        where the email was settled before."""
        before = self._settled.get(email.delivery_id)
        if before is None and email.delivery_id not in self._held:
            self._held[email.delivery_id] = email
            self._waiting.append((now() + self._ack_timeout, email))
        return before

    def take(self) -> Email | None:
        """The email that has waited longest. One that has waited too long is somebody else's."""
        while self._waiting:
            expiry, email = self._waiting.popleft()
            if now() < expiry:
                return email
            self._held.pop(email.delivery_id, None)
        return None

    def settle(self, outcome: dict[str, Any]) -> None:
        """Remembers how an email ended, also if the daemon does not hear of it."""
        name = outcome["delivery_id"]
        self._held.pop(name, None)
        if outcome["status"] == "retry":
            return  # It comes again under the same id.
        self._settled[name] = outcome
        if len(self._settled) > REMEMBERED:
            self._settled.popitem(last=False)

    def discard(self) -> None:
        """The subscription is over: the daemon gives what nobody began to somebody else."""
        while self._waiting:
            _, email = self._waiting.popleft()
            self._held.pop(email.delivery_id, None)


def parsed(kind: type[AnyEmail], params: object) -> AnyEmail | None:
    """The email of a `hooks.event`; None for what cannot be understood."""
    try:
        return kind(params) if isinstance(params, dict) else None
    except (LookupError, TypeError, ValueError):
        return None


def refusal(error: MvpAuthError) -> MvpAuthError:
    """Why there can be no subscription, in words for who looks."""
    if error.code == "METHOD_NOT_FOUND":
        return ProtocolError(
            "This daemon hands no emails to applications: it is too old.",
            code=error.code,
            number=error.number,
        )
    return error


def log_failure(email: Email, error: BaseException) -> None:
    """Where a handler failed, and never its error's text, which may hold the token."""
    import logging

    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" in {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    logging.getLogger("mvpauth").warning(
        "An email was not sent (%s, delivery %s, attempt %d) and is handed out again: %s%s",
        email.event,
        email.delivery_id,
        email.attempt,
        type(error).__name__,
        place,
    )


def log_slowness(email: Email, seconds: float) -> None:
    """The daemon hands the email to somebody else as well."""
    import logging

    logging.getLogger("mvpauth").warning(
        "Sending an email (%s, delivery %s) takes longer than the %g s of ack_timeout: the daemon"
        " hands it out again.",
        email.event,
        email.delivery_id,
        seconds,
    )
