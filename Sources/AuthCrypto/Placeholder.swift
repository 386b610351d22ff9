enum PlaceholderAuthCrypto {}
