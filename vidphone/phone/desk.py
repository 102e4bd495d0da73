"""Takes what is asked of the service on one matter, and loads what answers it when first it is needed."""

import asyncio
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from vidphone.phone.engine import Emit
from vidphone.phone.lane import Lane
from vidphone.wire.errors import ErrorCode, VidphoneError

Who = tuple[str, str, str]
Asked = TypeVar("Asked")
Asked_contra = TypeVar("Asked_contra", contravariant=True)
SignedInAs = Callable[[], Who | None]
"""Service, number and token of the sign-in there is."""


class Performer(Protocol[Asked_contra]):
    """What answers; told of its errors by events, it raises none."""

    async def perform(self, command: Asked_contra, /) -> None:
        """Do what was asked for."""

    async def close(self) -> None:
        """Close connections."""


class Desk(Generic[Asked]):
    """Requests one after another. All of it runs on the engine's loop, but for the making of what answers."""

    def __init__(self, name: str, emit: Emit, make: Callable[[], Performer[Asked]]) -> None:
        """`make` runs in a thread: it may load modules."""
        self._requests = Lane(name, emit)
        self._make = make
        self._performer: Performer[Asked] | None = None

    def perform(self, command: Asked) -> None:
        """Begin to do what was asked for."""
        self._requests.add(lambda: self._answer(command))

    async def close(self) -> None:
        """Give up what waits, and close connections."""
        await self._requests.close()
        if self._performer is not None:
            await self._performer.close()

    async def _answer(self, command: Asked) -> None:
        if self._performer is None:
            self._performer = await asyncio.to_thread(self._make)
        await self._performer.perform(command)


class Closable(Protocol):
    """A client."""

    async def close(self) -> None:
        """Close its connections."""


Client = TypeVar("Client", bound=Closable)


class SignedInClient(Generic[Client]):
    """The way to the service, one for as long as the sign-in is the same. To be used from one lane."""

    def __init__(self, signed_in_as: SignedInAs, make_client: Callable[[str, str], Client]) -> None:
        """`make_client` takes service and token; it runs in a thread."""
        self._signed_in_as = signed_in_as
        self._make_client = make_client
        self._client: Client | None = None
        self._who: Who | None = None

    async def ready(self) -> Client:
        """The client of who is signed in now.

        Raises:
            VidphoneError: `NOT_SIGNED_IN`; or as `make_client`.
        """
        who = self._signed_in_as()
        if who is None:
            raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
        if self._client is None or who != self._who:
            await self.close()
            self._client = await asyncio.to_thread(self._make_client, who[0], who[2])
            self._who = who
        return self._client

    async def close(self) -> None:
        """Close its connections, if there are any."""
        client, self._client, self._who = self._client, None, None
        if client is not None:
            await client.close()
