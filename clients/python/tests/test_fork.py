"""Processes that are forked with a connected client: nobody reads another's answers (trap 3)."""

import asyncio
import multiprocessing
import os
import socket
import subprocess
import sys
import textwrap
import traceback
import urllib.request

import pytest

from daemons import PASSWORD
from mvpauth import AsyncClient, Client

CALLS = 150


@pytest.fixture
def users(daemon):
    """Two accounts with a token each."""
    with Client(daemon.path) as auth:
        result = {}
        for name in ("parent", "child"):
            email = f"{name}-{os.urandom(4).hex()}@example.org"
            auth.register(email, PASSWORD)
            result[name] = (email, auth.login(email, PASSWORD).access_token)
        yield result


def in_child(work):
    """Runs in a forked child; gives a function that waits and says whether it went well."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return lambda: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def ask(auth, user):
    email, token = user
    for _ in range(CALLS):
        assert auth.current_user(token).email == email


def test_trap_3_fork_with_a_connected_pool(daemon, users):
    with Client(daemon.path) as auth:
        ask(auth, users["parent"])
        sockets = [connection._socket.fileno() for connection in auth._pool.idle]

        def child():
            # The parent's sockets are closed here, before any call.
            assert auth.connections == []
            for number in sockets:
                with pytest.raises(OSError):
                    os.fstat(number)
            ask(auth, users["child"])

        waits = [in_child(child) for _ in range(3)]
        ask(auth, users["parent"])
        assert all([wait() for wait in waits])
        before = auth.connections[0].instance_id
        ask(auth, users["parent"])
        assert auth.connections[0].instance_id == before


async def test_trap_3_fork_in_a_program_with_an_event_loop(daemon, users):
    async with AsyncClient(daemon.path) as auth:

        async def ask_async(user):
            email, token = user
            for _ in range(CALLS):
                assert (await auth.current_user(token)).email == email

        await ask_async(users["parent"])

        def child():
            # What a child may do: an event loop of its own.
            asyncio.events._set_running_loop(None)
            assert auth.connections == []
            loop = asyncio.SelectorEventLoop()
            loop.run_until_complete(ask_async(users["child"]))

        wait = in_child(child)
        connection = auth.connections[0].instance_id
        await ask_async(users["parent"])
        assert await asyncio.to_thread(wait)
        await ask_async(users["parent"])
        assert [info.instance_id for info in auth.connections] == [connection]
        assert auth.connections[0].unknown_replies == 0


def test_a_fork_that_python_was_not_told_of(daemon, users):
    """A C library's fork runs no hooks: the process's number is compared with each call."""
    import ctypes

    libc = ctypes.PyDLL(None)
    with Client(daemon.path) as auth:
        ask(auth, users["parent"])
        child = libc.fork()
        if child == 0:
            try:
                ask(auth, users["child"])
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        ask(auth, users["parent"])
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_fork_while_another_thread_holds_a_lock(daemon, users):
    with Client(daemon.path) as auth:
        ask(auth, users["parent"])
        with auth._pool._turn:
            wait = in_child(lambda: ask(auth, users["child"]))
            assert wait()
        ask(auth, users["parent"])


shared: Client | None = None


def work(user):
    global shared
    if shared is None:
        shared = Client(os.environ["MVP_AUTH_SOCKET"])
    ask(shared, user)
    return os.getpid()


@pytest.mark.parametrize("method", ["fork", "forkserver"])
def test_trap_3_multiprocessing(daemon, users, method, monkeypatch):
    global shared
    monkeypatch.setenv("MVP_AUTH_SOCKET", daemon.path)
    with Client(daemon.path) as shared:
        ask(shared, users["parent"])
        with multiprocessing.get_context(method).Pool(2) as pool:
            result = pool.map_async(work, [users["child"]] * 4)
            ask(shared, users["parent"])
            assert os.getpid() not in result.get(timeout=50)
    shared = None


APP = """
import os
from mvpauth import Client

auth = Client(os.environ["MVP_AUTH_SOCKET"])
auth.ready()

def app(environ, start_response):
    token = environ["QUERY_STRING"]
    email = auth.current_user(token).email
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()} {email}".encode()]
"""


def test_trap_3_gunicorn_with_a_preloaded_app(daemon, users, tmp_path):
    pytest.importorskip("gunicorn")
    (tmp_path / "shop.py").write_text(textwrap.dedent(APP))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "3", "shop:app"]
    command += ["--bind", f"127.0.0.1:{port}", "--chdir", str(tmp_path), "--log-level", "warning"]
    environment = {**os.environ, "MVP_AUTH_SOCKET": daemon.path}
    with subprocess.Popen(command, env=environment) as server:
        try:
            workers = set()
            for number in range(200):
                email, token = users["child" if number % 2 else "parent"]
                worker, said = get(port, token).split()
                assert said == email
                workers.add(worker)
            assert len(workers) > 1
        finally:
            server.terminate()


def get(port, token):
    import time

    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/?{token}", timeout=20) as answer:
                return answer.read().decode()
        except ConnectionError:
            assert time.monotonic() < until
            time.sleep(0.05)
        except urllib.error.URLError as error:
            assert isinstance(error.reason, ConnectionError)
            assert time.monotonic() < until
            time.sleep(0.05)
