"""Integrations with web frameworks; each is imported by its own name."""
