"""The hub's core: inputs in, effects out. Pure: no clock, no socket, no database.

Every input method takes `now`, monotonic seconds, and may add effects; `take_effects` hands them over. The shell
calls `advance` at `next_deadline`, or later.
"""

from collections.abc import Callable, Collection, Iterable

from vidphone.service.hub.calls import Calls
from vidphone.service.hub.deadlines import Deadlines
from vidphone.service.hub.directory import Directory
from vidphone.service.hub.effects import Address, Effect, StoredCall
from vidphone.service.hub.frames import Incoming, Refusal
from vidphone.service.hub.model import Phase
from vidphone.service.hub.sessions import Identity, Sessions
from vidphone.service.ledger.values import Outcome
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import CallMessage, Standing, Topic


class Hub:
    """Devices, sessions and calls of one node."""

    def __init__(
        self, directory: Directory, new_session_id: Callable[[], str], free_numbers: Collection[str] = ()
    ) -> None:
        """`free_numbers` can be called by everybody who is not disabled, whatever their agreement stands at."""
        self._effects: list[Effect] = []
        self._deadlines = Deadlines()
        self._sessions = Sessions(self, self._effects_append, self._deadlines, new_session_id)
        self._calls = Calls(self._sessions, directory, self._effects_append, self._deadlines, free_numbers)

    def _effects_append(self, effect: Effect) -> None:
        self._effects.append(effect)

    # Inputs.

    def restore(self, stored: Iterable[StoredCall], now: float) -> None:
        """After a restart, before anything else: what the journal holds."""
        for device in self._calls.restore(stored, now):
            self._sessions.expect(device, now)

    def opened(self, connection: int, identity: Identity, language: Language, now: float) -> None:
        """A connection with a valid token came in; refusals on it are in `language`."""
        self._sessions.opened(connection, identity, language, now)

    def received(self, connection: int, incoming: Incoming, now: float) -> None:
        """A frame came in on a connection."""
        self._sessions.received(connection, incoming, now)
        self._sessions.settle(now)

    def closed(self, connection: int, now: float) -> None:
        """A connection was lost or closed."""
        self._sessions.closed(connection, now)

    def signed_out(self, number: str, token: int | None, now: float) -> None:
        """A token of a number was revoked, or all of them (None)."""
        reasons = (EndReason.SIGNED_OUT, EndReason.SIGNED_OUT)
        self._dismiss(number, token, reasons, ErrorCode.NOT_SIGNED_IN, now)

    def disabled(self, number: str, now: float) -> None:
        """A number was disabled."""
        reasons = (EndReason.CALLER_DISABLED, EndReason.NUMBER_DISABLED)
        self._dismiss(number, None, reasons, ErrorCode.ACCOUNT_DISABLED, now)

    def renumbered(self, number: str, now: float) -> None:
        """A number is another one now: its devices come again with that. Calls that they still have end."""
        for device in self._sessions.addresses(number, None):
            self._calls.leave(device, EndReason.CONNECTION_LOST, EndReason.CONNECTION_LOST, now)
        self._sessions.send_away(number)
        self._sessions.settle(now)

    def money_changed(self, number: str, *, paused: bool, now: float) -> None:
        """Money or standing of a number changed; `paused`: its service is paused as the law asks (clause 10)."""
        if paused:
            self._calls.pause(self._sessions.addresses(number, None), now)
        self._calls.reauthorise(number, now)
        self._sessions.settle(now)

    def notice(self, numbers: Collection[str] | None, topic: Topic) -> None:
        """There is something new for these numbers, or for everyone (None)."""
        self._sessions.notice(numbers, topic)

    def ledger_says(self, call: str, outcome: Outcome, now: float) -> None:
        """What the ledger answered to a `Commit` of that call."""
        self._calls.ledger_says(call, outcome, now)
        self._sessions.settle(now)

    def advance(self, now: float) -> None:
        """Do what is due."""
        self._deadlines.run(now)
        self._sessions.settle(now)

    # Outputs.

    def next_deadline(self) -> float | None:
        """When `advance` has something to do, if ever."""
        return self._deadlines.next()

    def take_effects(self) -> list[Effect]:
        """What is to be done, in order; acknowledgements that no message carried come last."""
        self._sessions.flush()
        effects = list(self._effects)
        self._effects.clear()
        return effects

    def counts(self) -> tuple[int, int, int, int]:
        """Connections, sessions, ringing calls, accepted calls."""
        calls = self._calls.counts()
        return (*self._sessions.counts(), calls[Phase.RINGING], calls[Phase.ACCEPTED])

    def devices_in_calls(self) -> frozenset[Address]:
        """Those that have a part in a call, or ring."""
        return self._calls.devices()

    # What sessions tell (SessionListener).

    def arrived(
        self, device: Address, *, claimed: bool, waiting: tuple[CallMessage | Standing, ...], now: float
    ) -> None:
        """See `SessionListener`."""
        self._calls.arrived(device, claimed=claimed, waiting=waiting, now=now)

    def gone(self, device: Address, now: float) -> None:
        """See `SessionListener`."""
        self._calls.gone(device, now)

    def delivered(self, device: Address, body: CallMessage | Standing) -> None:
        """See `SessionListener`."""
        self._calls.delivered(device, body)

    def message(self, sender: Address, body: CallMessage | Standing, now: float) -> Refusal | None:
        """See `SessionListener`."""
        return self._calls.message(sender, body, now)

    def _dismiss(
        self, number: str, token: int | None, reasons: tuple[EndReason, EndReason], code: ErrorCode, now: float
    ) -> None:
        """End sessions with their calls; `reasons` are what the devices themselves and the other sides are told."""
        for device in self._sessions.addresses(number, token):
            self._calls.leave(device, *reasons, now)
        self._sessions.dismiss(number, token, code)
        self._sessions.settle(now)
