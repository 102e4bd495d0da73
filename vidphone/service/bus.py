"""The bus of a service that has one node."""

from collections.abc import Awaitable, Callable

from vidphone.service.ports import AccountEvent

Handler = Callable[[AccountEvent], Awaitable[None]]


class LocalBus:
    """Hands events over within the process."""

    def __init__(self) -> None:
        self._handlers: list[Handler] = []

    async def publish(self, event: AccountEvent) -> None:
        """See `Bus`."""
        for handler in self._handlers:
            await handler(event)

    def subscribe(self, handler: Handler) -> None:
        """See `Bus`."""
        self._handlers.append(handler)
