"""What was written in a case, message by message, and the pictures that came with it."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vidphone.phone.case_commands import FetchCasePhoto
from vidphone.terms.money import format_fen
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.fit import open_at
from vidphone.ui.design.labels import Label
from vidphone.ui.design.slices import Slices
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.moments import exact
from vidphone.wire.cases import CaseDetail, CaseMessage, Photo, Side

PICTURE_PX = (720, 560)
KILO = 1024
AT_ONCE = 2
"""See `Slices`."""


class Messages(QWidget):
    """The messages, oldest first."""

    wanted = Signal(object)
    """A command: a picture is asked for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[object, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        self._rows: Slices[QWidget] = Slices(column, self, at_once=AT_ONCE)

    def show_messages(self, detail: CaseDetail | None) -> None:
        """Show those of a case; the same again change nothing."""
        shown = (detail, self._theme.language)
        if shown == self._shown:
            return
        self._shown = shown
        if detail is None:
            self._rows.fill(())
        else:
            self._rows.fill([partial(self._row, detail.case.number, each) for each in detail.messages])

    def _row(self, case: str, message: CaseMessage) -> QWidget:
        words = self._theme.words
        row = QFrame()
        row.setProperty("kind", "own" if message.side is Side.CUSTOMER else "said")
        column = QVBoxLayout(row)
        column.setContentsMargins(int(1.5 * GRID_PX), GRID_PX, int(1.5 * GRID_PX), GRID_PX)
        column.setSpacing(GRID_PX // 2)
        who = "ui.service.you" if message.side is Side.CUSTOMER else f"case.side.{message.side.value}"
        head = Label(self._theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
        at = exact(datetime.fromtimestamp(message.at).astimezone(), words)
        head.show_text(" · ".join((words(who), words(f"case.action.{message.action.value}"), at)))
        column.addWidget(head)
        if message.words:
            said = Label(self._theme, wrap=True)
            said.show_text(message.words)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            said.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            column.addWidget(said)
        if message.amount_fen is not None:
            column.addWidget(self._correction(message, message.amount_fen))
        if message.photos:
            column.addLayout(self._photos(case, message))
        return row

    def _correction(self, message: CaseMessage, amount_fen: int) -> Label:
        label = Label(self._theme, strong=True, wrap=True)
        way = "back" if amount_fen < 0 else "more"
        when = "next" if message.billed_in is None else "billed"
        label.say(f"ui.service.correction.{way}.{when}", amount=format_fen(abs(amount_fen)), bill=message.billed_in)
        return label

    def _photos(self, case: str, message: CaseMessage) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(GRID_PX // 2)
        for photo in message.photos:
            column.addLayout(self._photo(case, message.position, photo))
        return column

    def _photo(self, case: str, position: int, photo: Photo) -> QHBoxLayout:
        button = PushButton(self._theme, "ui.service.picture.title", "link", icon="eye")
        button.say("ui.service.picture", page=photo.page, size=max(1, round(photo.size / KILO)))
        button.clicked.connect(lambda: self.wanted.emit(FetchCasePhoto(case, position, photo.page)))
        line = QHBoxLayout()
        line.addWidget(button)
        line.addStretch(1)
        return line


class PictureDialog(QDialog):
    """One picture, as large as the window lets it be."""

    def __init__(self, theme: Theme, parent: QWidget, content: bytes) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = QPixmap()
        self._picture.loadFromData(content, "JPG")
        self.face = QLabel()
        self.face.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.face.setMinimumSize(1, 1)
        self.face.setAccessibleName(theme.words("ui.service.picture.title"))
        close = PushButton(theme, "ui.close", "accent")
        close.clicked.connect(self.accept)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, 2 * GRID_PX, 2 * GRID_PX, 2 * GRID_PX)
        layout.addWidget(self.face, 1)
        layout.addLayout(line)
        open_at(self, theme, PICTURE_PX)
        self.setWindowTitle(theme.words("ui.service.picture.title"))
        close.setFocus()

    @property
    def readable(self) -> bool:
        """Whether it is a picture at all."""
        return not self._picture.isNull()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture takes the room there is, and keeps its shape."""
        super().resizeEvent(event)
        if self.readable:
            self.face.setPixmap(
                self._picture.scaled(
                    self.face.size(),
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )

    def done(self, result: int) -> None:
        """Over: nothing of it stays."""
        super().done(result)
        self.deleteLater()
