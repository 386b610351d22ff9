"""The names, signatures and values that apps import: the library's, and what was added."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

import mvpauth
from mvpauth import Auth, create_auth
from mvpauth._generated import ROUTES
from mvpauth.integrations.fastapi import Routes, auth_router
from mvpauth.services.auth_service import AuthService
from mvpauth.services.password_service import PasswordService
from mvpauth.services.user_service import UserService

NAMES = {
    "mvpauth": "Auth AuthConfig create_auth AuthService UserService PasswordService StorageBackend"
    " Client AsyncClient MvpAuthError __version__",
    "mvpauth.config": "AuthConfig",
    "mvpauth.core.exceptions": "MvpAuthError InvalidCredentialsError TokenError TokenExpiredError"
    " TokenInvalidError TokenRevokedError TokenReuseError UserExistsError UserNotFoundError"
    " UserNotVerifiedError SessionNotFoundError InvalidPasswordError AlreadyVerifiedError"
    " InvalidVerificationTokenError UserInactiveError ValidationError RateLimitedError"
    " ServiceUnavailableError DeadlineExceededError PermissionDeniedError ProtocolError",
    "mvpauth.core.schemas": "UserData SessionData BlockedTokenData RegisterRequest LoginRequest"
    " RefreshRequest VerifyEmailRequest ResendVerificationRequest ForgotPasswordRequest"
    " ResetPasswordRequest ChangePasswordRequest TokenPair UserResponse SessionResponse"
    " MessageResponse TokenPayload",
    "mvpauth.core.tokens": "create_token create_access_token create_refresh_token decode_token",
    "mvpauth.core.passwords": "hash_password verify_password validate_password_strength hash_token"
    " verify_token_hash",
    "mvpauth.services.auth_service": "AuthService",
    "mvpauth.services.user_service": "UserService OnVerificationEmail",
    "mvpauth.services.password_service": "PasswordService OnPasswordResetEmail",
    "mvpauth.storage": "Sidecar",
    "mvpauth.storage.protocols": "UserRepository SessionRepository TokenBlocklistRepository"
    " StorageBackend",
    "mvpauth.storage.memory": "InMemoryStorage",
    "mvpauth.storage.sqlalchemy": "SQLAlchemyStorage SQLAlchemyRequestStorage Base"
    " SQLAlchemyUserRepository SQLAlchemySessionRepository SQLAlchemyTokenBlocklistRepository",
    "mvpauth.storage.sqlalchemy.models": "Base UserModel SessionModel BlockedTokenModel"
    " include_object",
    "mvpauth.storage.sqlalchemy.storage": "SQLAlchemyStorage SQLAlchemyRequestStorage",
    "mvpauth.storage.sqlalchemy.user_repo": "SQLAlchemyUserRepository",
    "mvpauth.storage.sqlalchemy.session_repo": "SQLAlchemySessionRepository",
    "mvpauth.storage.sqlalchemy.token_repo": "SQLAlchemyTokenBlocklistRepository",
    "mvpauth.integrations.fastapi": "Routes auth_router get_current_user get_token_payload"
    " install_exception_handlers _STATUS_MAP",
    "mvpauth.integrations.fastapi.router": "auth_router",
    "mvpauth.integrations.fastapi.routes": "Routes",
    "mvpauth.integrations.fastapi.dependencies": "get_current_user get_token_payload",
    "mvpauth.testing": "daemon StubAuth StubClient ScriptedServer",
}


@pytest.mark.parametrize(("module", "names"), NAMES.items(), ids=NAMES)
def test_names_can_be_imported(module: str, names: str) -> None:
    loaded = importlib.import_module(module)
    missing = [name for name in names.split() if not hasattr(loaded, name)]
    assert missing == []


@pytest.mark.parametrize(
    "statement",
    [
        "from mvpauth.storage.memory import InMemoryUserRepository",
        "from mvpauth.storage.memory import InMemorySessionRepository",
        "from mvpauth.storage.memory import InMemoryTokenBlocklistRepository",
        "import mvpauth.storage.memory.user_repo",
        "import mvpauth.storage.memory.session_repo",
        "import mvpauth.storage.memory.token_repo",
    ],
)
def test_what_is_gone_says_what_to_use(statement: str) -> None:
    with pytest.raises(ImportError, match=r"InMemoryStorage, whose daemon ends"):
        exec(statement, {})


PARAMETERS = [
    (create_auth, "config storage on_verification_email on_password_reset_email"),
    (Auth, "config storage on_verification_email on_password_reset_email"),
    (AuthService.login, "email password device_info ip_address remember_device device_token"),
    (AuthService.refresh, "refresh_token device_info ip_address idempotency_key"),
    (AuthService.logout, "access_token_payload"),
    (AuthService.logout_all, "user_id"),
    (UserService.register, "email password ip_address"),
    (UserService.verify_email, "token"),
    (UserService.resend_verification, "email"),
    (UserService.get_current_user, "user_id"),
    (PasswordService.forgot_password, "email"),
    (PasswordService.reset_password, "token new_password"),
    (PasswordService.change_password, "user_id current_password new_password"),
    (auth_router, "include exclude missing_token_status"),
]


@pytest.mark.parametrize(
    ("function", "names"), PARAMETERS, ids=[function.__qualname__ for function, _ in PARAMETERS]
)
def test_parameters_are_keywords(function: object, names: str) -> None:
    parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    keywords = [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
    assert keywords == names.split()


def test_all_is_the_librarys_and_ours() -> None:
    assert {"Auth", "AuthConfig", "create_auth"} <= set(mvpauth.__all__)


def test_routes_have_the_librarys_values() -> None:
    assert Routes.CORE == {"register", "login", "refresh", "me", "logout"}
    assert Routes.VERIFY == {"verify_email", "resend_verification"}
    assert Routes.PASSWORD == {"forgot_password", "reset_password", "change_password"}
    assert Routes.SESSION_MANAGEMENT == {"sessions", "revoke_session", "logout_all"}
    assert Routes.ALL == {getattr(Routes, name.upper()) for name in Routes.ALL}
    assert set(ROUTES) - {"events"} == Routes.ALL
    assert len(Routes.ALL) == 13


def test_importing_the_package_loads_no_framework() -> None:
    script = (
        "import mvpauth, sys; print(sorted({'pydantic', 'fastapi', 'flask'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"


def test_models_keep_the_librarys_defaults() -> None:
    from mvpauth.core.schemas import SessionData, TokenPair, UserData

    assert TokenPair(access_token="a", refresh_token="r", expires_in=1).token_type == "bearer"
    assert UserData.model_fields["hashed_password"].default == ""
    assert SessionData.model_fields["refresh_token_hash"].default == ""


def test_models_ignore_what_is_newer_than_they_are() -> None:
    from mvpauth.core.schemas import MessageResponse

    assert MessageResponse.model_validate({"message": "Done.", "new": 1}).message == "Done."
