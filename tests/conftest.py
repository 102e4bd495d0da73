"""Holds for all tests: no test asserts a speed, and what the set-up could not install is left out and said so."""

import os
import zlib
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.thorough import THOROUGH, all_or

if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":  # its own screen of 800x800 is nobody's
    screen = Path(__file__).parent / "support" / "screen.json"
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"

settings.register_profile("vidphone", deadline=None, max_examples=all_or(30, 200))  # a busy machine is no fault
settings.load_profile("vidphone")

ONLY_THOROUGH = (
    "integration/test_both_sides_window.py::test_a_call",
    "integration/test_both_sides_window.py::test_a_changed_number",
    "integration/test_both_sides_window.py::test_a_claim",
    "integration/test_both_sides_window.py::test_a_copy",
    "integration/test_both_sides_window.py::test_a_new_agreement",
    "integration/test_both_sides_window.py::test_a_suspended_customer",
    "integration/test_charges_after_kills.py::test_a_call_over_real_sockets",
    "integration/test_desktop_on_trial.py::test_a_new_build_whose_phone_cannot_start",
    "integration/test_desktop_process.py::test_a_signal_ends_the_program_in_order[2]",
    "integration/test_headless_calls.py::test_a_service_killed_in_a_call",
    "integration/test_headless_calls.py::test_both_sides_record",
    "integration/test_ledger_processes.py::test_processes_with_thousands",
    "integration/test_metered_calls.py",
    "integration/test_phone_camera.py",
    "integration/test_phone_leaving.py",
    "integration/test_phone_network.py::test_a_wire_that_stays_cut",
    "integration/test_phone_network.py::test_an_unused_interface",
    "integration/test_phone_network.py::test_another_address_in_the_call_is_taken_within_the_same_call[0-8]",
    "integration/test_phone_several.py::test_a_second_call_is_answered",
    "integration/test_phone_several.py::test_two_who_dial_each_other",
    "integration/test_phone_sound.py::test_a_call_without_any_device",
    "integration/test_phone_sound.py::test_a_headset_is_used",
    "integration/test_release_chain.py",
    "integration/test_releases.py::test_one_changed_module",
    "integration/test_service_at_rest.py",
    "integration/test_service_killed.py",
    "integration/test_service_restart.py",
    "integration/test_sign_up.py::test_a_phone_that_is_killed",
    "integration/test_sign_up.py::test_a_second_device",
    "integration/test_sign_up.py::test_a_service_that_is_away",
    "integration/test_sign_up_crash.py",
    "ui/test_first_run_service.py::test_from_the_first_start_to_the_first_call[en-False]",
    "unit/media/voice/test_audio_receiver.py::test_clocks_that_run_apart",
    "unit/service/billing/test_killed.py::test_each_statement",
)
"""What `make test` has no time for; `make thorough`, before a release, tries all of it."""
LEFT_OUT = Path(__file__).resolve().parent.parent / ".venv" / "left-out"


def _is_for_thorough_runs(item: pytest.Item) -> bool:
    """What is named, and every second case of a test in the window or of a room that has many; always the same ones."""
    if item.nodeid.startswith(tuple(f"tests/{one}" for one in ONLY_THOROUGH)):
        return True
    sampled = item.nodeid.startswith(("tests/ui/", "tests/unit/")) and "[" in item.nodeid
    return sampled and zlib.crc32(item.nodeid.encode()) % 2 == 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is for thorough runs, unless it is asked for by its file; skip tests by what is missing."""
    named = any(Path(one.partition("::")[0]).suffix == ".py" and len(config.args) == 1 for one in config.args)
    if not (THOROUGH or named):
        left = [item for item in items if _is_for_thorough_runs(item)]
        config.hook.pytest_deselected(items=left)
        gone = set(left)
        items[:] = [item for item in items if item not in gone]
    if not LEFT_OUT.exists():
        return
    missing = LEFT_OUT.read_text(encoding="utf-8")
    for item in items:
        if "cmd:pulseaudio" in missing and item.get_closest_marker("sound"):
            item.add_marker(pytest.mark.skip(reason="this system has another sound server than PulseAudio"))
        if "cmd:chromium" in missing and "[chromium" in item.nodeid:
            item.add_marker(pytest.mark.skip(reason="this system has no Chromium of its own"))
