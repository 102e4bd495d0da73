"""The microphone that a setting or an option names."""

from pathlib import Path

from vidphone.media.devices import DeviceListener
from vidphone.media.files import is_path
from vidphone.media.plumbing import AudioSink, Source
from vidphone.media.process.voice import VoiceProcessor
from vidphone.media.sound.files import FileMicrophone, NoMicrophone, ToneMicrophone
from vidphone.media.sound.microphone import Microphone

TONE = "tone"
NONE = "none"


def microphone_from(
    spec: str, sink: AudioSink, listener: DeviceListener, voice: VoiceProcessor | None = None
) -> Source:
    """The source that `spec` names; nothing is opened before its `start`.

    Args:
        spec: empty for the default microphone; `tone` for a soft beep; `none`; the path of a sound file, which is
            played in a loop; else a device's id.
        sink: takes the sound, on the source's own thread.
        listener: hears of a microphone that is missing or gone, and of one that has taken its place.
        voice: cleans a device's sound; a file or a tone stands for what was said and stays as it is.
    """
    if spec == TONE:
        return ToneMicrophone(sink)
    if spec == NONE:
        return NoMicrophone()
    if is_path(spec):
        return FileMicrophone(Path(spec), sink)
    return Microphone(spec, sink, listener, voice)
