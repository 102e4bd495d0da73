"""`[billing]` and `[payments]` of `config.toml`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from vidphone.terms.credit import Block
from vidphone.wire.signaling import MAX_FREE_NUMBERS, Number


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BillingSettings(_Model):
    """`[billing]`: what the agreement leaves to the provider (clauses 5 and 11)."""

    due_days: Annotated[int, Field(ge=1, le=60)] = 15
    """From the day of a bill to the day by which it is due."""
    suspend: bool = True
    """Whether who has been overdue for too long is suspended without further ado."""
    terminate: bool = True
    """Whether the agreement of who has been overdue for much too long ends without further ado."""
    blocks: Block = Block.PART
    """What the credit limit blocks: what costs, or all but free numbers (clause 9)."""
    rest_days: Annotated[int, Field(ge=31, le=3650)] = 90
    """How long a number that was given back is nobody's."""
    free_numbers: Annotated[tuple[Number, ...], Field(max_length=MAX_FREE_NUMBERS)] = ()
    """Called by everybody, never charged and never blocked, as customer service is: emergency numbers (clause 9)."""


class PaymentSettings(_Model):
    """`[payments]`: how customers can pay by themselves. Cash the provider takes always."""

    sandbox: bool = False
    """A payment provider that moves no money, to try out and rehearse payments."""
