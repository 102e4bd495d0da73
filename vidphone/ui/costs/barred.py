"""Why a call was barred, by which clause, and what lifts that. Knows no Qt."""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.call.view import CallState, CallView
from vidphone.phone.events import AccountShown, AgreementShown, Event, SignedOut, StandingShown
from vidphone.terms.money import format_fen
from vidphone.terms.standing import CLAUSES, Cause, State
from vidphone.texts import Language, text
from vidphone.wire.billing import Account, MyStanding
from vidphone.wire.errors import CLAUSE, ErrorCode
from vidphone.wire.reasons import BARRED, EndReason


class Kind(StrEnum):
    """What is explained. Its texts are `ui.costs.barred.<value>` with `.why` and `.lifts`."""

    CREDIT_LIMIT = "credit-limit"
    USED_UP = "used-up"
    """The credit, in a call that had begun."""
    ACCOUNT_SUSPENDED = "account-suspended"
    ENDED_FOR_DEBT = "ended-for-debt"
    SERVICE_PAUSED = "service-paused"
    AGREEMENT_REQUIRED = "agreement-required"
    IDENTITY_SUSPENDED = "identity-suspended"
    LEAVING = "leaving"
    LEFT = "left"


class Page(StrEnum):
    """Where a person goes on to, besides paying. The button's text is `ui.costs.barred.go.<value>`."""

    LIMIT = "limit"
    AGREEMENT = "agreement"
    DATA = "data"
    LEAVING = "leaving"


_PAYABLE = frozenset({Kind.CREDIT_LIMIT, Kind.USED_UP, Kind.ACCOUNT_SUSPENDED, Kind.ENDED_FOR_DEBT})
_PAGES = {
    Kind.CREDIT_LIMIT: Page.LIMIT,
    Kind.USED_UP: Page.LIMIT,
    Kind.AGREEMENT_REQUIRED: Page.AGREEMENT,
    Kind.IDENTITY_SUSPENDED: Page.DATA,
    Kind.LEAVING: Page.LEAVING,
}
_BY_CAUSE = {Cause.LEAVING: Kind.LEAVING, Cause.LEFT: Kind.LEFT}
_SHARED = frozenset({EndReason.ACCOUNT_SUSPENDED, EndReason.AGREEMENT_REQUIRED})
"""Reasons that more than one cause leads to."""


@dataclass(frozen=True, slots=True)
class Told:
    """One screen of it."""

    lifted: bool
    """It holds no more: the call can be made now."""
    what: str
    clause: str
    """Which clause, with its name."""
    why: str
    lifts: tuple[str, ...]
    """What lifts it; any one of these does."""
    figures: str
    """What the account says of it; empty while it was not asked, or says nothing of it."""
    pay_fen: int | None
    """What to offer for paying, 0 an open amount; None where paying lifts nothing."""
    page: Page | None


@dataclass
class Barred:
    """One barred call, and what has been told of the account since."""

    view: CallView | None = None
    support_number: str = ""
    """Of customer service; empty while it was not told."""
    _account: Account | None = None
    _standing: MyStanding | None = None
    _was_barred: bool = False
    _available_fen: int | None = None
    """The least since."""

    def explain(self, view: CallView) -> bool:
        """A call was barred, or ended by the limit; whether it is another one than before."""
        if self.view is not None and self.view.call == view.call:
            self.view = view
            return False
        self.view = view
        self._account = self._standing = self._available_fen = None
        self._was_barred = False
        return True

    def fold(self, event: Event) -> bool:
        """Take one event in; whether it says something new of this."""
        match event:
            case AccountShown(account):
                self._account = account
                self._take(account.standing)
                fen = account.balance.available_fen
                self._available_fen = fen if self._available_fen is None else min(fen, self._available_fen)
            case StandingShown(standing, _):
                self._take(standing)
            case AgreementShown(provider=provider) if provider is not None:
                self.support_number = provider.support_number
            case SignedOut():
                self.view, self._account, self._standing = None, None, None
            case _:
                return False
        return True

    def _take(self, standing: MyStanding) -> None:
        self._standing = standing
        self._was_barred = self._was_barred or standing.state is not State.ACTIVE

    @property
    def kind(self) -> Kind:
        """What it is that bars. Which of several causes share a reason the standing tells."""
        reason = (self.view.reason if self.view else None) or EndReason.CREDIT_LIMIT
        if reason is EndReason.CREDIT_LIMIT:
            return Kind.USED_UP if self.view and self.view.connected_at is not None else Kind.CREDIT_LIMIT
        standing = self._standing
        if standing is not None and standing.cause in _BY_CAUSE and reason in _SHARED:
            return _BY_CAUSE[standing.cause]
        if standing is not None and standing.state is State.TERMINATED and standing.cause is Cause.OVERDUE:
            return Kind.ENDED_FOR_DEBT
        return Kind(reason.value)

    @property
    def clause(self) -> int:
        """The clause of the agreement by which it is barred."""
        kind = self.kind
        by_cause = next((cause for cause, one in _BY_CAUSE.items() if one is kind), None)
        if by_cause is not None:
            return CLAUSES[by_cause]
        return CLAUSE[ErrorCode(((self.view.reason if self.view else None) or EndReason.CREDIT_LIMIT).value)]

    @property
    def lifted(self) -> bool:
        """Whether the account has come free since: it was not, or had less."""
        if self._standing is None or self._standing.state is not State.ACTIVE:
            return False
        had, has = self._available_fen, self._account.balance.available_fen if self._account else None
        return self._was_barred or (had is not None and has is not None and has > max(0, had))

    def told(self, language: Language) -> Told:
        """The screen in words."""
        kind, lifted = self.kind, self.lifted
        key = f"ui.costs.barred.{kind.value}"
        least = self._standing.lifting_fen if self._standing is not None else 0
        lifts = text(f"{key}.lifts", language).split("\n")
        if kind in _PAYABLE and least > 0:
            lifts[0] = text("ui.costs.barred.pay-at-least", language, amount=format_fen(least))
        return Told(
            lifted=lifted,
            what=text("ui.costs.barred.lifted" if lifted else key, language),
            clause=text(f"ui.costs.clause.{self.clause}", language, clause=self.clause),
            why=text("ui.costs.barred.lifted.why" if lifted else f"{key}.why", language),
            lifts=() if lifted else tuple(lifts),
            figures=self._figures(language),
            pay_fen=least if kind in _PAYABLE and not lifted else None,
            page=None if lifted else _PAGES.get(kind),
        )

    def _figures(self, language: Language) -> str:
        account, kind = self._account, self.kind
        if account is None:
            return ""
        if kind in {Kind.CREDIT_LIMIT, Kind.USED_UP}:
            balance = account.balance
            places = {
                "limit": format_fen(balance.limit_fen),
                "available": format_fen(max(0, balance.available_fen)),
            }
            return text("ui.costs.barred.figures.credit", language, **places)
        if kind is Kind.ACCOUNT_SUSPENDED and account.overdue_fen:
            places = {"overdue": format_fen(account.overdue_fen), "fee": format_fen(account.late_fee_fen)}
            return text("ui.costs.barred.figures.overdue", language, **places)
        return ""


def is_barred(view: CallView) -> bool:
    """Whether the provider's service refused or ended this call by a clause of the agreement."""
    return view.state is CallState.ENDED and view.reason in BARRED
