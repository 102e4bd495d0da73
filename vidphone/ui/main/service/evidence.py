"""The room of evidence: everything in one signed file, and what verifying it told (clause 16)."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from vidphone.phone.case_commands import SaveEvidence
from vidphone.phone.events import Request
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import TypeRole
from vidphone.ui.main.account.section import Answer, Panel
from vidphone.ui.main.moments import exact
from vidphone.ui.main.service.room import Column, Room
from vidphone.ui.main.service.view import CaseView

if TYPE_CHECKING:
    from vidphone.papers.evidence import EvidenceVerdict

GROUP = 8
NAMED = 5
"""Files that there was no room for, of which so many are named."""


class EvidenceCard(Panel):
    """Says what is in the file, saves it, and says whether it verifies."""

    def __init__(self, theme: Theme, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.service.evidence.title", parent)
        self._view = view
        self.what = Label(theme, "ui.service.evidence.what", wrap=True)
        self.private = Label(theme, "ui.service.evidence.private", TypeRole.CAPTION, "muted", wrap=True)
        self.save = PushButton(theme, "ui.service.evidence.save", "accent", icon="download")
        self.saving = Answer(theme, self, view, Request.EVIDENCE)
        self.verdict = StatusLine(theme)
        self.made = Label(theme, wrap=True)
        self.root = StatusLine(theme)
        self.left_out = StatusLine(theme)
        self.elsewhere = Label(theme, "ui.service.evidence.elsewhere", TypeRole.CAPTION, "muted", wrap=True)
        self.inside.addWidget(self.what)
        self.inside.addWidget(self.private)
        self.inside.addLayout(self.buttons(self.save))
        for widget in (self.saving, self.verdict, self.made, self.root, self.left_out, self.elsewhere):
            self.inside.addWidget(widget)
        self.save.clicked.connect(self._save)
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        view = self._view
        again = view.asked_last.get(Request.EVIDENCE)
        self.saving.refresh("ui.service.evidence.saving", "ui.service.evidence.saved", retry=again)
        self.save.setEnabled(Request.EVIDENCE not in view.waiting)
        saved = view.evidence
        for widget in (self.made, self.elsewhere):
            widget.setVisible(saved is not None)
        if saved is None:
            for line in (self.verdict, self.root, self.left_out):
                line.say(Standing.PLAIN)
            return
        self._say(saved.verdict)

    def _say(self, verdict: "EvidenceVerdict") -> None:
        if verdict.problem is not None:
            keys = ("evidence.not-intact", f"evidence.{verdict.problem.value}")
            self.verdict.say(Standing.BAD, *keys, file=verdict.about or "—")
            self.made.hide()
            self.root.say(Standing.PLAIN)
            self.left_out.say(Standing.PLAIN)
            return
        self.verdict.say(Standing.GOOD, "evidence.intact")
        self.made.say("evidence.made", signer=verdict.signer, at=self._at(verdict.made_at),
                      number=verdict.customer, files=verdict.files)  # fmt: skip
        if verdict.root_given:
            self.root.say(Standing.GOOD, "ui.service.evidence.root-known")
        else:
            digest = verdict.root_sha256
            grouped = " ".join(digest[at : at + GROUP] for at in range(0, len(digest), GROUP))
            self.root.say(Standing.CARE, "ui.service.evidence.root-unknown", sha256=grouped)
        named = self._theme.words("ui.between").join(verdict.left_out[:NAMED])
        self.left_out.say(Standing.CARE, *(("evidence.left-out",) if verdict.left_out else ()), files=named)

    def _at(self, at: datetime | None) -> str:
        return "—" if at is None else exact(at.astimezone(), self._theme.words)

    def _save(self) -> None:
        words = self._theme.words
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{words('ui.service.evidence.file')}-{datetime.now().astimezone():%Y-%m-%d}.zip"
        chosen, _ = QFileDialog.getSaveFileName(
            self, words("ui.service.evidence.save"), str(Path(folder or Path.home()) / name), "*.zip"
        )
        if chosen:
            path = Path(chosen)
            self.ask(SaveEvidence(path if path.suffix else path.with_suffix(".zip")))


class EvidenceRoom(Room):
    """The card alone; nothing is fetched unasked."""

    def __init__(self, theme: Theme, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.card = EvidenceCard(theme, view)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(Column(theme, self.card))
        self.card.wanted.connect(self.ask)

    def refresh(self) -> None:
        """As of every room."""
        self.card.refresh()
