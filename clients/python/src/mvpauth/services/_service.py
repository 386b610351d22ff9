"""What the services have in common."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from mvpauth.client import AsyncClient
from mvpauth.storage.sidecar import Sidecar

Model = TypeVar("Model", bound=BaseModel)


class Service:
    """A view on the daemon; made by `Auth` and thrown away after use."""

    _maker = "get_…_service"

    def __init__(self, storage: Sidecar | None = None, /, **arguments: object) -> None:
        if storage is None or arguments:
            raise TypeError(
                f"{type(self).__name__} is not built from repositories any more: use"
                f" `auth.{self._maker}()`."
            )
        self._storage = storage

    async def _client(self) -> AsyncClient:
        return await self._storage.connected()


def as_model(model: type[Model], value: object) -> Model:
    """A client's plain value as the pydantic model that frameworks want."""
    return model.model_validate(value, from_attributes=True)


def uuid_text(value: UUID | str) -> str:
    """A user's or session's id as the wire has it."""
    return str(value).lower()
