"""One random run, and what it has to come to."""

import heapq
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import select

from tests.support.charged_calls.phones import Phone, Talk
from tests.support.charged_calls.service import Service
from vidphone.service.ledger.check import faults
from vidphone.service.metering.stopwatch import FRESH_S
from vidphone.service.store.engine import open_database
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_ledger import call_charges, credit, transfers
from vidphone.terms.tariff import Rate
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import MEDIA_S, End, Propose, Retract

MEDIA_AFTER_S = 1.0
NOTICED_AFTER_S = 5.0
"""After so long without packets the other side says that nothing flows."""
ALONE_S = 120.0
"""So long a phone goes on with a call that costs while the service is away."""
MEAN_STEPS = 60.0
MAX_LIVES = 60
HORIZON_S = 20_000.0


class Run:
    """Phones, a mortal service, and the time they live in."""

    def __init__(self, seed: int, folder: Path, rate: Rate, limit_fen: int) -> None:
        self.rate, self.limit_fen = rate, limit_fen
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._draw = random.Random(seed)
        self._folder = folder
        self._now = 0.0
        self._order = itertools.count()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._wires = itertools.count(1)
        self._service: Service | None = None
        self._lives = 0
        self._phones = [
            Phone(number, f"{each:032x}", each) for each, number in enumerate(("1001", "1001", "1002", "1003"), 1)
        ]
        self.talks: list[Talk] = []
        self._draw_calls()

    def _draw_calls(self) -> None:
        draw = self._draw
        for caller, callee in zip(self._phones[:2], self._phones[2:], strict=True):
            at = 0.0
            for _ in range(draw.randint(0, 2) or 1):
                at += draw.randint(1, 60)
                talks_s = float(draw.choice([0, draw.randint(1, 60), draw.randint(1, 400)]))
                talk = Talk(f"{draw.getrandbits(128):032x}", caller, callee, at, talks_s, draw.random() < 0.5)
                self.talks.append(talk)
                self._at(at, partial(self._dial, talk))
                at += talks_s + 200
        for phone in self._phones:
            if draw.random() < 0.15:
                self._at(draw.uniform(0, 300), partial(self._die, phone))

    def go(self) -> None:
        """Until nothing is left to happen."""
        self._start()
        while self._heap and self._now < HORIZON_S:
            self._now, _, happen = heapq.heappop(self._heap)
            happen()
        if self._service is not None:
            self._service.end()
            self._note_end(self._service)
        self._judge()

    def _at(self, when: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (max(when, self._now), next(self._order), happen))

    # The service.

    def _start(self) -> None:
        self._lives += 1
        last = int(self._draw.expovariate(1 / MEAN_STEPS)) if self._lives < MAX_LIVES else -1
        self._service = Service(self._folder, self._now, last)
        self._tell([])
        for phone in self._phones:
            self._at(self._now + self._draw.choice([0.0, self._draw.uniform(0, 3)]), partial(self._connect, phone))

    def _tell(self, inputs: list[dict[str, object]]) -> bool:
        """Hand over, with what follows from the answers; False where the service is not there or died of it."""
        while True:
            if self._service is None:
                return False
            answer = self._service.ask(self._now, inputs)
            if answer is None:
                self._killed()
                return False
            inputs = []
            by_wire = {phone.wire: phone for phone in self._phones if phone.wire is not None and not phone.dead}
            for wire, data in answer["sent"]:
                if (phone := by_wire.get(wire)) is not None:
                    for frame in phone.hear(data, self._now, self._answered):
                        inputs.append(self._frame(phone, frame))
            if not inputs:
                if answer["deadline"] is not None:
                    self._at(answer["deadline"], partial(self._due, self._service))
                return True

    def _due(self, service: Service) -> None:
        if self._service is service:
            self._tell([])

    def _frame(self, phone: Phone, data: str) -> dict[str, object]:
        return {"kind": "frame", "wire": phone.wire, "number": phone.number, "data": data}

    def _killed(self) -> None:
        service, self._service = self._service, None
        if service is not None:
            service.end()
            self._note_end(service)
        self.counts["kills of the service"] += 1
        for phone in self._phones:
            phone.wire = None
        for talk in self._talking():
            talk.disturbed = True
            if (told := talk.charge) is not None and told.remaining_s is not None and told.running:
                self._at(self._now + told.remaining_s, partial(self._alone, talk))
            self._at(self._now + ALONE_S, partial(self._alone, talk))
        away = self._draw.choice([0.0, self._draw.uniform(0, 20), self._draw.uniform(0, 200)])
        self._at(self._now + away, self._start)

    def _note_end(self, service: Service) -> None:
        if service.broke:
            self.wrong.append("a life of the service broke")

    def _talking(self) -> list[Talk]:
        return [
            talk for talk in self.talks if talk.proposed and (talk.ended is None or self._now - talk.ended <= FRESH_S)
        ]

    # Phones.

    def _connect(self, phone: Phone) -> None:
        if phone.dead or phone.wire is not None or self._service is None:
            return
        phone.wire = next(self._wires)
        opened: dict[str, object] = {"kind": "opened", "wire": phone.wire, "number": phone.number}
        opened |= {"device": phone.device, "token": phone.token}
        if self._tell([opened, self._frame(phone, phone.hello())]) and self._flows(phone):
            self._report(phone)

    def _say(self, phone: Phone, frame: str) -> bool:
        return phone.wire is not None and not phone.dead and self._tell([self._frame(phone, frame)])

    def _die(self, phone: Phone) -> None:
        self.counts["kills of clients"] += 1
        phone.dead, wire, phone.wire = True, phone.wire, None
        talk = phone.talk
        if talk is not None and talk.ended is None:
            talk.disturbed = True
            talk.stop(self._now)
            other = talk.callee if phone is talk.caller else talk.caller
            self._at(self._now + NOTICED_AFTER_S, lambda: self._notice(other, talk))
        if wire is not None:
            self._tell([{"kind": "closed", "wire": wire}])

    def _notice(self, phone: Phone, talk: Talk) -> None:
        if phone.talk is talk and phone.wire is not None and (said := phone.media(flowing=False)):
            self._say(phone, said)

    def _dial(self, talk: Talk) -> None:
        if talk.caller.dead or talk.caller.wire is None:
            return
        talk.caller.talk = talk.callee.talk = talk
        talk.proposed = True
        offer = Propose(call=talk.id, callee=talk.callee.number, video=True, sdp="v=0", commitment="a" * 64)
        self._say(talk.caller, talk.caller.say(offer))
        if not talk.talks_s:
            self._at(self._now + 20, lambda: self._hang_up(talk))

    def _answered(self, talk: Talk) -> None:
        self._at(self._now + MEDIA_AFTER_S, lambda: self._flow(talk))

    def _flow(self, talk: Talk) -> None:
        if talk.ended is None and talk.began is None and not (talk.caller.dead or talk.callee.dead):
            talk.began = self._now
            for phone in (talk.caller, talk.callee):
                self._report(phone)
                self._again(phone, talk)
            self._at(self._now + talk.talks_s, lambda: self._hang_up(talk))

    def _again(self, phone: Phone, talk: Talk) -> None:
        def report() -> None:
            if phone.talk is talk and self._flows(phone):
                self._report(phone)
                self._again(phone, talk)

        self._at(self._now + MEDIA_S, report)

    def _flows(self, phone: Phone) -> bool:
        talk = phone.talk
        return talk is not None and talk.began is not None and talk.ended is None and not phone.dead

    def _report(self, phone: Phone) -> None:
        talk = phone.talk
        if (
            talk is not None
            and phone.wire is not None
            and (said := phone.media(flowing=True))
            and self._say(phone, said)
        ):
            talk.word(self._lives, phone.device, self._now)

    def _hang_up(self, talk: Talk) -> None:
        phone = talk.caller if talk.caller_hangs_up or talk.began is None else talk.callee
        if talk.ended is not None or phone.dead:
            return
        talk.stop(self._now)
        away = phone.wire is None
        bye = (
            End(call=talk.id, reason=EndReason.HUNG_UP)
            if talk.began is not None
            else Retract(call=talk.id, reason=EndReason.CANCELLED)
        )
        talk.disturbed |= not self._say(phone, phone.say(bye)) or away

    def _alone(self, talk: Talk) -> None:
        """The service is still away: the honest phone of who pays ends the call."""
        if self._service is None and talk.ended is None and talk.began is not None and not talk.caller.dead:
            talk.caller_hangs_up = True
            self._hang_up(talk)

    # What it came to.

    def _judge(self) -> None:
        engine = open_database(self._folder)
        with engine.connect() as connection:
            self.wrong += faults(connection)
            rows = {row.call: row for row in connection.execute(select(call_charges))}
            moved = connection.execute(select(transfers)).all()
            mine = connection.execute(select(credit).join(accounts).where(accounts.c.number == "1001")).one()
        engine.dispose()
        total = sum(row.amount_fen or 0 for row in rows.values())
        if sorted(each.reference for each in moved) != sorted(
            f"call:{call}" for call, row in rows.items() if row.amount_fen
        ):
            self.wrong.append("what moved is not a charge a call")
        if sum(each.amount_fen for each in moved) != total or mine.unbilled_fen != total or mine.reserved_fen:
            self.wrong.append(f"{total} fen charged, {mine.unbilled_fen} due, {mine.reserved_fen} reserved")
        if total > self.limit_fen:
            self.wrong.append(f"{total} fen of {self.limit_fen}")
        for talk in self.talks:
            row = rows.get(talk.id)
            if row is None or row.charged_at is None:
                if row is not None or talk.began is not None:
                    self.wrong.append(f"{talk.id}: talked, never charged")
                continue
            self._judge_call(talk, row.used_s, row.amount_fen, row.uncovered_fen)
        self.counts.update(calls=len(rows), refused=sum(talk.refused for talk in self.talks), fen=total)

    def _judge_call(self, talk: Talk, used_s: int, amount_fen: int, uncovered_fen: int) -> None:
        ended = talk.ended if talk.ended is not None else self._now
        talked_s = math.ceil(round(ended - talk.began, 6)) if talk.began is not None else 0
        confirmed_s = 0 if talk.limited else math.floor(talk.confirmed_s)
        if amount_fen + uncovered_fen != self.rate.charge_fen(used_s):
            self.wrong.append(f"{talk.id}: {amount_fen} + {uncovered_fen} fen for {used_s} s")
        low, high = (confirmed_s, talked_s + FRESH_S) if talk.disturbed else (talked_s, talked_s)
        if not low <= used_s <= high:
            self.wrong.append(
                f"{talk.id}: {used_s} s charged, {talked_s} talked, {confirmed_s} confirmed, {talk.disturbed=}"
            )
        self.counts.update(
            {
                "answered": talk.began is not None,
                "seconds talked": talked_s,
                "seconds charged": used_s,
                "to the second": used_s == talked_s,
                "beyond what was talked, s": max(0, used_s - talked_s),
                "not charged, s": max(0, talked_s - used_s),
                "beyond the credit, fen": uncovered_fen,
            }
        )
