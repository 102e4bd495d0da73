"""The senders and receivers of one transport (`rtc.generation.MediaFlow`, structurally)."""

import asyncio
import time
from collections.abc import Callable, Sequence

from vidphone.media.codec import available_encoders
from vidphone.media.flow.audio_out import AudioOut
from vidphone.media.flow.incoming import AudioIn, Incoming, RemoteStream, VideoIn
from vidphone.media.flow.outgoing import MAX_BPS, Outgoing, PacketWire
from vidphone.media.flow.reports import Reports
from vidphone.media.flow.video_out import VideoOut
from vidphone.media.plan import SessionPlan
from vidphone.media.plumbing import AudioBlock, Samples, VideoBlock, VideoSink
from vidphone.media.rate.budget import FlowShape, divide
from vidphone.media.rate.model import Estimate
from vidphone.media.rtp.extensions import ABS_SEND_TIME, TRANSPORT_CC
from vidphone.media.rtp.packet import is_rtcp
from vidphone.media.rtp.transport_feedback import FeedbackBuilder, feedback_interval_s
from vidphone.media.voice.lip_sync import LipSync

USEFUL_BPS = {"AV1": 1_300_000, "VP9": 2_000_000, "VP8": 2_500_000, "H264": 2_500_000}
"""At 1280x720 and 30 pictures a second; half as much again brings less than 0.5 dB on the measured clip."""
ENOUGH_BPS = {"AV1": 700_000, "VP9": 900_000, "VP8": 1_200_000, "H264": 1_400_000}
"""40.5 dB there: from here on being early is worth more."""
HEADROOM = 2.5
"""So many times what is of use the line is probed for: what it carries beyond lets a picture leave at once."""
AUDIO_USEFUL_BPS = 200_000
"""With all its redundancy."""
OPEN_S = 0.5
"""Who has said nothing for so long after the transport stood may never say anything: send all the same."""
BEAT_S = 0.03
SYNC_S = 0.25
RATE_OVER_S = 0.5
RTP_BYTES = 20
"""RTP's fixed header, and a header extension with the transport-wide number."""


class Flow:
    """Made on the loop, once both descriptions are known."""

    def __init__(
        self, plan: SessionPlan, transport: PacketWire, *, picture: VideoSink, first_packet: Callable[[], None],
        video_failed: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """Nothing is sent before `start`.

        Args:
            plan: what was negotiated.
            transport: where packets leave.
            picture: takes the other side's pictures, on the decoder's thread.
            first_packet: told of the first media that comes.
            video_failed: told, at most once, that pictures were agreed on and no encoder for them works.
        """
        self.plan = plan
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        media = plan.video or plan.audio
        extensions = media.extensions if media is not None else {}
        transport_cc = all(each.transport_cc for each in plan.media)
        self.outgoing = Outgoing(
            transport,
            transport_cc=extensions.get(TRANSPORT_CC) if transport_cc else None,
            abs_send_time=None if transport_cc else extensions.get(ABS_SEND_TIME),
            retarget=self._retarget,
            padding=self._pad,
        )
        self._video_failed = video_failed
        self.audio_out = AudioOut(plan.audio, self.outgoing) if plan.audio is not None and plan.audio.sends else None
        self.video_out = None
        if plan.video is not None and plan.video.sends:
            able = available_encoders()
            if any(codec.name in able for codec in plan.video.send_codecs):
                self.video_out = VideoOut(plan.video, able, self.outgoing, self._no_video)
            else:
                self._loop.call_soon(self._no_video)
        self.audio_in = AudioIn(plan.audio) if plan.audio is not None and plan.audio.receives else None
        self.video_in = None
        if plan.video is not None and plan.video.receives:
            self.video_in = VideoIn(plan.video, picture, nack=self._nack, keyframe=self._keyframe)
        self.reports = Reports(
            plan, transport.send, self.outgoing, audio_out=self.audio_out, video_out=self.video_out,
            audio_in=self.audio_in, video_in=self.video_in,
        )  # fmt: skip
        self._feedback = FeedbackBuilder(self.reports.own_ssrc, 0)
        self._feedback_due_s = 0.0
        self._received_before = (time.monotonic(), 0)
        self._received_bytes = 0
        self.incoming = Incoming(plan, self.audio_in, self.video_in, self._feedback, first_packet)
        self._lip_sync = LipSync()
        self._sync_due_s = 0.0
        self.sync_error_s: float | None = None
        self._beat: asyncio.TimerHandle | None = None
        self._open: asyncio.TimerHandle | None = None
        self._begun = False
        self._closed = False
        self._retired = False

    # What the generation calls.

    def start(self) -> None:
        """The transport stands: media may be sent from now on."""
        if self._closed or self._retired:
            return
        if self.audio_out is not None:
            self.audio_out.start()
        self._tick()
        self._open = self._loop.call_later(OPEN_S, self._begin)

    def _begin(self) -> None:
        """The other side hears us: send pictures, and find out what the line carries.

        Sooner, packets that it cannot decrypt yet would fill a narrow line's queue, and that would pass for its delay.
        """
        if self._begun or self._closed or self._retired:
            return
        self._begun = True
        if self._open is not None:
            self._open.cancel()
        if self.video_out is not None:
            self.video_out.start()
        self.outgoing.start()

    def packet(self, data: bytes, arrival_s: float) -> None:
        """Plaintext RTP or RTCP came."""
        if self._closed:
            return
        self._received_bytes += len(data)
        if not self._begun and self._open is not None:
            self._begin()
        if is_rtcp(data):
            self.reports.received(data, arrival_s)
        else:
            self.incoming.packet(data, arrival_s)

    def audio(self, block: AudioBlock) -> None:
        """Sound of the microphone, from any thread."""
        if self.audio_out is not None:
            self.audio_out.audio(block)

    def video(self, block: VideoBlock) -> None:
        """A picture of the camera, from any thread."""
        if self.video_out is not None:
            self.video_out.video(block)

    def take(self, count: int) -> Samples | None:
        """The next samples of the other side's sound, on the player's thread."""
        return self.audio_in.receiver.take(count) if self.audio_in is not None else None

    def set_shown(self, shown: tuple[int, int] | None) -> None:
        """The box, in pixels, in which the other side's picture is shown; (0, 0): not at all; None: not known."""
        self.reports.set_shown(shown)

    def set_content(self, *, still: bool) -> None:
        """Whether our pictures are of a screen rather than of people."""
        if self.video_out is not None:
            self.video_out.sender.set_still(still)

    def forget_picture(self) -> None:
        """The camera was switched off: what waits to be encoded is not to be sent any more."""
        if self.video_out is not None:
            self.video_out.sender.forget()

    def retire(self) -> None:
        """Send nothing more; receiving goes on."""
        if not self._retired:
            self._retired = True
            for part in (self.audio_out, self.video_out):
                if part is not None:
                    part.stop()
            self.outgoing.close()

    def close(self) -> None:
        """No callback after this; returns at once."""
        if self._beat is not None and not self._closed:
            self.reports.bye()
        self.retire()
        self._closed = True
        for timer in (self._beat, self._open):
            if timer is not None:
                timer.cancel()
        if self.video_in is not None:
            self.video_in.receiver.stop()

    def join(self) -> None:
        """Wait for the threads; not on the loop."""
        for sender in (self.audio_out, self.video_out):
            if sender is not None:
                sender.sender.join()
        if self.video_in is not None:
            self.video_in.receiver.join()

    # Inside.

    def _tick(self) -> None:
        if self._closed:
            return
        self._beat = self._loop.call_later(BEAT_S, self._tick)
        now_s = time.monotonic()
        if now_s >= self._feedback_due_s:
            self.reports.transport_feedback(self._feedback.build())
            self._feedback_due_s = now_s + feedback_interval_s(self._received_bps(now_s))
        self.reports.due(now_s)
        if now_s >= self._sync_due_s:
            self._sync_due_s = now_s + SYNC_S
            self._sync(now_s)

    def _no_video(self) -> None:
        if not self._closed:
            self._video_failed()

    def _received_bps(self, now_s: float) -> float:
        then_s, bytes_then = self._received_before
        rate = (self._received_bytes - bytes_then) * 8 / max(now_s - then_s, BEAT_S)
        if now_s - then_s > RATE_OVER_S:
            self._received_before = (now_s, self._received_bytes)
        return rate

    def _retarget(self, estimate: Estimate, now_s: float) -> None:
        video = self.video_out
        video_max = enough = 0
        if video is not None:
            name = video.sender.codec.name
            video_max = min(video.scaled_bps(USEFUL_BPS[name]), video.plan.max_bps or MAX_BPS)
            enough = video.scaled_bps(ENOUGH_BPS[name])
        self.outgoing.set_useful(HEADROOM * video_max + AUDIO_USEFUL_BPS)
        if video is not None:  # what the line carries stays known for when the picture is shown larger again
            video_max = video.useful_bps(video_max)
        budget = divide(
            estimate,
            FlowShape(
                audio=self.audio_out is not None,
                video=video is not None,
                video_max_bps=video_max,
                video_enough_bps=min(enough, video_max),
                header_bytes=self._transport.overhead_bytes + RTP_BYTES,
                red=self.audio_out is not None and self.audio_out.plan.red_send is not None,
                fec=video is not None and video.protects,
                rtx=video is not None and video.plan.nack,
            ),
        )
        if self.audio_out is not None:
            self.audio_out.budget(budget, estimate)
        if video is not None:
            video.budget(budget, estimate)

    def _pad(self, wanted_bytes: int, now_s: float) -> int:
        return self.video_out.pad(wanted_bytes, now_s) if self.video_out is not None else 0

    def _nack(self, lost: Sequence[int]) -> None:
        if self.video_in is not None and self.video_in.stream is not None and not self._closed:
            self.reports.nack(self.video_in.plan, self.video_in.stream.ssrc, lost)

    def _keyframe(self) -> None:
        if self.video_in is not None and self.video_in.stream is not None and not self._closed:
            self.reports.keyframe(self.video_in.plan, self.video_in.stream.ssrc)

    def _sync(self, now_s: float) -> None:
        """Bring sound and picture together, by the sender's clock (RFC 3550 section 6.4.1)."""
        if self.audio_in is None or self.video_in is None or not self.plan.synchronised:
            return
        playing, shown = self.audio_in.receiver.playing, self.video_in.receiver.shown
        if playing is None or shown is None or now_s - playing.at_s > 1.0 or now_s - shown.at_s > 1.0:
            return
        audio_s = _delay_s(self.audio_in.stream, playing.rtp_timestamp, playing.at_s)
        video_s = _delay_s(self.video_in.stream, shown.rtp_timestamp, shown.at_s)
        if audio_s is None or video_s is None:
            return
        self.sync_error_s = video_s - audio_s
        audio_minimum_s, video_minimum_s = self._lip_sync.update(
            audio_s, video_s, now_s,
            audio_wait_s=self.audio_in.receiver.delay_s, video_wait_s=self.video_in.receiver.delay_s,
        )  # fmt: skip
        self.audio_in.receiver.set_minimum_delay(audio_minimum_s)
        self.video_in.receiver.set_minimum_delay(video_minimum_s)


def _delay_s(stream: RemoteStream | None, rtp_timestamp: int, at_s: float) -> float | None:
    """From capture on the sender's clock to here on ours; off by the difference of the two clocks."""
    capture_s = stream.clock.capture_s(rtp_timestamp) if stream is not None else None
    return None if capture_s is None else at_s - capture_s
