"""The consumer of emails for threads."""

from __future__ import annotations

import math
import socket
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _wire
from ._client import forget_connections, remember
from ._deliveries import (
    GOOD_SECONDS,
    Deliveries,
    DropEmail,
    Email,
    EmailOptions,
    log_failure,
    log_slowness,
    parsed,
    refusal,
)
from ._endpoint import CannotConnect
from ._settings import Settings
from ._sync import Connection, open_connection
from ._wire import Notification, Request, now
from .errors import MvpAuthError

if TYPE_CHECKING:
    from typing_extensions import Self

HELLO_SECONDS = 5.0
UNSUBSCRIBE_SECONDS = 1.0


class EmailEvent(Email):
    """An email that is to be sent, until it is settled by `ack`, `retry` or `drop`.

    The first of them counts. What the daemon does not hear of, because the connection was lost,
    is said again when the email comes again.
    """

    _consumer: EmailConsumer

    def ack(self) -> None:
        """It was sent."""
        self._settle(self._outcome("success"))

    def retry(self, *, delay: float | None = None, reason: str | None = None) -> None:
        """It was not: the daemon hands it out again, after `delay` seconds or by its own schedule.

        - reason: for the daemon's operator; it must not hold the token.
        """
        self._settle(self._outcome("retry", delay, reason))

    def drop(self, *, reason: str | None = None) -> None:
        """It is never to be sent."""
        self._settle(self._outcome("drop", None, reason))

    def _settle(self, outcome: dict[str, Any] | None) -> None:
        if outcome is not None:
            self._consumer._settle(outcome)


class EmailConsumer:
    """The emails that the app is to send: the daemon has no network. From `Client.emails()`.

    ```python
    with client.emails() as emails:
        for email in emails:
            send(email.email, email.link)
            email.ack()
    ```

    or `client.emails().run(send_email)`, in a thread of its own.

    Each email comes at least once, and to this process once as long as it lives. Several
    consumers, in other threads or processes, share the work. A lost connection is made again for
    as long as somebody waits for emails. One thread iterates; any thread may settle and close.
    """

    def __init__(self, settings: Settings, options: EmailOptions) -> None:
        self._connection: Connection | None = None
        """The one with the subscription."""
        self._settings = settings
        self._options = options
        self._began = -math.inf
        self._failures = 0
        self._is_stopping = False
        """No more emails; what was begun can be settled."""
        self._restart()
        remember(self)

    def _restart(self) -> None:
        self._deliveries = Deliveries(self._options.ack_timeout)
        self._subscription: str | None = None
        # Settled while another thread waits on the connection: it says so.
        self._unsaid: deque[dict[str, Any]] = deque()
        self._turn = threading.RLock()
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._waker.setblocking(False)
        self._is_running = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> EmailEvent:
        if not _wire.is_same_process():
            forget_connections()
        deliveries = self._deliveries
        with self._turn:
            while not self._is_stopping:
                if isinstance(email := deliveries.take(), EmailEvent):
                    email._consumer = self
                    return email
                if self._connection is None:
                    self._subscribe()
                else:
                    self._listen(self._connection)
            raise StopIteration

    def run(self, handler: Callable[[EmailEvent], object]) -> None:
        """Sends emails by a handler, one after the other, until the consumer is closed.

        A handler that returns has sent the email. What it raises hands the email out again later,
        and is logged, and told to operators, by the name of its class: its text may hold the token.
        `DropEmail` gives the email up.
        """
        if self._is_running:
            raise RuntimeError("The consumer has a handler already.")
        self._is_running = True
        try:
            for email in self:
                self._handle(email, handler)
                del email
        finally:
            self._is_running = False
            self.close()

    def close(self) -> None:
        """Ends the subscription. What was not settled is handed out again, here or elsewhere.

        Where `run` is at work in another thread, that ends after the email in hand. May be called
        twice.
        """
        self._is_stopping = True
        self._interrupt()
        if self._is_running:
            return
        with self._turn:
            self._say_unsaid()
            self._unsubscribe()
            self._lose()
            self._wake.close()
            self._waker.close()

    def _subscribe(self) -> None:
        """Makes one attempt, after a pause where the last ones failed."""
        if now() - self._began > GOOD_SECONDS:
            self._failures = 0
        elif self._failures > 0 and self._pause(_wire.backoff(self._failures)):
            return
        self._failures += 1
        try:
            self._subscribe_once()
        except CannotConnect as problem:
            self._lose()
            if problem.is_final:
                self.close()
                raise problem.error from None
        except MvpAuthError as error:
            self._lose()
            if not error.retryable:
                self.close()
                raise refusal(error) from None
        except BaseException:
            self._lose()
            raise
        finally:
            self._began = now()

    def _subscribe_once(self) -> None:
        connection = open_connection(self._settings, now() + HELLO_SECONDS, self._hear)
        self._connection = connection
        reply = connection.call(Request("hooks.subscribe", self._options.params()))
        if isinstance(reply, dict):
            self._subscription = str(reply.get("subscription"))

    def _listen(self, connection: Connection) -> None:
        if self._unsaid:
            # What came before the answers to that is taken before anybody waits for more.
            self._say_unsaid()
        elif connection.is_usable:
            connection.listen(self._wake.fileno())
            self._awake()
        if not connection.is_usable:
            self._lose()

    def _hear(self, notification: Notification) -> None:
        if notification.method != "hooks.event":
            return
        if (email := parsed(EmailEvent, notification.params)) is None:
            return
        if (before := self._deliveries.receive(email)) is not None:
            self._unsaid.append(before)

    def _settle(self, outcome: dict[str, Any]) -> None:
        self._deliveries.settle(outcome)
        self._unsaid.append(outcome)
        if self._turn.acquire(blocking=False):
            try:
                self._say_unsaid()
            finally:
                self._turn.release()
        else:
            self._interrupt()

    def _say_unsaid(self) -> None:
        """Tells the daemon what became of emails. What it does not hear of comes again."""
        while self._unsaid:
            connection = self._connection
            if connection is None or not connection.is_usable:
                # Another connection may not speak for this one.
                self._unsaid.clear()
                return
            try:
                connection.call(Request("hooks.ack", self._unsaid.popleft()))
            except MvpAuthError:
                continue

    def _unsubscribe(self) -> None:
        connection, subscription = self._connection, self._subscription
        self._subscription = None
        if connection is None or subscription is None or not connection.is_usable:
            return
        params = {"subscription": subscription}
        try:
            connection.call(Request("hooks.unsubscribe", params, timeout=UNSUBSCRIBE_SECONDS))
        except MvpAuthError:
            pass  # Closing says the same.

    def _lose(self) -> None:
        connection, self._connection = self._connection, None
        self._subscription = None
        self._deliveries.discard()
        if connection is not None:
            connection.close()

    def _handle(self, email: EmailEvent, handler: Callable[[EmailEvent], object]) -> None:
        began = now()
        try:
            handler(email)
        except DropEmail as error:
            email.drop(reason=str(error))
        except Exception as error:  # noqa: BLE001
            log_failure(email, error)
            email.retry(reason=type(error).__name__)
        else:
            email.ack()
        if now() - began > self._options.ack_timeout:
            log_slowness(email, self._options.ack_timeout)

    def _pause(self, seconds: float) -> bool:
        """Whether the consumer was closed meanwhile."""
        until = now() + seconds
        while not self._is_stopping and (left := until - now()) > 0:
            time.sleep(min(left, 0.05))
        return self._is_stopping

    def _interrupt(self) -> None:
        """Wakes the thread that waits on the connection."""
        try:
            self._waker.send(b"!")
        except OSError:
            pass  # It has been woken often enough, or the consumer is closed.

    def _awake(self) -> None:
        try:
            self._wake.recv(4096)
        except OSError:
            pass

    def _forget(self) -> None:
        """In the child of a fork: the connection is the parent's, and so are its emails."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._wake.close()
        self._waker.close()
        self._restart()

    def __del__(self) -> None:
        connection = getattr(self, "_connection", None)
        if connection is not None:
            warnings.warn(f"unclosed {type(self).__name__}", ResourceWarning, source=self)
            connection.close()
        for end in (getattr(self, "_wake", None), getattr(self, "_waker", None)):
            if end is not None:
                end.close()
