"""The mappings of the daemon's tables: for joins and foreign keys, and read-only."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

sqlalchemy = pytest.importorskip("sqlalchemy")

from sqlalchemy import ForeignKey, create_engine, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mvpauth.core.exceptions import UnsupportedError
from mvpauth.storage.sqlalchemy.models import (
    Base,
    SessionModel,
    UserModel,
    include_object,
)


class Profile(Base):
    """An app's own table with a foreign key to the accounts."""

    __tablename__ = "profiles"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("auth_users.id"))


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    now = datetime.now(timezone.utc)
    with engine.begin() as connection:
        connection.execute(
            UserModel.__table__.insert(),
            {
                "id": uuid.UUID(int=7),
                "email": "ada@example.org",
                "hashed_password": "x",
                "is_active": True,
                "is_verified": False,
                "created_at": now,
                "updated_at": now,
            },
        )
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_an_apps_table_joins_the_accounts(session: Session) -> None:
    session.add(Profile(id=1, user_id=uuid.UUID(int=7)))
    session.commit()
    query = select(UserModel.email).join(Profile, Profile.user_id == UserModel.id)
    assert session.scalars(query).all() == ["ada@example.org"]
    session.execute(delete(Profile))


def test_changes_are_refused(session: Session) -> None:
    user = session.scalars(select(UserModel)).one()
    user.is_verified = True
    with pytest.raises(UnsupportedError, match="read-only"):
        session.flush()
    session.rollback()
    session.delete(session.scalars(select(UserModel)).one())
    with pytest.raises(UnsupportedError, match="read-only"):
        session.flush()
    session.rollback()
    session.add(UserModel(id=uuid.uuid4(), email="eve@example.org"))
    with pytest.raises(UnsupportedError, match="read-only"):
        session.flush()


@pytest.mark.parametrize(
    "statement",
    [update(UserModel).values(is_verified=True), delete(UserModel), insert(SessionModel)],
    ids=["update", "delete", "insert"],
)
def test_statements_are_refused(session: Session, statement: Any) -> None:
    with pytest.raises(UnsupportedError, match="read-only"):
        session.execute(statement)


def test_alembic_leaves_the_daemons_tables_alone(session: Session) -> None:
    autogenerate = pytest.importorskip("alembic.autogenerate")
    from alembic.migration import MigrationContext

    connection = session.connection()
    connection.exec_driver_sql("ALTER TABLE auth_users ADD COLUMN email_key TEXT")
    connection.exec_driver_sql("CREATE TABLE auth_deleted_users (id TEXT PRIMARY KEY)")
    connection.exec_driver_sql("ALTER TABLE profiles ADD COLUMN nickname TEXT")

    def changes(**options: Any) -> list[str]:
        context = MigrationContext.configure(connection, opts=options)
        return [str(change) for change in autogenerate.compare_metadata(context, Base.metadata)]

    assert any("email_key" in change for change in changes())
    (change,) = changes(include_object=include_object)
    assert "nickname" in change
