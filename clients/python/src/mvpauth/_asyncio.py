"""The asyncio transport: one connection per event loop, shared by every task that calls."""

from __future__ import annotations

import asyncio
import copy
import math
import socket
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from . import _endpoint, _wire
from ._endpoint import CannotConnect
from ._settings import Settings
from ._wire import BadLine, Framer, Limits, Notification, Reply, Request, now
from .errors import (
    DeadlineExceededError,
    MvpAuthError,
    ServiceUnavailableError,
    connection_lost,
    from_wire,
    not_sent,
    unavailable,
)

READ_BYTES = 64 * 1024
WRITE_CALLS = 256
SWEEP_SECONDS = 0.02
"""How exact deadlines are."""


class Exchange:
    """A call on a connection, until it is answered or given up."""

    __slots__ = ("future", "id", "is_written", "request")

    def __init__(self, request: Request, future: asyncio.Future[Any]) -> None:
        self.id = _wire.next_id()
        self.request = request
        self.future = future
        self.is_written = False

    def settle(self, outcome: Any) -> None:
        """Errors are values here and raised by who waits: nobody may be waiting any more."""
        if not self.future.done():
            self.future.set_result(outcome)


class Connection:
    """A connected socket on one loop, without asyncio's transports.

    The kernel's own word on every write is what tells a call that was certainly not sent from one
    that may have been executed, and a socket is all there is to close when the loop is gone.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sock: socket.socket, on_end: Callable[[], None]
    ) -> None:
        self.limits = Limits()
        self.hello: dict[str, Any] = {}
        self.unknown_replies = 0
        self.is_retired = False
        """Takes no more calls: it was lost, closed, or the daemon is about to end it."""
        self.is_closed = False
        # The loop holds the connection (add_reader), not the other way round: a loop that is
        # dropped without being closed can be collected.
        self._loop = weakref.ref(loop)
        self._socket = sock
        self._on_end = on_end
        self._framer = Framer(2 * self.limits.reply_bytes)
        self._open: dict[str, Exchange] = {}
        self._queue: list[Exchange] = []
        self._cancellations: list[bytes] = []
        self._torn = b""
        self._hashing: set[str] = set()
        self._lane: deque[Exchange] = deque()
        self._is_flush_planned = False
        self._is_writing_blocked = False
        # A handle holds its loop.
        self._sweep: weakref.ref[asyncio.TimerHandle] | None = None
        self._sweep_at = math.inf
        loop.add_reader(sock.fileno(), self._readable)

    async def call(self, request: Request) -> Any:
        """The result of a call. Raises what the daemon answered or what happened to the call."""
        exchange = self._submit(request)
        try:
            outcome = await exchange.future
        except asyncio.CancelledError:
            self._abandon(exchange)
            raise
        if isinstance(outcome, MvpAuthError):
            raise outcome
        if outcome.error is not None:
            error = from_wire(outcome.error)
            if error.code == "SHUTTING_DOWN":
                self._retire()
            raise error
        return outcome.result

    async def greet(self, request: Request) -> None:
        """Says hello and keeps what the daemon answers about itself."""
        hello = await self.call(request)
        if isinstance(hello, dict):
            self.hello = hello
            self.limits = Limits.from_hello(hello)
            self._framer.limit = 2 * self.limits.reply_bytes

    @property
    def in_flight(self) -> int:
        """How many calls wait for their answer."""
        return len(self._open)

    def close(self) -> None:
        """Closes the socket, on its loop; calls that wait fail."""
        self._end("The client was closed.")

    def discard(self) -> None:
        """Closes the socket when its loop is gone, or in another process. Wakes nobody."""
        self.is_retired = self.is_closed = True
        self._socket.close()

    def _submit(self, request: Request) -> Exchange:
        loop = self._loop()
        if loop is None or self.is_retired:
            raise unavailable("The connection is closed.")
        if request.deadline <= now():
            raise DeadlineExceededError()
        request.check_size(self.limits)
        exchange = Exchange(request, loop.create_future())
        self._open[exchange.id] = exchange
        if not request.is_hashing:
            self._enqueue(exchange)
        elif len(self._hashing) < self.limits.hashing_calls:
            self._hashing.add(exchange.id)
            self._enqueue(exchange)
        else:
            self._lane.append(exchange)
        if request.deadline < self._sweep_at:
            self._plan_sweep(loop, request.deadline)
        return exchange

    def _enqueue(self, exchange: Exchange) -> None:
        self._queue.append(exchange)
        self._plan_flush()

    def _plan_flush(self) -> None:
        # What is submitted in one turn of the loop leaves in one write.
        if self._is_flush_planned or self._is_writing_blocked or self.is_closed:
            return
        if (loop := self._loop()) is not None:
            self._is_flush_planned = True
            loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._is_flush_planned = False
        while not self.is_closed and not self._is_writing_blocked:
            calls, self._queue = self._queue[:WRITE_CALLS], self._queue[WRITE_CALLS:]
            # Not for a caller who has left in this turn, nor for one whose time has just passed.
            time = now()
            calls = [
                exchange
                for exchange in calls
                if not exchange.future.done() and exchange.request.deadline > time
            ]
            lines = [exchange.request.line(exchange.id) for exchange in calls]
            others, self._cancellations = self._cancellations, []
            data = b"".join((self._torn, *lines, *others))
            if not data and not self._queue:
                return
            self._write(data, calls, lines, others)

    def _write(
        self, data: bytes, calls: list[Exchange], lines: list[bytes], others: list[bytes]
    ) -> None:
        try:
            sent = self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            # The peer has closed, and took nothing of this.
            self._read_to_the_end()
            return
        if sent == len(data):
            self._torn = b""
            for exchange in calls:
                exchange.is_written = True
        else:
            self._keep_unsent(sent, calls, lines, others)

    def _keep_unsent(
        self, sent: int, calls: list[Exchange], lines: list[bytes], others: list[bytes]
    ) -> None:
        """After a short write: what the kernel took a part of must follow, the rest is as new."""
        position = len(self._torn)
        self._torn = self._torn[sent:]
        unsent: list[Exchange] = []
        for exchange, line in zip(calls, lines, strict=True):
            if position >= sent:
                unsent.append(exchange)
                continue
            exchange.is_written = True
            position += len(line)
            self._torn = line[sent - position :] if position > sent else b""
        self._queue[:0] = unsent
        for line in others:
            if position >= sent:
                self._cancellations.append(line)
                continue
            position += len(line)
            self._torn = line[sent - position :] if position > sent else b""
        if (loop := self._loop()) is not None:
            self._is_writing_blocked = True
            loop.add_writer(self._socket.fileno(), self._writable)

    def _writable(self) -> None:
        if self.is_closed:
            return
        if (loop := self._loop()) is not None:
            loop.remove_writer(self._socket.fileno())
        self._is_writing_blocked = False
        self._flush()

    def _readable(self) -> None:
        if self.is_closed:
            return
        try:
            data = self._socket.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._receive(data)
        else:
            self._end()

    def _read_to_the_end(self) -> None:
        """The peer has closed: takes the answers that it gave before."""
        while not self.is_closed:
            try:
                data = self._socket.recv(READ_BYTES)
            except OSError:
                data = b""
            if data:
                self._receive(data)
            else:
                self._end()

    def _receive(self, data: bytes) -> None:
        try:
            for line in self._framer.feed(data):
                self._take(_wire.parse(line))
        except BadLine:
            self._end()

    def _take(self, message: Reply | Notification) -> None:
        if isinstance(message, Notification):
            if message.method == "system.draining":
                self._retire()
            return
        call_id = message.id or ""
        exchange = self._open.pop(call_id, None)
        if call_id in self._hashing:
            self._hashing.discard(call_id)
            self._leave_lane()
        if exchange is None:
            self.unknown_replies += 1
        else:
            exchange.settle(message)
        if self.is_retired and not self._open:
            self._end()

    def _leave_lane(self) -> None:
        while self._lane and len(self._hashing) < self.limits.hashing_calls:
            exchange = self._lane.popleft()
            if exchange.id in self._open:
                self._hashing.add(exchange.id)
                self._enqueue(exchange)

    def _abandon(self, exchange: Exchange) -> None:
        """The caller is gone. The daemon is told; its answer, which still comes, is dropped."""
        if self._open.pop(exchange.id, None) is None:
            return
        if exchange.is_written:
            self._cancellations.append(_wire.cancellation(exchange.id))
            self._plan_flush()
        elif exchange.id in self._hashing:
            self._hashing.discard(exchange.id)
            self._leave_lane()
        if self.is_retired and not self._open:
            self._end()

    def _retire(self) -> None:
        if self.is_retired:
            return
        self.is_retired = True
        self._on_end()
        for exchange in list(self._open.values()):
            if not exchange.is_written:
                del self._open[exchange.id]
                exchange.settle(unavailable("The daemon is about to end the connection."))
        self._lane.clear()
        if not self._open:
            self._end()

    def _end(self, reason: str | None = None) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        loop = self._loop()
        if loop is not None and not loop.is_closed():
            loop.remove_reader(self._socket.fileno())
            loop.remove_writer(self._socket.fileno())
        self._cancel_sweep()
        self._socket.close()
        calls, self._open = self._open, {}
        self._lane.clear()
        self._queue.clear()
        self.is_retired = True
        self._on_end()
        for exchange in calls.values():
            exchange.settle(connection_lost(reason) if exchange.is_written else not_sent(reason))

    def _plan_sweep(self, loop: asyncio.AbstractEventLoop, deadline: float) -> None:
        # One timer for all calls: a timer each would cost more than the call.
        self._cancel_sweep()
        delay = max(SWEEP_SECONDS, deadline - now())
        self._sweep_at = now() + delay
        self._sweep = weakref.ref(loop.call_later(delay, self._expire))

    def _cancel_sweep(self) -> None:
        handle = self._sweep() if self._sweep is not None else None
        if handle is not None:
            handle.cancel()

    def _expire(self) -> None:
        """Fails the calls whose time is over."""
        self._sweep = None
        self._sweep_at = math.inf
        time = now()
        earliest = math.inf
        for exchange in list(self._open.values()):
            deadline = exchange.request.deadline
            if deadline > time:
                earliest = min(earliest, deadline)
                continue
            del self._open[exchange.id]
            if not exchange.is_written and exchange.id in self._hashing:
                self._hashing.discard(exchange.id)
                self._leave_lane()
            exchange.settle(DeadlineExceededError(executed=exchange.is_written))
        loop = self._loop()
        if earliest < math.inf and loop is not None:
            self._plan_sweep(loop, earliest)
        if self.is_retired and not self._open:
            self._end()


class Link:
    """A loop's way to the daemon: connects when somebody wants to call, and again when the
    connection was lost. Never two attempts at a time, and none while nobody waits."""

    def __init__(self, loop: asyncio.AbstractEventLoop, settings: Settings) -> None:
        self.loop = weakref.ref(loop)
        self.connections: list[Connection] = []
        """The one that takes calls and those that still wait for answers."""
        self._settings = settings
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
        timer = loop.call_later(left, self._give_up, waiter) if left < math.inf else None
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
                asyncio.get_running_loop(), sock, lambda: self._lost(connection)
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
        self.connections = [other for other in self.connections if not other.is_closed]
