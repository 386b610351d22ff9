"""`auth_router`: the thirteen routes."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Callable
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials

from mvpauth.auth import AnyAuth, Auth
from mvpauth.core.schemas import (
    ChangePasswordRequest,
    ForgotPasswordRequest,
    LoginRequest,
    MessageResponse,
    RefreshRequest,
    RegisterRequest,
    ResendVerificationRequest,
    ResetPasswordRequest,
    SessionResponse,
    TokenPair,
    UserResponse,
    VerifyEmailRequest,
)
from mvpauth.errors import DeadlineExceededError, ServiceUnavailableError

from .dependencies import BearerToken, get_current_user
from .privacy import PrivateRoute
from .routes import Routes

__all__ = ["auth_router"]

READY_SECONDS = 2.0

_log = logging.getLogger("mvpauth")


def auth_router(
    auth: AnyAuth,
    *,
    include: AbstractSet[str] | None = None,
    exclude: AbstractSet[str] | None = None,
    missing_token_status: int = 401,
) -> APIRouter:
    """The routes of the library, answered by the daemon; each makes one call.

    - include: the names of the routes to mount; None: all. See `Routes`.
    - exclude: the names of those to leave out.
    - missing_token_status: 401; 403 for frontends that expect FastAPI's old answer.

    Raises `ValueError` for unknown names, and where nothing is left to mount.
    """
    known = Auth.of(auth)
    enabled = _enabled(include, exclude)
    router = APIRouter(tags=["auth"], route_class=PrivateRoute, lifespan=_lifespan(known))
    _add_public_routes(router, known, enabled)
    _add_protected_routes(router, known, enabled, missing_token_status)
    return router


def _enabled(include: AbstractSet[str] | None, exclude: AbstractSet[str] | None) -> frozenset[str]:
    base = Routes.ALL if include is None else frozenset(include)
    left_out = frozenset(exclude or ())
    if unknown := (base | left_out) - Routes.ALL:
        raise ValueError(f"Unknown route names: {', '.join(sorted(unknown))}")
    if not (enabled := base - left_out):
        raise ValueError("No routes to mount after applying include/exclude")
    return enabled


def _lifespan(auth: Auth) -> Callable[[Any], Any]:
    """Says at the start what is wrong with the configuration, and disconnects at the end."""

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        try:
            await auth.ready(timeout=READY_SECONDS)
        except (DeadlineExceededError, ServiceUnavailableError) as error:
            _log.warning("mvp-auth is not there yet: %s", error.message)
        yield
        await auth.disconnect()

    return lifespan


def _address(request: Request) -> str | None:
    """The browser's, as the server tells it: uvicorn believes the proxies that it is told of."""
    return request.client.host if request.client else None


def _add_public_routes(router: APIRouter, auth: Auth, enabled: frozenset[str]) -> None:
    if Routes.REGISTER in enabled:

        @router.post("/register", response_model=UserResponse, status_code=201)
        async def register(body: RegisterRequest, request: Request) -> UserResponse:
            return await auth.get_user_service().register(
                email=body.email, password=body.password, ip_address=_address(request)
            )

    if Routes.LOGIN in enabled:

        @router.post("/login", response_model=TokenPair, response_model_exclude_none=True)
        async def login(body: LoginRequest, request: Request) -> TokenPair:
            return await auth.get_auth_service().login(
                email=body.email,
                password=body.password,
                device_info=request.headers.get("user-agent"),
                ip_address=_address(request),
                remember_device=body.remember_device,
                device_token=body.device_token,
            )

    if Routes.REFRESH in enabled:

        @router.post("/refresh", response_model=TokenPair, response_model_exclude_none=True)
        async def refresh(body: RefreshRequest, request: Request) -> TokenPair:
            return await auth.get_auth_service().refresh(
                refresh_token=body.refresh_token,
                device_info=request.headers.get("user-agent"),
                ip_address=_address(request),
            )

    if Routes.VERIFY_EMAIL in enabled:

        @router.post("/verify-email", response_model=UserResponse)
        async def verify_email(body: VerifyEmailRequest) -> UserResponse:
            return await auth.get_user_service().verify_email(token=body.token)

    if Routes.RESEND_VERIFICATION in enabled:

        @router.post("/resend-verification", response_model=MessageResponse)
        async def resend_verification(body: ResendVerificationRequest) -> MessageResponse:
            client = await auth.storage.connected()
            reply = await client.resend_verification(body.email)
            return MessageResponse(message=reply.message)

    if Routes.FORGOT_PASSWORD in enabled:

        @router.post("/forgot-password", response_model=MessageResponse)
        async def forgot_password(body: ForgotPasswordRequest) -> MessageResponse:
            client = await auth.storage.connected()
            reply = await client.forgot_password(body.email)
            return MessageResponse(message=reply.message)

    if Routes.RESET_PASSWORD in enabled:

        @router.post("/reset-password", response_model=MessageResponse)
        async def reset_password(body: ResetPasswordRequest) -> MessageResponse:
            client = await auth.storage.connected()
            reply = await client.reset_password(body.token, body.new_password)
            return MessageResponse(message=reply.message)


def _add_protected_routes(
    router: APIRouter, auth: Auth, enabled: frozenset[str], missing_token_status: int
) -> None:
    bearer = BearerToken(missing_token_status=missing_token_status)
    current_user = get_current_user(auth, missing_token_status=missing_token_status)

    if Routes.ME in enabled:

        @router.get("/me", response_model=UserResponse)
        async def me(user: UserResponse = Depends(current_user)) -> UserResponse:
            return user

    if Routes.LOGOUT in enabled:

        @router.post("/logout", response_model=MessageResponse)
        async def logout(
            credentials: HTTPAuthorizationCredentials = Depends(bearer),
        ) -> MessageResponse:
            client = await auth.storage.connected()
            reply = await client.logout(credentials.credentials)
            return MessageResponse(message=reply.message)

    if Routes.LOGOUT_ALL in enabled:

        @router.post("/logout-all", response_model=MessageResponse)
        async def logout_all(
            credentials: HTTPAuthorizationCredentials = Depends(bearer),
        ) -> MessageResponse:
            client = await auth.storage.connected()
            reply = await client.logout_all(credentials.credentials)
            return MessageResponse(message=reply.message)

    if Routes.CHANGE_PASSWORD in enabled:

        @router.post("/change-password", response_model=MessageResponse)
        async def change_password(
            body: ChangePasswordRequest,
            credentials: HTTPAuthorizationCredentials = Depends(bearer),
        ) -> MessageResponse:
            client = await auth.storage.connected()
            reply = await client.change_password(
                credentials.credentials,
                current_password=body.current_password,
                new_password=body.new_password,
            )
            return MessageResponse(message=reply.message)

    if Routes.SESSIONS in enabled:

        @router.get("/sessions", response_model=list[SessionResponse])
        async def list_sessions(
            credentials: HTTPAuthorizationCredentials = Depends(bearer),
        ) -> list[SessionResponse]:
            client = await auth.storage.connected()
            sessions = await client.sessions(credentials.credentials)
            return [
                SessionResponse.model_validate(session, from_attributes=True)
                for session in sessions
            ]

    if Routes.REVOKE_SESSION in enabled:

        @router.delete("/sessions/{session_id}", response_model=MessageResponse)
        async def revoke_session(
            session_id: uuid.UUID,
            credentials: HTTPAuthorizationCredentials = Depends(bearer),
        ) -> MessageResponse:
            client = await auth.storage.connected()
            reply = await client.revoke_session(credentials.credentials, session_id=str(session_id))
            return MessageResponse(message=reply.message)
