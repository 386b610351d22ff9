"""A long-lived program that keeps its pair in a file and its access token current."""

import asyncio
import json
import os
import tempfile
from pathlib import Path

from mvpauth import AsyncClient, TokenSource
from mvpauth.models import TokenPair

STORE = Path(tempfile.mkdtemp()) / "pair.json"


def save(pair: TokenPair) -> None:
    """Whole or not at all, and for the owner only: a pair that is lost is a session that is."""
    new = STORE.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        json.dump({name: getattr(pair, name) for name in TokenPair.__slots__}, file)
    new.replace(STORE)


async def main() -> None:
    async with AsyncClient() as auth:
        await auth.register("mary@example.org", "a long and quiet phrase")
        first = await auth.login("mary@example.org", "a long and quiet phrase")
        save(first)
        source = TokenSource(auth, first, on_update=save, on_lost=print)
        # However many tasks ask, there is one refresh, and its pair is saved before they go on.
        await source.refresh(force=True)
        tokens = await asyncio.gather(*(source.access_token() for _ in range(10)))
        print(len(set(tokens)), "token, refreshed:", tokens[0] != first.access_token)
        # After a restart: how old the stored pair is, is not known.
        stored = TokenPair.from_wire(json.loads(STORE.read_text()))
        again = TokenSource(auth, stored, on_update=save, age=float("inf"))
        print((await auth.current_user(await again.access_token())).email)


asyncio.run(main())
