"""Signing in and what belongs to it, as the customer's program asks the service (`wire/http.py` has the bodies)."""

from pydantic import SecretStr, ValidationError

from vidphone.account.asking import Asking
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import Health, IceServers, Me, SignedIn, SignInRequest


class ServiceClient(Asking):
    """Sign-in, the calls' servers, and whether the service is there."""

    async def sign_in(self, number: str, password: str, device: str, device_name: str) -> SignedIn:
        """Sign in for a token.

        Raises:
            VidphoneError: as the service says (`SIGN_IN_REFUSED`, `ACCOUNT_DISABLED`, `TOO_MANY_ATTEMPTS`);
                `BAD_NUMBER`, it is none; or as every request (`Asking`).
        """
        try:
            request = SignInRequest(
                number=number, password=SecretStr(password), device=device, device_name=device_name[:64]
            )
        except ValidationError as error:
            code = ErrorCode.BAD_NUMBER if error.errors()[0]["loc"] == ("number",) else ErrorCode.SIGN_IN_REFUSED
            raise VidphoneError(code, {"number": number}) from None  # the cause would carry the password
        body = request.model_dump(mode="json") | {"password": password}
        return self._parsed(SignedIn, await self._ask("POST", "/v1/sign-in", body=body))

    async def sign_out(self, token: str) -> None:
        """Revoke the token. Raises as `sign_in`; `NOT_SIGNED_IN`, it was no good any more."""
        await self._ask("POST", "/v1/sign-out", token=token)

    async def me(self, token: str) -> Me:
        """The customer that the token stands for. Raises as `sign_out`."""
        return self._parsed(Me, await self._ask("GET", "/v1/me", token=token))

    async def ice_servers(self, token: str) -> IceServers:
        """STUN and TURN servers with credentials for a time. Raises as `sign_out`."""
        return self._parsed(IceServers, await self._ask("GET", "/v1/ice-servers", token=token))

    async def health(self) -> Health:
        """Version and state of the service. Raises as `sign_in`."""
        return self._parsed(Health, await self._ask("GET", "/health"))
