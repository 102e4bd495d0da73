"""What a signed-in customer asks of outages (`wire/outages.py` has the bodies)."""

from vidphone.account.asking import Asking
from vidphone.wire.outages import MyOutages


class OutagesClient(Asking):
    """The outages that concerned one account, behind its token. Requests raise as `Asking` says."""

    def __init__(self, service: str, token: str) -> None:
        """Prepare to ask. Raises as `Asking`."""
        super().__init__(service)
        self._token = token

    async def outages(self) -> MyOutages:
        """The latest, newest first."""
        return self._parsed(MyOutages, await self._ask("GET", "/v1/me/outages", token=self._token))
