"""The rules of credit and calls, on the rows that a transaction has read. Pure.

available = limit + prepaid - unpaid - unbilled - what is reserved (clause 9). A call has one reservation, the charge
of all the seconds it is granted; when it is over the charge of those it used takes its place, rounded once. So no
sequence of steps, of however many calls, brings a customer below zero: a call is granted what fits and charged no more
than its reservation and what is available. Only rent, fees and a lowered limit may pass the limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from vidphone.service.ledger.values import (
    Balance,
    Begin,
    Charge,
    Commit,
    Finish,
    Grant,
    Kind,
    Outcome,
    Posting,
    Quote,
    Refusal,
    Refused,
    Reserve,
    Step,
    UnknownAccount,
    posting,
)
from vidphone.terms.credit import QUOTA_S, lasting_s
from vidphone.terms.tariff import Rate


@dataclass(frozen=True, slots=True)
class Credit:
    """How a customer stands. `receivable_fen` is what is billed and unpaid; below zero it is prepaid."""

    account_id: int
    limit_fen: int
    receivable_fen: int = 0
    unbilled_fen: int = 0
    reserved_fen: int = 0

    @property
    def available_fen(self) -> int:
        """What may still be used."""
        return self.limit_fen - self.receivable_fen - self.unbilled_fen - self.reserved_fen

    def balance(self) -> Balance:
        """The same in the words of bills."""
        return Balance(
            limit=self.limit_fen,
            prepaid=max(0, -self.receivable_fen),
            unpaid=max(0, self.receivable_fen),
            unbilled=self.unbilled_fen,
            reserved=self.reserved_fen,
            available=self.available_fen,
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """How a call ended for the ledger."""

    billed_s: int
    amount_fen: int
    uncovered_fen: int
    at: float


@dataclass(frozen=True, slots=True)
class Hold:
    """A call that costs."""

    call: str
    account_id: int
    number: str
    rate: Rate
    opened_at: float
    touched_at: float
    sequence: int = 0
    used_s: int = 0
    granted_s: int = 0
    reserved_fen: int = 0
    started_at: float | None = None
    settled: Settled | None = None


class Books:
    """What a transaction has read, and what it changes."""

    def __init__(self, credit: Iterable[Credit], holds: Iterable[Hold]) -> None:
        self.credit = {one.account_id: one for one in credit}
        self.holds = {one.call: one for one in holds}
        self.new_holds: set[str] = set()
        self.changed_holds: set[str] = set()
        self.changed_credit: set[int] = set()
        self.postings: list[Posting] = []

    def apply(self, step: Step, at: float) -> Outcome:
        """Take one step.

        Raises:
            UnknownAccount: a call of a customer for whom the ledger was never opened.
            ValueError: seconds below 0, a sequence that was never given, or the call is another customer's.
        """
        match step:
            case Reserve():
                return self._reserve(step, at)
            case Begin():
                self._begin(step, at)
                return None
            case Commit():
                return self._commit(step, at)
            case Finish():
                return self._finish(step, at)
            case _:
                assert_never(step)

    def _reserve(self, step: Reserve, at: float) -> Outcome:
        if step.rate.free:
            return None
        known = self.holds.get(step.call)
        if known is not None:
            if known.account_id != step.account_id:
                raise ValueError(step.call)
            return self._again(known)
        hold = Hold(step.call, step.account_id, step.number, step.rate, at, at)
        credit = self._credit_of(hold)
        if quote(credit, step.rate).refused is not None:
            return Refused(step.call, Refusal.CREDIT_LIMIT, credit.available_fen, credit.limit_fen)
        self.new_holds.add(step.call)
        return self._extend(hold, at)

    def _begin(self, step: Begin, at: float) -> None:
        hold = self.holds.get(step.call)
        if hold is not None and hold.settled is None and hold.started_at is None:
            self._keep(replace(hold, started_at=at, touched_at=at))

    def _commit(self, step: Commit, at: float) -> Outcome:
        if step.used_s < 0:
            raise ValueError(step.used_s)
        hold = self.holds.get(step.call)
        if hold is None:
            return None
        if step.sequence > hold.sequence:
            raise ValueError(step.sequence)
        if hold.settled is not None or step.sequence < hold.sequence:
            return self._again(hold)
        hold = replace(hold, used_s=max(hold.used_s, step.used_s), touched_at=at)
        if step.renew:
            return self._extend(replace(hold, sequence=hold.sequence + 1), at)
        self._keep(hold)
        return self._grant(hold)

    def _finish(self, step: Finish, at: float) -> Charge | None:
        if step.used_s < 0:
            raise ValueError(step.used_s)
        hold = self.holds.get(step.call)
        if hold is None:
            return None
        if hold.settled is not None:
            return _charge(hold, hold.settled, first=False)
        credit, used_s = self._credit_of(hold), max(hold.used_s, step.used_s)
        wanted = hold.rate.charge_fen(used_s)
        amount = min(wanted, hold.reserved_fen + max(0, credit.available_fen))
        settled = Settled(hold.rate.billed_s(used_s), amount, wanted - amount, at)
        self._set_credit(
            replace(
                credit,
                reserved_fen=credit.reserved_fen - hold.reserved_fen,
                unbilled_fen=credit.unbilled_fen + amount,
            )
        )
        if amount:
            self.postings.append(posting(Kind.CALL, hold.account_id, amount, f"call:{hold.call}", at))
        hold = replace(hold, used_s=used_s, reserved_fen=0, touched_at=at, settled=settled)
        self._keep(hold)
        return _charge(hold, settled, first=True)

    def _extend(self, hold: Hold, at: float) -> Grant:
        """Grant a quota beyond what is used, or as much of it as can be paid; never less than before."""
        credit = self._credit_of(hold)
        wanted, reach = hold.rate.billed_s(hold.used_s + QUOTA_S), _lasts_s(hold, credit)
        granted = max(hold.granted_s, wanted if reach is None else min(wanted, reach))
        reserved = hold.rate.charge_fen(granted)
        self._set_credit(replace(credit, reserved_fen=credit.reserved_fen - hold.reserved_fen + reserved))
        hold = replace(hold, granted_s=granted, reserved_fen=reserved, touched_at=at)
        self._keep(hold)
        return self._grant(hold)

    def _again(self, hold: Hold) -> Grant | Charge:
        return self._grant(hold) if hold.settled is None else _charge(hold, hold.settled, first=False)

    def _grant(self, hold: Hold) -> Grant:
        lasts = _lasts_s(hold, self._credit_of(hold))
        return Grant(
            call=hold.call,
            sequence=hold.sequence,
            seconds=max(0, hold.granted_s - hold.used_s),
            until_used_s=hold.granted_s,
            lasts_s=lasts,
            spent_fen=hold.rate.charge_fen(hold.used_s),
            final=lasts == hold.granted_s,
        )

    def _credit_of(self, hold: Hold) -> Credit:
        found = self.credit.get(hold.account_id)
        if found is None:
            raise UnknownAccount(hold.account_id)
        return found

    def _keep(self, hold: Hold) -> None:
        self.holds[hold.call] = hold
        self.changed_holds.add(hold.call)

    def _set_credit(self, credit: Credit) -> None:
        self.credit[credit.account_id] = credit
        self.changed_credit.add(credit.account_id)


def quote(credit: Credit, rate: Rate) -> Quote:
    """What a call at a rate would cost this customer now.

    One fen must be there for a call that costs, also where its first seconds would round to none: the limit blocks
    when it is reached (clause 9).
    """
    available = credit.available_fen
    lasts = lasting_s(max(0, available), rate)
    refused = None if lasts is None or (available > 0 and lasts > 0) else Refusal.CREDIT_LIMIT
    return Quote(rate, available, credit.limit_fen, lasts if refused is None else 0, refused)


def _lasts_s(hold: Hold, credit: Credit) -> int | None:
    """How many seconds in all can be paid for; never less than are granted."""
    reach = lasting_s(max(0, credit.available_fen), hold.rate, hold.granted_s)
    return None if reach is None else max(reach, hold.granted_s)


def _charge(hold: Hold, settled: Settled, *, first: bool) -> Charge:
    return Charge(hold.call, hold.used_s, settled.billed_s, settled.amount_fen, settled.uncovered_fen, first)
