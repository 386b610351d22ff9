"""For the tests of apps: a real daemon of one's own, a stub, and a server that follows a script.

- `daemon()`, and the pytest fixture `mvp_auth_daemon`: the real thing, with its accounts in memory.
- `StubAuth`, `StubClient`: "this request is Ada", without a daemon.
- `ScriptedServer`: answers, delays and hangs up as it is told, for tests of what an app does then.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .private import Daemon as Daemon
    from .private import Email as Email
    from .private import daemon as daemon
    from .scripted import ScriptedServer as ScriptedServer
    from .stub import StubAuth as StubAuth
    from .stub import StubClient as StubClient

_HOMES = {
    "Daemon": "private",
    "Email": "private",
    "daemon": "private",
    "ScriptedServer": "scripted",
    "StubAuth": "stub",
    "StubClient": "stub",
}

__all__ = ["Daemon", "Email", "ScriptedServer", "StubAuth", "StubClient", "daemon"]


def __getattr__(name: str) -> Any:
    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)
