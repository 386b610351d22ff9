"""The blocking transport: a pool of connections, each with one call in flight."""

from __future__ import annotations

import math
import select
import socket
import threading
import time
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
    connection_lost,
    from_wire,
    not_sent,
    unavailable,
)

READ_BYTES = 64 * 1024


class Connection:
    """A connected socket that makes one call after another."""

    def __init__(
        self,
        sock: socket.socket,
        on_notification: Callable[[Notification], None] | None = None,
    ) -> None:
        self.limits = Limits()
        self.hello: dict[str, Any] = {}
        self.unknown_replies = 0
        self.is_usable = True
        """False once it was lost, or the daemon is about to end it."""
        self._socket = sock
        self._on_notification = on_notification
        self._framer = Framer(2 * self.limits.reply_bytes)
        self._readiness = select.poll()
        self._received: deque[Reply] = deque()
        self._late: set[str] = set()

    def call(self, request: Request) -> Any:
        """The result of a call. Raises what the daemon answered or what happened to the call."""
        if request.deadline <= now():
            raise DeadlineExceededError()
        request.check_size(self.limits)
        call_id = _wire.next_id()
        try:
            self._send(request.line(call_id), request.deadline)
            reply = self._answer(call_id, request.deadline)
        except DeadlineExceededError:
            raise
        except BaseException:
            # Also what a signal or a green thread's time-out raises: a line may be half written.
            self.close()
            raise
        if reply.error is not None:
            error = from_wire(reply.error)
            self.is_usable &= error.code != "SHUTTING_DOWN"
            raise error
        return reply.result

    def greet(self, request: Request) -> None:
        """Says hello and keeps what the daemon answers about itself."""
        hello = self.call(request)
        if isinstance(hello, dict):
            self.hello = hello
            self.limits = Limits.from_hello(hello)
            self._framer.limit = 2 * self.limits.reply_bytes

    def close(self) -> None:
        """Closes the socket; another process's end of it stays."""
        self.is_usable = False
        self._socket.close()

    def is_alive(self) -> bool:
        """Whether the connection, which was idle, may be used: reads what came meanwhile."""
        while self.is_usable:
            try:
                data = self._socket.recv(READ_BYTES)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                data = b""
            if not data:
                self.is_usable = False
                break
            try:
                self._take(data)
            except BadLine:
                self.is_usable = False
        return self.is_usable

    def listen(self, waker: int) -> None:
        """Waits until the daemon says something, or there is something to read from the waker."""
        readiness = select.poll()
        readiness.register(self._socket.fileno(), select.POLLIN)
        readiness.register(waker, select.POLLIN)
        readiness.poll()
        self.is_alive()

    def _send(self, line: bytes, deadline: float) -> None:
        view = memoryview(line)
        sent = 0
        while sent < len(line):
            try:
                sent += self._socket.send(view[sent:])
            except (BlockingIOError, InterruptedError):
                if self._wait(select.POLLOUT, deadline):
                    continue
                if sent == 0:
                    raise DeadlineExceededError() from None
                # Half a line: whatever follows would be read as its end.
                self.close()
                raise DeadlineExceededError(executed=True) from None
            except OSError:
                if sent == 0:
                    raise not_sent() from None
                raise connection_lost() from None

    def _answer(self, call_id: str, deadline: float) -> Reply:
        while True:
            while self._received:
                reply = self._received.popleft()
                if reply.id == call_id:
                    return reply
                if reply.id in self._late:
                    self._late.discard(reply.id or "")
                self.unknown_replies += 1
            if not self._wait(select.POLLIN, deadline):
                self._expire(call_id)
                raise DeadlineExceededError(executed=True)
            try:
                data = self._socket.recv(READ_BYTES)
            except (BlockingIOError, InterruptedError):
                continue
            except OSError:
                data = b""
            if not data:
                raise connection_lost()
            try:
                self._take(data)
            except BadLine:
                raise connection_lost() from None

    def _expire(self, call_id: str) -> None:
        """Nobody waits for this answer any more. One may come late; at two the daemon is stuck."""
        if self._late:
            self.close()
            return
        self._late.add(call_id)
        line = _wire.cancellation(call_id)
        try:
            if self._socket.send(line) != len(line):
                self.close()
        except OSError:
            self.close()

    def _take(self, data: bytes) -> None:
        for line in self._framer.feed(data):
            message = _wire.parse(line)
            if isinstance(message, Reply):
                self._received.append(message)
            elif message.method == "system.draining":
                self.is_usable = False
            elif self._on_notification is not None:
                self._on_notification(message)

    def _wait(self, event: int, deadline: float) -> bool:
        """Whether the socket became ready within the time."""
        left = max(0.0, deadline - now())
        self._readiness.register(self._socket.fileno(), event)
        if self._readiness.poll(None if left == math.inf else math.ceil(left * 1000)):
            return True
        # After a signal, or when others ran meanwhile, what came in time has not been looked at.
        return bool(self._readiness.poll(0))


class Pool:
    """Connections of one process, the last used first."""

    def __init__(self, settings: Settings, kept: int, most: int) -> None:
        self._settings = settings
        self._kept = kept
        self._most = most
        self._idle: deque[Connection] = deque()
        self._restart()

    def _restart(self) -> None:
        self._turn = threading.Condition(threading.Lock())
        self._used = 0
        self._hashing = 0
        self.is_closed = False

    @property
    def idle(self) -> list[Connection]:
        return list(self._idle)

    def call(self, request: Request) -> Any:
        """Makes one attempt at a call, on a connection of its own."""
        self._enter(request)
        try:
            connection = self._connection(request.deadline)
            try:
                return connection.call(request)
            finally:
                self._give_back(connection)
        finally:
            self._leave(request)

    def close(self) -> None:
        """Closes the idle connections now, and the others when their calls are answered."""
        self.is_closed = True
        self._drop_idle()
        with self._turn:
            self._turn.notify_all()

    def forget(self) -> None:
        """In the child of a fork: closes what belongs to the parent, and begins anew."""
        was_closed = self.is_closed
        self._drop_idle()
        self._restart()
        self.is_closed = was_closed

    def _drop_idle(self) -> None:
        while (connection := self._take_idle()) is not None:
            connection.close()

    def _enter(self, request: Request) -> None:
        """Waits for room. Calls that hash leave half of it to the others."""
        with self._turn:
            while not self.is_closed and (
                self._used >= self._most
                or (request.is_hashing and self._hashing >= max(1, self._most // 2))
            ):
                left = request.deadline - now()
                if left <= 0 or not self._turn.wait(None if left == math.inf else left):
                    raise DeadlineExceededError("No connection became free in time.")
            if self.is_closed:
                raise unavailable("The client has been closed.", retryable=False)
            self._used += 1
            self._hashing += request.is_hashing

    def _leave(self, request: Request) -> None:
        with self._turn:
            self._used -= 1
            self._hashing -= request.is_hashing
            # All: the first in line may be one that has to go on waiting.
            self._turn.notify_all()

    def _connection(self, deadline: float) -> Connection:
        while (connection := self._take_idle()) is not None:
            if connection.is_alive():
                return connection
            connection.close()
        return self._connect(deadline)

    def _take_idle(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _give_back(self, connection: Connection) -> None:
        if connection.is_usable and not self.is_closed and len(self._idle) < self._kept:
            self._idle.append(connection)
        else:
            connection.close()

    def _connect(self, deadline: float) -> Connection:
        failures = 0
        while True:
            try:
                return open_connection(self._settings, deadline)
            except CannotConnect as problem:
                error: MvpAuthError = problem.error
                if problem.is_final:
                    raise error from None
            except DeadlineExceededError:
                raise DeadlineExceededError("The daemon did not answer in time.") from None
            except MvpAuthError as problem:
                if not problem.retryable:
                    raise
                error = unavailable(f"The daemon is not ready: {problem.message}")
            delay = _wire.backoff(failures)
            failures += 1
            if now() + delay >= deadline:
                raise error
            time.sleep(delay)


def open_connection(
    settings: Settings,
    deadline: float,
    on_notification: Callable[[Notification], None] | None = None,
) -> Connection:
    """A connection whose hello the daemon has answered, in one attempt."""
    endpoint = _endpoint.locate(settings.paths())
    connection = Connection(_endpoint.connect(endpoint, settings.daemon_uid), on_notification)
    try:
        connection.greet(settings.hello(deadline - now()))
    except BaseException:
        connection.close()
        raise
    return connection
