"""What the bodies of requests hold besides plain texts."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def _address(value: str) -> str:
    """Refuses what cannot be an address; what the daemon accepts is the daemon's to say."""
    text = value.strip()
    if _ADDRESS.fullmatch(text) is None:
        raise ValueError("value is not a valid email address: it must be like name@example.org")
    return text


Address = Annotated[str, AfterValidator(_address), Field(json_schema_extra={"format": "email"})]
"""An email address, roughly."""

NewPassword = Annotated[str, Field(min_length=8, max_length=128, repr=False)]
"""A new password, within the widest limits; the daemon's policy may be stricter."""
