"""`[provider]`, `[agreement]` and `[catalogue]` of `config.toml`: what is offered to those who sign up."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from vidphone.terms.agreement import UnfitField, fit
from vidphone.terms.figures import Figures
from vidphone.terms.orders import Words
from vidphone.texts import system_language, text
from vidphone.wire.signaling import Number


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _visible(value: str) -> str:
    try:
        return fit("", value)
    except UnfitField as fault:
        raise ValueError(text("offer.config.unseen-character", system_language())) from fault


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_visible)]
"""Words on one line, none of which is hidden."""
Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Months = Annotated[int, Field(ge=1, le=36)]
_DEFAULTS = Figures()


class BothLanguages(_Model):
    """One name or sentence in Chinese and English."""

    zh: Line
    en: Line

    def words(self) -> Words:
        """The same as a value of the rules."""
        return Words(self.zh, self.en)


class ProviderConfig(_Model):
    """`[provider]`: the other party of every agreement (clause 0). All of it stands in the document."""

    name: BothLanguages
    website: Annotated[Line, StringConstraints(pattern=r"^https?://[^\s]+$")]
    address: BothLanguages
    telephone: Annotated[Line, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{2,31}$")]
    support_number: Number
    arbitration_commission: BothLanguages
    signing_place: BothLanguages


class FiguresConfig(_Model):
    """`[agreement.figures]`: as in `terms/figures.py`, with its defaults."""

    late_fee_percent: Annotated[Decimal, Field(ge=0, le=1, max_digits=4, decimal_places=3)] = _DEFAULTS.late_fee_percent
    suspend_after_months: Months = _DEFAULTS.suspend_after_months
    terminate_after_months: Months = _DEFAULTS.terminate_after_months
    outage_hours: Annotated[int, Field(ge=1, le=168)] = _DEFAULTS.outage_hours
    warranty_years: Annotated[int, Field(ge=1, le=20)] = _DEFAULTS.warranty_years
    objection_months: Months = _DEFAULTS.objection_months
    retention_years: Annotated[int, Field(ge=1, le=30)] = _DEFAULTS.retention_years

    @model_validator(mode="after")
    def _in_order(self) -> "FiguresConfig":
        if self.terminate_after_months < self.suspend_after_months:
            raise ValueError("terminate_after_months < suspend_after_months")
        return self

    def figures(self) -> Figures:
        """The same as a value of the rules."""
        return Figures(**self.model_dump())


class AgreementConfig(_Model):
    """`[agreement]`: another text than the one that ships, by files in the data folder, and its figures."""

    version: Version | None = None
    published_on: date | None = None
    zh: FileName | None = None
    en: FileName | None = None
    identity_notice_zh: FileName | None = None
    identity_notice_en: FileName | None = None
    figures: FiguresConfig = FiguresConfig()

    @property
    def is_own(self) -> bool:
        """Whether what is published differs from what ships, so that it needs a version of its own."""
        files = (self.zh, self.en, self.identity_notice_zh, self.identity_notice_en)
        return any(files) or self.figures != FiguresConfig()


class CatalogueConfig(_Model):
    """`[catalogue]`: where the price list is; `sample` takes the made-up one that ships."""

    file: FileName | None = None
    sample: bool = False
