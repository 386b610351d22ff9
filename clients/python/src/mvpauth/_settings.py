"""What every connection of a client is made with."""

from __future__ import annotations

import os
from collections.abc import Iterable

from . import _endpoint, _wire
from ._version import __version__

ROLES = ("client", "trusted", "hooks", "admin")
ROLES_OF_CALLS = ("client", "trusted", "admin")
"""The right to receive emails, whose tokens open accounts, is for the consumer's own connection."""


class Settings:
    """The arguments of a client, checked."""

    def __init__(
        self,
        socket: str | os.PathLike[str] | None,
        timeout: float | None,
        daemon_uid: int | None,
        roles: Iterable[str] | None,
        name: str,
    ) -> None:
        self.socket = socket
        self.timeout = timeout
        self.daemon_uid = daemon_uid
        self.name = name
        self.roles = ROLES_OF_CALLS if roles is None else tuple(roles)
        if unknown := sorted(set(self.roles) - set(ROLES)):
            raise ValueError(f"Unknown roles: {', '.join(unknown)}. There are {', '.join(ROLES)}.")
        self.paths()

    def paths(self) -> tuple[str, ...]:
        """Where the socket may be, by the argument or the environment of this moment."""
        return _endpoint.candidates(self.socket)

    def hello(self, timeout: float) -> _wire.Request:
        return _wire.hello(self.name, __version__, self.roles, timeout)

    def for_hooks(self) -> Settings:
        """The same for a connection that only takes emails."""
        return Settings(self.socket, self.timeout, self.daemon_uid, ("hooks",), self.name)
