"""Pure functions on JWTs whose key the caller has. They need PyJWT.

The daemon's key is not in the app: to check a token of the service, `await auth.verify(token)`,
which also knows what was revoked. Tokens made here are accepted by the daemon only if both share
one secret.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from types import ModuleType

from mvpauth.errors import TokenExpiredError, TokenInvalidError

from .schemas import TokenPayload

__all__ = ["create_access_token", "create_refresh_token", "create_token", "decode_token"]


def create_token(
    *,
    user_id: uuid.UUID,
    token_type: str,
    secret_key: str,
    algorithm: str = "HS256",
    expires_seconds: int,
    session_id: uuid.UUID | None = None,
    extra_claims: Mapping[str, object] | None = None,
) -> tuple[str, TokenPayload]:
    """A token of any type, and its claims. `expires_seconds` may be negative: for tests."""
    jwt = _jwt()
    issued_at = int(time.time())
    claims: dict[str, object] = {
        "sub": str(user_id),
        "jti": uuid.uuid4().hex,
        "type": token_type,
        "exp": issued_at + expires_seconds,
        "iat": issued_at,
    }
    if session_id is not None:
        claims["session_id"] = str(session_id)
    payload = TokenPayload.model_validate(claims)
    claims.update(extra_claims or {})
    token: str = jwt.encode(claims, secret_key, algorithm=algorithm)
    return token, payload


def create_access_token(
    *,
    user_id: uuid.UUID,
    secret_key: str,
    algorithm: str = "HS256",
    expires_seconds: int = 900,
) -> tuple[str, TokenPayload]:
    """An access token without a session, and its claims."""
    return create_token(
        user_id=user_id,
        token_type="access",
        secret_key=secret_key,
        algorithm=algorithm,
        expires_seconds=expires_seconds,
    )


def create_refresh_token(
    *,
    user_id: uuid.UUID,
    session_id: uuid.UUID,
    secret_key: str,
    algorithm: str = "HS256",
    expires_seconds: int = 2_592_000,
) -> tuple[str, TokenPayload]:
    """A refresh token, and its claims. The daemon knows none that it did not make."""
    return create_token(
        user_id=user_id,
        token_type="refresh",
        secret_key=secret_key,
        algorithm=algorithm,
        expires_seconds=expires_seconds,
        session_id=session_id,
    )


def decode_token(
    token: str,
    *,
    secret_key: str,
    algorithm: str = "HS256",
    expected_type: str | None = None,
) -> TokenPayload:
    """The claims of a token that this key signed and that has not expired.

    Says nothing about whether the token was revoked: `await auth.verify(token)` does.
    Raises `TokenExpiredError` or `TokenInvalidError`.
    """
    jwt = _jwt()
    try:
        claims = jwt.decode(
            token, secret_key, algorithms=[algorithm], options={"verify_aud": False}
        )
        payload = TokenPayload.model_validate(claims)
    except jwt.ExpiredSignatureError:
        raise TokenExpiredError() from None
    except (jwt.InvalidTokenError, ValueError):
        raise TokenInvalidError() from None
    if expected_type is not None and payload.type != expected_type:
        raise TokenInvalidError(f"Expected {expected_type} token, got {payload.type}")
    payload._token = token
    return payload


def _jwt() -> ModuleType:
    try:
        import jwt
    except ImportError:
        raise ImportError(
            "mvpauth.core.tokens needs PyJWT: pip install pyjwt. To check a token of the service,"
            " use `await auth.verify(token)`, which needs nothing."
        ) from None
    return jwt
