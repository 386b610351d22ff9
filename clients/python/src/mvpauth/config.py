"""`AuthConfig`: what the app says about authentication. What holds is the daemon's policy."""

from __future__ import annotations

import difflib
import os
import warnings
from typing import Any, NoReturn

from .errors import ValidationError

__all__ = ["AuthConfig"]

_POLICY: dict[str, type] = {
    "access_token_expire_minutes": int,
    "refresh_token_expire_days": int,
    "algorithm": str,
    "password_algorithm": str,
    "min_password_length": int,
    "require_email_verification": bool,
    "verification_token_expire_hours": int,
    "reset_token_expire_hours": int,
}
"""The settings that the daemon decides. The app's are compared with the daemon's."""

_DAEMONS_OWN = ("secret_key", "database_url")
_TRUE = {"1", "true", "t", "yes", "y", "on"}
_FALSE = {"0", "false", "f", "no", "n", "off"}


class AuthConfig:
    """The settings of the library `mvp-auth`, and where the daemon is.

    The daemon signs the tokens, keeps the accounts and enforces the policy; it reads the same
    names from its own environment (`AUTH_MIN_PASSWORD_LENGTH` and so on). What is said here, or in
    the environment of the app, is compared with the daemon's policy at the first call: a policy
    weaker than the app asked for is a `ConfigurationError`, any other difference a warning.

    - secret_key, database_url: the daemon's own. Accepted with a `DeprecationWarning`; never read
      from the environment. `InMemoryStorage` gives the key to its private daemon.
    - access_token_expire_minutes, refresh_token_expire_days, algorithm, password_algorithm,
      min_password_length, require_email_verification, verification_token_expire_hours,
      reset_token_expire_hours: the policy that the app expects.
    - socket: the daemon's socket, a path or `unix:///path`; None: found by the environment.
    - timeout: seconds that a call may take in all; None: 5, and 15 for those that hash a password.
    - daemon_uid: the user who must own the daemon's end of the socket.

    Raises `ValidationError`, which is also a `ValueError`, for an unknown name or an unusable value.
    """

    def __init__(
        self,
        *,
        secret_key: str | None = None,
        access_token_expire_minutes: int | None = None,
        refresh_token_expire_days: int | None = None,
        algorithm: str | None = None,
        password_algorithm: str | None = None,
        min_password_length: int | None = None,
        require_email_verification: bool | None = None,
        verification_token_expire_hours: int | None = None,
        reset_token_expire_hours: int | None = None,
        database_url: str | None = None,
        socket: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        daemon_uid: int | None = None,
        **unknown: NoReturn,
    ) -> None:
        for name in unknown:
            raise ValidationError(_unknown(name))
        self._given: set[str] = set()
        self.secret_key = "" if secret_key is None else secret_key
        self.database_url = database_url
        self.socket = socket
        self.timeout = timeout
        self.daemon_uid = daemon_uid
        self.access_token_expire_minutes: int = self._policy(
            "access_token_expire_minutes", access_token_expire_minutes, 15
        )
        self.refresh_token_expire_days: int = self._policy(
            "refresh_token_expire_days", refresh_token_expire_days, 30
        )
        self.algorithm: str = self._policy("algorithm", algorithm, "HS256")
        self.password_algorithm: str = self._policy(
            "password_algorithm", password_algorithm, "bcrypt"
        )
        self.min_password_length: int = self._policy("min_password_length", min_password_length, 8)
        self.require_email_verification: bool = self._policy(
            "require_email_verification", require_email_verification, False
        )
        self.verification_token_expire_hours: int = self._policy(
            "verification_token_expire_hours", verification_token_expire_hours, 24
        )
        self.reset_token_expire_hours: int = self._policy(
            "reset_token_expire_hours", reset_token_expire_hours, 1
        )
        owned = [name for name in _DAEMONS_OWN if getattr(self, name)]
        if owned:
            warnings.warn(
                f"{' and '.join(owned)}: the signing key and the accounts live in the daemon;"
                " remove it from this process and set it there.",
                DeprecationWarning,
                stacklevel=2,
            )

    @property
    def access_token_expire_seconds(self) -> int:
        """How many seconds an access token lives."""
        return self.access_token_expire_minutes * 60

    @property
    def refresh_token_expire_seconds(self) -> int:
        """How many seconds a session lives that is not used."""
        return self.refresh_token_expire_days * 86_400

    @property
    def verification_token_expire_seconds(self) -> int:
        """How many seconds a verification link works."""
        return self.verification_token_expire_hours * 3600

    @property
    def reset_token_expire_seconds(self) -> int:
        """How many seconds a reset link works."""
        return self.reset_token_expire_hours * 3600

    @property
    def asked(self) -> frozenset[str]:
        """The policy settings that the app or its environment named, rather than the defaults."""
        return frozenset(self._given)

    def daemon_environment(self) -> dict[str, str]:
        """The settings as variables of a daemon that is started for this app."""
        variables = {f"AUTH_{name.upper()}": _text(getattr(self, name)) for name in self._given}
        if self.secret_key:
            variables["AUTH_SECRET_KEY"] = self.secret_key
        return variables

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _POLICY and name in self.__dict__:
            self._given.add(name)
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in sorted(self._given))
        return f"AuthConfig({said})"

    def _policy(self, name: str, value: object, default: object) -> Any:
        variable = f"AUTH_{name.upper()}"
        source = name
        if value is None and os.environ.get(variable):
            value, source = os.environ[variable], variable
        if value is None:
            return default
        self._given.add(name)
        return _parsed(source, value, _POLICY[name])


def _parsed(source: str, value: object, kind: type) -> object:
    """The value as a bool, int or str; texts are read as the environment has them."""
    if kind is bool:
        text = str(value).strip().lower()
        if text in _TRUE | _FALSE:
            return text in _TRUE
        raise ValidationError(f"{source} must be true or false, not {value!r}.")
    if kind is int:
        if isinstance(value, str):
            digits = value.strip()
            if digits.isascii() and digits.isdigit() and len(digits) < 10:
                return int(digits)
        elif isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        raise ValidationError(f"{source} must be a whole number, not {value!r}.")
    if isinstance(value, str):
        return value
    raise ValidationError(f"{source} must be a text, not {value!r}.")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unknown(name: str) -> str:
    known = [*_DAEMONS_OWN, *_POLICY, "socket", "timeout", "daemon_uid"]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else f" There are {', '.join(known)}."
    return f"AuthConfig has no setting {name!r}.{hint}"
