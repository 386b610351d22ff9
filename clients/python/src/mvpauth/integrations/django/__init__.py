"""Django: an authentication backend, a middleware for bearer tokens, and a class for REST framework.

```python
MVP_AUTH = {"socket": "/run/mvp-auth/mvp-auth.sock"}   # or nothing: found by itself
AUTHENTICATION_BACKENDS = ["mvpauth.integrations.django.SidecarBackend"]
MIDDLEWARE = [..., "mvpauth.integrations.django.BearerMiddleware"]
```
"""

from typing import TYPE_CHECKING, Any

from .backend import SidecarBackend
from .clients import async_client, client
from .middleware import BearerMiddleware

if TYPE_CHECKING:
    from .rest import BearerAuthentication as BearerAuthentication

__all__ = [
    "BearerAuthentication",
    "BearerMiddleware",
    "SidecarBackend",
    "async_client",
    "client",
]


def __getattr__(name: str) -> Any:
    # The only name that needs REST framework.
    if name == "BearerAuthentication":
        from .rest import BearerAuthentication

        return BearerAuthentication
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
