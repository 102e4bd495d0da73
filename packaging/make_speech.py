"""Make the speech samples in assets/speech with espeak-ng, from sentences of our own.

Run `python packaging/make_speech.py` on a machine with espeak-ng; the results are kept in the repository, because
the demonstration and the tests must not depend on it. The samples are synthetic: no person's voice is in them.
"""

import io
import subprocess
from pathlib import Path

import av
import numpy as np

from vidphone.media.plumbing import SAMPLE_RATE_HZ

SPEECH = Path(__file__).resolve().parent.parent / "assets" / "speech"
SENTENCES = {
    "en": (
        "en-us",
        "Hello, this is a test call. I can see you and hear you well. The sun is shining here, and the coffee is "
        "fresh. Tell me about your day. One, two, three, four, five. Thank you for calling, and talk to you soon.",
    ),
    "zh": (
        "cmn-latn-pinyin",
        "你好，这是一个测试通话。我看得见你，也听得很清楚。今天天气很好，我刚刚泡了一杯热茶。你那边怎么样？"
        "谢谢你打来电话，下次再聊。",
    ),
}
PEAK = 0.6
PAUSE_S = 0.6
BIT_RATE = 32_000


def speak(voice: str, sentence: str) -> bytes:
    """What espeak-ng says, as a WAV file."""
    command = ["espeak-ng", "-v", voice, "-s", "170", "-g", "2", "--stdout", "--stdin"]
    return subprocess.run(command, input=sentence.encode(), capture_output=True, check=True).stdout


def make(name: str, voice: str, sentence: str) -> None:
    """Write one sample: mono, 48 kHz, Opus."""
    resampler = av.AudioResampler("s16", "mono", SAMPLE_RATE_HZ)
    with av.open(io.BytesIO(speak(voice, sentence)), "r") as spoken:
        pieces = [piece for frame in spoken.decode(audio=0) for piece in resampler.resample(frame)]
    pieces += resampler.resample(None)
    samples = np.concatenate([piece.to_ndarray().ravel() for piece in pieces]).astype(np.float64)
    samples *= PEAK * 32767 / np.abs(samples).max()
    samples = np.concatenate((samples, np.zeros(round(PAUSE_S * SAMPLE_RATE_HZ))))
    frame = av.AudioFrame.from_ndarray(samples.astype(np.int16)[None, :], format="s16", layout="mono")
    frame.sample_rate = SAMPLE_RATE_HZ
    with av.open(str(SPEECH / f"{name}.opus"), "w", format="ogg") as written:
        stream = written.add_stream("libopus", rate=SAMPLE_RATE_HZ, layout="mono")
        stream.bit_rate = BIT_RATE
        written.mux(stream.encode(frame))
        written.mux(stream.encode(None))


def main() -> None:
    """Make all samples."""
    SPEECH.mkdir(parents=True, exist_ok=True)
    for name, (voice, sentence) in SENTENCES.items():
        make(name, voice, sentence)


if __name__ == "__main__":
    main()
