"""The client for threads."""

from __future__ import annotations

import os
import time
import warnings
import weakref
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _log, _trace, _wire
from ._client import ConnectionInfo, forget_connections, remember
from ._deliveries import EVENTS, EmailOptions
from ._generated import SyncMethods
from ._settings import Settings
from ._sync import Pool
from ._wire import Request, now
from .errors import MvpAuthError

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._sync_emails import EmailConsumer


class Client(SyncMethods):
    """A client of the daemon for threads (and gevent, monkey-patched).

    ```python
    with Client() as auth:
        pair = auth.login("ada@example.org", "correct horse battery")
        user = auth.current_user(pair.access_token)
    ```

    One client serves a whole process and all of its threads; it survives a fork. Each call in
    flight has a connection of its own.

    - pool_size: how many idle connections are kept.
    - max_connections: how many there may be; half of them at most hash passwords. Further calls
      wait for their turn, within their time.

    The other arguments are those of `AsyncClient`.
    """

    def __init__(
        self,
        socket: str | os.PathLike[str] | None = None,
        *,
        timeout: float | None = None,
        daemon_uid: int | None = None,
        roles: Iterable[str] | None = None,
        name: str = "python",
        pool_size: int = 8,
        max_connections: int = 64,
    ) -> None:
        if pool_size < 0 or max_connections < 1:
            raise ValueError("pool_size must be at least 0, and max_connections at least 1.")
        self._settings = Settings(socket, timeout, daemon_uid, roles, name)
        self._pool = Pool(self._settings, pool_size, max_connections)
        self._consumers: weakref.WeakSet[EmailConsumer] = weakref.WeakSet()
        remember(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """Calls any method by its name and gives its result as JSON has it.

        - timeout: seconds in all, `math.inf` for no limit; None is the client's.
        - idempotency_key: with one, a call whose answer was lost is made again by itself.

        Raises `MvpAuthError`.
        """
        return self._call(method, params, timeout=timeout, idempotency_key=idempotency_key)

    def ready(self, *, timeout: float | None = None) -> None:
        """Returns when the daemon can be reached and its store works; waits for that.

        Raises `MvpAuthError`: the message says what is wrong, and what to do about it.
        """
        self._call("system.health", {}, timeout=timeout)

    def emails(
        self,
        *,
        events: Iterable[str] = EVENTS,
        prefetch: int = 1,
        ack_timeout: float = 30.0,
    ) -> EmailConsumer:
        """The messages that the app is to send, on a connection of its own: see `EmailConsumer`.
        The process needs the role `hooks`; without it iterating says so.

        The arguments are those of `AsyncClient.emails`. A thread sends one message at a time;
        `prefetch` is how many it holds meanwhile.
        """
        from ._sync_emails import EmailConsumer

        consumer = EmailConsumer(
            self._settings.for_hooks(), EmailOptions(events, prefetch, ack_timeout)
        )
        self._consumers.add(consumer)
        return consumer

    def close(self) -> None:
        """Closes the idle connections, the others with their calls, and the consumers. May be
        called twice."""
        for consumer in list(self._consumers):
            consumer.close()
        self._pool.close()

    @property
    def connections(self) -> list[ConnectionInfo]:
        """The idle connections, for the curious."""
        return [
            ConnectionInfo(idle.hello, 0, idle.unknown_replies, True) for idle in self._pool.idle
        ]

    def _call(
        self,
        name: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        if not _trace.is_loaded():
            return self._attempt(name, params, timeout, idempotency_key)
        with _trace.span(name):
            return self._attempt(name, params, timeout, idempotency_key)

    def _attempt(
        self,
        name: str,
        params: Mapping[str, Any] | None,
        timeout: float | None,
        idempotency_key: str | None,
    ) -> Any:
        """Makes the call, and makes it again where that cannot do it twice."""
        if not _wire.is_same_process():
            forget_connections()
        request = Request(
            name,
            params,
            timeout=self._settings.timeout if timeout is None else timeout,
            idempotency_key=idempotency_key,
            traceparent=_trace.parent(),
        )
        began = now()
        attempt = 1
        while True:
            try:
                result = self._pool.call(request)
            except MvpAuthError as error:
                _log.outcome(name, began, error.code)
                delay = _wire.retry_delay(error, attempt, repeatable=request.is_repeatable)
                if delay is None or now() + delay >= request.deadline:
                    raise
            else:
                _log.outcome(name, began, "ok")
                return result
            time.sleep(delay)
            attempt += 1

    def _forget(self) -> None:
        """In the child of a fork: the connections are the parent's."""
        self._pool.forget()

    def __del__(self) -> None:
        pool = getattr(self, "_pool", None)
        if pool is not None and pool.idle:
            warnings.warn(f"unclosed {type(self).__name__}", ResourceWarning, source=self)
            pool.close()
