"""What the tests sign in with."""

PASSWORD = "correct horse battery"
