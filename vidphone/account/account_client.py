"""What a signed-in customer asks of the account (`wire/sign_up.py` has the bodies)."""

from vidphone.account.asking import Asking
from vidphone.wire.sign_up import (
    MAX_DOCUMENT_BYTES,
    AgreementVersion,
    Disclosures,
    Export,
    MaskedData,
    MyAgreements,
    PasswordChange,
    Provider,
    Review,
)

MAX_EXPORT_BYTES = 1_048_576


class AccountClient(Asking):
    """The account behind one token."""

    def __init__(self, service: str, token: str) -> None:
        """Prepare to ask. Raises as `Asking`."""
        super().__init__(service)
        self._token = token

    async def provider(self) -> Provider:
        """Who the other party is. Raises as every request (`Asking`)."""
        return self._parsed(Provider, await self._ask("GET", "/v1/provider"))

    async def wording(self) -> AgreementVersion:
        """The agreement that is signed today. Raises as every request (`Asking`); `SIGN_UP_CLOSED`, there is none."""
        return self._parsed(AgreementVersion, await self._ask("GET", "/v1/agreement"))

    async def agreements(self) -> MyAgreements:
        """The customer's agreements.

        Raises:
            VidphoneError: `NOT_SIGNED_IN`, the token is no good any more; or as every request (`Asking`).
        """
        return self._parsed(MyAgreements, await self._ask("GET", "/v1/me/agreements", token=self._token))

    async def agreement_document(self, agreement: str) -> bytes:
        """The PDF that both have signed. Raises as `agreements`; `NOT_FOUND`, it was signed on paper."""
        return await self._document(f"/v1/me/agreements/{agreement}/document", self._token, MAX_DOCUMENT_BYTES)

    async def my_data(self) -> MaskedData:
        """What the provider keeps, masked. Raises as `agreements`; `NOT_FOUND`, it keeps none."""
        return self._parsed(MaskedData, await self._ask("GET", "/v1/me/data", token=self._token))

    async def export(self) -> Export:
        """All that the provider keeps, in clear. Raises as `my_data`."""
        return self._parsed(Export, await self._document("/v1/me/export", self._token, MAX_EXPORT_BYTES))

    async def disclosures(self) -> Disclosures:
        """Who saw the customer's identity data. Raises as `agreements`."""
        return self._parsed(Disclosures, await self._ask("GET", "/v1/me/disclosures", token=self._token))

    async def review(self) -> Review:
        """Where the look at the identity stands. Raises as `agreements`."""
        return self._parsed(Review, await self._ask("GET", "/v1/me/review", token=self._token))

    async def send_copy(self, content: bytes, content_type: str) -> Review:
        """Send a copy of the identity card or the licence.

        Raises:
            VidphoneError: `COPY_REFUSED`, it cannot be taken; `NOT_ASKED_FOR`; or as `agreements`.
        """
        return self._parsed(Review, await self._put("/v1/me/review/copy", self._token, content, content_type))

    async def change_password(self, change: PasswordChange) -> None:
        """Set another password.

        Raises:
            VidphoneError: `PASSWORD_WRONG`, `TOO_MANY_ATTEMPTS`; or as `agreements`.
        """
        body = {"old": change.old.get_secret_value(), "new": change.new.get_secret_value()}
        await self._ask("POST", "/v1/me/password", token=self._token, body=body)
