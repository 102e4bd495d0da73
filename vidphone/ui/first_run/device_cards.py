"""The cards of the device test: one a device, with its choice, its trial, and what came of it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from vidphone.media.devices import DeviceKind
from vidphone.media.slot import PictureSlot
from vidphone.media.sound.levels import VOICE_SAMPLE_S, VoiceState
from vidphone.phone.commands import PlayVoice, RecordVoice, TestSound
from vidphone.phone.events import VoiceSample
from vidphone.ui.calls.picture import PictureView
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, RADIUS_PX, STAGE, TypeRole
from vidphone.ui.first_run.hearing import Hearing, MicrophoneTrial
from vidphone.ui.first_run.level_meter import LevelMeter
from vidphone.ui.main.device_choice import DeviceChoice
from vidphone.ui.main.page import Card
from vidphone.ui.state import ViewState
from vidphone.wire.errors import ErrorCode

PICTURE_PX = (320, 180)
_NONE_THERE = {
    DeviceKind.MICROPHONE: ErrorCode.NO_MICROPHONE,
    DeviceKind.SPEAKER: ErrorCode.NO_SPEAKER,
    DeviceKind.CAMERA: ErrorCode.NO_CAMERA,
}
_STANDINGS = {
    Hearing.WAITING: Standing.PLAIN,
    Hearing.HEARD: Standing.GOOD,
    Hearing.HEARD_BEFORE: Standing.GOOD,
    Hearing.TOO_LOUD: Standing.CARE,
}


class DeviceCard(Card):
    """What the three share: a title, the choice of a device, a fault that the device told of."""

    wanted = Signal(object)
    """A command."""

    def __init__(
        self, theme: Theme, state: ViewState, kind: DeviceKind, icon: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.kind = kind
        self.works = False
        """Whether it was seen or heard to work."""
        self._fault: tuple[ErrorCode, str] | None = None
        self._icon_name = icon
        self._icon = QLabel()
        self.choice = DeviceChoice(theme, state, kind)
        self.choice.wanted.connect(self.wanted)
        self.choice.activated.connect(lambda _: self.begin())
        self.status = StatusLine(theme)
        head = QHBoxLayout()
        head.setSpacing(GRID_PX)
        head.addWidget(self._icon)
        head.addWidget(Label(theme, f"ui.settings.{kind.value}", TypeRole.LEAD, strong=True), 1)
        self.inside.addLayout(head)
        self.inside.addWidget(self.choice)
        theme.changed.connect(self._restyle)
        self._restyle()

    def begin(self) -> None:
        """Try it from the start: the page was opened, or another device chosen."""
        self.works = False
        self._fault = None
        self._judge()

    def devices_changed(self) -> None:
        """Devices came or went."""
        self.choice.refresh()
        self._judge()

    def failed(self, code: ErrorCode | None, name: str) -> None:
        """The device told that it fails; None: it works again."""
        self._fault = None if code is None else (code, name)
        self._judge()

    @property
    def fault(self) -> tuple[ErrorCode, str] | None:
        """What keeps it from being tried: its code, and the device's name."""
        if not self.choice.may_be_there:
            return _NONE_THERE[self.kind], ""
        return self._fault

    def _judge(self) -> None:
        """Say how it stands; what is no fault of the device, each kind says itself."""
        if (fault := self.fault) is not None:
            key = f"error.{fault[0].value}"
            self.status.say(Standing.BAD, key, f"{key}.next", path=fault[1])
        else:
            self._say()

    def _say(self) -> None:
        self.status.say(Standing.PLAIN)

    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name))


class MicrophoneCard(DeviceCard):
    """A live meter, whether the person is heard, and their own voice played back."""

    def __init__(self, theme: Theme, state: ViewState, now_s: float, parent: QWidget | None = None) -> None:
        super().__init__(theme, state, DeviceKind.MICROPHONE, "mic", parent)
        self.trial = MicrophoneTrial(now_s)
        self._now_s = now_s
        self._voice = VoiceSample(VoiceState.EMPTY, 0.0)
        self.meter = LevelMeter(theme, "ui.devices.meter")
        self.record = PushButton(theme, "ui.devices.record", icon="circle-dot")
        self.play = PushButton(theme, "ui.devices.play", icon="play")
        self.sample = StatusLine(theme)
        self.record.clicked.connect(self._record)
        self.play.clicked.connect(self._play)
        doing = QHBoxLayout()
        doing.setSpacing(GRID_PX)
        doing.addWidget(self.record)
        doing.addWidget(self.play)
        doing.addStretch(1)
        self.inside.addWidget(self.meter)
        self.inside.addWidget(self.status)
        self.inside.addWidget(Label(theme, "ui.devices.record.what", TypeRole.CAPTION, "muted", wrap=True))
        self.inside.addLayout(doing)
        self.inside.addWidget(self.sample)
        self._offer()

    def begin(self) -> None:
        """As of every card."""
        self.trial.begin(self._now_s)
        super().begin()

    def devices_changed(self) -> None:
        """As of every card."""
        super().devices_changed()
        self._offer()

    def look(self, now_s: float) -> None:
        """Time passes: the peak falls, patience ends."""
        self._now_s = now_s
        self.works |= self.trial.heard_once
        self.meter.show_level(self.trial.shown(now_s), self.trial.peak(now_s))
        self._judge()

    def voice_changed(self, voice: VoiceSample) -> None:
        """The sample is recorded, kept, played; what was recorded is played at once."""
        before, self._voice = self._voice.state, voice
        if before is VoiceState.RECORDING and voice.state is VoiceState.KEPT:
            self.wanted.emit(PlayVoice(True))
        places = {"seconds": int(voice.seconds), "most": int(VOICE_SAMPLE_S)}
        match voice.state:
            case VoiceState.RECORDING:
                self.sample.say(Standing.BUSY, "ui.devices.recording", **places)
            case VoiceState.PLAYING:
                self.sample.say(Standing.BUSY, "ui.devices.playing")
            case VoiceState.KEPT:
                self.sample.say(Standing.PLAIN, "ui.devices.played")
            case VoiceState.EMPTY if before is VoiceState.RECORDING:
                self.sample.say(Standing.BAD, "ui.devices.not-recorded", "ui.devices.not-recorded.next")
            case VoiceState.EMPTY:
                self.sample.say(Standing.PLAIN)
        self._offer()

    def _offer(self) -> None:
        state = self._voice.state
        recording, playing = state is VoiceState.RECORDING, state is VoiceState.PLAYING
        again = "ui.devices.record" if state is VoiceState.EMPTY else "ui.devices.record.again"
        self.record.say("ui.devices.record.stop" if recording else again)
        self.play.say("ui.devices.play.stop" if playing else "ui.devices.play")
        self.record.setEnabled(self.choice.may_be_there)
        self.play.setVisible(state in (VoiceState.KEPT, VoiceState.PLAYING))

    def _record(self) -> None:
        self.wanted.emit(RecordVoice(self._voice.state is not VoiceState.RECORDING))

    def _play(self) -> None:
        self.wanted.emit(PlayVoice(self._voice.state is not VoiceState.PLAYING))

    def _say(self) -> None:
        hearing = self.trial.hearing(self._now_s)
        standing = _STANDINGS.get(hearing, Standing.BAD)
        key = f"ui.devices.hearing.{hearing.value}"
        self.status.say(standing, *((key,) if standing in (Standing.PLAIN, Standing.GOOD) else (key, f"{key}.next")))


class SpeakerCard(DeviceCard):
    """A tone, and the person's word on whether it was heard."""

    def __init__(self, theme: Theme, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(theme, state, DeviceKind.SPEAKER, "volume-2", parent)
        self._asked = False
        self._heard: bool | None = None
        self.tone = PushButton(theme, "ui.devices.tone", icon="play")
        self.yes = PushButton(theme, "ui.devices.tone.yes", icon="check")
        self.no = PushButton(theme, "ui.devices.tone.no", icon="x")
        self.question = Label(theme, "ui.devices.tone.question", strong=True, wrap=True)
        self.tone.clicked.connect(self._play)
        self.yes.clicked.connect(lambda: self._answer(heard=True))
        self.no.clicked.connect(lambda: self._answer(heard=False))
        playing, answering = QHBoxLayout(), QHBoxLayout()
        playing.addWidget(self.tone)
        playing.addStretch(1)
        answering.setSpacing(GRID_PX)
        answering.addWidget(self.yes)
        answering.addWidget(self.no)
        answering.addStretch(1)
        self.inside.addLayout(playing)
        self.inside.addWidget(self.question)
        self.inside.addLayout(answering)
        self.inside.addWidget(self.status)
        self._judge()

    def begin(self) -> None:
        """As of every card."""
        self._asked, self._heard = False, None
        super().begin()

    def _play(self) -> None:
        self._asked, self._heard = True, None
        self.wanted.emit(TestSound(DeviceKind.SPEAKER))
        self._judge()

    def _answer(self, *, heard: bool) -> None:
        self._asked, self._heard, self.works = False, heard, heard
        self._judge()
        (self.tone if heard else self.choice).setFocus()

    def _judge(self) -> None:
        super()._judge()
        asking = self._asked and self.fault is None
        self.tone.setEnabled(self.choice.may_be_there)
        self.tone.say("ui.devices.tone" if self._heard is None and not self._asked else "ui.devices.tone.again")
        for part in (self.question, self.yes, self.no):
            part.setVisible(asking)

    def _say(self) -> None:
        if self._heard is None:
            self.status.say(Standing.PLAIN)
        elif self._heard:
            self.status.say(Standing.GOOD, "ui.devices.tone.heard")
        else:
            self.status.say(Standing.BAD, "ui.devices.tone.not-heard", "ui.devices.tone.not-heard.next")


class CameraCard(DeviceCard):
    """The own picture, as in a mirror."""

    def __init__(self, theme: Theme, state: ViewState, local: PictureSlot, parent: QWidget | None = None) -> None:
        super().__init__(theme, state, DeviceKind.CAMERA, "video", parent)
        self.picture = PictureView(local, STAGE.background)
        self.picture.set_mirrored(True)
        self.picture.set_radius(RADIUS_PX)
        self.picture.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.picture.picture_came.connect(self._came)
        self.inside.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignLeft)
        self.inside.addWidget(self.status)
        theme.words.changed.connect(self._name)
        self._restyle()
        self._name()

    def begin(self) -> None:
        """As of every card."""
        self.picture.clear()
        super().begin()

    def set_live(self, live: bool) -> None:
        """Show the picture, or let nobody see it any more."""
        self.picture.set_live(live)
        if not live:
            self.picture.clear()

    def _came(self) -> None:
        self.works = True
        self._fault = None
        self._judge()

    def _judge(self) -> None:
        super()._judge()
        self.picture.setVisible(self.fault is None)

    def _say(self) -> None:
        seen = self.picture.has_picture
        self.status.say(Standing.GOOD if seen else Standing.BUSY, f"ui.devices.camera.{'seen' if seen else 'waiting'}")

    def _name(self) -> None:
        self.picture.setAccessibleName(self._theme.words("ui.settings.preview"))

    def _restyle(self) -> None:
        super()._restyle()
        if hasattr(self, "picture"):
            self.picture.setFixedSize(QSize(*(self._theme.px(side) for side in PICTURE_PX)))
