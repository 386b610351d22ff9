"""The models of requests and replies, as pydantic models.

Generated from the daemon's catalogue by `make generate`. The clients themselves answer the
plain values of `mvpauth`; these are for frameworks, which want pydantic.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from ._fields import Address, NewPassword


class UserData(BaseModel):
    """An account as repositories give it. The hash of the password stays in the daemon."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    hashed_password: str = Field(default="", repr=False)
    is_active: bool = True
    is_verified: bool = False
    created_at: datetime
    updated_at: datetime


class SessionData(BaseModel):
    """A session as repositories give it. The hash of its token stays in the daemon."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: UUID
    refresh_token_hash: str = Field(default="", repr=False)
    device_info: str | None = None
    ip_address: str | None = None
    created_at: datetime
    expires_at: datetime
    is_revoked: bool = False


class BlockedTokenData(BaseModel):
    """A token that is refused although it has not expired."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID | None = None
    jti: str
    token_type: str
    expires_at: datetime


class RegisterRequest(BaseModel):
    """The body of `POST /register`."""

    email: Address
    password: NewPassword


class LoginRequest(BaseModel):
    """The body of `POST /login`."""

    email: str
    password: str = Field(repr=False)
    remember_device: bool | None = None
    device_token: str | None = Field(default=None, repr=False)


class RefreshRequest(BaseModel):
    """The body of `POST /refresh`."""

    refresh_token: str = Field(repr=False)


class LogoutRequest(BaseModel):
    """The body of `POST /logout`."""

    refresh_token: str | None = Field(default=None, repr=False)


class VerifyEmailRequest(BaseModel):
    """The body of `POST /verify-email`."""

    token: str = Field(repr=False)


class ResendVerificationRequest(BaseModel):
    """The body of `POST /resend-verification`."""

    email: Address


class ForgotPasswordRequest(BaseModel):
    """The body of `POST /forgot-password`."""

    email: Address


class ResetPasswordRequest(BaseModel):
    """The body of `POST /reset-password`."""

    token: str = Field(repr=False)
    new_password: NewPassword


class ChangePasswordRequest(BaseModel):
    """The body of `POST /change-password`."""

    current_password: str = Field(repr=False)
    new_password: NewPassword


class TokenPair(BaseModel):
    """A session's tokens."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False)
    token_type: str = "bearer"
    expires_in: int
    device_token: str | None = Field(default=None, repr=False)


class UserResponse(BaseModel):
    """An account."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    id: UUID
    email: str
    is_active: bool
    is_verified: bool
    created_at: datetime
    updated_at: datetime


class SessionResponse(BaseModel):
    """A signed-in device."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    id: UUID
    device_info: str | None = None
    ip_address: str | None = None
    created_at: datetime
    expires_at: datetime
    is_revoked: bool
    last_used_at: datetime | None = None
    current: bool = False


class MessageResponse(BaseModel):
    """That something was done."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    message: str


class TokenPayload(BaseModel):
    """The claims of a living access token."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    sub: str
    jti: str
    type: str = "access"
    session_id: str | None = None
    iat: int
    exp: int
    iss: str | None = None
    aud: str | None = None
    app: str | None = None

    _token: str | None = PrivateAttr(default=None)
