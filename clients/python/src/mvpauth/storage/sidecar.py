"""`Sidecar`: the storage that is the daemon."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from mvpauth import _policy
from mvpauth.client import AsyncClient
from mvpauth.config import AuthConfig
from mvpauth.errors import ConfigurationError

from .repositories import (
    SessionOwners,
    SidecarBlocklistRepository,
    SidecarSessionRepository,
    SidecarUserRepository,
)

__all__ = ["Sidecar"]


class UnattendedClient(AsyncClient):
    """A client that may be dropped without being closed: the library had nothing to close."""

    def __del__(self) -> None:
        for link in getattr(self, "_links", ()):
            link.leave()


class Sidecar:
    """The daemon of this host, over its socket.

    - socket, timeout, daemon_uid, roles: as of `AsyncClient`; what is None comes from the
      `AuthConfig`, else from the environment.
    - client: an existing client (or a stub of one) instead; closing it stays with its owner.
    """

    def __init__(
        self,
        socket: str | os.PathLike[str] | None = None,
        *,
        timeout: float | None = None,
        daemon_uid: int | None = None,
        roles: Iterable[str] | None = None,
        client: AsyncClient | None = None,
    ) -> None:
        self._socket = socket
        self._timeout = timeout
        self._daemon_uid = daemon_uid
        self._roles = roles if roles is None else tuple(roles)
        self._config: AuthConfig | None = None
        self._is_compared = False
        self._refusal: str | None = None
        self._owns_client = client is None
        self._client = client
        self._lock = threading.Lock()
        self._owners = SessionOwners()
        self.on_use: Callable[[AsyncClient], None] | None = None
        """Told of the client before each call, on the loop that makes it."""

    def bind(self, config: AuthConfig) -> None:
        """Takes what the app's configuration says; its policy is compared at the first call."""
        self._config = config
        self._refusal = None
        self._is_compared = False

    @property
    def client(self) -> AsyncClient:
        """The client of the daemon. It connects with the first call."""
        if self._client is None:
            with self._lock:
                if self._client is None:
                    self._client = self._make_client()
        return self._client

    async def connected(self) -> AsyncClient:
        """The client, after the policy was compared once.

        Raises `ConfigurationError` where the daemon's policy is weaker than the app's.
        """
        if not self._is_compared and self._config is not None and self._config.asked:
            await self.ready()
        elif self.on_use is not None:
            self.on_use(self.client)
        if self._refusal is not None:
            raise ConfigurationError(self._refusal)
        return self.client

    async def ready(self, *, timeout: float | None = None) -> None:
        """Returns when the daemon answers and its policy is what the app asked for.

        Raises `ServiceUnavailableError`, or `ConfigurationError` for a weaker policy.
        """
        if self.on_use is not None:
            self.on_use(self.client)
        info = await self.client.call("system.info", timeout=timeout)
        if not self._is_compared:
            self._compare(info if isinstance(info, dict) else {})
            self._is_compared = True
        if self._refusal is not None:
            raise ConfigurationError(self._refusal)

    async def disconnect(self) -> None:
        """Closes the connections; the next call connects again."""
        if self._client is not None:
            await self._client.disconnect()

    async def aclose(self) -> None:
        """Closes the client if this storage made it. The next call makes another."""
        if self._client is not None and self._owns_client:
            client, self._client = self._client, None
            await client.aclose()

    @property
    def user_repo(self) -> SidecarUserRepository:
        """Accounts by id, for apps that look them up through the storage."""
        return SidecarUserRepository(self.connected)

    @property
    def session_repo(self) -> SidecarSessionRepository:
        """Sessions by user, for apps that look them up through the storage."""
        return SidecarSessionRepository(self.connected, self._owners)

    @property
    def blocklist_repo(self) -> SidecarBlocklistRepository:
        """Says what to use instead."""
        return SidecarBlocklistRepository()

    def _make_client(self) -> AsyncClient:
        config = self._config
        return UnattendedClient(
            self._socket if self._socket is not None or config is None else config.socket,
            timeout=self._timeout
            if self._timeout is not None or config is None
            else config.timeout,
            daemon_uid=(
                self._daemon_uid
                if self._daemon_uid is not None or config is None
                else config.daemon_uid
            ),
            roles=self._roles,
            name="python-library",
        )

    def _compare(self, info: dict[str, Any]) -> None:
        if self._config is None:
            return
        policy = info.get("policy")
        weaker, different = _policy.compare(
            self._config, policy if isinstance(policy, dict) else None
        )
        for sentence in different:
            warnings.warn(f"mvp-auth: {sentence}.", UserWarning, stacklevel=2)
        if weaker:
            self._refusal = f"The daemon's policy is weaker than the app's: {'; '.join(weaker)}."
