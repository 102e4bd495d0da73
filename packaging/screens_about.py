"""The scenes of upgrades, altered files and reports, for `screens.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QScrollArea, QWidget

from vidphone.phone import events
from vidphone.phone.events import Request, UpgradeStage, UpgradeState
from vidphone.ui.main.about.licences import LicencesDialog
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode
from vidphone.wire.releases import Notes

if TYPE_CHECKING:
    from screens import Desk

Shot = tuple[str, QWidget]
UNTIL = 1_795_500_000.0
NOTES = Notes(
    zh="通话在网络切换时更快恢复。\n联系人可以按拼音查找。\n修正了暗色模式下的对比度。",
    en="Calls come back faster when the network changes.\nContacts can be found by pinyin.\nBetter contrast at night.",
)
READY = UpgradeState(UpgradeStage.READY, "0.3.0", NOTES, until=UNTIL, latest=UNTIL + 500_000)
STATES = {
    "newest": UpgradeState(UpgradeStage.NONE),
    "fetching": UpgradeState(UpgradeStage.DOWNLOADING, "0.3.0", NOTES, fraction=0.42),
    "ready": READY,
    "waiting": UpgradeState(UpgradeStage.WAITING_FOR_CALL, "0.3.0", NOTES),
    "failed": UpgradeState(UpgradeStage.FAILED, code=ErrorCode.UPGRADE_NOT_TRUSTED),
    "too-old": UpgradeState(UpgradeStage.BELOW_MINIMUM, minimum="0.3.0"),
    "needed": UpgradeState(UpgradeStage.READY, "0.3.0", NOTES, until=UNTIL, minimum="0.3.0"),
    "package": UpgradeState(UpgradeStage.NOT_SELF_UPDATING, how="deb"),
}
ALTERED = events.InstallationAltered(("vidphone (changed)", "_internal/vidphone/app.pyc (missing)"), 2)
REPORT = """\
== program
kind: problem
version: 0.2.0
build: 0.2.0+20261123.4-1a2b3c4d
channel: stable
platform: linux-x86_64
installed as: self-updating

== devices
microphone: Built-in Audio Analog Stereo (default)
camera: Integrated Camera (in use, default)

== last calls
outgoing video, ended 62 s ago after 133.4 s: media-failed
  video_in: bytes_received 12,345,678, packets_lost 7, codec VP9

== log
2026-11-23 11:37:47,123 INFO vidphone.phone.core [engine] signed in as <number>"""


def about_shots(desk: Desk) -> Iterator[Shot]:
    """The card of the settings and the line of the window, in every state of an upgrade."""
    desk.move_in()
    window = desk.desktop.window
    window.open_page(Page.DIAL)
    for name in ("ready", "waiting", "needed"):
        desk.engine.tell(STATES[name])
        desk.settle()
        yield f"upgrade-line-{name}", window
    window.open_page(Page.SETTINGS)
    for name, state in STATES.items():
        desk.engine.tell(state)
        desk.settle()
        window.settings.findChildren(QScrollArea)[0].ensureWidgetVisible(window.settings.about)
        desk.settle()
        yield f"about-{name}", window
    desk.engine.tell(ALTERED)
    desk.settle()
    yield "about-altered", window


def report_shots(desk: Desk) -> Iterator[Shot]:
    """A report, its failure, the licences, what is new, and the question after a crash."""
    desk.move_in()
    window = desk.desktop.window
    window.report_problem()
    desk.engine.tell(events.ReportMade(REPORT))
    desk.settle()
    dialog = _dialog(window)
    yield "report", dialog
    desk.engine.tell(
        events.RequestFailed(Request.REPORT, ErrorCode.SERVICE_UNREACHABLE, (("service", "https://phone.example.cn"),))
    )
    desk.settle()
    yield "report-failed", dialog
    dialog.reject()
    desk.settle()
    window.settings.about.licences_wanted.emit()
    desk.settle()
    licences = _dialog(window)
    yield "licences", licences
    if isinstance(licences, LicencesDialog):
        for sought in ("mit", "nothing of that name"):
            licences.search.setText(sought)
            desk.settle()
            yield f"licences-{sought.partition(' ')[0]}", licences
    licences.reject()
    desk.engine.tell(READY)
    desk.settle()
    window.upgrade_line.more.click()
    desk.settle()
    yield "upgrade-news", _dialog(window)
    _dialog(window).reject()
    desk.engine.tell(events.CrashFound(REPORT.replace("problem", "crash")))
    desk.settle()
    yield "crash", _dialog(window)
    _dialog(window).reject()
    desk.settle()


def _dialog(window: QWidget) -> QDialog:
    shown = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
    if not shown:
        raise RuntimeError("no dialog is open")
    return shown[-1]


SERIES = (about_shots, report_shots)
