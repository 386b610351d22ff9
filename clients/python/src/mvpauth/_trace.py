"""The trace that a call belongs to, when the application uses OpenTelemetry."""

from __future__ import annotations

import sys
from importlib import import_module


def parent() -> str | None:
    """The `traceparent` of the span around the call (W3C Trace Context).

    An application that has not imported OpenTelemetry has no span, so it is not imported here.
    """
    if "opentelemetry.trace" not in sys.modules:
        return None
    try:
        propagate = import_module("opentelemetry.propagate")
    except ImportError:
        return None
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")
