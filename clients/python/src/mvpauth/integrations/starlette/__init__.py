"""Starlette: `SidecarBackend` for its AuthenticationMiddleware, and handlers for the errors.

```python
app = Starlette(
    routes=routes,
    middleware=[
        Middleware(AuthenticationMiddleware, backend=SidecarBackend(auth), on_error=on_error)
    ],
)
install_exception_handlers(app)
```
"""

from .backend import SidecarBackend, SidecarUser, on_error
from .handlers import install_exception_handlers

__all__ = ["SidecarBackend", "SidecarUser", "install_exception_handlers", "on_error"]
