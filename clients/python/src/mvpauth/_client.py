"""What both clients share: a view of their connections, and what a fork does to them."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from typing import Any, Protocol


class ConnectionInfo:
    """What a client knows about one of its connections."""

    __slots__ = ("app", "in_flight", "instance_id", "is_ready", "unknown_replies")

    def __init__(self, hello: Mapping[str, Any], in_flight: int, unknown: int, ready: bool) -> None:
        peer = hello.get("peer")
        self.app: str | None = peer.get("app") if isinstance(peer, dict) else None
        """What the daemon calls this application."""
        self.instance_id: str | None = hello.get("instance_id")
        """The daemon's process: another one after each of its starts."""
        self.in_flight = in_flight
        """How many calls wait for their answer."""
        self.unknown_replies = unknown
        """How many answers came that nobody waited for any more."""
        self.is_ready = ready
        """Whether new calls use it; another one still waits for its last answers."""

    def __repr__(self) -> str:
        return (
            f"ConnectionInfo(app={self.app!r}, instance_id={self.instance_id!r},"
            f" in_flight={self.in_flight}, is_ready={self.is_ready})"
        )


class _Forgetting(Protocol):
    def _forget(self) -> None: ...


_clients: weakref.WeakSet[_Forgetting] = weakref.WeakSet()


def remember(client: _Forgetting) -> None:
    """From now on the client is told when its process is the child of a fork."""
    _clients.add(client)


def forget_connections() -> None:
    """In the child of a fork: the connections are the parent's, and left to it."""
    for client in list(_clients):
        client._forget()


os.register_at_fork(after_in_child=forget_connections)
