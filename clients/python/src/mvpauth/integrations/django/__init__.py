"""Django: an authentication backend, a middleware for bearer tokens, and a class for REST framework.

```python
MVP_AUTH = {"socket": "/run/mvp-auth/mvp-auth.sock"}   # or nothing: found by itself
AUTHENTICATION_BACKENDS = ["mvpauth.integrations.django.SidecarBackend"]
MIDDLEWARE = [..., "mvpauth.integrations.django.BearerMiddleware"]
```
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .backend import SidecarBackend as SidecarBackend
    from .clients import async_client as async_client
    from .clients import client as client
    from .middleware import BearerMiddleware as BearerMiddleware
    from .rest import BearerAuthentication as BearerAuthentication

# Loaded when they are used: settings may import this package before there are any apps, and
# only one of the names needs REST framework.
_HOMES = {
    "BearerAuthentication": "rest",
    "BearerMiddleware": "middleware",
    "SidecarBackend": "backend",
    "async_client": "clients",
    "client": "clients",
}

__all__ = [
    "BearerAuthentication",
    "BearerMiddleware",
    "SidecarBackend",
    "async_client",
    "client",
]


def __getattr__(name: str) -> Any:
    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)
