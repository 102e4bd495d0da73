"""A sign-up that is not finished: what the person entered so far, as typed. It never holds a password."""

import json
from dataclasses import dataclass, fields
from enum import StrEnum

from vidphone.texts import Language

MAX_FIELD_CHARACTERS = 500
"""Of anything kept; what may be entered in a field is less (`terms/identity.py`)."""


class Page(StrEnum):
    """The pages of a sign-up, in their order."""

    LANGUAGE = "language"
    AGREEMENT = "agreement"
    DATA = "data"
    CONSENT = "consent"
    PLAN = "plan"
    CREDIT_LIMIT = "credit-limit"
    NUMBER = "number"
    PASSWORD = "password"  # noqa: S105 - a page
    SIGN = "sign"
    DEVICES = "devices"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was entered so far at one service. Empty means not yet: nothing is chosen beforehand."""

    service: str
    language: Language = Language.CHINESE
    page: Page = Page.LANGUAGE
    agreement_version: str = ""
    agreement_sha256: str = ""
    agreement_shown: bool = False
    """The whole of that version was on the screen."""
    accepted: bool = False
    kind: str = ""
    """A `PartyKind`."""
    name: str = ""
    birth_date: str = ""
    address: str = ""
    postcode: str = ""
    identity_kind: str = ""
    """An `IdentityKind`."""
    identity_number: str = ""
    employer: str = ""
    telephone: str = ""
    identity_consent: bool = False
    identity_notice_sha256: str = ""
    """Of the words that the consent was asked with."""
    catalogue_version: str = ""
    plan: str = ""
    terminal: str | None = None
    credit_limit_fen: int | None = None
    number: str = ""

    def __repr__(self) -> str:
        """Where the person is, and nothing of what was entered: this may come into a log."""
        return f"Draft(service={self.service!r}, page={self.page.value!r})"


DATA_FIELDS = (
    "kind", "name", "birth_date", "address", "postcode", "identity_kind", "identity_number", "employer", "telephone",
)  # fmt: skip
"""Those of `CustomerData` (clause 1)."""
SECRET_FIELDS = frozenset(DATA_FIELDS) - {"kind", "identity_kind"}
"""What tells who the person is: kept encrypted or not at all."""

_TEXTS = frozenset(field.name for field in fields(Draft) if field.type is str)
_SWITCHES = frozenset(field.name for field in fields(Draft) if field.type is bool)


def to_json(draft: Draft) -> str:
    """A draft as text; `from_json` reads it."""
    return json.dumps({field.name: getattr(draft, field.name) for field in fields(draft)})


def from_json(content: str) -> Draft:
    """The draft of `to_json`, of this version or another. What makes no sense in it counts as not entered.

    Raises:
        ValueError: it is no draft at all.
    """
    values = json.loads(content)
    if not isinstance(values, dict) or not isinstance(values.get("service"), str):
        raise ValueError("no draft")  # noqa: TRY004 - whatever the fault, the content is to blame
    known: dict[str, object] = {}
    for name, value in values.items():
        if (
            (name in _TEXTS and isinstance(value, str) and len(value) <= MAX_FIELD_CHARACTERS)
            or (name in _SWITCHES and isinstance(value, bool))
            or (name == "terminal" and isinstance(value, str) and len(value) <= MAX_FIELD_CHARACTERS)
            or (name == "credit_limit_fen" and isinstance(value, int) and not isinstance(value, bool))
        ):
            known[name] = value
        elif name == "page" and value in set(Page):
            known[name] = Page(value)
        elif name == "language" and value in set(Language):
            known[name] = Language(value)
    if "service" not in known:
        raise ValueError("no draft")
    return Draft(**known)  # type: ignore[arg-type]
