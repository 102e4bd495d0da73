"""Echo, noise and gain between the speaker's thread and the microphone's.

The speaker's thread only puts what it plays into a bounded buffer. The library works on the microphone's thread alone
(its instances are not made for two) and lets the interpreter go while it does.
"""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples
from vidphone.media.process.reference import FarReference
from vidphone.media.process.switches import VoiceProcessing

if TYPE_CHECKING:
    from vidphone.media.process.stages import Stages

log = logging.getLogger(__name__)

FRAME_SAMPLES = SAMPLE_RATE_HZ // 100


class VoiceProcessor:
    """Hears what is played (`far`) and cleans what is said (`near`); one for a phone.

    Where the library is missing or fails, sound passes as it is and `failed` is called, once.
    """

    def __init__(self, switches: VoiceProcessing | None = None, failed: Callable[[], None] = lambda: None) -> None:
        """`switches`: what is on at first, all of it unless given; `failed` is called on the microphone's thread."""
        self._wanted = VoiceProcessing() if switches is None else switches
        self._failed = failed
        self._far = FarReference()
        self._far_lock = threading.Lock()
        self._near_lock = threading.Lock()
        self._stages: Stages | None = None
        self._on: VoiceProcessing | None = None
        """What `_stages` are set to."""
        self._broken = False

    def set(self, switches: VoiceProcessing) -> None:
        """Switch on and off, from any thread; from the microphone's next block on."""
        self._wanted = switches

    def far(self, samples: Samples) -> None:
        """What the speaker plays next, in blocks of any length, from any thread; returns at once."""
        if self._wanted.echo and not self._broken:
            with self._far_lock:
                self._far.put(samples)

    def near(self, samples: Samples) -> Samples:
        """The microphone's sound as it is to be sent; as long as it came, and the same array where nothing is on.

        Args:
            samples: whole frames of 10 ms (`FRAME_SAMPLES`); others pass as they are.
        """
        wanted = self._wanted
        if self._broken or samples.size % FRAME_SAMPLES or (not wanted.any and self._stages is None):
            return samples
        with self._near_lock:
            try:
                return self._process(samples, wanted)
            except Exception as reason:  # whatever the library lacks or raises, the call goes on
                self._break(reason)
                return samples

    def _process(self, samples: Samples, wanted: VoiceProcessing) -> Samples:
        if not wanted.any:
            self._stages = self._on = None
            return samples
        stages = self._stages
        if stages is None or self._on != wanted:
            from vidphone.media.process.stages import Stages  # noqa: PLC0415 - a phone works without the library

            self._stages = stages = stages or Stages()
            if stages.echo is None:
                with self._far_lock:
                    self._far.start(samples.size)
            stages.follow(wanted)
            self._on = wanted
        far = samples
        if wanted.echo:
            with self._far_lock:
                far = self._far.take(samples.size)
        return stages.process(samples, far)

    def _break(self, reason: Exception) -> None:
        self._broken, self._stages = True, None
        log.warning("echo and noise stay in the microphone's sound: %s", type(reason).__name__)
        self._failed()
