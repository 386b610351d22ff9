"""Coming to the daemon: a full backlog (trap 1), a restart (trap 6), a slow start."""

import asyncio
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import daemons
from daemons import PASSWORD
from fake import Fake, answer, silent
from mvpauth import AsyncClient, Client
from mvpauth.errors import (
    DeadlineExceededError,
    MvpAuthError,
    ProtocolError,
    ServiceUnavailableError,
)


def full_backlog():
    fake = Fake(backlog=0, held=True)
    threading.Timer(0.3, fake.release).start()
    return fake


async def test_trap_1_twenty_async_clients_pass_a_full_backlog_each_once():
    with full_backlog() as fake:
        clients = [AsyncClient(fake.path) for _ in range(20)]
        users = await asyncio.gather(
            *(client.current_user(f"t{n}") for n, client in enumerate(clients))
        )
        assert [user.email for user in users] == [f"t{n}@example.org" for n in range(20)]
        assert len(fake.methods()) == 20
        for client in clients:
            await client.aclose()


def test_trap_1_twenty_blocking_clients_pass_a_full_backlog_each_once():
    with full_backlog() as fake, ThreadPoolExecutor(20) as pool:

        def call(number):
            with Client(fake.path) as auth:
                return auth.current_user(f"t{number}").email

        assert list(pool.map(call, range(20))) == [f"t{n}@example.org" for n in range(20)]
        assert len(fake.methods()) == 20


async def test_who_waits_for_a_busy_daemon_waits_no_longer_than_the_call_may_take():
    with Fake(backlog=0, held=True) as fake:
        blockers = []
        for _ in range(8):
            blocker = socket.socket(socket.AF_UNIX)
            blocker.setblocking(False)
            try:
                blocker.connect(fake.path)
            except BlockingIOError:
                break
            blockers.append(blocker)
        async with AsyncClient(fake.path) as auth:
            began = time.monotonic()
            with pytest.raises(ServiceUnavailableError, match="too busy") as caught:
                await auth.call("system.ping", timeout=0.2)
            assert 0.2 <= time.monotonic() - began < 5
            assert caught.value.executed is False
        with Client(fake.path) as auth, pytest.raises(ServiceUnavailableError, match="too busy"):
            auth.call("system.ping", timeout=0.2)


async def test_many_callers_share_one_attempt_to_connect():
    with Fake() as fake:
        async with AsyncClient(fake.path) as auth:
            await asyncio.gather(*(auth.call("system.ping") for _ in range(50)))
        assert len(fake.peers) == 1


async def test_nobody_connects_while_nobody_waits(tmp_path):
    path = str(tmp_path / "s")
    async with AsyncClient(path) as auth:
        with pytest.raises(ServiceUnavailableError):
            await auth.call("system.ping", timeout=0.05)
        with Fake(path=path) as fake:
            await asyncio.sleep(0.3)
            assert fake.peers == []
            assert await auth.call("system.ping") == {"pong": True}


async def test_the_hello_may_take_as_long_as_the_call():
    """With socket activation, connecting succeeds while the daemon is being started."""

    def late(peer):
        time.sleep(1.3)
        peer.hello()
        while (call := peer.read()) is not None:
            peer.reply(call, answer(call))

    with Fake(late, greets=False) as fake:
        async with AsyncClient(fake.path) as auth:
            assert await auth.call("system.ping", timeout=10) == {"pong": True}
        with Client(fake.path) as auth:
            assert auth.call("system.ping", timeout=10) == {"pong": True}
        assert len(fake.peers) == 2


async def test_a_hello_that_is_never_answered_ends_with_the_call():
    with Fake(lambda peer: peer.read() and peer.read(), greets=False) as fake:
        async with AsyncClient(fake.path) as auth:
            with pytest.raises(DeadlineExceededError) as caught:
                await auth.call("system.ping", timeout=0.1)
            assert caught.value.executed is False
        with Client(fake.path) as auth:
            with pytest.raises(DeadlineExceededError) as caught:
                auth.call("system.ping", timeout=0.1)
            assert caught.value.executed is False


async def test_a_protocol_that_is_not_spoken_fails_at_once():
    def refuse(peer):
        peer.fail(peer.read(), "UNSUPPORTED_PROTOCOL", -32008)

    with Fake(refuse, greets=False) as fake:
        async with AsyncClient(fake.path) as auth:
            with pytest.raises(ProtocolError):
                await auth.call("system.ping", timeout=30)
        with Client(fake.path) as auth, pytest.raises(ProtocolError):
            auth.call("system.ping", timeout=30)


async def test_a_daemon_that_is_not_ready_is_asked_again():
    def refuse_once(peer):
        if len(peer.fake.peers) < 3:
            peer.fail(peer.read(), "NOT_READY", -32002, retryable=True)
            return
        peer.hello()
        while (call := peer.read()) is not None:
            peer.reply(call, answer(call))

    with Fake(refuse_once, greets=False) as fake:
        async with AsyncClient(fake.path) as auth:
            assert await auth.call("system.ping") == {"pong": True}
    with Fake(refuse_once, greets=False) as fake, Client(fake.path) as auth:
        assert auth.call("system.ping") == {"pong": True}


@pytest.mark.slow
@pytest.mark.parametrize("activation", [False, True], ids=["own socket", "socket activation"])
async def test_trap_6_no_call_fails_while_the_daemon_is_restarted_fifty_times(activation, email):
    daemons.require()
    daemon = daemons.Daemon(store="sqlite:///{directory}/auth.db", AUTH_SECRET_KEY="k" * 64)
    listener = None
    if activation:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(daemon.path)
        listener.listen(64)
    daemon.start(listener)
    try:
        # Time for fifty restarts on a slow machine: what is tested is that nothing else fails.
        async with AsyncClient(daemon.path, timeout=30) as auth:
            await auth.register(email, PASSWORD)
            token = (await auth.login(email, PASSWORD)).access_token
            failures: list[MvpAuthError] = []
            calls = 0
            is_over = False

            async def ask():
                nonlocal calls
                while not is_over:
                    try:
                        assert (await auth.current_user(token)).email == email
                        calls += 1
                    except MvpAuthError as error:
                        failures.append(error)
                    await asyncio.sleep(0.001)

            def ask_blocking():
                with Client(daemon.path, timeout=30) as blocking:
                    while not is_over:
                        assert blocking.current_user(token).email == email

            asking = [asyncio.create_task(ask()) for _ in range(4)]
            thread = asyncio.create_task(asyncio.to_thread(ask_blocking))
            for _ in range(50):
                before = calls
                await asyncio.to_thread(daemon.stop, signal.SIGTERM)
                daemon.start(listener)
                while calls < before + 4:
                    await asyncio.sleep(0.002)
                    assert not failures
            is_over = True
            await asyncio.gather(*asking, thread)
            assert failures == []
    finally:
        daemon.__exit__()
        if listener is not None:
            listener.close()


async def test_a_draining_connection_takes_no_new_calls_and_answers_the_old():
    held: list = []
    proceed = threading.Event()

    def drain(peer):
        if len(peer.fake.peers) > 1:
            while (call := peer.read()) is not None:
                peer.reply(call, {"second": True})
            return
        held.append(peer.read())
        peer.notify("system.draining")
        proceed.wait(10)
        peer.reply(held[0], {"first": True})

    with Fake(drain) as fake:
        async with AsyncClient(fake.path) as auth:
            old = asyncio.create_task(auth.call("system.info"))
            while not held or auth.connections[0].is_ready:
                await asyncio.sleep(0.001)
            assert await auth.call("system.ping") == {"second": True}
            assert [c.is_ready for c in auth.connections] == [False, True]
            proceed.set()
            assert await old == {"first": True}
            while len(auth.connections) > 1:
                await asyncio.sleep(0.001)
        assert fake.methods() == ["system.info", "system.ping"]


def test_a_blocking_client_leaves_a_draining_connection():
    def drain(peer):
        while (call := peer.read()) is not None:
            peer.notify("system.draining")
            peer.reply(call, {"pong": True})

    with Fake(drain) as fake, Client(fake.path) as auth:
        for expected in (1, 2, 3):
            auth.call("system.ping")
            assert len(fake.peers) == expected


async def test_closed_is_closed():
    with Fake() as fake:
        auth = AsyncClient(fake.path)
        await auth.ready()
        await auth.aclose()
        await auth.aclose()
        with pytest.raises(ServiceUnavailableError, match="closed") as caught:
            await auth.call("system.ping")
        assert caught.value.executed is False
        blocking = Client(fake.path)
        blocking.ready()
        blocking.close()
        blocking.close()
        with pytest.raises(ServiceUnavailableError, match="closed"):
            blocking.call("system.ping")


async def test_closing_answers_those_who_wait():
    with Fake(silent) as fake:
        auth = AsyncClient(fake.path)
        calls = [asyncio.create_task(auth.call("system.ping", timeout=30)) for _ in range(3)]
        while len(fake.methods()) < 3:
            await asyncio.sleep(0.001)
        await auth.aclose()
        for call in calls:
            with pytest.raises(ServiceUnavailableError, match="closed") as caught:
                await call
            assert caught.value.executed is True


async def test_closing_answers_those_who_wait_for_a_connection(tmp_path):
    auth = AsyncClient(str(tmp_path / "none"))
    call = asyncio.create_task(auth.call("system.ping", timeout=30))
    await asyncio.sleep(0.05)
    await auth.aclose()
    with pytest.raises(ServiceUnavailableError, match="closed"):
        await call
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "mvpauth.connect"]


async def test_disconnect_is_not_the_end():
    with Fake() as fake:
        async with AsyncClient(fake.path) as auth:
            await auth.ready()
            await auth.disconnect()
            assert auth.connections == []
            await auth.ready()
        assert len(fake.peers) == 2


def test_the_environment_is_read_when_connecting(monkeypatch):
    with Fake() as fake, Client() as auth:
        monkeypatch.setenv("MVP_AUTH_RUNTIME_DIR", os.path.dirname(fake.path))
        auth.ready()
