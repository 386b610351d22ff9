"""The dependencies: who makes a request, by its bearer token."""

# Without `annotations` from __future__: FastAPI before 0.116 cannot read those of an object's
# __call__ when they are texts.

from collections.abc import Awaitable, Callable
from typing import Literal, overload

from fastapi import Depends, HTTPException
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from mvpauth.auth import AnyAuth, Auth
from mvpauth.core.schemas import TokenPayload, UserResponse
from mvpauth.errors import UserNotVerifiedError
from mvpauth.integrations._answers import MissingTokenError, answer
from mvpauth.integrations._bearer import bearer_token

__all__ = ["BearerToken", "get_current_user", "get_token_payload"]

Dependency = Callable[..., Awaitable[UserResponse]]
OptionalDependency = Callable[..., Awaitable["UserResponse | None"]]


class Unauthenticated(MissingTokenError, HTTPException):
    """A missing token: answered rightly also where no exception handlers are installed."""

    def __init__(self, status: int) -> None:
        error = MissingTokenError("Not authenticated" if status == 403 else None)
        error.missing_token_status = status
        _, body, headers = answer(error)
        # Not both constructors: each calls the next one in line, which is the other's.
        HTTPException.__init__(self, status, body["detail"], headers)
        self.__dict__.update(error.__dict__)
        self.args = error.args


class BearerToken(HTTPBearer):
    """The bearer token of a request, the same on every version of FastAPI.

    - is_optional: None instead of an error where there is no `Authorization` header.
    - missing_token_status: 401, or 403 as FastAPI answered before 0.122.
    """

    def __init__(self, *, is_optional: bool = False, missing_token_status: int = 401) -> None:
        super().__init__(scheme_name="HTTPBearer", auto_error=False)
        if missing_token_status not in (401, 403):
            raise ValueError(
                f"missing_token_status must be 401 or 403, not {missing_token_status}."
            )
        self._is_optional = is_optional
        self._missing_token_status = missing_token_status

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        headers = request.headers.getlist("authorization")
        if not headers and self._is_optional:
            return None
        token = bearer_token(headers)
        if token is None:
            raise Unauthenticated(self._missing_token_status)
        return HTTPAuthorizationCredentials(scheme="Bearer", credentials=token)


@overload
def get_current_user(
    auth: AnyAuth,
    *,
    optional: Literal[False] = False,
    verified: bool = False,
    missing_token_status: int = 401,
) -> Dependency: ...


@overload
def get_current_user(
    auth: AnyAuth,
    *,
    optional: Literal[True],
    verified: bool = False,
    missing_token_status: int = 401,
) -> OptionalDependency: ...


def get_current_user(
    auth: AnyAuth,
    *,
    optional: bool = False,
    verified: bool = False,
    missing_token_status: int = 401,
) -> OptionalDependency | Dependency:
    """A dependency that gives the user of the request, by one call of the daemon.

    - optional: None where the request has no `Authorization` header; a bad token is still refused.
    - verified: refuses users whose address is not verified, with 403.
    - missing_token_status: 401; 403 for frontends that expect FastAPI's old answer.
    """
    known = Auth.of(auth)
    bearer = BearerToken(is_optional=optional, missing_token_status=missing_token_status)

    async def current_user(
        credentials: HTTPAuthorizationCredentials | None = Depends(bearer),
    ) -> UserResponse | None:
        if credentials is None:
            return None
        user = await known.current_user(credentials.credentials)
        if verified and not user.is_verified:
            raise UserNotVerifiedError()
        return user

    return current_user


def get_token_payload(
    auth: AnyAuth, *, missing_token_status: int = 401
) -> Callable[..., Awaitable[TokenPayload]]:
    """A dependency that gives the claims of the request's token, by one call of the daemon.

    The payload can be given to `AuthService.logout`.
    """
    known = Auth.of(auth)
    bearer = BearerToken(missing_token_status=missing_token_status)

    async def token_payload(
        credentials: HTTPAuthorizationCredentials = Depends(bearer),
    ) -> TokenPayload:
        return await known.verify(credentials.credentials)

    return token_payload
