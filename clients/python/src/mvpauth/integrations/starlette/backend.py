"""Who makes a request, for Starlette's AuthenticationMiddleware."""

from __future__ import annotations

from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    BaseUser,
)
from starlette.requests import HTTPConnection
from starlette.responses import Response

from mvpauth.auth import AnyAuth, Auth
from mvpauth.core.schemas import UserResponse
from mvpauth.errors import MvpAuthError
from mvpauth.integrations._answers import MissingTokenError
from mvpauth.integrations._bearer import bearer_token

from .handlers import response


class SidecarUser(BaseUser):
    """`request.user` of a request with a living token."""

    def __init__(self, user: UserResponse) -> None:
        self.account = user
        """The account: id, email, is_active, is_verified, created_at, updated_at."""

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def display_name(self) -> str:
        return self.account.email

    @property
    def identity(self) -> str:
        return str(self.account.id)


class Refused(AuthenticationError):
    """An error of the client on the way through Starlette's middleware."""

    def __init__(self, error: MvpAuthError) -> None:
        super().__init__(error.message)
        self.error = error


class SidecarBackend(AuthenticationBackend):
    """Asks the daemon whose bearer token a request carries, in one call.

    A request without an `Authorization` header is anonymous; one whose token is refused, or that
    cannot be asked about, is answered by `on_error`. Scopes: `authenticated`, and `verified` for
    a verified address.
    """

    def __init__(self, auth: AnyAuth) -> None:
        self._auth = Auth.of(auth)

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        headers = conn.headers.getlist("authorization")
        if not headers:
            return None
        token = bearer_token(headers)
        if token is None:
            raise Refused(MissingTokenError())
        try:
            user = await self._auth.current_user(token)
        except MvpAuthError as error:
            raise Refused(error) from None
        scopes = ["authenticated"]
        if user.is_verified:
            scopes.append("verified")
        return AuthCredentials(scopes), SidecarUser(user)


def on_error(conn: HTTPConnection, exc: AuthenticationError) -> Response:
    """Answers a refused request as the REST routes do, instead of with plain text and 400."""
    error = exc.error if isinstance(exc, Refused) else MissingTokenError(str(exc))
    return response(conn, error)
