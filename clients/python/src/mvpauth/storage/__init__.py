"""Where the accounts are: with the daemon. The library's names for storages lead there."""

from .protocols import (
    SessionRepository,
    StorageBackend,
    TokenBlocklistRepository,
    UserRepository,
)
from .sidecar import Sidecar

__all__ = [
    "SessionRepository",
    "Sidecar",
    "StorageBackend",
    "TokenBlocklistRepository",
    "UserRepository",
]
