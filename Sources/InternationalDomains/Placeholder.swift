enum PlaceholderInternationalDomains {}
