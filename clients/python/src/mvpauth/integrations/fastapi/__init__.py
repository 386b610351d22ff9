"""FastAPI: the thirteen routes, the dependencies, and handlers for the errors.

```python
app = FastAPI()
auth = create_auth()
install_exception_handlers(app)
app.include_router(auth_router(auth), prefix="/auth")

@app.get("/private")
async def private(user: UserResponse = Depends(get_current_user(auth))) -> dict[str, str]:
    return {"hello": user.email}
```
"""

from mvpauth.errors import (
    AlreadyVerifiedError,
    InvalidCredentialsError,
    InvalidPasswordError,
    InvalidVerificationTokenError,
    MvpAuthError,
    SessionNotFoundError,
    TokenExpiredError,
    TokenInvalidError,
    TokenReuseError,
    TokenRevokedError,
    UserExistsError,
    UserNotFoundError,
    UserNotVerifiedError,
)
from mvpauth.integrations.starlette.handlers import install_exception_handlers

from .dependencies import get_current_user, get_token_payload
from .router import auth_router
from .routes import Routes

__all__ = [
    "Routes",
    "auth_router",
    "get_current_user",
    "get_token_payload",
    "install_exception_handlers",
]

_STATUS_MAP: dict[type[MvpAuthError], int] = {
    kind: kind().status
    for kind in (
        InvalidCredentialsError,
        TokenExpiredError,
        TokenInvalidError,
        TokenRevokedError,
        TokenReuseError,
        UserNotVerifiedError,
        AlreadyVerifiedError,
        UserExistsError,
        UserNotFoundError,
        SessionNotFoundError,
        InvalidPasswordError,
        InvalidVerificationTokenError,
    )
}
