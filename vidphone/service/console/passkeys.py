"""Passkeys (WebAuthn level 3): what a browser is asked, and whether its answer is right."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from vidphone.service.staff.values import Passkey

_UNFIT = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What the library raises on an answer that no browser gives."""


@dataclass(frozen=True, slots=True)
class Added:
    """A passkey that was made now."""

    credential: bytes
    public_key: bytes
    sign_count: int


class BadPasskey(Exception):
    """The answer is none, or not right."""


def possible(origin: str) -> bool:
    """Whether browsers have passkeys for a place: it needs a name, an address will not do."""
    host = urlsplit(origin).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def ask_to_add(origin: str, provider: str, name: str, handle: bytes, known: Sequence[Passkey], challenge: bytes) -> str:
    """The question by which a browser makes a passkey that needs no name to sign in, as JSON."""
    options = generate_registration_options(
        rp_id=_host(origin),
        rp_name=provider,
        user_name=name,
        user_id=handle,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known],
    )
    return options_to_json(options)


def added(origin: str, answer: dict[str, Any]) -> Added:
    """The passkey in a browser's answer, whose challenge is still to be looked up.

    Raises:
        BadPasskey: it is none.
    """
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge_of(answer),
            expected_rp_id=_host(origin),
            expected_origin=origin,
            require_user_verification=True,
        )
    except _UNFIT as error:
        raise BadPasskey from error
    return Added(found.credential_id, found.credential_public_key, found.sign_count)


def ask_to_sign_in(origin: str, challenge: bytes) -> str:
    """The question by which a browser offers the passkeys that it has for this place, as JSON."""
    required = UserVerificationRequirement.REQUIRED
    return options_to_json(
        generate_authentication_options(rp_id=_host(origin), challenge=challenge, user_verification=required)
    )


def credential_of(answer: dict[str, Any]) -> bytes:
    """Which passkey answered.

    Raises:
        BadPasskey: none did.
    """
    try:
        return base64url_to_bytes(answer["rawId"])
    except _UNFIT as error:
        raise BadPasskey from error


def challenge_of(answer: dict[str, Any]) -> bytes:
    """Which question was answered; whether it was asked is not looked at here.

    Raises:
        BadPasskey: none was.
    """
    try:
        return parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"])).challenge
    except _UNFIT as error:
        raise BadPasskey from error


def proved(origin: str, answer: dict[str, Any], passkey: Passkey, handle: bytes) -> int:
    """How often the passkey was used, once it is proved to be there.

    Raises:
        BadPasskey: it is not proved, or it was made for somebody else.
    """
    try:
        said = answer["response"].get("userHandle")
        if said and base64url_to_bytes(said) != handle:
            raise BadPasskey
        found = verify_authentication_response(
            credential=json.dumps(answer),
            expected_challenge=challenge_of(answer),
            expected_rp_id=_host(origin),
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _UNFIT as error:
        raise BadPasskey from error
    return found.new_sign_count


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""
