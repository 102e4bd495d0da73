"""Upgrades, altered files and reports in the real main window, over a scripted engine."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from tests.fakes.upgrades import NOTES
from tests.ui.conftest import House, MakeHouse
from tests.ui.stage import RINGING
from vidphone.account.settings import Settings
from vidphone.installation.launcher import RESTART
from vidphone.phone import commands, events
from vidphone.phone.events import Request, UpgradeStage, UpgradeState
from vidphone.texts import Language
from vidphone.ui.design.status import Standing
from vidphone.ui.main.about.licences import LicencesDialog
from vidphone.ui.main.about.report import CrashDialog, ReportDialog
from vidphone.ui.main.about.view import LATER_H
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode

UNTIL = 1_795_500_000.0
READY = UpgradeState(UpgradeStage.READY, "0.3.0", NOTES, until=UNTIL, latest=UNTIL + 1)


def tell(house: House, *all_of: events.Event) -> None:
    for event in all_of:
        house.engine.tell(event)
    house.settle()


def dialog(house: House, kind: type[QDialog]) -> QDialog:
    return next(one for one in house.window.findChildren(kind) if one.isVisible())


def test_a_version_that_is_ready_is_one_line_with_now_and_later(house: House) -> None:
    line = house.window.upgrade_line
    assert line.isHidden()
    tell(house, READY)
    assert "0.3.0" in line.label.plain
    line.install.click()
    assert house.engine.posted_of(commands.InstallUpgradeNow)
    line.later.click()
    assert house.engine.posted_of(commands.DelayUpgrade) == [commands.DelayUpgrade(LATER_H)]
    tell(house, READY)
    assert line.isHidden(), "the person said later"
    tell(house, UpgradeState(UpgradeStage.WAITING_FOR_CALL, "0.3.0", NOTES))
    assert not line.isHidden()
    assert line.install.isHidden()


def test_a_version_too_old_to_call_with_says_so_above_every_page(house: House) -> None:
    line = house.window.upgrade_line
    tell(house, UpgradeState(UpgradeStage.BELOW_MINIMUM, minimum="0.3.0"))
    assert "0.3.0" in line.label.plain
    assert line.later.isHidden()
    tell(house, UpgradeState(UpgradeStage.READY, "0.3.0", NOTES, until=UNTIL, minimum="0.3.0"))
    assert line.later.isHidden(), "it cannot be put off"
    assert not line.install.isHidden()


def test_what_is_new_is_told_in_the_language_of_the_windows(make_house: MakeHouse) -> None:
    house = make_house(language=Language.CHINESE)
    tell(house, READY)
    assert house.window.settings.about.changed.plain == NOTES.zh
    house.window.upgrade_line.more.click()
    house.settle()
    assert NOTES.zh in next(d for d in house.window.findChildren(QDialog) if d.isVisible()).paper.toPlainText()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("state", "standing", "says"),
    [
        (UpgradeState(UpgradeStage.NONE), Standing.GOOD, "newest"),
        (UpgradeState(UpgradeStage.DOWNLOADING, "0.3.0", NOTES, fraction=0.426), Standing.BUSY, "43 %"),
        (READY, Standing.PLAIN, "never in a call"),
        (UpgradeState(UpgradeStage.FAILED, code=ErrorCode.UPGRADE_NOT_TRUSTED), Standing.BAD, "was not used"),
        (UpgradeState(UpgradeStage.FAILED, code=ErrorCode.SERVICE_UNREACHABLE), Standing.BAD, "…"),
        (UpgradeState(UpgradeStage.NOT_SELF_UPDATING, how="deb"), Standing.PLAIN, "apt install"),
        (UpgradeState(UpgradeStage.NOT_SELF_UPDATING, how="snap"), Standing.PLAIN, "Whoever installed it"),
    ],
)
def test_settings_say_how_an_upgrade_stands(house: House, state: UpgradeState, standing: Standing, says: str) -> None:
    tell(house, state)
    about = house.window.settings.about
    assert about.status.standing is standing
    assert says in about.status.plain


def test_settings_ask_once_seen_and_show_version_and_build(house: House) -> None:
    assert not house.engine.posted_of(commands.CheckUpgrade)
    house.window.open_page(Page.SETTINGS)
    house.settle()
    assert len(house.engine.posted_of(commands.CheckUpgrade)) == 1
    about = house.window.settings.about
    assert about.version.plain.startswith("vidphone ")
    assert about.build.plain.endswith("+source")


def test_altered_files_are_named_above_every_page(house: House) -> None:
    tell(house, events.InstallationAltered(tuple(f"lib/{name} (changed)" for name in "abcd"), 9))
    said = house.window.altered.label.plain
    assert "lib/a (changed), lib/b (changed), lib/c (changed), and 6 more" in said
    assert "lib/d" in house.window.settings.about.altered.plain


def test_how_a_file_differs_is_told_in_the_language_of_the_windows(make_house: MakeHouse) -> None:
    house = make_house(language=Language.CHINESE)
    tell(house, events.InstallationAltered(("lib/a (1) (missing)", "lib/b"), 2))
    assert "lib/a (1)（缺失）、lib/b" in house.window.altered.label.plain
    assert "lib/a (1)（缺失）、lib/b" in house.window.settings.about.altered.plain


def test_a_restart_leaves_with_its_code_but_not_in_a_call(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr(QApplication.instance(), "exit", codes.append)
    tell(house, events.CallChanged(RINGING), events.RestartWanted())
    assert codes == []
    house.desktop.restart()
    assert codes == []
    house.bridge.state.calls.clear()
    tell(house, events.RestartWanted())
    assert codes == [RESTART]


def test_a_report_is_shown_as_it_is_before_it_can_be_sent(house: House, qtbot: QtBot) -> None:
    house.window.show_shortcuts()  # Help
    house.settle()
    next(one for one in house.window.findChildren(QDialog) if hasattr(one, "report")).report.click()
    report = dialog(house, ReportDialog)
    assert isinstance(report, ReportDialog)
    assert not report.send.isEnabled()
    tell(house, events.ReportMade("== program\n<b>0.2.0</b>"))
    assert report.paper.toPlainText() == "== program\n<b>0.2.0</b>"
    assert report.send.isEnabled()
    report.words.setPlainText("no sound")
    assert not report.send.isEnabled(), "what is shown is not what would be sent"
    qtbot.waitUntil(lambda: commands.MakeReport("no sound") in house.engine.posted, timeout=3000)
    tell(house, events.ReportMade("no sound"))
    report.send.click()
    assert house.engine.posted[-1] == commands.SendReport()
    tell(house, events.RequestFailed(Request.REPORT, ErrorCode.SERVICE_UNREACHABLE, (("service", "x"),)))
    assert report.status.standing is Standing.BAD
    report.send.click()
    tell(house, events.ReportSent())
    assert not house.window.findChildren(ReportDialog)
    assert house.window.toasts.shown is not None


def test_a_report_is_saved_as_a_file(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house.window.report_problem()
    report = dialog(house, ReportDialog)
    assert isinstance(report, ReportDialog)
    tell(house, events.ReportMade("text"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "report"), ""))
    report.save_button.click()
    assert house.engine.posted[-1] == commands.SaveReport(tmp_path / "report.txt")
    tell(house, events.ReportSaved("/x/report.txt"))
    assert "/x/report.txt" in report.status.plain


@pytest.mark.parametrize(("way", "allowed"), [("yes", True), ("no", False), ("escape", False)])
def test_after_a_crash_is_asked_once_and_silence_means_no(house: House, way: str, allowed: bool) -> None:
    tell(house, events.CrashFound("Traceback"))
    asked = dialog(house, CrashDialog)
    assert isinstance(asked, CrashDialog)
    assert asked.paper.toPlainText() == "Traceback"
    assert asked.no.hasFocus() or asked.focusWidget() is asked.no
    {"yes": asked.yes.click, "no": asked.no.click, "escape": asked.reject}[way]()
    assert house.engine.posted_of(commands.AllowCrashReports) == [commands.AllowCrashReports(allowed)]


def test_crash_reports_can_be_allowed_and_forbidden_in_the_settings(house: House) -> None:
    crashes = house.window.settings.about.crashes
    assert not crashes.isChecked()
    tell(house, events.SettingsChanged(Settings(language=Language.ENGLISH, crash_reports=True)))
    assert crashes.isChecked()
    crashes.click()
    assert house.engine.posted[-1] == commands.AllowCrashReports(False)


def test_licences_are_searched_by_keyboard_and_each_text_stands_beside(house: House) -> None:
    house.window.settings.about.licences.click()
    licences = dialog(house, LicencesDialog)
    assert isinstance(licences, LicencesDialog)
    assert licences.focusWidget() is licences.search
    assert "Third-party software" in licences.paper.toPlainText()
    QTest.keyClicks(licences.search, "httpx")
    assert licences.model.rowCount() == 1
    assert "Redistribution and use" in licences.paper.toPlainText()
    QTest.keyClick(licences.search, Qt.Key.Key_Return)
    assert licences.isVisible(), "seeking is not leaving"
    licences.search.clear()
    QTest.keyClick(licences.search, Qt.Key.Key_Down)
    assert licences.focusWidget() is licences.list
    QTest.keyClick(licences.list, Qt.Key.Key_Down)
    assert "Apache License" in licences.paper.toPlainText()
    licences.paper.anchorClicked.emit(QUrl("https://example.com"))
    assert "Apache License" in licences.paper.toPlainText(), "nothing is opened from a text"
    QTest.keyClicks(licences.search, "nothing of that name")
    assert licences.list.isHidden()
    QTest.keyClick(licences.search, Qt.Key.Key_Escape)
    assert not licences.isVisible()
