"""Says what to use instead of `InMemoryTokenBlocklistRepository`."""

raise ImportError(
    "InMemoryTokenBlocklistRepository is not offered: accounts live in a daemon. Use"
    " mvpauth.storage.memory.InMemoryStorage, whose daemon ends with this process."
)
