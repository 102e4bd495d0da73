"""What the account's pages show: the engine's answers folded into one picture. Knows no Qt."""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.phone import commands
from vidphone.phone.commands import Command
from vidphone.phone.events import (
    AgreementSaved,
    AgreementShown,
    DisclosuresShown,
    Event,
    MyDataExported,
    MyDataShown,
    PasswordChanged,
    PasswordWasReset,
    Request,
    RequestFailed,
    ReviewShown,
    SignedOut,
)
from vidphone.ui.main.answers import Answers
from vidphone.wire.sign_up import AgreementState, Disclosure, MaskedData, Review, ReviewState

_REQUESTS: dict[type[Command], Request] = {
    commands.FetchAgreement: Request.AGREEMENT,
    commands.SaveAgreement: Request.SAVE_AGREEMENT,
    commands.FetchMyData: Request.MY_DATA,
    commands.ExportMyData: Request.EXPORT,
    commands.FetchDisclosures: Request.DISCLOSURES,
    commands.FetchReview: Request.REVIEW,
    commands.SendCopy: Request.COPY,
    commands.ChangePassword: Request.PASSWORD,
    commands.ResetPassword: Request.RESET,
}
_COPY_WANTED = frozenset({ReviewState.COPY_WANTED, ReviewState.SUSPENDED})
_TO_BE_SEEN = frozenset({ReviewState.COPY_WANTED, ReviewState.REFUSED, ReviewState.SUSPENDED})


class Verification(StrEnum):
    """What is to be said of the kept copy of the agreement (clause 17)."""

    NONE = "none"
    ON_PAPER = "on-paper"
    NO_COPY = "no-copy"
    VERIFIED = "verified"
    DIFFERENT = "different"
    """Both signatures are good, but the provider states another document."""
    ALTERED = "altered"


def verification(shown: AgreementShown) -> Verification:
    """What is to be said of it: only a copy that was verified whole, and is the provider's too, is called good."""
    if shown.verdict is None:
        if not shown.agreements:
            return Verification.NONE
        on_paper = shown.agreements[0].state is AgreementState.ON_PAPER
        return Verification.ON_PAPER if on_paper else Verification.NO_COPY
    if not shown.verdict.complete:
        return Verification.ALTERED
    return Verification.DIFFERENT if shown.same_as_provider is False else Verification.VERIFIED


@dataclass
class AccountView(Answers):
    """What is known, asked, and failed. Only `asked`, `fold` and `forget` change it."""

    agreement: AgreementShown | None = None
    data: MaskedData | None = None
    disclosures: tuple[Disclosure, ...] | None = None
    review: Review | None = None

    def asked(self, command: Command) -> None:
        """Something is asked of the engine: what came of it before is past."""
        request = _REQUESTS.get(type(command))
        if request is not None:
            self._asked(request)

    def fold(self, event: Event) -> bool:
        """Take one event in; whether it was about the account."""
        match event:
            case AgreementShown():
                self.agreement = event
                self._answered(Request.AGREEMENT)
            case AgreementSaved(path):
                self._answered(Request.SAVE_AGREEMENT, path)
            case MyDataShown(data):
                self.data = data
                self._answered(Request.MY_DATA)
            case MyDataExported(path):
                self._answered(Request.EXPORT, path)
            case DisclosuresShown(disclosures):
                self.disclosures = disclosures
                self._answered(Request.DISCLOSURES)
            case ReviewShown(review):
                self.review = review
                # Answers come in the order of the questions, and the page asks how it stands before a copy is sent.
                self._answered(Request.REVIEW if Request.REVIEW in self.waiting else Request.COPY)
            case PasswordChanged():
                self._answered(Request.PASSWORD)
            case PasswordWasReset(_, number):
                self._answered(Request.RESET, number)
            case RequestFailed():
                self._failed(event)
            case SignedOut():
                self.forget()
            case _:
                return False
        return True

    @property
    def copy_wanted(self) -> bool:
        """Whether a copy of the identity card or licence is asked for."""
        return self.review is not None and self.review.state in _COPY_WANTED

    @property
    def needs_attention(self) -> bool:
        """Whether the provider waits for the customer, or has refused."""
        return self.review is not None and self.review.state in _TO_BE_SEEN
