"""The bodies of the HTTP interface. `/openapi.json` of a running service is made from these."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from vidphone.terms.faults import Fault
from vidphone.wire.errors import ErrorCode
from vidphone.wire.signaling import DeviceId, Number


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignInRequest(_Model):
    """`POST /v1/sign-in`."""

    number: Number
    password: Annotated[SecretStr, Field(min_length=1, max_length=256)]
    device: DeviceId
    device_name: Annotated[str, Field(max_length=64)] = ""


class SignedIn(_Model):
    """The answer to a sign-in: an opaque token for `Authorization: Bearer`."""

    token: str
    number: Number
    name: str


class Me(_Model):
    """`GET /v1/me`: the customer that the token stands for."""

    number: Number
    name: str


class IceServer(_Model):
    """One STUN or TURN server, as the W3C's RTCIceServer."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class IceServers(_Model):
    """`GET /v1/ice-servers`: what to gather candidates with, and for how long the credentials hold."""

    servers: tuple[IceServer, ...]
    expires_in_s: int
    relay_only: bool = False
    """Media goes by the provider's relays and no other way: a call ends where the service ends it (clause 9)."""


class Problem(_Model):
    """Every refusal of the HTTP interface (RFC 9457, `application/problem+json`)."""

    type: str = "about:blank"
    title: str
    status: int
    code: ErrorCode
    detail: str
    next_step: str
    clause: int | None = None
    retry_after_s: int | None = None
    faults: tuple[Fault, ...] = ()


class Health(_Model):
    """`GET /health`."""

    status: str
    version: str
    protocol: int
