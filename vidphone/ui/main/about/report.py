"""Reporting a problem or a crash: everything that is sent is shown first, letter for letter."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from vidphone.phone import events
from vidphone.phone.commands import AllowCrashReports, MakeReport, SaveReport, SendReport
from vidphone.phone.diagnosis.limits import MAX_WORDS
from vidphone.phone.events import Request
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.feedback import Notice
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.main.about.sheet import Sheet

PAUSE_MS = 400
"""After the last key, before the report is made anew."""
WORDS_PX = 96


class ReportDialog(Sheet):
    """What happened, in the person's words; what is sent; and the ways on."""

    wanted = Signal(object)
    """A command."""
    notice = Signal(Notice)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent, "ui.report.title", "ui.report.what")
        self._making = 0
        self._sending = False
        self.words = QPlainTextEdit()
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(theme.px(WORDS_PX))
        self.status = StatusLine(theme)
        self.save_button = PushButton(theme, "ui.report.save", icon="download")
        self.cancel = PushButton(theme, "ui.cancel")
        self.send = PushButton(theme, "ui.report.send", "accent", icon="upload")
        self._label = Label(theme, "ui.report.words", strong=True)
        self.above.addWidget(self._label)
        self.above.addWidget(self.words)
        self.above.addWidget(Label(theme, "ui.report.shown", strong=True, wrap=True))
        self.above.addWidget(self.status)
        self.add_button(self.save_button)
        self.line.addStretch(1)
        self.add_button(self.cancel)
        self.add_button(self.send)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._make)
        self.words.textChanged.connect(self._typed)
        self.cancel.clicked.connect(self.reject)
        self.send.clicked.connect(self._send)
        self.save_button.clicked.connect(self._save)
        self._name()
        theme.words.changed.connect(self._name)
        self._enable()
        self.words.setFocus()

    def begin(self) -> None:
        """Ask for the first text, once somebody hears `wanted`."""
        self._make()

    def happened(self, event: events.Event) -> None:
        """Take what the phone tells."""
        match event:
            case events.ReportMade(text=text):
                self._making = max(0, self._making - 1)
                self.paper.setPlainText(text)
            case events.ReportSent() if self._sending:
                self.notice.emit(Notice("ui.report.sent"))
                self.accept()
                return
            case events.ReportSaved(path=path):
                self.status.say(Standing.GOOD, "ui.report.saved", path=path)
            case events.RequestFailed(request=Request.REPORT | Request.SAVE_REPORT, code=code, about=about):
                self._sending = False
                self.status.say(Standing.BAD, f"error.{code.value}", f"error.{code.value}.next", **dict(about))
            case _:
                return
        self._enable()

    def _typed(self) -> None:
        if len(self.words.toPlainText()) > MAX_WORDS:
            self.words.setPlainText(self.words.toPlainText()[:MAX_WORDS])
        self._timer.start()
        self._enable()

    def _make(self) -> None:
        self._timer.stop()
        self._making += 1
        self.wanted.emit(MakeReport(self.words.toPlainText()))
        self._enable()

    def _send(self) -> None:
        self._sending = True
        self.status.say(Standing.BUSY, "ui.report.sending")
        self.wanted.emit(SendReport())
        self._enable()

    def _save(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        start = str(Path(folder or Path.home()) / self._theme.words("ui.report.file"))
        chosen, _ = QFileDialog.getSaveFileName(self, self._theme.words("ui.report.save"), start, "*.txt")
        if chosen:
            path = Path(chosen)
            self.wanted.emit(SaveReport(path if path.suffix else path.with_suffix(".txt")))

    def _enable(self) -> None:
        """What is sent is what is shown: not while it is being made anew."""
        shown = self._making == 0 and not self._timer.isActive() and bool(self.paper.toPlainText())
        self.send.setEnabled(shown and not self._sending)
        self.save_button.setEnabled(shown)

    def _name(self) -> None:
        self.words.setAccessibleName(self._theme.words("ui.report.words"))
        self.words.setPlaceholderText(self._theme.words("ui.report.words.like"))


class CrashDialog(Sheet):
    """The last run crashed: may the provider know of it, and of later ones? Asked once; closing it means no."""

    wanted = Signal(object)
    """A command."""

    def __init__(self, theme: Theme, parent: QWidget, text: str) -> None:
        super().__init__(theme, parent, "ui.crash.title", "ui.crash.what")
        self._allowed = False
        self.paper.setPlainText(text)
        self.no = PushButton(theme, "ui.crash.no")
        self.yes = PushButton(theme, "ui.crash.yes", "accent")
        self.line.addStretch(1)
        self.add_button(self.no)
        self.add_button(self.yes)
        self.no.clicked.connect(self.reject)
        self.yes.clicked.connect(self._allow)
        self.no.setFocus()

    def _allow(self) -> None:
        self._allowed = True
        self.accept()

    def done(self, result: int) -> None:
        """Whatever way it was closed."""
        self.wanted.emit(AllowCrashReports(self._allowed))
        super().done(result)
