"""The credit limit: what is left, how long it lasts, and how a running call is paid for in steps (clause 9).

On the model of RFC 8506: a call holds money for a quota of seconds, renewed before it is used up. What is held is
always the charge of the whole call up to the end of the quota, so that steps cost no more than the call rounded once.
"""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.terms.tariff import Rate

QUOTA_S = 60
"""For which a call is paid at a time."""
RENEW_AT_S = 15
"""Left of a quota, the next is asked for."""
WARNINGS_S = (60, 30, 10)
"""Before the end, the side that pays is warned (clause 9)."""
_E4_SECONDS_PER_FEN = 60 * 100


class Block(StrEnum):
    """What the operator blocks at the limit: "part or all of the video service" (clause 9)."""

    PART = "part"
    """Calls that cost something."""
    WHOLE = "whole"
    """Everything but free numbers."""


@dataclass(frozen=True, slots=True)
class Position:
    """What a customer may spend and has spent, in fen; what is reserved is held for running calls."""

    limit_fen: int
    prepaid_fen: int
    unpaid_fen: int
    unbilled_fen: int
    reserved_fen: int

    @property
    def available_fen(self) -> int:
        """What is left for calls. Rent and late fees can take it below zero; calls never do."""
        return self.limit_fen + self.prepaid_fen - self.unpaid_fen - self.unbilled_fen - self.reserved_fen


@dataclass(frozen=True, slots=True)
class Step:
    """The next quota of a call."""

    until_s: int
    """Answered seconds of the call, from its beginning, that are paid for with it."""
    reserve_fen: int
    """What is held for it, beyond what the call holds and was charged already."""
    final: bool
    """There is no more after it: the call ends at `until_s`, unless a payment comes before."""


def lasting_s(available_fen: int, rate: Rate, granted_s: int = 0) -> int | None:
    """How long a call can be in all, in seconds that are charged whole; None where it costs nothing.

    With nothing left nothing is given, not even seconds that would be rounded to none. So a call whose step takes the
    last fen can end sooner than was told at its beginning, by the time that costs half a fen.

    Args:
        available_fen: Left beside what the call holds.
        rate: Of the call.
        granted_s: The seconds it is paid for already.
    """
    if rate.free or rate.price_e4_yuan == 0:
        return None
    if available_fen <= 0:
        return granted_s
    fen = available_fen + rate.charge_fen(granted_s)
    # The longest that is rounded to no more: seconds x price / 6000 < fen + 1/2.
    seconds = (_E4_SECONDS_PER_FEN * fen + _E4_SECONDS_PER_FEN // 2 - 1) // rate.price_e4_yuan
    if seconds < rate.minimum_s:
        return granted_s
    whole = rate.minimum_s + (seconds - rate.minimum_s) // rate.increment_s * rate.increment_s
    return max(whole, granted_s)


def next_step(available_fen: int, granted_s: int, rate: Rate, used_s: int, quota_s: int = QUOTA_S) -> Step:
    """Pay a call up to a quota beyond what is used, in whole increments, or as far as the money goes.

    It never takes more than is available nor gives back seconds, and what it and all before it cost is the charge of
    the call up to its end. A call that gets no further than `granted_s` gets nothing; one at 0 seconds may not begin.
    """
    wanted = rate.billed_s(used_s + quota_s)
    longest = lasting_s(available_fen, rate, granted_s)
    until = max(wanted if longest is None else min(wanted, longest), granted_s)
    return Step(until, rate.charge_fen(until) - rate.charge_fen(granted_s), final=until == longest)


def warning_due(remaining_s: int | None, last: int | None) -> int | None:
    """The warning to give now, or None. Of several passed at once it is the most urgent.

    Asked at any moment: it depends on what remains, not on how often one looks (a call that begins with 45 seconds is
    warned at once).

    Args:
        remaining_s: Until the call ends for want of credit; None where it does not.
        last: The warning given last, as `last_warning` keeps it.
    """
    if remaining_s is None:
        return None
    passed = [warning for warning in WARNINGS_S if remaining_s <= warning]
    return min(passed) if passed and (last is None or min(passed) < last) else None


def last_warning(remaining_s: int | None, last: int | None) -> int | None:
    """What of the warning given last still counts, after a payment: those that lie ahead again come again."""
    if remaining_s is None or last is None:
        return None
    still = [warning for warning in WARNINGS_S if warning >= max(remaining_s, last)]
    return min(still, default=None)


def next_warning_in(remaining_s: int | None, last: int | None) -> int | None:
    """Seconds until a warning is due, 0 for one that is due now, None when none will be: for a timer of its own."""
    if remaining_s is None:
        return None
    if warning_due(remaining_s, last) is not None:
        return 0
    ahead = [warning for warning in WARNINGS_S if warning < remaining_s]
    return remaining_s - max(ahead) if ahead else None
