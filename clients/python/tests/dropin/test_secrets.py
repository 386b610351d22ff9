"""Passwords and tokens are in no message, log, representation or pickle."""

from __future__ import annotations

import logging
import pickle
import traceback

import pytest

from accounts import PASSWORD
from mvpauth import Auth
from mvpauth.core import schemas
from mvpauth.core.exceptions import MvpAuthError

CANARY = "canary-7f3a-secret"


async def _failures(auth: Auth, address: str) -> list[MvpAuthError]:
    users, sessions = auth.get_user_service(), auth.get_auth_service()
    passwords = auth.get_password_service()
    user = await users.register(email=address, password=PASSWORD)
    failures = []
    for call in [
        users.register(email=address, password=CANARY),
        users.register(email="no address", password=CANARY),
        users.register(email=f"x{address}", password=CANARY + "\x00"),
        users.register(email=f"x{address}", password=CANARY + "\ud800"),
        users.register(email=f"x{address}", password=CANARY * 100),
        sessions.login(email=address, password=CANARY),
        sessions.refresh(refresh_token=CANARY),
        users.verify_email(token=CANARY),
        passwords.reset_password(token=CANARY, new_password=CANARY),
        passwords.change_password(user_id=user.id, current_password=CANARY, new_password=PASSWORD),
        auth.verify(CANARY),
        auth.current_user(CANARY),
    ]:
        with pytest.raises(MvpAuthError) as caught:
            await call
        failures.append(caught.value)
    return failures


async def test_errors_hold_no_secret(
    auth: Auth, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for error in await _failures(auth, address):
        said = [
            str(error),
            repr(error),
            repr(error.fields),
            repr(vars(error)),
            repr(pickle.dumps(error)),
            "".join(traceback.format_exception(error)),
        ]
        assert CANARY not in "".join(said)
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    ("model", "members"),
    [
        ("LoginRequest", {"email": "a@example.org", "password": CANARY}),
        ("RegisterRequest", {"email": "a@example.org", "password": CANARY}),
        ("RefreshRequest", {"refresh_token": CANARY}),
        ("VerifyEmailRequest", {"token": CANARY}),
        ("ResetPasswordRequest", {"token": CANARY, "new_password": CANARY}),
        ("ChangePasswordRequest", {"current_password": CANARY, "new_password": CANARY}),
        ("TokenPair", {"access_token": CANARY, "refresh_token": CANARY, "expires_in": 1}),
    ],
)
def test_models_show_no_secret(model: str, members: dict[str, object]) -> None:
    value = getattr(schemas, model).model_validate(members)
    assert CANARY not in repr(value) + str(value)
    assert CANARY in value.model_dump_json()
