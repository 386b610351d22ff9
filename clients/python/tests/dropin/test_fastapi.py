"""The thirteen routes and the dependencies, in an app written for the library."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from accounts import PASSWORD
from fastapi_app import make_app
from mvpauth import create_auth
from mvpauth.core.exceptions import MvpAuthError
from mvpauth.integrations.fastapi import (
    Routes,
    auth_router,
    get_current_user,
    install_exception_handlers,
)
from mvpauth.storage import Sidecar
from mvpauth.testing import Daemon, ScriptedServer, StubAuth
from mvpauth.testing.scripted import error

NEW_PASSWORD = "another long phrase"


@pytest.fixture
def client(private: Daemon) -> Iterator[TestClient]:
    """The app, with no role but `client`: all that the thirteen routes need."""
    with TestClient(make_app(private.socket, roles=("client",))) as client:
        yield client


def register(client: TestClient, address: str) -> dict[str, Any]:
    response = client.post("/auth/register", json={"email": address, "password": PASSWORD})
    assert response.status_code == 201, response.text
    return dict(response.json())


def login(client: TestClient, address: str, password: str = PASSWORD) -> dict[str, Any]:
    response = client.post("/auth/login", json={"email": address, "password": password})
    assert response.status_code == 200, response.text
    return dict(response.json())


def bearer(pair: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair['access_token']}"}


def test_core_routes(client: TestClient, address: str) -> None:
    user = register(client, address)
    assert set(user) == {"id", "email", "is_active", "is_verified", "created_at", "updated_at"}
    pair = login(client, address)
    assert set(pair) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert client.get("/auth/me", headers=bearer(pair)).json() == user
    assert client.get("/hello", headers=bearer(pair)).json() == {
        "message": f"Hello {address}",
        "user_id": user["id"],
    }
    successor = client.post("/auth/refresh", json={"refresh_token": pair["refresh_token"]}).json()
    response = client.post("/auth/logout", headers=bearer(successor))
    assert (response.status_code, set(response.json())) == (200, {"message"})
    refused = client.get("/hello", headers=bearer(successor))
    assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_REVOKED")
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_a_device_is_remembered(client: TestClient, address: str) -> None:
    register(client, address)
    body = {"email": address, "password": PASSWORD, "remember_device": True}
    token = client.post("/auth/login", json=body).json()["device_token"]
    again = client.post("/auth/login", json={**body, "device_token": token}).json()
    assert again["device_token"]


def test_verification_routes(client: TestClient, private: Daemon, address: str) -> None:
    register(client, address)
    response = client.post("/auth/resend-verification", json={"email": address})
    assert response.json() == {"message": "If the email exists, a verification link was sent."}
    assert client.get("/verified", headers=bearer(login(client, address))).status_code == 403
    token = private.email(address, "verification_email").token
    response = client.post("/auth/verify-email", json={"token": token})
    assert response.json()["is_verified"] is True
    assert client.get("/verified", headers=bearer(login(client, address))).status_code == 200
    refused = client.post("/auth/verify-email", json={"token": "bad"})
    assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_VERIFICATION_TOKEN")


def test_password_routes(client: TestClient, private: Daemon, address: str) -> None:
    register(client, address)
    for email in (address, "nobody@example.org"):
        response = client.post("/auth/forgot-password", json={"email": email})
        assert response.json() == {"message": "If the email exists, a reset link was sent."}
    token = private.email(address, "password_reset_email").token
    body = {"token": token, "new_password": NEW_PASSWORD}
    assert client.post("/auth/reset-password", json=body).json() == {
        "message": "Password has been reset."
    }
    pair = login(client, address, NEW_PASSWORD)
    body = {"current_password": "wrong", "new_password": PASSWORD}
    refused = client.post("/auth/change-password", json=body, headers=bearer(pair))
    assert (refused.status_code, refused.json()["code"]) == (401, "INVALID_CREDENTIALS")
    body = {"current_password": NEW_PASSWORD, "new_password": PASSWORD}
    response = client.post("/auth/change-password", json=body, headers=bearer(pair))
    assert response.json() == {"message": "Password changed."}
    assert client.get("/auth/me", headers=bearer(pair)).status_code == 401


def test_session_routes(client: TestClient, address: str) -> None:
    register(client, address)
    pairs = [login(client, address) for _ in range(3)]
    sessions = client.get("/auth/sessions", headers=bearer(pairs[0])).json()
    assert len(sessions) == 3
    assert sessions[0]["device_info"] == "testclient"
    other = next(session for session in sessions if not session["current"])
    response = client.delete(f"/auth/sessions/{other['id']}", headers=bearer(pairs[0]))
    assert response.json() == {"message": "Session revoked."}
    missing = client.delete(f"/auth/sessions/{uuid.uuid4()}", headers=bearer(pairs[0]))
    assert (missing.status_code, missing.json()["code"]) == (404, "SESSION_NOT_FOUND")
    response = client.post("/auth/logout-all", headers=bearer(pairs[0]))
    assert response.json() == {"message": "Revoked 2 session(s)."}
    for pair in pairs:
        assert client.get("/auth/me", headers=bearer(pair)).status_code == 401


def test_the_payload_of_a_request_signs_out(client: TestClient, address: str) -> None:
    user = register(client, address)
    pair = login(client, address)
    claims = client.get("/claims", headers=bearer(pair)).json()
    assert (claims["sub"], claims["type"]) == (user["id"], "access")
    assert pair["access_token"] not in str(claims)
    assert client.post("/leave", headers=bearer(pair)).json() == {"left": True}
    assert client.get("/claims", headers=bearer(pair)).json()["code"] == "TOKEN_REVOKED"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic YWRhOng="},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer a b"},
        {"Authorization": "Bearer \u00e9".encode("latin-1").decode("latin-1")},
    ],
    ids=["none", "basic", "empty", "two", "bytes"],
)
@pytest.mark.parametrize("path", ["/auth/me", "/auth/sessions", "/hello", "/claims"])
def test_a_missing_token_is_a_401_on_every_version(
    client: TestClient, headers: dict[str, str], path: str
) -> None:
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    response = client.get(path, headers=raw)  # type: ignore[arg-type]
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="mvp-auth"'
    assert response.json()["code"] == "TOKEN_INVALID"


def test_two_headers_are_no_token(client: TestClient) -> None:
    headers = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")]
    assert client.get("/hello", headers=headers).json()["code"] == "TOKEN_INVALID"  # type: ignore[arg-type]


def test_old_frontends_get_the_403_they_know() -> None:
    app = FastAPI()
    app.include_router(auth_router(StubAuth(), missing_token_status=403), prefix="/auth")
    install_exception_handlers(app)
    response = TestClient(app).get("/auth/me")
    assert (response.status_code, response.json()["detail"]) == (403, "Not authenticated")
    with pytest.raises(ValueError, match="401 or 403"):
        auth_router(StubAuth(), missing_token_status=418)


def test_a_missing_token_needs_no_handlers() -> None:
    app = FastAPI()
    app.include_router(auth_router(StubAuth()), prefix="/auth")
    response = TestClient(app).get("/auth/me")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="mvp-auth"'


def test_an_optional_user(client: TestClient, address: str) -> None:
    assert client.get("/maybe").json() == {"email": None}
    register(client, address)
    pair = login(client, address)
    assert client.get("/maybe", headers=bearer(pair)).json() == {"email": address}
    assert client.get("/maybe", headers={"Authorization": "Bearer bad"}).status_code == 401


def test_tokens_are_never_cached(client: TestClient, address: str) -> None:
    register(client, address)
    body = {"email": address, "password": PASSWORD}
    for response in (
        client.post("/auth/login", json=body),
        client.get("/auth/me"),
        client.post("/auth/login", json={**body, "password": "wrong"}),
    ):
        assert response.headers["Cache-Control"] == "no-store"


CANARY = "canary-7f3a-secret"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/register", {"email": "no address", "password": CANARY}),
        ("/auth/register", {"email": ["x"], "password": {"a": CANARY}}),
        ("/auth/register", {"password": CANARY}),
        ("/auth/register", {"email": "a@example.org", "password": (CANARY * 10)}),
        ("/auth/login", {"email": 5, "password": CANARY}),
        ("/auth/login", [CANARY]),
        ("/auth/reset-password", {"token": 1, "new_password": CANARY}),
        ("/auth/refresh", {"refresh_token": [CANARY]}),
    ],
)
def test_trap_17_validation_errors_do_not_repeat_the_input(
    client: TestClient, path: str, body: object
) -> None:
    response = client.post(path, json=body)
    assert response.status_code == 422
    assert isinstance(response.json()["detail"], list)
    assert CANARY not in response.text
    assert all({"type", "loc", "msg"} == set(item) for item in response.json()["detail"])


def test_an_apps_own_validation_handler_sees_no_input() -> None:
    from fastapi.exceptions import RequestValidationError
    from starlette.responses import PlainTextResponse

    app = FastAPI()
    app.include_router(auth_router(StubAuth()), prefix="/auth")
    seen: list[str] = []

    @app.exception_handler(RequestValidationError)
    async def handle(request: object, exc: RequestValidationError) -> PlainTextResponse:
        import traceback

        seen.append("".join(traceback.format_exception(exc)) + repr(exc.errors()) + repr(exc.body))
        return PlainTextResponse("mine", status_code=418)

    response = TestClient(app).post("/auth/register", json={"email": "x", "password": CANARY})
    assert (response.status_code, response.text) == (418, "mine")
    assert CANARY not in seen[0]


def test_the_daemons_refusals_name_the_fields(client: TestClient, address: str) -> None:
    body = {"email": f"a..b{address}@", "password": PASSWORD}
    assert client.post("/auth/register", json=body).status_code == 422
    response = client.post("/auth/register", json={"email": address, "password": "\u0000" * 8})
    assert response.status_code == 422
    assert response.json()["code"] in ("VALIDATION_ERROR", "PASSWORD_VALIDATION", "INVALID_PARAMS")


def test_a_lone_surrogate_is_a_422(client: TestClient) -> None:
    content = b'{"email":"ada@example.org","password":"\\ud800 and more text"}'
    response = client.post(
        "/auth/login", content=content, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("include", "exclude", "mounted"),
    [
        (None, None, Routes.ALL),
        (Routes.CORE, None, Routes.CORE),
        (Routes.CORE | {Routes.CHANGE_PASSWORD}, None, Routes.CORE | {Routes.CHANGE_PASSWORD}),
        (None, Routes.SESSION_MANAGEMENT | Routes.VERIFY, Routes.CORE | Routes.PASSWORD),
        ({"login"}, {"register"}, {"login"}),
    ],
)
def test_include_and_exclude(include: Any, exclude: Any, mounted: Any) -> None:
    app = FastAPI()
    app.include_router(auth_router(StubAuth(), include=include, exclude=exclude), prefix="/auth")
    paths = app.openapi()["paths"]
    operations = {operation for path in paths.values() for operation in path}
    assert operations <= {"get", "post", "delete"}
    assert sum(len(path) for path in paths.values()) == len(mounted)


@pytest.mark.parametrize(
    ("include", "exclude", "message"),
    [
        ({"zzz", "login", "bad"}, None, "^Unknown route names: bad, zzz$"),
        (None, {"bad"}, "^Unknown route names: bad$"),
        ({"login"}, {"login"}, "^No routes to mount after applying include/exclude$"),
        (set(), None, "^No routes to mount after applying include/exclude$"),
    ],
)
def test_include_and_exclude_errors(include: Any, exclude: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        auth_router(StubAuth(), include=include, exclude=exclude)


def test_openapi_keeps_its_names(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["components"]["securitySchemes"] == {
        "HTTPBearer": {"type": "http", "scheme": "bearer"}
    }
    operation = document["paths"]["/auth/me"]["get"]
    assert operation["tags"] == ["auth"]
    assert operation["security"] == [{"HTTPBearer": []}]
    assert document["paths"]["/hello"]["get"]["security"] == [{"HTTPBearer": []}]


def test_lifespans_of_app_and_router_both_run(private: Daemon, address: str) -> None:
    app = make_app(private.socket)
    for _ in range(2):
        with TestClient(app) as client:
            register(client, f"{len(app.state.events)}{address}")
            assert app.state.auth.client.connections
        assert not app.state.auth.client.connections
    assert app.state.events == ["started", "stopped"] * 2


def test_a_test_client_without_with_leaks_nothing(private: Daemon) -> None:
    import os

    app = make_app(private.socket)
    client = TestClient(app)
    client.get("/maybe", headers={"Authorization": "Bearer bad"})
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        client.get("/maybe", headers={"Authorization": "Bearer bad"})
    assert len(os.listdir("/proc/self/fd")) <= before + 2


def test_trap_15_the_daemon_away_is_a_503_that_tells_no_path(caplog: pytest.LogCaptureFixture) -> None:
    app = make_app("/nonexistent/mvp-auth.sock")
    app.state.auth.storage._timeout = 0.1
    response = TestClient(app).get("/hello", headers={"Authorization": "Bearer x"})
    assert response.status_code == 503
    assert response.json() == {"detail": "The service is not available.", "code": "UNAVAILABLE"}
    assert response.headers["Retry-After"] == "1"
    assert "/nonexistent/mvp-auth.sock" in caplog.text


def test_the_app_starts_without_the_daemon(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mvpauth.integrations.fastapi.router.READY_SECONDS", 0.1)
    app = make_app("/nonexistent/mvp-auth.sock")
    with TestClient(app) as client:
        assert client.get("/openapi.json").status_code == 200
    assert "mvp-auth is not there yet" in caplog.text


def test_a_weak_policy_stops_the_app_at_its_start() -> None:
    from mvpauth import AuthConfig
    from mvpauth.core.exceptions import ConfigurationError
    from mvpauth.testing.scripted import reply

    info = reply({"store": "sqlite", "policy": {"min_password_length": 8}})
    with ScriptedServer([info]) as server:
        config = AuthConfig(min_password_length=12, socket=server.socket)
        app = FastAPI()
        app.include_router(auth_router(create_auth(config=config)))
        with pytest.raises(ConfigurationError, match="weaker"), TestClient(app):
            pass


def test_rate_limits_say_when_to_come_back() -> None:
    app = FastAPI()
    install_exception_handlers(app)
    with ScriptedServer([error("RATE_LIMITED", retry_after=600)]) as server:
        auth = create_auth(storage=Sidecar(server.socket))
        app.include_router(auth_router(auth), prefix="/auth")
        body = {"email": "ada@example.org", "password": PASSWORD}
        response = TestClient(app).post("/auth/login", json=body)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "600")


def test_an_apps_own_errors_are_answered_too() -> None:
    app = FastAPI()
    install_exception_handlers(app)

    class PaymentError(MvpAuthError):
        pass

    @app.get("/")
    async def pay() -> None:
        raise PaymentError("The invoice is open", code="PAYMENT_DUE")

    response = TestClient(app).get("/")
    assert response.status_code == 400
    assert response.json() == {"detail": "The invoice is open", "code": "PAYMENT_DUE"}


def test_a_stub_is_the_user_of_a_token() -> None:
    stub = StubAuth(users={"ada-token": "ada@example.org"})
    app = FastAPI()
    install_exception_handlers(app)

    @app.get("/hello")
    async def hello(user: Any = Depends(get_current_user(stub))) -> str:
        return str(user.email)

    client = TestClient(app)
    response = client.get("/hello", headers={"Authorization": "Bearer ada-token"})
    assert response.json() == "ada@example.org"
    assert client.get("/hello", headers={"Authorization": "Bearer x"}).status_code == 401
    assert [call.method for call in stub.calls] == ["user.get_current_user"] * 2
    stub.fail_next("user.get_current_user", "OVERLOADED", retry_after=3)
    response = client.get("/hello", headers={"Authorization": "Bearer ada-token"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
