"""Starlette's AuthenticationMiddleware with the daemon behind it."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from accounts import PASSWORD
from mvpauth import create_auth
from mvpauth.auth import AnyAuth
from mvpauth.core.exceptions import UserNotFoundError
from mvpauth.integrations.starlette import SidecarBackend, install_exception_handlers, on_error
from mvpauth.storage import Sidecar
from mvpauth.testing import Daemon, StubAuth


async def who(request: Request) -> JSONResponse:
    return JSONResponse({"user": request.user.display_name, "in": request.user.is_authenticated})


@requires("verified")
async def verified(request: Request) -> JSONResponse:
    return JSONResponse({"id": request.user.identity})


async def missing(request: Request) -> JSONResponse:
    raise UserNotFoundError()


def make_client(auth: AnyAuth) -> TestClient:
    middleware = Middleware(
        AuthenticationMiddleware, backend=SidecarBackend(auth), on_error=on_error
    )
    routes = [Route("/", who), Route("/verified", verified), Route("/missing", missing)]
    app = Starlette(routes=routes, middleware=[middleware])
    install_exception_handlers(app)
    return TestClient(app)


def test_who_makes_the_request(private: Daemon, address: str) -> None:
    with private.client() as daemon:
        user = daemon.register(address, PASSWORD)
        token = daemon.login(address, PASSWORD).access_token
        daemon.verify_email(private.email(address, "verification_email").token)
    client = make_client(create_auth(storage=Sidecar(private.socket)))
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/").json() == {"user": "", "in": False}
    assert client.get("/", headers=headers).json() == {"user": address, "in": True}
    assert client.get("/verified", headers=headers).json() == {"id": str(user.id)}
    assert client.get("/verified").status_code == 403


@pytest.mark.parametrize("header", ["Bearer bad", "Basic YTpi", "Bearer a b"])
def test_a_bad_token_is_json_and_401(header: str) -> None:
    response = make_client(StubAuth()).get("/", headers={"Authorization": header})
    assert (response.status_code, response.json()["code"]) == (401, "TOKEN_INVALID")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_unverified_user_lacks_the_scope() -> None:
    stub = StubAuth(users={"t": {"email": "ada@example.org", "is_verified": False}})
    client = make_client(stub)
    assert client.get("/verified", headers={"Authorization": "Bearer t"}).status_code == 403


def test_the_daemon_away_is_a_503_and_not_anonymous() -> None:
    client = make_client(create_auth(storage=Sidecar("/nonexistent/x.sock", timeout=0.1)))
    assert client.get("/", headers={"Authorization": "Bearer x"}).status_code == 503
    assert client.get("/").status_code == 200


def test_errors_of_routes_are_answered() -> None:
    response = make_client(StubAuth()).get("/missing")
    assert (response.status_code, response.json()["code"]) == (404, "USER_NOT_FOUND")
