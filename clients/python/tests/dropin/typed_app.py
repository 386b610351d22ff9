"""A user's app as a type checker sees it: checked with mypy --strict, never run."""

from __future__ import annotations

from fastapi import Depends, FastAPI

from mvpauth import AsyncClient, Auth, AuthConfig, Client, create_auth
from mvpauth.core.exceptions import MvpAuthError, TokenExpiredError
from mvpauth.core.schemas import TokenPair, TokenPayload, UserResponse
from mvpauth.integrations.fastapi import (
    Routes,
    auth_router,
    get_current_user,
    get_token_payload,
    install_exception_handlers,
)
from mvpauth.storage import Sidecar
from mvpauth.storage.memory import InMemoryStorage
from mvpauth.testing import StubAuth, StubClient

app = FastAPI()
auth: Auth = create_auth(config=AuthConfig(min_password_length=12), storage=InMemoryStorage())
install_exception_handlers(app)
app.include_router(auth_router(auth, include=Routes.CORE | {Routes.SESSIONS}), prefix="/auth")
app.include_router(auth_router(StubAuth(), exclude={Routes.ME}))


@app.get("/private")
async def private(user: UserResponse = Depends(get_current_user(auth))) -> str:
    return user.email


@app.get("/claims")
async def claims(payload: TokenPayload = Depends(get_token_payload(auth))) -> str:
    return payload.sub


async def sign_in(service: Auth) -> TokenPair | None:
    try:
        return await service.get_auth_service().login(email="a@example.org", password="x")
    except TokenExpiredError:
        return None
    except MvpAuthError as error:
        print(error.code, error.retry_after)
        return None


def takes_client(client: Client) -> None: ...
def takes_async_client(client: AsyncClient) -> None: ...


takes_client(StubClient())
takes_async_client(StubAuth(users={"t": "ada@example.org"}))
create_auth(storage=Sidecar(client=StubAuth()))

AuthConfig(min_pasword_length=12)  # type: ignore[arg-type]
create_auth(storage=object())  # type: ignore[arg-type]
