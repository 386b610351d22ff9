"""`InMemoryStorage`: accounts that end with the process, for prototypes and tests."""

from typing import Any

from .storage import InMemoryStorage

__all__ = ["InMemoryStorage"]

_GONE = (
    "InMemoryUserRepository",
    "InMemorySessionRepository",
    "InMemoryTokenBlocklistRepository",
)


def __getattr__(name: str) -> Any:
    if name in _GONE:
        raise ImportError(
            f"{name} is not offered: accounts live in a daemon. Use"
            " mvpauth.storage.memory.InMemoryStorage, whose daemon ends with this process."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
