"""My agreement: whether the kept copy verifies, who signed when, its orders, and ways to keep or print it."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from vidphone.papers.verifying import SignatureVerdict
from vidphone.phone.commands import FetchAgreement, SaveAgreement
from vidphone.phone.events import AgreementShown, Request
from vidphone.terms.money import format_fen
from vidphone.terms.orders import Order
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Facts
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.account.printing import PaperPrinter
from vidphone.ui.main.account.section import Answer, Section
from vidphone.ui.main.account.view import AccountView, Verification, verification
from vidphone.ui.main.moments import exact

_STANDINGS = {
    Verification.VERIFIED: Standing.GOOD,
    Verification.DIFFERENT: Standing.CARE,
    Verification.ALTERED: Standing.BAD,
}


class AgreementSection(Section):
    """Shows and verifies the copy; it never says that something verifies which was not verified just now."""

    failed = Signal(str)
    """The key of what could not be done here."""

    def __init__(self, theme: Theme, view: AccountView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.account.agreement.title", parent)
        self.status = StatusLine(theme)
        self.offline = Label(theme, "ui.account.agreement.offline", TypeRole.CAPTION, "muted", wrap=True)
        self.facts = Facts(theme)
        self.signers = QVBoxLayout()
        self.signers.setSpacing(GRID_PX)
        self.orders = QVBoxLayout()
        self.orders.setSpacing(GRID_PX)
        self.answer = Answer(theme, self, view, Request.AGREEMENT)
        self.saving = Answer(theme, self, view, Request.SAVE_AGREEMENT)
        self.open_copy = PushButton(theme, "ui.account.agreement.open", icon="eye")
        self.save = PushButton(theme, "ui.account.agreement.save", icon="download")
        self.print = PushButton(theme, "ui.account.agreement.print")
        self.again = PushButton(theme, "ui.account.agreement.again", icon="refresh-cw")
        self.verify = PushButton(theme, "ui.account.agreement.verify", icon="shield-check")
        self.printer = PaperPrinter(self)
        self.printer.failed.connect(self.failed)
        self.open_copy.clicked.connect(self._open)
        self.save.clicked.connect(self._save)
        self.print.clicked.connect(self._print)
        self.again.clicked.connect(lambda: self.ask(FetchAgreement(again=True)))
        self.verify.clicked.connect(lambda: self.ask(FetchAgreement()))
        inside = self.inside
        for widget in (self.status, self.answer, self.offline, self.facts):
            inside.addWidget(widget)
        inside.addLayout(self.signers)
        inside.addLayout(self.orders)
        inside.addLayout(self.buttons(self.open_copy, self.save, self.print))
        inside.addLayout(self.buttons(self.verify, self.again))
        inside.addWidget(self.saving)
        self.refresh()

    def refresh(self) -> None:
        """As of every section."""
        shown = self._view.agreement
        self.answer.refresh("ui.account.agreement.fetching", retry=FetchAgreement())
        self.saving.refresh(done="ui.account.agreement.saved", retry=None)
        copy = shown is not None and shown.path is not None
        known = shown is not None and bool(shown.agreements)
        for button in (self.open_copy, self.save, self.print):
            button.setVisible(copy)
        busy = Request.AGREEMENT in self._view.waiting
        self.verify.setVisible(copy)
        self.verify.setEnabled(not busy)
        self.again.setVisible(known and self._can_fetch(shown))
        self.again.setEnabled(not busy)
        self.facts.setVisible(known)
        self.offline.setVisible(shown is not None and not shown.online)
        _empty(self.signers)
        _empty(self.orders)
        if shown is None:
            self.status.say(Standing.PLAIN)
            self.facts.show_facts([(key, "") for key in self.facts.values])
            return
        self._say_verification(shown)
        self._show_facts(shown)

    @staticmethod
    def _can_fetch(shown: AgreementShown | None) -> bool:
        return shown is not None and any(agreement.document_sha256 for agreement in shown.agreements)

    def _say_verification(self, shown: AgreementShown) -> None:
        found = verification(shown)
        key = f"ui.account.agreement.{found.value}"
        keys = [key]
        if found is Verification.ALTERED and shown.verdict is not None and shown.verdict.problem is not None:
            keys.append(f"paper.{shown.verdict.problem.value}")
        if found is not Verification.VERIFIED:
            keys.append(f"{key}.next")
        self.status.say(_STANDINGS.get(found, Standing.PLAIN), *keys)

    def _show_facts(self, shown: AgreementShown) -> None:
        if shown.agreements:
            newest, words = shown.agreements[0], self._theme.words
            self.facts.show_facts(
                [
                    ("ui.account.agreement.state", words(f"ui.account.agreement.state.{newest.state.value}")),
                    ("ui.account.agreement.version", newest.version),
                    ("ui.account.agreement.signed-at", self.when(newest.signed_at)),
                    ("ui.account.agreement.hash", _grouped(newest.document_sha256 or "—")),
                ]
            )
            for order in newest.orders:
                self.orders.addWidget(self._order(order))
        if shown.verdict is not None:
            for signature in shown.verdict.signatures:
                self.signers.addWidget(self._signer(signature))

    def _signer(self, signature: SignatureVerdict) -> QWidget:
        line = StatusLine(self._theme)
        signed = "signed" if signature.valid else "not-valid"
        at = exact(signature.signed_at.astimezone(), self._theme.words) if signature.signed_at else "—"
        line.say(
            Standing.GOOD if signature.valid else Standing.BAD,
            f"ui.account.agreement.{signature.field}.{signed}",
            signer=signature.signer or "—",
            at=at,
        )
        return line

    def _order(self, order: Order) -> QWidget:
        words, language = self._theme.words, self._theme.language
        line = QFrame()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = Label(self._theme, strong=True, wrap=True)
        title.say("ui.account.order", number=order.number)
        what = Label(self._theme, tone="muted", wrap=True)
        parts = [
            words("ui.account.order.plan", plan=words_in(order.plan.name, language),
                  rent=format_fen(order.plan.monthly_rent_fen)),
            words("ui.account.order.limit", limit=format_fen(order.credit_limit_fen)),
        ]  # fmt: skip
        if order.terminal is not None:
            terminal = order.terminal
            parts.append(
                words("ui.account.order.terminal", terminal=words_in(terminal.name, language),
                      price=format_fen(terminal.price_fen))
            )  # fmt: skip
        what.show_text("\n".join(parts))
        column.addWidget(title)
        column.addWidget(what)
        return line

    def _path(self) -> str:
        shown = self._view.agreement
        return shown.path or "" if shown is not None else ""

    def _open(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(self._path())):
            self.failed.emit("ui.account.agreement.no-reader")

    def _save(self) -> None:
        words = self._theme.words
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{words('ui.account.agreement.file')}-{datetime.now().astimezone():%Y-%m-%d}.pdf"
        chosen, _ = QFileDialog.getSaveFileName(
            self, words("ui.account.agreement.save"), str(Path(folder or Path.home()) / name), "*.pdf"
        )
        if chosen:
            path = Path(chosen)
            self.ask(SaveAgreement(path if path.suffix else path.with_suffix(".pdf")))

    def _print(self) -> None:
        self.printer.print_file(Path(self._path()))


def _grouped(digest: str) -> str:
    """A hash in groups of eight: it may wrap, and can be compared."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _empty(layout: QVBoxLayout) -> None:
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
