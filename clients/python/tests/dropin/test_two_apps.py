"""Two apps share one store: what is done in one holds in the other, at once."""

from __future__ import annotations

from fastapi.testclient import TestClient

from accounts import PASSWORD
from fastapi_app import make_app
from mvpauth.testing import Daemon


def test_a_session_is_the_same_in_both_apps(private: Daemon, address: str) -> None:
    first, second = make_app(private.socket), make_app(private.socket)
    with TestClient(first) as shop, TestClient(second) as forum:
        credentials = {"email": address, "password": PASSWORD}
        assert shop.post("/auth/register", json=credentials).status_code == 201
        pair = shop.post("/auth/login", json=credentials).json()
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        assert forum.get("/hello", headers=headers).json()["message"] == f"Hello {address}"
        assert forum.post("/auth/logout", headers=headers).status_code == 200
        for app in (shop, forum):
            refused = app.get("/hello", headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_REVOKED")
        successor = shop.post("/auth/refresh", json={"refresh_token": pair["refresh_token"]})
        assert (successor.status_code, successor.json()["code"]) == (401, "TOKEN_REVOKED")


def test_an_account_of_one_app_signs_in_to_the_other(private: Daemon, address: str) -> None:
    first, second = make_app(private.socket), make_app(private.socket)
    with TestClient(first) as shop, TestClient(second) as forum:
        credentials = {"email": address, "password": PASSWORD}
        assert shop.post("/auth/register", json=credentials).status_code == 201
        assert forum.post("/auth/register", json=credentials).json()["code"] == "USER_EXISTS"
        pair = forum.post("/auth/login", json=credentials).json()
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        assert len(shop.get("/auth/sessions", headers=headers).json()) == 1
