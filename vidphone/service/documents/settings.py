"""`[documents]` and `[authority]` of the operator's configuration. Paths are relative to the data folder."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DocumentsSettings(_Model):
    """`[documents]`: how agreements are set in type, and who confirms the time of the provider's signature."""

    fonts: Path | None = None
    """A folder of fonts, Chinese ones among them; none: the system's."""
    timestamp_url: Annotated[str, StringConstraints(pattern=r"^https?://.+$")] | None = None
    """A time-stamp authority (RFC 3161); none: the time is the signer's own statement."""
    timestamp_root: Path | None = None
    """Its root certificate in PEM."""


class AuthoritySettings(_Model):
    """`[authority]`: who certifies signers' keys. Without any of it the service is its own authority."""

    passphrase_file: Path | None = None
    """Seals the keys; none: `authority.passphrase` beside the data folder, made at the first start."""
    issuing_key: Path | None = None
    """An issuing key of another authority (PKCS#8 in PEM, sealed with that passphrase)."""
    issuing_chain: Path | None = None
    """Its certificate first, then those towards the root, with the root, in PEM."""
    customer_days: Annotated[int, Field(ge=1, le=3653)] = 730
    """How long a customer's certificate is valid."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.issuing_key is None) != (self.issuing_chain is None):
            raise ValueError("issuing_key and issuing_chain belong together")
        return self
