"""A daemon that dies (trap 12), programs that end (trap 13)."""

import asyncio
import gc
import logging
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import daemons
from daemons import PASSWORD
from fake import Fake, silent
from mvpauth import AsyncClient, Client
from mvpauth.errors import MvpAuthError, ServiceUnavailableError


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_trap_12_a_daemon_that_dies_leaves_no_unhandled_error(number, caplog):
    daemons.require()
    unhandled = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    with daemons.Daemon() as daemon:
        async with AsyncClient(daemon.path) as auth:
            await auth.register("a@example.org", PASSWORD)
            calls = [
                asyncio.create_task(auth.login("a@example.org", PASSWORD, timeout=0.5))
                for _ in range(50)
            ]
            leaver = asyncio.create_task(auth.current_user("x"))
            await asyncio.sleep(0.005)
            leaver.cancel()
            await asyncio.to_thread(daemon.stop, number)
            results = await asyncio.gather(*calls, leaver, return_exceptions=True)
            for result in results[:-1]:
                assert not isinstance(result, BaseException) or isinstance(result, MvpAuthError)
            # With nothing in flight as well.
            daemon.start()
            await auth.ready(timeout=30)
            await asyncio.to_thread(daemon.stop, number)
            while auth.connections:
                await asyncio.sleep(0.001)
            with pytest.raises(ServiceUnavailableError, match="Is mvp-authd running"):
                await auth.ready(timeout=0.1)
            daemon.start()
            await auth.ready(timeout=30)
    gc.collect()
    await asyncio.sleep(0)
    assert unhandled == []
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_the_reader_notices_the_end_not_the_next_call():
    with Fake() as fake:
        async with AsyncClient(fake.path) as auth:
            await auth.ready()
            fake.peers[0].close()
            while auth.connections:
                await asyncio.sleep(0.001)
            assert fake.methods() == ["system.health"]


async def test_a_call_that_is_not_idempotent_survives_an_idle_connection_that_was_lost():
    """The kernel refuses the write, so the call was certainly not made."""
    with Fake() as fake:
        async with AsyncClient(fake.path) as auth, _blocking(fake) as blocking:
            await auth.ready()
            blocking.ready()
            for number in range(1, 20):
                for peer in fake.peers:
                    peer.close()
                # Without a turn of the loop in between: the reader has not noticed yet.
                time.sleep(0.002)
                assert (await auth.register(f"{number}@example.org", PASSWORD)).email
                assert blocking.register(f"{number}@example.com", PASSWORD).email
        assert fake.methods().count("user.register") == 38


class _blocking:
    def __init__(self, fake):
        self.client = Client(fake.path)

    async def __aenter__(self):
        return self.client

    async def __aexit__(self, *_):
        self.client.close()


SCRIPTS = {
    "async": """
        import asyncio
        from mvpauth import AsyncClient
        async def main():
            async with AsyncClient(PATH) as auth:
                print((await auth.verify("abc")).jti)
        asyncio.run(main())
    """,
    "async, not closed": """
        import asyncio
        from mvpauth import AsyncClient
        auth = AsyncClient(PATH)
        async def main():
            print((await auth.verify("abc")).jti)
        asyncio.run(main())
    """,
    "blocking": """
        from mvpauth import Client
        with Client(PATH) as auth:
            print(auth.verify("abc").jti)
    """,
    "blocking, not closed": """
        from mvpauth import Client
        auth = Client(PATH)
        print(auth.verify("abc").jti)
    """,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_trap_13_a_program_with_one_call_ends_by_itself(name):
    with Fake() as fake:
        script = textwrap.dedent(SCRIPTS[name]).replace("PATH", repr(fake.path))
        program = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
        )
        assert (program.returncode, program.stdout, program.stderr) == (0, "abc\n", "")


def test_trap_13_a_call_that_waits_keeps_the_program():
    script = """
        import asyncio
        from mvpauth import AsyncClient
        async def main():
            async with AsyncClient(PATH) as auth:
                print((await auth.verify("abc", timeout=30)).jti)
        asyncio.run(main())
    """

    def late(peer):
        call = peer.read()
        time.sleep(0.3)
        from fake import answer

        peer.reply(call, answer(call))
        peer.read()

    with Fake(late) as fake:
        script = textwrap.dedent(script).replace("PATH", repr(fake.path))
        program = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
        )
        assert (program.stdout, program.stderr) == ("abc\n", "")


def test_a_program_that_is_interrupted_ends_without_noise():
    script = """
        import asyncio, signal
        from mvpauth import AsyncClient
        # Whoever runs the tests in the background of a shell ignores SIGINT, and hands that down.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        async def main():
            async with AsyncClient(PATH) as auth:
                print("up", flush=True)
                await asyncio.gather(*(auth.verify(str(n), timeout=60) for n in range(3)))
        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("interrupted")
    """
    with Fake(silent) as fake:
        script = textwrap.dedent(script).replace("PATH", repr(fake.path))
        program = subprocess.Popen(
            [sys.executable, "-X", "dev", "-c", script],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while len(fake.methods()) < 3:
            time.sleep(0.005)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=30)
        assert (out, err) == ("up\ninterrupted\n", "")


def test_many_threads_share_a_client(daemon):
    with Client(daemon.path) as auth:
        users = []
        for _ in range(4):
            email = f"{threading.get_ident()}-{time.monotonic_ns()}@example.org"
            auth.register(email, PASSWORD)
            users.append((email, auth.login(email, PASSWORD).access_token))
        problems = []

        def work(user):
            try:
                for _ in range(100):
                    assert auth.current_user(user[1]).email == user[0]
            except BaseException as error:
                problems.append(error)

        threads = [threading.Thread(target=work, args=(users[n % 4],)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        assert len(auth.connections) <= 8
