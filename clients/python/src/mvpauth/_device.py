"""What a session remembers of the browser, within what the daemon accepts."""

from __future__ import annotations

MAXIMUM_BYTES = 512
MAXIMUM_ADDRESS_BYTES = 45


def device_info(text: str | None) -> str | None:
    """A User-Agent without control characters, cut to 512 bytes of UTF-8; None for nothing."""
    if text is None:
        return None
    kept = bytearray()
    for character in text:
        if ord(character) < 0x20 or ord(character) == 0x7F or "\ud800" <= character <= "\udfff":
            continue
        encoded = character.encode("utf-8")
        if len(kept) + len(encoded) > MAXIMUM_BYTES:
            break
        kept += encoded
    return kept.decode("utf-8") or None


def ip_address(text: str | None) -> str | None:
    """The peer's address; None for what is none, as the name that a test client goes by."""
    import ipaddress

    try:
        address = ipaddress.ip_address((text or "").strip())
    except ValueError:
        return None
    plain = str(address).partition("%")[0]
    return plain if len(plain) <= MAXIMUM_ADDRESS_BYTES else None
