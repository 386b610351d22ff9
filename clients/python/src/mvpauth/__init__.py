"""Email-and-password authentication by the mvp-auth daemon.

`AsyncClient` and `Client` speak to the daemon; `create_auth` and what belongs to it stand in for
the library of the same name. Nothing is loaded before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .client import AsyncClient as AsyncClient
    from .client import Client as Client
    from .errors import MvpAuthError as MvpAuthError

_HOMES = {
    "AsyncClient": "client",
    "Client": "client",
    "ConnectionInfo": "client",
    "MvpAuthError": "errors",
}

__all__ = ["AsyncClient", "Client", "MvpAuthError", "__version__"]


def __getattr__(name: str) -> Any:
    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
