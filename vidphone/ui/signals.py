"""Ctrl-C and the system's wish to end the program, heard by Qt's loop."""

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal


class EndSignals(QObject):
    """Emits `end_asked` for SIGINT and SIGTERM.

    Qt's loop runs no Python code while nothing happens, so Python's own handlers would wait for the next event.
    The interpreter therefore writes a byte into a socket that Qt watches.
    """

    end_asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._heard)
        self._before = {number: signal.signal(number, _noted) for number in (signal.SIGINT, signal.SIGTERM)}
        self._wakeup_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def release(self) -> None:
        """Give the signals back to whoever had them."""
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _heard(self) -> None:
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return
        self.end_asked.emit()


def _noted(_number: int, _frame: object) -> None:
    """Python wants a handler; what counts is the byte in the socket."""
