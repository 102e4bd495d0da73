"""Every failure that a person may hear of, by code.

The sentence and the next step of a code are texts: `error.<code>` and `error.<code>.next` in `assets/texts/`.
"""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.terms.faults import Fault
from vidphone.texts import Language, catalogue, text


class ErrorCode(StrEnum):
    """Codes of failures, grouped by who has to act."""

    # The customer: something typed or asked for.
    BAD_COMMAND = "bad-command"
    BAD_NUMBER = "bad-number"
    SIGN_IN_REFUSED = "sign-in-refused"
    ACCOUNT_DISABLED = "account-disabled"
    AGREEMENT_ENDED = "agreement-ended"
    NOT_SIGNED_IN = "not-signed-in"
    SUPERSEDED = "superseded"
    TOO_MANY_ATTEMPTS = "too-many-attempts"
    IN_A_CALL = "in-a-call"
    NO_SUCH_CALL = "no-such-call"
    NOT_POSSIBLE_NOW = "not-possible-now"
    BAD_FILE = "bad-file"
    BAD_DATA = "bad-data"
    NUMBER_TAKEN = "number-taken"
    IDENTITY_IN_USE = "identity-in-use"
    AGREEMENT_CHANGED = "agreement-changed"
    OBJECTION_CLOSED = "objection-closed"
    CATALOGUE_CHANGED = "catalogue-changed"
    SIGN_UP_GONE = "sign-up-gone"
    AGREEMENT_REQUIRED = "agreement-required"
    IDENTITY_SUSPENDED = "identity-suspended"
    CREDIT_LIMIT = "credit-limit"
    ACCOUNT_SUSPENDED = "account-suspended"
    SERVICE_PAUSED = "service-paused"
    COPY_REFUSED = "copy-refused"
    NOT_ASKED_FOR = "not-asked-for"
    CASE_NOT_NOW = "case-not-now"
    TOO_MANY_CASES = "too-many-cases"
    PASSWORD_WRONG = "password-wrong"  # noqa: S105
    RESET_REFUSED = "reset-refused"
    PASSPHRASE_WRONG = "passphrase-wrong"  # noqa: S105

    # The customer's machine.
    NO_CAMERA = "no-camera"
    CAMERA_BUSY = "camera-busy"
    CAMERA_LOST = "camera-lost"
    NO_MICROPHONE = "no-microphone"
    MICROPHONE_LOST = "microphone-lost"
    NO_SPEAKER = "no-speaker"
    SPEAKER_LOST = "speaker-lost"
    DEVICE_FAILED = "device-failed"
    RECORDING_FAILED = "recording-failed"
    VOICE_UNPROCESSED = "voice-unprocessed"
    PICTURE_NOT_SENT = "picture-not-sent"
    MEDIA_FAILED = "media-failed"
    NO_KEYRING = "no-keyring"
    PROFILE_IN_USE = "profile-in-use"
    PROFILE_DAMAGED = "profile-damaged"
    PROFILE_NEWER = "profile-newer"
    DOCUMENT_ALTERED = "document-altered"
    NO_DOCUMENT = "no-document"
    CLOCK_WRONG = "clock-wrong"
    DISK_FULL = "disk-full"
    UPGRADE_FAILED = "upgrade-failed"
    UPGRADE_NEEDED = "upgrade-needed"

    # The way between client and service.
    SERVICE_UNREACHABLE = "service-unreachable"
    SERVICE_NOT_SECURE = "service-not-secure"
    SERVICE_INCOMPATIBLE = "service-incompatible"
    DOCUMENT_DIFFERS = "document-differs"
    UPGRADE_NOT_TRUSTED = "upgrade-not-trusted"
    UPGRADE_STALE = "upgrade-stale"

    # Client and service, one of which is wrong about the protocol.
    BAD_REQUEST = "bad-request"
    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    UNKNOWN_VERSION = "unknown-version"
    OUT_OF_ORDER = "out-of-order"
    NOT_GREETED = "not-greeted"
    UNKNOWN_CALL = "unknown-call"
    TOO_MANY_MESSAGES = "too-many-messages"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    DOCUMENT_REFUSED = "document-refused"
    RELEASE_REFUSED = "release-refused"

    # The provider.
    SERVICE_BUSY = "service-busy"
    SIGN_UP_CLOSED = "sign-up-closed"
    PAYMENT_CLOSED = "payment-closed"
    INTERNAL = "internal"


HTTP_STATUS: dict[ErrorCode, int] = {
    ErrorCode.BAD_REQUEST: 422,
    ErrorCode.SIGN_IN_REFUSED: 401,
    ErrorCode.NOT_SIGNED_IN: 401,
    ErrorCode.ACCOUNT_DISABLED: 403,
    ErrorCode.AGREEMENT_ENDED: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.BAD_DATA: 422,
    ErrorCode.BAD_NUMBER: 422,
    ErrorCode.NUMBER_TAKEN: 409,
    ErrorCode.IDENTITY_IN_USE: 409,
    ErrorCode.AGREEMENT_CHANGED: 409,
    ErrorCode.OBJECTION_CLOSED: 409,
    ErrorCode.CATALOGUE_CHANGED: 409,
    ErrorCode.SIGN_UP_GONE: 410,
    ErrorCode.AGREEMENT_REQUIRED: 403,
    ErrorCode.IDENTITY_SUSPENDED: 403,
    ErrorCode.CREDIT_LIMIT: 403,
    ErrorCode.ACCOUNT_SUSPENDED: 403,
    ErrorCode.SERVICE_PAUSED: 403,
    ErrorCode.COPY_REFUSED: 422,
    ErrorCode.NOT_ASKED_FOR: 409,
    ErrorCode.CASE_NOT_NOW: 409,
    ErrorCode.TOO_MANY_CASES: 409,
    ErrorCode.PASSWORD_WRONG: 403,
    ErrorCode.RESET_REFUSED: 403,
    ErrorCode.DOCUMENT_REFUSED: 422,
    ErrorCode.RELEASE_REFUSED: 422,
    ErrorCode.SIGN_UP_CLOSED: 503,
    ErrorCode.PAYMENT_CLOSED: 503,
    ErrorCode.TOO_MANY_ATTEMPTS: 429,
    ErrorCode.INTERNAL: 500,
    ErrorCode.SERVICE_BUSY: 503,
}
"""The codes that the HTTP interface answers with, and the status of each."""

CLAUSE: dict[ErrorCode, int] = {
    ErrorCode.ACCOUNT_DISABLED: 5,
    ErrorCode.SERVICE_UNREACHABLE: 12,
    ErrorCode.BAD_DATA: 1,
    ErrorCode.IDENTITY_IN_USE: 1,
    ErrorCode.IDENTITY_SUSPENDED: 1,
    ErrorCode.COPY_REFUSED: 1,
    ErrorCode.CATALOGUE_CHANGED: 2,
    ErrorCode.UPGRADE_NOT_TRUSTED: 3,
    ErrorCode.ACCOUNT_SUSPENDED: 5,
    ErrorCode.PAYMENT_CLOSED: 5,
    ErrorCode.UPGRADE_NEEDED: 8,
    ErrorCode.CREDIT_LIMIT: 9,
    ErrorCode.SERVICE_PAUSED: 10,
    ErrorCode.AGREEMENT_ENDED: 11,
    ErrorCode.OBJECTION_CLOSED: 15,
    ErrorCode.AGREEMENT_CHANGED: 15,
    ErrorCode.AGREEMENT_REQUIRED: 17,
    ErrorCode.CASE_NOT_NOW: 16,
    ErrorCode.DOCUMENT_REFUSED: 17,
    ErrorCode.TOO_MANY_CASES: 18,
    ErrorCode.DOCUMENT_ALTERED: 17,
    ErrorCode.DOCUMENT_DIFFERS: 17,
}
"""The clause of the agreement that a refusal rests on, where one applies."""


@dataclass
class VidphoneError(Exception):
    """A failure with a code; `about` fills the places of its sentence. `faults` are those of single fields."""

    code: ErrorCode
    about: dict[str, str | int] | None = None
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        return self.code.value


@dataclass(frozen=True)
class Explanation:
    """An error as a person reads it."""

    message: str
    next_step: str
    clause: int | None


def explain(code: ErrorCode, language: Language, about: dict[str, str | int] | None = None) -> Explanation:
    """The sentence, the next step and the clause of an error.

    A `detail` that is the key of a text stands for that text: whoever raises need not know the language. The other
    places hold what somebody typed or sent, which is shown as it is.

    Raises:
        KeyError: a place of the sentence was left unfilled; a fault of whoever raised the error.
    """
    places = dict(about or {})
    if isinstance(detail := places.get("detail"), str):
        places["detail"] = catalogue(language).get(detail, detail)
    return Explanation(
        message=text(f"error.{code.value}", language, **places),
        next_step=text(f"error.{code.value}.next", language, **places),
        clause=CLAUSE.get(code),
    )
