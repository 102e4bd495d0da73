"""Ctrl-C in a terminal."""

import os
import signal

from pytestqt.qtbot import QtBot

from vidphone.ui.signals import EndSignals


def test_a_signal_reaches_an_idle_window_and_is_given_back_afterwards(qtbot: QtBot) -> None:
    before = signal.getsignal(signal.SIGTERM)
    ends = EndSignals()
    try:
        with qtbot.waitSignal(ends.end_asked, timeout=2000):
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        ends.release()
    assert signal.getsignal(signal.SIGTERM) is before
