"""One metered call with a ledger around it, time as a number, and an account of its own of what was confirmed."""

from dataclasses import dataclass, field, replace

from vidphone.service.ledger.books import Books, Credit
from vidphone.service.ledger.values import Begin, Charge, Commit, Finish, Grant, Reserve
from vidphone.service.metering.effects import Cut, Emitted, MeterKept, StoredMeter, Tell
from vidphone.service.metering.meter import Meter
from vidphone.service.metering.stopwatch import FRESH_S, Side
from vidphone.terms.orders import Words
from vidphone.terms.tariff import Rate
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import MEDIA_S, Charging

CALL = "c" * 32
FEN_A_SECOND = 6_000
"""A price: 60 fen a minute."""


def rate(price_e4_yuan: int = FEN_A_SECOND, minimum_s: int = 0, increment_s: int = 1) -> Rate:
    return Rate(False, Words("国内", "Domestic"), price_e4_yuan, minimum_s, increment_s, video=True)


@dataclass
class Confirmed:
    """What both sides confirm, counted from their words alone: the rule in another form than the stopwatch's."""

    words: dict[Side, tuple[bool, float]] = field(default_factory=dict)
    since: float | None = None
    total: float = 0.0

    def hear(self, side: Side, flowing: bool, now: float) -> None:
        if self.since is not None and not flowing:
            self.close(now)
        self.words[side] = flowing, now
        if self.since is None and len(self.words) == 2 and all(up for up, _ in self.words.values()):
            self.since = now

    def close(self, now: float) -> None:
        if self.since is not None:
            ends = [now if now - at <= FRESH_S else at for _, at in self.words.values()]
            self.total += max(0.0, min(ends) - self.since)
            self.since = None

    def restarted(self) -> None:
        """The service remembers only up to when both had spoken."""
        if self.since is not None:
            heard = max(self.since, min(at for _, at in self.words.values()))
            self.words = dict.fromkeys(Side, (True, heard))
        else:
            self.words = dict.fromkeys(Side, (False, 0.0))


class World:
    """The call, answered at time 0."""

    def __init__(self, limit_fen: int, price: Rate | None = None) -> None:
        self.now = 0.0
        self.late_s = 0.0
        """How late deadlines are looked at."""
        self.rate = price or rate()
        self.books = Books([Credit(1, limit_fen)], [])
        self.limit_fen = limit_fen
        self.told: list[tuple[float, Charging]] = []
        self.cut: tuple[float, EndReason] | None = None
        self.charge: Charge | None = None
        self.begun = 0
        self.kept: MeterKept | None = None
        self.kept_at = 0.0
        self.confirmed = Confirmed()
        self.flowing = False
        self._out: list[Emitted] = []
        grant = self.books.apply(Reserve(CALL, 1, "2001", self.rate), 0)
        assert isinstance(grant, Grant)
        self.meter = Meter(CALL, self.rate, grant, self._out.append)
        self.meter.proposed(0.0)
        self.meter.answered(0.0)
        self.perform()

    @property
    def over(self) -> bool:
        return self.charge is not None

    def ended(self) -> tuple[float, EndReason] | None:
        """When the meter cut the call, and why."""
        return self.cut

    @property
    def charged(self) -> Charge:
        assert self.charge is not None
        return self.charge

    def perform(self) -> None:
        while self._out:
            match self._out.pop(0):
                case Tell(charging):
                    self.told.append((self.now, charging))
                case Cut(_, reason):
                    self.cut = self.now, reason
                    self.end()
                case MeterKept() as kept:
                    self.kept, self.kept_at = kept, self.now
                case Begin() as begin:
                    self.begun += 1
                    self.books.apply(begin, self.now)
                case Commit() as commit:
                    grant = self.books.apply(commit, self.now)
                    assert isinstance(grant, Grant)
                    self.meter.granted(grant, self.now)
                case Finish() as finish:
                    charge = self.books.apply(finish, self.now)
                    assert isinstance(charge, Charge)
                    self.charge = charge

    def hear(self, side: Side, flowing: bool) -> None:
        if not self.over:
            self.confirmed.hear(side, flowing, self.now)
            self.meter.hear(side, flowing, self.now)
            self.perform()

    def both(self, flowing: bool) -> None:
        for side in Side:
            self.hear(side, flowing)

    def pass_time(self, seconds: float, *, beating: bool = False) -> None:
        """Let time pass; `beating`: both sides repeat that media flows."""
        end = self.now + seconds
        while beating and self.now + MEDIA_S <= end:
            self._pass(self.now + MEDIA_S)
            self.both(True)
        self._pass(end)

    def _pass(self, end: float) -> None:
        while not self.over:
            due = self.meter.due_at(self.now)
            if due is None or due + self.late_s > end:
                break
            self.now = max(self.now, due + self.late_s)
            self.meter.advance(self.now)
            self.perform()
        self.now = max(self.now, end)

    def pay(self, fen: int) -> None:
        credit = self.books.credit[1]
        self.books.credit[1] = replace(credit, limit_fen=credit.limit_fen + fen)
        self.limit_fen += fen
        self.meter.reauthorise(self.now)
        self.perform()

    def end(self) -> None:
        if not self.over:
            self.confirmed.close(self.now)
            self.meter.ended(self.now)
            self.perform()

    def restart(self, away_s: float) -> None:
        """Kill the service, and start it again after a while."""
        if self.over:
            return
        self.now += away_s
        hold = self.books.holds[CALL]
        grant = self.books.apply(Commit(CALL, hold.sequence, hold.used_s, renew=False), self.now)
        assert isinstance(grant, Grant)
        assert self.kept is not None
        behind_s = self.kept.behind_s + self.now - self.kept_at
        stored = StoredMeter(self.rate, grant, self.kept.used_ms, behind_s, self.kept.flowing)
        self.confirmed.restarted()
        self.meter = Meter.restored(CALL, stored, self._out.append, self.now)
        self.perform()

    def warnings(self) -> list[tuple[float, int | None]]:
        return [(at, one.warning) for at, one in self.told if one.warning is not None]
