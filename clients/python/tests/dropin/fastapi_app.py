"""An app as it was written for the library: only imports of storages and set-up may change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from mvpauth import Auth, create_auth
from mvpauth.core.schemas import TokenPayload, UserResponse
from mvpauth.integrations.fastapi import (
    auth_router,
    get_current_user,
    get_token_payload,
    install_exception_handlers,
)
from mvpauth.storage import Sidecar


def make_app(socket: str, *, roles: tuple[str, ...] | None = None) -> FastAPI:
    auth: Auth = create_auth(storage=Sidecar(socket, roles=roles))
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        events.append("started")
        yield
        events.append("stopped")

    app = FastAPI(lifespan=lifespan)
    app.state.auth = auth
    app.state.events = events
    install_exception_handlers(app)
    app.include_router(auth_router(auth), prefix="/auth")

    @app.get("/hello")
    async def hello(user: UserResponse = Depends(get_current_user(auth))) -> dict[str, str]:
        return {"message": f"Hello {user.email}", "user_id": str(user.id)}

    @app.get("/claims")
    async def claims(
        payload: TokenPayload = Depends(get_token_payload(auth)),
    ) -> TokenPayload:
        return payload

    @app.post("/leave")
    async def leave(payload: TokenPayload = Depends(get_token_payload(auth))) -> dict[str, bool]:
        await auth.get_auth_service().logout(access_token_payload=payload)
        return {"left": True}

    @app.get("/maybe")
    async def maybe(
        user: UserResponse | None = Depends(get_current_user(auth, optional=True)),
    ) -> dict[str, str | None]:
        return {"email": user.email if user else None}

    @app.get("/verified")
    async def verified(
        user: UserResponse = Depends(get_current_user(auth, verified=True)),
    ) -> dict[str, str]:
        return {"email": user.email}

    return app
