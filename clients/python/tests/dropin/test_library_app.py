"""An app whose set-up was not changed at all."""

from __future__ import annotations

import importlib
import sys
import warnings

import pytest
from fastapi.testclient import TestClient

from accounts import PASSWORD
from mvpauth.testing import Daemon


def test_the_documented_set_up_runs_as_it_is(
    private: Daemon, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("MVP_AUTH_SOCKET", private.socket)
    monkeypatch.delitem(sys.modules, "library_app", raising=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        app = importlib.import_module("library_app").app
        with TestClient(app) as client:
            credentials = {"email": address, "password": PASSWORD}
            user = client.post("/auth/register", json=credentials).json()
            token = client.post("/auth/login", json=credentials).json()["access_token"]
            answer = client.get("/protected", headers={"Authorization": f"Bearer {token}"})
            assert answer.json() == {"message": f"Hello {address}", "user_id": user["id"]}
            assert client.get("/protected").status_code == 401
    said = [
        str(w.message) for w in caught if "mvp-auth" in str(w.message) or "daemon" in str(w.message)
    ]
    assert len(said) == 3
    key, storage, store = said
    assert "remove it from this process" in key
    assert "Delete it" in storage
    assert "says postgresql, the daemon keeps its accounts in memory" in store
