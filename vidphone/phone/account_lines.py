"""The JSON lines of signing up and of the account: commands in, events out. Pure."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from vidphone.phone import commands, events
from vidphone.terms.faults import Fault
from vidphone.terms.orders import Catalogue, Words
from vidphone.texts import Language, text
from vidphone.wire.errors import ErrorCode, explain

Line = dict[str, object]
_Text = Annotated[str, Field(max_length=500)]
_Secret = Annotated[SecretStr, Field(max_length=256)]
_File = Annotated[str, Field(min_length=1, max_length=1024)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Data(_Model):
    """What the customer states, as typed; what is left out is as it was kept."""

    kind: _Text = ""
    name: _Text = ""
    birth_date: _Text = ""
    address: _Text = ""
    postcode: _Text = ""
    identity_kind: _Text = ""
    identity_number: _Text = ""
    employer: _Text = ""
    telephone: _Text = ""


class SignUpLine(_Model):
    """`sign-up`: with nothing else, the offer; with everything, the whole way to the first sign-in."""

    do: Literal["sign-up"]
    language: Literal["zh", "en"] | None = None
    accept: Annotated[str, Field(max_length=64)] = ""
    """The hash of the agreement that was read, as the offer tells it."""
    data: Annotated[Data | None, Field(repr=False)] = None
    consent: bool | None = None
    """False takes an earlier one back."""
    plan: _Text = ""
    terminal: _Text | None = None
    credit_limit_fen: int | None = None
    number: _Text = ""
    password: _Secret = SecretStr("")
    passphrase: _Secret = SecretStr("")
    document: _File | None = None
    """Where the unsigned document is written."""
    sign: bool = True
    """False: stop at the document; `sign` goes on."""


class SignLine(_Model):
    """`sign`: sign the document that waits."""

    do: Literal["sign"]
    passphrase: _Secret = SecretStr("")

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.Sign(self.passphrase.get_secret_value())


class LeaveSignUpLine(_Model):
    """`leave-sign-up`: for now, or for good."""

    do: Literal["leave-sign-up"]
    forget: bool = False

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.LeaveSignUp(self.forget)


class NumbersLine(_Model):
    """`numbers`: some that are free. A sign-up has to be open."""

    do: Literal["numbers"]
    containing: Annotated[str, Field(max_length=15)] = ""

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.FindNumbers(self.containing)


class PasswordLine(_Model):
    """`password`: another one."""

    do: Literal["password"]
    old: _Secret
    new: _Secret

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.ChangePassword(self.old.get_secret_value(), self.new.get_secret_value())


class ResetLine(_Model):
    """`reset-password`: in place of a forgotten one."""

    do: Literal["reset-password"]
    number: _Text
    identity_number: _Text
    telephone: _Text
    password: _Secret

    def command(self, service: str) -> commands.Command:
        """The command of the line."""
        return commands.ResetPassword(
            service, self.number, self.identity_number, self.telephone, self.password.get_secret_value()
        )


class AgreementLine(_Model):
    """`agreement`: the copy and whether it verifies; `again` takes the provider's."""

    do: Literal["agreement"]
    again: bool = False

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.FetchAgreement(self.again)


class FileLine(_Model):
    """What writes or reads a file."""

    do: Literal["save-agreement", "export-my-data", "send-copy"]
    path: _File

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        path = Path(self.path)
        match self.do:
            case "save-agreement":
                return commands.SaveAgreement(path)
            case "export-my-data":
                return commands.ExportMyData(path)
            case "send-copy":
                return commands.SendCopy(path)


class AskLine(_Model):
    """What is asked of the account with no more than its name."""

    do: Literal["my-data", "disclosures", "review"]

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        match self.do:
            case "my-data":
                return commands.FetchMyData()
            case "disclosures":
                return commands.FetchDisclosures()
            case "review":
                return commands.FetchReview()


Plain = SignLine | LeaveSignUpLine | NumbersLine | PasswordLine | ResetLine | AgreementLine | FileLine | AskLine


def error_line(code: ErrorCode, language: Language, about: dict[str, str | int]) -> Line:
    """An error as a line."""
    told = explain(code, language, about)
    line: Line = {"event": "error", "code": code.value, "message": told.message, "next_step": told.next_step}
    return line if told.clause is None else {**line, "clause": told.clause}


def lines_of(event: events.Event, language: Language) -> list[Line]:
    """The lines of an event of this kind; none for others."""
    match event:
        case events.SignUpKept():
            return [{"event": "sign-up-kept", "service": event.service}]
        case events.SignUpOffer():
            return [_offer_line(event, language)]
        case events.FreeNumbersFound():
            return [{"event": "numbers", "numbers": list(event.numbers)}]
        case events.SigningReady():
            begun = event.begun
            return [
                {
                    "event": "sign-up",
                    "step": "begun",
                    "number": begun.order.customer_number,
                    "order": begun.order.number,
                    "order_sha256": begun.order_sha256,
                    "document_sha256": begun.document_sha256,
                    "expires_at": begun.expires_at,
                }
            ]
        case events.SignedUp():
            return [
                {
                    "event": "sign-up",
                    "step": "signed",
                    "number": event.number,
                    "agreement": event.done.agreement,
                    "document_sha256": event.done.document_sha256,
                    "copy": event.path,
                    "signs_in": event.signs_in,
                }
            ]
        case events.SignUpFailed():
            line = error_line(event.code, language, dict(event.about))
            line["faults"] = _faults(event.faults, language)
            return [{**line, "page": event.page_hint.value if event.page_hint else None}]
        case events.RequestFailed():
            line = error_line(event.code, language, dict(event.about))
            return [{**line, "request": event.request.value, "faults": _faults(event.faults, language)}]
        case events.AgreementShown():
            return [_agreement_line(event)]
        case events.AgreementSaved():
            return [{"event": "agreement-saved", "path": event.path}]
        case events.MyDataShown():
            return [{"event": "my-data", **event.data.model_dump(mode="json")}]
        case events.MyDataExported():
            return [{"event": "my-data-exported", "path": event.path}]
        case events.DisclosuresShown():
            told = [disclosure.model_dump(mode="json") for disclosure in event.disclosures]
            return [{"event": "disclosures", "disclosures": told}]
        case events.ReviewShown():
            return [{"event": "review", **event.review.model_dump(mode="json")}]
        case events.PasswordChanged():
            return [{"event": "password-changed"}]
        case events.PasswordWasReset():
            return [{"event": "password-reset", "number": event.number}]
        case _:
            return []


def _faults(faults: tuple[Fault, ...], language: Language) -> list[Line]:
    return [
        {"field": fault.field, "code": fault.code.value, "message": text(f"fault.{fault.code.value}", language)}
        for fault in faults
    ]


def said(words: Words, language: Language) -> str:
    """The provider's words in one language."""
    return words.zh if language is Language.CHINESE else words.en


def plan_lines(catalogue: Catalogue, language: Language) -> list[Line]:
    """The plans of a price list, with what calls cost."""
    return [
        {
            "id": plan.id,
            "name": said(plan.name, language),
            "about": said(plan.about, language),
            "monthly_rent_fen": plan.monthly_rent_fen,
            "minimum_s": plan.minimum_s,
            "increment_s": plan.increment_s,
            "prices": [
                {
                    "destination": said(price.destination, language),
                    "voice_e4_yuan": price.voice_e4_yuan,
                    "video_e4_yuan": price.video_e4_yuan,
                    "prefixes": list(price.prefixes),
                    "bands": [asdict(band) for band in price.bands],
                }
                for price in plan.prices
            ],
        }
        for plan in catalogue.plans
    ]


def _offer_line(event: events.SignUpOffer, language: Language) -> Line:
    provider, agreement, catalogue = event.offer.provider, event.offer.agreement, event.offer.catalogue
    return {
        "event": "sign-up",
        "step": "offer",
        "provider": said(provider.name, language),
        "agreement": {
            "version": agreement.version,
            "sha256": agreement.sha256,
            "text": agreement.zh if language is Language.CHINESE else agreement.en,
        },
        "identity_notice": said(agreement.identity_notice, language),
        "plans": plan_lines(catalogue, language),
        "terminals": [
            {"id": terminal.id, "name": said(terminal.name, language), "price_fen": terminal.price_fen}
            for terminal in catalogue.terminals
        ],
        "credit_limits_fen": list(catalogue.credit_limits_fen),
        "keyring": event.keyring,
        "page": event.draft.page.value if event.draft else None,
        "signed": event.signed,
    }


def _agreement_line(event: events.AgreementShown) -> Line:
    verdict = event.verdict
    signatures: list[Line] = [] if verdict is None else [
        {
            "field": signature.field,
            "signer": signature.signer,
            "valid": signature.valid,
            "signed_at": signature.signed_at.isoformat() if signature.signed_at else None,
        }
        for signature in verdict.signatures
    ]  # fmt: skip
    return {
        "event": "agreement",
        "agreements": [
            {"id": each.id, "version": each.version, "state": each.state.value, "signed_at": each.signed_at}
            for each in event.agreements
        ],
        "copy": event.path,
        "intact": None if verdict is None else verdict.intact,
        "problem": verdict.problem.value if verdict is not None and verdict.problem is not None else None,
        "signatures": signatures,
        "same_as_provider": event.same_as_provider,
        "online": event.online,
    }
