"""Bounds of reports that shells know, too."""

MAX_WORDS = 4_000
"""Characters that a person may write."""
