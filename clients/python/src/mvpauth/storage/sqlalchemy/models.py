"""Read-only mappings of the daemon's tables, for joins and foreign keys. They need SQLAlchemy.

The daemon makes and changes these tables; it has more columns than are mapped here. Give
`include_object` to Alembic, so that autogenerate leaves them alone. Timestamps are readable in
PostgreSQL; in the daemon's SQLite file they are numbers, and nobody else may open it.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, DateTime, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    relationship,
)

from mvpauth.errors import UnsupportedError

__all__ = ["Base", "BlockedTokenModel", "SessionModel", "UserModel", "include_object"]


class Base(DeclarativeBase):
    """The base of the daemon's tables; an app's own models may use it, and are not read-only."""


class UserModel(Base):
    """An account."""

    __tablename__ = "auth_users"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True, index=True)
    hashed_password: Mapped[str] = mapped_column(Text, deferred=True)
    is_active: Mapped[bool] = mapped_column(Boolean)
    is_verified: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    sessions: Mapped[list[SessionModel]] = relationship(back_populates="user", viewonly=True)


class SessionModel(Base):
    """A signed-in device."""

    __tablename__ = "auth_sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("auth_users.id", ondelete="CASCADE"), index=True
    )
    refresh_token_hash: Mapped[str] = mapped_column(String(64), deferred=True)
    device_info: Mapped[str | None] = mapped_column(Text)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_revoked: Mapped[bool] = mapped_column(Boolean)

    user: Mapped[UserModel] = relationship(back_populates="sessions", viewonly=True)

    __table_args__ = (Index("ix_auth_sessions_user_active", "user_id", "is_revoked"),)


class BlockedTokenModel(Base):
    """A token that is refused although it has not expired."""

    __tablename__ = "auth_blocked_tokens"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    jti: Mapped[str] = mapped_column(String(64), unique=True, index=True)
    token_type: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("ix_auth_blocked_tokens_expires", "expires_at"),)


def include_object(
    object: Any, name: str | None, type_: str, reflected: bool, compare_to: Any
) -> bool:
    """For `context.configure(include_object=…)`: everything but the daemon's own tables."""
    table_name = name if type_ == "table" else getattr(getattr(object, "table", None), "name", "")
    if table_name in _TABLES:
        return False
    # What the daemon has besides, found in the database and in no model.
    is_foreign = type_ == "table" and reflected and compare_to is None
    return not (is_foreign and str(table_name).startswith("auth_"))


def _refuse(*_: object) -> None:
    raise UnsupportedError(
        "The daemon's tables are read-only here: use the services of mvp-auth to change accounts."
    )


_MODELS = (UserModel, SessionModel, BlockedTokenModel)
_TABLES = {model.__tablename__ for model in _MODELS}

for _model in _MODELS:
    for _change in ("before_insert", "before_update", "before_delete"):
        event.listen(_model, _change, _refuse)


@event.listens_for(Session, "do_orm_execute")
def _refuse_statements(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and any(
        mapper.class_ in _MODELS for mapper in state.all_mappers
    ):
        _refuse()
