"""What a customer is told of times without service (clauses 12 to 14)."""

from pydantic import BaseModel, ConfigDict

from vidphone.terms.orders import Words

MAX_OUTAGES = 100
"""In one answer: the latest."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MyOutage(_Model):
    """One of them. Times are UTC seconds since 1970; one without an end goes on."""

    began_at: float
    ended_at: float | None
    words: Words
    force_majeure: Words | None
    """What it was, where it was by force majeure: then it earns nothing, and no late fee ran (clause 14)."""
    credited_fen: int
    """What the interruption that ended with it earned (clause 13)."""


class MyOutages(_Model):
    """The latest, newest first."""

    outages: tuple[MyOutage, ...]
