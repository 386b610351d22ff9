"""Emails that the app sends: what `AsyncClient.emails()` and `Client.emails()` give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._deliveries import DropEmail
from ._sync_emails import EmailConsumer, EmailEvent

if TYPE_CHECKING:
    from ._async_emails import AsyncEmailConsumer, AsyncEmailEvent

__all__ = ["AsyncEmailConsumer", "AsyncEmailEvent", "DropEmail", "EmailConsumer", "EmailEvent"]


def __getattr__(name: str) -> Any:
    # A program without coroutines does not load asyncio.
    if name not in ("AsyncEmailConsumer", "AsyncEmailEvent"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _async_emails

    return getattr(_async_emails, name)
