"""Requests of several users, interleaved at every await: each gets its own user."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mvpauth.integrations.fastapi import auth_router, get_current_user
from mvpauth.integrations.starlette import SidecarBackend, on_error
from mvpauth.testing import StubAuth

USERS = {f"token-of-{name}": f"{name}@example.org" for name in ("ada", "bob", "eve", "mia")}


class SlowStub(StubAuth):
    """Gives the other requests their turn, more or less often, before it answers."""

    async def _call(
        self, method: str, params: Mapping[str, Any] | None = None, **options: Any
    ) -> Any:
        for _ in range(random.randrange(4)):
            await asyncio.sleep(0)
        answer = await super()._call(method, params, **options)
        for _ in range(random.randrange(4)):
            await asyncio.sleep(0)
        return answer


async def check(get: Callable[[str], Awaitable[str]]) -> None:
    tokens = [random.choice(list(USERS)) for _ in range(200)]
    assert await asyncio.gather(*map(get, tokens)) == [USERS[token] for token in tokens]


def getter(app: Any, path: str) -> Callable[[str], Awaitable[str]]:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")

    async def get(token: str) -> str:
        answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
        return str(answer.json()["email"])

    return get


async def test_trap_16_fastapi() -> None:
    stub = SlowStub(users=USERS)
    app = FastAPI()
    app.include_router(auth_router(stub), prefix="/auth")

    @app.get("/who")
    async def who(user: Any = Depends(get_current_user(stub))) -> dict[str, str]:
        await asyncio.sleep(0)
        return {"email": user.email}

    await check(getter(app, "/who"))
    await check(getter(app, "/auth/me"))


async def test_trap_16_starlette() -> None:
    async def who(request: Request) -> JSONResponse:
        await asyncio.sleep(0)
        return JSONResponse({"email": request.user.display_name})

    backend = SidecarBackend(SlowStub(users=USERS))
    middleware = [Middleware(AuthenticationMiddleware, backend=backend, on_error=on_error)]
    await check(getter(Starlette(routes=[Route("/who", who)], middleware=middleware), "/who"))
