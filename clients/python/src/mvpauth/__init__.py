"""Email-and-password authentication by the mvp-auth daemon.

`AsyncClient` and `Client` speak to the daemon; `create_auth` and what belongs to it stand in for
the library of the same name. Nothing is loaded before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .auth import Auth as Auth
    from .auth import create_auth as create_auth
    from .client import AsyncClient as AsyncClient
    from .client import Client as Client
    from .config import AuthConfig as AuthConfig
    from .emails import DropEmail as DropEmail
    from .errors import MvpAuthError as MvpAuthError
    from .services.auth_service import AuthService as AuthService
    from .services.password_service import PasswordService as PasswordService
    from .services.user_service import UserService as UserService
    from .sessions import TokenSource as TokenSource
    from .storage.protocols import StorageBackend as StorageBackend

_HOMES = {
    "AsyncClient": "client",
    "Auth": "auth",
    "AuthConfig": "config",
    "AuthService": "services.auth_service",
    "Client": "client",
    "ConnectionInfo": "client",
    "DropEmail": "emails",
    "MvpAuthError": "errors",
    "PasswordService": "services.password_service",
    "StorageBackend": "storage.protocols",
    "TokenSource": "sessions",
    "UserService": "services.user_service",
    "create_auth": "auth",
}

__all__ = [
    "AsyncClient",
    "Auth",
    "AuthConfig",
    "Client",
    "DropEmail",
    "MvpAuthError",
    "TokenSource",
    "__version__",
    "create_auth",
]


def __getattr__(name: str) -> Any:
    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
