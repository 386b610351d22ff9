"""The clients: `AsyncClient` for asyncio, `Client` for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._client import ConnectionInfo
from ._sync_client import Client

if TYPE_CHECKING:
    from ._async_client import AsyncClient

__all__ = ["AsyncClient", "Client", "ConnectionInfo"]


def __getattr__(name: str) -> Any:
    # A program without coroutines does not load asyncio.
    if name != "AsyncClient":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._async_client import AsyncClient

    globals()[name] = AsyncClient
    return AsyncClient
