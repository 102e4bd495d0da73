"""Writing to the provider: a field for a few paragraphs, and pictures that go with them."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from vidphone.ui.design.buttons import PushButton, RoundButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.wire.cases import MAX_PHOTOS, MAX_WORDS
from vidphone.wire.sign_up import MAX_COPY_BYTES

WORDS_PX = 96
PATTERNS = "*.jpg *.jpeg *.png *.pdf"
MAX_MEGABYTES = MAX_COPY_BYTES // 1_048_576
_REMOVE_PX = 28


class WordsField(QWidget):
    """Several lines with a label; what is beyond the limit is not taken."""

    edited = Signal()

    def __init__(self, theme: Theme, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self.label = Label(theme, key, strong=True, wrap=True)
        self.input = QPlainTextEdit()
        self.input.setTabChangesFocus(True)
        self.setFocusProxy(self.input)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.label)
        layout.addWidget(self.input)
        self.input.textChanged.connect(self._typed)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._name)
        self._restyle()
        self._name()

    def say(self, key: str) -> None:
        """Another label."""
        self._key = key
        self.label.say(key)
        self._name()

    def text(self) -> str:
        """What was typed, without blanks around it."""
        return self.input.toPlainText().strip()

    def clear(self) -> None:
        """Empty it."""
        self.input.clear()

    def _typed(self) -> None:
        typed = self.input.toPlainText()
        if len(typed) > MAX_WORDS:
            place = self.input.textCursor().position()
            self.input.setPlainText(typed[:MAX_WORDS])
            cursor = self.input.textCursor()
            cursor.setPosition(min(place, MAX_WORDS))
            self.input.setTextCursor(cursor)
        self.edited.emit()

    def _name(self) -> None:
        self.input.setAccessibleName(self._theme.words(self._key))

    def _restyle(self) -> None:
        self.input.setFixedHeight(self._theme.px(WORDS_PX))


class Attachments(QWidget):
    """Pictures and PDFs that were chosen; one that is too large or gone is refused before anything is sent."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.paths: list[Path] = []
        self.refused = Label(theme, role=TypeRole.CAPTION, tone="danger", wrap=True)
        self.add_button = PushButton(theme, "ui.service.attach", icon="upload")
        self.add_button.setAutoDefault(False)
        self.rules = Label(theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
        self.rules.say("ui.service.attach.rules", most=MAX_MEGABYTES)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        line = QHBoxLayout()
        line.setSpacing(2 * GRID_PX)
        line.addWidget(self.add_button)
        line.addWidget(self.rules, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX // 2)
        layout.addLayout(self._rows)
        layout.addWidget(self.refused)
        layout.addLayout(line)
        self.refused.hide()
        self.add_button.clicked.connect(self._choose)

    def add(self, *paths: Path) -> None:
        """Take these, as far as they can be sent."""
        self.refused.hide()
        for path in paths:
            fault = _fault(path)
            if fault:
                self.refused.say(fault, name=path.name, most=MAX_MEGABYTES)
                self.refused.show()
            elif path not in self.paths and len(self.paths) < MAX_PHOTOS:
                self.paths.append(path)
        self._show()

    def clear(self) -> None:
        """None are chosen."""
        self.paths = []
        self.refused.hide()
        self._show()

    def _show(self) -> None:
        while item := self._rows.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for path in self.paths:
            self._rows.addWidget(self._row(path))
        self.changed.emit()

    def _row(self, path: Path) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, GRID_PX // 2)
        line.setSpacing(GRID_PX)
        name = Label(self._theme, wrap=True)
        name.show_text(path.name)
        remove = RoundButton(
            self._theme, "x", "ui.service.attach.remove", "quiet", diameter_px=_REMOVE_PX, places={"name": path.name}
        )
        remove.clicked.connect(lambda: self._remove(path))
        line.addWidget(name, 1)
        line.addWidget(remove)
        return row

    def _remove(self, path: Path) -> None:
        self.paths = [each for each in self.paths if each != path]
        self._show()
        self.add_button.setFocus()

    def _choose(self) -> None:
        words = self._theme.words
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        filters = f"{words('ui.account.copy.kinds')} ({PATTERNS})"
        chosen, _ = QFileDialog.getOpenFileNames(self, words("ui.service.attach"), folder, filters)
        if chosen:
            self.add(*(Path(path) for path in chosen))


def _fault(path: Path) -> str:
    """The key of why a file cannot be sent; empty where it can."""
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    if not size:
        return "ui.account.copy.empty"
    return "ui.account.copy.too-large" if size > MAX_COPY_BYTES else ""
