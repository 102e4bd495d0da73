"""Signing: what is signed, the document to look at, the passphrase where no keyring keeps the key, and progress."""

import tempfile
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar

from vidphone.account.sign_up.draft import Page
from vidphone.terms.money import format_fen
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.fields import TextField
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.model import Waiting
from vidphone.ui.first_run.page import Context, WizardPage
from vidphone.ui.first_run.parts import Facts, announce
from vidphone.ui.first_run.prices import full_price, words_in
from vidphone.ui.main.page import Card

_MAX_PASSPHRASE = 256
_HASH_SHOWN = 16
_STATES = {
    Waiting.OFFER: "ui.first-run.sign.preparing",
    Waiting.DOCUMENT: "ui.first-run.sign.preparing",
    Waiting.SIGNATURE: "ui.first-run.sign.signing",
}


class SignPage(WizardPage):
    """The order in short and the document itself; the button that goes on signs."""

    step = Page.SIGN
    saved = Signal(str, bool)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.facts = Facts(self.theme)
        self.look = PushButton(self.theme, "ui.first-run.sign.look", icon="eye")
        self.save = PushButton(self.theme, "ui.first-run.sign.save", icon="download")
        self.status = Label(self.theme, strong=True, wrap=True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.why_passphrase = Label(self.theme, "ui.first-run.sign.passphrase.what", tone="muted", wrap=True)
        self.passphrase = TextField(self.theme, "ui.first-run.sign.passphrase", self._fault, secret=True)
        self.again = TextField(self.theme, "ui.first-run.sign.passphrase.again", self._fault_again, secret=True)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.card = Card()
        self.card.inside.addWidget(self.facts)
        line = QHBoxLayout()
        line.setSpacing(GRID_PX)
        line.addWidget(self.look)
        line.addWidget(self.save)
        line.addStretch(1)
        self.card.inside.addLayout(line)
        self.meaning = Label(self.theme, "ui.first-run.sign.meaning", TypeRole.CAPTION, "muted", wrap=True)
        for widget in (
            self.status, self.progress, self.card, self.why_passphrase, self.passphrase, self.again, self.meaning
        ):  # fmt: skip
            self.body.addWidget(widget)
        for field in (self.passphrase, self.again):
            field.input.setMaxLength(_MAX_PASSPHRASE)
            field.input.textEdited.connect(self._typed)
        self.look.clicked.connect(self._look)
        self.save.clicked.connect(self._save)
        self.theme.words.changed.connect(self._name_progress)
        self._name_progress()

    @property
    def next_key(self) -> str:
        """It signs."""
        return "ui.first-run.sign.send" if self.run.sent else "ui.first-run.sign.do"

    def refresh(self) -> None:
        """Show what there is to sign, and how far it is."""
        run = self.run
        state = _STATES.get(run.waiting, "")
        if not state and run.sent:
            state = "ui.first-run.sign.waits"
        if state and state != self.status.property("says"):
            self.status.say(state)
            announce(self.status)
        self.status.setProperty("says", state)
        self.status.setVisible(bool(state))
        self.progress.setVisible(run.busy)
        ready = run.begun is not None and run.draft is not None
        self.card.setVisible(ready)
        self.meaning.setVisible(ready)
        asks = not run.keyring and (ready or run.sent)
        for widget in (self.why_passphrase, self.passphrase):
            widget.setVisible(asks)
        self.again.setVisible(asks and not run.sent)
        for field, typed in ((self.passphrase, run.passphrase), (self.again, run.passphrase_repeated)):
            field.input.setEnabled(not run.busy)
            if field.input.text() != typed:
                field.set_text(typed)
        if ready:
            self._show_facts()

    def begin(self) -> None:
        """The focus goes to the passphrase where one is needed, else to the document."""
        if self.passphrase.isVisibleTo(self):
            self.passphrase.input.setFocus()
        else:
            self.look.setFocus()

    def show_lacks(self) -> None:
        """Judge the passphrase."""
        if not self.passphrase.valid():
            self.passphrase.input.setFocus()
        elif not self.again.valid():
            self.again.input.setFocus()

    def close_document(self) -> None:
        """The copy that was looked at goes."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _show_facts(self) -> None:
        run, language, words = self.run, self.theme.language, self.theme.words
        begun, draft, offer = run.begun, run.draft, run.offer
        if begun is None or draft is None or offer is None:
            return
        order = begun.order
        price = full_price(order.plan, order.terminal)
        terminal = words_in(order.terminal.name, language) if order.terminal else words("ui.first-run.plan.no-terminal")
        facts = [
            ("ui.first-run.sign.party", draft.name),
            ("ui.first-run.provider", words_in(offer.provider.name, language)),
            ("ui.first-run.sign.agreement", draft.agreement_version),
            ("ui.first-run.sign.order", order.number),
            ("ui.first-run.sign.number", order.customer_number),
            ("ui.first-run.sign.plan", words_in(order.plan.name, language)),
            ("ui.first-run.sign.terminal", terminal),
            ("ui.first-run.plan.monthly", format_fen(price.monthly_fen)),
            ("ui.first-run.plan.first-month", format_fen(price.first_month_fen)),
            ("ui.first-run.sign.limit", format_fen(order.credit_limit_fen)),
            ("ui.first-run.sign.hash", f"{begun.document_sha256[:_HASH_SHOWN]}…"),
        ]
        self.facts.show_facts(facts)
        self.facts.values["ui.first-run.sign.hash"].setToolTip(begun.document_sha256)

    def _look(self) -> None:
        if not self.run.pdf:
            return
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="vidphone-", ignore_cleanup_errors=True)  # mode 0700
        path = Path(self._folder.name) / self._name()
        path.write_bytes(self.run.pdf)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _save(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        start = str(Path(folder or Path.home()) / self._name())
        chosen, _ = QFileDialog.getSaveFileName(self, self.theme.words("ui.first-run.sign.save"), start, "*.pdf")
        if not chosen:
            return
        try:
            Path(chosen).write_bytes(self.run.pdf)
        except OSError:
            self.saved.emit(chosen, False)
        else:
            self.saved.emit(chosen, True)

    def _name(self) -> str:
        begun = self.run.begun
        return f"{self.theme.words('ui.first-run.agreement.title')}-{begun.order.customer_number if begun else ''}.pdf"

    def _typed(self) -> None:
        self.run.passphrase = self.passphrase.input.text()
        self.run.passphrase_repeated = self.again.input.text()
        self.run.lacking = ""
        self.edited.emit()

    def _fault(self, _typed: str) -> str:
        self.run.passphrase = self.passphrase.input.text()
        return "ui.first-run.lack.passphrase" if self.run.passphrase_short else ""

    def _fault_again(self, _typed: str) -> str:
        self.run.passphrase_repeated = self.again.input.text()
        same = self.run.sent or self.run.passphrase_repeated == self.run.passphrase
        return "" if same else "ui.first-run.password.differs"

    def _name_progress(self) -> None:
        self.progress.setAccessibleName(self.theme.words("ui.first-run.sign.progress"))
