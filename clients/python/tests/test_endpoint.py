"""Where the socket is (trap 18), who serves it (trap 19), and what an error says to do."""

import errno
import os
import socket
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from fake import Fake
from mvpauth import Client, _endpoint
from mvpauth.errors import ConfigurationError, ServiceUnavailableError

SYSTEM = "/run/mvp-auth/mvp-auth.sock"


@pytest.mark.parametrize(
    ("argument", "environ", "paths"),
    [
        (None, {}, [SYSTEM]),
        ("/a/b.sock", {"MVP_AUTH_SOCKET": "/c"}, ["/a/b.sock"]),
        (Path("/a/b.sock"), {}, ["/a/b.sock"]),
        ("unix:///a/b.sock", {}, ["/a/b.sock"]),
        ("relative.sock", {}, ["relative.sock"]),
        (None, {"MVP_AUTH_SOCKET": "unix:///c"}, ["/c"]),
        (None, {"MVP_AUTH_SOCKET": "/c", "MVP_AUTH_RUNTIME_DIR": "/d"}, ["/c"]),
        (None, {"MVP_AUTH_SOCKET": "", "MVP_AUTH_RUNTIME_DIR": "/d"}, ["/d/mvp-auth.sock"]),
        (None, {"MVP_AUTH_RUNTIME_DIR": "/d/"}, ["/d/mvp-auth.sock"]),
        (
            None,
            {"XDG_RUNTIME_DIR": "/run/user/7"},
            ["/run/user/7/mvp-auth/mvp-auth.sock", SYSTEM],
        ),
        (
            None,
            {"MVP_AUTH_RUNTIME_DIR": "", "XDG_RUNTIME_DIR": "", "RUNTIME_DIRECTORY": "/run/shop"},
            [SYSTEM],
        ),
    ],
)
def test_the_search(argument, environ, paths):
    assert list(_endpoint.candidates(argument, environ)) == paths


def test_the_first_that_exists_is_taken(tmp_path):
    missing, first, second = (str(tmp_path / name) for name in "abc")
    for path in (first, second):
        socket.socket(socket.AF_UNIX).bind(path)
    assert _endpoint.locate((missing, first, second)).path == first
    assert _endpoint.locate((missing, missing + "x")).path == missing + "x"


def test_trap_18_a_login_session_does_not_hide_the_packaged_daemon(tmp_path, monkeypatch):
    with Fake() as fake:
        monkeypatch.setattr(_endpoint, "SYSTEM_DIRECTORY", os.path.dirname(fake.path))
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
        with Client() as auth:
            assert auth.call("system.ping") == {"pong": True}


@pytest.mark.parametrize("path", ["x" * 108, "/" + "é" * 54, "unix:///" + "y" * 107])
def test_a_path_that_does_not_fit_is_refused_before_connecting(path):
    with pytest.raises(ConfigurationError, match="107"):
        Client(path)


def test_107_bytes_are_accepted(tmp_path):
    path = str(tmp_path) + "/" + "x" * (106 - len(str(tmp_path)))
    assert len(path) == 107
    with Fake(path=path), Client(path) as auth:
        auth.ready()


@pytest.mark.parametrize("path", ["unix://", "a\0b"])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(ConfigurationError):
        Client(path)


def failure(auth, timeout=0.05):
    with auth, pytest.raises(ServiceUnavailableError) as caught:
        auth.call("system.ping", timeout=timeout)
    assert caught.value.code == "UNAVAILABLE"
    assert caught.value.executed is False
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return str(caught.value)


def test_a_missing_socket_names_every_path_that_was_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(_endpoint, "SYSTEM_DIRECTORY", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "xdg"))
    text = failure(Client())
    assert f"{tmp_path}/xdg/mvp-auth/mvp-auth.sock" in text
    assert f"{tmp_path}/run/mvp-auth.sock" in text
    assert "Is mvp-authd running?" in text


def test_a_socket_that_nobody_listens_on(tmp_path):
    path = str(tmp_path / "s")
    socket.socket(socket.AF_UNIX).bind(path)
    assert "Nobody listens" in failure(Client(path))


def test_a_socket_that_may_not_be_used_fails_at_once(tmp_path):
    error = OSError(errno.EACCES, "Permission denied")
    problem = _endpoint.explain(error, _endpoint.Endpoint("/s", ("/s",)))
    assert problem.is_final
    assert problem.error.retryable is False
    assert "group mvp-auth" in str(problem.error)


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs another user's socket: root only")

IMPOSTOR = """
import os, socket, sys, time
os.setuid(65534)
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(8); print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def impostor(tmp_path):
    """A listener of the user `nobody` in a directory that everybody may write."""
    for directory in (tmp_path, *tmp_path.parents[:-2]):
        directory.chmod(directory.stat().st_mode | 0o011)
    tmp_path.chmod(0o1777)
    path = str(tmp_path / "mvp-auth.sock")
    command = [sys.executable, "-c", IMPOSTOR, path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        if process.stdout.readline() != b"up\n":
            pytest.skip(f"no listener of another user here: {process.stderr.read().decode()}")
        yield path
        process.kill()


@as_root
@pytest.mark.filterwarnings("ignore:Everybody may create files")
def test_trap_19_another_users_listener_is_refused_at_once(impostor):
    text = failure(Client(impostor), timeout=30)
    assert "uid 65534" in text
    assert "daemon_uid=65534" in text


@as_root
@pytest.mark.filterwarnings("ignore:Everybody may create files")
async def test_trap_19_another_users_listener_is_refused_by_the_async_client_too(impostor):
    from mvpauth import AsyncClient

    async with AsyncClient(impostor) as auth:
        with pytest.raises(ServiceUnavailableError, match="uid 65534"):
            await auth.call("system.ping", timeout=30)


@as_root
def test_a_user_who_is_named_is_accepted(impostor):
    endpoint = _endpoint.Endpoint(impostor, (impostor,))
    _endpoint._warned.clear()
    with pytest.warns(RuntimeWarning, match="Everybody may create files"):
        _endpoint.connect(endpoint, 65534).close()
    with pytest.raises(_endpoint.CannotConnect):
        _endpoint.connect(endpoint, 65533)


def test_a_directory_of_the_daemons_own_is_not_warned_of():
    with Fake() as fake, warnings.catch_warnings():
        warnings.simplefilter("error")
        with Client(fake.path) as auth:
            auth.ready()


def test_unknown_roles_are_refused():
    with pytest.raises(ValueError, match="root"):
        Client("/x", roles=["client", "root"])


def test_roles_to_keep_are_said_in_the_hello():
    with Fake() as fake, Client(fake.path, roles=("client",), name="shop") as auth:
        auth.ready()
        hello = fake.calls[0]["params"]
        assert hello["roles"] == ["client"]
        assert hello["client"]["name"] == "shop"
        assert hello["protocol"] == [1]
