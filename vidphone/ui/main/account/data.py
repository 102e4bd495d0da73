"""What the provider keeps of the customer: masked to look at, in full into a file, and who saw it (clause 1)."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from vidphone.phone.commands import ExportMyData, FetchDisclosures, FetchMyData
from vidphone.phone.events import Request
from vidphone.texts import has_text
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Facts
from vidphone.ui.main.account.section import Answer, Section
from vidphone.ui.main.account.view import AccountView
from vidphone.ui.main.ask import ask
from vidphone.wire.sign_up import Disclosure

FIELDS = (
    "kind", "name", "birth_date", "address", "postcode", "identity_kind", "identity_number", "employer", "telephone",
)  # fmt: skip
_NAMED = frozenset({"kind", "identity_kind"})
"""Their values are codes, which texts name."""


def field_key(field: str) -> str:
    """The key of the name of a field of `CustomerData`."""
    return f"ui.account.data.{field.replace('_', '-')}"


class DataSection(Section):
    """The nine fields as the provider shows them, and a way to have them in full."""

    def __init__(self, theme: Theme, view: AccountView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.account.data.title", parent)
        self.facts = Facts(theme)
        self.answer = Answer(theme, self, view, Request.MY_DATA)
        self.exporting = Answer(theme, self, view, Request.EXPORT)
        self.export = PushButton(theme, "ui.account.data.export", icon="download")
        self.export.clicked.connect(self._ask_first)
        self.inside.addWidget(Label(theme, "ui.account.data.what", TypeRole.CAPTION, "muted", wrap=True))
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.facts)
        self.inside.addWidget(Label(theme, "ui.account.data.wrong", TypeRole.CAPTION, "muted", wrap=True))
        self.inside.addLayout(self.buttons(self.export))
        self.inside.addWidget(self.exporting)
        self.refresh()

    def refresh(self) -> None:
        """As of every section."""
        self.answer.refresh("ui.account.fetching", retry=FetchMyData())
        self.exporting.refresh("ui.account.data.exporting", "ui.account.data.exported")
        self.export.setEnabled(Request.EXPORT not in self._view.waiting)
        self.facts.setVisible(self._view.data is not None)
        data = self._view.data
        said = {name: "" if data is None else self._said(name, getattr(data, name)) for name in FIELDS}
        self.facts.show_facts([(field_key(name), words) for name, words in said.items()])

    def _said(self, field: str, value: str) -> str:
        key = f"{field_key(field)}.{value}"
        if field in _NAMED and has_text(key):
            return self._theme.words(key)
        return value or "—"

    def _ask_first(self) -> None:
        """The file holds everything in clear: whoever reads it knows it."""
        ways = [("ui.cancel", "plain", None), ("ui.account.data.export", "accent", self._choose_file)]
        ask(self._theme, self, "ui.account.data.export.title", "ui.account.data.export.what", ways)

    def _choose_file(self) -> None:
        words = self._theme.words
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{words('ui.account.data.file')}-{datetime.now().astimezone():%Y-%m-%d}.json"
        chosen, _ = QFileDialog.getSaveFileName(
            self, words("ui.account.data.export"), str(Path(folder or Path.home()) / name), "*.json"
        )
        if chosen:
            path = Path(chosen)
            self.ask(ExportMyData(path if path.suffix else path.with_suffix(".json")))


class DisclosuresSection(Section):
    """Each time that the data were revealed: when, by whom, what, why. Newest first."""

    def __init__(self, theme: Theme, view: AccountView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.account.disclosures.title", parent)
        self.answer = Answer(theme, self, view, Request.DISCLOSURES)
        self.none = StatusLine(theme)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(2 * GRID_PX)
        self.inside.addWidget(Label(theme, "ui.account.disclosures.what", TypeRole.CAPTION, "muted", wrap=True))
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.none)
        self.inside.addLayout(self.rows)
        self.refresh()

    def refresh(self) -> None:
        """As of every section."""
        self.answer.refresh("ui.account.fetching", retry=FetchDisclosures())
        disclosures = self._view.disclosures
        self.none.say(Standing.GOOD, *(("ui.account.disclosures.none",) if disclosures == () else ()))
        while item := self.rows.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for disclosure in disclosures or ():
            self.rows.addWidget(self._row(disclosure))

    def _row(self, disclosure: Disclosure) -> QWidget:
        words = self._theme.words
        names = [words(field_key(field)) if has_text(field_key(field)) else field for field in disclosure.fields]
        row = QFrame()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = Label(self._theme, strong=True, wrap=True)
        head.say("ui.account.disclosures.row", at=self.when(disclosure.at), staff=disclosure.staff)
        what = Label(self._theme, wrap=True)
        what.say("ui.account.disclosures.fields", fields=words("ui.account.comma").join(names))
        why = Label(self._theme, tone="muted", wrap=True)
        why.say("ui.account.disclosures.reason", reason=disclosure.reason)
        for label in (head, what, why):
            column.addWidget(label)
        return row
