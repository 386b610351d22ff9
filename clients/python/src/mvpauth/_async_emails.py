"""The consumer of emails for asyncio."""

from __future__ import annotations

import asyncio
import inspect
import math
import warnings
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _wire
from ._asyncio import Connection
from ._client import remember
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
from ._link import Link
from ._settings import Settings
from ._wire import Notification, Request, now
from .errors import MvpAuthError

if TYPE_CHECKING:
    from typing_extensions import Self

UNSUBSCRIBE_SECONDS = 1.0


class AsyncEmailEvent(Email):
    """An email that is to be sent, until it is settled by `ack`, `retry` or `drop`.

    The first of them counts. What the daemon does not hear of, because the connection was lost,
    is said again when the email comes again.
    """

    _consumer: AsyncEmailConsumer

    async def ack(self) -> None:
        """It was sent."""
        await self._settle(self._outcome("success"))

    async def retry(self, *, delay: float | None = None, reason: str | None = None) -> None:
        """It was not: the daemon hands it out again, after `delay` seconds or by its own schedule.

        - reason: for the daemon's operator; it must not hold the token.
        """
        await self._settle(self._outcome("retry", delay, reason))

    async def drop(self, *, reason: str | None = None) -> None:
        """It is never to be sent."""
        await self._settle(self._outcome("drop", None, reason))

    async def _settle(self, outcome: dict[str, Any] | None) -> None:
        if outcome is not None:
            await self._consumer._settle(outcome)


class _Inbox:
    """What the connection knows of a consumer: not the consumer, which may be dropped."""

    def __init__(self, options: EmailOptions) -> None:
        self.deliveries = Deliveries(options.ack_timeout)
        self.changed = asyncio.Event()
        self.connection: Connection | None = None
        """The one with the subscription."""
        self.subscription: str | None = None

    def hear(self, notification: Notification) -> None:
        if notification.method != "hooks.event":
            return
        if (email := parsed(AsyncEmailEvent, notification.params)) is None:
            return
        before = self.deliveries.receive(email)
        if before is None:
            self.changed.set()
        elif self.connection is not None:
            self.connection.tell(Request("hooks.ack", before))

    def lose(self) -> None:
        self.connection = self.subscription = None
        self.deliveries.discard()
        self.changed.set()


class AsyncEmailConsumer:
    """The emails that the app is to send: the daemon has no network. From `AsyncClient.emails()`.

    ```python
    async with client.emails() as emails:
        async for email in emails:
            await send(email.email, email.link)
            await email.ack()
    ```

    or, several at a time, `await client.emails().run(send_email)`.

    Each email comes at least once, and to this process once as long as it lives. Several
    consumers, also in other processes, share the work. A lost connection is made again for as long
    as somebody waits for emails. A consumer belongs to the event loop that uses it first, and has
    no task of its own.
    """

    def __init__(self, settings: Settings, options: EmailOptions) -> None:
        self._link: Link | None = None
        self._settings = settings
        self._options = options
        self._inbox = _Inbox(options)
        self._turn = asyncio.Lock()
        self._began = -math.inf
        self._failures = 0
        self._run: asyncio.Task[Any] | None = None
        self._handlers: set[asyncio.Task[Any]] = set()
        self._is_stopping = False
        """No more emails; what was begun can be settled."""
        self._is_closed = False
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

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> AsyncEmailEvent:
        if (email := await self._next()) is None:
            raise StopAsyncIteration
        return email

    async def ready(self) -> None:
        """Returns when the daemon gives emails to this consumer; waits for that.

        Raises `PermissionDeniedError` where the process has not the role `hooks`.
        """
        while self._inbox.subscription is None and not self._is_stopping:
            await self._subscribe()

    async def run(
        self,
        handler: Callable[[AsyncEmailEvent], Awaitable[None] | None],
        *,
        grace: float = 10.0,
    ) -> None:
        """Sends emails by a handler, as many at a time as `prefetch`, until the consumer is closed
        or this is cancelled; then closes the consumer.

        A handler that returns has sent the email. What it raises hands the email out again later,
        and is logged, and told to operators, by the name of its class: its text may hold the token.
        `DropEmail` gives the email up. A handler that is no coroutine function runs in a thread.

        - grace: how many seconds handlers have left at the end; then they are cancelled.
        """
        if self._run is not None and not self._run.done():
            raise RuntimeError("The consumer has a handler already.")
        self._run = asyncio.current_task()
        handlers = self._handlers
        free = asyncio.Semaphore(self._options.prefetch)

        def finish(task: asyncio.Task[None]) -> None:
            handlers.discard(task)
            free.release()

        try:
            while True:
                await free.acquire()
                if (email := await self._next()) is None:
                    return
                task = asyncio.create_task(self._handle(email, handler), name="mvpauth.email")
                handlers.add(task)
                task.add_done_callback(finish)
                del email, task
        finally:
            self._is_stopping = True
            try:
                await self._unsubscribe()
                if handlers:
                    await asyncio.wait(set(handlers), timeout=grace)
            finally:
                left = set(handlers)
                for task in left:
                    task.cancel()
                if left:
                    await asyncio.wait(left)
                await self._close()

    async def aclose(self) -> None:
        """Ends the subscription. What was not settled is handed out again, here or elsewhere.

        Where `run` is at work it ends that and waits for it. May be called twice.
        """
        self._is_stopping = True
        link = self._link
        if link is not None and link.loop() is not asyncio.get_running_loop():
            self._leave(link)
            return
        self._inbox.changed.set()
        if link is not None and self._inbox.connection is None:
            link.close_soon()  # Somebody may wait for a daemon that is away.
        task, run = asyncio.current_task(), self._run
        if task in self._handlers or task is run:
            return  # `run` ends by itself.
        if run is not None and not run.done():
            await asyncio.wait([run])
        else:
            await self._unsubscribe()
            await self._close()

    async def _next(self) -> AsyncEmailEvent | None:
        inbox = self._inbox
        while not self._is_stopping:
            inbox.changed.clear()
            if isinstance(email := inbox.deliveries.take(), AsyncEmailEvent):
                email._consumer = self
                return email
            if inbox.connection is None:
                await self._subscribe()
            else:
                await inbox.changed.wait()
        return None

    async def _subscribe(self) -> None:
        """Makes one attempt, after a pause where the last ones failed."""
        async with self._turn:
            if self._inbox.connection is not None or self._is_stopping:
                return
            if now() - self._began > GOOD_SECONDS:
                self._failures = 0
            elif self._failures > 0:
                await asyncio.sleep(_wire.backoff(self._failures))
            self._failures += 1
            try:
                await self._subscribe_once()
            except MvpAuthError as error:
                if self._is_stopping or error.retryable:
                    return
                self._is_stopping = True
                await self._close()
                raise refusal(error) from None
            finally:
                self._began = now()

    async def _subscribe_once(self) -> None:
        inbox = self._inbox
        connection = await self._on_loop().connection(math.inf)
        try:
            # Emails may come before the reply.
            inbox.connection = connection
            reply = await connection.call(Request("hooks.subscribe", self._options.params()))
        except BaseException:
            # Whether there is a subscription is not known: it ends with the connection.
            connection.close()
            inbox.lose()
            raise
        if connection.is_retired:
            inbox.lose()
        elif isinstance(reply, dict):
            inbox.subscription = str(reply.get("subscription"))

    def _on_loop(self) -> Link:
        loop = asyncio.get_running_loop()
        if not _wire.is_same_process():
            from ._client import forget_connections

            forget_connections()
        if self._link is None:
            self._link = Link(loop, self._settings, self._inbox.hear, self._inbox.lose)
        elif self._link.loop() is not loop:
            raise RuntimeError("A consumer of emails belongs to the event loop that used it first.")
        return self._link

    async def _settle(self, outcome: dict[str, Any]) -> None:
        self._inbox.deliveries.settle(outcome)
        request = Request("hooks.ack", outcome)
        attempt = 1
        while not self._is_closed:
            try:
                connection = await self._on_loop().connection(request.deadline)
                await connection.call(request)
                return
            except MvpAuthError as error:
                delay = _wire.retry_delay(error, attempt, repeatable=True)
                if delay is None or now() + delay >= request.deadline:
                    return  # The email comes again, and this is said again.
            await asyncio.sleep(delay)
            attempt += 1

    async def _handle(
        self,
        email: AsyncEmailEvent,
        handler: Callable[[AsyncEmailEvent], Awaitable[None] | None],
    ) -> None:
        seconds = self._options.ack_timeout
        timer = asyncio.get_running_loop().call_later(seconds, log_slowness, email, seconds)
        try:
            await call(handler, email)
        except DropEmail as error:
            await email.drop(reason=str(error))
        except Exception as error:  # noqa: BLE001
            log_failure(email, error)
            await email.retry(reason=type(error).__name__)
        else:
            await email.ack()
        finally:
            timer.cancel()

    async def _unsubscribe(self) -> None:
        """Asks for no more. What was begun can still be settled."""
        inbox = self._inbox
        inbox.deliveries.discard()
        connection, subscription = inbox.connection, inbox.subscription
        if connection is None or subscription is None or connection.is_retired:
            return
        inbox.subscription = None
        request = Request(
            "hooks.unsubscribe", {"subscription": subscription}, timeout=UNSUBSCRIBE_SECONDS
        )
        try:
            await connection.call(request)
        except MvpAuthError:
            pass  # Closing says the same.

    async def _close(self) -> None:
        self._is_closed = True
        self._inbox.lose()
        if self._link is not None:
            await self._link.close()

    def _leave(self, link: Link) -> None:
        """Closes from another loop than its own, or after that."""
        self._is_closed = True
        loop = link.loop()
        if loop is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(self._inbox.lose)
            except RuntimeError:
                pass  # It was closed just now.
        link.leave()

    def _forget(self) -> None:
        """In the child of a fork: the connection is the parent's, and so are its emails."""
        if self._link is not None:
            self._link.discard()
        self._link = self._run = None
        self._inbox = _Inbox(self._options)
        self._turn = asyncio.Lock()

    def __del__(self) -> None:
        link = getattr(self, "_link", None)
        if link is not None and link.connections:
            warnings.warn(f"unclosed {type(self).__name__}", ResourceWarning, source=self)
            link.leave()


async def call(handler: Callable[..., Any], *arguments: object) -> None:
    """Calls what an app has given, a coroutine function or another, which gets a thread."""
    if is_async(handler):
        await handler(*arguments)
        return
    outcome = await asyncio.to_thread(handler, *arguments)
    if inspect.isawaitable(outcome):
        await outcome


def is_async(handler: Callable[..., Any]) -> bool:
    """Whether calling it makes a coroutine, as far as can be seen."""
    function = getattr(handler, "func", handler)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004
    )
