"""A whole sign-up from one line: it answers each step of the phone with the next command, as the wizard's pages do."""

from dataclasses import replace
from pathlib import Path

from vidphone.account.profile import write_bytes_whole
from vidphone.account.sign_up import flow
from vidphone.account.sign_up.draft import DATA_FIELDS, Draft, Page
from vidphone.phone import commands, events
from vidphone.phone.account_lines import SignUpLine
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import Offer


class SignUpDriver:
    """Drives the sign-up of one line at a time; a new line takes the place of an earlier one."""

    def __init__(self, service: str, language: Language) -> None:
        self._service = service
        self._language = language
        self._wish: SignUpLine | None = None
        self._asked = False

    def begin(self, wish: SignUpLine) -> commands.Command:
        """The first command for a line."""
        self._wish, self._asked = wish, False
        return commands.OpenSignUp(self._service)

    def answer(self, event: events.Event) -> commands.Command | None:
        """The command that follows an event, if one does.

        Raises:
            VidphoneError: `BAD_FILE`, the document cannot be written where it was wanted.
        """
        wish = self._wish
        if wish is None:
            return None
        match event:
            case events.SignUpOffer() if not self._asked:
                return self._after_offer(wish, event)
            case events.SigningReady():
                return self._after_document(wish, event.pdf)
            case events.SignedUp() | events.SignUpFailed():
                self._wish = None
        return None

    def _after_offer(self, wish: SignUpLine, event: events.SignUpOffer) -> commands.Command | None:
        if event.signed:
            passphrase = wish.passphrase.get_secret_value()
            return None if event.keyring or not passphrase else commands.Sign(passphrase)
        if event.draft is not None and event.draft.page is Page.SIGN:
            return None  # the document follows by itself
        password = wish.password.get_secret_value()
        draft = self._filled(wish, event.draft or Draft(self._service, self._language), event.offer)
        self._asked = True
        if not password:
            self._wish = None
            return commands.KeepDraft(draft) if draft != event.draft and wish.data is not None else None
        return commands.BeginSigning(draft, password)

    def _after_document(self, wish: SignUpLine, pdf: bytes) -> commands.Command | None:
        self._asked = True
        if wish.document is not None:
            try:
                write_bytes_whole(Path(wish.document), pdf)
            except OSError as error:
                self._wish = None
                raise VidphoneError(ErrorCode.BAD_FILE, {"path": wish.document}) from error
        if not wish.sign or not wish.accept:
            self._wish = None
            return None
        return commands.Sign(wish.passphrase.get_secret_value())

    def _filled(self, wish: SignUpLine, draft: Draft, offer: Offer) -> Draft:
        """The draft with what the line says. An agreement is accepted by naming it, as it was told in the offer."""
        draft = replace(draft, language=Language(wish.language) if wish.language else draft.language)
        if wish.data is not None:
            given = {field: getattr(wish.data, field) for field in DATA_FIELDS}
            draft = replace(draft, **{field: value for field, value in given.items() if value})
        if wish.accept:
            same = wish.accept == offer.agreement.sha256
            draft = flow.accept(draft, offer) if same else replace(draft, accepted=False)
        if wish.consent is not None:
            draft = flow.consent(draft, offer) if wish.consent else replace(draft, identity_consent=False)
        if wish.plan:
            draft = flow.choose_plan(draft, offer, wish.plan, wish.terminal)
        if wish.credit_limit_fen is not None:
            draft = replace(draft, credit_limit_fen=wish.credit_limit_fen)
        if wish.number:
            draft = replace(draft, number=wish.number)
        return draft
