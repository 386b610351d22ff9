"""The exceptions by the library's module: codes, statuses, constructors, pickles."""

from __future__ import annotations

import multiprocessing
import pickle

import pytest

from mvpauth.core import exceptions
from mvpauth.core.exceptions import MvpAuthError
from mvpauth.integrations.fastapi import _STATUS_MAP

TABLE = [
    ("InvalidCredentialsError", "INVALID_CREDENTIALS", 401, "Invalid credentials"),
    ("TokenExpiredError", "TOKEN_EXPIRED", 401, "Token has expired"),
    ("TokenInvalidError", "TOKEN_INVALID", 401, "Token is invalid"),
    ("TokenRevokedError", "TOKEN_REVOKED", 401, "Token has been revoked"),
    ("TokenReuseError", "TOKEN_REUSE", 401, "Refresh token reuse detected"),
    ("UserNotVerifiedError", "EMAIL_NOT_VERIFIED", 403, "Email not verified"),
    ("UserExistsError", "USER_EXISTS", 409, "User already exists"),
    ("AlreadyVerifiedError", "ALREADY_VERIFIED", 409, "Email is already verified"),
    ("UserNotFoundError", "USER_NOT_FOUND", 404, "User not found"),
    ("SessionNotFoundError", "SESSION_NOT_FOUND", 404, "Session not found"),
    ("InvalidPasswordError", "PASSWORD_VALIDATION", 422, None),
    (
        "InvalidVerificationTokenError",
        "INVALID_VERIFICATION_TOKEN",
        400,
        "Invalid verification token",
    ),
]


@pytest.mark.parametrize(("name", "code", "status", "message"), TABLE)
def test_twelve_codes(name: str, code: str, status: int, message: str | None) -> None:
    kind = getattr(exceptions, name)
    error = kind()
    assert (error.code, error.status) == (code, status)
    assert _STATUS_MAP[kind] == status
    if message is not None:
        assert (error.message, error.args) == (message, (message,))
    said = kind("In the app's words")
    assert (said.message, said.code) == ("In the app's words", code)
    assert said.args == ("In the app's words",)


def test_token_errors_have_one_parent() -> None:
    for name in ("TokenExpired", "TokenInvalid", "TokenRevoked", "TokenReuse"):
        assert issubclass(getattr(exceptions, f"{name}Error"), exceptions.TokenError)


def test_builtin_parents() -> None:
    assert issubclass(exceptions.ValidationError, ValueError)
    assert issubclass(exceptions.DeadlineExceededError, TimeoutError)


EVERY = [getattr(exceptions, name) for name in exceptions.__all__]


@pytest.mark.parametrize("kind", EVERY, ids=exceptions.__all__)
def test_every_exception_pickles_and_compares(kind: type[MvpAuthError]) -> None:
    error = kind("Said once", retry_after=2.5)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(again) is kind
        assert again == error
        assert (again.message, again.code, again.retry_after) == ("Said once", error.code, 2.5)


def _fail(_: int) -> None:
    raise exceptions.TokenExpiredError("In another process")


@pytest.mark.slow
def test_exceptions_cross_processes() -> None:
    again = pytest.raises(exceptions.TokenExpiredError, match="In another process")
    with multiprocessing.get_context("spawn").Pool(1) as pool, again:
        pool.map(_fail, [1])


class PaymentError(MvpAuthError):
    """An app's own subclass, with a constructor of its own."""

    def __init__(self, invoice: str) -> None:
        super().__init__(f"Invoice {invoice} is open", code="PAYMENT_DUE")
        self.invoice = invoice


def test_an_apps_own_subclass_pickles_and_is_a_400() -> None:
    error = PaymentError("7")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.invoice, again.code) == (PaymentError, "7", "PAYMENT_DUE")
    assert error.status == 400
