"""The pure functions on tokens and passwords, for what apps do with keys and tables of their own."""

from __future__ import annotations

import subprocess
import sys
import uuid

import pytest

from mvpauth.core import passwords, tokens
from mvpauth.core.exceptions import InvalidPasswordError, TokenExpiredError, TokenInvalidError

KEY = "a key of the app's own, for its own tokens"
USER = uuid.UUID(int=7)


def test_tokens_and_their_claims() -> None:
    token, made = tokens.create_access_token(user_id=USER, secret_key=KEY)
    read = tokens.decode_token(token, secret_key=KEY, expected_type="access")
    assert read == made or read.model_dump() == made.model_dump()
    assert (read.sub, read.type, read.exp - read.iat, read.session_id) == (
        str(USER),
        "access",
        900,
        None,
    )
    token, made = tokens.create_refresh_token(user_id=USER, session_id=USER, secret_key=KEY)
    assert made.session_id == str(USER)
    assert made.exp - made.iat == 2_592_000
    token, _ = tokens.create_token(
        user_id=USER,
        token_type="invitation",
        secret_key=KEY,
        algorithm="HS512",
        expires_seconds=60,
        extra_claims={"team": "red"},
    )
    assert tokens.decode_token(token, secret_key=KEY, algorithm="HS512").type == "invitation"


def test_what_decoding_refuses() -> None:
    token, _ = tokens.create_access_token(user_id=USER, secret_key=KEY)
    expired, _ = tokens.create_access_token(user_id=USER, secret_key=KEY, expires_seconds=-1)
    with pytest.raises(TokenExpiredError):
        tokens.decode_token(expired, secret_key=KEY)
    for text, key in [("no token", KEY), (token, KEY + "x"), (token + "x", KEY)]:
        with pytest.raises(TokenInvalidError, match="^Token is invalid$"):
            tokens.decode_token(text, secret_key=key)
    with pytest.raises(TokenInvalidError, match="^Expected refresh token, got access$"):
        tokens.decode_token(token, secret_key=KEY, expected_type="refresh")


def test_a_token_without_the_claims_is_invalid() -> None:
    jwt = pytest.importorskip("jwt")
    with pytest.raises(TokenInvalidError):
        tokens.decode_token(jwt.encode({"sub": "x"}, KEY), secret_key=KEY)


@pytest.mark.parametrize(("algorithm", "prefix"), [("bcrypt", "$2b$"), ("argon2", "$argon2id$")])
@pytest.mark.parametrize(
    "password", ["correct horse battery", "é" * 60], ids=["short", "120 bytes"]
)
def test_passwords(algorithm: str, prefix: str, password: str) -> None:
    hashed = passwords.hash_password(password, algorithm=algorithm)
    assert hashed.startswith(prefix)
    assert passwords.verify_password(password, hashed) is True
    assert passwords.verify_password("another", hashed) is False


def test_the_strength_of_passwords() -> None:
    passwords.validate_password_strength("12345678")
    with pytest.raises(InvalidPasswordError, match="^Password must be at least 9 characters$"):
        passwords.validate_password_strength("12345678", min_length=9)


def test_hashes_of_tokens() -> None:
    hashed = passwords.hash_token("token")
    assert len(hashed) == 64
    assert passwords.verify_token_hash("token", hashed)
    assert not passwords.verify_token_hash("other", hashed)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "statement", "says"),
    [
        ("jwt", "tokens.decode_token('x', secret_key='k')", "pip install pyjwt"),
        ("bcrypt", "passwords.hash_password('x')", "pip install bcrypt"),
        ("argon2", "passwords.verify_password('x', '$argon2id$')", "pip install argon2-cffi"),
    ],
)
def test_what_is_missing_is_named(missing: str, statement: str, says: str) -> None:
    script = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        f"from mvpauth.core import passwords, tokens\n{statement}"
    )
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert says in result.stderr


@pytest.mark.slow
def test_flask_needs_no_pydantic() -> None:
    pytest.importorskip("flask")
    script = "import sys; sys.modules['pydantic'] = None\nimport mvpauth.integrations.flask"
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.slow
def test_django_needs_no_pydantic_and_no_apps_yet() -> None:
    pytest.importorskip("django")
    script = (
        "import sys; sys.modules['pydantic'] = None\n"
        "import mvpauth.integrations.django as integration\n"
        "from django.conf import settings; import django\n"
        "settings.configure(\n"
        "    INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes'])\n"
        "django.setup()\n"
        "integration.SidecarBackend, integration.BearerMiddleware, integration.client()"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
