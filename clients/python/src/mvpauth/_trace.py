"""Spans and the trace that a call belongs to, when the application uses OpenTelemetry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from ._version import __version__
from .errors import MvpAuthError


def is_loaded() -> bool:
    """Whether the application traces. One that has not imported OpenTelemetry has no span that a
    call could belong to, so it is not imported here."""
    return "opentelemetry.trace" in sys.modules


@contextmanager
def span(method: str) -> Iterator[None]:
    """A span of kind client, named after the method. It holds nothing of what is called."""
    trace: Any = sys.modules["opentelemetry.trace"]
    attributes = {"rpc.system": "jsonrpc", "rpc.method": method}
    with trace.get_tracer("mvpauth", __version__).start_as_current_span(
        method, kind=trace.SpanKind.CLIENT, attributes=attributes, record_exception=False
    ) as current:
        try:
            yield
        except MvpAuthError as error:
            current.set_attribute("rpc.jsonrpc.error_code", error.number)
            current.set_attribute("error.type", error.code)
            raise


def parent() -> str | None:
    """The `traceparent` of the span around the call (W3C Trace Context)."""
    if not is_loaded():
        return None
    try:
        propagate = import_module("opentelemetry.propagate")
    except ImportError:
        return None
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")
