"""The class of the routes: passwords do not come back in errors, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from mvpauth.integrations._answers import NO_STORE

_KEPT = ("type", "loc", "msg")


class PrivateRoute(APIRoute):
    """A route whose validation errors lose the input, and whose answers are never cached.

    FastAPI's own errors repeat what was sent, the password included.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def private(request: Request) -> Response:
            try:
                response = await handle(request)
            except RequestValidationError as error:
                errors = [
                    {name: item[name] for name in _KEPT if name in item} for item in error.errors()
                ]
            else:
                response.headers.update(NO_STORE)
                return response
            # Out of the except clause, so that no __context__ keeps the input alive.
            raise RequestValidationError(errors)

        return private
