"""A loop's way to the daemon, over the connections that come and go."""

from __future__ import annotations

import asyncio
import copy
import math
import weakref
from collections.abc import Callable

from . import _endpoint, _wire
from ._asyncio import Connection
from ._endpoint import CannotConnect
from ._settings import Settings
from ._wire import Notification, now
from .errors import DeadlineExceededError, MvpAuthError, ServiceUnavailableError, unavailable


class Link:
    """A loop's way to the daemon: connects when somebody wants to call, and again when the
    connection was lost. Never two attempts at a time, and none while nobody waits.

    - on_notification: told what the daemon says without being asked.
    - on_lost: told when the connection that took calls takes no more.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        settings: Settings,
        on_notification: Callable[[Notification], None] | None = None,
        on_lost: Callable[[], None] | None = None,
    ) -> None:
        self.loop = weakref.ref(loop)
        self.connections: list[Connection] = []
        """The one that takes calls and those that still wait for answers."""
        self._settings = settings
        self._on_notification = on_notification
        self._on_lost = on_lost
        self._ready: Connection | None = None
        self._attempt: asyncio.Task[Connection] | None = None
        self._waiters: list[asyncio.Future[Connection | BaseException]] = []
        self._last_error: ServiceUnavailableError | None = None

    @property
    def is_gone(self) -> bool:
        loop = self.loop()
        return loop is None or loop.is_closed()

    async def connection(self, deadline: float) -> Connection:
        """The connection, once the daemon has answered its hello."""
        if (ready := self._ready) is not None:
            return ready
        loop = asyncio.get_running_loop()
        left = deadline - now()
        if left <= 0:
            raise DeadlineExceededError()
        waiter: asyncio.Future[Connection | BaseException] = loop.create_future()
        self._waiters.append(waiter)
        # In a process that was busy the timer may come before an attempt that has long been due.
        timer = (
            loop.call_later(left, loop.call_soon, self._give_up, waiter)
            if left < math.inf
            else None
        )
        if self._attempt is None:
            self._last_error = None
            self._attempt = loop.create_task(self._connect(), name="mvpauth.connect")
            self._attempt.add_done_callback(self._finish)
        try:
            outcome = await waiter
        finally:
            if timer is not None:
                timer.cancel()
            self._leave(waiter)
        if isinstance(outcome, BaseException):
            # One error for several callers: each raises its own.
            raise copy.copy(outcome)
        return outcome

    async def close(self) -> None:
        """On the loop: closes everything; who waits is told."""
        attempt = self._attempt
        self.close_soon()
        if attempt is not None:
            await asyncio.wait([attempt])

    def close_soon(self) -> None:
        """The same without waiting for the attempt to connect to end."""
        if self._attempt is not None:
            self._attempt.cancel()
            self._attempt = None
        self._settle(unavailable("The client has been closed.", retryable=False))
        for connection in list(self.connections):
            connection.close()
        self._ready = None

    def leave(self) -> None:
        """From anywhere: closes on the loop if that is there, else the sockets.

        A socket that is closed behind a living loop's back would stay registered there, and break
        whatever gets its number next.
        """
        loop = self.loop()
        if loop is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(self.close_soon)
            except RuntimeError:
                pass  # It was closed just now.
            else:
                return
        self.discard()

    def discard(self) -> None:
        """When the loop is gone, or another process's: closes the sockets, forgets the rest."""
        connections, self.connections = self.connections, []
        for connection in connections:
            connection.discard()
        self._ready = None

    def _give_up(self, waiter: asyncio.Future[Connection | BaseException]) -> None:
        if not waiter.done():
            waiter.set_result(
                self._last_error or DeadlineExceededError("The daemon did not answer in time.")
            )

    def _leave(self, waiter: asyncio.Future[Connection | BaseException]) -> None:
        if waiter in self._waiters:
            self._waiters.remove(waiter)
        if not self._waiters and self._attempt is not None:
            self._attempt.cancel()
            self._attempt = None

    def _settle(self, outcome: Connection | BaseException) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(outcome)

    async def _connect(self) -> Connection:
        failures = 0
        while True:
            try:
                return await self._open()
            except CannotConnect as problem:
                self._last_error = problem.error
                if problem.is_final:
                    raise problem.error from None
            except MvpAuthError as error:
                if not error.retryable:
                    raise
                self._last_error = unavailable(f"The daemon is not ready: {error.message}")
            await asyncio.sleep(_wire.backoff(failures))
            failures += 1

    def _finish(self, attempt: asyncio.Task[Connection]) -> None:
        """Tells those who wait how the attempt ended."""
        if self._attempt is attempt:
            self._attempt = None
        if attempt.cancelled():
            if self._attempt is None:
                self._settle(unavailable("The event loop is ending."))
        elif (error := attempt.exception()) is not None:
            self._settle(error)
        else:
            connection = attempt.result()
            self._last_error = None
            if not connection.is_retired:
                self._ready = connection
            self._settle(connection)

    async def _open(self) -> Connection:
        settings = self._settings
        endpoint = _endpoint.locate(settings.paths())
        sock = _endpoint.connect(endpoint, settings.daemon_uid)
        connection: Connection | None = None
        try:
            connection = Connection(
                asyncio.get_running_loop(),
                sock,
                lambda: self._lost(connection),
                self._on_notification,
            )
            self.connections.append(connection)
            # Bounded by those who wait: the attempt is cancelled when nobody does.
            await connection.greet(settings.hello(math.inf))
        except BaseException:
            if connection is not None:
                connection.close()
                if connection in self.connections:
                    self.connections.remove(connection)
            else:
                sock.close()
            raise
        return connection

    def _lost(self, connection: Connection | None) -> None:
        """A connection takes no more calls."""
        if self._ready is connection:
            self._ready = None
            if self._on_lost is not None:
                self._on_lost()
        self.connections = [other for other in self.connections if not other.is_closed]
