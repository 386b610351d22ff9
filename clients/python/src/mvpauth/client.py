"""The clients: `AsyncClient` for asyncio, `Client` for everything else."""

from __future__ import annotations

import asyncio
import os
import threading
import time
import warnings
import weakref
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _trace, _wire
from ._asyncio import Link
from ._generated import AsyncMethods, SyncMethods
from ._settings import Settings
from ._sync import Pool
from ._wire import Request, now
from .errors import MvpAuthError, unavailable

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["AsyncClient", "Client", "ConnectionInfo"]


class ConnectionInfo:
    """What a client knows about one of its connections."""

    __slots__ = ("app", "in_flight", "instance_id", "is_ready", "unknown_replies")

    def __init__(self, hello: Mapping[str, Any], in_flight: int, unknown: int, ready: bool) -> None:
        peer = hello.get("peer")
        self.app: str | None = peer.get("app") if isinstance(peer, dict) else None
        """What the daemon calls this application."""
        self.instance_id: str | None = hello.get("instance_id")
        """The daemon's process: another one after each of its starts."""
        self.in_flight = in_flight
        """How many calls wait for their answer."""
        self.unknown_replies = unknown
        """How many answers came that nobody waited for any more."""
        self.is_ready = ready
        """Whether new calls use it; another one still waits for its last answers."""

    def __repr__(self) -> str:
        return (
            f"ConnectionInfo(app={self.app!r}, instance_id={self.instance_id!r},"
            f" in_flight={self.in_flight}, is_ready={self.is_ready})"
        )


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
      always has an access token. None keeps all.
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
        _clients.add(self)

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

    async def aclose(self) -> None:
        """Closes every connection, for ever; calls that wait fail. May be called twice."""
        self._is_closed = True
        await self.disconnect()

    async def disconnect(self) -> None:
        """Closes every connection; the next call connects again. Calls that wait fail."""
        with self._lock:
            links, self._links = self._links, ()
        running = asyncio.get_running_loop()
        for link in links:
            loop = link.loop()
            if loop is running:
                await link.close()
            elif loop is None or loop.is_closed():
                link.discard()
            else:
                loop.call_soon_threadsafe(link.close_soon)

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
        request = Request(
            name,
            params,
            timeout=self._settings.timeout if timeout is None else timeout,
            idempotency_key=idempotency_key,
            traceparent=_trace.parent(),
        )
        attempt = 1
        while True:
            try:
                connection = await self._link().connection(request.deadline)
                return await connection.call(request)
            except MvpAuthError as error:
                delay = _wire.retry_delay(error, attempt, repeatable=request.is_repeatable)
                if delay is None or now() + delay >= request.deadline:
                    raise
            await asyncio.sleep(delay)
            attempt += 1

    def _link(self) -> Link:
        if self._is_closed:
            raise unavailable("The client has been closed.", retryable=False)
        if not _wire.is_same_process():
            _forget_all()
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
                link.discard()


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
        _clients.add(self)

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

    def close(self) -> None:
        """Closes the idle connections, and the others with their calls. May be called twice."""
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
        if not _wire.is_same_process():
            _forget_all()
        request = Request(
            name,
            params,
            timeout=self._settings.timeout if timeout is None else timeout,
            idempotency_key=idempotency_key,
            traceparent=_trace.parent(),
        )
        attempt = 1
        while True:
            try:
                return self._pool.call(request)
            except MvpAuthError as error:
                delay = _wire.retry_delay(error, attempt, repeatable=request.is_repeatable)
                if delay is None or now() + delay >= request.deadline:
                    raise
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


_clients: weakref.WeakSet[AsyncClient | Client] = weakref.WeakSet()


def _forget_all() -> None:
    for client in list(_clients):
        client._forget()


os.register_at_fork(after_in_child=_forget_all)
