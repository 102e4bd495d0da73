"""What running calls cost the one who pays for them, as it is shown during them (clause 9). Knows no Qt.

The other side is told nothing of it, so it has nothing to show.
"""

from dataclasses import dataclass, field

from vidphone.call.charge import Charge
from vidphone.call.view import CallState
from vidphone.phone.events import CallChanged, Charging, Event, SignedOut
from vidphone.terms.money import format_fen, format_price
from vidphone.texts import Language, text

COUNTDOWN_S = 60
"""The last minute is counted down."""
GREW_S = 2
"""A credit that lasts longer by less than this has only been reckoned anew."""


@dataclass
class Charges:
    """The newest word of the hub about each call. Only `fold` changes it."""

    _known: dict[str, Charge] = field(default_factory=dict)
    _over: set[str] = field(default_factory=set)

    def of(self, call: str) -> Charge | None:
        """Of one call; None for those that somebody else pays for, or nobody."""
        return self._known.get(call)

    def fold(self, event: Event) -> str:
        """Take one event in; the call whose costs are other ones now, or nothing."""
        match event:
            case Charging(call, charge):
                if call not in self._known:
                    self._forget_those_over()
                self._known[call] = charge
                if charge.settled:
                    self._over.add(call)
                return call
            case CallChanged(view) if view.state is CallState.ENDED:
                self._over.add(view.call)  # what it cost may still come, and is shown with its end
            case SignedOut():
                self._known.clear()
                self._over.clear()
            case _:
                pass
        return ""

    def _forget_those_over(self) -> None:
        for call in self._over:
            self._known.pop(call, None)
        self._over.clear()


def cost(charge: Charge | None, now_s: float, language: Language) -> str:
    """The cost so far, or before the answer the price; empty where nothing is to be paid here."""
    if charge is None:
        return ""
    if charge.price_e4_yuan == 0:
        return text("ui.costs.call.free", language)
    begun = charge.running or charge.settled or charge.answered_s > 0
    if not begun:
        return text("ui.costs.price", language, price=format_price(charge.price_e4_yuan))
    return text("ui.costs.call.so-far", language, amount=format_fen(charge.spent_at(now_s)))


def settled(charge: Charge | None, ended_s: float, language: Language) -> str:
    """What a call that is over has cost; empty where it cost nothing, or cost somebody else."""
    fen = 0 if charge is None else charge.spent_at(ended_s)
    if charge is None or fen == 0:
        return ""
    key = "ui.costs.call.settled" if charge.settled else "ui.costs.call.about"
    return text(key, language, amount=format_fen(fen))


def countdown_s(charge: Charge | None, now_s: float) -> int | None:
    """The seconds that the credit still lasts, in the last minute of it; None before, and where it has no end."""
    if charge is None or charge.settled:
        return None
    left = charge.remaining_at(now_s)
    return max(0, left) if left is not None and left <= COUNTDOWN_S else None


def countdown(charge: Charge, now_s: float, language: Language) -> str:
    """The same in words. While no seconds are charged it stands still and says so."""
    left = countdown_s(charge, now_s) or 0
    if left == 0:
        return text("ui.costs.credit.used-up", language)
    key = "ui.costs.credit.ends" if charge.running else "ui.costs.credit.stands"
    return text(key, language, time=_clock(left))


def small(charge: Charge | None, now_s: float, language: Language) -> str:
    """For where there is room for a few letters: what is left in the last minute, else the cost."""
    left = countdown_s(charge, now_s)
    if left is None:
        return cost(charge, now_s, language)
    return text("ui.costs.credit.small", language, time=_clock(left))


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def goes_on(before: Charge | None, charge: Charge) -> bool:
    """Whether a countdown that was shown has become longer or needless: something was paid, or a limit raised."""
    if before is None or charge.settled:
        return False
    left = countdown_s(before, charge.at)
    if left is None:
        return False
    return charge.remaining_s is None or charge.remaining_s > left + GREW_S


def next_second_s(charge: Charge | None, now_s: float) -> float | None:
    """How long until another second is charged; None while none is."""
    if charge is None or not charge.running or charge.settled:
        return None
    return 1.0 - (now_s - charge.at) % 1.0
