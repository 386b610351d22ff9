"""Exceptions: what they carry, and that they survive a pickle (trap 21)."""

import copy
import multiprocessing
import pickle

import pytest

from mvpauth import errors
from mvpauth._generated import ERRORS
from mvpauth.errors import FieldError, MvpAuthError

CLASSES = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, MvpAuthError)
]
FULL = {
    "message": "No.",
    "code": "SOME_CODE",
    "fields": (FieldError("email", "is no address"),),
    "number": 42202,
    "retryable": True,
    "retry_after": 1.5,
    "executed": True,
    "request_id": "1-2",
}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_trap_21_every_exception_pickles_and_compares(cls, protocol):
    for error in (cls(), cls("One positional message."), cls(**FULL)):
        for twin in (pickle.loads(pickle.dumps(error, protocol)), copy.deepcopy(error)):
            assert type(twin) is cls
            assert twin == error
            assert hash(twin) == hash(error)
            assert twin.__dict__ == error.__dict__
            assert twin.args == error.args
            assert str(twin) == str(error)


def test_a_different_message_or_member_is_another_error():
    error = errors.ValidationError(**FULL)
    assert error != errors.ValidationError(**{**FULL, "message": "Yes."})
    assert error != errors.ValidationError(**{**FULL, "fields": ()})
    assert error != errors.InvalidPasswordError(**FULL)


def test_what_is_wrong_with_the_input_is_shown_and_the_text_is_the_message():
    error = errors.ValidationError("Invalid params.", fields=(FieldError("email", "missing"),))
    assert str(error) == "Invalid params."
    assert repr(error) == (
        "ValidationError('Invalid params.', code='VALIDATION_ERROR',"
        " fields=(FieldError(path='email', reason='missing'),))"
    )
    assert repr(errors.TokenExpiredError()) == (
        "TokenExpiredError('Token has expired', code='TOKEN_EXPIRED')"
    )


class NeedsMore(errors.TokenExpiredError):
    """An application's own class, whose constructor a pickle cannot call."""

    def __init__(self, message, *, tenant):
        super().__init__(message)
        self.tenant = tenant


def test_a_subclass_with_a_constructor_of_its_own_pickles():
    error = pickle.loads(pickle.dumps(NeedsMore("Old.", tenant="shop")))
    assert (error.tenant, error.message, error.code) == ("shop", "Old.", "TOKEN_EXPIRED")


def _fail():
    raise errors.RateLimitedError("Slowly.", retry_after=2.0)


def test_trap_21_an_exception_crosses_processes():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        with pytest.raises(errors.RateLimitedError) as caught:
            pool.apply(_fail)
    assert caught.value.retry_after == 2.0


@pytest.mark.parametrize("code", ERRORS)
def test_every_code_of_the_daemon_has_its_class_number_and_status(code):
    known = ERRORS[code]
    error = errors.from_wire(
        {"code": known.number, "message": "Said.", "data": {"code": code, "executed": False}}
    )
    assert (error.code, error.number, error.status) == (code, known.number, known.status)
    assert error.retryable is known.retryable
    assert error.executed is False
    assert str(error) == error.message == "Said."
    if code not in ("INTERNAL_ERROR", "CANCELLED"):
        assert type(error) is not MvpAuthError


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_an_exception_made_by_hand_says_what_the_daemon_would(cls):
    error = cls()
    assert error.code == cls.default_code
    assert error.args == (error.message,)
    if error.code in ERRORS:
        assert error.number == ERRORS[error.code].number
        assert error.retryable is ERRORS[error.code].retryable


@pytest.mark.parametrize(
    ("number", "status"), [(40299, 402), (42999, 429), (59999, 599), (-32099, 500), (40103, 401)]
)
def test_an_unknown_code_keeps_its_number_and_its_status(number, status):
    error = errors.from_wire(
        {"code": number, "message": "New.", "data": {"code": "BRAND_NEW", "executed": False}}
    )
    assert (error.code, error.number, error.status) == ("BRAND_NEW", number, status)


@pytest.mark.parametrize(
    "said",
    [
        {"code": 40102, "message": "Old."},
        {"code": 40102, "message": "Old.", "data": None},
        {"code": 40102, "message": "Old.", "data": {}},
        {"code": 40102, "message": "Old.", "data": [1]},
        {"code": 40102, "message": "Old.", "data": {"code": 7, "fields": "x", "executed": None}},
    ],
)
def test_without_data_the_number_says_the_code_and_the_fate_is_unknown(said):
    error = errors.from_wire(said)
    assert type(error) is errors.TokenExpiredError
    assert error.code == "TOKEN_EXPIRED"
    assert error.executed is True


@pytest.mark.parametrize("said", [None, 7, "text", [], {}, {"code": "x", "message": 1}])
def test_an_error_that_is_none_is_still_an_error(said):
    assert isinstance(errors.from_wire(said), MvpAuthError)


def test_fields_and_times_are_read():
    error = errors.from_wire(
        {
            "code": 42901,
            "message": "Slowly.",
            "data": {
                "code": "RATE_LIMITED",
                "retry_after_ms": 1500,
                "fields": [{"path": "email", "reason": "again"}, {"path": 1}, 7],
                "request_id": "a-1",
            },
        }
    )
    assert error.retry_after == 1.5
    assert error.fields == (FieldError("email", "again"),)
    assert error.request_id == "a-1"


def test_builtin_parents():
    assert issubclass(errors.DeadlineExceededError, TimeoutError)
    assert issubclass(errors.ValidationError, ValueError)
    for cls in (errors.TokenExpiredError, errors.TokenReuseError):
        assert issubclass(cls, errors.TokenError)
    assert not issubclass(errors.InvalidCredentialsError, errors.TokenError)
