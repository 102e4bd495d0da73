"""The desktop's composition root: builds everything, and owns the order of shutting down."""

import sys
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from vidphone.account import settings as settings_file
from vidphone.account.profile import Profile, default_directory
from vidphone.installation.errors import InstallationError
from vidphone.phone.build import phone_maker
from vidphone.phone.commands import Resume, ShellReady
from vidphone.phone.diagnosis.crashes import CrashNotebook
from vidphone.phone.diagnosis.program import ThisProgram
from vidphone.phone.engine import EngineThread
from vidphone.phone.events import Failure
from vidphone.phone.logs import log_into
from vidphone.phone.options import PhoneOptions
from vidphone.texts import system_language
from vidphone.ui.bridge import Bridge
from vidphone.ui.desktop import Desktop
from vidphone.ui.qt_log import log_qt
from vidphone.ui.signals import EndSignals
from vidphone.ui.single import SingleInstance, socket_name
from vidphone.wire.errors import ErrorCode, VidphoneError, explain


class DesktopApp:
    """The program with a window: Qt's thread here, the engine on its own (docs/adr/0002)."""

    def __init__(self, directory: Path | None, options: PhoneOptions, link: str = "") -> None:
        self._application = QApplication.instance() or QApplication(sys.argv[:1])
        self._profile = Profile.open(directory)
        log_into(self._profile.directory)
        self._notebook = CrashNotebook(self._profile.directory)
        log_qt()
        found = settings_file.read(self._profile.directory)
        settings = found.settings
        self._engine = EngineThread(phone_maker(self._profile, options))
        self.bridge = Bridge(self._engine, settings)
        self.desktop = Desktop(self.bridge, settings)
        if found.damaged is not None:
            self.bridge.tell(Failure(ErrorCode.PROFILE_DAMAGED, (("path", str(found.damaged)),)))
        if link:
            self.desktop.prefill(link)
        if settings.service and settings.number and options.keep_token:
            self.bridge.post(Resume(settings.service, settings.number))

    def run(self) -> int:
        """Show the window, then start the engine beside it; the exit code once the person has left."""
        self._notebook.open()
        ends = EndSignals()
        ends.end_asked.connect(self.desktop.quit_now)
        self.desktop.show()
        QTimer.singleShot(0, self._painted)
        try:
            code = self._application.exec()
        finally:
            ends.release()
            self.bridge.stop()
            self.desktop.close_all()
            self._profile.close()
        self._notebook.close()  # not where it failed: that is written down
        return code

    @property
    def broken(self) -> bool:
        """Whether the window was there without a phone behind it: closing it excuses nothing."""
        return self._engine.broken

    def _painted(self) -> None:
        """The window is painted before codecs and WebRTC load."""
        self.bridge.start()
        self.bridge.post(ShellReady())


def run_desktop(profile: str, link: str) -> int:
    """Open the window, or raise the one that is open already and hand the link over."""
    application = QApplication(sys.argv[:1])
    directory = Path(profile) if profile else None
    single = SingleInstance(socket_name(directory or default_directory()), application)
    if not single.claim(link):
        _left_as_meant()
        return 0
    try:
        app = DesktopApp(directory, PhoneOptions(), link)
    except VidphoneError as error:
        told = explain(error.code, system_language(), error.about)
        QMessageBox.critical(None, "vidphone", f"{told.message}\n\n{told.next_step}")
        raise
    single.raised.connect(app.desktop.raise_with)
    try:
        code = app.run()
    finally:
        single.release()
    if not app.broken:
        _left_as_meant()
    return code


def _left_as_meant() -> None:
    """Tell the launcher that this start did not fail, if it ended before it could prove itself."""
    if (installation := ThisProgram.here().installation()) is not None:
        with suppress(InstallationError):
            installation.left_as_meant()
