"""Where the emails of a private daemon arrive."""

from __future__ import annotations

import threading
from typing import NamedTuple

from mvpauth.client import Client
from mvpauth.emails import EmailConsumer, EmailEvent

__all__ = ["Email", "Mailbox"]


class Email(NamedTuple):
    """A message that an app would have sent."""

    event: str
    """`verification_email` or `password_reset_email`."""
    email: str
    """The address that it goes to."""
    token: str
    """The token for `verify_email` or `reset_password`."""

    def __repr__(self) -> str:
        return f"Email(event={self.event!r}, email={self.email!r})"


class Mailbox:
    """Takes the emails of a daemon, in a thread, from the moment in which somebody looks."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._emails: list[Email] = []
        self._thread: threading.Thread | None = None
        self._consumer: EmailConsumer | None = None
        self._lock = threading.Lock()

    def open(self) -> list[Email]:
        """What has come so far, oldest first."""
        with self._lock:
            # A fork leaves the thread with the parent.
            if self._thread is None or not self._thread.is_alive():
                self._consumer = Client(self._socket).emails(prefetch=100)
                self._thread = threading.Thread(
                    target=self._consumer.run,
                    args=(self._keep,),
                    name="mvpauth.mailbox",
                    daemon=True,
                )
                self._thread.start()
        return list(self._emails)

    def close(self) -> None:
        """Takes no more."""
        if self._consumer is not None and self._thread is not None:
            self._consumer.close()
            if self._thread.is_alive():
                self._thread.join(timeout=10)
        self._thread = self._consumer = None

    def _keep(self, email: EmailEvent) -> None:
        self._emails.append(Email(email.event, email.email, email.token or ""))
