"""Media without pictures or sound (`call.ports.MediaFactory`): keeps what it was asked, fails when told to."""

import asyncio

from vidphone.call.ports import MediaListener
from vidphone.wire.signaling import Candidate


class FakeSession:
    def __init__(self, factory: "FakeMedia", call: str, listener: MediaListener, *, send_video: bool) -> None:
        self._factory = factory
        self.call = call
        self.listener = listener
        self.send_video = send_video
        self.operations: list[str] = []
        self.sending: tuple[bool, bool, bool] | None = None
        self.candidates: list[tuple[int, tuple[Candidate, ...], bool]] = []
        self.closed = False
        self._remote = ""

    @property
    def local_fingerprint(self) -> str:
        return f"AA:{self._factory.name}"

    @property
    def remote_fingerprint(self) -> str:
        return self._remote

    async def _operate(self, name: str) -> None:
        await asyncio.sleep(0)
        await self._factory.may_go.wait()
        self.operations.append(name)
        if self._factory.break_on == name.split(maxsplit=1)[0]:
            raise RuntimeError(f"{name} was told to fail")

    async def create_offer(self, generation: int) -> str:
        await self._operate(f"offer {generation}")
        return f"{self.local_fingerprint} offer {generation}"

    async def accept_offer(self, generation: int, sdp: str) -> str:
        await self._operate(f"take-offer {generation}")
        self._remote = sdp.split(maxsplit=1)[0]
        return f"{self.local_fingerprint} answer {generation}"

    async def accept_answer(self, generation: int, sdp: str) -> None:
        await self._operate(f"take-answer {generation}")
        self._remote = sdp.split(maxsplit=1)[0]

    async def add_candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        await self._operate(f"candidates {generation}")
        self.candidates.append((generation, candidates, last))

    def set_sending(self, *, microphone: bool, camera: bool, hold: bool) -> None:
        self.sending = (microphone, camera, hold)

    async def close(self) -> None:
        self.closed = True


class FakeMedia:
    """The factory; `break_on` names an operation that raises, `may_go` holds all of them up while cleared."""

    def __init__(self, name: str = "01") -> None:
        self.name = name
        self.sessions: dict[str, FakeSession] = {}
        self.break_on = ""
        self.may_go = asyncio.Event()
        self.may_go.set()

    def open(self, call: str, listener: MediaListener, *, send_video: bool) -> FakeSession:
        if self.break_on == "open":
            raise RuntimeError("open was told to fail")
        self.sessions[call] = FakeSession(self, call, listener, send_video=send_video)
        return self.sessions[call]
