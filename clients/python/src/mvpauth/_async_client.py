"""The client for asyncio."""

from __future__ import annotations

import asyncio
import os
import threading
import warnings
import weakref
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _log, _trace, _wire
from ._client import ConnectionInfo, forget_connections, remember
from ._deliveries import EVENTS, EmailOptions
from ._generated import AsyncMethods
from ._link import Link
from ._settings import Settings
from ._wire import Request, now
from .errors import MvpAuthError, unavailable

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._async_emails import AsyncEmailConsumer


class AsyncClient(AsyncMethods):
    """A client of the daemon for asyncio (also with uvloop, or anyio on asyncio).

    ```python
    async with AsyncClient() as auth:
        pair = await auth.login("ada@example.org", "correct horse battery")
        user = await auth.current_user(pair.access_token)
    ```

    One client serves a whole process: any number of tasks may call at the same time, each event
    loop gets a connection of its own, and a lost connection comes back by itself. It connects
    with the first call.

    - socket: the daemon's socket, a path or `unix:///path`. None: `MVP_AUTH_SOCKET`, else where
      the daemon puts it.
    - timeout: seconds that a call may take in all. None: 5, and 15 for calls that hash a password.
    - daemon_uid: the user who must own the daemon's end, besides root and this process's user.
      None: the owner of the socket's directory.
    - roles: the roles to keep, the others are given up; `("client",)` is what an app needs that
      always has an access token. None keeps all but `hooks`, which consumers of emails have on
      connections of their own.
    - name: what the daemon's log calls the client.
    """

    def __init__(
        self,
        socket: str | os.PathLike[str] | None = None,
        *,
        timeout: float | None = None,
        daemon_uid: int | None = None,
        roles: Iterable[str] | None = None,
        name: str = "python",
    ) -> None:
        self._links: tuple[Link, ...] = ()
        self._is_closed = False
        self._settings = Settings(socket, timeout, daemon_uid, roles, name)
        self._lock = threading.Lock()
        self._consumers: weakref.WeakSet[AsyncEmailConsumer] = weakref.WeakSet()
        remember(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def call(
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
        return await self._call(method, params, timeout=timeout, idempotency_key=idempotency_key)

    async def ready(self, *, timeout: float | None = None) -> None:
        """Returns when the daemon can be reached and its store works; waits for that.

        Raises `MvpAuthError`: the message says what is wrong, and what to do about it.
        """
        await self._call("system.health", {}, timeout=timeout)

    def emails(
        self,
        *,
        events: Iterable[str] = EVENTS,
        prefetch: int = 10,
        ack_timeout: float = 30.0,
    ) -> AsyncEmailConsumer:
        """The messages that the app is to send, on a connection of its own: see
        `AsyncEmailConsumer`. The process needs the role `hooks`; without it iterating says so.

        - events: `verification_email`, `password_reset_email`, and the notices
          `password_changed` and `sessions_ended`. By default those two with a token.
        - prefetch: how many messages are held at a time, 1 to 100.
        - ack_timeout: seconds, 1 to 600, after which one that was not settled comes again.
        """
        if self._is_closed:
            raise unavailable("The client has been closed.", retryable=False)
        from ._async_emails import AsyncEmailConsumer

        consumer = AsyncEmailConsumer(
            self._settings.for_hooks(), EmailOptions(events, prefetch, ack_timeout)
        )
        self._consumers.add(consumer)
        return consumer

    async def aclose(self) -> None:
        """Closes every connection and every consumer, for ever; calls that wait fail. May be
        called twice."""
        self._is_closed = True
        for consumer in list(self._consumers):
            await consumer.aclose()
        await self.disconnect()

    async def disconnect(self) -> None:
        """Closes every connection; the next call connects again. Calls that wait fail."""
        with self._lock:
            links, self._links = self._links, ()
        running = asyncio.get_running_loop()
        for link in links:
            if link.loop() is running:
                await link.close()
            else:
                link.leave()

    @property
    def connections(self) -> list[ConnectionInfo]:
        """The connections of all event loops, for the curious."""
        return [
            ConnectionInfo(
                connection.hello,
                connection.in_flight,
                connection.unknown_replies,
                not connection.is_retired,
            )
            for link in self._links
            for connection in link.connections
        ]

    async def _call(
        self,
        name: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        if not _trace.is_loaded():
            return await self._attempt(name, params, timeout, idempotency_key)
        with _trace.span(name):
            return await self._attempt(name, params, timeout, idempotency_key)

    async def _attempt(
        self,
        name: str,
        params: Mapping[str, Any] | None,
        timeout: float | None,
        idempotency_key: str | None,
    ) -> Any:
        """Makes the call, and makes it again where that cannot do it twice."""
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
                connection = await self._link().connection(request.deadline)
                result = await connection.call(request)
            except MvpAuthError as error:
                _log.outcome(name, began, error.code)
                delay = _wire.retry_delay(error, attempt, repeatable=request.is_repeatable)
                if delay is None or now() + delay >= request.deadline:
                    raise
            else:
                _log.outcome(name, began, "ok")
                return result
            await asyncio.sleep(delay)
            attempt += 1

    def _link(self) -> Link:
        if self._is_closed:
            raise unavailable("The client has been closed.", retryable=False)
        if not _wire.is_same_process():
            forget_connections()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError(
                "AsyncClient needs a running asyncio event loop; trio is not supported."
                " Use mvpauth.Client in a worker thread there."
            ) from None
        links = self._links
        if len(links) == 1 and links[0].loop() is loop:
            return links[0]
        with self._lock:
            for link in self._links:
                if link.is_gone:
                    link.discard()
            self._links = tuple(link for link in self._links if not link.is_gone)
            for link in self._links:
                if link.loop() is loop:
                    return link
            link = Link(loop, self._settings)
            self._links += (link,)
            return link

    def _forget(self) -> None:
        """In the child of a fork: the connections are the parent's."""
        self._lock = threading.Lock()
        links, self._links = self._links, ()
        for link in links:
            link.discard()

    def __del__(self) -> None:
        links = getattr(self, "_links", ())
        if any(link.connections for link in links):
            warnings.warn(f"unclosed {type(self).__name__}", ResourceWarning, source=self)
            for link in links:
                link.leave()
