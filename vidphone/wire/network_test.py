"""What phone and service send each other to measure a network (clause 12)."""

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt

PATH = "/v1/network-test"
MAX_DOWN_BYTES = 6_291_456
MAX_UP_BYTES = 3_145_728
"""Enough to tell a network that carries a good picture from one that does not: 4 s of 12 Mb/s, and of 6."""


class Received(BaseModel):
    """What came of an upload."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bytes: NonNegativeInt
    """In all."""
    seconds: NonNegativeFloat
    """From the first of them to the last."""
