"""A desktop softphone for video calls, and the provider's service behind it."""

__version__ = "0.1.0"
