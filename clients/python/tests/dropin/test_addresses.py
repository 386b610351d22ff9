"""Where a request comes from: the daemon counts attempts by it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from accounts import PASSWORD
from mvpauth.integrations.fastapi import auth_router, install_exception_handlers
from mvpauth.testing import StubAuth


def test_the_daemon_is_told_where_a_request_comes_from_and_not_what_it_says_of_that() -> None:
    stub = StubAuth(users={"ada-token": "ada@example.org"})
    app = FastAPI()
    install_exception_handlers(app)
    app.include_router(auth_router(stub), prefix="/auth")

    async def from_an_address(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": ("192.0.2.7", 4711)}, receive, send)

    client = TestClient(from_an_address, headers={"X-Forwarded-For": "198.51.100.1"})
    body = {"email": "ada@example.org", "password": PASSWORD, "ip_address": "198.51.100.2"}
    for path in ("register", "login", "forgot-password"):
        client.post(f"/auth/{path}", json=body)
    client.post("/auth/refresh", json={"refresh_token": "x"})
    assert [(call.method, call.params.get("ip_address")) for call in stub.calls] == [
        ("user.register", "192.0.2.7"),
        ("auth.login", "192.0.2.7"),
        ("password.forgot_password", None),
        ("auth.refresh", "192.0.2.7"),
    ]
