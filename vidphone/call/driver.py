"""Carries out the media operations of one call, one after another, and tells the desk what came of them."""

import asyncio
import logging
from typing import Protocol

from vidphone.call import effects as fx
from vidphone.call import events as ev
from vidphone.call.ports import MediaFactory, MediaSession
from vidphone.wire.signaling import Candidate

MAX_WAITING = 128
"""Operations that wait; a call whose media is so far behind is over."""
CLOSE_S = 10.0
"""How long a session may take to close before it is left to itself."""

log = logging.getLogger(__name__)


class MediaReport(Protocol):
    """Where a driver tells what happened to its call's media."""

    def __call__(self, call: str, event: object) -> None:
        """Tell it; on the engine's loop."""


class MediaDriver:
    """The media of one call. Operations run in order in one task; an exception there ends this call only."""

    def __init__(self, call: str, factory: MediaFactory, report: MediaReport) -> None:
        self._call = call
        self._factory = factory
        self._report = report
        self._waiting: asyncio.Queue[fx.MediaEffect] = asyncio.Queue(MAX_WAITING)
        self._session: MediaSession | None = None
        self._sending: fx.SetSending | None = None
        self._closed = False
        self._task = asyncio.create_task(self._run(), name="call-media")

    def perform(self, effect: fx.MediaEffect) -> None:
        """Queue an operation. What is sent changes at once: a person who mutes does not wait for a negotiation."""
        if self._closed:
            return
        try:
            if isinstance(effect, fx.SetSending):
                self._sending = effect
                self._apply_sending()
            else:
                self._waiting.put_nowait(effect)
        except Exception:
            self._broke()

    async def close(self) -> None:
        """Stop what runs, drop what waits, free the session."""
        self._closed = True
        self._task.cancel()
        await asyncio.wait([self._task], timeout=CLOSE_S)
        session, self._session = self._session, None
        if session is None:
            return
        try:
            async with asyncio.timeout(CLOSE_S):
                await session.close()
        except Exception:
            log.exception("the media of a call did not close")

    async def _run(self) -> None:
        try:
            while True:
                await self._do(await self._waiting.get())
        except Exception:
            self._broke()

    async def _do(self, effect: fx.MediaEffect) -> None:
        if isinstance(effect, fx.OpenMedia):
            self._session = self._factory.open(self._call, _Ear(self), send_video=effect.send_video)
            self._apply_sending()
            return
        session = self._session
        if session is None:
            return
        match effect:
            case fx.MakeOffer(generation=generation):
                offer = await session.create_offer(generation)
                self.tell(ev.OfferMade(generation, offer, session.local_fingerprint))
            case fx.TakeOffer(generation=generation, sdp=sdp):
                answer = await session.accept_offer(generation, sdp)
                self.tell(
                    ev.AnswerMade(generation, answer, session.local_fingerprint, session.remote_fingerprint),
                )
            case fx.TakeAnswer(generation=generation, sdp=sdp):
                await session.accept_answer(generation, sdp)
                self.tell(ev.AnswerTaken(generation, session.remote_fingerprint))
            case fx.AddCandidates(generation=generation, candidates=candidates, last=last):
                await session.add_candidates(generation, candidates, last)

    def tell(self, event: object) -> None:
        """Pass on what happened, unless the call is over."""
        if not self._closed:
            self._report(self._call, event)

    def _apply_sending(self) -> None:
        wanted = self._sending
        if self._session is not None and wanted is not None:
            self._session.set_sending(microphone=wanted.microphone, camera=wanted.camera, hold=wanted.hold)

    def _broke(self) -> None:
        log.exception("the media of a call failed")
        self.tell(ev.MediaBroke())


class _Ear:
    """What a session tells its call (`ports.MediaListener`)."""

    def __init__(self, driver: MediaDriver) -> None:
        self._driver = driver

    def candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        self._driver.tell(ev.CandidatesFound(generation, candidates, last))

    def connected(self, generation: int) -> None:
        self._driver.tell(ev.MediaConnected(generation))

    def lost(self) -> None:
        self._driver.tell(ev.MediaLost())

    def recovered(self) -> None:
        self._driver.tell(ev.MediaRecovered())

    def failed(self, generation: int) -> None:
        self._driver.tell(ev.TransportFailed(generation))

    def first_frame(self) -> None:
        self._driver.tell(ev.FirstFrame())
