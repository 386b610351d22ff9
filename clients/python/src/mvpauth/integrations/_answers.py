"""What a browser is told of an error: the same in every framework, and by the REST routes."""

from __future__ import annotations

import logging
import math
from typing import Any, NamedTuple

from mvpauth.errors import (
    ConfigurationError,
    MvpAuthError,
    ProtocolError,
    TokenError,
    TokenInvalidError,
    UnsupportedError,
)

CHALLENGE = 'Bearer realm="mvp-auth"'
NO_STORE = {"Cache-Control": "no-store"}

_log = logging.getLogger("mvpauth")


class Answer(NamedTuple):
    """An HTTP answer whose body is JSON."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def answer(error: MvpAuthError) -> Answer:
    """The answer for an error: `{"detail", "code"}`, for bad input with `errors`.

    What only the operator may know (paths, settings) goes to the log instead of the browser.
    """
    status = _status(error)
    detail, code = error.message, error.code
    if status >= 500 and error.number == 0:
        _log.error("%s: %s", code, error.message)
        if status == 503:
            detail, code = "The service is not available.", "UNAVAILABLE"
        elif status == 500:
            detail, code = "The service is not set up correctly.", "INTERNAL_ERROR"
    body: dict[str, Any] = {"detail": detail, "code": code}
    if error.fields:
        body["errors"] = [{"field": path, "reason": reason} for path, reason in error.fields]
    headers = dict(NO_STORE)
    if status in (429, 503):
        seconds = 1.0 if error.retry_after is None else error.retry_after
        headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    if isinstance(error, MissingTokenError):
        if status == 401:
            headers["WWW-Authenticate"] = CHALLENGE
    elif status == 401 and isinstance(error, TokenError):
        headers["WWW-Authenticate"] = CHALLENGE + ', error="invalid_token"'
    return Answer(status, body, headers)


class MissingTokenError(TokenInvalidError):
    """The request carries no usable bearer token."""

    default_code = "TOKEN_INVALID"
    default_message = "An Authorization header with one bearer token is needed."
    missing_token_status = 401


def _status(error: MvpAuthError) -> int:
    if isinstance(error, MissingTokenError):
        return error.missing_token_status
    if isinstance(error, (ConfigurationError, ProtocolError, UnsupportedError)):
        return 500
    return error.status
