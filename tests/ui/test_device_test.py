"""The device test over a scripted engine: what it asks of the engine, and what it says."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.engine import FakeEngine
from tests.fakes.pictures import Projector, person
from tests.ui.conftest import House
from vidphone.account.settings import Settings
from vidphone.call.view import CallState, CallView, Direction
from vidphone.media.devices import DeviceKind
from vidphone.media.sound.levels import SILENCE_DBFS, SoundLevel, VoiceState
from vidphone.phone import commands, events
from vidphone.texts import Language
from vidphone.ui.bridge import Bridge
from vidphone.ui.design.status import Standing
from vidphone.ui.design.theme import Theme
from vidphone.ui.first_run.device_test import DeviceTestPage
from vidphone.ui.main.device_dialog import DeviceTestDialog
from vidphone.ui.main.page import scrolled
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode

RINGING = CallView("r", Direction.INCOMING, "1002", "Wang Fang", CallState.INCOMING, video=True)


class Test:
    """The page, its engine, and its clock."""

    __test__ = False

    def __init__(self, qtbot: QtBot, **settings: object) -> None:
        chosen = Settings(**{"language": Language.ENGLISH, "motion": False, **settings})  # type: ignore[arg-type]
        self.qtbot = qtbot
        self.engine = FakeEngine(chosen)
        self.bridge = Bridge(self.engine, chosen)
        self.theme = Theme(chosen)
        self.now_s = 10.0
        self.page = DeviceTestPage(self.theme, self.bridge, now_s=lambda: self.now_s)
        self.outside = scrolled(self.page)
        self.outside.resize(640, 900)
        self.bridge.start()
        self.outside.show()
        qtbot.waitExposed(self.outside)
        self.page.begin()
        QApplication.processEvents()

    def tell(self, event: events.Event) -> None:
        self.engine.tell(event)
        QApplication.processEvents()

    def hear(self, rms_dbfs: float, seconds: float = 0.6) -> None:
        for _ in range(round(seconds / 0.06)):
            self.now_s += 0.06
            self.tell(events.MicrophoneLevel(SoundLevel(rms_dbfs, min(0.0, rms_dbfs + 10))))

    def asked(self, kind: type) -> list[commands.Command]:
        return self.engine.posted_of(kind)


MakeTest = Callable[..., Test]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[MakeTest]:
    made: list[Test] = []

    def one(**settings: object) -> Test:
        made.append(Test(qtbot, **settings))
        return made[-1]

    yield one
    for test in made:
        test.page.leave()
        test.outside.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def test_devices_are_open_exactly_while_the_test_is_seen(make: MakeTest) -> None:
    test = make()
    assert test.asked(commands.ListenToMicrophone) == [commands.ListenToMicrophone(True)]
    assert test.asked(commands.Preview) == [commands.Preview(True)]
    test.outside.hide()
    assert test.asked(commands.ListenToMicrophone)[-1] == commands.ListenToMicrophone(False)
    assert test.asked(commands.Preview)[-1] == commands.Preview(False)
    test.outside.show()
    assert test.asked(commands.Preview)[-1] == commands.Preview(True)
    test.page.leave()
    assert test.asked(commands.Preview)[-1] == commands.Preview(False)
    test.outside.hide()
    test.outside.show()
    assert len(test.asked(commands.Preview)) == 4


def test_a_voice_moves_the_meter_and_is_said_to_be_heard(make: MakeTest) -> None:
    test = make()
    card = test.page.microphone
    assert card.status.plain == "Say something, as you would in a call."
    test.hear(-30)
    assert card.meter.level == 0.5
    assert card.meter.peak == pytest.approx(1 - 20 / 60)
    assert (card.status.plain, card.status.standing) == ("We hear you.", Standing.GOOD)
    assert test.page.tried == {DeviceKind.MICROPHONE}


@pytest.mark.parametrize(("rms_dbfs", "word"), [(-65.0, "soft noise"), (SILENCE_DBFS, "complete silence")])
def test_who_is_not_heard_is_told_why_and_what_to_do(make: MakeTest, rms_dbfs: float, word: str) -> None:
    test = make()
    for _ in range(100):
        test.now_s += 0.06
        test.tell(events.MicrophoneLevel(SoundLevel(rms_dbfs, rms_dbfs)))
    status = test.page.microphone.status
    assert status.standing is Standing.BAD
    assert status.plain.startswith("Nothing heard")
    assert word in status.plain
    assert "choose another" in status.plain
    assert test.page.tried == frozenset()


def test_what_was_recorded_is_played_at_once_and_again_on_request(make: MakeTest) -> None:
    test = make()
    card = test.page.microphone
    click(card.record)
    test.tell(events.VoiceSample(VoiceState.RECORDING, 2.1))
    assert card.sample.plain == "Recording: 2 of 10 seconds"
    assert card.record.accessibleName() == "Stop and listen"
    click(card.record)
    assert test.asked(commands.RecordVoice) == [commands.RecordVoice(True), commands.RecordVoice(False)]
    test.tell(events.VoiceSample(VoiceState.KEPT, 2.3))
    assert test.asked(commands.PlayVoice) == [commands.PlayVoice(True)]
    test.tell(events.VoiceSample(VoiceState.PLAYING, 2.3))
    click(card.play)
    test.tell(events.VoiceSample(VoiceState.KEPT, 2.3))
    assert test.asked(commands.PlayVoice)[1:] == [commands.PlayVoice(False)], "the end of playing plays nothing"
    click(card.play)
    assert test.asked(commands.PlayVoice)[-1] == commands.PlayVoice(True)


def test_a_recording_of_nothing_says_so(make: MakeTest) -> None:
    test = make()
    test.tell(events.VoiceSample(VoiceState.RECORDING, 0.0))
    test.tell(events.VoiceSample(VoiceState.EMPTY, 0.0))
    assert test.page.microphone.sample.plain.startswith("Nothing was recorded")
    assert test.asked(commands.PlayVoice) == []


def test_the_person_says_whether_the_speaker_is_heard(make: MakeTest) -> None:
    test = make()
    card = test.page.speaker
    assert not card.yes.isVisible()
    click(card.tone)
    assert test.asked(commands.TestSound) == [commands.TestSound(DeviceKind.SPEAKER)]
    click(card.no)
    assert "choose another speaker" in card.status.plain
    assert card.choice.hasFocus()
    card.choice.setCurrentIndex(2)
    card.choice.activated.emit(2)
    QApplication.processEvents()
    assert test.asked(commands.SelectDevice) == [commands.SelectDevice(DeviceKind.SPEAKER, "spk-1")]
    assert test.bridge.state.settings.speaker == "spk-1"
    assert not card.status.isVisible(), "it is about another speaker now"
    click(card.tone)
    click(card.yes)
    assert DeviceKind.SPEAKER in test.page.tried
    assert card.status.standing is Standing.GOOD


def test_the_camera_shows_its_picture_or_why_there_is_none(make: MakeTest) -> None:
    test = make()
    card = test.page.camera
    assert card.status.plain == "The camera is being turned on…"
    test.tell(events.DeviceNotice(DeviceKind.CAMERA, ErrorCode.CAMERA_BUSY, "Integrated Camera"))
    assert card.status.plain.startswith("The camera is used by another program. Close")
    assert not card.picture.isVisible()
    test.tell(events.DeviceNotice(DeviceKind.CAMERA, None, "Integrated Camera"))
    assert card.picture.isVisible()
    Projector(test.engine.local_slot, person(320, 180)).show()
    test.qtbot.waitUntil(lambda: card.picture.has_picture, timeout=2000)
    assert card.status.standing is Standing.GOOD
    assert DeviceKind.CAMERA in test.page.tried


def test_a_machine_without_devices_is_told_what_to_connect(make: MakeTest) -> None:
    test = make()
    test.tell(events.DevicesChanged(dict.fromkeys(DeviceKind, ()), {}))
    for card in test.page.cards:
        assert card.status.standing is Standing.BAD
        assert "Connect one" in card.status.plain
    assert not test.page.microphone.record.isEnabled()
    assert not test.page.speaker.tone.isEnabled()
    test.tell(events.DevicesChanged(test.engine.devices, {}))
    assert test.page.microphone.record.isEnabled()


def test_a_call_has_the_devices_and_the_test_goes_on_after_it(make: MakeTest) -> None:
    test = make()
    test.tell(events.CallChanged(RINGING))
    assert test.page.in_call.isVisible()
    assert not test.page.microphone.isEnabled()
    assert test.asked(commands.ListenToMicrophone)[-1] == commands.ListenToMicrophone(False)
    assert test.asked(commands.Preview) == [commands.Preview(True)], "the call's window decides on the own picture"
    test.tell(events.CallChanged(CallView("r", Direction.INCOMING, "1002", "", CallState.ENDED, video=True)))
    assert not test.page.in_call.isVisible()
    assert test.asked(commands.ListenToMicrophone)[-1] == commands.ListenToMicrophone(True)


def test_every_control_has_a_name_and_is_reached_by_tab(make: MakeTest) -> None:
    test = make()
    click(test.page.speaker.tone)
    test.tell(events.VoiceSample(VoiceState.KEPT, 1.0))
    controls = [w for w in test.page.findChildren(QWidget) if isinstance(w, QAbstractButton | QComboBox)]
    seen = [w for w in controls if w.isVisible() and w.isEnabled() and not isinstance(w.parent(), QComboBox)]
    assert [w for w in seen if not w.accessibleName()] == []
    reached = set()
    for _ in range(3 * len(seen)):
        test.outside.focusNextChild()
        reached.add(test.outside.focusWidget())
    assert {w.accessibleName() for w in seen} == {w.accessibleName() for w in seen if w in reached}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_words_are_cut(make: MakeTest, language: Language, scale: float) -> None:
    test = make(language=language, text_scale=scale)
    click(test.page.speaker.tone)
    click(test.page.speaker.no)
    test.tell(events.VoiceSample(VoiceState.RECORDING, 9.0))
    test.tell(events.DeviceNotice(DeviceKind.CAMERA, ErrorCode.CAMERA_BUSY, "Integrated Camera"))
    test.now_s += 60
    test.page.microphone.look(test.now_s)
    for _ in range(4):
        QApplication.processEvents()
    cut = [
        label.text()
        for label in test.page.findChildren(QLabel)
        if label.isVisible() and label.wordWrap() and label.heightForWidth(label.width()) > label.height()
    ]
    cut += [
        button.text()
        for button in test.page.findChildren(QPushButton)
        if button.isVisible() and button.fontMetrics().horizontalAdvance(button.text()) > button.width()
    ]
    assert cut == []


def test_the_settings_open_the_test_and_closing_it_frees_the_devices(house: House) -> None:
    house.window.open_page(Page.SETTINGS)
    house.settle()
    section = house.window.settings.devices
    click(section.look)
    click(section.test)
    house.settle()
    dialog = house.window.findChild(DeviceTestDialog)
    assert isinstance(dialog, DeviceTestDialog)
    assert not section.preview.isVisible(), "one slot has one live view"
    assert house.engine.posted_of(commands.Preview)[-1] == commands.Preview(True)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    house.settle()
    assert house.engine.posted_of(commands.Preview)[-1] == commands.Preview(False)
    assert house.engine.posted_of(commands.ListenToMicrophone)[-1] == commands.ListenToMicrophone(False)
