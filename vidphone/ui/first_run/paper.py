"""Keeping the agreement before it is signed: as PDF, HTML or text, and on paper."""

from pathlib import Path

from PySide6.QtCore import QMarginsF, QStandardPaths, Signal
from PySide6.QtGui import QAction, QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from vidphone.terms.agreement import Agreement
from vidphone.terms.agreement_text import html, plain_text
from vidphone.texts import Language
from vidphone.ui.design.buttons import RoundButton
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import TOUCH_PX, TypeRole

KINDS = ("pdf", "html", "txt")
_LOOKS = ".limit { background-color: #FFF0CC; color: #5E3F00; font-weight: bold; }"
_MARGIN_MM = 20.0


def written_pdf(agreement: Agreement, path: Path, theme: Theme) -> bool:
    """Write the agreement as a PDF of A4; False where the file cannot be written."""
    writer = QPdfWriter(str(path))
    writer.setTitle(agreement.title)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    if not writer.setPageMargins(margins, QPageLayout.Unit.Millimeter) or not _writable(path):
        return False
    document(agreement, theme).print_(writer)
    return True


def document(agreement: Agreement, theme: Theme) -> QTextDocument:
    """The agreement as a document to print, dark on white."""
    made = QTextDocument()
    made.setDefaultFont(theme.font(TypeRole.BODY))
    made.setDefaultStyleSheet(_LOOKS)
    made.setHtml(html(agreement))
    return made


def html_page(agreement: Agreement, language: Language) -> str:
    """The agreement as a whole HTML file."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language.value}">\n<head><meta charset="utf-8">\n'
        f"<style>{_LOOKS} body {{ max-width: 42em; margin: 2em auto; padding: 0 1em; line-height: 1.6; }}</style>"
        f"</head>\n<body>\n{html(agreement)}\n</body>\n</html>\n"
    )


def _writable(path: Path) -> bool:
    try:
        path.touch()
    except OSError:
        return False
    return True


def write(agreement: Agreement, path: Path, theme: Theme) -> bool:
    """Write the agreement in the format that the name of the file asks for; False where it cannot be written."""
    if path.suffix.lower() == ".pdf":
        return written_pdf(agreement, path, theme)
    text = html_page(agreement, theme.language) if path.suffix.lower() == ".html" else plain_text(agreement)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        return False
    return True


class PaperMenu(RoundButton):
    """A button whose menu saves or prints the agreement."""

    saved = Signal(str, bool)
    """The path, and whether it could be written."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "download", "ui.first-run.agreement.keep", "quiet", diameter_px=TOUCH_PX, parent=parent)
        self._agreement: Agreement | None = None
        menu = QMenu(self)
        self.actions_of: dict[str, QAction] = {}
        for kind in KINDS:
            action = menu.addAction("")
            action.triggered.connect(lambda _=False, kind=kind: self.save(kind))
            self.actions_of[kind] = action
        menu.addSeparator()
        self.actions_of["print"] = menu.addAction("")
        self.actions_of["print"].triggered.connect(self.print_)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme.words.changed.connect(self._say_menu)
        self._say_menu()

    def show_paper(self, agreement: Agreement) -> None:
        """What is kept from now on."""
        self._agreement = agreement

    def save(self, kind: str) -> None:
        """Ask where to, and write it."""
        if self._agreement is None:
            return
        words = self._theme.words
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = str(Path(folder or Path.home()) / f"{words('ui.first-run.agreement.title')}.{kind}")
        chosen, _ = QFileDialog.getSaveFileName(self, words(f"ui.first-run.agreement.{kind}"), name, f"*.{kind}")
        if chosen:
            path = Path(chosen) if Path(chosen).suffix else Path(f"{chosen}.{kind}")
            self.saved.emit(str(path), write(self._agreement, path, self._theme))

    def print_(self) -> None:
        """Ask which printer, and print it."""
        if self._agreement is None:
            return
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - asks the system for its printers

        printer = QPrinter()
        dialog = QPrintDialog(printer, self.window())
        paper = document(self._agreement, self._theme)
        dialog.accepted.connect(lambda: paper.print_(printer))
        dialog.finished.connect(dialog.deleteLater)
        dialog.setModal(True)
        dialog.show()

    def _say_menu(self) -> None:
        for kind, action in self.actions_of.items():
            action.setText(self._theme.words(f"ui.first-run.agreement.{kind}"))
