"""The meter of one call (clauses 2 and 9). Pure: inputs with time in, effects out.

The ledger pays for the call in quotas (RFC 8506). A quota is renewed before it is used up; at each warning and at the
end the ledger is asked once more, so that whatever was paid or released meanwhile goes on with the call. Deadlines
count what may have been used (`provisional`), the ledger is told what is confirmed, and a call that is over is charged
what it used, in whole begun seconds, once. A call of which no use is confirmed for long is ended: a changed client
does not talk unmetered by keeping quiet.
"""

from collections.abc import Callable

from vidphone.service.ledger.values import Begin, Commit, Finish, Grant
from vidphone.service.metering.effects import Cut, Emitted, MeterKept, StoredMeter, Tell
from vidphone.service.metering.stopwatch import Side, Stopwatch
from vidphone.terms.credit import RENEW_AT_S, last_warning, next_warning_in, warning_due
from vidphone.terms.tariff import Rate
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Charging

UNCONFIRMED_S = 45.0
"""Longer than a lost connection may take (`RESUME_S`) with the first word after it."""
IDLE_SHARE = 4
"""In all, a call may be without use for `UNCONFIRMED_S` and a fourth of what was used: media that comes and goes on a
poor network, but not a client that says so to be charged less."""


class Meter:
    """Of one call, from its first grant to its end. Times are seconds of one monotonic clock."""

    def __init__(self, call: str, rate: Rate, grant: Grant, emit: Callable[[Emitted], None]) -> None:
        """A call that rings."""
        self._call = call
        self._rate = rate
        self._grant = grant
        self._emit = emit
        self._watch: Stopwatch | None = None
        self._begun = False
        self._asking = False
        self._over = False
        self._warned: int | None = None

    @classmethod
    def restored(cls, call: str, stored: StoredMeter, emit: Callable[[Emitted], None], now: float) -> "Meter":
        """Of an answered call that went on while there was no service."""
        meter = cls(call, stored.rate, stored.grant, emit)
        meter._watch = Stopwatch(now, stored.used_ms, flowing=stored.flowing, behind_s=stored.behind_s)
        meter._begun = stored.used_ms > 0 or stored.flowing
        return meter

    # Inputs.

    def proposed(self, now: float) -> None:
        """The call rings: say what it will cost."""
        self._tell(now)

    def answered(self, now: float) -> None:
        """The call was answered; what it costs begins with media."""
        self._watch = Stopwatch(now)
        self._keep(now)

    def hear(self, side: Side, flowing: bool, now: float) -> None:
        """A side says whether media flows."""
        watch = self._watch
        if watch is None or self._over:
            return
        ran, confirmed = watch.running, watch.confirmed_ms(now)
        watch.hear(side, flowing, now)
        if watch.running and not self._begun:
            self._begun = True
            self._emit(Begin(self._call))
        if watch.running is not ran or watch.confirmed_ms(now) != confirmed:
            self._keep(now)
        if watch.running is not ran:
            self._tell(now)

    def reauthorise(self, now: float) -> None:
        """The customer's money changed: ask the ledger anew."""
        if self._watch is not None and not self._over:
            self._ask(now)

    def granted(self, grant: Grant, now: float) -> None:
        """The ledger's answer."""
        self._asking = False
        if self._over:
            return
        longer = grant.until_used_s > self._grant.until_used_s
        self._grant = grant
        if self._provisional_s(now) >= grant.until_used_s:
            if longer and not grant.final:  # it was far past its grant, after a restart: go on up to where it is
                self._ask(now)
            else:
                self._cut(EndReason.CREDIT_LIMIT)
            return
        remaining = self._remaining_s(now)
        self._warned = last_warning(remaining, self._warned)
        warning = warning_due(remaining, self._warned)
        self._warned = warning or self._warned
        self._tell(now, warning)

    def advance(self, now: float) -> None:
        """Do what is due."""
        watch = self._watch
        if watch is None or self._over:
            return
        if now >= self._silent_until(watch, now):
            self._cut(EndReason.MEDIA_FAILED)
        elif self._counts(watch) and self._is_time(now):
            self._ask(now)

    def ended(self, now: float) -> None:
        """The call is over: charge it, once."""
        if self._over:
            return
        self._over = True
        if self._watch is None:
            self._emit(Finish(self._call, 0))
            return
        self._watch.stop(now)
        used_s = self._used_s(self._watch.used_ms(now))
        self._emit(Finish(self._call, used_s))
        self._tell(now, settled=True)

    # Outputs.

    def due_at(self, now: float) -> float | None:
        """When `advance` has something to do, if nothing comes before."""
        watch = self._watch
        if watch is None or self._over:
            return None
        moments = [self._silent_until(watch, now)]
        if self._counts(watch):
            provisional = watch.provisional_ms(now) / 1000
            moments += [now + max(0.0, mark - provisional) for mark in self._marks(now)]
        return min(moments)

    def charging(self, now: float, warning: int | None = None, *, settled: bool = False) -> Charging:
        """What the call costs, for the side that pays."""
        used_s = self._used_s(self._watch.used_ms(now)) if self._watch else 0
        return Charging(
            call=self._call,
            price_e4_yuan=self._rate.price_e4_yuan,
            minimum_s=self._rate.minimum_s,
            increment_s=self._rate.increment_s,
            spent_fen=self._rate.charge_fen(used_s),
            answered_s=used_s,
            running=self._watch is not None and self._watch.running,
            remaining_s=None if settled else self._remaining_s(now),
            final=self._grant.final and not settled,
            warning=warning,
            settled=settled,
        )

    # Inside.

    def _counts(self, watch: Stopwatch) -> bool:
        """Whether time brings the call nearer to a mark. After a restart only once both sides have spoken: until then
        nobody knows how far it is, and the quota held for it stays held."""
        return watch.running and not watch.awaiting and not self._asking

    def _marks(self, now: float) -> list[float]:
        """The seconds of use at which the ledger is asked."""
        until = self._grant.until_used_s
        marks: list[float] = [until if self._grant.final else until - RENEW_AT_S]
        coming = next_warning_in(self._remaining_s(now), self._warned)
        if coming is not None:
            marks.append(int(self._provisional_s(now)) + coming)
        return marks

    def _is_time(self, now: float) -> bool:
        provisional = self._provisional_s(now)
        return any(provisional >= mark for mark in self._marks(now))

    def _ask(self, now: float) -> None:
        if self._watch is not None and not self._asking:
            self._asking = True
            used_s = self._used_s(self._watch.confirmed_ms(now))
            self._emit(Commit(self._call, self._grant.sequence, used_s, renew=True))

    def _cut(self, reason: EndReason) -> None:
        self._emit(Cut(self._call, reason))

    def _keep(self, now: float) -> None:
        watch = self._watch
        if watch is not None:
            behind_s = max(0.0, now - watch.confirmed_at(now))
            self._emit(MeterKept(self._call, watch.confirmed_ms(now), behind_s, watch.running))

    def _tell(self, now: float, warning: int | None = None, *, settled: bool = False) -> None:
        self._emit(Tell(self.charging(now, warning, settled=settled)))

    def _silent_until(self, watch: Stopwatch, now: float) -> float:
        """When the call ends unless use is confirmed."""
        until = watch.unconfirmed_since() + UNCONFIRMED_S
        if watch.running:
            return until
        allowed = UNCONFIRMED_S + watch.provisional_ms(now) / 1000 / IDLE_SHARE
        return min(until, now + allowed - watch.idle_s(now))

    def _used_s(self, used_ms: int) -> int:
        """Whole begun seconds; of a call that could go on no longer, what was said and not the hub's delay."""
        used_s = _whole_s(used_ms)
        return min(used_s, self._grant.until_used_s) if self._grant.final else used_s

    def _provisional_s(self, now: float) -> float:
        return self._watch.provisional_ms(now) / 1000 if self._watch else 0.0

    def _remaining_s(self, now: float) -> int | None:
        lasts = self._grant.lasts_s
        return None if lasts is None else max(0, lasts - int(self._provisional_s(now)))


def _whole_s(milliseconds: int) -> int:
    return -(-milliseconds // 1000)
