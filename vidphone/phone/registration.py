"""Being signed in: the token, the signaling link and the ICE servers that go with it."""

import asyncio
import logging
import platform
from typing import Protocol

from vidphone.account.asking import tls_context
from vidphone.account.keeper import TokenKeeper
from vidphone.account.service_client import ServiceClient
from vidphone.call.link import SignalingLink, signaling_url
from vidphone.phone import events
from vidphone.phone.engine import Emit
from vidphone.phone.events import LinkState
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import IceServer
from vidphone.wire.signaling import CallMessage, Standing, Topic

log = logging.getLogger(__name__)

ICE_RENEW_AT = 0.8
"""ICE credentials are renewed after this part of their life."""
ICE_RETRY_S = 10.0


class IceServersSetter(Protocol):
    """What hears of ICE servers."""

    def __call__(self, servers: tuple[IceServer, ...], *, relay_only: bool) -> None:
        """Calls that begin from now on use these, and with `relay_only` no way but their relays."""


class RegistrationListener(Protocol):
    """What the phone does when signaling speaks."""

    def body_received(self, body: CallMessage | Standing) -> None:
        """A message of the hub."""

    def link_up(self, resumed: bool) -> None:
        """Signaling is there."""

    def link_down(self) -> None:
        """Signaling is gone; it comes back by itself."""

    def renumbered(self, old: str, new: str) -> None:
        """The provider gave the customer another number (clause 7)."""

    def registration_lost(self) -> None:
        """The service takes our token no more: the account is signed out."""


class Registration:
    """One sign-in at one service. Made by `sign_in` or `resume`, ended by `close`."""

    def __init__(  # one place where all that a sign-in needs comes together
        self,
        client: ServiceClient,
        service: str,
        number: str,
        token: str,
        device: str,
        keeper: TokenKeeper,
        listener: RegistrationListener,
        emit: Emit,
        set_ice_servers: IceServersSetter,
    ) -> None:
        self.service = service
        self.number = number
        self._client = client
        self._token = token
        self._keeper = keeper
        self._listener = listener
        self._emit = emit
        self._set_ice_servers = set_ice_servers
        self.link = SignalingLink(
            url=signaling_url(service),
            token=token,
            device=device,
            listener=self,
            tls=tls_context() if service.lower().startswith("https:") else None,
        )
        self._ice_task = asyncio.get_running_loop().create_task(self._renew_ice_servers(), name="ice servers")
        emit(events.LinkChanged(LinkState.CONNECTING))
        self.link.start()

    @property
    def who(self) -> tuple[str, str, str]:
        """Service, number and token."""
        return self.service, self.number, self._token

    async def sign_out(self) -> None:
        """Revoke the token, forget it, and close."""
        await self._keeper.forget(self.service, self.number)
        try:
            await self._client.sign_out(self._token)
        except VidphoneError as error:
            log.info("the token could not be revoked: %s", error.code)
        await self.close()

    async def close(self) -> None:
        """Leave the service; the token stays good."""
        self._ice_task.cancel()
        await asyncio.gather(self._ice_task, return_exceptions=True)
        await self.link.close()
        await self._client.close()

    # --- what the link tells (`call.link.LinkListener`)

    def body(self, body: CallMessage | Standing) -> None:
        """A message of the hub."""
        self._listener.body_received(body)

    def up(self, resumed: bool) -> None:
        """Signaling is there."""
        self._emit(events.LinkChanged(LinkState.UP))
        if self.link.number is not None and self.link.number != self.number:
            old, self.number = self.number, self.link.number
            self._listener.renumbered(old, self.number)
        self._listener.link_up(resumed)
        if not resumed:  # what an earlier session was told may have been lost with it
            self._emit(events.Noticed(frozenset(Topic)))

    def noticed(self, topics: frozenset[Topic]) -> None:
        """There may be something new."""
        self._emit(events.Noticed(topics))

    def down(self, code: ErrorCode) -> None:
        """Signaling is gone and is being tried again; a person learns why where it is not just the network."""
        if code is not ErrorCode.SERVICE_UNREACHABLE:
            self._emit(events.Failure(code, (("service", self.service),)))
        self._emit(events.LinkChanged(LinkState.DOWN))
        self._listener.link_down()

    def refused(self, code: ErrorCode) -> None:
        """The service will not have us."""
        self._emit(events.LinkChanged(LinkState.DOWN))
        self._emit(events.SignedOut(code, (("service", self.service),)))
        self._listener.registration_lost()

    async def _renew_ice_servers(self) -> None:
        while True:
            try:
                answer = await self._client.ice_servers(self._token)
            except VidphoneError as error:
                log.info("no ICE servers: %s", error.code)
                await asyncio.sleep(ICE_RETRY_S)
                continue
            self._set_ice_servers(answer.servers, relay_only=answer.relay_only)
            await asyncio.sleep(max(ICE_RETRY_S, answer.expires_in_s * ICE_RENEW_AT))


def device_name() -> str:
    """What the provider's list of signed-in devices calls this machine: its system, not its owner."""
    return f"vidphone, {platform.system()}"
