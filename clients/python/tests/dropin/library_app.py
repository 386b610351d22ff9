"""The set-up that the library's documentation shows, on SQLAlchemy, with nothing changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI, Request

from mvpauth import AuthConfig, create_auth
from mvpauth.core.schemas import UserResponse
from mvpauth.integrations.fastapi import (
    auth_router,
    get_current_user,
    install_exception_handlers,
)
from mvpauth.storage.sqlalchemy import SQLAlchemyStorage

config = AuthConfig(
    secret_key="change-me-in-production",
    database_url="postgresql+asyncpg://user:pass@localhost:5432/mydb",
)
assert config.database_url is not None
db = SQLAlchemyStorage(config.database_url)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    await db.create_tables()
    yield


app = FastAPI(lifespan=lifespan)


@app.middleware("http")
async def db_session(request: Request, call_next: Any) -> Any:
    async with db.get_session() as session:
        request.state.storage = db.request_storage(session)
        response = await call_next(request)
        await session.commit()
        return response


auth = create_auth(config=config, storage=db.request_storage(db.get_session()))
install_exception_handlers(app)
app.include_router(auth_router(auth), prefix="/auth")


@app.get("/protected")
async def protected(user: UserResponse = Depends(get_current_user(auth))) -> dict[str, str]:
    return {"message": f"Hello {user.email}", "user_id": str(user.id)}
