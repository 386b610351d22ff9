"""The token of `Authorization: Bearer` (RFC 6750, section 2.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BEARER = re.compile(r"bearer ([A-Za-z0-9\-._~+/=]+)", re.IGNORECASE | re.ASCII)


def bearer_token(headers: Sequence[str]) -> str | None:
    """The token, where there is exactly one header with exactly one token; else None."""
    if len(headers) != 1:
        return None
    match = _BEARER.fullmatch(headers[0])
    return None if match is None else match.group(1)
