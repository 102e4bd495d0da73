"""Tests the network as it is asked to, answered with events."""

from collections.abc import Callable

from vidphone.account.network_client import NetworkClient
from vidphone.phone.desk import SignedInAs, SignedInClient
from vidphone.phone.engine import Emit
from vidphone.phone.events import Request, request_failed
from vidphone.phone.network_commands import NetworkCommand
from vidphone.phone.network_events import NetworkTested, NetworkTestStep
from vidphone.phone.network_test.measure import measure
from vidphone.wire.errors import ErrorCode, VidphoneError


class NetworkWork:
    """Answers with events; what fails is told as `RequestFailed`. Run in a lane."""

    def __init__(self, emit: Emit, signed_in_as: SignedInAs, in_call: Callable[[], bool]) -> None:
        self._emit = emit
        self._in_call = in_call
        self._way = SignedInClient(signed_in_as, NetworkClient)

    async def perform(self, _command: NetworkCommand) -> None:
        """Test; not while there is a call, whose figures tell more, and which it would disturb."""
        try:
            if self._in_call():
                raise VidphoneError(ErrorCode.IN_A_CALL)
            client = await self._way.ready()
            self._emit(NetworkTested(await measure(client, lambda step: self._emit(NetworkTestStep(step)))))
        except VidphoneError as error:
            self._emit(request_failed(Request.NETWORK_TEST, error))

    async def close(self) -> None:
        """Close the connections."""
        await self._way.close()
