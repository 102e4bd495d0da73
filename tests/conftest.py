"""Holds for all tests: no test asserts a speed, and what the set-up could not install is left out and said so."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.thorough import all_or

settings.register_profile("vidphone", deadline=None, max_examples=all_or(30, 200))  # a busy machine is no fault
settings.load_profile("vidphone")

LEFT_OUT = Path(__file__).resolve().parent.parent / ".venv" / "left-out"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests by what is missing; a machine whose set-up left nothing out skips none."""
    if not LEFT_OUT.exists():
        return
    missing = LEFT_OUT.read_text(encoding="utf-8")
    for item in items:
        if "cmd:pulseaudio" in missing and item.get_closest_marker("sound"):
            item.add_marker(pytest.mark.skip(reason="this system has another sound server than PulseAudio"))
        if "cmd:chromium" in missing and "[chromium" in item.nodeid:
            item.add_marker(pytest.mark.skip(reason="this system has no Chromium of its own"))
