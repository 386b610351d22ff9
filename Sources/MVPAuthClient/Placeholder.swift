enum PlaceholderMVPAuthClient {}
