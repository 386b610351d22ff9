"""What calls answer with: immutable values. `repr` shows none of the tokens in them.

Times are aware `datetime`s in UTC, ids are `UUID`s, and `expires_in`, `iat` and `exp` are whole
seconds. The pydantic models that frameworks want are in `mvpauth.core.schemas`.
"""

from __future__ import annotations

from ._generated import (
    EventResponse,
    Message,
    SessionResponse,
    TokenPair,
    TokenPayload,
    UserResponse,
)

__all__ = [
    "EventResponse",
    "Message",
    "SessionResponse",
    "TokenPair",
    "TokenPayload",
    "UserResponse",
]
