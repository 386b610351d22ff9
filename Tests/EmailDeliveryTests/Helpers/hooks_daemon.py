"""The part of the daemon that gives out emails, for tests: hello, hooks.subscribe, hooks.ack, hooks.unsubscribe.

usage: hooks_daemon.py SOCKET OPTIONS     a JSON object: roles

Orders are lines of JSON on standard input: {"deliver": {event members}}, {"hang_up": true}, {"drain": true}. What happens
is said as lines of JSON. An email that is not acknowledged before its connection ends is delivered again, with the next
attempt.
"""
import asyncio
import json
import sys
import time

path, options = sys.argv[1], json.loads(sys.argv[2])
roles = options.get("roles", ["client", "hooks"])
waiting, held, subscribers = [], {}, {}


def say(**members):
    print(json.dumps(members), flush=True)


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Peer:
    def __init__(self, writer):
        self.writer, self.roles, self.prefetch, self.subscription, self.events = writer, set(roles), 0, None, None

    def send(self, **members):
        self.writer.write((json.dumps({"jsonrpc": "2.0", **members}) + "\n").encode())

    def answer(self, call, result):
        if "id" in call:
            self.send(id=call["id"], result=result)

    def refuse(self, call, code, name, message):
        data = {"code": name, "retryable": False, "executed": False, "request_id": "r"}
        self.send(id=call["id"], error={"code": code, "message": message, "data": data})

    def perform(self, call):
        method, params = call["method"], call.get("params") or {}
        if method == "system.hello":
            keep = params.get("roles")
            self.roles &= set(keep) if keep is not None else self.roles
            say(event="hello", client=params["client"]["name"], roles=sorted(self.roles), asked=keep)
            self.answer(call, {"protocol": 1, "limits": {"calls_in_flight": 64}})
        elif not method.startswith("hooks."):
            self.refuse(call, -32601, "METHOD_NOT_FOUND", "Method not found.")
        elif "hooks" not in self.roles:
            self.refuse(call, -32005, "PERMISSION_DENIED", "The role hooks is needed.")
        elif method == "hooks.subscribe":
            say(event="subscribe", **params)
            self.prefetch, self.events, self.subscription = params.get("prefetch", 10), params.get("events"), "s1"
            subscribers[self] = True
            self.answer(call, {"subscription": self.subscription})
            deliver()
        elif method == "hooks.unsubscribe":
            say(event="unsubscribe", **params)
            subscribers.pop(self, None)
            self.answer(call, {})
        elif method == "hooks.ack":
            owner, email = held.get(params["delivery_id"], (None, None))
            stale = owner is not self
            say(event="ack", stale=stale, **params)
            if not stale:
                del held[params["delivery_id"]]
            self.answer(call, {"stale": True} if stale else {})
            deliver()


def deliver():
    for peer in list(subscribers):
        room = peer.prefetch - sum(owner is peer for owner, _ in held.values())
        for email in [e for e in waiting if peer.events is None or e["event"] in peer.events][:room]:
            waiting.remove(email)
            email["attempt"] += 1
            held[email["delivery_id"]] = (peer, email)
            peer.send(method="hooks.event", params={"subscription": peer.subscription, **email})


async def serve(reader, writer):
    peer = Peer(writer)
    try:
        while line := await reader.readline():
            peer.perform(json.loads(line))
    except ConnectionError:
        pass
    say(event="gone")
    subscribers.pop(peer, None)
    for name in [name for name, (owner, _) in held.items() if owner is peer]:
        waiting.append(held.pop(name)[1])
    deliver()


async def main():
    server = await asyncio.start_unix_server(serve, path)
    say(event="ready")
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = json.loads(line)
        if "deliver" in order:
            now = time.time()
            standard = {"attempt": 0, "event": "verification_email", "created_at": stamp(now), "expires_at": stamp(now + 3600)}
            waiting.append({**standard, **order["deliver"]})
            deliver()
        elif "hang_up" in order:
            for peer in list(subscribers):
                peer.writer.close()
        elif "drain" in order:
            for peer in list(subscribers):
                peer.send(method="system.draining", params={})


asyncio.run(main())
