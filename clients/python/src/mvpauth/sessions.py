"""A pair of tokens that stays current."""

from __future__ import annotations

import asyncio
import copy
import inspect
import math
import os
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING

from ._wire import now
from .errors import (
    MvpAuthError,
    TokenExpiredError,
    TokenInvalidError,
    TokenReuseError,
    TokenRevokedError,
    UserInactiveError,
)

if TYPE_CHECKING:
    from ._generated import TokenPair
    from .client import AsyncClient

__all__ = ["TokenSource"]

_DEAD = (
    TokenExpiredError,
    TokenInvalidError,
    TokenReuseError,
    TokenRevokedError,
    UserInactiveError,
)


class TokenSource:
    """Gives a living access token, and refreshes the pair behind it when that is due.

    ```python
    source = TokenSource(auth, pair, on_update=save)
    token = await source.access_token()
    ```

    However many tasks ask, there is one refresh at a time, and a task that is cancelled does not
    stop it. Time is that of the monotonic clock since the pair came: the host's clock may be
    wrong. A source belongs to one event loop.

    - on_update: called with each new pair, before anybody gets its token: save it here. While it
      fails nobody gets the token, and it is called again.
    - on_lost: called once, with the error, when the session is over.
    - age: how many seconds ago the pair was made; `math.inf` when that is not known.
    - lock, load: for several processes that share one stored pair. `lock` gives an asynchronous
      context manager that they exclude one another with; `load`, called inside, gives the pair
      that is stored now.

    A plain function or a coroutine function will do for `on_update`, `on_lost` and `load`.
    """

    def __init__(
        self,
        client: AsyncClient,
        pair: TokenPair,
        *,
        on_update: Callable[[TokenPair], Awaitable[None] | None] | None = None,
        on_lost: Callable[[MvpAuthError], Awaitable[None] | None] | None = None,
        age: float = 0.0,
        lock: Callable[[], AbstractAsyncContextManager[object]] | None = None,
        load: Callable[[], Awaitable[TokenPair | None] | TokenPair | None] | None = None,
    ) -> None:
        self._client = client
        self._on_update = on_update
        self._on_lost = on_lost
        self._lock = lock or nullcontext
        self._load = load
        self._flight: asyncio.Task[None] | None = None
        self._lost: MvpAuthError | None = None
        self._is_saved = True
        self._retry_at = 0.0
        self._adopt(pair, age)

    @property
    def pair(self) -> TokenPair:
        """The pair of this moment. Its access token may be old."""
        return self._pair

    @property
    def is_lost(self) -> bool:
        """Whether the session is over."""
        return self._lost is not None

    async def access_token(self) -> str:
        """A living access token.

        A refresh that fails for a passing reason is not noticed before the old token has expired.
        Raises `MvpAuthError`, always the same one once the session is over.
        """
        if self._lost is not None:
            raise copy.copy(self._lost)
        if self._is_saved and now() < max(self._due, self._retry_at):
            return self._pair.access_token
        await self.refresh()
        return self._pair.access_token

    async def refresh(self, *, force: bool = False) -> None:
        """Refreshes the pair if that is due; with `force` in any case, for instance after a call
        was answered with `TokenExpiredError`. Joins a refresh that is under way."""
        if self._lost is not None:
            raise copy.copy(self._lost)
        flight = self._flight
        if flight is not None and flight.get_loop() is not asyncio.get_running_loop():
            if not flight.get_loop().is_closed():
                raise RuntimeError("A TokenSource belongs to one event loop.")
            flight = None
        if flight is None:
            if force:
                self._due = -math.inf
            flight = asyncio.get_running_loop().create_task(self._fly(), name="mvpauth.refresh")
            self._flight = flight
            flight.add_done_callback(self._land)
        # Who is cancelled leaves; the refresh goes on, or the rotated pair would be lost.
        await asyncio.shield(flight)

    async def aclose(self) -> None:
        """Waits for a refresh that is under way, so that its pair is saved."""
        if self._flight is not None:
            await asyncio.wait([self._flight])

    def __repr__(self) -> str:
        return f"<TokenSource{' lost' if self.is_lost else ''}>"

    def _adopt(self, pair: TokenPair, age: float = 0.0) -> None:
        self._pair = pair
        lifetime = max(0.0, float(pair.expires_in))
        # Not all processes at once: up to a tenth earlier.
        self._due = now() - age + lifetime * random.uniform(0.7, 0.8)
        self._expiry = now() - age + lifetime
        self._retry_at = 0.0
        # One key for each refresh token, over every attempt to use it.
        self._key = os.urandom(16).hex()

    async def _fly(self) -> None:
        try:
            async with self._lock():
                if not self._is_saved:
                    await self._save()
                if now() < self._due or await self._has_loaded():
                    return
                pair = await self._client.refresh(
                    self._pair.refresh_token, idempotency_key=self._key
                )
                self._adopt(pair)
                self._is_saved = False
                await self._save()
        except _DEAD as error:
            self._lost = error
            if self._on_lost is not None:
                await _call(self._on_lost(copy.copy(error)))
            raise
        except MvpAuthError as error:
            if not error.retryable or now() >= self._expiry:
                raise
            # The old token is good for a while yet; not everybody who asks tries again.
            self._retry_at = min(self._expiry, now() + random.uniform(0.5, 1.5))

    async def _save(self) -> None:
        if self._on_update is not None:
            await _call(self._on_update(self._pair))
        self._is_saved = True

    async def _has_loaded(self) -> bool:
        """Whether another process has refreshed the pair, and its token is alive."""
        if self._load is None:
            return False
        stored = self._load()
        pair = await stored if inspect.isawaitable(stored) else stored
        if pair is None or pair.refresh_token == self._pair.refresh_token:
            return False
        self._adopt(pair, math.inf)
        try:
            payload = await self._client.verify(pair.access_token)
        except TokenExpiredError:
            return False
        lifetime = max(0, payload.exp - payload.iat)
        self._adopt(pair, min(max(0.0, time.time() - payload.iat), 0.5 * lifetime))
        return True

    def _land(self, flight: asyncio.Task[None]) -> None:
        if self._flight is flight:
            self._flight = None
        if not flight.cancelled():
            # Taken, so that a refresh whose last waiter has left is not reported as unhandled.
            flight.exception()


async def _call(result: Awaitable[None] | None) -> None:
    if inspect.isawaitable(result):
        await result
