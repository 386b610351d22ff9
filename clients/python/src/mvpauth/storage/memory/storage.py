"""The storage that starts a daemon of its own."""

from __future__ import annotations

from typing import Any

from mvpauth.client import AsyncClient
from mvpauth.config import AuthConfig
from mvpauth.storage.sidecar import Sidecar, UnattendedClient
from mvpauth.testing.private import Daemon, find_daemon

__all__ = ["InMemoryStorage"]


class InMemoryStorage(Sidecar):
    """A private daemon that keeps its accounts in memory: for prototypes and tests.

    It is started by the first call (which waits for it, some tens of milliseconds), takes its
    policy from the `AuthConfig`, allows common passwords, and ends with the storage or with this
    process, however that ends. Raises `ConfigurationError` in `create_auth` where `mvp-authd` is
    neither named by `MVP_AUTHD` nor on the `PATH`.
    """

    def __init__(self) -> None:
        super().__init__(roles=None)
        self._daemon: Daemon | None = None

    def bind(self, config: AuthConfig) -> None:
        find_daemon()
        super().bind(config)

    async def aclose(self) -> None:
        await super().aclose()
        if self._daemon is not None:
            daemon, self._daemon = self._daemon, None
            daemon.stop()

    def _compare(self, info: dict[str, Any]) -> None:
        """Nothing to compare: the daemon was given the app's policy."""

    def _make_client(self) -> AsyncClient:
        if self._daemon is None:
            settings = self._config.daemon_environment() if self._config is not None else {}
            self._daemon = Daemon(settings)
            self._daemon.start()
        return UnattendedClient(
            self._daemon.socket,
            timeout=None if self._config is None else self._config.timeout,
            name="python-library",
        )
