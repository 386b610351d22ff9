"""Other ways to run: gevent, trio, uvloop (trap 24); a trace around a call; a cold import."""

import subprocess
import sys
import textwrap

import pytest

from fake import Fake
from mvpauth import AsyncClient, Client


def run(script, path="/nowhere"):
    program = subprocess.run(
        [sys.executable, "-W", "ignore::RuntimeWarning", "-c", textwrap.dedent(script), path],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert program.returncode == 0, program.stderr
    return program.stdout


def test_trap_24_gevent_waits_for_many_calls_at_once():
    """Sixteen calls of 0.2 s take far less than one after another."""
    pytest.importorskip("gevent")

    def late(peer):
        import time

        from fake import answer

        while (call := peer.read()) is not None:
            time.sleep(0.2)
            peer.reply(call, answer(call))

    script = """
        import gevent.monkey
        gevent.monkey.patch_all()
        import gevent, sys
        from mvpauth import Client
        most = now = 0
        with Client(sys.argv[1], timeout=40) as auth:
            def call(number):
                global most, now
                now += 1
                most = max(most, now)
                assert auth.current_user(f"t{number}").email == f"t{number}@example.org"
                now -= 1
            gevent.joinall([gevent.spawn(call, n) for n in range(16)], raise_error=True)
            with gevent.Timeout(0.05, False):
                auth.current_user("gone")
            assert auth.current_user("next").email == "next@example.org"
        print(most)
    """
    with Fake(late) as fake:
        assert run(script, fake.path) == "16\n"
        assert len(fake.peers) > 10


def test_trap_24_trio_is_told_what_to_use():
    pytest.importorskip("trio")
    script = """
        import sys, trio
        from mvpauth import AsyncClient, Client
        async def main():
            try:
                await AsyncClient(sys.argv[1]).current_user("x")
            except RuntimeError as error:
                assert "trio is not supported" in str(error)
                assert "mvpauth.Client" in str(error)
            with Client(sys.argv[1]) as auth:
                user = await trio.to_thread.run_sync(auth.current_user, "x")
                print(user.email)
        trio.run(main)
    """
    with Fake() as fake:
        assert run(script, fake.path) == "x@example.org\n"


def test_trap_24_uvloop():
    pytest.importorskip("uvloop")
    script = """
        import asyncio, sys, uvloop
        from mvpauth import AsyncClient
        auth = AsyncClient(sys.argv[1])
        async def main():
            users = await asyncio.gather(*(auth.current_user(f"t{n}") for n in range(100)))
            assert [user.email for user in users] == [f"t{n}@example.org" for n in range(100)]
        for _ in range(3):
            loop = uvloop.new_event_loop()
            loop.run_until_complete(main())
            loop.close()
        asyncio.run(auth.aclose())
        print("done")
    """
    with Fake() as fake:
        assert run(script, fake.path) == "done\n"
        assert len(fake.peers) == 3


def test_anyio_on_asyncio():
    anyio = pytest.importorskip("anyio")

    async def main(path):
        async with AsyncClient(path) as auth:
            emails = []

            async def call(number):
                emails.append((await auth.current_user(f"t{number}")).email)

            async with anyio.create_task_group() as group:
                for number in range(10):
                    group.start_soon(call, number)
            with anyio.move_on_after(0):
                await auth.current_user("gone")
            assert (await auth.current_user("next")).email == "next@example.org"
            assert len(emails) == 10

    with Fake() as fake:
        anyio.run(main, fake.path)


def test_the_span_around_a_call_is_told():
    pytest.importorskip("opentelemetry.sdk")
    script = """
        import sys
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider
        from mvpauth import Client
        trace.set_tracer_provider(TracerProvider())
        with Client(sys.argv[1]) as auth:
            auth.ready()
            with trace.get_tracer("shop").start_as_current_span("request") as span:
                auth.ready()
                print(format(span.get_span_context().trace_id, "032x"))
    """
    with Fake() as fake:
        trace_id = run(script, fake.path).strip()
        first, second = [c["meta"] for c in fake.calls if c["method"] == "system.health"]
        assert first["traceparent"].split("-")[1] != trace_id
        assert second["traceparent"].split("-")[1] == trace_id


def test_a_call_is_a_span_that_holds_nothing_of_it():
    pytest.importorskip("opentelemetry.sdk")
    script = """
        import asyncio, json, sys
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
        from mvpauth import AsyncClient, Client, MvpAuthError
        spans = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(spans))
        trace.set_tracer_provider(provider)
        async def main():
            async with AsyncClient(sys.argv[1]) as auth:
                await auth.verify("canary")
        asyncio.run(main())
        with Client(sys.argv[1]) as auth:
            try:
                auth.login("canary@example.org", "canary")
            except MvpAuthError:
                pass
        for span in spans.get_finished_spans():
            print(span.name, span.kind.name, json.dumps(dict(span.attributes)), span.status.status_code.name)
            assert "canary" not in span.to_json()
    """

    def script_of_the_daemon(peer):
        from fake import answer

        while (call := peer.read()) is not None:
            if call["method"] == "auth.login":
                peer.fail(call, "INVALID_CREDENTIALS", 40101)
            else:
                peer.reply(call, answer(call))

    with Fake(script_of_the_daemon) as fake:
        lines = run(script, fake.path).splitlines()
        assert lines[0] == (
            'token.verify CLIENT {"rpc.system": "jsonrpc", "rpc.method": "token.verify"} UNSET'
        )
        assert lines[1] == (
            'auth.login CLIENT {"rpc.system": "jsonrpc", "rpc.method": "auth.login",'
            ' "rpc.jsonrpc.error_code": 40101, "error.type": "INVALID_CREDENTIALS"} ERROR'
        )
        assert all("traceparent" in c["meta"] for c in fake.calls if c["method"] != "system.hello")


def test_the_package_loads_nothing_before_it_is_used():
    script = """
        import sys
        import mvpauth
        assert not {"asyncio", "socket", "json"} & {name for name in sys.modules}, "eager"
        mvpauth.Client
        print(sorted({"asyncio", "pydantic", "fastapi", "logging"} & set(sys.modules)))
    """
    assert run(script) == "[]\n"


def test_the_names_of_the_package():
    import mvpauth

    for name in mvpauth.__all__:
        assert name in dir(mvpauth)
    assert mvpauth.Client is Client
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = mvpauth.nothing
