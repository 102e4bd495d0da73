"""How much of what takes long is tried: all of it with VIDPHONE_TESTS=thorough (`make thorough`), else a sample."""

import os

THOROUGH = os.environ.get("VIDPHONE_TESTS") == "thorough"


def all_or(sample: int, whole: int) -> int:
    """A number of things to try."""
    return whole if THOROUGH else sample
