"""Where the provider's look at the customer's identity stands, and the copy that it may ask for (clause 1)."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from vidphone.phone.commands import FetchReview, SendCopy
from vidphone.phone.events import Request
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import TypeRole
from vidphone.ui.main.account.section import Answer, Section
from vidphone.ui.main.account.view import AccountView
from vidphone.wire.sign_up import MAX_COPY_BYTES, ReviewState

_STANDINGS = {
    ReviewState.PENDING: Standing.PLAIN,
    ReviewState.APPROVED: Standing.GOOD,
    ReviewState.COPY_WANTED: Standing.CARE,
    ReviewState.COPY_SENT: Standing.PLAIN,
    ReviewState.REFUSED: Standing.BAD,
    ReviewState.SUSPENDED: Standing.BAD,
}
PATTERNS = "*.jpg *.jpeg *.png *.pdf"
MAX_MEGABYTES = MAX_COPY_BYTES // 1_048_576


class ReviewSection(Section):
    """The state with the provider's own reason; where a copy is wanted, a file is chosen, looked at, and sent."""

    def __init__(self, theme: Theme, view: AccountView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.account.review.title", parent)
        self._chosen: Path | None = None
        self._sent = False
        self.status = StatusLine(theme)
        self.reason = Label(theme, wrap=True)
        self.answer = Answer(theme, self, view, Request.REVIEW)
        self.sending = Answer(theme, self, view, Request.COPY)
        self.rules = Label(theme, tone="muted", role=TypeRole.CAPTION, wrap=True)
        self.rules.say("ui.account.copy.rules", most=MAX_MEGABYTES)
        self.file = Label(theme, strong=True, wrap=True)
        self.choose = PushButton(theme, "ui.account.copy.choose", icon="upload")
        self.send = PushButton(theme, "ui.account.copy.send", "accent")
        self.choose.clicked.connect(self._choose)
        self.send.clicked.connect(self._send)
        self.copy = QFrame()
        column = QVBoxLayout(self.copy)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rules)
        column.addWidget(self.file)
        column.addLayout(self.buttons(self.choose, self.send))
        for widget in (self.answer, self.status, self.reason, self.copy, self.sending):
            self.inside.addWidget(widget)
        self.refresh()

    def refresh(self) -> None:
        """As of every section."""
        view, review = self._view, self._view.review
        self.answer.refresh("ui.account.fetching", retry=FetchReview())
        self.sending.refresh("ui.account.copy.sending")
        if self._sent and Request.COPY in view.done:
            self._chosen, self._sent = None, False
        if review is None:
            self.status.say(Standing.PLAIN)
            self.reason.show_text("")
            self.reason.setVisible(False)
            self._chosen = None
        else:
            key = f"ui.account.review.{review.state.value}"
            self.status.say(_STANDINGS[review.state], key, f"{key}.next", since=self.when(review.since))
            self.reason.say("ui.account.review.reason", reason=review.reason)
            self.reason.setVisible(bool(review.reason))
        self.copy.setVisible(view.copy_wanted)
        busy = Request.COPY in view.waiting
        self.choose.setEnabled(not busy)
        self.choose.say("ui.account.copy.choose" if self._chosen is None else "ui.account.copy.other")
        self.send.setVisible(self._chosen is not None)
        self.send.setEnabled(not busy)
        self.file.setVisible(self._chosen is not None)

    def choose_file(self, path: Path) -> None:
        """This is the file to send; one that is too large or gone is refused before anything is sent."""
        try:
            size = path.stat().st_size
        except OSError:
            size = 0
        self._chosen = path if 0 < size <= MAX_COPY_BYTES else None
        self.refresh()
        if self._chosen is None:
            self.file.say("ui.account.copy.too-large" if size else "ui.account.copy.empty", name=path.name,
                          most=MAX_MEGABYTES)  # fmt: skip
        else:
            self.file.say("ui.account.copy.chosen", name=path.name, size=self._size(size))
            self.send.setFocus()
        self.file.set_tone("" if self._chosen else "danger")
        self.file.show()

    def _size(self, size_bytes: int) -> str:
        """In the unit that leaves a figure to read: 0.0 MB would say that the file is empty."""
        unit, of = (
            ("mb", f"{size_bytes / 1_048_576:.1f}") if size_bytes >= 1_048_576 else ("kb", str(-(-size_bytes // 1024)))
        )
        return self._theme.words(f"ui.account.copy.size.{unit}", size=of)

    def _choose(self) -> None:
        words = self._theme.words
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        filters = f"{words('ui.account.copy.kinds')} ({PATTERNS})"
        chosen, _ = QFileDialog.getOpenFileName(self, words("ui.account.copy.choose"), folder, filters)
        if chosen:
            self.choose_file(Path(chosen))

    def _send(self) -> None:
        if self._chosen is not None:
            self._sent = True
            self.ask(SendCopy(self._chosen))
