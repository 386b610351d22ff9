"""The protocol without a socket: framing, encoding, and what is made again (trap 11)."""

import json
import math
import os
import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvpauth import _wire, errors
from mvpauth._wire import BadLine, Framer, Limits, Notification, Reply, Request

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_trap_11_any_text_arrives_as_it_is_or_is_refused_before_it_is_sent(text):
    acceptable = "\0" not in text and not any(0xD800 <= ord(mark) <= 0xDFFF for mark in text)
    try:
        encoded = _wire.encode({"email": text})
    except errors.ValidationError as error:
        assert not acceptable
        assert error.executed is False
        assert error.status == 422
        assert [field.path for field in error.fields] == ["email"]
    else:
        assert acceptable
        assert b"\n" not in encoded
        assert json.loads(encoded.decode()) == {"email": text}


@pytest.mark.parametrize(
    "text", ["\\u0000", "a\\\\u0000", "\U0001f600", "\u2028\u2029", "<&>", "e\u0301", "\x7f", "ﷺ"]
)
def test_unusual_text_survives(text):
    assert json.loads(_wire.encode([text]).decode()) == [text]


def test_what_is_refused_is_named_where_it_lies():
    with pytest.raises(errors.ValidationError) as caught:
        _wire.encode({"a": ["fine", {"b": "hidden\0"}], "c": "\ud800"})
    assert [field.path for field in caught.value.fields] == ["a[1].b", "c"]
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_cannot_say_is_refused(number):
    with pytest.raises(errors.ValidationError):
        _wire.encode({"n": number})


def test_identifiers_and_secret_strings_are_encoded():
    class SecretStr:
        def get_secret_value(self):
            return "correct horse"

    name = uuid.UUID("5F0C9D1E-3B7A-4C52-9E1D-8A4B6C2D7F10")
    encoded = _wire.encode({"user_id": name, "password": SecretStr()})
    assert json.loads(encoded) == {
        "user_id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10",
        "password": "correct horse",
    }
    with pytest.raises(TypeError, match="cannot hold a object"):
        _wire.encode({"x": object()})


@given(
    st.lists(st.integers(0, 400)),
    st.lists(st.sampled_from(["", " ", "\r", "é€😀", "{}", "x" * 90])),
)
def test_lines_are_the_same_whatever_the_pieces(cuts, texts):
    stream = "".join(text + "\n" for text in texts).encode()
    framer = Framer(1000)
    places = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    lines = []
    for start, end in pairwise(places):
        lines += framer.feed(stream[start:end])
    assert lines == [text.encode() for text in texts if text.strip()]


def test_a_line_over_the_limit_is_bad_before_it_ends():
    framer = Framer(10)
    assert framer.feed(b"0123456789\n") == [b"0123456789"]
    assert framer.feed(b"01234") == []
    with pytest.raises(BadLine):
        framer.feed(b"567890")


def test_a_long_line_costs_linear_time():
    framer = Framer(64 * 1024 * 1024)
    for _ in range(16 * 1024):
        assert framer.feed(b"x" * 1024) == []
    assert len(framer.feed(b"\n")[0]) == 16 * 1024 * 1024


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"7",
        b'"text"',
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"{}",
        b'{"jsonrpc":"2.0"}',
        b'{"jsonrpc":"2.0","id":"1"}',
        b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700}}',
        b'{"jsonrpc":"2.0","id":"1","error":null}',
        b'{"jsonrpc":"2.0","id":"1","method":"system.ping"}',
        b'{"jsonrpc":"2.0","method":7}',
        b"[" * 100_000,
        b'{"id":"1","result":' + b"9" * 5000 + b"}",
    ],
    ids=range(15),
)
def test_a_line_that_is_no_answer_is_bad(line):
    with pytest.raises(BadLine):
        _wire.parse(line)


def test_answers_and_notifications_are_told_apart():
    assert _wire.parse(b'{"id":"a-1","result":null}\r') == Reply("a-1", None, None)
    assert _wire.parse(b'{"id":"a-1","error":{"code":1}}') == Reply("a-1", None, {"code": 1})
    assert _wire.parse(b'{"id":7,"result":1}') == Reply("", 1, None)
    assert _wire.parse(b'{"method":"system.draining"}') == Notification("system.draining", None)


def test_the_line_says_what_time_is_left():
    call = json.loads(Request("token.verify", {"access_token": "x"}, timeout=2).line("p-1"))
    assert call.pop("meta").keys() == {"timeout_ms"}
    assert call == {
        "jsonrpc": "2.0",
        "id": "p-1",
        "method": "token.verify",
        "params": {"access_token": "x"},
    }


@pytest.mark.parametrize(
    ("method", "timeout", "least", "most"),
    [
        ("token.verify", None, 4000, 5000),
        ("session.list", None, 4000, 5000),
        ("auth.login", None, 14_000, 15_000),
        ("user.register", None, 14_000, 15_000),
        ("some.future_method", None, 4000, 5000),
        ("auth.login", 0.5, 1, 500),
        ("auth.login", 1e12, 2**31 - 1, 2**31 - 1),
    ],
)
def test_the_default_time_follows_the_cost(method, timeout, least, most):
    call = json.loads(Request(method, {}, timeout=timeout).line("p-1"))
    assert least <= call["meta"]["timeout_ms"] <= most


def test_no_limit_must_be_asked_for_and_is_not_sent():
    assert json.loads(Request("system.ping", timeout=math.inf).line("p-1"))["meta"] == {}
    keyed = Request("auth.logout", {}, timeout=math.inf, idempotency_key="12345678")
    assert json.loads(keyed.line("p-1"))["meta"] == {"idempotency_key": "12345678"}


@pytest.mark.parametrize("timeout", ["5", True, 1j, [1]])
def test_a_timeout_that_is_no_number_is_refused(timeout):
    with pytest.raises(TypeError, match="seconds"):
        Request("system.ping", timeout=timeout)


def test_a_timeout_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="seconds"):
        Request("system.ping", timeout=math.nan)


@pytest.mark.parametrize(
    "key", ["", "1234567", "x" * 129, "with space", "ümlaut-ümlaut", "a\nb" * 5]
)
def test_an_idempotency_key_that_the_daemon_refuses_is_not_sent(key):
    with pytest.raises(errors.ValidationError, match="printable ASCII"):
        Request("auth.logout", {}, idempotency_key=key)


def test_each_refresh_has_a_key_of_its_own_and_keeps_it():
    first, second = (Request("auth.refresh", {"refresh_token": "same"}) for _ in range(2))
    keys = [json.loads(r.line(i))["meta"]["idempotency_key"] for r in (first, second) for i in "ab"]
    assert keys[0] == keys[1] != keys[2] == keys[3]
    assert len(bytes.fromhex(keys[0])) == 16
    assert "same" not in keys[0]


def test_no_two_ids_are_alike_nor_those_of_another_process():
    ids = {_wire.next_id() for _ in range(1000)}
    assert len(ids) == 1000
    process = {name.split("-")[0] for name in ids}
    assert len(process) == 1
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writer, _wire.next_id().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 100).decode().split("-")[0] not in process


def test_a_line_longer_than_the_daemon_reads_is_refused_here():
    limits = Limits(line_bytes=1000)
    for size in range(600, 1100):
        request = Request("auth.login", {"email": "x" * size})
        is_long = len(request.line(_wire.next_id())) - 1 > 1000
        try:
            request.check_size(limits)
        except errors.ValidationError as error:
            assert is_long
            assert error.code == "MESSAGE_TOO_LARGE"
        else:
            assert not is_long


def test_limits_are_read_from_the_hello_and_nonsense_is_not():
    assert Limits.from_hello({"limits": {"calls_in_flight": 10}}).hashing_calls == 5
    assert Limits.from_hello({"limits": {"calls_in_flight": 1}}).hashing_calls == 1
    for hello in (None, [], {}, {"limits": 7}, {"limits": {"line_bytes": "x", "reply_bytes": -1}}):
        assert Limits.from_hello(hello) == Limits()


@pytest.mark.parametrize(
    ("error", "repeatable", "again"),
    [
        (errors.not_sent(), False, True),
        (errors.connection_lost(), False, False),
        (errors.connection_lost(), True, True),
        (errors.ServiceUnavailableError(code="SHUTTING_DOWN", executed=False), False, True),
        (errors.ServiceUnavailableError(code="SHUTTING_DOWN", executed=True), False, False),
        (errors.ServiceUnavailableError(code="STORAGE_UNAVAILABLE", executed=True), True, True),
        (errors.DeadlineExceededError(executed=False), True, False),
        (errors.InvalidCredentialsError(), True, False),
        (errors.RateLimitedError(), False, True),
    ],
)
def test_a_call_is_made_again_only_if_that_cannot_do_it_twice(error, repeatable, again):
    assert (_wire.retry_delay(error, 1, repeatable=repeatable) is not None) is again
    assert _wire.retry_delay(error, _wire.ATTEMPTS, repeatable=repeatable) is None


def test_what_the_daemon_asks_to_wait_is_waited_with_jitter_on_top():
    error = errors.RateLimitedError(retry_after=2.0)
    delays = {_wire.retry_delay(error, 1, repeatable=False) for _ in range(50)}
    assert len(delays) > 1
    assert all(2.0 <= delay <= 2.5 for delay in delays)
