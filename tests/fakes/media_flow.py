"""A flow that notes what it is asked, and sends packets when a test says so."""

from collections.abc import Callable

from vidphone.media.plan import SessionPlan
from vidphone.media.plumbing import AudioBlock, Samples, VideoBlock
from vidphone.media.rtc.transport import Transport
from vidphone.media.rtp.packet import is_rtcp


class NotedFlow:
    """`rtc.generation.MediaFlow`."""

    def __init__(self, plan: SessionPlan, transport: Transport, first_packet: Callable[[], None]) -> None:
        self.plan = plan
        self.transport = transport
        self.first_packet = first_packet
        self.packets: list[bytes] = []
        self.asked: list[str] = []

    def start(self) -> None:
        self.asked.append("start")

    def packet(self, data: bytes, arrival_s: float) -> None:
        self.packets.append(data)
        if not is_rtcp(data):
            self.first_packet()

    def audio(self, block: AudioBlock) -> None:
        self.asked.append("audio")

    def video(self, block: VideoBlock) -> None:
        self.asked.append("video")

    def take(self, count: int) -> Samples | None:
        return None

    def retire(self) -> None:
        self.asked.append("retire")

    def close(self) -> None:
        self.asked.append("close")

    def join(self) -> None:
        self.asked.append("join")
