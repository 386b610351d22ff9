"""The protocol without any input or output: lines out, lines in, deadlines, and what may be
made again."""

from __future__ import annotations

import json
import math
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from ._generated import METHODS
from .errors import FieldError, MvpAuthError, ValidationError

STORE_SECONDS = 5.0
"""How long a call may take that reads memory or the store."""
HASHING_SECONDS = 15.0
"""How long a call may take that hashes a password."""
ATTEMPTS = 4
"""How often a call is made in all, not counting attempts to connect."""
_MAXIMUM_TIMEOUT_MS = 2**31 - 1

now = time.monotonic


@dataclass(frozen=True, slots=True)
class Limits:
    """What the daemon accepts, as it says in its hello."""

    line_bytes: int = 64 * 1024
    reply_bytes: int = 1024 * 1024
    calls_in_flight: int = 64

    @classmethod
    def from_hello(cls, hello: object) -> Limits:
        said = hello.get("limits") if isinstance(hello, dict) else None
        known = {}
        for name in ("line_bytes", "reply_bytes", "calls_in_flight"):
            value = said.get(name) if isinstance(said, dict) else None
            if type(value) is int and value > 0:
                known[name] = value
        return cls(**known)

    @property
    def hashing_calls(self) -> int:
        """How many calls that hash may be in flight, so that the others find room."""
        return max(1, self.calls_in_flight // 2)


class Request:
    """One logical call: encoded once, sent under another id with each attempt."""

    __slots__ = ("_body", "deadline", "is_hashing", "is_repeatable", "method")

    def __init__(
        self,
        method: str,
        params: Mapping[str, Any] | list[Any] | None = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        traceparent: str | None = None,
    ) -> None:
        """Raises `ValidationError` for what the daemon would refuse, with nothing sent.

        - timeout: seconds in all; None is the method's default, `math.inf` waits for ever.
        """
        known = METHODS.get(method)
        self.method = method
        self.is_hashing = known is not None and known.cost == "hashing"
        self.deadline = now() + _seconds(timeout, self.is_hashing)
        if idempotency_key is None and method == "auth.refresh":
            # A refresh whose answer was lost may not be repeated without one: a used token looks
            # like theft. Never derived from the token, or the thief's call would be a repetition.
            idempotency_key = os.urandom(16).hex()
        idempotent = known is not None and known.idempotent
        self.is_repeatable = idempotent or idempotency_key is not None
        body = b'","method":%b' % (_METHOD_JSON.get(method) or encode(method))
        if params is not None:
            body += b',"params":' + encode(params)
        meta = b""
        if idempotency_key is not None:
            _check_key(idempotency_key)
            meta += b'"idempotency_key":%b,' % encode(idempotency_key)
        if traceparent is not None:
            meta += b'"traceparent":%b,' % encode(traceparent)
        self._body = body + b',"meta":{' + meta

    def line(self, call_id: str) -> bytes:
        """The line to send. The daemon is told the time that is left."""
        left = self.deadline - now()
        if left == math.inf:
            return b'{"jsonrpc":"2.0","id":"%b%b' % (call_id.encode(), self._body.rstrip(b",")) + (
                b"}}\n"
            )
        milliseconds = min(max(1, int(left * 1000)), _MAXIMUM_TIMEOUT_MS)
        return b'{"jsonrpc":"2.0","id":"%b%b"timeout_ms":%d}}\n' % (
            call_id.encode(),
            self._body,
            milliseconds,
        )

    def check_size(self, limits: Limits) -> None:
        """Refuses a line that the daemon would not read: after three it ends the connection,
        with everybody's calls on it."""
        if len(self._body) + _ENVELOPE_BYTES <= limits.line_bytes:
            return
        if len(self.line(next_id())) - 1 > limits.line_bytes:
            raise ValidationError(
                f"The call is longer than the {limits.line_bytes} bytes that the daemon reads.",
                code="MESSAGE_TOO_LARGE",
            )


class Reply(NamedTuple):
    """The answer to the call of this id: a result, or the `error` member."""

    id: str | None
    result: Any
    error: Any


class Notification(NamedTuple):
    """What the daemon says without being asked."""

    method: str
    params: Any


class BadLine(Exception):
    """The peer does not speak the protocol, and is not understood any further."""


class Framer:
    """Cuts what was read into lines, whatever the pieces."""

    __slots__ = ("_parts", "_size", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are complete now, without line feeds and without blank ones.

        Raises `BadLine` when one is longer than the limit.
        """
        lines = data.split(b"\n")
        rest = lines.pop()
        if lines and self._parts:
            self._parts.append(lines[0])
            lines[0] = b"".join(self._parts)
            self._parts.clear()
            self._size = 0
        if rest:
            self._parts.append(rest)
            self._size += len(rest)
        if self._size > self.limit or any(len(line) > self.limit for line in lines):
            raise BadLine(f"The answer is longer than {self.limit} bytes.")
        return [line for line in lines if line and not line.isspace()]


def parse(line: bytes) -> Reply | Notification:
    """What a line says. Raises `BadLine` when that is neither an answer nor a notification."""
    try:
        value = _decode(line.decode())
    except (ValueError, RecursionError):
        raise BadLine("The answer is not JSON.") from None
    if not isinstance(value, dict):
        raise BadLine("The answer is not an object.")
    if "result" in value or "error" in value:
        call_id = value.get("id")
        if call_id is None:
            raise BadLine("The daemon could not read a call.")
        error = value.get("error")
        if error is None and "result" not in value:
            raise BadLine("The answer has neither a result nor an error.")
        return Reply(call_id if isinstance(call_id, str) else "", value.get("result"), error)
    method = value.get("method")
    if isinstance(method, str) and "id" not in value:
        return Notification(method, value.get("params"))
    raise BadLine("The line is not an answer.")


def encode(value: object) -> bytes:
    """Compact JSON in UTF-8. Raises `ValidationError` for text that the daemon refuses."""
    try:
        encoded = _encode(value).encode()
    except UnicodeEncodeError:
        raise _refused(value) from None
    except ValueError:
        raise ValidationError(
            "The input holds a number that JSON cannot say.", code="INVALID_PARAMS"
        ) from None
    # Six bytes of a string may look like this and be a backslash: then nothing is found.
    if b"\\u0000" in encoded and next(_unacceptable(value, ""), None) is not None:
        raise _refused(value)
    return encoded


def next_id() -> str:
    """An id that no other process uses: a child that inherited a connection would otherwise
    take its parent's answers for its own."""
    return f"{_process}-{next(_counter)}"


def retry_delay(error: MvpAuthError, attempt: int, *, repeatable: bool) -> float | None:
    """How long to wait before another attempt, in seconds. None: there is none.

    A call is made again only if that cannot do it twice: nothing was done, or the method is
    idempotent, or the call carries a key that makes it so.
    """
    if attempt >= ATTEMPTS or not error.retryable or (error.executed and not repeatable):
        return None
    if error.code == "DEADLINE_EXCEEDED":
        return None
    if error.retry_after is not None:
        return error.retry_after * random.uniform(1.0, 1.25)
    return backoff(attempt + 2)


def backoff(failures: int) -> float:
    """Full jitter: somewhere between nothing and twice as long as before, up to a second."""
    return random.uniform(0.0, min(1.0, 0.01 * 2.0 ** min(failures, 10)))


def hello(name: str, version: str, roles: tuple[str, ...] | None, timeout: float) -> Request:
    """The first call of a connection."""
    params: dict[str, object] = {"protocol": [1], "client": {"name": name, "version": version}}
    if roles is not None:
        params["roles"] = list(roles)
    return Request("system.hello", params, timeout=timeout)


def cancellation(call_id: str) -> bytes:
    """The line that says that nobody waits for this call any more."""
    return b'{"jsonrpc":"2.0","method":"system.cancel","params":{"id":"%b"}}\n' % call_id.encode()


def _seconds(timeout: float | None, is_hashing: bool) -> float:
    if timeout is None:
        return HASHING_SECONDS if is_hashing else STORE_SECONDS
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout is in seconds, a number; it is {type(timeout).__name__}")
    if math.isnan(timeout):
        raise ValueError("timeout is not a number of seconds")
    return float(timeout)


def _check_key(key: str) -> None:
    if not 8 <= len(key) <= 128 or not all("!" <= character <= "~" for character in key):
        raise ValidationError(
            "The idempotency key must be 8 to 128 printable ASCII characters.",
            code="INVALID_PARAMS",
            fields=(FieldError("idempotency_key", "must be 8 to 128 printable ASCII characters"),),
        )


def _refused(value: object) -> ValidationError:
    fields = tuple(FieldError(path, reason) for path, reason in _unacceptable(value, ""))
    return ValidationError(
        "The input holds text that cannot be sent.", code="INVALID_PARAMS", fields=fields
    )


def _unacceptable(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if "\0" in value:
            yield path, "must not contain U+0000"
        elif any("\ud800" <= character <= "\udfff" for character in value):
            yield path, "must not contain a lone surrogate"
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _unacceptable(name, path)
            yield from _unacceptable(member, f"{path}.{name}" if path else str(name))
    elif isinstance(value, (list, tuple)):
        for index, member in enumerate(value):
            yield from _unacceptable(member, f"{path}[{index}]")
    elif hasattr(value, "get_secret_value"):
        yield from _unacceptable(value.get_secret_value(), path)


def _other(value: Any) -> object:
    """What JSON does not know: UUIDs, and pydantic's secret strings."""
    if hasattr(value, "get_secret_value"):
        return value.get_secret_value()
    from uuid import UUID

    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"A call's params cannot hold a {type(value).__name__}.")


_encode: Callable[[object], str] = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_other
).encode
_decode: Callable[[str], Any] = json.JSONDecoder().decode
_METHOD_JSON = {name: b'"%b"' % name.encode() for name in METHODS}
_ENVELOPE_BYTES = 128
_process = ""
_counter: Iterator[int] = iter(())


_pid = 0


def _restart_ids() -> None:
    global _process, _counter, _pid
    _pid = os.getpid()
    _process = os.urandom(4).hex()
    _counter = count(1)


def is_same_process() -> bool:
    """False once after a fork, also after one that Python was not told of."""
    if _pid == os.getpid():
        return True
    _restart_ids()
    return False


_restart_ids()
os.register_at_fork(after_in_child=_restart_ids)
