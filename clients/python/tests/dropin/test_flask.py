"""The Flask extension, with Flask's own test client."""

from __future__ import annotations

from typing import Any

import pytest

flask = pytest.importorskip("flask")

from flask import Flask, request

from accounts import PASSWORD
from mvpauth import Client
from mvpauth.integrations.flask import (
    MvpAuth,
    MvpAuthFlaskClient,
    current_user,
    login_required,
)
from mvpauth.testing import Daemon, StubClient


def add_routes(app: Flask) -> None:
    @app.post("/login")
    def login() -> Any:
        body = request.get_json()
        pair = app.extensions["mvp_auth"].login(body["email"], body["password"])
        return {"access_token": pair.access_token}

    @app.get("/hello")
    @login_required
    def hello() -> Any:
        return {"email": current_user.email, "again": current_user.email}

    @app.get("/verified")
    @login_required(verified=True)
    def verified() -> Any:
        return {"id": str(current_user.id)}

    @app.get("/maybe")
    def maybe() -> Any:
        return {"email": current_user.email if current_user else None}


def make_app(client: Client | None = None, **config: Any) -> Flask:
    app = Flask(__name__)
    app.config.update(config)
    app.test_client_class = MvpAuthFlaskClient
    MvpAuth(app, client)
    add_routes(app)
    return app


def test_an_app_with_the_daemon(private: Daemon, address: str) -> None:
    app = make_app(MVP_AUTH_SOCKET=private.socket)
    with private.client() as daemon:
        daemon.register(address, PASSWORD)
    response = app.test_client().post("/login", json={"email": address, "password": PASSWORD})
    token = response.get_json()["access_token"]
    client = app.test_client(user=token)
    assert client.get("/hello").get_json() == {"email": address, "again": address}
    assert client.get("/maybe").get_json() == {"email": address}
    refused = client.get("/verified")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "EMAIL_NOT_VERIFIED")
    wrong = app.test_client().post("/login", json={"email": address, "password": "wrong"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (401, "INVALID_CREDENTIALS")
    with app.app_context():
        session = app.extensions["mvp_auth"].client.sessions(token)[0]
    assert session.ip_address == "127.0.0.1"
    assert session.device_info.startswith("Werkzeug/")
    with app.app_context():
        app.extensions["mvp_auth"].client.logout(token)
    assert client.get("/hello").get_json()["code"] == "TOKEN_REVOKED"
    with app.app_context():
        app.extensions["mvp_auth"].client.close()


def test_the_user_is_asked_for_once_a_request() -> None:
    stub = StubClient(users={"t": "ada@example.org"})
    make_app(stub).test_client(user="t").get("/hello")
    assert [call.method for call in stub.calls] == ["user.get_current_user"]


def test_an_anonymous_request_asks_nothing() -> None:
    stub = StubClient()
    client = make_app(stub).test_client()
    assert client.get("/maybe").get_json() == {"email": None}
    refused = client.get("/hello")
    assert (refused.status_code, refused.get_json()["code"]) == (401, "TOKEN_INVALID")
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="mvp-auth"'
    assert stub.calls == []


def test_a_pair_makes_a_test_client_too() -> None:
    stub = StubClient(users={"t": "ada@example.org"})
    client = make_app(stub).test_client(user=stub.login("ada@example.org", "any"))
    assert client.get("/hello").status_code == 200


def test_trap_16_requests_do_not_share_their_users() -> None:
    stub = StubClient(users={"a": "ada@example.org", "b": "bob@example.org"})
    app = make_app(stub)
    ada, bob = app.test_client(user="a"), app.test_client(user="b")
    for _ in range(3):
        assert ada.get("/hello").get_json()["email"] == "ada@example.org"
        assert bob.get("/hello").get_json()["email"] == "bob@example.org"


def test_one_extension_serves_several_apps() -> None:
    extension = MvpAuth()
    first, second = Flask("first"), Flask("second")
    first.config["MVP_AUTH_SOCKET"] = "/nonexistent/1.sock"
    second.config["MVP_AUTH_SOCKET"] = "/nonexistent/2.sock"
    for app in (first, second):
        extension.init_app(app)
        assert app.extensions["mvp_auth"] is extension
    with first.app_context():
        one = extension.client
    with second.app_context():
        assert extension.client is not one
    with Flask("third").app_context(), pytest.raises(RuntimeError, match="MvpAuth"):
        _ = extension.client


def test_the_daemon_away_is_a_503() -> None:
    app = make_app(MVP_AUTH_SOCKET="/nonexistent/x.sock", MVP_AUTH_TIMEOUT=0.1)
    response = app.test_client(user="t").get("/hello")
    assert (response.status_code, response.get_json()["code"]) == (503, "UNAVAILABLE")
