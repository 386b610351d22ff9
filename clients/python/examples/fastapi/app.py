"""A FastAPI app with accounts. Run it: uvicorn app:app"""

from __future__ import annotations

from fastapi import Depends, FastAPI

from mvpauth import create_auth
from mvpauth.core.schemas import UserResponse
from mvpauth.integrations.fastapi import (
    auth_router,
    get_current_user,
    install_exception_handlers,
)

auth = create_auth()
app = FastAPI()
install_exception_handlers(app)
app.include_router(auth_router(auth), prefix="/auth")


@app.get("/private")
async def private(user: UserResponse = Depends(get_current_user(auth))) -> dict[str, str]:
    return {"hello": user.email}
