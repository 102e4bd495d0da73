"""Signing up, as the customer's program asks the service (`wire/sign_up.py` has the bodies)."""

from pydantic import TypeAdapter, ValidationError

from vidphone.account.asking import Asking
from vidphone.terms.orders import Catalogue
from vidphone.wire.sign_up import (
    MAX_DOCUMENT_BYTES,
    AgreementVersion,
    FreeNumbers,
    Offer,
    PasswordReset,
    Provider,
    SignUpBegun,
    SignUpDone,
    SignUpRequest,
)

_CATALOGUE = TypeAdapter(Catalogue)


class SignUpClient(Asking):
    """What is asked without being a customer yet, or without the password."""

    async def offer(self) -> Offer:
        """The provider, its agreement and its price list of today.

        Raises:
            VidphoneError: `SIGN_UP_CLOSED`, it takes no sign-ups; or as every request (`Asking`).
        """
        provider = self._parsed(Provider, await self._ask("GET", "/v1/provider"))
        agreement = self._parsed(AgreementVersion, await self._ask("GET", "/v1/agreement"))
        content = await self._ask("GET", "/v1/catalogue")
        try:
            catalogue = _CATALOGUE.validate_json(content)
        except ValidationError:
            raise self._incompatible() from None
        return Offer(provider=provider, agreement=agreement, catalogue=catalogue)

    async def free_numbers(self, containing: str) -> tuple[str, ...]:
        """Some numbers that may be chosen now, with these digits in them. Raises as `offer`."""
        query = {"containing": containing} if containing else {}
        return self._parsed(FreeNumbers, await self._ask("GET", "/v1/numbers", query=query)).numbers

    async def begin(self, request: SignUpRequest) -> SignUpBegun:
        """Send what was entered; the number and the identity are held from now on.

        Raises:
            VidphoneError: `BAD_DATA` with faults, `NUMBER_TAKEN`, `IDENTITY_IN_USE`, `AGREEMENT_CHANGED`,
                `CATALOGUE_CHANGED`, `SIGN_UP_GONE`, `TOO_MANY_ATTEMPTS`; or as `offer`.
        """
        body = request.model_dump(mode="json") | {"password": request.password.get_secret_value()}
        return self._parsed(SignUpBegun, await self._ask("POST", "/v1/sign-ups", body=body))

    async def document(self, begun_id: str, token: str) -> bytes:
        """The PDF to be signed, or the one that both have signed.

        Raises:
            VidphoneError: `SIGN_UP_GONE`, it was left for too long; or as every request (`Asking`).
        """
        return await self._document(f"/v1/sign-ups/{begun_id}/document", token, MAX_DOCUMENT_BYTES)

    async def send_signed(self, begun_id: str, token: str, pdf: bytes) -> SignUpDone:
        """Send the signed PDF; sent again, it gives the same answer.

        Raises:
            VidphoneError: `DOCUMENT_REFUSED`, the provider finds a fault in it; or as `document`.
        """
        path = f"/v1/sign-ups/{begun_id}/document"
        return self._parsed(SignUpDone, await self._put(path, token, pdf, "application/pdf"))

    async def give_up(self, begun_id: str, token: str) -> None:
        """Hold number and identity no longer. Raises as `document`."""
        await self._ask("DELETE", f"/v1/sign-ups/{begun_id}", token=token)

    async def reset_password(self, reset: PasswordReset) -> None:
        """Set a password in place of a forgotten one.

        Raises:
            VidphoneError: `RESET_REFUSED`, `TOO_MANY_ATTEMPTS`; or as every request (`Asking`).
        """
        body = reset.model_dump(mode="json") | {"password": reset.password.get_secret_value()}
        await self._ask("POST", "/v1/password-reset", body=body)
