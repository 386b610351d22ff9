"""Exceptions, models, and pure functions on tokens and passwords, by the library's names."""
