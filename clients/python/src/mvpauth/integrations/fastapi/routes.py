"""The names of the routes, and their groups, from the daemon's catalogue."""

from __future__ import annotations

from mvpauth._generated import ROUTES

__all__ = ["Routes"]


# The library has none such; the shim does.
_OTHERS = frozenset({"events"})


def _group(name: str) -> frozenset[str]:
    return frozenset(route.name for route in ROUTES.values() if route.group == name) - _OTHERS


class Routes:
    """Names and groups for `auth_router(include=…, exclude=…)`. Groups are sets: join them by `|`.

    ```python
    auth_router(auth, include=Routes.CORE | {Routes.CHANGE_PASSWORD})
    auth_router(auth, exclude=Routes.SESSION_MANAGEMENT | Routes.VERIFY)
    ```
    """

    REGISTER = "register"
    LOGIN = "login"
    REFRESH = "refresh"
    VERIFY_EMAIL = "verify_email"
    RESEND_VERIFICATION = "resend_verification"
    FORGOT_PASSWORD = "forgot_password"
    RESET_PASSWORD = "reset_password"
    ME = "me"
    LOGOUT = "logout"
    LOGOUT_ALL = "logout_all"
    CHANGE_PASSWORD = "change_password"
    SESSIONS = "sessions"
    REVOKE_SESSION = "revoke_session"

    CORE: frozenset[str] = _group("core")
    """Register, login, refresh, me, logout."""
    VERIFY: frozenset[str] = _group("verify")
    """Verification of addresses."""
    PASSWORD: frozenset[str] = _group("password")
    """Forgot, reset and change."""
    SESSION_MANAGEMENT: frozenset[str] = _group("sessions")
    """The list of sessions, ending one, and ending all."""
    ALL: frozenset[str] = CORE | VERIFY | PASSWORD | SESSION_MANAGEMENT
    """All thirteen."""
