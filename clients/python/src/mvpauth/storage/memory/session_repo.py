"""Says what to use instead of `InMemorySessionRepository`."""

raise ImportError(
    "InMemorySessionRepository is not offered: accounts live in a daemon. Use"
    " mvpauth.storage.memory.InMemoryStorage, whose daemon ends with this process."
)
