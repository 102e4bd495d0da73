"""What a call to the number typed would cost: what is to be asked, and what the answers say. Knows no Qt.

Voice and video are asked one after the other: of several questions that wait the phone asks only the last.
"""

from dataclasses import dataclass, field

from vidphone.phone import commands
from vidphone.phone.events import (
    AccountShown,
    Event,
    LimitChanged,
    LinkChanged,
    LinkState,
    Paid,
    PlanChanged,
    Quoted,
    Request,
    RequestFailed,
    SignedIn,
    SignedOut,
    StandingShown,
)
from vidphone.terms.money import format_price
from vidphone.texts import Language, has_text, text
from vidphone.wire.billing import Quote, Refusal
from vidphone.wire.errors import ErrorCode

SHORT_S = 60
"""Credit that lasts no longer than this is worth a warning: the countdown begins as the call does."""
PAYABLE = frozenset({ErrorCode.CREDIT_LIMIT, ErrorCode.ACCOUNT_SUSPENDED})
"""What a payment lifts."""
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400


@dataclass
class Prices:
    """Of one number, as far as they are known."""

    number: str = ""
    quotes: dict[bool, Quote] = field(default_factory=dict)
    """By whether it is for video."""
    failed: bool = False
    """The last answer was that there is none."""
    _due: list[bool] = field(default_factory=list)

    def mean(self, number: str | None) -> bool:
        """Another number is meant, or none; whether it is another one than before."""
        if (number or "") == self.number:
            return False
        self.number, self.quotes, self.failed = number or "", {}, False
        self.renew()
        return True

    def renew(self) -> None:
        """Everything is to be asked anew; what is known is shown until then."""
        self._due = [False, True] if self.number else []

    def question(self) -> commands.Quote | None:
        """What to ask next; None where all is known, or asked."""
        return commands.Quote(self.number, self._due.pop(0)) if self._due else None

    def take(self, event: Event) -> bool:
        """Take one event in; whether it says something of this number, or of all prices."""
        match event:
            case Quoted(quote) if quote.number == self.number:
                self.quotes[quote.video] = quote
                self.failed = False
            case RequestFailed(Request.QUOTE):
                self.failed = True
                self._due = []
            case SignedOut():
                self.mean(None)
            case _:
                return False
        return True

    @property
    def refusal(self) -> Refusal | None:
        """Why a call would not begin; voice before video where one of them might."""
        return next((quote.refusal for _, quote in sorted(self.quotes.items()) if quote.refusal is not None), None)

    @property
    def free(self) -> bool:
        """Whether calls to it cost nothing."""
        return bool(self.quotes) and all(quote.free for quote in self.quotes.values())


def changes_prices(event: Event) -> bool:
    """Whether what was quoted may hold no more, or can be asked again."""
    changing = (SignedIn, AccountShown, StandingShown, Paid, LimitChanged, PlanChanged)
    return isinstance(event, changing) or event == LinkChanged(LinkState.UP)


def destination(quote: Quote, language: Language) -> str:
    """Where a number is, in the words of the price list."""
    return quote.destination.zh if language is Language.CHINESE else quote.destination.en


def price(quote: Quote, language: Language) -> str:
    """What a minute costs."""
    return text("ui.costs.price", language, price=format_price(quote.price_e4_yuan))


def lasting(quote: Quote, language: Language) -> str:
    """How long the credit lasts; empty where no end of it is in sight."""
    if quote.lasting_s is None:
        return ""
    return text("ui.costs.lasts", language, time=length(quote.lasting_s, language))


def is_short(quote: Quote) -> bool:
    """Whether the credit lasts so short a time that it ought to be seen."""
    return quote.lasting_s is not None and quote.lasting_s <= SHORT_S


def length(seconds: int, language: Language) -> str:
    """A length of time in words, rounded down: nobody is promised what they do not have."""
    if seconds >= _DAY_S:
        return text("ui.costs.length.day", language)
    hours, rest = divmod(seconds, _HOUR_S)
    minutes = rest // _MINUTE_S
    if hours:
        return text("ui.costs.length.hours", language, hours=hours, minutes=minutes)
    if minutes:
        return text("ui.costs.length.minutes", language, minutes=minutes)
    return text("ui.costs.length.seconds", language, seconds=seconds)


def refused(refusal: Refusal, language: Language) -> str:
    """Why a call would not begin, with the clause and what lifts it."""
    reason, error = f"reason.{refusal.code.value}", f"error.{refusal.code.value}"
    return text("ui.costs.refused", language, reason=text(reason if has_text(reason) else error, language))
