"""The library's callbacks for emails, called for what the daemon hands out."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable

from ._async_emails import AsyncEmailConsumer, AsyncEmailEvent, call
from .client import AsyncClient
from .errors import DeadlineExceededError, MvpAuthError

EmailHook = Callable[[str, str], Awaitable[None] | None] | None

VERIFICATION = "verification_email"
PASSWORD_RESET = "password_reset_email"
READY_SECONDS = 5.0

_log = logging.getLogger("mvpauth")


class EmailHooks:
    """Calls the callbacks in a task of the loop that uses the app, one for a process.

    The task begins with the first call to the daemon, or the start of the app, and begins again on
    another loop where its own has ended.
    """

    def __init__(self) -> None:
        self._hooks: dict[str, EmailHook] = {VERIFICATION: None, PASSWORD_RESET: None}
        self._consumer: AsyncEmailConsumer | None = None
        self._task: asyncio.Task[None] | None = None
        self._pid = 0
        self._refusal: MvpAuthError | None = None

    def __getitem__(self, event: str) -> EmailHook:
        return self._hooks[event]

    def __setitem__(self, event: str, hook: EmailHook) -> None:
        if hook is not None and not callable(hook):
            raise TypeError(f"The callback for {event} is a {type(hook).__name__}: none to call.")
        before = self._events
        self._hooks[event] = hook
        if self._events != before:
            self._refusal = None
            self._cancel()

    @property
    def _events(self) -> tuple[str, ...]:
        return tuple(event for event, hook in self._hooks.items() if hook is not None)

    def attend(self, client: AsyncClient) -> None:
        """On a running loop: sees to it that emails are taken. Costs nothing when they are."""
        events = self._events
        if not events or self._refusal is not None or self._is_at_work:
            return
        self._consumer = client.emails(events=events)
        self._pid = os.getpid()
        self._task = asyncio.create_task(self._run(self._consumer), name="mvpauth.email_hooks")

    async def ready(self, timeout: float | None) -> None:
        """Returns when the daemon gives emails to this process.

        Raises `PermissionDeniedError` where it has not the role `hooks`.
        """
        consumer, task = self._consumer, self._task
        if consumer is not None and task is not None and not task.done():
            if task.get_loop() is not asyncio.get_running_loop():
                return
            try:
                await asyncio.wait_for(
                    consumer.ready(), READY_SECONDS if timeout is None else timeout
                )
            except asyncio.TimeoutError:
                raise DeadlineExceededError("The daemon did not answer in time.") from None
            except MvpAuthError as error:
                self._refuse(error)
        if self._refusal is not None:
            raise self._refusal

    async def stop(self) -> None:
        """Waits for the callbacks that run. The next `attend` begins again."""
        consumer, task = self._consumer, self._task
        self._consumer = self._task = None
        if consumer is None or task is None or self._pid != os.getpid():
            return
        if task.get_loop() is asyncio.get_running_loop():
            await consumer.aclose()
            await asyncio.wait([task])
        else:
            _cancel_on_its_loop(task)

    def _cancel(self) -> None:
        task, self._task = self._task, None
        if task is not None and self._pid == os.getpid():
            _cancel_on_its_loop(task)

    @property
    def _is_at_work(self) -> bool:
        task = self._task
        return (
            task is not None
            and self._pid == os.getpid()
            and not task.done()
            and task.get_loop().is_running()
        )

    async def _run(self, consumer: AsyncEmailConsumer) -> None:
        try:
            await consumer.run(self._handle)
        except MvpAuthError as error:
            self._refuse(error)

    def _refuse(self, error: MvpAuthError) -> None:
        """One clear error where the user looks; the app goes on without emails."""
        if self._refusal is None:
            self._refusal = error
            _log.error("mvp-auth: no callback for emails will be called: %s", error.message)

    async def _handle(self, email: AsyncEmailEvent) -> None:
        hook = self._hooks.get(email.event)
        if hook is None:
            raise LookupError("The callback was taken away.")
        await call(hook, email.email, email.token)


def _cancel_on_its_loop(task: asyncio.Task[None]) -> None:
    try:
        task.get_loop().call_soon_threadsafe(task.cancel)
    except RuntimeError:
        pass  # The loop is closed, and the task with it.
