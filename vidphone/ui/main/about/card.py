"""The card of the settings about the program: version, upgrades, licences, reports."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from vidphone.account.settings import Settings
from vidphone.phone.commands import AllowCrashReports, CheckUpgrade, DelayUpgrade, InstallUpgradeNow
from vidphone.phone.diagnosis.program import ThisProgram
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import ElidedLabel, Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.switch import Switch
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import TypeRole
from vidphone.ui.main.about.flow import wrapped
from vidphone.ui.main.about.view import LATER_H, AboutView
from vidphone.ui.main.about.when import dated
from vidphone.ui.main.settings_rows import Section


class AboutSection(Section):
    """Says which program this is and what becomes of it; asks for upgrades and leads to what else there is."""

    wanted = Signal(object)
    """A command."""
    licences_wanted = Signal()
    report_wanted = Signal()

    def __init__(self, theme: Theme, view: AboutView, program: ThisProgram, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.about.title", parent)
        self._view = view
        self._program = program
        self.version = ElidedLabel(theme)
        self.build = ElidedLabel(theme)
        self.status = StatusLine(theme)
        self.altered = StatusLine(theme)
        self.changed_title = Label(theme, role=TypeRole.BODY, strong=True, wrap=True)
        self.changed = Label(theme, wrap=True)
        self.check = PushButton(theme, "ui.upgrade.check", icon="refresh-cw")
        self.install = PushButton(theme, "ui.upgrade.install", "accent", icon="download")
        self.later = PushButton(theme, "ui.upgrade.later")
        self.report = PushButton(theme, "ui.report.open", icon="circle-alert")
        self.licences = PushButton(theme, "ui.licences.open", icon="info")
        self.crashes = Switch(theme, "ui.about.crashes")
        self.version.show_text(f"vidphone {program.version}")
        self.build.show_text(program.build)
        self.add("ui.about.version", self.version)
        self.add("ui.about.build", self.build)
        self.add("ui.about.crashes", self.crashes, what="ui.about.crashes.what")
        for widget in (self.altered, self.status, self.changed_title, self.changed):
            self.add_wide(widget)
        self.add_wide(wrapped(self.install, self.later, self.check))
        self.add_wide(wrapped(self.report, self.licences))
        self.check.clicked.connect(lambda: self.wanted.emit(CheckUpgrade()))
        self.install.clicked.connect(lambda: self.wanted.emit(InstallUpgradeNow()))
        self.later.clicked.connect(lambda: self.wanted.emit(DelayUpgrade(LATER_H)))
        self.report.clicked.connect(self.report_wanted)
        self.licences.clicked.connect(self.licences_wanted)
        self.crashes.clicked.connect(lambda on: self.wanted.emit(AllowCrashReports(on)))
        theme.words.changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Seen for the first time: ask how it stands."""
        super().showEvent(event)
        if self._view.upgrade is None:
            self.wanted.emit(CheckUpgrade())

    def settings_changed(self, settings: Settings) -> None:
        """Show what is in force."""
        self.crashes.setChecked(bool(settings.crash_reports))

    def refresh(self) -> None:
        """Say how it stands."""
        view, words = self._view, self._theme.words
        said = view.said(self._program.version)
        self.status.say(said.standing, *said.keys, **dated(said, words))
        if view.altered:
            names = {"files": view.altered_words(words.language), "count": view.altered_count}
            self.altered.say(Standing.BAD, "ui.altered.all", "ui.altered.next", **names)
        else:
            self.altered.say(Standing.PLAIN)
        notes = view.notes(words.language)
        self.changed_title.setVisible(bool(notes))
        self.changed.setVisible(bool(notes))
        if notes and view.upgrade is not None:
            self.changed_title.say("ui.upgrade.changed", version=view.upgrade.version)
            self.changed.show_text(notes)
        self.install.setVisible(view.can_install)
        self.later.setVisible(view.can_wait)
