"""No password and no token where they could be seen (trap 17)."""

import asyncio
import logging
import pickle
import traceback

import pytest

from fake import Fake, pair, silent
from mvpauth import AsyncClient, Client, TokenSource, errors
from mvpauth._generated import TokenPair

CANARY = "canary-in-the-coal-mine"


def said_by(error):
    """All that a log, a report or a queue would show of an exception."""
    return "".join(
        [
            repr(error),
            str(error),
            repr(error.__dict__),
            str(pickle.dumps(error)),
            *traceback.format_exception(type(error), error, error.__traceback__),
        ]
    )


def refuse(peer):
    while (call := peer.read()) is not None:
        peer.fail(call, "INVALID_CREDENTIALS", 40101)


def garbage(peer):
    call = peer.read()
    peer.send(b'{"jsonrpc":"2.0","id":"' + CANARY.encode() + b'","result":\n' + str(call).encode())
    peer.read()


@pytest.mark.parametrize("script", [refuse, garbage, silent], ids=lambda script: script.__name__)
async def test_trap_17_no_error_shows_what_was_sent(script, caplog):
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    with Fake(script) as fake:
        async with AsyncClient(fake.path, timeout=0.2) as auth:
            with pytest.raises(errors.MvpAuthError) as caught:
                await auth.login("ada@example.org", CANARY)
            assert CANARY not in said_by(caught.value)
            assert CANARY not in repr(auth) + repr(auth.connections) + repr(vars(auth))
        with Client(fake.path, timeout=0.2) as blocking:
            with pytest.raises(errors.MvpAuthError) as caught:
                blocking.login("ada@example.org", CANARY)
            assert CANARY not in said_by(caught.value)
            assert CANARY not in repr(blocking) + repr(blocking.connections)
    assert CANARY not in caplog.text


@pytest.mark.parametrize("bad", [CANARY + "\0", "\ud800" + CANARY, CANARY * 4000])
def test_no_refusal_shows_what_was_refused(bad):
    with Fake() as fake, Client(fake.path) as auth:
        auth.ready()
        with pytest.raises(errors.ValidationError) as caught:
            auth.login("ada@example.org", bad)
        assert CANARY not in said_by(caught.value)
        assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_what_cannot_be_encoded_is_named_by_its_type():
    class Odd:
        def __repr__(self):
            return CANARY

    with Client("/nowhere") as auth, pytest.raises(TypeError) as caught:
        auth.call("auth.login", {"password": Odd()})
    assert CANARY not in str(caught.value)


async def test_trap_17_models_and_sources_show_no_token():
    model = TokenPair.from_wire(pair(CANARY))
    async with AsyncClient("/nowhere") as auth:
        source = TokenSource(auth, model)
        assert CANARY not in repr(model) + str(model) + f"{model!r}" + repr(source) + str(source)


async def test_trap_17_debug_logs_name_the_call_and_nothing_of_it(caplog):
    caplog.set_level(logging.DEBUG, logger="mvpauth")
    with Fake() as fake:
        async with AsyncClient(fake.path) as auth:
            await auth.verify(CANARY)
        with Client(fake.path) as blocking:
            blocking.verify(CANARY)
    with Fake(refuse) as fake, Client(fake.path) as blocking:
        with pytest.raises(errors.InvalidCredentialsError):
            blocking.login("ada@example.org", CANARY)
    lines = [record.getMessage() for record in caplog.records if record.name == "mvpauth"]
    assert len(lines) == 3
    assert all(line.startswith("token.verify ") for line in lines[:2])
    assert all(line.endswith(" ok") for line in lines[:2])
    assert lines[2].endswith(" INVALID_CREDENTIALS")
    assert CANARY not in caplog.text
