"""`AuthConfig`: the library's names, and no setting that is silently ignored."""

from __future__ import annotations

import warnings

import pytest

from mvpauth import AuthConfig
from mvpauth.core.exceptions import ValidationError

DEFAULTS = {
    "access_token_expire_minutes": 15,
    "refresh_token_expire_days": 30,
    "algorithm": "HS256",
    "password_algorithm": "bcrypt",
    "min_password_length": 8,
    "require_email_verification": False,
    "verification_token_expire_hours": 24,
    "reset_token_expire_hours": 1,
}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*DEFAULTS, "secret_key", "database_url"]:
        monkeypatch.delenv(f"AUTH_{name.upper()}", raising=False)


@pytest.mark.parametrize(("name", "value"), DEFAULTS.items(), ids=DEFAULTS)
def test_defaults_are_the_librarys(name: str, value: object) -> None:
    config = AuthConfig()
    assert getattr(config, name) == value
    assert config.asked == frozenset()


def test_seconds() -> None:
    config = AuthConfig(
        access_token_expire_minutes=2,
        refresh_token_expire_days=3,
        verification_token_expire_hours=4,
        reset_token_expire_hours=5,
    )
    assert config.access_token_expire_seconds == 120
    assert config.refresh_token_expire_seconds == 259_200
    assert config.verification_token_expire_seconds == 14_400
    assert config.reset_token_expire_seconds == 18_000


def test_what_is_the_daemons_is_accepted_with_one_warning() -> None:
    with pytest.warns(DeprecationWarning, match="remove it from this process") as caught:
        config = AuthConfig(secret_key="s3cret", database_url="postgresql://u:pw@db/x")
    assert len(caught) == 1
    assert (config.secret_key, config.database_url) == ("s3cret", "postgresql://u:pw@db/x")
    assert "s3cret" not in repr(config) + str(caught[0].message)
    assert "pw" not in repr(config)


def test_the_key_is_never_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_SECRET_KEY", "s3cret")
    monkeypatch.setenv("AUTH_DATABASE_URL", "postgresql://db/x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        config = AuthConfig()
    assert (config.secret_key, config.database_url) == ("", None)


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("AUTH_MIN_PASSWORD_LENGTH", "12", "min_password_length", 12),
        ("AUTH_REQUIRE_EMAIL_VERIFICATION", "true", "require_email_verification", True),
        ("AUTH_REQUIRE_EMAIL_VERIFICATION", "Off", "require_email_verification", False),
        ("AUTH_PASSWORD_ALGORITHM", "argon2", "password_algorithm", "argon2"),
        ("AUTH_ACCESS_TOKEN_EXPIRE_MINUTES", " 5 ", "access_token_expire_minutes", 5),
    ],
)
def test_policy_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, name: str, value: object
) -> None:
    monkeypatch.setenv(variable, text)
    config = AuthConfig()
    assert getattr(config, name) == value
    assert config.asked == {name}
    assert config.daemon_environment() == {variable: str(value).lower()}


def test_an_argument_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_MIN_PASSWORD_LENGTH", "12")
    assert AuthConfig(min_password_length=10).min_password_length == 10


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("AUTH_MIN_PASSWORD_LENGTH", "twelve"),
        ("AUTH_MIN_PASSWORD_LENGTH", "-1"),
        ("AUTH_MIN_PASSWORD_LENGTH", "\u0663"),
        ("AUTH_MIN_PASSWORD_LENGTH", "9" * 40),
        ("AUTH_REQUIRE_EMAIL_VERIFICATION", "perhaps"),
    ],
)
def test_an_unusable_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(ValidationError, match=variable):
        AuthConfig()


def test_an_unknown_keyword_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match="Did you mean min_password_length"):
        AuthConfig(min_pasword_length=12)  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        AuthConfig(colour="red")  # type: ignore[arg-type]


def test_a_later_assignment_counts_as_asked() -> None:
    config = AuthConfig()
    config.min_password_length = 14
    assert config.asked == {"min_password_length"}


@pytest.mark.parametrize("value", [True, 1.5, "x", b"8"])
def test_a_wrong_type_is_refused(value: object) -> None:
    with pytest.raises(ValidationError, match="min_password_length must be a whole number"):
        AuthConfig(min_password_length=value)  # type: ignore[arg-type]
