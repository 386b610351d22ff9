"""Says what to use instead of `InMemoryUserRepository`."""

raise ImportError(
    "InMemoryUserRepository is not offered: accounts live in a daemon. Use"
    " mvpauth.storage.memory.InMemoryStorage, whose daemon ends with this process."
)
