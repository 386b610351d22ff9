"""Clients that answer from a table: "this request is Ada"."""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

from mvpauth._deliveries import EVENTS
from mvpauth.client import AsyncClient, Client
from mvpauth.emails import AsyncEmailConsumer, EmailConsumer
from mvpauth.errors import (
    CLASSES,
    InvalidCredentialsError,
    MvpAuthError,
    SessionNotFoundError,
    TokenInvalidError,
    TokenRevokedError,
    UserExistsError,
    UserNotFoundError,
)

__all__ = ["Call", "StubAuth", "StubClient", "StubUser"]

StubUser = str | Mapping[str, Any]
"""An address, or the members of a user that matter to the test."""


class Call(NamedTuple):
    """What was asked. Params may hold passwords: they are the test's own."""

    method: str
    params: dict[str, Any]


class _Table:
    """Users by their access tokens, and what the daemon would answer about them."""

    def __init__(self, users: Mapping[str, StubUser] | None) -> None:
        self.calls: list[Call] = []
        self.users = {token: _user(user) for token, user in (users or {}).items()}
        self.sessions = {token: str(uuid.uuid4()) for token in self.users}
        self.revoked: set[str] = set()
        self.failures: dict[str, deque[MvpAuthError]] = {}

    def answer(self, method: str, params: Mapping[str, Any] | None) -> Any:
        params = dict(params or {})
        if not method.startswith("system."):
            self.calls.append(Call(method, params))
        if failures := self.failures.get(method):
            raise failures.popleft()
        handler = _HANDLERS.get(method)
        if handler is None:
            return {"message": "Done."}
        return handler(self, params)

    def token(self, params: Mapping[str, Any]) -> str:
        """The living token of the user whom the call is about."""
        if (user_id := params.get("user_id")) is not None:
            for token, user in self.users.items():
                if user["id"] == str(user_id):
                    return token
            raise UserNotFoundError()
        token = str(params.get("access_token"))
        if token in self.revoked:
            raise TokenRevokedError()
        if token not in self.users:
            raise TokenInvalidError()
        return token

    def register(self, params: Mapping[str, Any]) -> Any:
        email = params["email"]
        if any(user["email"] == email for user in self.users.values()):
            raise UserExistsError()
        token = f"token-{len(self.users) + 1}"
        self.users[token] = _user(email)
        self.sessions[token] = str(uuid.uuid4())
        return self.users[token]

    def login(self, params: Mapping[str, Any]) -> Any:
        for token, user in self.users.items():
            if user["email"] == params["email"] and token not in self.revoked:
                return _pair(token)
        raise InvalidCredentialsError()

    def refresh(self, params: Mapping[str, Any]) -> Any:
        return _pair(self.token({"access_token": params["refresh_token"].removeprefix("refresh-")}))

    def current_user(self, params: Mapping[str, Any]) -> Any:
        return self.users[self.token(params)]

    def find(self, params: Mapping[str, Any]) -> Any:
        for user in self.users.values():
            if user["email"] == params["email"]:
                return user
        raise UserNotFoundError()

    def verify(self, params: Mapping[str, Any]) -> Any:
        token = self.token(params)
        issued_at = int(time.time())
        return {
            "sub": self.users[token]["id"],
            "jti": f"jti-{token}",
            "type": "access",
            "session_id": self.sessions[token],
            "iat": issued_at,
            "exp": issued_at + 900,
        }

    def logout(self, params: Mapping[str, Any]) -> Any:
        self.revoked.add(self.token(params))
        return {"message": "Logged out."}

    def logout_all(self, params: Mapping[str, Any]) -> Any:
        tokens = self._tokens(params)
        self.revoked.update(tokens)
        return {"message": f"Revoked {len(tokens)} session(s).", "revoked": len(tokens)}

    def list_sessions(self, params: Mapping[str, Any]) -> Any:
        now = _instant()
        return [
            {
                "id": self.sessions[token],
                "created_at": now,
                "expires_at": now,
                "last_used_at": now,
                "is_revoked": False,
                "current": token == params.get("access_token"),
            }
            for token in self._tokens(params)
        ]

    def revoke_session(self, params: Mapping[str, Any]) -> Any:
        for token in self._tokens(params):
            if self.sessions[token] == str(params["session_id"]):
                self.revoked.add(token)
                return {"message": "Session revoked."}
        raise SessionNotFoundError()

    def _tokens(self, params: Mapping[str, Any]) -> list[str]:
        owner = self.users[self.token(params)]["id"]
        return [
            token
            for token, user in self.users.items()
            if user["id"] == owner and token not in self.revoked
        ]


_HANDLERS = {
    "user.register": _Table.register,
    "user.get_current_user": _Table.current_user,
    "user.find": _Table.find,
    "auth.login": _Table.login,
    "auth.refresh": _Table.refresh,
    "auth.logout": _Table.logout,
    "auth.logout_all": _Table.logout_all,
    "session.list": _Table.list_sessions,
    "session.revoke": _Table.revoke_session,
    "token.verify": _Table.verify,
}


class StubAuth(AsyncClient):
    """An `AsyncClient` without a daemon.

    ```python
    auth = StubAuth(users={"ada-token": "ada@example.org"})
    auth.fail_next("auth.login", "RATE_LIMITED", retry_after=2.0)
    ```

    A bearer of a token is its user; any password signs a known address in. `calls` holds what was
    asked. Nothing is hashed, signed or checked: for that there is `daemon()`.
    """

    def __init__(self, users: Mapping[str, StubUser] | None = None) -> None:
        super().__init__("/nonexistent/mvp-auth.sock")
        self._table = _Table(users)

    @property
    def calls(self) -> list[Call]:
        """What was asked, in order, but for `system.…`."""
        return self._table.calls

    def fail_next(self, method: str, code: str, *, retry_after: float | None = None) -> None:
        """Lets the next call of a method fail with this code; `retry_after` is in seconds."""
        _plan_failure(self._table, method, code, retry_after)

    def emails(
        self,
        *,
        events: Iterable[str] = EVENTS,
        prefetch: int = 10,
        ack_timeout: float = 30.0,
    ) -> AsyncEmailConsumer:
        """There are none: an iteration is over at once."""
        consumer = super().emails(events=events, prefetch=prefetch, ack_timeout=ack_timeout)
        consumer._is_stopping = True
        return consumer

    async def _call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        return self._table.answer(method, params)


class StubClient(Client):
    """A `Client` without a daemon; see `StubAuth`."""

    def __init__(self, users: Mapping[str, StubUser] | None = None) -> None:
        super().__init__("/nonexistent/mvp-auth.sock")
        self._table = _Table(users)

    @property
    def calls(self) -> list[Call]:
        """What was asked, in order, but for `system.…`."""
        return self._table.calls

    def fail_next(self, method: str, code: str, *, retry_after: float | None = None) -> None:
        """Lets the next call of a method fail with this code; `retry_after` is in seconds."""
        _plan_failure(self._table, method, code, retry_after)

    def emails(
        self,
        *,
        events: Iterable[str] = EVENTS,
        prefetch: int = 1,
        ack_timeout: float = 30.0,
    ) -> EmailConsumer:
        """There are none: an iteration is over at once."""
        consumer = super().emails(events=events, prefetch=prefetch, ack_timeout=ack_timeout)
        consumer._is_stopping = True
        return consumer

    def _call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        return self._table.answer(method, params)


def _plan_failure(table: _Table, method: str, code: str, retry_after: float | None) -> None:
    error = CLASSES.get(code, MvpAuthError)(code=code, retry_after=retry_after)
    table.failures.setdefault(method, deque()).append(error)


def _user(user: StubUser) -> dict[str, Any]:
    members: Mapping[str, Any] = {"email": user} if isinstance(user, str) else user
    now = _instant()
    return {
        "id": str(members.get("id") or uuid.uuid4()),
        "email": "ada@example.org",
        "is_active": True,
        "is_verified": True,
        "created_at": now,
        "updated_at": now,
        **{name: value for name, value in members.items() if name != "id"},
    }


def _pair(token: str) -> dict[str, Any]:
    return {
        "access_token": token,
        "refresh_token": f"refresh-{token}",
        "token_type": "bearer",
        "expires_in": 900,
    }


def _instant() -> str:
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
