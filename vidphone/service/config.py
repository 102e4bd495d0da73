"""`config.toml` in the data folder: what an operator may set beyond the command line. Every value has a default."""

import tomllib
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Self

from limits import parse
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from vidphone.service.billing.settings import BillingSettings, PaymentSettings
from vidphone.service.cases.settings import CasesSettings
from vidphone.service.documents.settings import AuthoritySettings, DocumentsSettings
from vidphone.service.offer_config import AgreementConfig, CatalogueConfig, ProviderConfig
from vidphone.service.releases.settings import ReleasesSettings
from vidphone.service.staff.settings import ConsoleSettings

FILE_NAME = "config.toml"


class BadConfig(Exception):
    """The file cannot be read, or something in it is not as it should be; the text says what."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _rate(value: str) -> str:
    parse(value)
    return value


StunUrl = Annotated[str, StringConstraints(pattern=r"^stuns?:.+$")]
TurnUrl = Annotated[str, StringConstraints(pattern=r"^turns?:.+$")]
HostPort = Annotated[str, StringConstraints(pattern=r"^(?:\[[0-9A-Fa-f:.]+\]|[^\[\]:\s]+):[0-9]{1,5}$")]
Rate = Annotated[str, AfterValidator(_rate)]
"""As the library `limits` reads it: `10/minute`, `100/hour`."""


class Stun(_Model):
    """A STUN server (RFC 8489)."""

    urls: Annotated[list[StunUrl], Field(min_length=1)]


class Turn(_Model):
    """A TURN server (RFC 8656) with coturn's `use-auth-secret`; `secret` is its `static-auth-secret`.

    `control` is the address of coturn's command line (`cli-ip`, `cli-port`), by which calls are cut.
    """

    urls: Annotated[list[TurnUrl], Field(min_length=1)]
    secret: Annotated[SecretStr, Field(min_length=8)]
    control: HostPort | None = None
    control_password: SecretStr = SecretStr("")


class IceConfig(_Model):
    """`[ice]`, with `[[ice.stun]]` and `[[ice.turn]]`."""

    stun: list[Stun] = []
    turn: list[Turn] = []
    credential_lifetime_s: Annotated[int, Field(ge=60, le=604_800)] = 86_400
    relay_only: bool = False
    """Media goes by these relays only, and they are made to drop whoever is in no call (clause 9)."""

    @model_validator(mode="after")
    def _relays_can_cut(self) -> Self:
        if self.relay_only and not (self.turn and all(turn.control for turn in self.turn)):
            raise ValueError("relay_only: every [[ice.turn]] needs its control")
        return self


class RateConfig(_Model):
    """`[rates]`. Sign-in and reset are for guessing; requests and sign-ups of an address are for flooding."""

    sign_in_per_number: Rate = "10/5 minutes"
    sign_in_per_address: Rate = "60/minute"
    requests_per_address: Rate = "600/minute"
    sign_up_per_address: Rate = "60/hour"
    reset_per_number: Rate = "5/hour"
    reset_per_address: Rate = "20/hour"
    release_reports_per_address: Rate = "120/hour"
    report_per_address: Rate = "20/hour"
    report_per_address_a_day: Rate = "40/day"
    network_test_per_number: Rate = "60/hour"


class MetricsConfig(_Model):
    """`[metrics]`: who may read `/metrics`."""

    allow: list[IPv4Network | IPv6Network] = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


class Config(_Model):
    """The whole file. Without `[provider]` or a price list nobody can sign up; calls go on."""

    provider: ProviderConfig | None = None
    agreement: AgreementConfig = AgreementConfig()
    catalogue: CatalogueConfig = CatalogueConfig()
    documents: DocumentsSettings = DocumentsSettings()
    authority: AuthoritySettings = AuthoritySettings()
    ice: IceConfig = IceConfig()
    rates: RateConfig = RateConfig()
    metrics: MetricsConfig = MetricsConfig()
    billing: BillingSettings = BillingSettings()
    payments: PaymentSettings = PaymentSettings()
    cases: CasesSettings = CasesSettings()
    releases: ReleasesSettings = ReleasesSettings()
    console: ConsoleSettings = ConsoleSettings()


def read_config(data: Path) -> Config:
    """The configuration of a data folder; the defaults where there is no file.

    Raises:
        BadConfig: the file cannot be read, is no TOML, or holds an unknown name or an unfit value.
    """
    try:
        text = (data / FILE_NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(str(error)) from error
    try:
        return Config.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(str(error)) from error
    except ValidationError as error:
        raise BadConfig(first_fault(error)) from error


def first_fault(error: ValidationError) -> str:
    """The first fault with its place: `rates.sign_in_per_number: …`. What was written there is not repeated."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"
