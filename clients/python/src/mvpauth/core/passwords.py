"""Pure functions on passwords, for an app's own tables. They need bcrypt, or argon2-cffi.

The accounts' passwords are hashed and compared in the daemon.
"""

from __future__ import annotations

import hashlib
import hmac
from importlib import import_module
from types import ModuleType

from mvpauth.errors import InvalidPasswordError

__all__ = [
    "hash_password",
    "hash_token",
    "validate_password_strength",
    "verify_password",
    "verify_token_hash",
]

_BCRYPT_ROUNDS = 12
_BCRYPT_BYTES = 72
"""What bcrypt looks at; its later versions refuse more."""


def hash_password(password: str, *, algorithm: str = "bcrypt") -> str:
    """The hash of a password, by `bcrypt` or `argon2`. Takes a quarter of a second."""
    if algorithm == "argon2":
        hashed: str = _module("argon2", "argon2-cffi").PasswordHasher().hash(password)
        return hashed
    bcrypt = _module("bcrypt", "bcrypt")
    salt = bcrypt.gensalt(rounds=_BCRYPT_ROUNDS)
    return str(bcrypt.hashpw(_bcrypt_bytes(password), salt), "ascii")


def verify_password(password: str, hashed: str) -> bool:
    """Whether this is the password of a hash that `hash_password` made."""
    if hashed.startswith("$argon2"):
        argon2 = _module("argon2", "argon2-cffi")
        try:
            return bool(argon2.PasswordHasher().verify(hashed, password))
        except argon2.exceptions.VerifyMismatchError:
            return False
    bcrypt = _module("bcrypt", "bcrypt")
    return bool(bcrypt.checkpw(_bcrypt_bytes(password), hashed.encode("utf-8")))


def validate_password_strength(password: str, *, min_length: int = 8) -> None:
    """Raises `InvalidPasswordError` for fewer than `min_length` characters."""
    if len(password) < min_length:
        raise InvalidPasswordError(f"Password must be at least {min_length} characters")


def hash_token(token: str) -> str:
    """The SHA-256 of a token, in 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def verify_token_hash(token: str, token_hash: str) -> bool:
    """Whether `hash_token` made this of the token, in constant time."""
    return hmac.compare_digest(hash_token(token), token_hash)


def _module(name: str, distribution: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError:
        raise ImportError(
            f"mvpauth.core.passwords needs {distribution} for this: pip install {distribution}."
            " The accounts' own passwords are hashed in the daemon, which needs nothing here."
        ) from None


def _bcrypt_bytes(password: str) -> bytes:
    return password.encode("utf-8")[:_BCRYPT_BYTES]
