"""Encoded sound to packets."""

import asyncio
import secrets

from vidphone.media.flow.outgoing import Outgoing, SentCounter
from vidphone.media.plan import MediaPlan
from vidphone.media.plumbing import SAMPLE_RATE_HZ, AudioBlock
from vidphone.media.rate.budget import Budget
from vidphone.media.rate.model import Estimate
from vidphone.media.rate.pacer import Priority
from vidphone.media.rtp.extensions import MID, pack_mid
from vidphone.media.rtp.packet import RtpPacket
from vidphone.media.voice.sender import AudioSender, EncodedAudio

MID_PACKETS = 100
BURST_PACKETS = 1.7
"""Mean length of losses from which copies are spread in time, so that one burst does not take them all."""


class AudioOut:
    """The outgoing sound of one transport. On the loop but for `audio`."""

    def __init__(self, plan: MediaPlan, outgoing: Outgoing) -> None:
        self.plan = plan
        self.counter = SentCounter()
        self._codec = plan.send_codecs[0]
        self.sender = AudioSender(
            self._send, opus_payload_type=self._codec.payload_type, loop=asyncio.get_running_loop()
        )
        self._outgoing = outgoing
        self._sequence = secrets.randbelow(1 << 15)
        self._origin = secrets.randbelow(1 << 32)
        self._latest: tuple[float, int] | None = None
        self._running = False

    def start(self) -> None:
        """Begin to encode and send: silence until sound comes."""
        self._running = True
        self.sender.start()

    def audio(self, block: AudioBlock) -> None:
        """Sound of the microphone, from any thread."""
        if self._running:
            self.sender.audio(block)

    def stop(self) -> None:
        """Send nothing more; returns at once."""
        self._running = False
        self.sender.stop()

    def rtp_timestamp(self, at_s: float) -> int | None:
        """The timestamp of sound made at a time (monotonic seconds); None before the first."""
        if self._latest is None:
            return None
        made_at_s, timestamp = self._latest
        return (timestamp + round((at_s - made_at_s) * SAMPLE_RATE_HZ)) & 0xFFFFFFFF

    def budget(self, budget: Budget, estimate: Estimate) -> None:
        """What there is for the sound from now on."""
        redundancy, spacing = budget.redundancy if self.plan.red_send is not None else 0, 1
        if redundancy and estimate.loss_burst > BURST_PACKETS:
            redundancy = min(redundancy, 2)
            spacing = 3 if redundancy == 1 else 2
        self.sender.set_rate(int(budget.opus_bps), estimate.loss_fraction, redundancy, spacing)

    def _send(self, sound: EncodedAudio) -> None:
        if not self._running:
            return
        timestamp = (self._origin + sound.rtp_timestamp) & 0xFFFFFFFF
        self._latest = (sound.made_at_s, timestamp)
        payload_type = self._codec.payload_type
        if sound.red and self.plan.red_send is not None:
            payload_type = self.plan.red_send
        extensions = self._outgoing.blank_extensions()
        if self.counter.packets < MID_PACKETS and (mid_id := self.plan.extensions.get(MID)) is not None:
            extensions[mid_id] = pack_mid(self.plan.mid)
        packet = RtpPacket(
            payload_type, self._sequence, timestamp, self.plan.local_ssrc, sound.payload, sound.marker, extensions
        )
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._outgoing.send(packet, Priority.AUDIO, self.counter)
        self._outgoing.pump()
