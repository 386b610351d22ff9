"""The version of the distribution, of which hatchling takes it from here."""

__version__ = "1.0.0"
