"""What the client knows of the service: errors, methods and models.

Generated from the daemon's catalogue by `make generate`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "ERRORS",
    "METHODS",
    "PROTOCOL",
    "ROUTES",
    "VERSION",
    "AcknowledgeHookReply",
    "AsyncMethods",
    "CancelReply",
    "Emails",
    "ErrorInfo",
    "EventResponse",
    "HealthReply",
    "HelloReply",
    "InfoReply",
    "ListMailboxReply",
    "LogoutAllReply",
    "Message",
    "Messages",
    "Method",
    "Param",
    "Peer",
    "PingReply",
    "Policy",
    "Route",
    "Server",
    "SessionResponse",
    "SubscribeHooksReply",
    "SyncMethods",
    "TokenPair",
    "TokenPayload",
    "User",
    "UserResponse",
]

PROTOCOL = 1
"""The version of the protocol that is spoken."""

VERSION = "0.1.0"
"""The daemon's version that this module was generated from."""


class ErrorInfo(NamedTuple):
    """What is known of an error by its code."""

    number: int
    status: int
    retryable: bool
    message: str


class Param(NamedTuple):
    """A member of a method's params."""

    name: str
    type: str
    required: bool
    sensitive: bool


class Method(NamedTuple):
    """A method of the daemon: what a call takes, and whether it may be repeated."""

    name: str
    cost: str
    idempotent: bool
    sensitive: bool
    role: str
    params: tuple[Param, ...]
    reply: str


class Route(NamedTuple):
    """A route of the REST interface, and the method behind it."""

    name: str
    method: str
    path: str
    group: str
    rpc: str
    status: int
    body: tuple[str, ...]
    path_param: str | None
    protected: bool
    device: bool


ERRORS: dict[str, ErrorInfo] = {
    "INVALID_VERIFICATION_TOKEN": ErrorInfo(
        40001, 400, False,
        "Invalid verification token",
    ),
    "INVALID_CREDENTIALS": ErrorInfo(
        40101, 401, False,
        "Invalid credentials",
    ),
    "TOKEN_EXPIRED": ErrorInfo(
        40102, 401, False,
        "Token has expired",
    ),
    "TOKEN_INVALID": ErrorInfo(
        40103, 401, False,
        "Token is invalid",
    ),
    "TOKEN_REVOKED": ErrorInfo(
        40104, 401, False,
        "Token has been revoked",
    ),
    "TOKEN_REUSE": ErrorInfo(
        40105, 401, False,
        "Refresh token reuse detected",
    ),
    "EMAIL_NOT_VERIFIED": ErrorInfo(
        40301, 403, False,
        "Email not verified",
    ),
    "USER_INACTIVE": ErrorInfo(
        40302, 403, False,
        "The user is inactive.",
    ),
    "USER_NOT_FOUND": ErrorInfo(
        40401, 404, False,
        "User not found",
    ),
    "SESSION_NOT_FOUND": ErrorInfo(
        40402, 404, False,
        "Session not found",
    ),
    "USER_EXISTS": ErrorInfo(
        40901, 409, False,
        "User already exists",
    ),
    "ALREADY_VERIFIED": ErrorInfo(
        40902, 409, False,
        "Email is already verified",
    ),
    "PASSWORD_VALIDATION": ErrorInfo(
        42201, 422, False,
        "The password is not acceptable.",
    ),
    "VALIDATION_ERROR": ErrorInfo(
        42202, 422, False,
        "The input is not acceptable.",
    ),
    "RATE_LIMITED": ErrorInfo(
        42901, 429, True,
        "Too many requests.",
    ),
    "SHUTTING_DOWN": ErrorInfo(
        -32001, 503, True,
        "The server is shutting down.",
    ),
    "NOT_READY": ErrorInfo(
        -32002, 503, True,
        "The server is not ready.",
    ),
    "OVERLOADED": ErrorInfo(
        -32003, 503, True,
        "The server is overloaded.",
    ),
    "DEADLINE_EXCEEDED": ErrorInfo(
        -32004, 504, True,
        "The deadline has passed.",
    ),
    "PERMISSION_DENIED": ErrorInfo(
        -32005, 403, False,
        "Permission denied.",
    ),
    "MESSAGE_TOO_LARGE": ErrorInfo(
        -32006, 413, False,
        "The message is too large.",
    ),
    "BATCH_TOO_LARGE": ErrorInfo(
        -32007, 413, False,
        "The batch is too large.",
    ),
    "UNSUPPORTED_PROTOCOL": ErrorInfo(
        -32008, 400, False,
        "The protocol version is not supported.",
    ),
    "STORAGE_UNAVAILABLE": ErrorInfo(
        -32010, 503, True,
        "The storage is unavailable.",
    ),
    "CANCELLED": ErrorInfo(
        -32800, 499, False,
        "The call was cancelled.",
    ),
    "PARSE_ERROR": ErrorInfo(
        -32700, 400, False,
        "Parse error.",
    ),
    "INVALID_REQUEST": ErrorInfo(
        -32600, 400, False,
        "Invalid request.",
    ),
    "METHOD_NOT_FOUND": ErrorInfo(
        -32601, 404, False,
        "Method not found.",
    ),
    "INVALID_PARAMS": ErrorInfo(
        -32602, 422, False,
        "Invalid params.",
    ),
    "INTERNAL_ERROR": ErrorInfo(
        -32603, 500, False,
        "Internal error.",
    ),
}
"""Every error of the daemon, by its code."""

METHODS: dict[str, Method] = {
    "user.register": Method(
        "user.register",
        "hashing",
        False,
        True,
        "client",
        (
            Param("email", "string", True, False),
            Param("password", "string", True, True),
            Param("ip_address", "string", False, False),
        ),
        "UserResponse",
    ),
    "auth.login": Method(
        "auth.login",
        "hashing",
        False,
        True,
        "client",
        (
            Param("email", "string", True, False),
            Param("password", "string", True, True),
            Param("device_info", "string", False, False),
            Param("ip_address", "string", False, False),
            Param("remember_device", "boolean", False, False),
            Param("device_token", "string", False, True),
        ),
        "TokenPair",
    ),
    "auth.refresh": Method(
        "auth.refresh",
        "store",
        False,
        True,
        "client",
        (
            Param("refresh_token", "string", True, True),
            Param("device_info", "string", False, False),
            Param("ip_address", "string", False, False),
        ),
        "TokenPair",
    ),
    "auth.logout": Method(
        "auth.logout",
        "store",
        False,
        True,
        "client",
        (
            Param("access_token", "string", False, True),
            Param("refresh_token", "string", False, True),
        ),
        "Message",
    ),
    "auth.logout_all": Method(
        "auth.logout_all",
        "store",
        False,
        True,
        "client",
        (
            Param("access_token", "string", False, True),
            Param("user_id", "uuid", False, False),
        ),
        "LogoutAllReply",
    ),
    "user.get_current_user": Method(
        "user.get_current_user",
        "memory",
        True,
        True,
        "client",
        (
            Param("access_token", "string", False, True),
            Param("user_id", "uuid", False, False),
        ),
        "UserResponse",
    ),
    "user.find": Method(
        "user.find",
        "store",
        True,
        False,
        "trusted",
        (
            Param("email", "string", True, False),
        ),
        "UserResponse",
    ),
    "user.verify_email": Method(
        "user.verify_email",
        "store",
        False,
        True,
        "client",
        (
            Param("token", "string", True, True),
        ),
        "UserResponse",
    ),
    "user.resend_verification": Method(
        "user.resend_verification",
        "store",
        False,
        False,
        "client",
        (
            Param("email", "string", True, False),
        ),
        "Message",
    ),
    "password.forgot_password": Method(
        "password.forgot_password",
        "store",
        False,
        False,
        "client",
        (
            Param("email", "string", True, False),
        ),
        "Message",
    ),
    "password.reset_password": Method(
        "password.reset_password",
        "hashing",
        False,
        True,
        "client",
        (
            Param("token", "string", True, True),
            Param("new_password", "string", True, True),
        ),
        "Message",
    ),
    "password.change_password": Method(
        "password.change_password",
        "hashing",
        False,
        True,
        "client",
        (
            Param("access_token", "string", False, True),
            Param("current_password", "string", True, True),
            Param("new_password", "string", True, True),
            Param("user_id", "uuid", False, False),
        ),
        "Message",
    ),
    "session.list": Method(
        "session.list",
        "store",
        True,
        True,
        "client",
        (
            Param("access_token", "string", False, True),
            Param("user_id", "uuid", False, False),
        ),
        "SessionResponse",
    ),
    "session.revoke": Method(
        "session.revoke",
        "store",
        False,
        True,
        "client",
        (
            Param("access_token", "string", False, True),
            Param("session_id", "uuid", True, False),
            Param("user_id", "uuid", False, False),
        ),
        "Message",
    ),
    "user.events": Method(
        "user.events",
        "store",
        True,
        True,
        "client",
        (
            Param("access_token", "string", False, True),
            Param("user_id", "uuid", False, False),
            Param("limit", "integer", False, False),
        ),
        "EventResponse",
    ),
    "token.verify": Method(
        "token.verify",
        "memory",
        True,
        True,
        "client",
        (
            Param("access_token", "string", True, True),
        ),
        "TokenPayload",
    ),
    "hooks.subscribe": Method(
        "hooks.subscribe",
        "memory",
        False,
        False,
        "hooks",
        (
            Param("events", "array", False, False),
            Param("prefetch", "integer", False, False),
            Param("ack_timeout_ms", "integer", False, False),
        ),
        "SubscribeHooksReply",
    ),
    "hooks.ack": Method(
        "hooks.ack",
        "store",
        True,
        False,
        "hooks",
        (
            Param("delivery_id", "string", True, False),
            Param("status", "string", True, False),
            Param("delay_ms", "integer", False, False),
            Param("reason", "string", False, False),
        ),
        "AcknowledgeHookReply",
    ),
    "hooks.unsubscribe": Method(
        "hooks.unsubscribe",
        "memory",
        True,
        False,
        "hooks",
        (
            Param("subscription", "string", True, False),
        ),
        "UnsubscribeHooksReply",
    ),
    "admin.list_users": Method(
        "admin.list_users",
        "store",
        True,
        False,
        "admin",
        (
            Param("query", "string", False, False),
            Param("status", "string", False, False),
            Param("cursor", "string", False, False),
            Param("limit", "integer", False, False),
        ),
        "ListUsersReply",
    ),
    "admin.get_user": Method(
        "admin.get_user",
        "store",
        True,
        False,
        "admin",
        (
            Param("user_id", "uuid", False, False),
            Param("email", "string", False, False),
        ),
        "GetUserReply",
    ),
    "admin.create_user": Method(
        "admin.create_user",
        "hashing",
        False,
        True,
        "admin",
        (
            Param("email", "string", True, False),
            Param("password", "string", False, True),
            Param("password_hash", "string", False, True),
            Param("is_verified", "boolean", False, False),
            Param("is_active", "boolean", False, False),
            Param("id", "uuid", False, False),
            Param("created_at", "date-time", False, False),
        ),
        "AdminUser",
    ),
    "admin.update_user": Method(
        "admin.update_user",
        "store",
        False,
        False,
        "admin",
        (
            Param("user_id", "uuid", True, False),
            Param("email", "string", False, False),
            Param("is_verified", "boolean", False, False),
            Param("is_active", "boolean", False, False),
        ),
        "AdminUser",
    ),
    "admin.set_password": Method(
        "admin.set_password",
        "hashing",
        False,
        True,
        "admin",
        (
            Param("user_id", "uuid", True, False),
            Param("password", "string", False, True),
        ),
        "Message",
    ),
    "admin.sign_out": Method(
        "admin.sign_out",
        "store",
        False,
        False,
        "admin",
        (
            Param("user_id", "uuid", True, False),
            Param("session_id", "uuid", False, False),
        ),
        "SignOutReply",
    ),
    "admin.unblock": Method(
        "admin.unblock",
        "store",
        True,
        False,
        "admin",
        (
            Param("user_id", "uuid", True, False),
        ),
        "Message",
    ),
    "admin.delete_user": Method(
        "admin.delete_user",
        "store",
        False,
        False,
        "admin",
        (
            Param("user_id", "uuid", True, False),
            Param("email", "string", True, False),
        ),
        "Message",
    ),
    "admin.list_sessions": Method(
        "admin.list_sessions",
        "store",
        True,
        False,
        "admin",
        (
            Param("user_id", "uuid", False, False),
            Param("app", "string", False, False),
            Param("cursor", "string", False, False),
            Param("limit", "integer", False, False),
        ),
        "ListAllSessionsReply",
    ),
    "admin.list_apps": Method(
        "admin.list_apps",
        "memory",
        True,
        False,
        "admin",
        (),
        "ListAppsReply",
    ),
    "admin.import_users": Method(
        "admin.import_users",
        "hashing",
        True,
        True,
        "admin",
        (
            Param("users", "array", True, False),
            Param("dry_run", "boolean", False, False),
            Param("on_conflict", "string", False, False),
        ),
        "ImportUsersReply",
    ),
    "admin.export_users": Method(
        "admin.export_users",
        "store",
        True,
        True,
        "admin",
        (
            Param("cursor", "string", False, False),
            Param("limit", "integer", False, False),
            Param("with_hashes", "boolean", False, False),
        ),
        "ExportUsersReply",
    ),
    "admin.query_audit": Method(
        "admin.query_audit",
        "store",
        True,
        False,
        "admin",
        (
            Param("user_id", "uuid", False, False),
            Param("event", "string", False, False),
            Param("app", "string", False, False),
            Param("since", "date-time", False, False),
            Param("until", "date-time", False, False),
            Param("cursor", "string", False, False),
            Param("limit", "integer", False, False),
        ),
        "QueryAuditReply",
    ),
    "hooks.list_mailbox": Method(
        "hooks.list_mailbox",
        "memory",
        True,
        True,
        "hooks",
        (),
        "ListMailboxReply",
    ),
    "admin.list_messages": Method(
        "admin.list_messages",
        "store",
        True,
        False,
        "admin",
        (
            Param("state", "string", False, False),
            Param("kind", "string", False, False),
            Param("user_id", "uuid", False, False),
            Param("cursor", "string", False, False),
            Param("limit", "integer", False, False),
        ),
        "ListMessagesReply",
    ),
    "admin.get_message": Method(
        "admin.get_message",
        "store",
        True,
        False,
        "admin",
        (
            Param("message_id", "uuid", True, False),
        ),
        "OutboxMessage",
    ),
    "admin.retry_message": Method(
        "admin.retry_message",
        "store",
        False,
        False,
        "admin",
        (
            Param("message_id", "uuid", True, False),
        ),
        "OutboxMessage",
    ),
    "admin.drop_message": Method(
        "admin.drop_message",
        "store",
        True,
        False,
        "admin",
        (
            Param("message_id", "uuid", True, False),
        ),
        "OutboxMessage",
    ),
    "admin.send_test_message": Method(
        "admin.send_test_message",
        "store",
        False,
        False,
        "admin",
        (
            Param("email", "string", True, False),
            Param("app", "string", False, False),
        ),
        "OutboxMessage",
    ),
    "system.hello": Method(
        "system.hello",
        "memory",
        True,
        False,
        "any",
        (
            Param("protocol", "array", False, False),
            Param("client", "object", False, False),
            Param("roles", "array", False, False),
        ),
        "HelloReply",
    ),
    "system.ping": Method(
        "system.ping",
        "memory",
        True,
        False,
        "any",
        (),
        "PingReply",
    ),
    "system.info": Method(
        "system.info",
        "memory",
        True,
        False,
        "any",
        (),
        "InfoReply",
    ),
    "system.health": Method(
        "system.health",
        "store",
        True,
        False,
        "any",
        (),
        "HealthReply",
    ),
    "system.cancel": Method(
        "system.cancel",
        "memory",
        True,
        False,
        "any",
        (
            Param("id", "any", True, False),
        ),
        "CancelReply",
    ),
    "rpc.discover": Method(
        "rpc.discover",
        "memory",
        True,
        False,
        "any",
        (),
        "JSONLexeme",
    ),
    "system.stats": Method(
        "system.stats",
        "memory",
        True,
        False,
        "admin",
        (),
        "StatsReply",
    ),
    "system.metrics": Method(
        "system.metrics",
        "store",
        True,
        False,
        "admin",
        (),
        "MetricsReply",
    ),
    "system.reload": Method(
        "system.reload",
        "store",
        False,
        False,
        "admin",
        (),
        "Message",
    ),
    "system.drain": Method(
        "system.drain",
        "memory",
        False,
        False,
        "admin",
        (),
        "Message",
    ),
    "system.set_log_level": Method(
        "system.set_log_level",
        "memory",
        False,
        False,
        "admin",
        (
            Param("level", "string", True, False),
        ),
        "Message",
    ),
    "system.purge_expired": Method(
        "system.purge_expired",
        "store",
        True,
        False,
        "admin",
        (),
        "PurgeExpiredReply",
    ),
}
"""Every method of the daemon, by its name."""

ROUTES: dict[str, Route] = {
    "register": Route(
        "register",
        "POST",
        "/register",
        "core",
        "user.register",
        201,
        ("email", "password",),
        None,
        False,
        False,
    ),
    "login": Route(
        "login",
        "POST",
        "/login",
        "core",
        "auth.login",
        200,
        ("email", "password", "remember_device", "device_token",),
        None,
        False,
        True,
    ),
    "refresh": Route(
        "refresh",
        "POST",
        "/refresh",
        "core",
        "auth.refresh",
        200,
        ("refresh_token",),
        None,
        False,
        True,
    ),
    "logout": Route(
        "logout",
        "POST",
        "/logout",
        "core",
        "auth.logout",
        200,
        ("refresh_token",),
        None,
        True,
        False,
    ),
    "logout_all": Route(
        "logout_all",
        "POST",
        "/logout-all",
        "sessions",
        "auth.logout_all",
        200,
        (),
        None,
        True,
        False,
    ),
    "me": Route(
        "me",
        "GET",
        "/me",
        "core",
        "user.get_current_user",
        200,
        (),
        None,
        True,
        False,
    ),
    "verify_email": Route(
        "verify_email",
        "POST",
        "/verify-email",
        "verify",
        "user.verify_email",
        200,
        ("token",),
        None,
        False,
        False,
    ),
    "resend_verification": Route(
        "resend_verification",
        "POST",
        "/resend-verification",
        "verify",
        "user.resend_verification",
        200,
        ("email",),
        None,
        False,
        False,
    ),
    "forgot_password": Route(
        "forgot_password",
        "POST",
        "/forgot-password",
        "password",
        "password.forgot_password",
        200,
        ("email",),
        None,
        False,
        False,
    ),
    "reset_password": Route(
        "reset_password",
        "POST",
        "/reset-password",
        "password",
        "password.reset_password",
        200,
        ("token", "new_password",),
        None,
        False,
        False,
    ),
    "change_password": Route(
        "change_password",
        "POST",
        "/change-password",
        "password",
        "password.change_password",
        200,
        ("current_password", "new_password",),
        None,
        True,
        False,
    ),
    "sessions": Route(
        "sessions",
        "GET",
        "/sessions",
        "sessions",
        "session.list",
        200,
        (),
        None,
        True,
        False,
    ),
    "revoke_session": Route(
        "revoke_session",
        "DELETE",
        "/sessions/{id}",
        "sessions",
        "session.revoke",
        200,
        (),
        "session_id",
        True,
        False,
    ),
    "events": Route(
        "events",
        "GET",
        "/events",
        "sessions",
        "user.events",
        200,
        (),
        None,
        True,
        False,
    ),
}
"""Every route below the prefix, by its name."""

_T = TypeVar("_T")
_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{0,9}))?(?:Z|\+00:00)", re.ASCII | re.IGNORECASE
)


def _str(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError("a string was expected")


def _int(value: object) -> int:
    if isinstance(value, int) and value is not True and value is not False:
        return value
    raise TypeError("an integer was expected")


def _float(value: object) -> float:
    return value if isinstance(value, float) else float(_int(value))


def _bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError("a boolean was expected")


def _uuid(value: object) -> UUID:
    return UUID(_str(value))


def _time(value: object) -> datetime:
    """RFC 3339 in UTC, with up to nine digits of fraction, to the microsecond.

    `datetime.fromisoformat` before Python 3.11 accepts neither `Z` nor most fractions.
    """
    match = _TIMESTAMP.fullmatch(_str(value))
    if match is None:
        raise ValueError("an RFC 3339 timestamp in UTC was expected")
    fraction = (match[2] or "")[:6].ljust(6, "0")
    return datetime.fromisoformat(match[1]).replace(
        microsecond=int(fraction), tzinfo=timezone.utc
    )


def _any(value: Any) -> Any:
    return value


def _table(value: object) -> dict[str, int]:
    if isinstance(value, dict):
        return {_str(name): _int(number) for name, number in value.items()}
    raise TypeError("an object was expected")


def _each(read: Callable[[Any], _T]) -> Callable[[object], tuple[_T, ...]]:
    def elements(value: object) -> tuple[_T, ...]:
        if isinstance(value, list):
            return tuple(read(element) for element in value)
        raise TypeError("an array was expected")

    return elements


def _optional(read: Callable[[Any], _T], value: object) -> _T | None:
    return None if value is None else read(value)


def _reply(read: Callable[[Any], _T], value: object) -> _T:
    """The reply as a model. What does not fit the catalogue is the daemon's mistake."""
    try:
        return read(value)
    except (LookupError, TypeError, ValueError, AttributeError):
        from .errors import ProtocolError

        raise ProtocolError(
            "The daemon's answer cannot be understood.", executed=True
        ) from None


def _one(**choices: str | UUID | None) -> dict[str, Any]:
    """The one of the choices that was made."""
    made = {name: str(value) for name, value in choices.items() if value is not None}
    if len(made) == 1:
        return made
    names = ["token" if name == "access_token" else name for name in choices]
    raise TypeError(f"pass exactly one of {' and '.join(names)}")


def _given(**members: str | bool | None) -> dict[str, Any]:
    """The members that were given."""
    return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserResponse:
    """An account."""

    id: UUID
    """The user: a UUID, written in lower case."""
    email: str
    """The address of the account."""
    is_active: bool
    """Whether the account may be used."""
    is_verified: bool
    """Whether the address has been proved."""
    created_at: datetime
    """When the account was created."""
    updated_at: datetime
    """When the account was last changed."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            id=_uuid(value["id"]),
            email=_str(value["email"]),
            is_active=_bool(value["is_active"]),
            is_verified=_bool(value["is_verified"]),
            created_at=_time(value["created_at"]),
            updated_at=_time(value["updated_at"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """A session's tokens."""

    access_token: str = field(repr=False)
    """A living access token."""
    refresh_token: str = field(repr=False)
    """A refresh token: it works once."""
    token_type: str
    """Always `bearer` (RFC 6750)."""
    expires_in: int
    """For how many seconds the access token lives."""
    device_token: str | None = field(default=None, repr=False)
    """After a login with `remember_device`: to be sent with the next login from this device, and kept like a refresh token. It signs nobody in; strangers' failures do not keep the device out."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            access_token=_str(value["access_token"]),
            refresh_token=_str(value["refresh_token"]),
            token_type=_str(value["token_type"]),
            expires_in=_int(value["expires_in"]),
            device_token=_optional(_str, value.get("device_token")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """That something was done."""

    message: str
    """What was done, for people."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            message=_str(value["message"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutAllReply:
    """How many sessions were ended."""

    message: str
    """What was done, for people."""
    revoked: int
    """How many sessions were ended."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            message=_str(value["message"]),
            revoked=_int(value["revoked"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResponse:
    """A signed-in device."""

    id: UUID
    """The session: a UUID, written in lower case."""
    device_info: str | None = None
    """The device, as whoever signed in described it."""
    ip_address: str | None = None
    """The address from which the session was last used."""
    created_at: datetime
    """When it was begun."""
    expires_at: datetime
    """When it ends unless it is used before."""
    is_revoked: bool
    """Whether the session was ended."""
    last_used_at: datetime
    """When it was begun or last refreshed."""
    current: bool
    """Whether the call was made from this session."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            id=_uuid(value["id"]),
            device_info=_optional(_str, value.get("device_info")),
            ip_address=_optional(_str, value.get("ip_address")),
            created_at=_time(value["created_at"]),
            expires_at=_time(value["expires_at"]),
            is_revoked=_bool(value["is_revoked"]),
            last_used_at=_time(value["last_used_at"]),
            current=_bool(value["current"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventResponse:
    """Something that was done with an account."""

    at: datetime
    """When it happened."""
    event: str
    """What happened, such as `login.succeeded`, `login.failed` or `password.changed`."""
    outcome: str
    """`success` or `failure`."""
    app: str
    """The app that asked for it."""
    source: str | None = None
    """From which address, if the app said so."""
    device_info: str | None = None
    """The device, as whoever signed in described it; absent once its session is forgotten."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            at=_time(value["at"]),
            event=_str(value["event"]),
            outcome=_str(value["outcome"]),
            app=_str(value["app"]),
            source=_optional(_str, value.get("source")),
            device_info=_optional(_str, value.get("device_info")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPayload:
    """The claims of a living access token."""

    sub: UUID
    """The user: a UUID, written in lower case."""
    jti: str
    """The identifier of the token."""
    type: str
    """Always `access`."""
    session_id: UUID | None = None
    """The session: a UUID, written in lower case. Absent on tokens of the Python library."""
    iat: int
    """When the token was made, in seconds since 1970."""
    exp: int
    """When the token expires, in seconds since 1970."""
    iss: str | None = None
    """The issuer, on a service that has one."""
    aud: str | None = None
    """The audience, on a service that has one."""
    app: str | None = None
    """The application for which the token was made."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            sub=_uuid(value["sub"]),
            jti=_str(value["jti"]),
            type=_str(value["type"]),
            session_id=_optional(_uuid, value.get("session_id")),
            iat=_int(value["iat"]),
            exp=_int(value["exp"]),
            iss=_optional(_str, value.get("iss")),
            aud=_optional(_str, value.get("aud")),
            app=_optional(_str, value.get("app")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeHooksReply:
    """What a call answers."""

    subscription: str
    """The subscription. It ends with the connection."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            subscription=_str(value["subscription"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeHookReply:
    """What a call answers."""

    stale: bool | None = None
    """True when there is no such delivery any more: it was made again, or ended, and nothing was changed."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            stale=_optional(_bool, value.get("stale")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Emails:
    """What a call answers."""

    id: UUID
    """The message."""
    event: str
    """What it is about: one of the events that `hooks.subscribe` knows."""
    email: str
    """Where it goes."""
    attempt: int
    """Which attempt this was, from 1."""
    app: str | None = None
    """The app that caused it."""
    handed_out_at: datetime
    """When it was handed out last."""
    expires_at: datetime
    """Until when it is worth sending."""
    token: str | None = field(default=None, repr=False)
    """What proves the address. Notices and tests have none."""
    link: str | None = field(default=None, repr=False)
    """Where the person is to go; it holds the token."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            id=_uuid(value["id"]),
            event=_str(value["event"]),
            email=_str(value["email"]),
            attempt=_int(value["attempt"]),
            app=_optional(_str, value.get("app")),
            handed_out_at=_time(value["handed_out_at"]),
            expires_at=_time(value["expires_at"]),
            token=_optional(_str, value.get("token")),
            link=_optional(_str, value.get("link")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMailboxReply:
    """What a call answers."""

    emails: tuple[Emails, ...]
    """The last hundred that were handed out, the newest first."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            emails=_each(Emails.from_wire)(value["emails"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A program and its version."""

    name: str
    """The name of the program."""
    version: str
    """The version of the program."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            name=_str(value["name"]),
            version=_str(value["version"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A caller, by the kernel and by configuration."""

    uid: int
    """The user of the caller, by the kernel."""
    gid: int
    """The group of the caller, by the kernel."""
    app: str
    """The application for which the peer speaks."""
    roles: tuple[str, ...]
    """The roles of the connection."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            uid=_int(value["uid"]),
            gid=_int(value["gid"]),
            app=_str(value["app"]),
            roles=_each(_str)(value["roles"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HelloReply:
    """What the daemon says of itself and of its caller."""

    protocol: int
    """The version of the protocol that is spoken."""
    server: Server
    """The program that answers."""
    instance_id: str
    """The daemon's process: another one after each start."""
    peer: Peer
    """Who the caller is."""
    limits: dict[str, int]
    """What the server accepts from the peer."""
    capabilities: tuple[str, ...]
    """What the server can do besides the methods."""
    openrpc_sha256: str
    """The SHA-256 of what `rpc.discover` answers, in hexadecimal."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            protocol=_int(value["protocol"]),
            server=Server.from_wire(value["server"]),
            instance_id=_str(value["instance_id"]),
            peer=Peer.from_wire(value["peer"]),
            limits=_table(value["limits"]),
            capabilities=_each(_str)(value["capabilities"]),
            openrpc_sha256=_str(value["openrpc_sha256"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PingReply:
    """That the daemon lives."""

    pong: bool
    """Always true."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            pong=_bool(value["pong"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules that the daemon enforces."""

    min_password_length: int
    """The fewest characters of a new password."""
    max_password_length: int
    """The most characters of a new password."""
    require_email_verification: bool
    """Whether an address must be proved before anybody can sign in with it."""
    access_token_seconds: int
    """For how long an access token lives."""
    refresh_token_seconds: int
    """For how long a refresh token can be used."""
    verification_token_seconds: int
    """For how long a link that proves an address works."""
    reset_token_seconds: int
    """For how long a link that resets a password works."""
    algorithm: str
    """How tokens are signed."""
    password_algorithm: str
    """How new passwords are hashed."""
    common_passwords: str
    """What happens to a new password that is a common one: `refuse` or `allow`."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            min_password_length=_int(value["min_password_length"]),
            max_password_length=_int(value["max_password_length"]),
            require_email_verification=_bool(value["require_email_verification"]),
            access_token_seconds=_int(value["access_token_seconds"]),
            refresh_token_seconds=_int(value["refresh_token_seconds"]),
            verification_token_seconds=_int(value["verification_token_seconds"]),
            reset_token_seconds=_int(value["reset_token_seconds"]),
            algorithm=_str(value["algorithm"]),
            password_algorithm=_str(value["password_algorithm"]),
            common_passwords=_str(value["common_passwords"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoReply:
    """What is running."""

    server: Server
    """The program that answers."""
    protocol: tuple[int, ...]
    """The versions of the protocol that can be spoken."""
    instance_id: str
    """The daemon's process: another one after each start."""
    started_at: datetime
    """When the daemon started."""
    uptime_seconds: int
    """For how long the daemon has been running."""
    store: str
    """The kind of the store: `sqlite`, `postgresql` or `memory`."""
    policy: Policy
    """The rules that the daemon goes by."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            server=Server.from_wire(value["server"]),
            protocol=_each(_int)(value["protocol"]),
            instance_id=_str(value["instance_id"]),
            started_at=_time(value["started_at"]),
            uptime_seconds=_int(value["uptime_seconds"]),
            store=_str(value["store"]),
            policy=Policy.from_wire(value["policy"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """What a call answers."""

    pending: int
    """Messages that wait or are being handed over; counted up to 10000."""
    dead: int
    """Messages that were given up within the last day; counted up to 10000."""
    oldest_seconds: int | None = None
    """For how long the oldest of those that are pending has been there."""
    subscribed: bool
    """Whether anybody is subscribed to this daemon who sends messages."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            pending=_int(value["pending"]),
            dead=_int(value["dead"]),
            oldest_seconds=_optional(_int, value.get("oldest_seconds")),
            subscribed=_bool(value["subscribed"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReply:
    """That calls can be served."""

    status: str
    """Always `ok`: a service that is not well answers with an error."""
    store: str
    """Always `ok`: the store was asked."""
    messages: Messages | None = None
    """The outbox, for callers with the role `admin`: by its length anybody else could find out whether an address has an account."""
    notes: tuple[str, ...] | None = None
    """What an operator should look at, in sentences, for callers with the role `admin`. Calls are served all the same."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            status=_str(value["status"]),
            store=_str(value["store"]),
            messages=_optional(Messages.from_wire, value.get("messages")),
            notes=_optional(_each(_str), value.get("notes")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelReply:
    """Whether there was such a call."""

    cancelled: bool
    """False when no such call was in flight."""

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """The value of a reply. Members that this version does not know are ignored."""
        return cls(
            cancelled=_bool(value["cancelled"]),
        )


User = UserResponse
"""An account."""


class AsyncMethods:
    """The service's methods, as coroutines. Time-outs are in seconds."""

    __slots__ = ()

    async def _call(
        self,
        name: str,
        params: dict[str, Any],
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        raise NotImplementedError

    async def register(
        self,
        email: str,
        password: str,
        *,
        ip_address: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> UserResponse:
        """Creates an account and sends a verification message.

        Errors: `USER_EXISTS`, `PASSWORD_VALIDATION`, `VALIDATION_ERROR`.
        """
        result = await self._call(
            "user.register",
            _given(
                email=email,
                password=password,
                ip_address=ip_address,
            ),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(UserResponse.from_wire, result)

    async def login(
        self,
        email: str,
        password: str,
        *,
        device_info: str | None = None,
        ip_address: str | None = None,
        remember_device: bool | None = None,
        device_token: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> TokenPair:
        """Exchanges an email address and a password for a session.

        Errors: `INVALID_CREDENTIALS`, `EMAIL_NOT_VERIFIED`.
        """
        result = await self._call(
            "auth.login",
            _given(
                email=email,
                password=password,
                device_info=device_info,
                ip_address=ip_address,
                remember_device=remember_device,
                device_token=device_token,
            ),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(TokenPair.from_wire, result)

    async def refresh(
        self,
        refresh_token: str,
        *,
        device_info: str | None = None,
        ip_address: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> TokenPair:
        """Exchanges a refresh token for its successor; each works once.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `TOKEN_REUSE`,
        `USER_INACTIVE`.
        """
        result = await self._call(
            "auth.refresh",
            _given(
                refresh_token=refresh_token,
                device_info=device_info,
                ip_address=ip_address,
            ),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(TokenPair.from_wire, result)

    async def logout(
        self,
        token: str | None = None,
        *,
        refresh_token: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Ends the session of an access token or of a refresh token.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`.
        """
        result = await self._call(
            "auth.logout",
            _one(access_token=token, refresh_token=refresh_token),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    async def logout_all(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> LogoutAllReply:
        """Ends every session of a user.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`.
        """
        result = await self._call(
            "auth.logout_all",
            _one(access_token=token, user_id=user_id),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(LogoutAllReply.from_wire, result)

    async def current_user(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        timeout: float | None = None,
    ) -> UserResponse:
        """Says whose access token this is.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`.
        """
        result = await self._call(
            "user.get_current_user",
            _one(access_token=token, user_id=user_id),
            timeout=timeout,
        )
        return _reply(UserResponse.from_wire, result)

    async def find_user(
        self,
        email: str,
        *,
        timeout: float | None = None,
    ) -> UserResponse:
        """Finds the account of an address, in any spelling of it, active or not.

        Errors: `USER_NOT_FOUND`.
        """
        result = await self._call(
            "user.find",
            {"email": email},
            timeout=timeout,
        )
        return _reply(UserResponse.from_wire, result)

    async def verify_email(
        self,
        token: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> UserResponse:
        """Proves an address by the token that was sent to it.

        Errors: `INVALID_VERIFICATION_TOKEN`, `ALREADY_VERIFIED`, `USER_INACTIVE`.
        """
        result = await self._call(
            "user.verify_email",
            {"token": token},
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(UserResponse.from_wire, result)

    async def resend_verification(
        self,
        email: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Sends a new verification message, if there is such an unverified account.

        Errors: `VALIDATION_ERROR`.
        """
        result = await self._call(
            "user.resend_verification",
            {"email": email},
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    async def forgot_password(
        self,
        email: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Sends a reset message, if there is such an account.

        Errors: `VALIDATION_ERROR`.
        """
        result = await self._call(
            "password.forgot_password",
            {"email": email},
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    async def reset_password(
        self,
        token: str,
        new_password: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Sets a new password by an emailed token and ends every session.

        Errors: `INVALID_VERIFICATION_TOKEN`, `PASSWORD_VALIDATION`, `USER_INACTIVE`.
        """
        result = await self._call(
            "password.reset_password",
            {"token": token, "new_password": new_password},
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    async def change_password(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        current_password: str,
        new_password: str,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Replaces the password, given the current one, and ends every session.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`, `INVALID_CREDENTIALS`, `PASSWORD_VALIDATION`.
        """
        result = await self._call(
            "password.change_password",
            {
                **_one(access_token=token, user_id=user_id),
                "current_password": current_password,
                "new_password": new_password,
            },
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    async def sessions(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        timeout: float | None = None,
    ) -> list[SessionResponse]:
        """Lists the live sessions of a user, the latest used first.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`.
        """
        result = await self._call(
            "session.list",
            _one(access_token=token, user_id=user_id),
            timeout=timeout,
        )
        return list(_reply(_each(SessionResponse.from_wire), result))

    async def revoke_session(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        session_id: UUID | str,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Ends one session of the user.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`, `SESSION_NOT_FOUND`.
        """
        result = await self._call(
            "session.revoke",
            {
                **_one(access_token=token, user_id=user_id),
                "session_id": str(session_id),
            },
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    async def events(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        timeout: float | None = None,
    ) -> list[EventResponse]:
        """Lists what was done with one's own account lately, the newest first.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`.
        """
        result = await self._call(
            "user.events",
            _one(access_token=token, user_id=user_id),
            timeout=timeout,
        )
        return list(_reply(_each(EventResponse.from_wire), result))

    async def verify(
        self,
        token: str,
        *,
        timeout: float | None = None,
    ) -> TokenPayload:
        """Says whether an access token is alive, and its claims.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`.
        """
        result = await self._call(
            "token.verify",
            {"access_token": token},
            timeout=timeout,
        )
        return _reply(TokenPayload.from_wire, result)

    async def ping(
        self,
        *,
        timeout: float | None = None,
    ) -> PingReply:
        """Answers."""
        result = await self._call(
            "system.ping",
            {},
            timeout=timeout,
        )
        return _reply(PingReply.from_wire, result)


class SyncMethods:
    """The service's methods, as plain functions. Time-outs are in seconds."""

    __slots__ = ()

    def _call(
        self,
        name: str,
        params: dict[str, Any],
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        raise NotImplementedError

    def register(
        self,
        email: str,
        password: str,
        *,
        ip_address: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> UserResponse:
        """Creates an account and sends a verification message.

        Errors: `USER_EXISTS`, `PASSWORD_VALIDATION`, `VALIDATION_ERROR`.
        """
        result = self._call(
            "user.register",
            _given(
                email=email,
                password=password,
                ip_address=ip_address,
            ),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(UserResponse.from_wire, result)

    def login(
        self,
        email: str,
        password: str,
        *,
        device_info: str | None = None,
        ip_address: str | None = None,
        remember_device: bool | None = None,
        device_token: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> TokenPair:
        """Exchanges an email address and a password for a session.

        Errors: `INVALID_CREDENTIALS`, `EMAIL_NOT_VERIFIED`.
        """
        result = self._call(
            "auth.login",
            _given(
                email=email,
                password=password,
                device_info=device_info,
                ip_address=ip_address,
                remember_device=remember_device,
                device_token=device_token,
            ),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(TokenPair.from_wire, result)

    def refresh(
        self,
        refresh_token: str,
        *,
        device_info: str | None = None,
        ip_address: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> TokenPair:
        """Exchanges a refresh token for its successor; each works once.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `TOKEN_REUSE`,
        `USER_INACTIVE`.
        """
        result = self._call(
            "auth.refresh",
            _given(
                refresh_token=refresh_token,
                device_info=device_info,
                ip_address=ip_address,
            ),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(TokenPair.from_wire, result)

    def logout(
        self,
        token: str | None = None,
        *,
        refresh_token: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Ends the session of an access token or of a refresh token.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`.
        """
        result = self._call(
            "auth.logout",
            _one(access_token=token, refresh_token=refresh_token),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    def logout_all(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> LogoutAllReply:
        """Ends every session of a user.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`.
        """
        result = self._call(
            "auth.logout_all",
            _one(access_token=token, user_id=user_id),
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(LogoutAllReply.from_wire, result)

    def current_user(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        timeout: float | None = None,
    ) -> UserResponse:
        """Says whose access token this is.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`.
        """
        result = self._call(
            "user.get_current_user",
            _one(access_token=token, user_id=user_id),
            timeout=timeout,
        )
        return _reply(UserResponse.from_wire, result)

    def find_user(
        self,
        email: str,
        *,
        timeout: float | None = None,
    ) -> UserResponse:
        """Finds the account of an address, in any spelling of it, active or not.

        Errors: `USER_NOT_FOUND`.
        """
        result = self._call(
            "user.find",
            {"email": email},
            timeout=timeout,
        )
        return _reply(UserResponse.from_wire, result)

    def verify_email(
        self,
        token: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> UserResponse:
        """Proves an address by the token that was sent to it.

        Errors: `INVALID_VERIFICATION_TOKEN`, `ALREADY_VERIFIED`, `USER_INACTIVE`.
        """
        result = self._call(
            "user.verify_email",
            {"token": token},
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(UserResponse.from_wire, result)

    def resend_verification(
        self,
        email: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Sends a new verification message, if there is such an unverified account.

        Errors: `VALIDATION_ERROR`.
        """
        result = self._call(
            "user.resend_verification",
            {"email": email},
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    def forgot_password(
        self,
        email: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Sends a reset message, if there is such an account.

        Errors: `VALIDATION_ERROR`.
        """
        result = self._call(
            "password.forgot_password",
            {"email": email},
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    def reset_password(
        self,
        token: str,
        new_password: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Sets a new password by an emailed token and ends every session.

        Errors: `INVALID_VERIFICATION_TOKEN`, `PASSWORD_VALIDATION`, `USER_INACTIVE`.
        """
        result = self._call(
            "password.reset_password",
            {"token": token, "new_password": new_password},
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    def change_password(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        current_password: str,
        new_password: str,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Replaces the password, given the current one, and ends every session.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`, `INVALID_CREDENTIALS`, `PASSWORD_VALIDATION`.
        """
        result = self._call(
            "password.change_password",
            {
                **_one(access_token=token, user_id=user_id),
                "current_password": current_password,
                "new_password": new_password,
            },
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    def sessions(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        timeout: float | None = None,
    ) -> list[SessionResponse]:
        """Lists the live sessions of a user, the latest used first.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`.
        """
        result = self._call(
            "session.list",
            _one(access_token=token, user_id=user_id),
            timeout=timeout,
        )
        return list(_reply(_each(SessionResponse.from_wire), result))

    def revoke_session(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        session_id: UUID | str,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Message:
        """Ends one session of the user.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`, `SESSION_NOT_FOUND`.
        """
        result = self._call(
            "session.revoke",
            {
                **_one(access_token=token, user_id=user_id),
                "session_id": str(session_id),
            },
            timeout=timeout,
            idempotency_key=idempotency_key,
        )
        return _reply(Message.from_wire, result)

    def events(
        self,
        token: str | None = None,
        *,
        user_id: UUID | str | None = None,
        timeout: float | None = None,
    ) -> list[EventResponse]:
        """Lists what was done with one's own account lately, the newest first.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`,
        `USER_NOT_FOUND`.
        """
        result = self._call(
            "user.events",
            _one(access_token=token, user_id=user_id),
            timeout=timeout,
        )
        return list(_reply(_each(EventResponse.from_wire), result))

    def verify(
        self,
        token: str,
        *,
        timeout: float | None = None,
    ) -> TokenPayload:
        """Says whether an access token is alive, and its claims.

        Errors: `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE`.
        """
        result = self._call(
            "token.verify",
            {"access_token": token},
            timeout=timeout,
        )
        return _reply(TokenPayload.from_wire, result)

    def ping(
        self,
        *,
        timeout: float | None = None,
    ) -> PingReply:
        """Answers."""
        result = self._call(
            "system.ping",
            {},
            timeout=timeout,
        )
        return _reply(PingReply.from_wire, result)
