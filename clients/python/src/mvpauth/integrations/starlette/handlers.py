"""Answers to the errors of the client, for Starlette and what is built on it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from mvpauth.errors import MvpAuthError
from mvpauth.integrations._answers import answer


def install_exception_handlers(app: Starlette) -> None:
    """Answers every `MvpAuthError` that a route raises: `{"detail", "code"}` and its status."""
    app.add_exception_handler(MvpAuthError, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    assert isinstance(error, MvpAuthError)
    return response(request, error)


def response(connection: HTTPConnection, error: MvpAuthError) -> Response:
    """The JSON response for an error."""
    status, body, headers = answer(error)
    return JSONResponse(body, status_code=status, headers=headers)
