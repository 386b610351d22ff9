"""The exceptions. All of them are `MvpAuthError`; catch that, or one of the classes below.

`code` is the stable name to decide by; messages are for people. An exception pickles and
compares by what it says, so that it survives Celery, `multiprocessing` and a cache.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

__all__ = [
    "AlreadyVerifiedError",
    "ConfigurationError",
    "DeadlineExceededError",
    "FieldError",
    "InvalidCredentialsError",
    "InvalidPasswordError",
    "InvalidVerificationTokenError",
    "MvpAuthError",
    "PermissionDeniedError",
    "ProtocolError",
    "RateLimitedError",
    "ServiceUnavailableError",
    "SessionNotFoundError",
    "TokenError",
    "TokenExpiredError",
    "TokenInvalidError",
    "TokenReuseError",
    "TokenRevokedError",
    "UnsupportedError",
    "UserExistsError",
    "UserInactiveError",
    "UserNotFoundError",
    "UserNotVerifiedError",
    "ValidationError",
]


class FieldError(NamedTuple):
    """What was wrong with one member of the input."""

    path: str
    reason: str


class MvpAuthError(Exception):
    """Why a call has no result: what the daemon said, or what happened on the way to it."""

    default_code: ClassVar[str] = "AUTH_ERROR"
    default_message: ClassVar[str] = ""

    message: str
    """For people, in English, without secrets."""
    code: str
    """The stable name of the error, for example `TOKEN_EXPIRED`."""
    fields: tuple[FieldError, ...]
    """What was wrong with the input, member by member."""
    number: int
    """The JSON-RPC number; 0 when the daemon did not answer."""
    retryable: bool
    """Whether the same call may succeed later."""
    retry_after: float | None
    """In how many seconds it may succeed, where the daemon said so."""
    executed: bool
    """False only when it is certain that nothing was done."""
    request_id: str | None
    """Names the call in the daemon's log."""

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        fields: tuple[FieldError, ...] = (),
        number: int | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
        executed: bool = False,
        request_id: str | None = None,
    ) -> None:
        self.message = self.default_message if message is None else message
        super().__init__(self.message)
        self.code = self.default_code if code is None else code
        self.fields = fields
        self.retry_after = retry_after
        self.executed = executed
        self.request_id = request_id
        self.number = _number(self.code) if number is None else number
        self.retryable = _is_retryable(self.code) if retryable is None else retryable

    @property
    def status(self) -> int:
        """The HTTP status that stands for the error, also for codes newer than this client."""
        from ._generated import ERRORS

        if (known := ERRORS.get(self.code)) is not None:
            return known.status
        if 40000 <= self.number < 60000:
            return self.number // 100
        if self.code in _LOCAL_CODES:
            return 503
        return 400 if self.number == 0 else 500

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        fields = f", fields={self.fields!r}" if self.fields else ""
        return f"{type(self).__name__}({self.message!r}, code={self.code!r}{fields})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args), self.__dict__

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.args == other.args and _state(self) == _state(other)

    def __hash__(self) -> int:
        return hash((type(self), self.code, self.message))


class InvalidCredentialsError(MvpAuthError):
    """The email address or the password is wrong; which of them is not said."""

    default_code = "INVALID_CREDENTIALS"
    default_message = "Invalid credentials"


class TokenError(MvpAuthError):
    """A token was refused: the parent of the four errors that say why."""

    default_code = "TOKEN_ERROR"
    default_message = "Token error"


class TokenExpiredError(TokenError):
    """The token's time is over. An access token can be had by `refresh`."""

    default_code = "TOKEN_EXPIRED"
    default_message = "Token has expired"


class TokenInvalidError(TokenError):
    """The token is malformed, of another kind, or not signed by this service."""

    default_code = "TOKEN_INVALID"
    default_message = "Token is invalid"


class TokenRevokedError(TokenError):
    """The token's session was ended, or everything before a change of the password."""

    default_code = "TOKEN_REVOKED"
    default_message = "Token has been revoked"


class TokenReuseError(TokenError):
    """A refresh token was used a second time; the sessions that this endangers were ended."""

    default_code = "TOKEN_REUSE"
    default_message = "Refresh token reuse detected"


class UserNotVerifiedError(MvpAuthError):
    """The service demands a verified address, and this one is not."""

    default_code = "EMAIL_NOT_VERIFIED"
    default_message = "Email not verified"


class UserInactiveError(MvpAuthError):
    """The account was deactivated."""

    default_code = "USER_INACTIVE"
    default_message = "The user is inactive."


class UserExistsError(MvpAuthError):
    """There is an account with this address."""

    default_code = "USER_EXISTS"
    default_message = "User already exists"


class AlreadyVerifiedError(MvpAuthError):
    """The address was verified before."""

    default_code = "ALREADY_VERIFIED"
    default_message = "Email is already verified"


class UserNotFoundError(MvpAuthError):
    """There is no such user."""

    default_code = "USER_NOT_FOUND"
    default_message = "User not found"


class SessionNotFoundError(MvpAuthError):
    """The user has no such session."""

    default_code = "SESSION_NOT_FOUND"
    default_message = "Session not found"


class InvalidPasswordError(MvpAuthError):
    """The new password is not acceptable; `fields` says why."""

    default_code = "PASSWORD_VALIDATION"
    default_message = "The password is not acceptable."


class InvalidVerificationTokenError(MvpAuthError):
    """The token of a verification or reset message is wrong, too old, or used."""

    default_code = "INVALID_VERIFICATION_TOKEN"
    default_message = "Invalid verification token"


class ValidationError(MvpAuthError, ValueError):
    """The input is not acceptable; `fields` says what of it, and why."""

    default_code = "VALIDATION_ERROR"
    default_message = "The input is not acceptable."


class RateLimitedError(MvpAuthError):
    """Too many attempts. `retry_after` says in how many seconds to come back."""

    default_code = "RATE_LIMITED"
    default_message = "Too many requests."


class ServiceUnavailableError(MvpAuthError):
    """The daemon cannot be reached, or cannot answer now."""

    default_code = "UNAVAILABLE"
    default_message = "The daemon cannot be reached."


class DeadlineExceededError(MvpAuthError, TimeoutError):
    """The call's time was over before its answer came."""

    default_code = "DEADLINE_EXCEEDED"
    default_message = "The deadline has passed."


class PermissionDeniedError(MvpAuthError):
    """This process lacks the role that the call needs; the message names it."""

    default_code = "PERMISSION_DENIED"
    default_message = "Permission denied."


class ProtocolError(MvpAuthError):
    """Client and daemon do not understand one another: the versions do not fit."""

    default_code = "PROTOCOL_ERROR"
    default_message = "The daemon's answer cannot be understood."


class ConfigurationError(MvpAuthError):
    """The client's settings cannot work; the message says which, and what is allowed."""

    default_code = "CONFIGURATION_ERROR"
    default_message = "The configuration cannot work."


class UnsupportedError(MvpAuthError):
    """The daemon has no such operation; the message says what to use instead."""

    default_code = "UNSUPPORTED"
    default_message = "The daemon has no such operation."


_LOCAL_CODES = {"UNAVAILABLE", "CONNECTION_LOST"}

_UNAVAILABLE = (
    "SHUTTING_DOWN",
    "NOT_READY",
    "OVERLOADED",
    "STORAGE_UNAVAILABLE",
    "UNAVAILABLE",
    "CONNECTION_LOST",
)
_PROTOCOL = (
    "PARSE_ERROR",
    "INVALID_REQUEST",
    "METHOD_NOT_FOUND",
    "UNSUPPORTED_PROTOCOL",
    "BATCH_TOO_LARGE",
)


def _classes() -> dict[str, type[MvpAuthError]]:
    classes: dict[str, type[MvpAuthError]] = {}
    for value in list(globals().values()):
        if isinstance(value, type) and issubclass(value, MvpAuthError):
            classes[value.default_code] = value
    classes |= dict.fromkeys(_UNAVAILABLE, ServiceUnavailableError)
    classes |= dict.fromkeys(_PROTOCOL, ProtocolError)
    classes |= dict.fromkeys(("INVALID_PARAMS", "MESSAGE_TOO_LARGE"), ValidationError)
    return classes


CLASSES = _classes()
"""The class of each code; codes that are not here are `MvpAuthError` itself."""


def from_wire(error: object) -> MvpAuthError:
    """The exception for the `error` member of a reply. What it does not say is unknown."""
    from ._generated import ERRORS

    said = error if isinstance(error, dict) else {}
    data = said.get("data")
    data = data if isinstance(data, dict) else {}
    number = said.get("code")
    number = number if type(number) is int else 0
    code = data.get("code")
    if not isinstance(code, str):
        code = next(
            (name for name, known in ERRORS.items() if known.number == number), "AUTH_ERROR"
        )
    message = said.get("message")
    request_id = data.get("request_id")
    retryable = data.get("retryable")
    return CLASSES.get(code, MvpAuthError)(
        message if isinstance(message, str) else None,
        code=code,
        fields=_fields(data.get("fields")),
        number=number,
        retryable=retryable if isinstance(retryable, bool) else None,
        retry_after=_seconds(data.get("retry_after_ms")),
        executed=data.get("executed") is not False,
        request_id=request_id if isinstance(request_id, str) else None,
    )


def unavailable(message: str, *, retryable: bool = True) -> ServiceUnavailableError:
    """Nothing was sent, so nothing was done."""
    return ServiceUnavailableError(message, number=0, retryable=retryable)


def connection_lost(reason: str | None = None) -> ServiceUnavailableError:
    """Something was sent, and its answer will not come: it may have been done."""
    return ServiceUnavailableError(
        reason or "The connection was lost before the answer came.",
        code="CONNECTION_LOST",
        number=0,
        retryable=reason is None,
        executed=True,
    )


def not_sent(reason: str | None = None) -> ServiceUnavailableError:
    """The connection ended before the call was sent. With a reason, trying again cannot help."""
    text = reason or "The connection was lost before the call was sent."
    return unavailable(text, retryable=reason is None)


def _rebuild(cls: type[MvpAuthError], args: tuple[Any, ...]) -> MvpAuthError:
    # Not by the constructor: a subclass may demand arguments that a pickle does not have.
    error = cls.__new__(cls, *args)
    error.args = args
    return error


def _state(error: MvpAuthError) -> dict[str, Any]:
    return {name: value for name, value in error.__dict__.items() if name != "__notes__"}


def _number(code: str) -> int:
    from ._generated import ERRORS

    known = ERRORS.get(code)
    return known.number if known is not None else 0


def _is_retryable(code: str) -> bool:
    from ._generated import ERRORS

    if code in _LOCAL_CODES:
        return True
    known = ERRORS.get(code)
    return known.retryable if known is not None else False


def _seconds(milliseconds: object) -> float | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, (int, float)):
        return None
    return max(0.0, milliseconds / 1000)


def _fields(value: object) -> tuple[FieldError, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(
        FieldError(item["path"], item["reason"])
        for item in value
        if isinstance(item, dict)
        and isinstance(item.get("path"), str)
        and isinstance(item.get("reason"), str)
    )
