"""One program at a time: a second start raises the first one's window and hands its link over."""

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CONNECT_MS = 300
MAX_HANDOVER_BYTES = 2048
MAX_WAITING = 16
"""Programs that have connected and not spoken yet."""


def socket_name(profile: Path) -> str:
    """The name that all starts with one profile by one user share."""
    who = f"{os.environ.get('USER') or os.environ.get('USERNAME') or ''}:{profile.resolve()}"
    return f"vidphone-{hashlib.sha256(who.encode()).hexdigest()[:16]}"


class SingleInstance(QObject):
    """Claims a name; `raised` is emitted in the first program when a second one was started."""

    raised = Signal(str)
    """With the second one's link, or nothing."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._server: QLocalServer | None = None
        self._sockets: list[QLocalSocket] = []

    def claim(self, link: str = "") -> bool:
        """Become the first program. False: there is one already; it was raised and given the link.

        A socket that a crashed program left behind answers nobody: it is removed and taken over.

        Raises:
            OSError: the system lets nobody listen under that name.
        """
        if self._hand_over(link):
            return False
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(self._name):
            QLocalServer.removeServer(self._name)
            if not server.listen(self._name):
                raise OSError(server.errorString())
        server.newConnection.connect(self._greet)
        self._server = server
        return True

    def release(self) -> None:
        """Let another program be the first."""
        if self._server:
            self._sockets.clear()
            self._server.close()
            self._server = None

    def _hand_over(self, link: str) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(CONNECT_MS):
            return False
        socket.write(link.encode()[: MAX_HANDOVER_BYTES - 1] + b"\n")
        socket.waitForBytesWritten(CONNECT_MS)
        socket.disconnectFromServer()
        return True

    def _greet(self) -> None:
        while self._server and (socket := self._server.nextPendingConnection()):
            if len(self._sockets) >= MAX_WAITING:
                socket.abort()
                continue
            self._sockets.append(socket)
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._read)
        self._read()

    def _read(self) -> None:
        """Take the links that have come, and let go of who has spoken or left."""
        done = [socket for socket in self._sockets if socket.canReadLine() or not _may_speak(socket)]
        self._sockets = [socket for socket in self._sockets if socket not in done]
        for socket in done:
            if socket.canReadLine():
                line = bytes(socket.readLine(MAX_HANDOVER_BYTES).data()).decode(errors="replace")
                self.raised.emit(line.strip())
            socket.abort()


def _may_speak(socket: QLocalSocket) -> bool:
    connected = socket.state() is QLocalSocket.LocalSocketState.ConnectedState
    return connected and socket.bytesAvailable() <= MAX_HANDOVER_BYTES
