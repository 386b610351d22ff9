"""The extension, the user of the request, and the decorator that demands one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.local import LocalProxy

from mvpauth._device import device_info, ip_address
from mvpauth._generated import TokenPair, UserResponse
from mvpauth.client import Client
from mvpauth.errors import MvpAuthError, UserNotVerifiedError
from mvpauth.integrations._answers import MissingTokenError, answer
from mvpauth.integrations._bearer import bearer_token

__all__ = ["MvpAuth", "current_user", "login_required"]

View = TypeVar("View", bound=Callable[..., Any])

_KEY = "mvp_auth"
# By app, because one extension may serve several.
_CLIENT_KEY = "mvp_auth.client"


class MvpAuth:
    """The extension. `app.extensions["mvp_auth"]` is it, `client` the client of the daemon.

    - app: the app; None: call `init_app` later.
    - client: an existing client, or a stub of one; None: made by the configuration.

    Configuration: `MVP_AUTH_SOCKET` (a path or `unix:///path`), `MVP_AUTH_TIMEOUT` (seconds),
    `MVP_AUTH_DAEMON_UID`; without them the client finds the daemon by itself.
    """

    def __init__(self, app: Flask | None = None, client: Client | None = None) -> None:
        self._client = client
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Registers the extension, and answers to the errors of the client."""
        client = self._client
        if client is None:
            client = Client(
                app.config.get("MVP_AUTH_SOCKET"),
                timeout=app.config.get("MVP_AUTH_TIMEOUT"),
                daemon_uid=app.config.get("MVP_AUTH_DAEMON_UID"),
                name="flask",
            )
        app.extensions[_KEY] = self
        app.extensions[_CLIENT_KEY] = client
        app.register_error_handler(MvpAuthError, _handle)

    @property
    def client(self) -> Client:
        """The client of the daemon, of the current app."""
        return _client()

    def login(self, email: str, password: str) -> TokenPair:
        """Signs in from the device of the current request."""
        return self.client.login(
            email,
            password,
            device_info=device_info(request.headers.get("User-Agent")),
            ip_address=ip_address(request.remote_addr),
        )


def login_required(view: View | None = None, *, verified: bool = False) -> Any:
    """Refuses requests without a living bearer token, with 401.

    - verified: refuses users whose address is not verified, with 403. Write
      `@login_required(verified=True)`.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            user = _user()
            if user is None:
                raise MissingTokenError()
            if verified and not user.is_verified:
                raise UserNotVerifiedError()
            return current_app.ensure_sync(view)(*args, **kwargs)

        return cast(View, guarded)

    return decorate if view is None else decorate(view)


def access_token() -> str | None:
    """The bearer token of the current request; None without an `Authorization` header.

    Raises the 401 for a header that holds something else.
    """
    headers = request.headers.getlist("Authorization")
    if not headers:
        return None
    token = bearer_token(headers)
    if token is None:
        raise MissingTokenError()
    return token


def _user() -> UserResponse | None:
    """The user of the request, asked for once; None without an `Authorization` header."""
    if "mvp_auth_user" not in g:
        token = access_token()
        g.mvp_auth_user = None if token is None else _client().current_user(token)
    return cast("UserResponse | None", g.mvp_auth_user)


def _client() -> Client:
    client = current_app.extensions.get(_CLIENT_KEY)
    if client is None:
        raise RuntimeError("MvpAuth is not set up for this app: call MvpAuth(app).")
    return cast(Client, client)


def _handle(error: MvpAuthError) -> ResponseReturnValue:
    status, body, headers = answer(error)
    return jsonify(body), status, headers


current_user = cast(UserResponse, LocalProxy(_user))
"""The user of the request, asked for at the first use; false without an `Authorization` header."""
