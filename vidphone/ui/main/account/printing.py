"""Putting the signed agreement on paper: its pages as they are in the PDF, drawn by PDFium in a thread."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

DOTS_PER_INCH = 200
_POINTS_PER_INCH = 72
MAX_PAGES = 200
"""The agreement has some 20; more would be somebody else's document."""


class PrintFailed(Exception):
    """The document cannot be drawn, or the printer does not take it."""


def draw(path: Path, printer: "QPrinter") -> int:
    """Draw a PDF's pages on a printer, each as large as its paper lets it be; how many there were. Takes seconds.

    Raises:
        PrintFailed: no such file, no PDF, too many pages, or the printer does not begin.
    """
    import pypdfium2  # noqa: PLC0415 - loads a library of 7 MB

    try:
        pdf = pypdfium2.PdfDocument(path)
    except (OSError, pypdfium2.PdfiumError) as error:
        raise PrintFailed(path.name) from error
    painter = QPainter()
    try:
        if not 0 < len(pdf) <= MAX_PAGES or not painter.begin(printer):
            raise PrintFailed(path.name)
        for number in range(len(pdf)):
            if number and not printer.newPage():
                raise PrintFailed(path.name)
            bitmap = pdf[number].render(scale=DOTS_PER_INCH / _POINTS_PER_INCH)
            picture = QImage(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_BGR888)
            size = picture.size().scaled(painter.viewport().size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRect(painter.viewport().topLeft(), size), picture)
        return len(pdf)
    finally:
        if painter.isActive():
            painter.end()
        pdf.close()


class PaperPrinter(QObject):
    """Asks which printer, and draws while the window goes on."""

    failed = Signal(str)
    """The key of what went wrong."""
    printed = Signal()
    _ended = Signal(bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._ended.connect(self._tell)

    def print_file(self, path: Path) -> None:
        """Ask, and print when the person says so."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - asks the system for its printers

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self._window.window())
        dialog.accepted.connect(lambda: self.send(path, printer))
        dialog.finished.connect(dialog.deleteLater)
        dialog.setModal(True)
        dialog.show()

    def send(self, path: Path, printer: "QPrinter") -> None:
        """Print without asking."""
        QThreadPool.globalInstance().start(QRunnable.create(lambda: self._work(path, printer)))

    def _work(self, path: Path, printer: "QPrinter") -> None:
        try:
            draw(path, printer)
        except PrintFailed:
            self._ended.emit(False)
        else:
            self._ended.emit(True)

    def _tell(self, done: bool) -> None:
        if done:
            self.printed.emit()
        else:
            self.failed.emit("ui.account.agreement.not-printed")
