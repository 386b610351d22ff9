"""Event loops that come and go (trap 4), and what must not be left behind (trap 14)."""

import asyncio
import gc
import os
import socket
import threading
import time
import warnings
import weakref

import pytest

from fake import Fake, silent
from mvpauth import AsyncClient, Client
from mvpauth.errors import DeadlineExceededError


def descriptors():
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


async def ping(auth, timeout=10):
    assert await auth.call("system.ping", timeout=timeout) == {"pong": True}


@pytest.fixture(scope="module")
def fake():
    with Fake() as fake:
        yield fake


def test_trap_4_one_client_over_three_runs(fake):
    auth = AsyncClient(fake.path)
    for _ in range(3):
        asyncio.run(ping(auth))
    asyncio.run(auth.aclose())


def test_trap_4_two_hundred_loops_leave_no_descriptors(fake):
    auth = AsyncClient(fake.path)
    asyncio.run(ping(auth))
    before = descriptors()
    for _ in range(200):
        asyncio.run(ping(auth))
    assert descriptors() <= before
    assert len(auth._links) == 1
    asyncio.run(auth.aclose())
    assert descriptors() < before


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_loop_that_is_dropped_without_being_closed_can_be_collected(fake):
    auth = AsyncClient(fake.path)
    loop = asyncio.SelectorEventLoop()
    loop.run_until_complete(ping(auth))
    gone = weakref.ref(loop)
    del loop
    gc.collect()
    assert gone() is None
    asyncio.run(ping(auth))
    assert len(auth._links) == 1
    asyncio.run(auth.aclose())


def test_trap_4_a_loop_that_ends_during_a_call_does_not_trouble_the_next():
    """As a web framework's test client does that runs each request on a loop of its own."""
    with Fake(silent) as mute:
        auth = AsyncClient(mute.path)
        for _ in range(3):
            loop = asyncio.new_event_loop()
            task = loop.create_task(ping(auth))
            with pytest.raises(asyncio.TimeoutError):
                loop.run_until_complete(asyncio.wait_for(asyncio.shield(task), 0.05))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                loop.run_until_complete(task)
            loop.close()
        with pytest.raises(DeadlineExceededError):
            asyncio.run(ping(auth, timeout=0.05))
        asyncio.run(auth.aclose())


def test_each_of_many_running_loops_has_a_connection(fake):
    auth = AsyncClient(fake.path)
    together = threading.Barrier(4)
    problems = []

    async def work():
        await ping(auth)
        await asyncio.to_thread(together.wait, 10)
        assert len(auth.connections) == 4
        await asyncio.to_thread(together.wait, 10)
        await ping(auth)

    def run():
        try:
            asyncio.run(work())
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    asyncio.run(ping(auth))
    assert len(auth.connections) == 1
    asyncio.run(auth.aclose())


def test_closing_reaches_the_connections_of_other_loops(fake):
    auth = AsyncClient(fake.path)
    started, proceed = threading.Event(), threading.Event()
    left = []

    async def elsewhere():
        await ping(auth)
        connection = auth._links[0].connections[0]
        started.set()
        await asyncio.to_thread(proceed.wait, 10)
        while not connection.is_closed:
            await asyncio.sleep(0.001)
        left.append(connection.is_closed)

    thread = threading.Thread(target=asyncio.run, args=(elsewhere(),))
    thread.start()
    started.wait(10)
    asyncio.run(auth.aclose())
    proceed.set()
    thread.join()
    assert left == [True]


def test_trap_14_a_thousand_clients_leave_nothing(fake):
    async def once():
        async with AsyncClient(fake.path) as auth:
            await ping(auth)

    async def many():
        await once()
        before = descriptors()
        for _ in range(1000):
            await once()
        closed_again(before)
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

    asyncio.run(many())
    with Client(fake.path) as auth:
        auth.ready()
        before, threads = descriptors(), threading.active_count()
        for _ in range(1000):
            with Client(fake.path) as other:
                other.ready()
        closed_again(before)
        assert threading.active_count() <= threads + 8
    fake.peers.clear()


def closed_again(before):
    """The fake's end of a connection, in this process too, closes a moment after ours."""
    deadline = time.monotonic() + 60
    while descriptors() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert descriptors() <= before


def test_a_client_that_is_forgotten_says_so_and_closes_its_socket(fake):
    async def forget():
        auth = AsyncClient(fake.path)
        await ping(auth)
        number = auth._links[0].connections[0]._socket.fileno()
        return number

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        number = asyncio.run(forget())
        gc.collect()
    assert [str(w.message) for w in caught if w.category is ResourceWarning] == [
        "unclosed AsyncClient"
    ]
    with pytest.raises(OSError):
        os.fstat(number)
    auth = Client(fake.path)
    auth.ready()
    with pytest.warns(ResourceWarning, match="unclosed Client"):
        del auth
        gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed AsyncClient:ResourceWarning")
async def test_a_client_that_is_forgotten_leaves_no_trace_in_a_loop_that_goes_on(fake):
    """A socket closed behind the loop's back would break who gets its number next."""
    auth = AsyncClient(fake.path)
    await ping(auth)
    number = auth._links[0].connections[0]._socket.fileno()
    del auth
    gc.collect()
    await asyncio.sleep(0)
    with pytest.raises(OSError):
        os.fstat(number)
    ours, other = socket.socketpair()
    if number not in (ours.fileno(), other.fileno()):
        os.dup2(ours.fileno(), number)
        ours.close()
        ours = socket.socket(fileno=number)
    with ours, other:
        ours.setblocking(False)
        other.setblocking(False)
        loop = asyncio.get_running_loop()
        for receiver, sender in ((ours, other), (other, ours)):
            sender.send(b"x")
            assert await loop.sock_recv(receiver, 1) == b"x"
            readable = asyncio.Event()
            loop.add_reader(receiver.fileno(), readable.set)
            sender.send(b"x")
            await asyncio.wait_for(readable.wait(), 10)
            loop.remove_reader(receiver.fileno())


def test_without_a_loop_the_error_says_what_to_do(fake):
    auth = AsyncClient(fake.path)
    call = ping(auth)
    with pytest.raises(RuntimeError, match="asyncio"):
        call.send(None)


async def test_function_scoped_loops_first(fake, shared_client):
    await ping(shared_client)


async def test_function_scoped_loops_second(fake, shared_client):
    await ping(shared_client)


@pytest.fixture(scope="module")
def shared_client(fake):
    auth = AsyncClient(fake.path)
    yield auth
    asyncio.run(auth.aclose())
