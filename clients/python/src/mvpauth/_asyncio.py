"""A connection for asyncio, shared by every task that calls."""

from __future__ import annotations

import asyncio
import math
import socket
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from . import _wire
from ._wire import BadLine, Framer, Limits, Notification, Reply, Request, now
from .errors import (
    DeadlineExceededError,
    MvpAuthError,
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
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        on_end: Callable[[], None],
        on_notification: Callable[[Notification], None] | None = None,
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
        self._on_notification = on_notification
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

    def tell(self, request: Request) -> None:
        """Makes a call of whose outcome nobody wants to know."""
        if not self.is_retired:
            self._submit(request)

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

    def _readable(self) -> bool:
        """Reads once. False: there was nothing."""
        if self.is_closed:
            return False
        try:
            data = self._socket.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            data = b""
        if data:
            self._receive(data)
        else:
            self._end()
        return True

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
            elif self._on_notification is not None:
                self._on_notification(message)
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
        # In a process that was busy the timer may come before what has arrived in time.
        while self._readable():
            pass
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
