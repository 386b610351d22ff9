enum PlaceholderMemoryStore {}
