"""One line a call at level debug, in the logger `mvpauth`: the method, the time, and how it went."""

from __future__ import annotations

import sys
import time


def outcome(method: str, began: float, code: str) -> None:
    """Nothing of what is called or answered is ever logged. `logging` is not loaded for this: an
    application that has not loaded it has no handler either."""
    logging = sys.modules.get("logging")
    if logging is None:
        return
    logger = logging.getLogger("mvpauth")
    if logger.isEnabledFor(logging.DEBUG):
        logger.debug("%s %.1f ms %s", method, (time.monotonic() - began) * 1000, code)
